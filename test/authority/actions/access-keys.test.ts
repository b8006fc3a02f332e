import { describe, expect, it } from 'vitest'
import { accountOfAccessKeyId } from '../../../src/anatomy/access-key-id.ts'
import { ACCOUNT, openAuthority } from './authority-at-hand.ts'

describe('access keys', () => {
  it('are shown with their secret once, and carry the account in their id', async () => {
    const at = await openAuthority()
    await at.ok('CreateUser', { UserName: 'u' })
    const { AccessKey } = await at.ok('CreateAccessKey', { UserName: 'U' })
    expect(AccessKey).toMatchObject({ UserName: 'u', Status: 'Active', CreateDate: '2026-11-28T12:00:00Z' })
    expect(AccessKey.AccessKeyId).toMatch(/^AKIA[A-Z2-7]{16}$/)
    expect(accountOfAccessKeyId(AccessKey.AccessKeyId)).toBe(ACCOUNT)
    expect(AccessKey.SecretAccessKey).toMatch(/^[A-Za-z0-9/+]{40}$/)
    const listed = (await at.ok('ListAccessKeys', { UserName: 'u' })).AccessKeyMetadata
    expect(listed).toEqual([
      { UserName: 'u', AccessKeyId: AccessKey.AccessKeyId, Status: 'Active', CreateDate: '2026-11-28T12:00:00Z' },
    ])
  })

  it('are two per user at most, inactive ones counted', async () => {
    const at = await openAuthority()
    await at.ok('CreateUser', { UserName: 'u' })
    const { AccessKey } = await at.ok('CreateAccessKey', { UserName: 'u' })
    await at.ok('UpdateAccessKey', { UserName: 'u', AccessKeyId: AccessKey.AccessKeyId, Status: 'Inactive' })
    await at.ok('CreateAccessKey', { UserName: 'u' })
    expect(await at.refused('CreateAccessKey', { UserName: 'u' })).toMatchObject({
      reason: 'limit-exceeded',
      says: 'Cannot exceed quota for AccessKeysPerUser: 2',
    })
    await at.ok('DeleteAccessKey', { UserName: 'u', AccessKeyId: AccessKey.AccessKeyId })
    await at.ok('CreateAccessKey', { UserName: 'u' })
  })

  it('are the caller’s own when no user is named: root manages its keys so, and so does a user', async () => {
    const at = await openAuthority()
    const { AccessKey } = await at.ok('CreateAccessKey')
    expect(AccessKey.UserName).toBeUndefined()
    expect(at.state.directory.accessKey(AccessKey.AccessKeyId)?.owner).toBe('root')
    expect((await at.ok('ListAccessKeys')).AccessKeyMetadata).toHaveLength(2)
    expect(await at.refused('CreateAccessKey')).toMatchObject({ reason: 'limit-exceeded' })
    await at.ok('UpdateAccessKey', { AccessKeyId: AccessKey.AccessKeyId, Status: 'Inactive' })
    await at.ok('DeleteAccessKey', { AccessKeyId: AccessKey.AccessKeyId })

    await at.ok('CreateUser', { UserName: 'u' })
    await at.ok('PutUserPolicy', {
      UserName: 'u',
      PolicyName: 'own',
      PolicyDocument:
        // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable
        '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:*AccessKey*","Resource":"arn:aws:iam::*:user/${aws:username}"}}',
    })
    const own = await at.ok('CreateAccessKey', {}, at.user('u'))
    expect(own.AccessKey.UserName).toBe('u')
    expect(await at.refused('ListAccessKeys', { UserName: 'absent' }, at.user('u'))).toMatchObject({
      reason: 'not-authorized',
    })
  })

  it('of one user cannot be changed in the name of another', async () => {
    const at = await openAuthority()
    await at.ok('CreateUser', { UserName: 'u' })
    await at.ok('CreateUser', { UserName: 'v' })
    const { AccessKeyId } = (await at.ok('CreateAccessKey', { UserName: 'u' })).AccessKey
    for (const [operation, more] of [
      ['UpdateAccessKey', { Status: 'Inactive' }],
      ['DeleteAccessKey', {}],
    ] as const) {
      for (const input of [{ UserName: 'v', AccessKeyId }, { AccessKeyId }])
        expect(await at.refused(operation, { ...input, ...more })).toMatchObject({
          reason: 'no-such-entity',
          says: `The Access Key with id ${AccessKeyId} cannot be found.`,
        })
    }
    expect(at.state.directory.accessKey(AccessKeyId)?.status).toBe('Active')
  })

  it('cannot be set to Expired', async () => {
    const at = await openAuthority()
    await at.ok('CreateUser', { UserName: 'u' })
    const { AccessKeyId } = (await at.ok('CreateAccessKey', { UserName: 'u' })).AccessKey
    expect(await at.refused('UpdateAccessKey', { UserName: 'u', AccessKeyId, Status: 'Expired' })).toMatchObject({
      reason: 'invalid-input',
    })
  })

  it('leave a tombstone without secret when they are deleted', async () => {
    const at = await openAuthority()
    await at.ok('CreateUser', { UserName: 'u' })
    const { AccessKeyId } = (await at.ok('CreateAccessKey', { UserName: 'u' })).AccessKey
    await at.ok('DeleteAccessKey', { UserName: 'u', AccessKeyId })
    expect(at.state.directory.accessKey(AccessKeyId)).toBeUndefined()
    expect(at.state.directory.deletedKey(AccessKeyId)).toEqual({
      kind: 'deleted-key',
      id: AccessKeyId,
      owner: expect.stringMatching(/^AIDA/),
      deletedAt: '2026-11-28T12:00:00Z',
    })
  })

  it('tell when, where and for what they were last used', async () => {
    const at = await openAuthority()
    await at.ok('CreateUser', { UserName: 'u' })
    const { AccessKeyId } = (await at.ok('CreateAccessKey', { UserName: 'u' })).AccessKey
    expect(await at.ok('GetAccessKeyLastUsed', { AccessKeyId })).toEqual({
      UserName: 'u',
      AccessKeyLastUsed: { ServiceName: 'N/A', Region: 'N/A' },
    })
    at.state.directory.noteUse({
      accessKeyId: AccessKeyId,
      at: '2026-11-28T11:59:58.123Z',
      service: 'sts',
      region: 'eu-west-1',
    })
    expect((await at.ok('GetAccessKeyLastUsed', { AccessKeyId })).AccessKeyLastUsed).toEqual({
      LastUsedDate: '2026-11-28T11:59:58Z',
      ServiceName: 'sts',
      Region: 'eu-west-1',
    })
    expect(await at.refused('GetAccessKeyLastUsed', { AccessKeyId: 'AKIAQAAAAAAAAAAAGONE' })).toMatchObject({
      reason: 'key-not-visible',
      accessKeyId: 'AKIAQAAAAAAAAAAAGONE',
    })
  })
})

