import { callerWith } from '../calls/index.ts'
import { resolveStep, ssoAccessToken } from '../resolution/index.ts'
import { keepAssignment } from './keep.ts'
import { kept } from './kept-session.ts'
import { type LoggedIn, type LoginQuestion, whoIs } from './logged-in.ts'
import { type LoginMeans, noDuration, type Refused, refused, refusedBecause } from './means.ts'
import { type Assignment, findAssignment, refusedRole } from './portal.ts'
import { refuseTarget } from './session-profile.ts'
import { callPortal } from './sso-calls.ts'
import { type SsoSettings, ssoPlanOf } from './sso-settings.ts'
import { signIn } from './sso-sign-in.ts'

/** A profile of IAM Identity Center: the sign-in, account and role, and whether they give credentials. */
export async function withSso(
  means: LoginMeans,
  question: LoginQuestion,
  settings: SsoSettings,
): Promise<LoggedIn | Refused> {
  const { profile } = settings
  for (const [flag, asked, set] of [
    ['--account', question.account, settings.account],
    ['--role', question.role, settings.role],
  ] as const)
    if (asked !== null && set !== null && asked !== set)
      return refused('usage', `The profile ${profile} is for ${set} already; ${flag} cannot make it another one.`)
  const wrong = question.target === null ? null : refuseTarget(means.files, question.target)
  if (wrong !== null) return wrong
  if (question.duration !== null) return noDuration('the permission set says how long its sessions last')
  const token = await accessToken(means, question, settings)
  if (token.kind === 'refused') return token
  if (!givesRoles(settings))
    return {
      ...signedInOnly,
      profile,
      use: profile,
      isNew: token.isNew,
      wrote: token.isNew ? [settings.tokenFile] : [],
    }
  const wanted = { ...settings, account: settings.account ?? question.account, role: settings.role ?? question.role }
  const assignment = await findAssignment(means, wanted, token.accessToken)
  if (assignment.kind === 'refused') return assignment
  const plan = ssoPlanOf({ ...settings, account: assignment.account, role: assignment.role })
  const step = { ...(means.trace.winner ?? emptyStep), plan, credential: null }
  const trace = { ...means.trace, winner: step }
  const resolution = await resolveStep(means.machine, trace, step, means, means.files)
  if (resolution.kind === 'described') return refused('unreachable', `Offline: ${resolution.because}.`)
  if (resolution.kind === 'failed')
    return resolution.reason === 'role-unassigned'
      ? await refusedRole(means, settings, token.accessToken, assignment)
      : refusedBecause(resolution, profile)
  const { credential } = resolution
  const identity = await whoIs(callerWith(means.machine, means.trace, credential, means), profile)
  if ('kind' in identity) return identity
  const expiration = credential.expiration?.value ?? null
  const { wrote, lacks } = await written(means, settings, assignment)
  if (question.target !== null && expiration !== null) {
    const as = { how: 'sso', target: question.target, sourceKeyId: `${assignment.account} ${assignment.role}` } as const
    const done = await kept(means, question, as, { kind: 'session', credential, expiration }, null)
    return done.kind === 'refused' ? done : { ...done, wrote: [...wrote, ...done.wrote], lacks }
  }
  return {
    kind: 'logged-in',
    how: 'sso',
    profile,
    use: profile,
    credential,
    expiration,
    identity,
    isNew: token.isNew,
    wrote: [...(token.isNew ? [settings.tokenFile] : []), ...wrote],
    lacks,
  }
}

/** Tokens of other applications (CodeCatalyst, Q Developer) open no account. */
function givesRoles({ scopes, account, role }: SsoSettings): boolean {
  return scopes === null || scopes.includes('sso:account:access') || account !== null || role !== null
}

const signedInOnly = {
  kind: 'logged-in',
  how: 'sso',
  credential: null,
  expiration: null,
  identity: null,
  lacks: [],
} as const

const emptyStep = {
  provider: 'sso',
  outcome: 'found',
  reason: 'asked-later',
  because: 'the profile was logged in',
  at: null,
  credential: null,
} as const

/** Only once it is known to work, and with leave. */
async function written(
  means: LoginMeans,
  { profile, account, role }: SsoSettings,
  assignment: Assignment,
): Promise<Pick<LoggedIn, 'wrote' | 'lacks'>> {
  const chosen = {
    ...(account === null ? { sso_account_id: assignment.account } : {}),
    ...(role === null ? { sso_role_name: assignment.role } : {}),
  }
  const lines = Object.entries(chosen).map(([key, value]) => `${key} = ${value}`)
  if (lines.length === 0) return { wrote: [], lacks: [] }
  if (!(await means.person.mayWrite(profile, lines))) return { wrote: [], lacks: lines }
  return { wrote: keepAssignment(means, profile, chosen), lacks: [] }
}

type Token = { readonly kind: 'token'; readonly accessToken: string; readonly isNew: boolean }

/** The access token of a sign-in: the cached one, renewed where it may be, as long as the portal takes it; else a new sign-in. */
export async function accessToken(
  means: LoginMeans,
  question: LoginQuestion,
  settings: SsoSettings,
): Promise<Token | Refused> {
  const { machine, trace, files } = means
  if (!question.force) {
    const cached = await ssoAccessToken(machine, trace, ssoPlanOf(settings), means, files)
    if (cached.kind === 'described' || (cached.kind === 'failed' && cached.reason === 'unreachable'))
      return refused('unreachable', `IAM Identity Center was not asked: ${cached.because}.`)
    if (cached.kind === 'token' && !givesRoles(settings)) return { ...cached, isNew: false }
    if (cached.kind === 'token') {
      const answer = await callPortal(means, settings, 'ListAccounts', cached.accessToken, { max_result: '1' })
      if (answer.kind === 'failed' && answer.reason === 'unreachable') return refusedBecause(answer, settings.profile)
      const isOver = answer.kind === 'failed' && answer.refusal?.status === 401
      if (!isOver) return { kind: 'token', accessToken: cached.accessToken, isNew: false }
    }
  }
  if (means.offline) return refused('unreachable', 'Offline: a sign-in needs the network.')
  const signedIn = await signIn(means, settings, question.wish)
  if (signedIn.kind === 'refused') return signedIn
  return { kind: 'token', accessToken: signedIn.accessToken, isNew: true }
}
