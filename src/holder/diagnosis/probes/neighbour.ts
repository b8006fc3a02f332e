import type { SigningCredentials } from '../../../signature/request.ts'
import { type Asker, ask, type Question, type Target } from './question.ts'
import { memberOf, membersOf } from './reading.ts'

/** What another identity of this machine could tell about the refused key. */
export interface Neighbour {
  /** The profile that asked. */
  readonly profile: string
  /** The account that owns the key id by AWS's own word; null when it was not told. */
  readonly account: string | null
  /** The account of the identity that asked; null when unknown. */
  readonly ownAccount: string | null
  readonly key: /** The user's list holds the key in this state. */
    | { readonly kind: 'listed'; readonly user: string; readonly status: string }
    /** AWS knows whose key it was, but that user's list does not hold it any more. */
    | { readonly kind: 'gone'; readonly user: string }
    /** AWS does not know the key in the asking account, and would have told (the same question about another key was answered). */
    | { readonly kind: 'not-here' }
    /** The asking identity may not ask, or got no answer. */
    | { readonly kind: 'untold'; readonly because: string }
}

export interface NeighbourTargets {
  readonly sts: Target
  readonly iam: Target
}

/**
 * Asks read-only questions about a refused key id with another identity of the same machine: sts:GetAccessKeyInfo,
 * iam:GetAccessKeyLastUsed, then iam:ListAccessKeys of that user. Needs those permissions; refusals are told, not guessed over.
 * Sources: IAM API Reference of these operations; unknown ids give AccessDenied (`authority.md` §4.6).
 */
export async function askNeighbour(
  asker: Asker,
  targets: NeighbourTargets,
  profile: string,
  credentials: SigningCredentials,
  ownAccount: string | null,
  accessKeyId: string,
  at: Date,
): Promise<Neighbour> {
  const put = async (
    target: Target,
    question: Question,
    says: string,
    name: 'sts-access-key-info' | 'iam-access-key-last-used' | 'iam-list-access-keys',
  ) => {
    const asked = await ask(asker, { name, says, endpoint: target.endpoint }, target, question, credentials, at)
    if (asked.kind === 'unanswered') return { kind: 'untold', because: asked.because } as const
    if (asked.reading.kind === 'success') return { kind: 'told', body: asked.reading.body } as const
    const because = asked.reading.kind === 'refusal' ? asked.reading.reply.code : asked.reading.because
    return { kind: 'untold', because } as const
  }
  const lastUsed = (id: string) =>
    put(
      targets.iam,
      { operation: 'GetAccessKeyLastUsed', version: '2010-05-08', parameters: { AccessKeyId: id } },
      `asking IAM with profile ${profile} whose key this is`,
      'iam-access-key-last-used',
    )
  const [info, used] = await Promise.all([
    put(
      targets.sts,
      { operation: 'GetAccessKeyInfo', version: '2011-06-15', parameters: { AccessKeyId: accessKeyId } },
      `asking STS with profile ${profile} which account this key is from`,
      'sts-access-key-info',
    ),
    lastUsed(accessKeyId),
  ])
  const account = info.kind === 'told' ? memberOf(info.body, 'Account') : null
  const known = { profile, account: account !== null && /^\d{12}$/.test(account) ? account : null, ownAccount }
  if (used.kind === 'untold') return { ...known, key: await whetherAbsent(used.because) }
  const user = memberOf(used.body, 'UserName')
  if (user === null) return { ...known, key: { kind: 'untold', because: 'the answer names no user' } }
  return { ...known, key: await stateOf(user) }

  async function whetherAbsent(because: string): Promise<Neighbour['key']> {
    if (because === 'NoSuchEntity') return { kind: 'not-here' }
    // An unknown key and a missing permission give one answer: the same question about a key that exists tells them apart.
    if (because !== 'AccessDenied' || !/^AKIA/.test(credentials.accessKeyId)) return { kind: 'untold', because }
    const own = await lastUsed(credentials.accessKeyId)
    return own.kind === 'told' ? { kind: 'not-here' } : { kind: 'untold', because }
  }

  async function stateOf(user: string): Promise<Neighbour['key']> {
    const listed = await put(
      targets.iam,
      { operation: 'ListAccessKeys', version: '2010-05-08', parameters: { UserName: user, MaxItems: '100' } },
      `asking IAM for the keys of user ${user}`,
      'iam-list-access-keys',
    )
    if (listed.kind === 'untold')
      return listed.because === 'NoSuchEntity' ? { kind: 'gone', user } : { kind: 'untold', because: listed.because }
    const ids = membersOf(listed.body, 'AccessKeyId')
    const states = membersOf(listed.body, 'Status')
    const index = ids.indexOf(accessKeyId)
    if (index >= 0 && states.length === ids.length) return { kind: 'listed', user, status: states[index]! }
    if (index < 0 && memberOf(listed.body, 'IsTruncated') !== 'true') return { kind: 'gone', user }
    return { kind: 'untold', because: 'the list of keys was not complete' }
  }
}
