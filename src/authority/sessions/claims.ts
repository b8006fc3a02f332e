import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { Tag } from '../model/entities.ts'
import type { SessionClaims } from '../model/principal.ts'

/**
 * The inside of a session token. What stands outside (account, issue time) is not repeated. A JSON array by position, as it
 * is or deflated when that is worth its time; the first byte says which.
 */
const plain = 1
const deflated = 2
/** Below this size deflating costs more time than its bytes are worth. */
const worthDeflating = 600
/** Ten session policies, fifty tags: the largest claims that STS takes in are far below. */
const largestInside = 262_144

export interface Outside {
  readonly account: string
  readonly issuedAt: number
}

const types = ['session', 'role', 'federated'] as const
const typeNumbers = { session: 0, role: 1, federated: 2 } as const

type Inside = readonly [
  type: 0 | 1 | 2,
  accessKeyId: string,
  secretAccessKey: string,
  lifetime: number,
  mfaAt: number | null,
  ownerId: string,
  parentKeyId: string | null,
  role: Role | null,
]

type Role = readonly [
  roleArn: string | null,
  sessionName: string | null,
  policies: readonly string[],
  policyArns: readonly string[],
  tags: readonly (readonly [string, string])[],
  transitive: readonly string[],
  sourceIdentity: string | null,
  assumedBy: string | null,
  /** Tokens of earlier versions end before it. */
  conditions?: Readonly<Record<string, readonly string[]>>,
]

export function encodeClaims(claims: SessionClaims): Uint8Array {
  const inside: Inside = [
    typeNumbers[claims.type],
    claims.accessKeyId,
    claims.secretAccessKey,
    claims.expiresAt - claims.issuedAt,
    claims.mfaAt,
    claims.ownerId,
    claims.parentKeyId,
    roleOf(claims),
  ]
  const text = Buffer.from(JSON.stringify(inside), 'utf8')
  const packed = text.length < worthDeflating ? null : deflateRawSync(text)
  return packed !== null && packed.length < text.length
    ? Buffer.concat([Uint8Array.of(deflated), packed])
    : Buffer.concat([Uint8Array.of(plain), text])
}

/** Null for a form that this version does not know. The bytes are authentic: what is inside was written by `encodeClaims`. */
export function decodeClaims(bytes: Uint8Array, { account, issuedAt }: Outside): SessionClaims | null {
  const text = textOf(bytes)
  if (text === null) return null
  const [type, accessKeyId, secretAccessKey, lifetime, mfaAt, ownerId, parentKeyId, role] = JSON.parse(text) as Inside
  const [roleArn, sessionName, policies, policyArns, tags, transitive, sourceIdentity, assumedBy, conditions] =
    role ?? noRole
  return {
    type: types[type],
    accessKeyId,
    secretAccessKey,
    account,
    issuedAt,
    expiresAt: issuedAt + lifetime,
    mfaAt,
    ownerId,
    parentKeyId,
    roleArn,
    sessionName,
    sessionPolicies: policies,
    sessionPolicyArns: policyArns,
    tags: tags.map(([key, value]): Tag => ({ key, value })),
    transitiveTagKeys: transitive,
    sourceIdentity,
    assumedBy,
    ...(conditions === undefined ? {} : { conditions }),
  }
}

const noRole: Role = [null, null, [], [], [], [], null, null]

/** A session of GetSessionToken has none of it. */
function roleOf(claims: SessionClaims): Role | null {
  const role: Role = [
    claims.roleArn,
    claims.sessionName,
    claims.sessionPolicies,
    claims.sessionPolicyArns,
    claims.tags.map((tag) => [tag.key, tag.value]),
    claims.transitiveTagKeys,
    claims.sourceIdentity,
    claims.assumedBy,
    ...(claims.conditions === undefined ? ([] as const) : ([claims.conditions] as const)),
  ]
  return role.every((part) => part === null || (Array.isArray(part) && part.length === 0)) ? null : role
}

function textOf(bytes: Uint8Array): string | null {
  const body = bytes.subarray(1)
  if (bytes[0] === plain) return Buffer.from(body).toString('utf8')
  if (bytes[0] === deflated) return inflateRawSync(body, { maxOutputLength: largestInside }).toString('utf8')
  return null
}
