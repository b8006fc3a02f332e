import { createHash } from 'node:crypto'
import type { Home } from './arn-of.ts'
import type { PermissionSet, User } from './entities.ts'

/*
 * An account has one instance of IAM Identity Center, whose people are the account's users with a password
 * (docs/decisions/0017-identity-center.md). Its names follow from the account's, so they are the same on every node.
 */

/** `arn:aws:sso:::instance/ssoins-‹16›`. */
export function instanceArn(home: Home): string {
  return `arn:${home.partition}:sso:::instance/${instanceId(home)}`
}

/** `d-‹10 hexadecimal digits›`. */
export function identityStoreId(home: Home): string {
  return `d-${digest(home, 'identity store').slice(0, 10)}`
}

/**
 * The start URL as AWS forms it. It names the instance and is not looked up; newer clients take no other host than AWS's own
 * (AWS CLI 2.38, `customizations/sso/resolve.py`).
 */
export function awsStartUrl(home: Home): string {
  const suffix = home.partition === 'aws-cn' ? 'awsapps.cn' : 'awsapps.com'
  return `https://${identityStoreId(home)}.${suffix}/start`
}

/** `id`: `ps-‹16›`. */
export function permissionSetArn(home: Home, id: string): string {
  return `arn:${home.partition}:sso:::permissionSet/${instanceId(home)}/${id}`
}

/** `arn:aws:sso:::account/‹id›`, as permissions name the account of an assignment. */
export function assignmentAccountArn(home: Home): string {
  return `arn:${home.partition}:sso:::account/${home.id}`
}

/** A person's id in the identity store, a UUID, from the unique id of the user (`AIDA…`). */
export function personId(home: Home, user: Pick<User, 'id'>): string {
  return digest(home, `person ${user.id}`).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5')
}

/** The name of the role that is made of a permission set: `AWSReservedSSO_‹name›_‹16 hexadecimal digits›`. */
export function reservedRoleName(home: Home, set: Pick<PermissionSet, 'name' | 'arn'>): string {
  return `AWSReservedSSO_${set.name}_${digest(home, `role ${set.arn}`).slice(0, 16)}`
}

/** Roles of Identity Center stand here, and are changed by it alone. */
export const reservedPath = '/aws-reserved/sso.amazonaws.com/'

/** The SAML provider that the trust policies of those roles name; people come by the portal, not by SAML. */
export function samlProviderArn(home: Home): string {
  const name = `AWSSSO_${digest(home, 'saml provider').slice(0, 16)}_DO_NOT_DELETE`
  return `arn:${home.partition}:iam::${home.id}:saml-provider/${name}`
}

/** Seconds of an ISO 8601 duration in hours, minutes and seconds or days; null for what is none. */
export function durationSeconds(text: string): number | null {
  const parts = /^P(?:(\d{1,4})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6})(?:\.\d+)?S)?)?$/.exec(text)
  if (parts === null || text === 'P' || text.endsWith('T')) return null
  const [days, hours, minutes, seconds] = parts.slice(1).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
  ]
  return ((days * 24 + hours) * 60 + minutes) * 60 + seconds
}

function instanceId(home: Home): string {
  return `ssoins-${digest(home, 'instance').slice(0, 16)}`
}

function digest(home: Home, what: string): string {
  return createHash('sha256').update(`countersign identity center ${home.partition} ${home.id} ${what}`).digest('hex')
}
