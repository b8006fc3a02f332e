import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { isAdministrative } from '../../../src/authority/console/administrative.ts'
import type { Finding, FindingsAnswer } from '../../../src/authority/console/shapes.ts'
import type { Authority } from '../../../src/authority/index.ts'
import { type Ask, asker, makeUser, mustAsk } from '../server/caller.ts'
import { giveDevice, makePerson, password, quickAuthority, type Visitor, visitor } from './visitor.ts'

let authority: Authority
let ask: Ask
let ada: Visitor
beforeAll(async () => {
  authority = await quickAuthority()
})
beforeEach(async () => {
  await authority.reset()
  ask = asker(authority)
  await makePerson(authority, 'ada', ['iam:*', 'countersign:*'])
  ada = visitor(authority)
  expect((await ada.signIn()).body.step).toBe('signed-in')
})
afterAll(() => authority.stop())

const must = (parameters: Record<string, string>, options = {}) => mustAsk(ask, parameters, options)

async function findings(person = ada): Promise<FindingsAnswer> {
  const { status, body } = await person.api('findings')
  expect(status).toBe(200)
  return body
}

async function finding(id: Finding['id']): Promise<Finding | undefined> {
  return (await findings()).findings.find((one) => one.id === id)
}

const names = (one: Finding | undefined) => one?.examples.map(({ name }) => name)
const day = 86_400

