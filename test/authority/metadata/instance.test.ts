import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Authority, startAuthority } from '../../../src/authority/index.ts'
import { asker, call, decisionOf } from '../server/caller.ts'
import { type Told, visit } from './visitor.ts'

/*
 * EC2's User Guide ("Use the Instance Metadata Service", "Instance metadata categories") and what instances were seen to send
 * (awslabs/amazon-eks-ami#594, DataDog/datadog-agent#4857, aws-beam/aws_credentials#47, aws/aws-cli#2060).
 */
let authority: Authority
beforeAll(async () => {
  authority = await startAuthority({
    data: ':memory:',
    port: 0,
    imdsRole: 'web',
    testControls: true,
    region: 'eu-west-1',
  })
})
beforeEach(() => authority.reset())
afterAll(() => authority.stop())

const tokenFor = async (seconds: number | string, at: Authority = authority): Promise<Told> =>
  visit(at, 'PUT', '/latest/api/token', { 'X-aws-ec2-metadata-token-ttl-seconds': String(seconds) })
const read = (path: string, token?: string, at: Authority = authority): Promise<Told> =>
  visit(at, 'GET', path, token === undefined ? {} : { 'X-aws-ec2-metadata-token': token })

const unauthorized = `<?xml version="1.0" encoding="iso-8859-1"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"
\t"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en" lang="en">
 <head>
  <title>401 - Unauthorized</title>
 </head>
 <body>
  <h1>401 - Unauthorized</h1>
 </body>
</html>
`

describe('a token of IMDSv2', () => {
  it('is given for 1 to 21600 seconds, and its life is repeated', async () => {
    for (const seconds of [1, 60, 21_600]) {
      const told = await tokenFor(seconds)
      expect(told.status).toBe(200)
      expect(told.headers['content-type']).toBe('text/plain')
      expect(told.headers['x-aws-ec2-metadata-token-ttl-seconds']).toBe(String(seconds))
      expect(told.body).toMatch(/^[\w-]{54}$/)
    }
  })

  it.each(['0', '21601', '-1', '1.5', 'abc', '', '999999999'])(
    'is refused with 400 for a life of "%s"',
    async (life) => {
      expect((await tokenFor(life)).status).toBe(400)
    },
  )

  it('is refused with 400 when no life is asked for', async () => {
    const told = await visit(authority, 'PUT', '/latest/api/token')
    expect([told.status, told.headers['content-type']]).toEqual([400, 'text/html'])
    expect(told.body).toContain('<h1>400 - Bad Request</h1>')
  })

  it('is refused with 403 and no body through a proxy, at a dated version, and with a slash too many', async () => {
    const life = { 'X-aws-ec2-metadata-token-ttl-seconds': '60' }
    for (const told of [
      await visit(authority, 'PUT', '/latest/api/token', { ...life, 'X-Forwarded-For': '10.0.0.1' }),
      await visit(authority, 'PUT', '/2021-03-23/api/token', life),
      await visit(authority, 'PUT', '/latest/api/token/', life),
    ]) {
      expect([told.status, told.body, told.headers['content-type']]).toEqual([403, '', 'text/plain'])
    }
  })

  it('ends when its life is over', async () => {
    const { body: token } = await tokenFor(60)
    expect((await read('/latest/meta-data/instance-id', token)).status).toBe(200)
    authority.clock({ offset: 59 })
    expect((await read('/latest/meta-data/instance-id', token)).status).toBe(200)
    authority.clock({ offset: 61 })
    const told = await read('/latest/meta-data/instance-id', token)
    expect([told.status, told.body]).toEqual([401, unauthorized])
    expect(await reasonOf(told)).toBe('imds-token-expired')
  })

  it('is good for nothing when a single character of it differs', async () => {
    const { body: token } = await tokenFor(60)
    for (let index = 0; index < token.length - 1; index++) {
      const other = token[index] === 'A' ? 'B' : 'A'
      const altered = token.slice(0, index) + other + token.slice(index + 1)
      expect((await read('/latest/meta-data/', altered)).status).toBe(401)
    }
  })

  it('of another instance is refused', async () => {
    const other = await startAuthority({ data: ':memory:', port: 0, imds: 'optional' })
    try {
      const { body: token } = await tokenFor(60, other)
      expect((await read('/latest/meta-data/', token)).status).toBe(401)
      expect((await read('/latest/meta-data/', token, other)).status).toBe(200)
    } finally {
      await other.stop()
    }
  })
})

