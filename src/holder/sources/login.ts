import { sha256Hex } from '../files/digest.ts'
import { expandHome, expandVariables } from '../files/expand.ts'
import type { Machine } from '../machine/machine.ts'
import { absolutePath, joinPath } from '../machine/paths.ts'
import type { LoginPlan } from './plan.ts'
import { profileSettings } from './settings.ts'
import { absent, broken, deferred, refusedFiles, type Source } from './source.ts'

/** A session of `aws login` (botocore `LoginProvider`). */
export const login: Source = {
  provider: 'login',
  ask({ machine, files, profile, hasCrt }) {
    const refusal = refusedFiles(files)
    if (refusal !== null) return refusal
    const session = profileSettings(files, profile)?.get('login_session')
    if (session === undefined) return absent(`[${profile}] has no login_session`)
    if (hasCrt) {
      const plan: LoginPlan = {
        kind: 'login',
        profile,
        session: session.value,
        cacheFile: cacheFileOf(machine, session.value),
        region: null,
        at: session.at,
      }
      return deferred(`the session ${session.value} of aws login would be used`, session.at, plan)
    }
    const says =
      'MissingDependencyException: Missing Dependency: Using the login credential provider requires an additional dependency. ' +
      'You will need to pip install "botocore[crt]" before proceeding.'
    return broken('unsupported', says, `[${profile}] has login_session, which needs the AWS CRT`, session.at)
  },
}

/** botocore utils.py `get_login_token_cache_directory` and `generate_login_cache_key`. */
function cacheFileOf(machine: Machine, session: string): string {
  const named = machine.env('AWS_LOGIN_CACHE_DIRECTORY')
  const written =
    named === undefined ? joinPath(machine, '~', '.aws', 'login', 'cache') : expandVariables(machine, named)
  return absolutePath(machine, joinPath(machine, expandHome(machine, written), `${sha256Hex(session)}.json`))
}