describe('the findings', () => {
  test('of a fresh account are about root and the password policy', async () => {
    const { findings: all, counts } = await findings()
    expect(all.map(({ id, severity, count }) => [id, severity, count])).toEqual([
      ['root-access-key', 'high', 1],
      ['root-without-mfa', 'high', 1],
      ['users-without-mfa', 'high', 1],
      ['password-policy-absent', 'medium', 1],
    ])
    expect(counts).toEqual({ users: 1, groups: 0, roles: 0, policies: 0, providers: 0, mfaDevices: 0, accessKeys: 1 })
    for (const { title, examples } of all) {
      expect(title).toMatch(/^[A-Z].*\.$/)
      for (const { href } of examples) expect(href).toMatch(/^\//)
    }
  })

  test('are gone when they are dealt with', async () => {
    await makePerson(authority, 'mia')
    expect(names(await finding('users-without-mfa'))).toEqual(['ada', 'mia'])
    await giveDevice(authority, 'mia')
    expect(names(await finding('users-without-mfa'))).toEqual(['ada'])
    const policy = { Action: 'UpdateAccountPasswordPolicy', MinimumPasswordLength: '14' }
    const about = async () => (await findings()).findings.map(({ id }) => id).filter((id) => id.startsWith('password'))
    expect(await about()).toEqual(['password-policy-absent'])
    await must(policy)
    expect(await about()).toEqual(['password-policy-weak'])
    await must({ ...policy, PasswordReusePrevention: '5' })
    expect(await about()).toEqual([])
  })

  test('about keys are about active ones, by age and use', async () => {
    const old = await makeUser(ask, 'old')
    await makeUser(ask, 'idle')
    const sleeping = await makeUser(ask, 'sleeping')
    await must({ Action: 'CreateAccessKey', UserName: 'old' })
    await must({
      Action: 'UpdateAccessKey',
      UserName: 'sleeping',
      AccessKeyId: sleeping.accessKeyId,
      Status: 'Inactive',
    })
    await must({ Action: 'GetCallerIdentity' }, { credentials: old })
    expect(names(await finding('both-key-slots'))).toEqual(['old'])
    expect(await finding('never-used-keys')).toBeUndefined()
    const at = (days: number) => authority.clock({ offset: days * day })
    at(2)
    await ada.signIn()
    expect((await finding('never-used-keys'))?.count).toBe(2)
    expect(await finding('old-keys')).toBeUndefined()
    at(91)
    await ada.signIn()
    // Those of `old` and `idle`, and root's, which is a finding of its own.
    expect((await finding('old-keys'))?.count).toBe(3)
    expect(names(await finding('unused-keys'))).toEqual([`old: ${old.accessKeyId}`])
    authority.clock({})
  })

  test('name who may do everything: by an inline policy, a managed one, or a group', async () => {
    for (const name of ['inline', 'attached', 'grouped', 'own', 'nobody'])
      await must({ Action: 'CreateUser', UserName: name })
    const all = JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: ['*'], Resource: '*' } })
    await must({ Action: 'PutUserPolicy', UserName: 'inline', PolicyName: 'p', PolicyDocument: all })
    const administrator = 'arn:aws:iam::aws:policy/AdministratorAccess'
    await must({ Action: 'AttachUserPolicy', UserName: 'attached', PolicyArn: administrator })
    await must({ Action: 'CreateGroup', GroupName: 'admins' })
    await must({ Action: 'AttachGroupPolicy', GroupName: 'admins', PolicyArn: administrator })
    await must({ Action: 'AddUserToGroup', GroupName: 'admins', UserName: 'grouped' })
    const made = await must({ Action: 'CreatePolicy', PolicyName: 'mine', PolicyDocument: all })
    await must({ Action: 'AttachUserPolicy', UserName: 'own', PolicyArn: made.text('Arn') })
    const found = await finding('administrators')
    expect(names(found)).toEqual(['attached', 'grouped', 'inline', 'own'])
    expect(found?.examples[0]?.href).toBe('/users/attached')
  })

  test('count the refusals of the last hour by cause', async () => {
    const dev = await makeUser(ask, 'dev')
    for (let n = 0; n < 3; n += 1) await ask({ Action: 'ListUsers' }, { credentials: dev })
    await ask({ Action: 'ListUsers' }, { credentials: { ...dev, secretAccessKey: 'wrong' } })
    const refusals = await finding('refusals')
    expect(refusals).toMatchObject({ count: 4, severity: 'low' })
    expect(refusals?.examples).toEqual([
      { name: 'permission-missing: 3', href: '/decisions?outcome=refused&cause=permission-missing' },
      { name: 'secret-wrong: 1', href: '/decisions?outcome=refused&cause=secret-wrong' },
    ])
    const { lastHour } = await findings()
    expect(lastHour).toMatchObject({ refused: 4, complete: true })
    expect(lastHour.accepted).toBeGreaterThan(3)
  })

  test('name nobody to those who may not list users, and no more than ten to anybody', async () => {
    for (let n = 0; n < 12; n += 1) {
      await must({ Action: 'CreateUser', UserName: `u${n}` })
      await must({ Action: 'CreateLoginProfile', UserName: `u${n}`, Password: password })
    }
    const found = await finding('users-without-mfa')
    expect([found?.count, found?.examples.length]).toEqual([13, 10])
    await makePerson(authority, 'ben', ['iam:GetAccountSummary'])
    const ben = visitor(authority)
    await ben.signIn({ userName: 'ben' })
    const answer = await findings(ben)
    expect(answer.findings.find(({ id }) => id === 'users-without-mfa')?.count).toBe(14)
    expect(answer.findings.flatMap(({ examples }) => examples.map(({ name }) => name)).join()).not.toMatch(/u1|ada/)
    await makePerson(authority, 'eve', [])
    const eve = visitor(authority)
    await eve.signIn({ userName: 'eve' })
    expect((await eve.api('findings')).status).toBe(403)
  })
})

describe('a policy is that of an administrator', () => {
  const document = (statement: object) => JSON.stringify({ Version: '2012-10-17', Statement: statement })
  const all = { Effect: 'Allow', Action: '*', Resource: '*' }
  test.each<[string, boolean]>([
    [document(all), true],
    [
      document([
        { Effect: 'Deny', Action: 'iam:*', Resource: '*' },
        { ...all, Action: ['s3:*', '*:*'] },
      ]),
      true,
    ],
    [document({ ...all, Effect: 'Deny' }), false],
    [document({ ...all, Action: 'iam:*' }), false],
    [document({ ...all, Resource: 'arn:aws:s3:::*' }), false],
    [document({ ...all, Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } }), false],
    ['"*" is no policy', false],
    ['', false],
  ])('%s: %s', (text, expected) => {
    expect(isAdministrative(text)).toBe(expected)
  })
})