describe('the credentials of the instance', () => {
  it('are a session of the role that bears the id of the instance, and are verified like any other', async () => {
    const { body: token } = await tokenFor(21_600)
    const name = await read('/latest/meta-data/iam/security-credentials/', token)
    expect(name.body).toBe('web')
    const told = await read('/latest/meta-data/iam/security-credentials/web', token)
    expect(told.headers['content-type']).toBe('text/plain')
    const given = JSON.parse(told.body) as Record<string, string>
    expect(Object.keys(given)).toEqual([
      'Code',
      'LastUpdated',
      'Type',
      'AccessKeyId',
      'SecretAccessKey',
      'Token',
      'Expiration',
    ])
    expect([given['Code'], given['Type']]).toEqual(['Success', 'AWS-HMAC'])
    expect(given['Expiration']).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/)
    expect(Date.parse(given['Expiration']!) - Date.parse(given['LastUpdated']!)).toBe(6 * 3_600_000)
    const who = await call(authority, { Action: 'GetCallerIdentity' }, { credentials: keysOf(given) })
    const { body: id } = await read('/latest/meta-data/instance-id')
    expect(id).toMatch(/^i-[0-9a-f]{17}$/)
    expect(id).toBe(authority.instanceId)
    expect(who.text('Arn')).toBe(`arn:aws:sts::${authority.account}:assumed-role/web/${id}`)
    expect(who.text('UserId')).toMatch(new RegExp(`^AROA[A-Z0-9]{17}:${id}$`))
  })

  it('stay the same for an hour and are new long before they end', async () => {
    const first = await credentials()
    authority.clock({ offset: 3_500 })
    expect((await credentials())['AccessKeyId']).toBe(first['AccessKeyId'])
    authority.clock({ offset: 3_700 })
    const later = await credentials()
    expect(later['AccessKeyId']).not.toBe(first['AccessKeyId'])
    const who = await call(
      authority,
      { Action: 'GetCallerIdentity' },
      { credentials: keysOf(first), at: new Date(Date.now() + 3_700_000) },
    )
    expect(who.status).toBe(200)
  })

  it('carry by which version they were given (ec2:RoleDelivery)', async () => {
    const ask = asker(authority)
    const document = (delivery: string) =>
      JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: 'iam:ListUsers',
            Resource: '*',
            Condition: {
              NumericLessThanEquals: { 'ec2:RoleDelivery': delivery },
              ArnLike: { 'ec2:SourceInstanceARN': `arn:aws:ec2:eu-west-1:${authority.account}:instance/i-*` },
            },
          },
        ],
      })
    await ask({ Action: 'PutRolePolicy', RoleName: 'web', PolicyName: 'p', PolicyDocument: document('1.0') })
    const { body: token } = await tokenFor(60)
    const two = JSON.parse((await read('/latest/meta-data/iam/security-credentials/web', token)).body)
    const one = JSON.parse((await read('/latest/meta-data/iam/security-credentials/web')).body)
    expect((await ask({ Action: 'ListUsers' }, { credentials: keysOf(one) })).status).toBe(200)
    expect((await ask({ Action: 'ListUsers' }, { credentials: keysOf(two) })).code).toBe('AccessDenied')
    await ask({ Action: 'PutRolePolicy', RoleName: 'web', PolicyName: 'p', PolicyDocument: document('2.0') })
    expect((await ask({ Action: 'ListUsers' }, { credentials: keysOf(two) })).status).toBe(200)
  })

  it('are not given when the role does not trust EC2, and the log knows why', async () => {
    const trust = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'rds.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    }
    await asker(authority)({
      Action: 'UpdateAssumeRolePolicy',
      RoleName: 'web',
      PolicyDocument: JSON.stringify(trust),
    })
    const told = await read('/latest/meta-data/iam/security-credentials/web')
    expect(told.status).toBe(200)
    const { LastUpdated, ...said } = JSON.parse(told.body) as Record<string, string>
    expect(said).toEqual({
      Code: 'AssumeRoleUnauthorizedAccess',
      Message:
        'EC2 cannot assume the role web.  Please see documentation at http://docs.amazonwebservices.com/IAM/latest/UserGuide/RolesTroubleshooting.html.',
    })
    expect(LastUpdated).toMatch(/Z$/)
    const [decision] = await authority.decisions({ cause: 'instance-role-broken', limit: 1 })
    expect(decision).toMatchObject({ outcome: 'refused', service: 'imds', reason: 'not-trusted' })
    expect(decision?.evidence).toEqual(['No statement of the role trust policy names ec2.amazonaws.com.'])
  })

  it('are not given when a condition of the trust policy does not hold', async () => {
    const trust = {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: 'ec2.amazonaws.com' },
          Action: 'sts:AssumeRole',
          Condition: { StringEquals: { 'sts:RoleSessionName': 'somebody' } },
        },
      ],
    }
    await asker(authority)({
      Action: 'UpdateAssumeRolePolicy',
      RoleName: 'web',
      PolicyDocument: JSON.stringify(trust),
    })
    expect((await credentials())['Code']).toBe('AssumeRoleUnauthorizedAccess')
  })

  it('are gone with the role', async () => {
    await asker(authority)({ Action: 'DeleteRole', RoleName: 'web' })
    expect((await read('/latest/meta-data/iam/security-credentials/')).status).toBe(404)
    expect((await read('/latest/meta-data/iam/security-credentials/web')).status).toBe(404)
    expect(JSON.parse((await read('/latest/meta-data/iam/info')).body)).toMatchObject({
      Code: 'InstanceProfileNotFound',
      Message: expect.stringContaining('Instance Profile does not contain a role.'),
    })
  })

  it('are found whether the signs of the name are written as escapes or not', async () => {
    const other = await startAuthority({ data: ':memory:', port: 0, imdsRole: 'a+b=c,d@e' })
    try {
      for (const name of ['a+b=c,d@e', 'a%2Bb%3Dc%2Cd%40e']) {
        const told = await read(`/latest/meta-data/iam/security-credentials/${name}`, undefined, other)
        expect(JSON.parse(told.body)).toMatchObject({ Code: 'Success' })
      }
    } finally {
      await other.stop()
    }
  })

  it('of another role are not there', async () => {
    expect((await read('/latest/meta-data/iam/security-credentials/admin')).status).toBe(404)
    expect((await read('/latest/meta-data/iam/security-credentials-extended/')).status).toBe(404)
  })

  it('leave one accepted AssumeRole in the log for each new session', async () => {
    const given = await credentials()
    await credentials()
    const found = await authority.decisions({ principal: 'ec2.amazonaws.com', limit: 10 })
    expect(found).toHaveLength(1)
    expect(found[0]).toMatchObject({
      outcome: 'accepted',
      service: 'sts',
      operation: 'AssumeRole',
      accessKeyId: given['AccessKeyId'],
      statement: 'trust policy#0',
    })
    expect(JSON.stringify(found)).not.toContain(given['SecretAccessKey'])
  })
})

