import { chosenOf, type LoginMeans, type Refused, refused, refusedBecause } from './means.ts'
import { callPortal } from './sso-calls.ts'
import type { SsoSettings } from './sso-settings.ts'

/** The account and role that a profile of IAM Identity Center is for. */
export interface Assignment {
  readonly kind: 'assignment'
  readonly account: string
  readonly role: string
}

/** 100 pages of what the portal gives at once: more than anybody could choose from. */
const mostPages = 100

/**
 * Which account and role: what is given, else the only one, else what the person chooses from those that they are assigned.
 * (Service model sso 2019-06-10: ListAccounts, ListAccountRoles, both in pages.)
 */
export async function findAssignment(
  means: LoginMeans,
  settings: SsoSettings,
  accessToken: string,
): Promise<Assignment | Refused> {
  const account = settings.account ?? (await accountOf(means, settings, accessToken))
  if (typeof account !== 'string') return account
  const role = settings.role ?? (await roleOf(means, settings, accessToken, account))
  return typeof role === 'string' ? { kind: 'assignment', account, role } : role
}

async function accountOf(means: LoginMeans, settings: SsoSettings, accessToken: string): Promise<string | Refused> {
  const list = await pages(means, settings, accessToken, 'ListAccounts', {})
  if ('kind' in list) return list
  const accounts = list.flatMap((each) => {
    const { accountId, accountName, emailAddress } = each
    if (typeof accountId !== 'string' || !/^\d{12}$/.test(accountId)) return []
    const names = [accountName, emailAddress].filter((name) => typeof name === 'string' && name !== '')
    return [{ value: accountId, says: [accountId, ...names].join('  ') }]
  })
  if (accounts.length === 0)
    return refused(
      'denied',
      'The sign-in worked, but this person is assigned no account.',
      'An administrator of IAM Identity Center assigns accounts and permission sets.',
    )
  const chosen = await chosenOf(means.person, 'Which account?', accounts)
  const some = accounts.slice(0, 10).map(({ says }) => says)
  return (
    chosen ?? refused('no-answer', `Which account? ${some.join('; ')}`, 'Give it with --account ID (and --role NAME).')
  )
}

async function roleOf(
  means: LoginMeans,
  settings: SsoSettings,
  accessToken: string,
  account: string,
): Promise<string | Refused> {
  const list = await pages(means, settings, accessToken, 'ListAccountRoles', { account_id: account })
  if ('kind' in list) return list
  const roles = roleNamesIn(list).map((name) => ({ value: name, says: name }))
  if (roles.length === 0)
    return refused('denied', `This person is assigned no role in account ${account}.`, 'countersign login --account ID')
  const chosen = await chosenOf(means.person, `Which role in ${account}?`, roles)
  const names = roles.slice(0, 20).map(({ value }) => value)
  return chosen ?? refused('no-answer', `Which role in ${account}? ${names.join(', ')}`, 'Give it with --role NAME.')
}

/** The role is not this person's: those that are, are named. */
export async function refusedRole(
  means: LoginMeans,
  settings: SsoSettings,
  accessToken: string,
  { account, role }: Assignment,
): Promise<Refused> {
  const says = `IAM Identity Center does not give this person the role ${role} in account ${account}.`
  const list = await pages(means, settings, accessToken, 'ListAccountRoles', { account_id: account })
  const names = 'kind' in list ? [] : roleNamesIn(list)
  const hint =
    names.length === 0
      ? 'They have no role in that account; an administrator of IAM Identity Center assigns them.'
      : `In that account they have: ${names.slice(0, 20).join(', ')}.`
  return refused('denied', says, hint)
}

/** Those that can be names (SSO Admin API, PermissionSet `Name`; IAM API, `RoleName`): one is written into a file. */
function roleNamesIn(list: readonly Readonly<Record<string, unknown>>[]): readonly string[] {
  return list
    .map(({ roleName }) => roleName)
    .filter((name): name is string => typeof name === 'string' && /^[\w+=,.@-]{1,64}$/.test(name))
}

const listOf = { ListAccounts: 'accountList', ListAccountRoles: 'roleList' } as const

async function pages(
  means: LoginMeans,
  settings: SsoSettings,
  accessToken: string,
  operation: keyof typeof listOf,
  query: Readonly<Record<string, string>>,
): Promise<readonly Readonly<Record<string, unknown>>[] | Refused> {
  const found: Readonly<Record<string, unknown>>[] = []
  let next: string | null = null
  for (let page = 0; page < mostPages; page += 1) {
    const asked = next === null ? query : { ...query, next_token: next }
    const answer = await callPortal(means, settings, operation, accessToken, asked)
    if (answer.kind === 'described') return refused('unreachable', `Offline: ${answer.because}.`)
    if (answer.kind === 'failed') return refusedBecause(answer, settings.profile)
    const list = answer.members[listOf[operation]]
    if (Array.isArray(list)) found.push(...list.filter((each) => typeof each === 'object' && each !== null))
    next = answer.text('nextToken')
    if (next === null) break
  }
  return found
}
