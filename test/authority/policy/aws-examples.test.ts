// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables are written like this
import { describe, expect, test } from 'vitest'
import { decide, findAwsManagedPolicy, listAwsManagedPolicies } from '../../../src/authority/policy/index.ts'
import { allows, ask, compiled, type Keys, outcome, setOf } from './asking.ts'

/** Policies of the IAM User Guide ("Example IAM identity-based policies"), with what the guide says they do. */
describe('an example of the IAM User Guide', () => {
  const fits = (document: unknown, action: string, resource: string, keys: Keys = {}) =>
    allows(document, ask({ action, resource, keys }))

  test('allows access within dates', () => {
    const document = {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'service-prefix:action-name',
          Resource: '*',
          Condition: {
            DateGreaterThan: { 'aws:CurrentTime': '2020-04-01T00:00:00Z' },
            DateLessThan: { 'aws:CurrentTime': '2020-06-30T23:59:59Z' },
          },
        },
      ],
    }
    const at = (instant: string) => fits(document, 'service-prefix:action-name', '*', { 'aws:CurrentTime': instant })
    expect([at('2020-03-31T23:59:59Z'), at('2020-05-01T00:00:00Z'), at('2020-06-30T23:59:59Z')]).toEqual([
      false,
      true,
      false,
    ])
  })

  test('denies access based on the requested Region, but for global services', () => {
    const document = {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'DenyAllOutsideRequestedRegions',
          Effect: 'Deny',
          NotAction: ['cloudfront:*', 'iam:*', 'route53:*', 'support:*'],
          Resource: '*',
          Condition: {
            StringNotEquals: { 'aws:RequestedRegion': ['eu-central-1', 'eu-west-1', 'eu-west-2', 'eu-west-3'] },
          },
        },
        { Effect: 'Allow', Action: '*', Resource: '*' },
      ],
    }
    expect(fits(document, 'ec2:RunInstances', '*', { 'aws:RequestedRegion': 'eu-west-1' })).toBe(true)
    expect(fits(document, 'ec2:RunInstances', '*', { 'aws:RequestedRegion': 'us-east-1' })).toBe(false)
    expect(fits(document, 'iam:GetUser', '*', { 'aws:RequestedRegion': 'us-east-1' })).toBe(true)
  })

  test('denies access based on the source IP, but not when a service calls for the user', () => {
    const document = {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Deny',
          Action: '*',
          Resource: '*',
          Condition: {
            NotIpAddress: { 'aws:SourceIp': ['192.0.2.0/24', '203.0.113.0/24'] },
            Bool: { 'aws:ViaAWSService': 'false' },
          },
        },
        { Effect: 'Allow', Action: '*', Resource: '*' },
      ],
    }
    const from = (address: string, via: string) =>
      fits(document, 's3:GetObject', '*', { 'aws:SourceIp': address, 'aws:ViaAWSService': via })
    expect([from('203.0.113.1', 'false'), from('198.51.100.1', 'false'), from('198.51.100.1', 'true')]).toEqual([
      true,
      false,
      true,
    ])
  })

  test('lets a user see only the own folder of a bucket', () => {
    const document = {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 's3:ListBucket',
          Resource: 'arn:aws:s3:::amzn-s3-demo-bucket',
          Condition: { StringLike: { 's3:prefix': ['', 'home/', 'home/${aws:username}/*'] } },
        },
        {
          Effect: 'Allow',
          Action: 's3:*',
          Resource: [
            'arn:aws:s3:::amzn-s3-demo-bucket/home/${aws:username}',
            'arn:aws:s3:::amzn-s3-demo-bucket/home/${aws:username}/*',
          ],
        },
      ],
    }
    const bucket = 'arn:aws:s3:::amzn-s3-demo-bucket'
    const ann = { 'aws:username': 'Ann' }
    expect(fits(document, 's3:ListBucket', bucket, { ...ann, 's3:prefix': '' })).toBe(true)
    expect(fits(document, 's3:ListBucket', bucket, { ...ann, 's3:prefix': 'home/Ann/photos' })).toBe(true)
    expect(fits(document, 's3:ListBucket', bucket, { ...ann, 's3:prefix': 'home/Bob/photos' })).toBe(false)
    expect(fits(document, 's3:PutObject', `${bucket}/home/Ann/x`, ann)).toBe(true)
    expect(fits(document, 's3:PutObject', `${bucket}/home/Anna/x`, ann)).toBe(false)
  })

  test('compares the tags of caller and resource (attribute-based access control)', () => {
    const document = {
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Action: 'secretsmanager:GetSecretValue',
        Resource: '*',
        Condition: {
          StringEquals: {
            'aws:ResourceTag/access-project': '${aws:PrincipalTag/access-project}',
            'aws:ResourceTag/cost-center': '${aws:PrincipalTag/cost-center}',
          },
        },
      },
    }
    const caller = { 'aws:PrincipalTag/access-project': 'peg', 'aws:PrincipalTag/cost-center': '987654' }
    const secret = (project: string): Keys => ({
      ...caller,
      'aws:ResourceTag/access-project': project,
      'aws:ResourceTag/cost-center': '987654',
    })
    expect(fits(document, 'secretsmanager:GetSecretValue', '*', secret('peg'))).toBe(true)
    expect(fits(document, 'secretsmanager:GetSecretValue', '*', secret('uni'))).toBe(false)
    expect(fits(document, 'secretsmanager:GetSecretValue', '*', caller)).toBe(false)
  })

  test('lets through only tags of a list, and demands them (ForAllValues with Null)', () => {
    const document = {
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Action: 'ec2:CreateTags',
        Resource: '*',
        Condition: {
          'ForAllValues:StringEquals': { 'aws:TagKeys': ['Department', 'Owner'] },
          Null: { 'aws:TagKeys': 'false' },
        },
      },
    }
    const withKeys = (keys: readonly string[]) => fits(document, 'ec2:CreateTags', '*', { 'aws:TagKeys': keys })
    expect([withKeys(['Owner']), withKeys(['Owner', 'Other']), withKeys([])]).toEqual([true, false, false])
  })
})

