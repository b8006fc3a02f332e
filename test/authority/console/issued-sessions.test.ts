import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { IssuedSessionRow, SessionsAnswer } from '../../../src/authority/console/shapes.ts'
import { type Authority, startAuthority } from '../../../src/authority/index.ts'
import { portal, signIn } from '../identity-center/center.ts'
import { type Answer, type Ask, asker, call, makeSession, makeUser, mustAsk } from '../server/caller.ts'
import { startIssuer } from '../server/issuer.ts'
import { giveDevice, makePerson, type Visitor, visitor } from './visitor.ts'

let authority: Authority
let ask: Ask
let ada: Visitor
beforeAll(async () => {
  authority = await startAuthority({ data: ':memory:', port: 0, testControls: true, passwordWork: 4, imdsRole: 'web' })
})
beforeEach(async () => {
  await authority.reset()
  ask = asker(authority)
  await makePerson(authority, 'ada', ['*'])
  ada = visitor(authority)
  expect((await ada.signIn()).body.step).toBe('signed-in')
})
afterAll(() => authority.stop())

const statement = (more: object) => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...more }] })
const everything = statement({ Action: '*', Resource: '*' })

const must = (parameters: Record<string, string>, options = {}) => mustAsk(ask, parameters, options)

async function makeRole(name: string): Promise<string> {
  const AssumeRolePolicyDocument = statement({ Action: 'sts:AssumeRole', Principal: { AWS: authority.account } })
  const made = await must({ Action: 'CreateRole', RoleName: name, AssumeRolePolicyDocument })
  await must({ Action: 'PutRolePolicy', RoleName: name, PolicyName: 'all', PolicyDocument: everything })
  return made.text('Arn')
}

const credentialsIn = (answer: Answer) => ({
  accessKeyId: answer.text('AccessKeyId'),
  secretAccessKey: answer.text('SecretAccessKey'),
  sessionToken: answer.text('SessionToken'),
})

async function sessions(query: Record<string, string> = {}): Promise<readonly IssuedSessionRow[]> {
  const { status, body } = await ada.api(`sessions?${new URLSearchParams(query)}`)
  expect(status).toBe(200)
  // Her own sign-in to the console is one too; the last test is about those.
  return (body as SessionsAnswer).sessions.filter(({ operation }) => operation !== 'ConsoleLogin')
}

/** What AWS's console puts there (IAM User Guide, "Revoke IAM role temporary security credentials"). */
const revocation = (at: Date) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Deny',
        Action: ['*'],
        Resource: ['*'],
        Condition: { DateLessThan: { 'aws:TokenIssueTime': at.toISOString() } },
      },
    ],
  })

/** The next session begins in another second. */
function later(seconds: number): Date {
  authority.clock({ offset: seconds })
  return new Date(Date.now() + seconds * 1000)
}

