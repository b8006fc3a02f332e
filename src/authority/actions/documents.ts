import { resolveTrustPrincipals } from '../authorization/index.ts'
import { arnOf } from '../model/arn-of.ts'
import type { Role } from '../model/entities.ts'
import { compilePolicy, type DocumentKind, policySize } from '../policy/index.ts'
import type { ActionContext } from './grid.ts'
import { quotas } from './quotas.ts'
import { overQuota, type Refused } from './sentences.ts'

/** AWS's sentence for a document that is none of its kind (`MalformedPolicyDocument`); null for a good one. */
export function faultOfDocument(text: string, kind: DocumentKind, name: string, managed = false): Refused | null {
  const compiled = compilePolicy(text, { name, kind, managed })
  return 'refused' in compiled ? malformed(compiled.refused) : null
}

/** The same for the text of a managed policy, whose size counts by itself. */
export function faultOfManagedDocument(text: string, name: string): Refused | null {
  const fault = faultOfDocument(text, 'identity', name, true)
  if (fault !== null) return fault
  return policySize(text) > quotas.policySize ? overQuota('PolicySize', quotas.policySize) : null
}

function malformed(says: string): Refused {
  return { refused: { reason: 'policy-malformed', says } }
}

/**
 * Documents in replies are percent-encoded after RFC 3986: only unreserved characters stay, blanks are `%20`
 * (`authority.md` §1.10).
 */
export function percentEncoded(document: string): string {
  return encodeURIComponent(document).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

/**
 * A trust policy with the unique ids of the users and roles that it names as of now: it is about those, not about who may have
 * their names later (`authority.md` §4.2, §5.4). Refused when it is no trust policy, or names what does not exist.
 */
export function trustPolicyOf(
  text: string,
  context: ActionContext,
): Pick<Role, 'trustPolicy' | 'trustPrincipals'> | Refused {
  const fault = faultOfDocument(text, 'trust', 'trust policy')
  if (fault !== null) return fault
  if (policySize(text) > quotas.trustPolicySize) return overQuota('ACLSizePerRole', quotas.trustPolicySize)
  const principals = resolveTrustPrincipals(text, context.directory)
  return 'refused' in principals ? malformed(principals.refused) : { trustPolicy: text, trustPrincipals: principals.ok }
}

/**
 * A role's trust policy as replies show it: the text that was saved, but a user or role that was renamed since stands with its new
 * ARN, and one that is gone with its unique id (IAM User Guide, "Principal").
 */
export function shownTrustPolicy(role: Role, context: ActionContext): string {
  const { directory } = context
  let shown = role.trustPolicy
  for (const [arn, id] of Object.entries(role.trustPrincipals)) {
    const entity = directory.user(id) ?? directory.role(id)
    const now = entity === undefined ? id : arnOf(directory.account, entity)
    // What is named by id or by session has no ARN of its own to follow.
    if (/:(user|role)\//.test(arn) && now !== arn) shown = shown.replaceAll(JSON.stringify(arn), JSON.stringify(now))
  }
  return percentEncoded(shown)
}
