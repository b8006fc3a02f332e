import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { formatArn, parseArn } from '../../src/anatomy/arn.ts'
import {
  iamEndpoint,
  isAwsHost,
  partitionById,
  partitionOfRegion,
  partitionsAsOf,
  regionFacts,
  stsEndpoint,
} from '../../src/anatomy/partitions.ts'
import {
  isSecretAccessKey,
  isSmtpPassword,
  type SecretShape,
  shapeOfSecret,
  unwrapBase64,
} from '../../src/anatomy/secret-access-key.ts'

const example = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'

describe('the shape of a secret', () => {
  const cases: readonly (readonly [SecretShape, string])[] = [
    ['secret-access-key', example],
    ['empty', ''],
    ['access-key-id', 'AKIAIOSFODNN7EXAMPLE'],
    ['access-key-id', 'AIDACKCEVSQ6C2EXAMPLE'],
    ['smtp-password', `B${'A'.repeat(43)}`],
    ['hex-64', '0123456789abcdef'.repeat(4)],
    ['percent-encoded', example.replaceAll('/', '%2F')],
    ['percent-encoded', example.replaceAll('/', '%2f')],
    ['blank-for-plus', example.replaceAll('/', ' ')],
    ['backslash-escaped', example.replaceAll('/', '\\/')],
    ['base64-wrapped', Buffer.from(example).toString('base64')],
    ['base64-wrapped', Buffer.from(`${example}\n`).toString('base64')],
    ['too-short', example.slice(0, -1)],
    ['too-long', `${example}x`],
    ['foreign-characters', `${example.slice(0, -1)}=`],
    ['foreign-characters', `"${example}"`],
    ['foreign-characters', `${example}\n`],
  ]
  test.each(cases)('is %s', (shape, text) => {
    expect(shapeOfSecret(text)).toBe(shape)
    expect(isSecretAccessKey(text)).toBe(shape === 'secret-access-key')
  })

  test('of an SMTP password is told by the version byte in it, not by its first letter alone', () => {
    expect(isSmtpPassword(Buffer.concat([Buffer.from([4]), Buffer.alloc(32, 0xee)]).toString('base64'))).toBe(true)
    expect(isSmtpPassword(Buffer.concat([Buffer.from([5]), Buffer.alloc(32, 0xee)]).toString('base64'))).toBe(false)
    expect(isSmtpPassword(example)).toBe(false)
  })

  test('inside base64 is only taken out when it is the one that was asked for', () => {
    const wrapped = Buffer.from('AKIAIOSFODNN7EXAMPLE\n').toString('base64')
    expect(unwrapBase64(wrapped, /^AKIA\w{16}$/)).toBe('AKIAIOSFODNN7EXAMPLE')
    expect(unwrapBase64(wrapped, /^ASIA\w{16}$/)).toBeNull()
    expect(unwrapBase64('AKIAIOSFODNN7EXAMPLE', /^AKIA\w{16}$/)).toBeNull()
  })
})

describe('an ARN', () => {
  test.each([
    ['arn:aws:iam::123456789012:user/division_abc/Bob', 'aws', 'iam', '', '123456789012', 'user/division_abc/Bob'],
    ['arn:aws-cn:sts::123456789012:assumed-role/r/s', 'aws-cn', 'sts', '', '123456789012', 'assumed-role/r/s'],
    ['arn:aws:iam::aws:policy/ReadOnlyAccess', 'aws', 'iam', '', 'aws', 'policy/ReadOnlyAccess'],
    ['arn:aws:sns:us-east-1:123456789012:topic:sub:1', 'aws', 'sns', 'us-east-1', '123456789012', 'topic:sub:1'],
    ['arn:aws:s3:::bucket/*', 'aws', 's3', '', '', 'bucket/*'],
  ])('%s comes apart and together again', (text, partition, service, region, account, resource) => {
    const arn = parseArn(text)
    expect(arn).toEqual({ partition, service, region, account, resource })
    expect(formatArn(arn!)).toBe(text)
  })

  test.each([
    '',
    'arn',
    'arn:aws:iam::123456789012',
    'arn:aws:iam::1:',
    'ARN:aws:iam::1:user/x',
    'user/Bob',
    'arn:::::x',
    `arn:aws:iam::1:${'x'.repeat(3000)}`,
  ])('is not %j', (text) => {
    expect(parseArn(text)).toBeNull()
  })
})