describe('a session that was given', () => {
  test('is listed with who has it, by what, from where, and until when', async () => {
    const roleArn = await makeRole('Reader')
    const dev = await makeUser(ask, 'dev', ['*'])
    const given = await must(
      { Action: 'AssumeRole', RoleArn: roleArn, RoleSessionName: 'ann', DurationSeconds: '900' },
      { credentials: dev, headers: [['User-Agent', 'Boto3/1.43 <b>']] },
    )
    const [row, ...others] = await sessions()
    expect(others).toEqual([])
    expect(row).toEqual({
      requestId: given.requestId,
      operation: 'AssumeRole',
      accessKeyId: given.text('AccessKeyId'),
      principal: `arn:aws:sts::${authority.account}:assumed-role/Reader/ann`,
      type: 'role',
      holder: { kind: 'role', name: 'Reader', arn: roleArn },
      mfa: false,
      issuedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      expiresAt: given.text('Expiration'),
      issuedTo: `arn:aws:iam::${authority.account}:user/dev`,
      issuedByKey: dev.accessKeyId,
      sourceIp: '127.0.0.1',
      userAgent: 'Boto3/1.43 <b>',
      state: 'valid',
      why: null,
    })
    expect(Date.parse(row!.expiresAt) - Date.parse(row!.issuedAt)).toBe(900_000)
    const { body } = await ada.api(`decision?requestId=${given.requestId}`)
    expect(body.decision.issued).toEqual({
      accessKeyId: row!.accessKeyId,
      principal: row!.principal,
      expiresAt: row!.expiresAt,
    })
    expect(JSON.stringify([row, body])).not.toContain(given.text('SecretAccessKey'))
    expect(JSON.stringify([row, body])).not.toContain(given.text('SessionToken').slice(40, 80))
  })

  test('is told of every call that gives one', async () => {
    const dev = await makeUser(ask, 'dev', ['*'])
    const code = await giveDevice(authority, 'dev')
    const serial = `arn:aws:iam::${authority.account}:mfa/dev`
    await makeSession(ask, dev, { SerialNumber: serial, TokenCode: code() })
    await must({ Action: 'GetFederationToken', Name: 'guest' }, { credentials: dev })
    const issuer = await startIssuer()
    const provider = await must({
      Action: 'CreateOpenIDConnectProvider',
      Url: issuer.url,
      'ClientIDList.member.1': 'sts.amazonaws.com',
    })
    const AssumeRolePolicyDocument = statement({
      Action: 'sts:AssumeRoleWithWebIdentity',
      Principal: { Federated: provider.text('OpenIDConnectProviderArn') },
      Condition: { StringEquals: { [`${issuer.url.replace(/^https?:\/\//, '')}:aud`]: 'sts.amazonaws.com' } },
    })
    const pipeline = await must({ Action: 'CreateRole', RoleName: 'Pipeline', AssumeRolePolicyDocument })
    const now = Math.floor(Date.now() / 1000)
    const token = await issuer.sign({ iss: issuer.url, sub: 'job', aud: 'sts.amazonaws.com', iat: now, exp: now + 600 })
    await must({
      Action: 'AssumeRoleWithWebIdentity',
      Version: '2011-06-15',
      RoleArn: pipeline.text('Arn'),
      RoleSessionName: 'build',
      WebIdentityToken: token,
    })
    await issuer.close()
    await authority.ssoAssign({
      user: 'ada',
      permissionSet: 'Admin',
      policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess',
    })
    const { accessToken } = await signIn(authority, 'ada')
    const path = `/federation/credentials?role_name=Admin&account_id=${authority.account}`
    expect((await portal(authority, path, accessToken)).status).toBe(200)
    const imds = await fetch(`${authority.url}/latest/meta-data/iam/security-credentials/web`)
    expect(imds.status).toBe(200)

    const rows = await sessions()
    const told = rows.map(({ operation, type, holder, mfa, state }) => [operation, type, holder?.name, mfa, state])
    expect(told).toEqual([
      ['AssumeRole', 'role', 'web', false, 'valid'],
      ['GetRoleCredentials', 'role', expect.stringMatching(/^AWSReservedSSO_Admin_/), false, 'valid'],
      ['AssumeRoleWithWebIdentity', 'role', 'Pipeline', false, 'valid'],
      ['GetFederationToken', 'federated', 'dev', false, 'valid'],
      ['GetSessionToken', 'session', 'dev', true, 'valid'],
    ])
    expect(rows.map(({ principal }) => principal.replace(/_[0-9a-f]{16}/, ''))).toEqual([
      expect.stringMatching(/:assumed-role\/web\/i-/),
      `arn:aws:sts::${authority.account}:assumed-role/AWSReservedSSO_Admin/ada`,
      `arn:aws:sts::${authority.account}:assumed-role/Pipeline/build`,
      `arn:aws:sts::${authority.account}:federated-user/guest`,
      `arn:aws:iam::${authority.account}:user/dev`,
    ])
    expect(rows.map(({ issuedTo }) => issuedTo)).toEqual([
      'ec2.amazonaws.com',
      `arn:aws:iam::${authority.account}:user/ada`,
      expect.stringMatching(/:sts\.amazonaws\.com:job$/),
      ...Array(2).fill(`arn:aws:iam::${authority.account}:user/dev`),
    ])
  })

  test('is not told of a call that was refused', async () => {
    const dev = await makeUser(ask, 'dev')
    const roleArn = await makeRole('Reader')
    const refused = await ask({ Action: 'AssumeRole', RoleArn: roleArn, RoleSessionName: 'ann' }, { credentials: dev })
    expect(refused.status).toBe(403)
    expect(await sessions()).toEqual([])
  })

  test('is found by its principal, its role and who asked for it, page by page', async () => {
    const dev = await makeUser(ask, 'dev', ['*'])
    const ops = await makeUser(ask, 'ops', ['*'])
    const [reader, writer] = [await makeRole('Reader'), await makeRole('Writer')]
    for (let n = 0; n < 3; n += 1) {
      await must({ Action: 'AssumeRole', RoleArn: reader, RoleSessionName: `ann${n}` }, { credentials: dev })
      await must({ Action: 'AssumeRole', RoleArn: writer, RoleSessionName: `ben${n}` }, { credentials: ops })
    }
    const names = (rows: readonly IssuedSessionRow[]) => rows.map(({ principal }) => principal.replace(/^.*\//, ''))
    expect(names(await sessions({ principal: reader }))).toEqual(['ann2', 'ann1', 'ann0'])
    expect(names(await sessions({ principal: `arn:aws:iam::${authority.account}:user/ops` }))).toEqual([
      'ben2',
      'ben1',
      'ben0',
    ])
    expect(names(await sessions({ principal: 'BEN1' }))).toEqual(['ben1'])
    const first: SessionsAnswer = (await ada.api('sessions?limit=2&principal=ann')).body
    expect([names(first.sessions), first.more]).toEqual([['ann2', 'ann1'], true])
    const second: SessionsAnswer = (await ada.api(`sessions?limit=2&principal=ann&before=${first.next}`)).body
    expect([names(second.sessions), second.more, second.next]).toEqual([['ann0'], false, null])
  })

  test('is over when its time, its key or its role is', async () => {
    const dev = await makeUser(ask, 'dev', ['*'])
    const roleArn = await makeRole('Reader')
    await must({ Action: 'AssumeRole', RoleArn: roleArn, RoleSessionName: 'ann' }, { credentials: dev })
    await makeSession(ask, dev, { DurationSeconds: '900' })
    const states = async (query = {}) => (await sessions(query)).map(({ state, why }) => [state, why])
    await must({ Action: 'UpdateAccessKey', UserName: 'dev', AccessKeyId: dev.accessKeyId, Status: 'Inactive' })
    await must({ Action: 'DeleteRolePolicy', RoleName: 'Reader', PolicyName: 'all' })
    await must({ Action: 'DeleteRole', RoleName: 'Reader' })
    expect(await states()).toEqual([
      ['key-inactive', `The access key ${dev.accessKeyId}, with which it was made, is inactive.`],
      ['holder-gone', 'The role has been deleted.'],
    ])
    await must({ Action: 'DeleteAccessKey', UserName: 'dev', AccessKeyId: dev.accessKeyId })
    expect((await states())[0]?.[0]).toBe('key-deleted')
    expect(await states({ active: 'true' })).toEqual([])
    later(901)
    expect((await states())[0]?.[0]).toBe('expired')
  })
})

describe('sessions that are revoked by the policy of AWS’s console', () => {
  test('of a role are refused, and later ones are not', async () => {
    const dev = await makeUser(ask, 'dev', ['*'])
    const roleArn = await makeRole('Reader')
    const assume = { Action: 'AssumeRole', RoleArn: roleArn, RoleSessionName: 'ann' }
    const old = credentialsIn(await must(assume, { credentials: dev }))
    const list = { Action: 'ListUsers' }
    expect((await ask(list, { credentials: old })).status).toBe(200)
    const PolicyDocument = revocation(later(2))
    await must({ Action: 'PutRolePolicy', RoleName: 'Reader', PolicyName: 'AWSRevokeOlderSessions', PolicyDocument })
    const refused = await ask(list, { credentials: old })
    expect([refused.status, refused.code]).toEqual([403, 'AccessDenied'])
    expect(refused.message).toMatch(/with an explicit deny in an identity-based policy/)
    // Whoever was revoked still hears who it is, as at AWS.
    expect((await ask({ Action: 'GetCallerIdentity' }, { credentials: old })).status).toBe(200)
    later(4)
    const fresh = credentialsIn(await must(assume, { credentials: dev }))
    expect((await ask(list, { credentials: fresh })).status).toBe(200)
    const rows = await sessions({ principal: roleArn })
    expect(rows.map(({ state }) => state)).toEqual(['valid', 'revoked'])
    expect(rows[1]?.why).toMatch(/^Statement AWSRevokeOlderSessions#\S+ denies everything/)
    expect((await sessions({ active: 'true' })).map(({ accessKeyId }) => accessKeyId)).toEqual([fresh.accessKeyId])
    // The lasting key that it was made with is not touched by a condition on sessions.
    expect((await ask(list, { credentials: dev })).status).toBe(200)
  })

  test('of a user are refused, those of its federated users too, and its lasting key is not', async () => {
    const dev = await makeUser(ask, 'dev', ['*'])
    const roleArn = await makeRole('Reader')
    const session = await makeSession(ask, dev)
    const guest = { Action: 'GetFederationToken', Name: 'guest', Policy: everything }
    const federated = credentialsIn(await must(guest, { credentials: dev }))
    const assume = { Action: 'AssumeRole', RoleArn: roleArn, RoleSessionName: 'ann' }
    const regions = (credentials: typeof session) =>
      call(authority, { Action: 'DescribeRegions', Version: '2016-11-15' }, { credentials, service: 'ec2' })
    expect((await ask(assume, { credentials: session })).status).toBe(200)
    expect((await regions(federated)).status).toBe(200)
    const PolicyDocument = revocation(later(2))
    await must({ Action: 'PutUserPolicy', UserName: 'dev', PolicyName: 'AWSRevokeOlderSessions', PolicyDocument })
    expect((await ask(assume, { credentials: session })).code).toBe('AccessDenied')
    expect((await regions(federated)).status).toBe(403)
    expect((await ask(assume, { credentials: dev })).status).toBe(200)
    later(4)
    const again = credentialsIn(await must(guest, { credentials: dev }))
    expect((await regions(again)).status).toBe(200)
    const rows = await sessions({ principal: `arn:aws:iam::${authority.account}:user/dev` })
    const told = rows.map(({ operation, state }) => [operation, state])
    expect(told).toContainEqual(['GetSessionToken', 'revoked'])
    expect(told.filter(([operation]) => operation === 'GetFederationToken')).toEqual([
      ['GetFederationToken', 'valid'],
      ['GetFederationToken', 'revoked'],
    ])
  })

  // Why: a denial under another condition is no revocation, and must not be shown as one.
  test('are not those that some other policy denies', async () => {
    const dev = await makeUser(ask, 'dev', ['*'])
    const roleArn = await makeRole('Reader')
    await must({ Action: 'AssumeRole', RoleArn: roleArn, RoleSessionName: 'ann' }, { credentials: dev })
    const Condition = { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } }
    const deny = { Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: '*', Resource: '*', Condition }] }
    await must({ Action: 'PutRolePolicy', RoleName: 'Reader', PolicyName: 'm', PolicyDocument: JSON.stringify(deny) })
    expect((await sessions()).map(({ state }) => state)).toEqual(['valid'])
  })
})