describe('the metadata of the instance', () => {
  it('names Region, zone, account and instance', async () => {
    expect((await read('/latest/meta-data/placement/region')).body).toBe('eu-west-1')
    expect((await read('/latest/meta-data/placement/availability-zone')).body).toBe('eu-west-1a')
    expect(JSON.parse((await read('/latest/dynamic/instance-identity/document')).body)).toMatchObject({
      accountId: authority.account,
      instanceId: authority.instanceId,
      region: 'eu-west-1',
      availabilityZone: 'eu-west-1a',
      version: '2017-09-30',
    })
    expect(JSON.parse((await read('/latest/meta-data/iam/info')).body)).toMatchObject({
      Code: 'Success',
      InstanceProfileArn: `arn:aws:iam::${authority.account}:instance-profile/web`,
      InstanceProfileId: expect.stringMatching(/^AIPA[A-Z0-9]{17}$/),
    })
  })

  it('lists directories, one entry on each line, with or without the last slash', async () => {
    const listed = (await read('/latest/meta-data/')).body.split('\n')
    expect(listed).toContain('iam/')
    expect((await read('/latest/meta-data')).body.split('\n')).toEqual(listed)
    expect((await read('/latest/meta-data/iam/')).body).toBe('info\nsecurity-credentials/')
    expect((await read('/2021-03-23/meta-data/placement/region')).body).toBe('eu-west-1')
  })

  it('knows no other path', async () => {
    const told = await read('/latest/meta-data/nothing')
    expect([told.status, told.headers['content-type']]).toEqual([404, 'text/html'])
    for (const path of ['/latest/meta-data/__proto__', '/latest/meta-data/constructor', '/latest/user-data'])
      expect((await read(path)).status).toBe(404)
  })

  it('is read by GET and HEAD only', async () => {
    expect((await visit(authority, 'HEAD', '/latest/meta-data/instance-id')).status).toBe(200)
    for (const method of ['POST', 'DELETE'])
      expect((await visit(authority, method, '/latest/meta-data/')).status).toBe(405)
    expect((await visit(authority, 'GET', '/latest/api/token')).status).toBe(405)
  })
})

