import { describe, expect, it, test } from 'vitest'
import { ACCOUNT, openAuthority } from '../actions/authority-at-hand.ts'
import { asFar, fault, type Query, type Recorded, replay, withUser } from './replay.ts'

/** Facts of radkawar/stackd's recordings of AWS, September 2026: `internal/services/iam/testdata/tags_aws.json`. */
const tags = (...pairs: readonly (readonly [string, string])[]): Query =>
  Object.fromEntries(
    pairs.flatMap(([key, value], index) => [
      [`Tags.member.${index + 1}.Key`, key],
      [`Tags.member.${index + 1}.Value`, value],
    ]),
  )
const reserved = fault('InvalidInput', 400, 'Tag keys beginning with aws: are reserved for system use.')

describe('as recorded of AWS, tags', () => {
  test.each<[string, string, Query, Recorded]>([
    ['with a reserved key', 'TagUser', tags(['aws:k', 'v']), reserved],
    ['with a reserved key in capitals', 'TagUser', tags(['AWS:k', 'v']), fault('InvalidInput', 400)],
    ['with a value that begins like a reserved key', 'TagUser', tags(['k', 'aws:reserved']), 'ok'],
    ['with such a value in capitals', 'TagUser', tags(['k', 'AWS:reserved']), 'ok'],
    ['in an empty list', 'TagUser', { Tags: '' }, fault('InvalidInput', 400)],
    ['in an empty list of what goes', 'UntagUser', { TagKeys: '' }, 'ok'],
    ['that are reserved, among what goes', 'UntagUser', { 'TagKeys.member.1': 'aws:k' }, 'ok'],
    ['twice among what goes', 'UntagUser', { 'TagKeys.member.1': 'k', 'TagKeys.member.2': 'K' }, 'ok'],
  ])('%s: %s', async (_what, operation, query, recorded) => {
    const answer = await replay(await withUser('u'), operation, { UserName: 'u', ...query })
    expect(asFar(recorded, answer)).toEqual(recorded)
  })

  it('of users take the spelling that came last, and are fifty at most', async () => {
    const at = await withUser('u')
    const listed = async () => (await replay(at, 'ListUserTags', { UserName: 'u' })).ok.Tags
    await replay(at, 'TagUser', { UserName: 'u', ...tags(['Team', 'One']) })
    await replay(at, 'TagUser', { UserName: 'u', ...tags(['team', 'Two']) })
    expect(await listed()).toEqual([{ Key: 'team', Value: 'Two' }])
    await replay(at, 'UntagUser', { UserName: 'u', 'TagKeys.member.1': 'TEAM' })
    const fifty = Array.from({ length: 50 }, (_, index) => [`key${String(index).padStart(2, '0')}`, 'v'] as const)
    await replay(at, 'TagUser', { UserName: 'u', ...tags(...fifty) })
    const more = await replay(at, 'TagUser', { UserName: 'u', ...tags(['more', 'v']) })
    expect(asFar(fault('LimitExceeded', 409), more)).toEqual(fault('LimitExceeded', 409))
    expect((await listed()).map(({ Key }: { Key: string }) => Key)).toEqual(fifty.map(([key]) => key))
  })

  it('of MFA devices differ by case', async () => {
    const at = await openAuthority()
    const both = tags(['Team', 'One'], ['team', 'Two'])
    const { ok } = await replay(at, 'CreateVirtualMFADevice', { VirtualMFADeviceName: 'd', ...both })
    const shown = [
      { Key: 'Team', Value: 'One' },
      { Key: 'team', Value: 'Two' },
    ]
    expect(ok.VirtualMFADevice.Tags).toEqual(shown)
    const SerialNumber = `arn:aws:iam::${ACCOUNT}:mfa/d`
    expect((await replay(at, 'ListMFADeviceTags', { SerialNumber })).ok.Tags).toEqual(shown)
    expect((await replay(at, 'TagMFADevice', { SerialNumber, ...tags(['k', 'aws:reserved']) })).recorded).toBe('ok')
    expect((await replay(at, 'TagMFADevice', { SerialNumber, ...tags(['aws:k', 'v']) })).recorded).toEqual(reserved)
  })
})

/** `testdata/aws/iam/account_reporting.json`, September 2026 */
describe('as recorded of AWS, the whole account', () => {
  const filter =
    "1 validation error detected: Value at 'filter' failed to satisfy constraint: Member must satisfy constraint: [Member must " +
    'satisfy enum value set: [LocalManagedPolicy, User, AWSManagedPolicy, Role, Group]]'
  test.each<[Query, Recorded]>([
    [{ 'Filter.member.1': 'Unknown' }, fault('ValidationError', 400, filter)],
    [{ 'Filter.member.1': 'user' }, fault('ValidationError', 400, filter)],
    [
      { 'Filter.member.1': 'User', Marker: 'not-an-aws-marker' },
      fault('ValidationError', 400, 'Marker and Filter do not match'),
    ],
    [
      { MaxItems: '1001' },
      fault(
        'ValidationError',
        400,
        "1 validation error detected: Value at 'maxItems' failed to satisfy constraint: Member must have value less than or equal to 1000",
      ),
    ],
  ])('is answered for %j by %j', async (query, recorded) => {
    expect((await replay(await openAuthority(), 'GetAccountAuthorizationDetails', query)).recorded).toEqual(recorded)
  })
})