describe('the list of sessions', () => {
  test('is shown to nobody without the permission', async () => {
    await makePerson(authority, 'ben', ['iam:*'])
    const ben = visitor(authority)
    await ben.signIn({ userName: 'ben' })
    const { status, body } = await ben.api('sessions')
    expect(status).toBe(403)
    expect(body.message).toContain('is not authorized to perform: countersign:ListSessions')
  })

  test.each(['limit=0', 'limit=201', 'before=x', `principal=${'x'.repeat(257)}`])('refuses %.20s', async (query) => {
    expect((await ada.api(`sessions?${query}`)).status).toBe(400)
  })
})

describe('a session of the console', () => {
  test('is listed until it is over, and then says that it was ended', async () => {
    const list = async (query = '') => {
      const { body } = await ada.api(`sessions${query}`)
      return (body as SessionsAnswer).sessions.map(({ operation, holder, mfa, state }) => [
        operation,
        holder?.name,
        mfa,
        state,
      ])
    }
    await makePerson(authority, 'bob')
    const bob = visitor(authority)
    await bob.signIn({ userName: 'bob' })
    const own = ['ConsoleLogin', 'ada', false, 'valid']
    expect(await list()).toEqual([['ConsoleLogin', 'bob', false, 'valid'], own])
    await bob.api('sign-out', {})
    expect(await list()).toEqual([['ConsoleLogin', 'bob', false, 'signed-out'], own])
    expect(await list('?active=true')).toEqual([own])
  })
})
