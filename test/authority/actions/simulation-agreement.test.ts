import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { findAction } from '../../../src/authority/actions/index.ts'
import { callerConditions, requestConditions } from '../../../src/authority/authorization/index.ts'
import type { Permission } from '../../../src/authority/model/permission.ts'
import type { Principal } from '../../../src/authority/model/principal.ts'
import { ACCOUNT, type AuthorityAtHand, openAuthority } from './authority-at-hand.ts'

/*
 * Why: a simulator that says other than the authority does is worse than none. Policies are drawn at random and put on a user, its
 * group, a role and a boundary; then each call is made for real, and simulated with the context that the real one has.
 */
const seed = 20261128
const runs = 200
const arn = (resource: string) => `arn:aws:iam::${ACCOUNT}:${resource}`

const calls: readonly (readonly [operation: string, input: object])[] = [
  ['GetUser', { UserName: 'bob' }],
  ['GetUser', { UserName: 'ann' }],
  ['ListUserTags', { UserName: 'bob' }],
  ['ListAccessKeys', { UserName: 'ann' }],
  ['GetRole', { RoleName: 'worker' }],
  ['ListUsers', {}],
  ['ListUsers', { PathPrefix: '/staff/' }],
  ['GetAccountSummary', {}],
  ['GetPolicy', { PolicyArn: arn('policy/Limit') }],
  ['SimulatePrincipalPolicy', { PolicySourceArn: arn('user/staff/bob'), ActionNames: ['iam:GetUser'] }],
]

const actions = fc.constantFrom(
  '*',
  'iam:*',
  'iam:Get*',
  'iam:List*',
  'iam:getuser',
  'iam:ListUsers',
  'iam:?etRole',
  'iam:GetAccountSummary',
  'iam:SimulatePrincipalPolicy',
  's3:*',
)
const resources = fc.constantFrom(
  '*',
  arn('*'),
  arn('user/*'),
  arn('user/staff/*'),
  arn('user/staff/bob'),
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: policy variables
  arn('user/${aws:username}'),
  arn('*/${aws:PrincipalTag/team, "none"}'),
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: policy variables
  arn('role/worker'),
  arn('policy/*'),
)
const conditions = fc.constantFrom<object>(
  { StringEquals: { 'aws:username': 'ann' } },
  { StringNotEquals: { 'AWS:UserName': 'ann' } },
  { StringEqualsIfExists: { 'aws:PrincipalTag/Team': 'red' } },
  { ArnLike: { 'aws:PrincipalArn': arn('role/*') } },
  { StringLike: { 'aws:userid': 'AIDA*' } },
  { StringEquals: { 'aws:PrincipalType': 'AssumedRole' } },
  { StringEquals: { 'iam:ResourceTag/team': 'blue' } },
  { 'ForAnyValue:StringEquals': { 'aws:ResourceTag/team': ['blue', 'red'] } },
  { IpAddress: { 'aws:SourceIp': '127.0.0.0/8' } },
  { NotIpAddress: { 'aws:SourceIp': '127.0.0.0/8' } },
  { Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
  { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } },
  { Null: { 'aws:TokenIssueTime': 'true' } },
  { DateLessThan: { 'aws:CurrentTime': '2030-01-01T00:00:00Z' } },
  { NumericGreaterThan: { 'aws:EpochTime': '4000000000' } },
  { StringEquals: { 'aws:ResourceAccount': ACCOUNT, 'aws:RequestedRegion': 'us-east-1' } },
  { StringEquals: { 'aws:ResourceAccount': '999999999999' } },
)
const statement = fc
  .record({
    deny: fc.integer({ min: 0, max: 4 }).map((draw) => draw === 0),
    not: fc.constantFrom('', '', '', 'Action', 'Resource'),
    action: fc.array(actions, { minLength: 1, maxLength: 2 }),
    resource: fc.array(resources, { minLength: 1, maxLength: 2 }),
    condition: fc.option(conditions),
  })
  .map(({ deny, not, action, resource, condition }) => ({
    Effect: deny ? 'Deny' : 'Allow',
    [not === 'Action' ? 'NotAction' : 'Action']: action,
    [not === 'Resource' ? 'NotResource' : 'Resource']: resource,
    ...(condition === null ? {} : { Condition: condition }),
  }))
const version = fc.constantFrom('2012-10-17', '2012-10-17', '2008-10-17')
const document = fc
  .record({ Version: version, Statement: fc.array(statement, { minLength: 1, maxLength: 3 }) })
  .map((policy) => JSON.stringify(policy))
const world = fc.record({
  own: fc.array(document, { minLength: 1, maxLength: 2 }),
  group: fc.option(document),
  boundary: fc.option(document.map((text) => text.replace('2008-10-17', '2012-10-17'))),
})

let at: AuthorityAtHand
let session: Principal
beforeAll(async () => {
  at = await openAuthority()
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: arn('user/ann') }, Action: 'sts:*' }],
  }
  await at.ok('CreateUser', { UserName: 'ann', Tags: [{ Key: 'team', Value: 'red' }] })
  await at.ok('CreateUser', { UserName: 'bob', Path: '/staff/', Tags: [{ Key: 'Team', Value: 'blue' }] })
  await at.ok('CreateGroup', { GroupName: 'crew' })
  await at.ok('AddUserToGroup', { GroupName: 'crew', UserName: 'ann' })
  const role = { RoleName: 'worker', Tags: [{ Key: 'team', Value: 'blue' }] }
  await at.ok('CreateRole', { ...role, AssumeRolePolicyDocument: JSON.stringify(trust) })
  const all = JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } })
  await at.ok('CreatePolicy', { PolicyName: 'Limit', PolicyDocument: all })
  const assumed = await at.ok('AssumeRole', { RoleArn: arn('role/worker'), RoleSessionName: 's' }, at.user('ann'))
  session = at.session(assumed.Credentials.SessionToken)
})

