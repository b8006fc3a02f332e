import type { Account, Group, InstanceProfile, Role, User } from './entities.ts'

/** What an ARN needs of an account. */
export type Home = Pick<Account, 'id' | 'partition'>

/**
 * ARNs of what an account holds, in the forms of the IAM User Guide ("IAM identifiers"): the region part is always empty,
 * the path stands between the type and the name.
 */
export function userArn(home: Home, user: Pick<User, 'path' | 'name'>): string {
  return iamArn(home, `user${user.path}${user.name}`)
}

export function roleArn(home: Home, role: Pick<Role, 'path' | 'name'>): string {
  return iamArn(home, `role${role.path}${role.name}`)
}

export function rootArn(home: Home): string {
  return iamArn(home, 'root')
}

/** A customer managed policy; AWS's own stand under the account `aws`. */
export function policyArn(home: Home, policy: { readonly path: string; readonly name: string }): string {
  return iamArn(home, `policy${policy.path}${policy.name}`)
}

/** The serial number of a virtual MFA device is its ARN. */
export function mfaSerialNumber(home: Home, device: { readonly path: string; readonly name: string }): string {
  return iamArn(home, `mfa${device.path}${device.name}`)
}

/** `server`: the issuer without its scheme; its path is part of it. */
export function oidcProviderArn(home: Home, server: string): string {
  return iamArn(home, `oidc-provider/${server}`)
}

export function samlProviderArn(home: Home, name: string): string {
  return iamArn(home, `saml-provider/${name}`)
}

/** Of a role session: an STS ARN that leaves the role's path out. */
export function assumedRoleArn(home: Home, roleName: string, sessionName: string): string {
  return `arn:${home.partition}:sts::${home.id}:assumed-role/${roleName}/${sessionName}`
}

/** Of a GetFederationToken session. */
export function federatedUserArn(home: Home, name: string): string {
  return `arn:${home.partition}:sts::${home.id}:federated-user/${name}`
}

/** The ARN of what has a path and a name. */
export function arnOf(home: Home, entity: User | Group | Role | InstanceProfile): string {
  return iamArn(home, `${entity.kind}${entity.path}${entity.name}`)
}

function iamArn(home: Home, resource: string): string {
  return `arn:${home.partition}:iam::${home.id}:${resource}`
}