describe('an instance that requires IMDSv2', () => {
  let strict: Authority
  beforeAll(async () => {
    strict = await startAuthority({ data: ':memory:', port: 0, imdsRole: 'web', imds: 'required' })
  })
  afterAll(() => strict.stop())

  it('refuses to answer without a token, as instances do', async () => {
    const told = await read('/latest/meta-data/iam/security-credentials/', undefined, strict)
    expect([told.status, told.body]).toEqual([401, unauthorized])
    // As it was seen: 343 bytes of text/html by EC2ws.
    expect(told.headers['content-length']).toBe('343')
    expect([told.headers['content-type'], told.headers['server']]).toEqual(['text/html', 'EC2ws'])
    const { body: token } = await tokenFor(60, strict)
    expect((await read('/latest/meta-data/iam/security-credentials/', token, strict)).body).toBe('web')
  })
})

describe('without metadata', () => {
  it('there is nothing at its paths', async () => {
    const bare = await startAuthority({ data: ':memory:', port: 0 })
    try {
      expect((await tokenFor(60, bare)).status).toBe(404)
      for (const path of ['/latest/meta-data/', '/v2/credentials/x', '/eks/v1/credentials'])
        expect((await read(path, undefined, bare)).status).toBe(404)
      expect([bare.instanceId, bare.container]).toEqual([null, null])
    } finally {
      await bare.stop()
    }
  })

  it('that is switched off, everything is refused with 403', async () => {
    const off = await startAuthority({ data: ':memory:', port: 0, imdsRole: 'web', imds: 'off' })
    try {
      expect((await tokenFor(60, off)).status).toBe(403)
      expect((await read('/latest/meta-data/', undefined, off)).status).toBe(403)
    } finally {
      await off.stop()
    }
  })

  it('of a role, an instance has no credentials', async () => {
    const alone = await startAuthority({ data: ':memory:', port: 0, imds: 'optional' })
    try {
      expect((await read('/latest/meta-data/instance-id', undefined, alone)).status).toBe(200)
      expect((await read('/latest/meta-data/iam/security-credentials/', undefined, alone)).status).toBe(404)
      expect((await read('/latest/meta-data/iam/info', undefined, alone)).status).toBe(404)
    } finally {
      await alone.stop()
    }
  })
})

describe('web pages do not reach it', () => {
  it.each([
    ['a name that an attacker rebinds to this address', { Host: 'attacker.example' }],
    ['a page of another origin', { Origin: 'http://attacker.example' }],
    ['a browser that says that the request is cross-site', { 'Sec-Fetch-Site': 'cross-site' }],
  ])('%s', async (_what, headers) => {
    const told = await visit(authority, 'GET', '/latest/meta-data/iam/security-credentials/web', headers)
    expect(told.status).toBe(403)
    expect(told.body).not.toContain('AccessKeyId')
  })

  it('but the link-local addresses and the loopback names do', async () => {
    for (const Host of ['169.254.169.254', '[fd00:ec2::254]', 'localhost:7374', '127.0.0.1'])
      expect((await visit(authority, 'GET', '/latest/meta-data/instance-id', { Host })).status).toBe(200)
  })
})

async function credentials(): Promise<Record<string, string>> {
  return JSON.parse((await read('/latest/meta-data/iam/security-credentials/web')).body) as Record<string, string>
}

function keysOf(given: Record<string, string>) {
  return {
    accessKeyId: given['AccessKeyId']!,
    secretAccessKey: given['SecretAccessKey']!,
    sessionToken: given['Token']!,
  }
}

async function reasonOf(told: Told): Promise<string | null> {
  return (await decisionOf(authority, told)).reason
}
