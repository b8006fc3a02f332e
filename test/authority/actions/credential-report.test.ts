import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { AccessKey, Entity, LoginProfile, MfaDevice, User } from '../../../src/authority/model/entities.ts'
import { openState } from '../../../src/authority/store/state.ts'
import { ACCOUNT, type AuthorityAtHand, openAuthority } from './authority-at-hand.ts'

/*
 * The lines are AWS's own, as it wrote them on 2026-09-11 (radkawar/stackd, `testdata/aws/iam/credential_report.json`, a probe of the
 * real service; long names shortened).
 */
const header =
  'user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated'
const recorded: Readonly<Record<string, string>> = {
  'a-keys-new-inactive':
    'a-keys-new-inactive,arn:aws:iam::123456789012:user/credential-report/a-keys-new-inactive,2026-09-11T13:14:52Z,false,N/A,N/A,N/A,false,true,2026-09-11T13:14:52Z,N/A,N/A,N/A,false,2026-09-11T13:14:53Z,N/A,N/A,N/A,false,N/A,false,N/A',
  'b-keys-old-inactive':
    'b-keys-old-inactive,arn:aws:iam::123456789012:user/credential-report/b-keys-old-inactive,2026-09-11T13:14:49Z,false,N/A,N/A,N/A,false,true,2026-09-11T13:14:50Z,N/A,N/A,N/A,false,2026-09-11T13:14:50Z,N/A,N/A,N/A,false,N/A,false,N/A',
  'c-reset-required':
    'c-reset-required,arn:aws:iam::123456789012:user/credential-report/c-reset-required,2026-09-11T13:14:46Z,true,no_information,2026-09-11T13:14:47Z,N/A,false,false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A',
  'd-password':
    'd-password,arn:aws:iam::123456789012:user/credential-report/d-password,2026-09-11T13:14:44Z,true,no_information,2026-09-11T13:14:45Z,N/A,false,false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A',
  'i-mfa':
    'i-mfa,arn:aws:iam::123456789012:user/credential-report/i-mfa,2026-09-11T13:15:15Z,false,N/A,N/A,N/A,true,false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A',
  'z-bare':
    'z-bare,arn:aws:iam::123456789012:user/credential-report/z-bare,2026-09-11T13:14:43Z,false,N/A,N/A,N/A,false,false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A',
}

const september = (time: string) => `2026-09-11T13:${time}Z`
const userOf = (name: string, createdAt: string, path = '/credential-report/'): User => ({
  kind: 'user',
  id: `AIDA${Buffer.from(name).toString('hex').toUpperCase().padEnd(17, '0').slice(0, 17)}`,
  name,
  path,
  createdAt,
  tags: [],
  boundary: null,
  inlinePolicies: {},
  attachedPolicies: [],
})
const keyOf = (id: string, owner: User, createdAt: string, status: AccessKey['status']): AccessKey => ({
  kind: 'access-key',
  id,
  owner: owner.id,
  status,
  createdAt,
  secret: 'unused-in-these-tests',
})
const profileOf = (id: string, createdAt: string, more: Partial<LoginProfile> = {}): LoginProfile => ({
  kind: 'login-profile',
  id,
  createdAt,
  changedAt: createdAt,
  lastUsedAt: null,
  resetRequired: false,
  secret: 'unused-in-these-tests',
  ...more,
})

