import { accountOfAccessKeyId } from '../../../anatomy/access-key-id.ts'
import type { SigningCredentials } from '../../../signature/request.ts'
import { memberOf, membersOf } from '../../machine/reply-members.ts'
import type { Credential } from '../../sources/credential.ts'
import { editDistance } from '../values.ts'
import { type Asker, ask, askIdentity, type ProbeName, type Question, type Target } from './question.ts'

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
    /** AWS does not know the key, but a key of this user of the account differs from it by a slip of the finger. */
    | { readonly kind: 'similar'; readonly user: string; readonly id: string; readonly status: string }
    /** AWS does not know the key in the asking account, and would have told (the same question about another key was answered). */
    | { readonly kind: 'not-here' }
    /** The asking identity may not ask, or got no answer. */
    | { readonly kind: 'untold'; readonly because: string }
}

export interface NeighbourTargets {
  readonly sts: Target
  readonly iam: Target
}

/** A profile with a key of the same account as the refused one, by what stands in the ids; null when there is none. */
export function neighbourIn(refusedId: string, others: readonly Credential[]): string | null {
  const account = accountOfAccessKeyId(refusedId)
  const other = others.find(({ profile, accessKeyId }) => {
    const id = accessKeyId.value.trim()
    return profile !== null && account !== null && id !== refusedId && accountOfAccessKeyId(id) === account
  })
  return other?.profile ?? null
}

/** Users whose keys are looked through for one that differs by a slip of the finger; each costs a request. */
const mostUsers = 40
const atOnce = 8

/**
 * Asks read-only questions about a refused key id with another identity of the same machine: sts:GetAccessKeyInfo and
 * iam:GetAccessKeyLastUsed; then iam:ListAccessKeys of that user, or, for a key that the account does not know, of the
 * account's first users (iam:ListUsers). Needs those permissions; refusals are told, not guessed over.
 * Sources: IAM API Reference of these operations; unknown ids give AccessDenied (`authority.md` §4.6).
 */
export async function askNeighbour(
  asker: Asker,
  targets: NeighbourTargets,
  profile: string,
  credentials: SigningCredentials,
  accessKeyId: string,
  at: Date,
): Promise<Neighbour> {
  const talk = new Talk(asker, targets, profile, credentials, at)
  const says = `asking STS who profile ${profile} is`
  const notice = { name: 'sts-as-neighbour', says, endpoint: targets.sts.endpoint } as const
  const [identity, account, owner, isTold] = await Promise.all([
    askIdentity(asker, notice, targets.sts, credentials, at),
    talk.accountOf(accessKeyId),
    talk.ownerOf(accessKeyId),
    talk.isToldOfOwn(),
  ])
  if (identity.kind !== 'accepted') {
    const because = `profile ${profile} is refused itself`
    return { profile, account: null, ownAccount: null, key: { kind: 'untold', because } }
  }
  const known = { profile, account, ownAccount: identity.identity.account }
  if (owner.kind === 'told') return { ...known, key: await talk.stateOf(accessKeyId, owner.value) }
  // An unknown key and a missing permission give one answer: the same question about a key that exists tells them apart.
  const isAbsent = owner.because === 'NoSuchEntity' || (owner.because === 'AccessDenied' && isTold)
  if (!isAbsent) return { ...known, key: { kind: 'untold', because: owner.because } }
  return { ...known, key: (await talk.similarTo(accessKeyId)) ?? { kind: 'not-here' } }
}

type Told<T> = { readonly kind: 'told'; readonly value: T } | { readonly kind: 'untold'; readonly because: string }

class Talk {
  readonly #asker: Asker
  readonly #targets: NeighbourTargets
  readonly #profile: string
  readonly #credentials: SigningCredentials
  readonly #at: Date

  constructor(asker: Asker, targets: NeighbourTargets, profile: string, credentials: SigningCredentials, at: Date) {
    this.#asker = asker
    this.#targets = targets
    this.#profile = profile
    this.#credentials = credentials
    this.#at = at
  }

