import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Authority } from '../../../src/authority/index.ts'
import { asker } from '../server/caller.ts'
import { lastDecision, makePerson, quickAuthority, type Visitor, visitor } from './visitor.ts'

let authority: Authority
let person: Visitor
let keyId: string
beforeAll(async () => {
  authority = await quickAuthority()
  await makePerson(authority, 'ada')
  keyId = (await asker(authority)({ Action: 'CreateAccessKey', UserName: 'ada' })).text('AccessKeyId')
  person = visitor(authority)
  await person.signIn()
})
afterAll(() => authority.stop())

const arn = (resource: string) => `arn:aws:iam::${authority.account}:${resource}`

/** Gives the user these statements and no other ones. */
async function may(...Statement: readonly object[]): Promise<void> {
  const { status } = await asker(authority)({
    Action: 'PutUserPolicy',
    UserName: 'ada',
    PolicyName: 'p',
    PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }),
  })
  expect(status).toBe(200)
}

const lists = [
  ['table/users', 'ListUsers', () => arn('user/')],
  ['table/groups', 'ListGroups', () => arn('group/')],
  ['table/roles', 'ListRoles', () => arn('role/')],
  ['table/policies', 'ListPolicies', () => '*'],
  ['table/mfa-devices', 'ListVirtualMFADevices', () => arn('mfa/')],
] as const

describe('a list of the console', () => {
  // Why: a policy that names the resource of the operation would be got around, or not be enough, if the page asked for another one.
  test.each(lists)('%s is allowed and denied by what allows and denies %s', async (path, action, resource) => {
    const both = async () => [(await person.aws({ Action: action })).status, (await person.api(path)).status]
    await may({ Effect: 'Allow', Action: `iam:${action}`, Resource: resource() })
    expect(await both()).toEqual([200, 200])
    const denied = resource() === '*' ? '*' : `${resource()}*`
    await may(
      { Effect: 'Allow', Action: '*', Resource: '*' },
      { Effect: 'Deny', Action: `iam:${action}`, Resource: denied },
    )
    expect(await both()).toEqual([403, 403])
    const [{ body: ofApi }, { body: ofPage }] = [await person.aws({ Action: action }), await person.api(path)]
    expect(ofPage.message).toBe(ofApi.Error.Message)
  })

  test('of users shows, finds and sorts by nothing that needs another permission', async () => {
    const own = async (query = '') => (await person.api(`table/users${query}`)).body
    const list = { Effect: 'Allow', Action: 'iam:ListUsers', Resource: '*' }
    const hidden = ['groups', 'mfaDevices', 'passwordSetAt', 'keys', 'activeKeySince', 'lastActivityAt']
    await may(list)
    const { items } = await own()
    expect(items).toMatchObject([
      { name: 'ada', mfaDevices: null, groups: null, keys: [], passwordSetAt: null, hidden },
    ])
    expect(await own(`?search=${keyId}`)).toMatchObject({ total: 0 })
    expect(await own('?sort=keys')).toMatchObject({ total: 1 })
    await may(list, { Effect: 'Allow', Action: 'iam:ListAccessKeys', Resource: arn('user/*') })
    expect(await own(`?search=${keyId}`)).toMatchObject({ items: [{ keys: [{ id: keyId }], mfaDevices: null }] })
    await may({ Effect: 'Allow', Action: '*', Resource: '*' })
    expect((await own()).items).toMatchObject([{ mfaDevices: 0, groups: 0, keys: [{ id: keyId }], hidden: [] }])
  })

  test('names no key among the findings to who may not list keys', async () => {
    const ids = async (...Action: readonly string[]) => {
      await may({ Effect: 'Allow', Action, Resource: '*' })
      authority.clock({ offset: 2 * 86_400 })
      await person.signIn()
      const { status, body } = await person.api('findings')
      authority.clock({})
      expect(status).toBe(200)
      return JSON.stringify(body).match(/AKIA[A-Z0-9]{16}/g)
    }
    expect(await ids('iam:GetAccountSummary', 'iam:ListUsers')).toBeNull()
    expect(await ids('iam:GetAccountSummary', 'iam:ListUsers', 'iam:ListAccessKeys')).toContain(keyId)
  })
})

describe('the AWS API of the console', () => {
  beforeAll(async () => {
    await person.signIn()
  })

  // Why: what the browser is given a stranger's script could take along, and it would outlive the sign-in.
  test.each([
    ['AssumeRole', { RoleSessionName: 'ada' }],
    ['AssumeRoleWithWebIdentity', { RoleSessionName: 'ada', WebIdentityToken: 'a.b.c' }],
    ['GetSessionToken', {}],
    ['GetFederationToken', { Name: 'ada' }],
  ])('gives nobody the credentials of %s', async (Action, more) => {
    await may({ Effect: 'Allow', Action: '*', Resource: '*' })
    const trust = { Effect: 'Allow', Principal: { AWS: arn('root') }, Action: 'sts:AssumeRole' }
    const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [trust] })
    await asker(authority)({ Action: 'CreateRole', RoleName: 'r', AssumeRolePolicyDocument })
    const { status, body } = await person.aws({ Action, Version: '2011-06-15', RoleArn: arn('role/r'), ...more })
    expect([status, body.Error]).toEqual([
      403,
      { Code: 'AccessDenied', Message: `Cannot call ${Action} with session credentials`, Type: 'Sender' },
    ])
    expect(await lastDecision(authority)).toMatchObject({ operation: Action, principal: arn('user/ada') })
  })

  test('looks at no signature, and takes parameters from forms only', async () => {
    const who = { Action: 'GetCallerIdentity', Version: '2011-06-15' }
    const form = { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'application/json' }
    const text = new URLSearchParams(who).toString()
    const Authorization = 'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/sts/aws4_request'
    const signed = await person.go('/console/api/aws', text, { ...form, Authorization, 'X-Amz-Security-Token': 'x' })
    expect(signed.body.GetCallerIdentityResponse.GetCallerIdentityResult.Arn).toBe(arn('user/ada'))
    expect((await person.go('/console/api/aws', text, { ...form, 'Content-Type': 'text/plain' })).status).toBe(400)
    expect((await person.go(`/console/api/aws?${text}`)).status).toBe(405)
    const target = { 'Content-Type': 'application/x-amz-json-1.1', 'X-Amz-Target': 'AWSIdentityStore.ListUsers' }
    expect((await person.go('/console/api/aws', '{}', target)).status).toBe(400)
  })
})
