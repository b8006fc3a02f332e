import type { Directory } from '../directory/directory.ts'
import { roleArn, userArn } from '../model/arn-of.ts'
import { type PrincipalElement, parseDocument } from '../policy/index.ts'

export type TrustPrincipals =
  | { readonly ok: Readonly<Record<string, string>> }
  /** AWS's sentence for `MalformedPolicyDocument`. */
  | { readonly refused: string }

type Source = Pick<Directory, 'account' | 'user' | 'role' | 'userNamed' | 'roleNamed'>

/**
 * The unique ids of the users and roles that a trust policy names by ARN, as they are now (`arn → id`), for
 * `Role.trustPrincipals`. A user or role that is not there is refused, as IAM does; account ids, `:root` and `*` need
 * nothing. Names compare with case here (IAM User Guide, "Principal"). The document must have passed `compilePolicy`.
 */
export function resolveTrustPrincipals(document: string, directory: Source): TrustPrincipals {
  const parsed = parseDocument(document, 'trust')
  if ('refused' in parsed) return parsed
  const ids: Record<string, string> = {}
  for (const statement of parsed.document.statements) {
    const fault = statement.principal === null ? null : resolve(statement.principal, directory, ids)
    if (fault !== null) return { refused: fault }
  }
  return { ok: ids }
}

function resolve(element: PrincipalElement, directory: Source, ids: Record<string, string>): string | null {
  // Recorded of AWS, although `{"AWS":"*"}` is taken (radkawar/stackd, `saml_trust_aws.json`, September 2026).
  if (element.isStar) return 'AssumeRolepolicy contained an invalid principal: "STAR":"*".'
  for (const value of element.AWS) {
    if (isAccount(value)) continue
    const id = idOf(value, directory)
    if (id === undefined) return invalid('AWS', value)
    ids[value] = id
  }
  for (const value of element.Service) if (!isServiceName(value)) return invalid('SERVICE', value)
  for (const value of element.Federated) if (!isProvider(value)) return strangeProvider
  for (const value of element.CanonicalUser) return invalid('CANONICAL_USER', value)
  return null
}

function invalid(kind: string, value: string): string {
  return `Invalid principal in policy: "${kind}":"${value}"`
}

function isAccount(value: string): boolean {
  return value === '*' || /^\d{12}$/.test(value) || /^arn:[a-z-]+:iam::\d{12}:root$/.test(value)
}

function idOf(value: string, directory: Source): string | undefined {
  const home = directory.account
  if (/^AIDA[A-Z0-9]{17}$/.test(value)) return directory.user(value)?.id
  if (/^AROA[A-Z0-9]{17}$/.test(value)) return directory.role(value)?.id
  const name = value.slice(value.lastIndexOf('/') + 1)
  const user = directory.userNamed(name)
  if (user !== undefined && userArn(home, user) === value) return user.id
  const role = directory.roleNamed(name)
  if (role !== undefined && roleArn(home, role) === value) return role.id
  return sessionRoleId(value, directory)
}

/** `arn:…:sts::‹account›:assumed-role/‹role›/‹session›` stands for one session of a role that is there. */
function sessionRoleId(value: string, directory: Source): string | undefined {
  const { partition, id } = directory.account
  const start = `arn:${partition}:sts::${id}:assumed-role/`
  if (!value.startsWith(start)) return undefined
  const [roleName, session, ...more] = value.slice(start.length).split('/')
  if (more.length > 0 || session === undefined || !/^[\w+=,.@-]{2,64}$/.test(session)) return undefined
  const role = directory.roleNamed(roleName!)
  return role?.name === roleName ? role?.id : undefined
}

function isServiceName(value: string): boolean {
  return (
    value.length <= 256 &&
    /^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:amazonaws\.com(?:\.cn)?|amazon\.com|aws\.internal)$/.test(value)
  )
}

/** As IAM says it of anything else (terraform-aws-modules/terraform-aws-iam#202, pulumi/pulumi-eks#871). */
const strangeProvider = 'Federated principals must be valid domain names or SAML metadata ARNs'

/** What has the form of a provider is taken, as IAM does: it may be made after the role. */
function isProvider(value: string): boolean {
  return (
    /^arn:[a-z-]+:iam::\d{12}:(?:saml-provider|oidc-provider)\/\S+$/.test(value) ||
    ['cognito-identity.amazonaws.com', 'www.amazon.com', 'graph.facebook.com', 'accounts.google.com'].includes(value)
  )
}