function asRecorded(): readonly Entity[] {
  const [a, b, c, d, i, z] = [
    userOf('a-keys-new-inactive', september('14:52')),
    userOf('b-keys-old-inactive', september('14:49')),
    userOf('c-reset-required', september('14:46')),
    userOf('d-password', september('14:44')),
    userOf('i-mfa', september('15:15')),
    userOf('z-bare', september('14:43')),
  ] as const
  const device: MfaDevice = {
    kind: 'mfa-device',
    serialNumber: `arn:aws:iam::${ACCOUNT}:mfa/i-mfa`,
    name: 'i-mfa',
    path: '/',
    createdAt: i.createdAt,
    tags: [],
    seed: 'unused-in-these-tests',
    owner: i.id,
    enabledAt: i.createdAt,
    driftSteps: 0,
    lastPairStep: 0,
    usedSteps: [],
  }
  return [
    ...[z, d, c, b, a, i],
    keyOf('AKIAQAAAAAAAAAAAAAA1', a, september('14:52'), 'Active'),
    keyOf('AKIAQAAAAAAAAAAAAAA2', a, september('14:53'), 'Inactive'),
    keyOf('AKIAQAAAAAAAAAAAAAB2', b, september('14:50'), 'Inactive'),
    keyOf('AKIAQAAAAAAAAAAAAAB1', b, september('14:50'), 'Active'),
    profileOf(c.id, september('14:47'), { resetRequired: true }),
    profileOf(d.id, september('14:45')),
    device,
  ]
}

async function reportOf(at: AuthorityAtHand): Promise<readonly string[]> {
  await at.ok('GenerateCredentialReport')
  const { Content, ReportFormat } = await at.ok('GetCredentialReport')
  expect(ReportFormat).toBe('text/csv')
  return Buffer.from(Content).toString().split('\n')
}

