import { describe, expect, it, test } from 'vitest'
import { ACCOUNT, openAuthority } from '../actions/authority-at-hand.ts'
import { asFar, fault, replay } from './replay.ts'

/**
 * Facts of radkawar/stackd's recordings of AWS, September 2026: GetContextKeysForCustomPolicy,
 * `internal/services/iam/testdata/context_keys_aws.json`. In which order the keys come was found to be open.
 */
const version = { Version: '2012-10-17' }
const onUser = { StringEquals: { 'aws:username': 'a' } }
const of = (Statement: object) => ({ ...version, Statement: { Effect: 'Allow', ...Statement } })
const all = { Action: '*', Resource: '*' }
const object = (Resource: string) => of({ Action: 's3:GetObject', Resource: `arn:aws:s3:::bucket/${Resource}` })
// biome-ignore-start lint/suspicious/noTemplateCurlyInString: policy variables
const answered: readonly (readonly [string, readonly object[], readonly string[]])[] = [
  [
    'keys of conditions and variables, spelled as they stand',
    [
      of({
        Action: 's3:GetObject',
        Resource: 'arn:aws:s3:::bucket/${aws:PrincipalTag/Team}/${aws:username}',
        Condition: {
          StringEquals: { 's3:ExistingObjectTag/Owner': '${aws:PrincipalTag/Team}' },
          Null: { 'AWS:SourceIp': 'false' },
        },
      }),
    ],
    ['s3:ExistingObjectTag/Owner', 'aws:username', 'aws:PrincipalTag/Team', 'AWS:SourceIp'],
  ],
  [
    'a variable with a default, and those for characters',
    [object("${aws:username, 'default'}/${*}/${?}/${$}")],
    ['$', 'aws:username', '*', '?'],
  ],
  ['variables of the old version, which has none', [{ ...object('${aws:username}'), Version: '2008-10-17' }], []],
  [
    'NotResource',
    [of({ Effect: 'Deny', Action: 's3:GetObject', NotResource: 'arn:aws:s3:::bucket/${aws:PrincipalTag/project}' })],
    ['aws:PrincipalTag/project'],
  ],
  [
    'two spellings in one document',
    [
      of({
        Action: 's3:GetObject',
        Resource: 'arn:aws:s3:::bucket/${aws:username}/${AWS:username}',
        Condition: { StringEquals: { 'aws:username': '${aws:username}', 'AWS:username': 'a' } },
      }),
    ],
    ['aws:username', 'AWS:username'],
  ],
  [
    'one key in two documents',
    [
      { Statement: { Effect: 'Allow', ...all, Condition: onUser } },
      { Statement: { Effect: 'Allow', ...all, Condition: onUser } },
    ],
    ['aws:username', 'aws:username'],
  ],
  ['a principal', [of({ ...all, Principal: '*', Condition: onUser })], ['aws:username']],
  ['no resource', [of({ Action: '*', Condition: onUser })], ['aws:username']],
  ['no action', [of({ Resource: '*', Condition: onUser })], ['aws:username']],
  [
    'a variable in a numeric condition',
    [of({ ...all, Condition: { NumericEquals: { 'aws:MultiFactorAuthAge': '${aws:PrincipalTag/Age}' } } })],
    ['aws:PrincipalTag/Age', 'aws:MultiFactorAuthAge'],
  ],
  ['an unknown service', [of({ Action: 'madeup:Thing', Resource: '*', Condition: onUser })], ['aws:username']],
  ['what is no action', [of({ Action: 'abc', Resource: '*', Condition: onUser })], ['aws:username']],
  ['what is no resource', [of({ Action: '*', Resource: 'bad', Condition: onUser })], ['aws:username']],
  [
    'what is no number',
    [of({ ...all, Condition: { NumericEquals: { 'aws:MultiFactorAuthAge': 'nope' } } })],
    ['aws:MultiFactorAuthAge'],
  ],
  ['no statement in the list', [{ Statement: [] }], []],
  ['no list of statements', [version], []],
  ['a variable as action', [of({ Action: '${aws:username}', Resource: '*' })], []],
  ['a variable as principal', [of({ ...all, Principal: { AWS: '${aws:username}' } })], []],
  ['a variable as key', [of({ Condition: { StringEquals: { '${aws:username}': 'a' } } })], ['${aws:username}']],
  ['no condition', [of({ Condition: {} })], []],
  ['empty lists', [of({ Action: [], Resource: [] })], []],
]
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: policy variables

