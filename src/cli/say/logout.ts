import type { LogoutPlan } from '../../holder/login/index.ts'
import { mark, page, shortPath, visibleWidth, wrap } from './page.ts'
import type { Sight } from './verdict.ts'

/** What was taken away for one profile, or would be. */
export interface LoggedOut {
  readonly profile: string
  readonly plan: LogoutPlan
  /** Why a sign-in could not be ended at the portal. */
  readonly notEnded: readonly string[]
  readonly dry: boolean
}

/**
 * For stderr. `profile` is the one that was asked about; null for all.
 *
 * @param otherSignIn a token is cached for the profile that login has not made
 */
export function logoutText(
  sight: Sight,
  profile: string | null,
  all: readonly LoggedOut[],
  otherSignIn: boolean,
): string {
  const { look } = sight
  if (all.length > 0) return page(all.flatMap((done) => lines(sight, done)))
  const says =
    profile === null
      ? 'Nobody is logged in: login has written nothing that is still there.'
      : `login has written nothing for ${profile} that is still there.`
  const other = 'The sign-in that is cached for it was made by another program: aws sso logout ends it.'
  return page([...wrap(look, `${mark(look, 'item')} `, says), ...(otherSignIn ? wrap(look, '  ', other) : [])])
}

function lines({ look, machine }: Sight, { profile, plan, notEnded, dry }: LoggedOut): readonly string[] {
  const first = `${mark(look, dry ? 'item' : 'good')} `
  const paths = [...plan.changes.map(({ path }) => path), ...plan.caches].map((path) => shortPath(machine, path))
  const gone = paths.length === 0 ? 'nothing was left of it' : paths.join(', ')
  const says = dry
    ? `Logging out of ${profile} would take back what login wrote: ${gone}.`
    : `Logged out of ${profile}. Taken back: ${gone}.`
  return [
    ...wrap(look, first, says, visibleWidth(first)),
    ...plan.left.flatMap(({ file, section }) =>
      wrap(look, '  ', `[${section}] of ${shortPath(machine, file)} was changed since, and was left as it is.`),
    ),
    ...notEnded.flatMap((why) =>
      wrap(
        look,
        '  ',
        `The sign-in goes on at IAM Identity Center until its end, only its token is gone here: ${why}.`,
      ),
    ),
  ]
}