describe('two nodes on one store', () => {
  it('make two keys for a user, not three', async () => {
    const here = await openAuthority()
    await here.ok('CreateUser', { UserName: 'u' })
    const there = await openAuthority({ store: here.store })
    const results = await Promise.all(
      [here, there, here, there].map((node) => node.call('CreateAccessKey', { UserName: 'u' })),
    )
    expect(results.filter((result) => 'ok' in result)).toHaveLength(2)
    await there.state.refresh()
    expect((await there.ok('ListAccessKeys', { UserName: 'u' })).AccessKeyMetadata).toHaveLength(2)
  })

  it('make one user of a name', async () => {
    const here = await openAuthority()
    const there = await openAuthority({ store: here.store })
    const results = await Promise.all([here, there].map((node) => node.call('CreateUser', { UserName: 'u' })))
    expect(results.map((result) => ('ok' in result ? 'ok' : result.refused.reason)).sort()).toEqual([
      'entity-exists',
      'ok',
    ])
  })

  it('do not make a key for a user that the other deletes', async () => {
    const here = await openAuthority()
    await here.ok('CreateUser', { UserName: 'u' })
    const there = await openAuthority({ store: here.store })
    const [made, deleted] = await Promise.all([
      here.call('CreateAccessKey', { UserName: 'u' }),
      there.call('DeleteUser', { UserName: 'u' }),
    ])
    expect('ok' in made).not.toBe('ok' in deleted)
  })
})