const refused: readonly (readonly [string, object])[] = [
  ['an operator that there is not', of({ ...all, Condition: { MadeUp: { 'aws:username': 'a' } } })],
  ['no effect', of({ ...all, Effect: undefined, Condition: onUser })],
  ['an unknown element', { ...of({ ...all, Condition: onUser }), Foo: 'x' }],
]

const queryOf = (documents: readonly object[]) =>
  Object.fromEntries(documents.map((one, index) => [`PolicyInputList.member.${index + 1}`, JSON.stringify(one)]))

describe('as recorded of AWS, the context keys of policies', () => {
  test.each(answered)('with %s', async (_what, documents, keys) => {
    const { ok, recorded } = await replay(await openAuthority(), 'GetContextKeysForCustomPolicy', queryOf(documents))
    expect(recorded).toBe('ok')
    expect(ok.ContextKeyNames.toSorted()).toEqual(keys.toSorted())
  })

  test.each(refused)('with %s are not told', async (_what, document) => {
    const answer = await replay(await openAuthority(), 'GetContextKeysForCustomPolicy', queryOf([document]))
    const invalid = fault('InvalidInput', 400)
    expect(asFar(invalid, answer)).toEqual(invalid)
  })

  it('of a user stand once of each policy, also of one that came in two ways', async () => {
    const at = await openAuthority()
    const asking = (name: string) =>
      JSON.stringify(of({ ...all, Condition: { StringEquals: { [`aws:PrincipalTag/${name}`]: 'a' } } }))
    const arnOf = (name: string) => `arn:aws:iam::${ACCOUNT}:${name}`
    for (const PolicyName of ['Managed', 'BoundaryOnly'])
      await at.ok('CreatePolicy', { PolicyName, PolicyDocument: asking(PolicyName) })
    await at.ok('CreateUser', { UserName: 'u', PermissionsBoundary: arnOf('policy/BoundaryOnly') })
    await at.ok('CreateGroup', { GroupName: 'g' })
    await at.ok('AddUserToGroup', { UserName: 'u', GroupName: 'g' })
    await at.ok('PutUserPolicy', { UserName: 'u', PolicyName: 'i', PolicyDocument: asking('UserInline') })
    await at.ok('PutGroupPolicy', { GroupName: 'g', PolicyName: 'i', PolicyDocument: asking('GroupInline') })
    await at.ok('AttachUserPolicy', { UserName: 'u', PolicyArn: arnOf('policy/Managed') })
    await at.ok('AttachGroupPolicy', { GroupName: 'g', PolicyArn: arnOf('policy/Managed') })
    const told = async (source: string, more = {}) => {
      const query = { PolicySourceArn: arnOf(source), ...more }
      const { ok } = await replay(at, 'GetContextKeysForPrincipalPolicy', query)
      return ok.ContextKeyNames.map((name: string) => name.replace('aws:PrincipalTag/', '')).toSorted()
    }
    expect(await told('user/u')).toEqual(['BoundaryOnly', 'GroupInline', 'Managed', 'UserInline'])
    expect(await told('group/g')).toEqual(['GroupInline', 'Managed'])
    const again = { 'PolicyInputList.member.1': asking('UserInline') }
    expect(await told('user/u', again)).toEqual(['BoundaryOnly', 'GroupInline', 'Managed', 'UserInline', 'UserInline'])
    const malformed = { PolicySourceArn: 'this-is-not-an-iam-source-arn' }
    const answer = await replay(at, 'GetContextKeysForPrincipalPolicy', malformed)
    expect(asFar(fault('InvalidInput', 400), answer)).toEqual(fault('InvalidInput', 400))
  })
})
