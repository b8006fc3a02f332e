import { profileSettings } from './settings.ts'
import { absent, broken, deferred, refusedFiles, type Source } from './source.ts'

/** A session of `aws login` (botocore `LoginProvider`). */
export const login: Source = {
  provider: 'login',
  ask({ files, profile, hasCrt }) {
    const refusal = refusedFiles(files)
    if (refusal !== null) return refusal
    const session = profileSettings(files, profile)?.get('login_session')
    if (session === undefined) return absent(`[${profile}] has no login_session`)
    if (hasCrt) return deferred(`the session ${session.value} of aws login would be used`, session.at)
    const says =
      'MissingDependencyException: Missing Dependency: Using the login credential provider requires an additional dependency. ' +
      'You will need to pip install "botocore[crt]" before proceeding.'
    return broken('unsupported', says, `[${profile}] has login_session, which needs the AWS CRT`, session.at)
  },
}