/** Gives the user or the role these policies and no others. */
async function settle(holder: 'User' | 'Role', name: string, { own, group, boundary }: World): Promise<void> {
  const whom = { [`${holder}Name`]: name }
  const { PolicyNames } = await at.ok(`List${holder}Policies`, whom)
  for (const PolicyName of PolicyNames) await at.ok(`Delete${holder}Policy`, { ...whom, PolicyName })
  for (const [index, PolicyDocument] of own.entries())
    await at.ok(`Put${holder}Policy`, { ...whom, PolicyName: `p${index}`, PolicyDocument })
  const named = { GroupName: 'crew', PolicyName: 'p' }
  if (group !== null) await at.ok('PutGroupPolicy', { ...named, PolicyDocument: group })
  else if ((await at.ok('ListGroupPolicies', named)).PolicyNames.length > 0) await at.ok('DeleteGroupPolicy', named)
  await at.call(`Delete${holder}PermissionsBoundary`, whom)
  if (boundary === null) return
  const limit = { PolicyArn: arn('policy/Limit') }
  const { Versions } = await at.ok('ListPolicyVersions', limit)
  for (const one of Versions as { VersionId: string; IsDefaultVersion: boolean }[])
    if (!one.IsDefaultVersion) await at.ok('DeletePolicyVersion', { ...limit, VersionId: one.VersionId })
  await at.ok('CreatePolicyVersion', { ...limit, PolicyDocument: boundary, SetAsDefault: true })
  await at.ok(`Put${holder}PermissionsBoundary`, { ...whom, PermissionsBoundary: limit.PolicyArn })
}
type World = typeof world extends fc.Arbitrary<infer W> ? W : never

/** What the real request has of context, but for who makes it. */
function contextOf(principal: Principal, permission: Permission, source: 'user' | 'role') {
  const { directory } = at.state
  const all = new Map(
    requestConditions({
      principal,
      directory,
      now: at.now,
      secureTransport: false,
      sourceIp: '127.0.0.1',
      userAgent: 'test',
      referer: null,
      region: 'eu-west-1',
      service: 'iam',
    }),
  )
  const holder = source === 'user' ? directory.userNamed('ann')! : directory.roleNamed('worker')!
  for (const key of callerConditions(directory.account, holder).keys()) all.delete(key)
  const tags = permission.entity !== undefined && 'tags' in permission.entity ? permission.entity.tags : []
  for (const { key, value } of tags) {
    all.set(`aws:resourcetag/${key.toLowerCase()}`, [value])
    all.set(`iam:resourcetag/${key.toLowerCase()}`, [value])
  }
  if (!permission.resource.startsWith('arn:')) all.set('aws:resourceaccount', [ACCOUNT])
  return [...all].map(([ContextKeyName, ContextKeyValues]) => ({
    ContextKeyName,
    ContextKeyValues,
    ContextKeyType: 'stringList',
  }))
}

function permissionsOf(operation: string, input: object, principal: Principal): readonly Permission[] {
  const row = findAction('iam', operation)!
  const { directory } = at.state
  const context = { account: ACCOUNT, partition: 'aws', directory, principal, now: at.now } as never
  if (row.permission === 'free') return []
  return [row.permission(input as Readonly<Record<string, unknown>>, context)].flat() as Permission[]
}

const tally = { allowed: 0, refused: 0 }

describe.each([
  ['user', 'ann'],
  ['role', 'worker'],
] as const)('for a %s', (source, name) => {
  test(`the simulator says what the authority does (seed ${seed})`, async () => {
    await fc.assert(
      fc.asyncProperty(world, async (drawn) => {
        await settle(source === 'user' ? 'User' : 'Role', name, drawn)
        const principal = source === 'user' ? at.user('ann') : session
        for (const [operation, input] of calls) {
          const real = await at.call(operation, input, principal)
          const refused = 'refused' in real && real.refused.reason === 'not-authorized'
          const decisions: string[] = []
          for (const permission of permissionsOf(operation, input, principal)) {
            const { EvaluationResults } = await at.ok('SimulatePrincipalPolicy', {
              PolicySourceArn: arn(`${source}/${name}`),
              ActionNames: [permission.action],
              ResourceArns: [permission.resource],
              ContextEntries: contextOf(principal, permission, source),
            })
            decisions.push(EvaluationResults[0].EvalDecision)
          }
          tally[refused ? 'refused' : 'allowed']++
          expect([operation, input, decisions.every((one) => one === 'allowed')]).toEqual([operation, input, !refused])
          if (!refused) continue
          const { verdict } = (real as { refused: { verdict: { kind: string } } }).refused
          const worst = decisions.includes('explicitDeny') ? 'explicit' : 'implicit'
          expect([operation, worst]).toEqual([operation, verdict.kind])
        }
      }),
      { seed, numRuns: runs },
    )
  }, 60_000)
})

test('both answers were met often enough to mean something', () => {
  expect(Math.min(tally.allowed, tally.refused)).toBeGreaterThan(200)
})