describe('the AWS managed policies', () => {
  test.each(listAwsManagedPolicies('aws').map((policy) => [policy.name, policy] as const))(
    '%s can be read',
    (_, policy) => {
      expect(policy.id).toMatch(/^ANPA[A-Z0-9]{17}$/)
      expect(policy.versions.map(({ id }) => id)).toEqual([policy.defaultVersion])
      expect(compiled(policy.versions[0]!.document, 'identity', policy.arn).statements.length).toBeGreaterThan(0)
    },
  )

  const decided = (name: string, action: string, resource: string, keys: Keys = {}) => {
    const policy = findAwsManagedPolicy(`arn:aws:iam::aws:policy/${name}`)!
    const identity = [compiled(policy.versions[0]!.document, 'identity', policy.arn)]
    return outcome(decide(setOf({ identity }), ask({ action, resource, keys })))
  }

  test('do what they are for', () => {
    expect(decided('AdministratorAccess', 'iam:CreateUser', '*')).toBe('allow')
    expect(decided('AWSDenyAll', 'iam:CreateUser', '*')).toBe('explicit identity-based')
    expect(decided('PowerUserAccess', 'iam:CreateUser', '*')).toBe('implicit identity-based')
    expect(decided('PowerUserAccess', 's3:GetObject', '*')).toBe('allow')
    expect(decided('IAMReadOnlyAccess', 'iam:GetUser', '*')).toBe('allow')
    expect(decided('IAMReadOnlyAccess', 'iam:DeleteUser', '*')).toBe('implicit identity-based')
  })

  test.each([
    ['arn:aws:iam::123456789012:user/ann', 'allow'],
    ['arn:aws:iam::123456789012:user/dev/ann', 'allow'],
    ['arn:aws:iam::123456789012:user/bob', 'implicit identity-based'],
  ])('IAMUserChangePassword on %s: %s', (resource, expected) => {
    expect(decided('IAMUserChangePassword', 'iam:ChangePassword', resource, { 'aws:username': 'ann' })).toBe(expected)
  })

  test('stand under the partition that asks, in their documents too', () => {
    const policy = findAwsManagedPolicy('arn:aws-cn:iam::aws:policy/IAMUserChangePassword')!
    expect(policy.arn).toBe('arn:aws-cn:iam::aws:policy/IAMUserChangePassword')
    expect(policy.versions[0]!.document).toContain('"arn:aws-cn:iam::*:user/${aws:username}"')
    expect(findAwsManagedPolicy('arn:aws:iam::aws:policy/NoSuchPolicy')).toBeUndefined()
    expect(findAwsManagedPolicy('arn:aws:iam::123456789012:policy/AdministratorAccess')).toBeUndefined()
  })
})
