import { createGuesses, guessesOf } from '../sign-in/guesses.ts'
import { passwordMark, personNamed } from '../sign-in/people.ts'
import type { OwnPages } from '../wire/index.ts'
import { answerPage } from './approval.ts'
import { type Assignment, assign } from './assign.ts'
import type { Ground } from './ground.ts'
import { answerOidc, oidcPaths } from './oidc.ts'
import { pagePaths } from './page-parts.ts'
import { createPending, readUserCode } from './pending.ts'
import { answerPortal, portalPaths } from './portal.ts'

export type { Assignment } from './assign.ts'
export { type Ground, startPath } from './ground.ts'

export interface IdentityCenter extends OwnPages {
  /** Allows the device authorization with this user code as a person would; false when there is none, or no such person. */
  approve(userCode: string, userName: string): boolean
  /** Makes a person with a role, for tests; false when that cannot be. */
  assign(wanted: Assignment): Promise<boolean>
  /** Forgets what waits in memory. */
  clear(): void
}

/** The room's front door: IAM Identity Center as clients and people meet it, on the authority's own port. */
export function createIdentityCenter(ground: Ground): IdentityCenter {
  const pending = createPending(ground.now)
  const codeGuesses = createGuesses()
  const oidc = new Set(oidcPaths)
  const portal = new Set(portalPaths)
  const paths = new Set([...oidcPaths, ...portalPaths, ...pagePaths])

  return {
    has: (path) => paths.has(path),
    /** Forms and the calls of OIDC are small. */
    largestBody: (_call, { freeBodySize }) => freeBodySize,
    answer(call, body) {
      if (oidc.has(call.path)) return answerOidc(ground, pending, call, body)
      if (portal.has(call.path)) return answerPortal(ground, call)
      return answerPage({ ground, pending, codeGuesses, call }, body)
    },
    approve(userCode, userName) {
      const request = pending.deviceByUserCode(readUserCode(userCode) ?? '')
      const user = personNamed(userName, ground.directory())
      const profile = user === undefined ? undefined : ground.directory().loginProfile(user.id)
      if (request === undefined || profile === undefined) return false
      pending.decide(request.id, { userId: profile.id, password: passwordMark(profile, ground) })
      return true
    },
    assign: (wanted) => assign(wanted, ground),
    clear() {
      pending.clear()
      guessesOf(ground).clear()
      codeGuesses.clear()
    },
  }
}
