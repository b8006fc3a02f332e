import { queryOptions } from '@tanstack/react-query'
import { aws, awsAll } from '../api/call.ts'
import { awsCodeOf } from '../api/failure.ts'

export type HolderKind = 'user' | 'group' | 'role'

/** A user, a user group or a role: who has policies. */
export interface Holder {
  readonly kind: HolderKind
  readonly name: string
}

export interface HeldPolicy {
  readonly name: string
  /** Null for inline ones. */
  readonly arn: string | null
  /** Who has it itself: the holder that was asked for, or a user group that the user is in. */
  readonly holder: Holder
}

const nouns = { user: 'User', group: 'Group', role: 'Role' } as const

/** `AttachUserPolicy` for the pattern `Attach‹›Policy`. */
export function holderOperation(pattern: string, kind: HolderKind): string {
  return pattern.replace('‹›', nouns[kind])
}

/** `{ UserName: 'alice' }` */
export function named({ kind, name }: Holder): Readonly<Record<string, string>> {
  return { [`${nouns[kind]}Name`]: name }
}

export function keyOfHeld({ holder, arn, name }: HeldPolicy): string {
  return `${holder.kind} ${holder.name} ${arn ?? `inline ${name}`}`
}

/** AWS's column "Type". */
export function typeOfPolicy(arn: string | null): string {
  if (arn === null) return 'Inline'
  return isAwsManaged(arn) ? 'AWS managed' : 'Customer managed'
}

export function isAwsManaged(arn: string): boolean {
  return /^arn:[^:]*:iam::aws:/.test(arn)
}

export interface Held {
  readonly policies: readonly HeldPolicy[]
  /** User groups whose policies the person may not see; null: not even which groups there are. */
  readonly hidden: readonly string[] | null
}

/** All that a holder has; of a user also what comes through user groups, as far as it may be seen. */
export function heldQuery(holder: Holder) {
  return queryOptions({
    queryKey: [holder.kind, holder.name, 'held-policies'],
    queryFn: async () => (await seenOf(holder)).policies,
  })
}

/** As `heldQuery`, with what may not be seen. */
export function seenQuery(holder: Holder) {
  return queryOptions({
    queryKey: [holder.kind, holder.name, 'seen-policies'],
    queryFn: () => seenOf(holder),
  })
}

async function seenOf(holder: Holder): Promise<Held> {
  const own = await heldBy(holder)
  if (holder.kind !== 'user') return { policies: own, hidden: [] }
  type Group = { readonly GroupName: string }
  const groups = await unlessDenied(awsAll<Group>('ListGroupsForUser', 'Groups', named(holder)))
  if (groups === null) return { policies: own, hidden: null }
  const through = await Promise.all(
    groups.map(async ({ GroupName: name }) => ({
      name,
      policies: await unlessDenied(heldBy({ kind: 'group', name })),
    })),
  )
  return {
    policies: [...own, ...through.flatMap(({ policies }) => policies ?? [])],
    hidden: through.filter(({ policies }) => policies === null).map(({ name }) => name),
  }
}

async function unlessDenied<Result>(asked: Promise<Result>): Promise<Result | null> {
  try {
    return await asked
  } catch (error) {
    if (awsCodeOf(error) === 'AccessDenied') return null
    throw error
  }
}

/** Its own, inline and attached. */
export async function heldBy(holder: Holder): Promise<readonly HeldPolicy[]> {
  type Attached = { readonly PolicyName: string; readonly PolicyArn: string }
  const { kind } = holder
  const [attached, inline] = await Promise.all([
    awsAll<Attached>(holderOperation('ListAttached‹›Policies', kind), 'AttachedPolicies', named(holder)),
    awsAll<string>(holderOperation('List‹›Policies', kind), 'PolicyNames', named(holder)),
  ])
  return [
    ...attached.map(({ PolicyName, PolicyArn }) => ({ name: PolicyName, arn: PolicyArn, holder })),
    ...inline.map((name) => ({ name, arn: null, holder })),
  ]
}

/** Detaches a managed policy, deletes an inline one. */
export async function removeHeld({ name, arn, holder }: HeldPolicy): Promise<void> {
  if (arn === null) {
    await aws('iam', holderOperation('Delete‹›Policy', holder.kind), { ...named(holder), PolicyName: name })
  } else {
    await aws('iam', holderOperation('Detach‹›Policy', holder.kind), { ...named(holder), PolicyArn: arn })
  }
}

export async function attachTo(holder: Holder, arn: string): Promise<void> {
  await aws('iam', holderOperation('Attach‹›Policy', holder.kind), { ...named(holder), PolicyArn: arn })
}

export async function putInline(holder: Holder, name: string, document: string): Promise<void> {
  const members = { ...named(holder), PolicyName: name, PolicyDocument: document }
  await aws('iam', holderOperation('Put‹›Policy', holder.kind), members)
}

/** The text of a policy, as it was written where it was; of a managed one the default version. */
export async function documentOf({ name, arn, holder }: HeldPolicy): Promise<string> {
  if (arn !== null) return managedDocument(arn)
  const operation = holderOperation('Get‹›Policy', holder.kind)
  const reply = await aws<{ readonly PolicyDocument: string }>('iam', operation, { ...named(holder), PolicyName: name })
  return decoded(reply.PolicyDocument)
}

export async function managedDocument(arn: string): Promise<string> {
  const { Policy } = await aws<{ readonly Policy: { readonly DefaultVersionId: string } }>('iam', 'GetPolicy', {
    PolicyArn: arn,
  })
  const reply = await aws<{ readonly PolicyVersion: { readonly Document: string } }>('iam', 'GetPolicyVersion', {
    PolicyArn: arn,
    VersionId: Policy.DefaultVersionId,
  })
  return decoded(reply.PolicyVersion.Document)
}

/** AWS sends documents as RFC 3986 has it. */
function decoded(document: string): string {
  try {
    return decodeURIComponent(document)
  } catch {
    return document
  }
}
