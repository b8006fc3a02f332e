import { type Arn, parseArn } from '../../../anatomy/arn.ts'

/** Who AWS says that called, as AWS's refusals write it: `User: arn:… is not authorized`. */
export interface Caller {
  readonly account: string
  readonly kind: 'root' | 'user' | 'role' | 'federated' | 'other'
  /** The user's or role's name, without its path. */
  readonly name: string
  /** Of a role's session. */
  readonly session: string | null
  /** One sentence for a person; key ids and names only. */
  readonly says: string
}

/** The caller in an AWS refusal; null when it names none. */
export function callerIn(message: string): Caller | null {
  const arn = parseArn(/\bUser:? (arn:[^\s,;"']{1,600})/.exec(message)?.[1] ?? '')
  return arn === null || !/^\d{12}$/.test(arn.account) ? null : callerOf(arn)
}

function callerOf({ account, resource }: Arn): Caller {
  const [kind = '', ...path] = resource.split('/')
  const of = `in account ${account}`
  if (resource === 'root')
    return { account, kind: 'root', name: 'root', session: null, says: `AWS knows the caller: the root user ${of}` }
  if (kind === 'user') {
    const name = path.at(-1) ?? ''
    return { account, kind: 'user', name, session: null, says: `AWS knows the caller: user ${name} ${of}` }
  }
  if (kind === 'assumed-role') {
    const [name = '', session = null] = path
    return { account, kind: 'role', name, session, says: `AWS knows the caller: ${roleWords(name, session)} ${of}` }
  }
  const name = path.at(-1) ?? resource
  return {
    account,
    kind: kind === 'federated-user' ? 'federated' : 'other',
    name,
    session: null,
    says: `AWS knows the caller: ${resource} ${of}`,
  }
}

/** Roles that AWS and well-known products make tell by their names where the session comes from. */
function roleWords(name: string, session: string | null): string {
  const set = /^AWSReservedSSO_(.{1,64})_[0-9a-f]{16}$/.exec(name)?.[1]
  if (set !== undefined)
    return `${session ?? 'somebody'}, signed in through IAM Identity Center with the permission set ${set},`
  if (name === 'voclabs') return 'a learner lab (voclabs), whose permissions are fixed,'
  if (/Unauth/.test(name)) return `a guest of a Cognito identity pool (role ${name})`
  if (session !== null && /^i-[0-9a-f]{8,17}$/.test(session)) return `the instance ${session} with its role ${name}`
  return `a session of role ${name}`
}
