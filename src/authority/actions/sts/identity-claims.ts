import type { Tag } from '../../model/entities.ts'
import { quotas } from '../quotas.ts'
import { invalidParameter, type Refused } from '../sentences.ts'
import { faultOfTags, sameKey } from '../tags.ts'

type Claims = Readonly<Record<string, unknown>>

/** The session tags that a token brings along. */
export interface ClaimedTags {
  readonly all: readonly Tag[]
  readonly transitiveKeys: readonly string[]
}

const tagsClaim = 'https://aws.amazon.com/tags'
const rolesClaim = 'https://aws.amazon.com/roles'
const sourceIdentityClaim = 'https://aws.amazon.com/source_identity'

/**
 * The claims that STS reads session tags from, nested or flattened (IAM User Guide, "Pass session tags in AWS STS", section
 * AssumeRoleWithWebIdentity): `{"principal_tags": {"Project": ["Automation"]}, "transitive_tag_keys": ["Project"]}` under
 * `https://aws.amazon.com/tags`, or `https://aws.amazon.com/tags/principal_tags/Project`. Each tag has one value.
 */
export function claimedTags(claims: Claims): ClaimedTags | Refused {
  const nested = claims[tagsClaim]
  if (nested !== undefined && !isObject(nested)) return unreadable
  const given = nested?.['principal_tags']
  if (given !== undefined && !isObject(given)) return unreadable
  const values = new Map(Object.entries(given ?? {}))
  const flat = `${tagsClaim}/principal_tags/`
  for (const [name, value] of Object.entries(claims))
    if (name.startsWith(flat)) values.set(name.slice(flat.length), value)
  const all: Tag[] = []
  for (const [key, value] of values) {
    // Recorded of AWS (radkawar/stackd, internal/services/sts/testdata/oidc, September 2026).
    if (given !== undefined && value === given[key] && !Array.isArray(value)) return unformatted
    const single = Array.isArray(value) ? (value.length === 1 ? value[0] : undefined) : value
    if (typeof single !== 'string' || !isTag(key, single)) return unreadable
    all.push({ key, value: single })
  }
  const transitive = nested?.['transitive_tag_keys'] ?? claims[`${tagsClaim}/transitive_tag_keys`] ?? []
  if (!Array.isArray(transitive) || !transitive.every((key) => typeof key === 'string')) return unreadable
  if (all.length > quotas.tagsPerEntity || transitive.length > quotas.tagsPerEntity) return unreadable
  const keys = new Set(all.map(({ key }) => sameKey(key, 'caseless')))
  if (!transitive.every((key) => keys.has(sameKey(key, 'caseless')))) return unreadable
  const fault = faultOfTags(
    all.map(({ key, value }) => ({ Key: key, Value: value })),
    'caseless',
  )
  return fault ?? { all, transitiveKeys: [...new Set(transitive)] }
}

/** `https://aws.amazon.com/source_identity`: 2 to 64 characters, not beginning with `aws:`; null when there is none. */
export function claimedSourceIdentity(claims: Claims): string | null | Refused {
  const value = claims[sourceIdentityClaim]
  if (value === undefined) return null
  // The sentence that AssumeRoleWithSAML was seen to have for the same thing.
  const says = 'Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with "aws:"'
  return typeof value === 'string' && /^[\w+=,.@-]{2,64}$/.test(value) && !/^aws:/i.test(value)
    ? value
    : {
        refused: {
          reason: 'identity-token-invalid',
          says,
          evidence: [`The claim ${sourceIdentityClaim} cannot be used.`],
        },
      }
}

/**
 * Does the identity provider itself give its user this role? A token may say which roles it is for, `https://aws.amazon.com/roles`: a
 * list of ARNs, or one text with semicolons between them. What is no ARN of a role is passed over. Without the claim false, and so is
 * `sts:RoleAuthorizedByIdp`; a token for other roles is refused whatever the trust policy says (recorded of AWS: radkawar/stackd,
 * `internal/services/sts/testdata/oidc/aws-roles.json`, September 2026).
 */
export function authorizedByProvider(claims: Claims, roleArn: string): boolean | Refused {
  const value = claims[rolesClaim]
  if (value === undefined || value === null) return false
  if (typeof value !== 'string' && !Array.isArray(value))
    return rolesFault('The roles claim is not in a supported format')
  const texts: readonly unknown[] = typeof value === 'string' ? value.split(';') : value
  const arns = texts.flatMap((text) => (typeof text === 'string' && isRoleArn(text.trim()) ? [text.trim()] : []))
  if (arns.length === 0) return rolesFault('The roles claim contains no valid role ARNs')
  return arns.includes(roleArn)
    ? true
    : rolesFault('The target role ARN is not present in the roles claim of the identity token')
}

function isRoleArn(text: string): boolean {
  return (
    /^arn:[a-z-]+:iam::\d{12}:role\/(?:[!-~]{1,510}\/)?[\w+=,.@-]{1,64}$/.test(text) &&
    !/[:;*?]/.test(text.slice(text.indexOf('role/')))
  )
}

function rolesFault(says: string): Refused {
  const evidence = [`The claim ${rolesClaim} says for which roles the token is.`]
  return { refused: { reason: 'identity-token-invalid', says, evidence } }
}

/** As STS said it of a claim that it could not read (hashicorp/terraform-provider-aws#44712). */
const unreadable: Refused = invalidParameter('Unable to validate tags')

const unformatted: Refused = {
  refused: {
    reason: 'identity-token-invalid',
    says: 'principal_tags passed in claim is not in correct format.',
    evidence: [`A value of principal_tags in the claim ${tagsClaim} is no list of one text.`],
  },
}

function isTag(key: string, value: string): boolean {
  return (
    key.length >= 1 &&
    key.length <= 128 &&
    value.length <= 256 &&
    /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u.test(`${key}${value}`)
  )
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
