import { issue, issuedSession, newClaims } from '../actions/sts/issue.ts'
import { judgeVisitor, requestConditions } from '../authorization/index.ts'
import type { Directory } from '../directory/directory.ts'
import { roleArn } from '../model/arn-of.ts'
import type { Role, Tag } from '../model/entities.ts'
import type { IssuedSession } from '../model/store.ts'
import type { SessionRing } from '../sessions/ring.ts'
import type { Received } from '../wire/index.ts'

/** What the endpoints work on; the directory may be another one after a reset. */
export interface Ground {
  /** Milliseconds since the epoch, by the authority's clock. */
  now(): number
  directory(): Directory
  ring(): SessionRing
  /** Where the instance or container is said to run. */
  readonly region: string
}

/** One place that gets sessions of a role: an instance by IMDSv1 or v2, a task, a pod. */
export interface Place {
  /** `ec2.amazonaws.com` */
  readonly service: string
  readonly roleName: string
  readonly sessionName: string
  /** Session tags, all of them transitive. */
  readonly tags: readonly Tag[]
  /** Condition keys of the assumption, lower-cased: `aws:sourcearn`, `aws:sourceaccount`. */
  readonly asked: Readonly<Record<string, readonly string[]>>
  /** Condition keys that the session brings into each of its requests. */
  readonly brought: Readonly<Record<string, readonly string[]>>
}

export interface Given {
  readonly kind: 'given'
  readonly roleArn: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
  /** ISO 8601 with whole seconds. */
  readonly issuedAt: string
  readonly expiration: string
  /** The statement of the trust policy that allowed it. */
  readonly statement: string | null
  readonly session: IssuedSession
  /** Was it made for this very request? Else it was given out before. */
  readonly fresh: boolean
}

export type Vended =
  | Given
  | { readonly kind: 'no-role'; readonly evidence: readonly string[] }
  | { readonly kind: 'not-trusted'; readonly evidence: readonly string[]; readonly statement: string | null }

/**
 * What the instance metadata service and the container agents hand out lasts six hours, whatever the role's MaxSessionDuration says
 * (EC2 User Guide, "Retrieve security credentials"; IAM User Guide, "Update the maximum session duration": not for AWS services).
 */
const lifetime = 6 * 3600
/** New ones come long before the old ones end, so that a client that asks always gets some that it may keep. */
const renewedAfter = 3600

/**
 * Gives sessions of a role to a place: the role must be there and its trust policy must allow the service, judged anew for every
 * request; the same session is given again for an hour. A place keeps one session at most.
 */
export function createVending(ground: Ground, place: Place): (call: Received) => Vended {
  let last: { readonly roleId: string; readonly ring: SessionRing; readonly at: number; readonly given: Given } | null =
    null

  return (call) => {
    const directory = ground.directory()
    const role = directory.roleNamed(place.roleName)
    if (role === undefined) {
      last = null
      return { kind: 'no-role', evidence: [`There is no role ${place.roleName}.`] }
    }
    const judgement = judgeTrust(ground, place, role, call)
    if (!judgement.allowed) {
      last = null
      return { kind: 'not-trusted', evidence: judgement.evidence, statement: judgement.statement }
    }
    const at = Math.floor(ground.now() / 1000)
    const ring = ground.ring()
    if (last !== null && last.roleId === role.id && last.ring === ring) {
      const age = at - last.at
      if (age >= 0 && age < renewedAfter) return last.given
    }
    const given = assume(ground, place, role, judgement.statement)
    last = { roleId: role.id, ring, at, given: { ...given, fresh: false } }
    return given
  }
}

function judgeTrust(ground: Ground, place: Place, role: Role, call: Received) {
  const directory = ground.directory()
  const conditions = new Map(
    requestConditions({
      principal: null,
      directory,
      now: new Date(ground.now()),
      secureTransport: true,
      sourceIp: call.sourceIp,
      userAgent: place.service,
      referer: null,
      region: ground.region,
      service: 'sts',
    }),
  )
  // A service asks, and not from an address of its customer's.
  conditions.delete('aws:sourceip')
  conditions.delete('aws:principaltype')
  conditions.set('aws:principalisawsservice', ['true'])
  conditions.set('aws:principalservicename', [place.service])
  conditions.set('sts:rolesessionname', [place.sessionName])
  for (const { key, value } of place.tags) conditions.set(`aws:requesttag/${key.toLowerCase()}`, [value])
  if (place.tags.length > 0) {
    conditions.set(
      'aws:tagkeys',
      place.tags.map((tag) => tag.key),
    )
    conditions.set(
      'sts:transitivetagkeys',
      place.tags.map((tag) => tag.key),
    )
  }
  for (const [key, values] of Object.entries(place.asked)) conditions.set(key, values)
  return judgeVisitor({
    visitor: { kind: 'service', name: place.service },
    role,
    resource: roleArn(directory.account, role),
    actions: place.tags.length > 0 ? ['sts:AssumeRole', 'sts:TagSession'] : ['sts:AssumeRole'],
    directory,
    conditions,
  })
}

function assume(ground: Ground, place: Place, role: Role, statement: string | null): Given {
  const { account } = ground.directory()
  const claims = newClaims(
    {
      type: 'role',
      duration: lifetime,
      mfaAt: null,
      ownerId: role.id,
      parentKeyId: null,
      roleArn: roleArn(account, role),
      sessionName: place.sessionName,
      sessionPolicies: [],
      sessionPolicyArns: [],
      tags: place.tags,
      transitiveTagKeys: place.tags.map((tag) => tag.key),
      sourceIdentity: null,
      assumedBy: place.service,
      conditions: place.brought,
    },
    { now: new Date(ground.now()), account: account.id },
  )
  const credentials = issue(claims, { sessions: ground.ring(), region: ground.region })
  return {
    kind: 'given',
    roleArn: roleArn(account, role),
    accessKeyId: credentials.AccessKeyId,
    secretAccessKey: credentials.SecretAccessKey,
    sessionToken: credentials.SessionToken,
    issuedAt: `${new Date(claims.issuedAt * 1000).toISOString().slice(0, 19)}Z`,
    expiration: credentials.Expiration,
    statement,
    session: issuedSession(claims, ground.directory()),
    fresh: true,
  }
}