describe('partitions and regions', () => {
  test.each([
    ['us-east-1', 'aws'],
    ['eu-north-9', 'aws'],
    ['aws-global', 'aws'],
    ['cn-northwest-1', 'aws-cn'],
    ['us-gov-west-1', 'aws-us-gov'],
    ['us-iso-east-1', 'aws-iso'],
    ['us-isob-west-1', 'aws-iso-b'],
    ['eu-isoe-west-1', 'aws-iso-e'],
    ['us-isof-south-1', 'aws-iso-f'],
    ['eusc-de-east-1', 'aws-eusc'],
    ['aws-us-gov-global', 'aws-us-gov'],
    ['', 'aws'],
    ['local', 'aws'],
  ])('%j is of partition %s', (region, id) => {
    expect(partitionOfRegion(region).id).toBe(id)
    expect(partitionById(id)?.id).toBe(id)
  })

  test('tell regions that must be switched on first, and do not know what is not listed', () => {
    expect(regionFacts('us-east-1')?.optIn).toBe(false)
    expect(regionFacts('me-south-1')?.optIn).toBe(true)
    expect(regionFacts('us-gov-west-1')?.optIn).toBe(false)
    expect(regionFacts('us-est-1')).toBeNull()
    expect(regionFacts('aws-global')).toBeNull()
    expect(partitionById('aws-moon')).toBeNull()
  })

  test.each([
    ['us-east-1', {}, 'sts.us-east-1.amazonaws.com', 'us-east-1'],
    ['aws-global', {}, 'sts.amazonaws.com', 'us-east-1'],
    ['eu-west-3', { legacyGlobal: true }, 'sts.amazonaws.com', 'us-east-1'],
    ['me-south-1', { legacyGlobal: true }, 'sts.me-south-1.amazonaws.com', 'me-south-1'],
    ['us-east-2', { fips: true }, 'sts-fips.us-east-2.amazonaws.com', 'us-east-2'],
    ['us-east-2', { dualStack: true }, 'sts.us-east-2.api.aws', 'us-east-2'],
    ['us-east-2', { fips: true, dualStack: true }, 'sts-fips.us-east-2.api.aws', 'us-east-2'],
    ['us-gov-west-1', { fips: true }, 'sts.us-gov-west-1.amazonaws.com', 'us-gov-west-1'],
    ['cn-north-1', {}, 'sts.cn-north-1.amazonaws.com.cn', 'cn-north-1'],
    ['eusc-de-east-1', {}, 'sts.eusc-de-east-1.amazonaws.eu', 'eusc-de-east-1'],
  ])('STS of %s with %j stands at %s', (region, variant, host, signingRegion) => {
    expect(stsEndpoint(region, variant)).toEqual({ host, signingRegion })
    expect(isAwsHost(host)).toBe(true)
  })

  test('and their endpoints are those of botocore, for every region and variant', () => {
    const { botocore, answers } = JSON.parse(
      readFileSync(new URL('../truth/botocore-endpoints.json', import.meta.url), 'utf8'),
    ) as {
      botocore: string
      answers: [
        service: string,
        region: string,
        partition: string,
        variant: string[],
        url: string,
        signing: string | null,
      ][]
    }
    expect(partitionsAsOf).toBe(`botocore ${botocore}`)
    expect(answers.length).toBeGreaterThan(400)
    for (const [service, region, partition, variant, url, signingRegion] of answers) {
      const options = Object.fromEntries(variant.map((name) => [name, true]))
      const endpoint = service === 'sts' ? stsEndpoint(region, options) : iamEndpoint(region)
      expect([region, variant, `https://${endpoint.host}`]).toEqual([region, variant, url])
      // Where the rules name no region, the SDK signs for the one it was asked for.
      expect(endpoint.signingRegion).toBe(signingRegion ?? region)
      expect(partitionOfRegion(region).id).toBe(partition)
      if (!region.endsWith('-global')) expect(regionFacts(region)?.partition.id).toBe(partition)
    }
  })

  test('IAM has one place in each partition', () => {
    expect(iamEndpoint('eu-west-1')).toEqual({ host: 'iam.amazonaws.com', signingRegion: 'us-east-1' })
    expect(iamEndpoint('cn-northwest-1')).toEqual({
      host: 'iam.cn-north-1.amazonaws.com.cn',
      signingRegion: 'cn-north-1',
    })
    expect(iamEndpoint('us-gov-east-1')).toEqual({ host: 'iam.us-gov.amazonaws.com', signingRegion: 'us-gov-west-1' })
  })

  test('a host is of AWS only by its end', () => {
    expect(isAwsHost('STS.us-east-1.amazonaws.com:443')).toBe(true)
    expect(isAwsHost('amazonaws.com.evil.example')).toBe(false)
    expect(isAwsHost('notamazonaws.com')).toBe(false)
    expect(isAwsHost('127.0.0.1:7374')).toBe(false)
  })
})

test('anatomy names nothing that a browser does not have', () => {
  const room = new URL('../../src/anatomy/', import.meta.url)
  for (const file of readdirSync(room)) {
    const code = readFileSync(new URL(file, room), 'utf8')
    expect([file, /from 'node:|\bBuffer\b|\brequire\(/.test(code)]).toEqual([file, false])
  }
})