describe('the credential report', () => {
  it('has AWS’s columns and lines, root first and then the users by name, and no line feed at its end', async () => {
    const at = await openAuthority({ others: asRecorded() })
    const [first, root, ...users] = await reportOf(at)
    expect(first).toBe(header)
    expect(root?.split(',')).toHaveLength(header.split(',').length)
    expect(users).toEqual(Object.values(recorded))
  })

  it('tells of root what it tells of users, but for when its password has to change', async () => {
    const at = await openAuthority()
    const beginning = `<root_account>,arn:aws:iam::${ACCOUNT}:root,2026-01-01T00:00:00Z`
    const key = 'true,2026-01-01T00:00:00Z,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A'
    expect((await reportOf(at))[1]).toBe(`${beginning},false,N/A,N/A,not_supported,false,${key}`)
    const changedAt = '2026-02-02T02:02:02Z'
    const profile = profileOf('root', '2026-01-02T00:00:00Z', { changedAt, lastUsedAt: '2026-03-03T03:03:03Z' })
    await at.state.commit([{ op: 'put', entity: profile, expect: 0 }])
    await at.ok('UpdateAccountPasswordPolicy', { MaxPasswordAge: 30 })
    expect((await at.ok('GetAccountSummary')).SummaryMap.AccountPasswordPresent).toBe(1)
    expect((await at.ok('GetUser')).User.PasswordLastUsed).toBe('2026-03-03T03:03:03Z')
    at.tick(4 * 3600 + 1)
    expect((await reportOf(at))[1]).toBe(
      `${beginning},true,2026-03-03T03:03:03Z,${changedAt},not_supported,false,${key}`,
    )
  })

  it('says when a password has to change, and where a key was last used', async () => {
    const at = await openAuthority({ others: asRecorded() })
    await at.ok('UpdateAccountPasswordPolicy', { MaxPasswordAge: 90 })
    at.state.directory.noteUse({
      accessKeyId: 'AKIAQAAAAAAAAAAAAAA1',
      at: '2026-11-20T10:11:12.999Z',
      service: 'sts',
      region: 'eu-west-1',
    })
    const lines = await reportOf(at)
    expect(lines[2]).toBe(
      recorded['a-keys-new-inactive']!.replace('13:14:52Z,N/A,N/A,N/A', '13:14:52Z,2026-11-20T10:11:12Z,eu-west-1,sts'),
    )
    // 90 days after 2026-09-11.
    expect(lines[5]).toBe(recorded['d-password']!.replace('14:45Z,N/A', '14:45Z,2026-12-10T13:14:45Z'))
    expect(lines[7]).toBe(recorded['z-bare'])
  })

  it('quotes a name with a comma', async () => {
    const at = await openAuthority({ others: [userOf('a,b', september('14:43'), '/')] })
    expect((await reportOf(at))[2]).toMatch(/^"a,b","arn:aws:iam::123456789012:user\/a,b",2026-/)
  })

  it('is not there before it was generated', async () => {
    const at = await openAuthority()
    expect(await at.refused('GetCredentialReport')).toEqual({ reason: 'report-absent' })
    expect(await at.ok('GenerateCredentialReport')).toEqual({
      State: 'STARTED',
      Description: 'No report exists. Starting a new report generation task',
    })
    expect(await at.ok('GenerateCredentialReport')).toEqual({ State: 'COMPLETE' })
    expect((await at.ok('GetCredentialReport')).GeneratedTime).toBe('2026-11-28T12:00:00Z')
  })

  it('stays as it is for four hours, whatever changes, and is made anew after that', async () => {
    const at = await openAuthority()
    const before = await reportOf(at)
    await at.ok('CreateUser', { UserName: 'late' })
    at.tick(4 * 3600 - 1)
    expect(await at.ok('GenerateCredentialReport')).toEqual({ State: 'COMPLETE' })
    expect(await reportOf(at)).toEqual(before)
    at.tick(2)
    expect(await at.refused('GetCredentialReport')).toEqual({ reason: 'report-expired' })
    expect(await at.ok('GenerateCredentialReport')).toEqual({ State: 'STARTED' })
    expect((await reportOf(at)).at(-1)).toMatch(/^late,/)
    expect((await at.ok('GetCredentialReport')).GeneratedTime).toBe('2026-11-28T16:00:01Z')
  })

  it('is generated once when two ask at the same time', async () => {
    const at = await openAuthority()
    const both = await Promise.all([at.ok('GenerateCredentialReport'), at.ok('GenerateCredentialReport')])
    expect(both.map(({ State }) => State).toSorted()).toEqual(['COMPLETE', 'STARTED'])
  })

  it('is kept on the disk, also when it is long, and a shorter one leaves nothing of it', async () => {
    const many = Array.from({ length: 3_000 }, (_, n) =>
      userOf(`user${n}`, september('14:43'), `/${randomBytes(180).toString('base64url')}/`),
    )
    const at = await openAuthority({ others: many.map((user, n) => ({ ...user, id: `AIDA${n}`.padEnd(21, 'A') })) })
    const lines = await reportOf(at)
    expect(lines).toHaveLength(3_002)
    expect(at.state.directory.credentialReportPart('0')?.parts).toBe(2)
    const again = await openState({ store: at.store, now: () => at.now.getTime() })
    expect(again.directory.credentialReportPart('1')).toEqual(at.state.directory.credentialReportPart('1'))
    await again.close()
    const gone = at.state.directory
      .users()
      .map(({ id }) => ({ op: 'remove', kind: 'user', key: id, expect: 1 }) as const)
    await at.state.commit(gone)
    at.tick(4 * 3600 + 1)
    expect(await reportOf(at)).toHaveLength(2)
    expect(at.state.directory.credentialReportPart('1')).toBeUndefined()
  })

  it('takes a permission to generate and another to read', async () => {
    const at = await openAuthority()
    await at.ok('CreateUser', { UserName: 'auditor' })
    await at.ok('PutUserPolicy', {
      UserName: 'auditor',
      PolicyName: 'read',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: { Effect: 'Allow', Action: 'iam:GetCredentialReport', Resource: '*' },
      }),
    })
    const auditor = at.user('auditor')
    expect(await at.refused('GenerateCredentialReport', {}, auditor)).toMatchObject({
      action: 'iam:GenerateCredentialReport',
      resource: '*',
    })
    expect(await at.refused('GetCredentialReport', {}, auditor)).toEqual({ reason: 'report-absent' })
  })
})