  async accountOf(id: string): Promise<string | null> {
    const says = `asking STS with profile ${this.#profile} which account this key is from`
    const asked = await this.#put('sts-access-key-info', says, 'GetAccessKeyInfo', { AccessKeyId: id })
    const account = asked.kind === 'told' ? memberOf(asked.value, 'Account') : null
    return account !== null && /^\d{12}$/.test(account) ? account : null
  }

  async ownerOf(id: string): Promise<Told<string>> {
    const asked = await this.#lastUsed(id)
    if (asked.kind === 'untold') return asked
    const user = memberOf(asked.value, 'UserName')
    return user === null ? { kind: 'untold', because: 'the answer names no user' } : { kind: 'told', value: user }
  }

  /** Whether IAM tells this identity about its own key. */
  async isToldOfOwn(): Promise<boolean> {
    if (!/^AKIA/.test(this.#credentials.accessKeyId)) return false
    return (await this.#lastUsed(this.#credentials.accessKeyId)).kind === 'told'
  }

  async #lastUsed(id: string): Promise<Told<string>> {
    const says = `asking IAM with profile ${this.#profile} whose key this is`
    return await this.#put('iam-access-key-last-used', says, 'GetAccessKeyLastUsed', { AccessKeyId: id })
  }

  async stateOf(id: string, user: string): Promise<Neighbour['key']> {
    const listed = await this.#keysOf(user)
    if (listed.kind === 'untold') return listed.because === 'NoSuchEntity' ? { kind: 'gone', user } : listed
    const status = listed.value.get(id)
    return status === undefined ? { kind: 'gone', user } : { kind: 'listed', user, status }
  }

  async similarTo(id: string): Promise<Neighbour['key'] | null> {
    const asked = await this.#put('iam-list-users', 'asking IAM for a key with a similar id', 'ListUsers', {
      MaxItems: String(mostUsers),
    })
    if (asked.kind === 'untold') return null
    const users = membersOf(asked.value, 'UserName').slice(0, mostUsers)
    for (let first = 0; first < users.length; first += atOnce) {
      const some = users.slice(first, first + atOnce)
      const lists = await Promise.all(some.map((user) => this.#keysOf(user)))
      for (const [index, list] of lists.entries()) {
        for (const [other, status] of list.kind === 'told' ? list.value : [])
          if (other !== id && editDistance(id, other) <= 2)
            return { kind: 'similar', user: some[index]!, id: other, status }
      }
    }
    return null
  }

  /** The keys of a user with their states. A user has two at most, so that one page is all. */
  async #keysOf(user: string): Promise<Told<ReadonlyMap<string, string>>> {
    const says = `asking IAM for the keys of user ${user}`
    const listed = await this.#put('iam-list-access-keys', says, 'ListAccessKeys', { UserName: user, MaxItems: '100' })
    if (listed.kind === 'untold') return listed
    const ids = membersOf(listed.value, 'AccessKeyId')
    const states = membersOf(listed.value, 'Status')
    if (states.length !== ids.length || memberOf(listed.value, 'IsTruncated') === 'true')
      return { kind: 'untold', because: 'the list of keys was not complete' }
    return { kind: 'told', value: new Map(ids.map((id, index) => [id, states[index]!])) }
  }

  async #put(
    name: ProbeName,
    says: string,
    operation: string,
    parameters: Question['parameters'],
  ): Promise<Told<string>> {
    const target = name.startsWith('sts-') ? this.#targets.sts : this.#targets.iam
    const question: Question = {
      operation,
      version: target.service === 'sts' ? '2011-06-15' : '2010-05-08',
      parameters,
    }
    const notice = { name, says, endpoint: target.endpoint }
    const asked = await ask(this.#asker, notice, target, question, this.#credentials, this.#at)
    if (asked.kind === 'unanswered') return { kind: 'untold', because: asked.because }
    if (asked.reading.kind === 'success') return { kind: 'told', value: asked.reading.body }
    return {
      kind: 'untold',
      because: asked.reading.kind === 'refusal' ? asked.reading.reply.code : asked.reading.because,
    }
  }
}
