import { createHash } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { endpoint, membersOf, type Seen, sts, type Told } from '../holder/resolution/endpoint.ts'
import { countersign, makeHome, type Setting } from './program.ts'

/*
 * What is kept of sessions that others than STS's AssumeRole give, and what is not, told by how often an endpoint is asked.
 */
const tokenFile = `.aws/sso/cache/${createHash('sha1').update('corp').digest('hex')}.json`
const config = `[profile sso]
region = eu-west-1
sso_session = corp
sso_account_id = 123456789012
sso_role_name = Admin
[sso-session corp]
sso_start_url = https://d-1.awsapps.com/start
sso_region = eu-west-1
[profile web]
region = eu-west-1
role_arn = arn:aws:iam::123456789012:role/web
web_identity_token_file = token
[profile foreign]
credential_process = cat given.json
`
const files = {
  '.aws/config': config,
  [tokenFile]: JSON.stringify({
    startUrl: 'https://d-1.awsapps.com/start',
    region: 'eu-west-1',
    accessToken: 'access-1',
    expiresAt: '2099-01-01T00:00:00Z',
  }),
  token: 'a.web.token',
}

function answer(seen: Seen): Told {
  if (!seen.path.startsWith('/federation/')) return sts(seen)
  const [accessKeyId, secretAccessKey, sessionToken] = ['ASIASSO', 'made up', 'made up, too']
  return {
    body: { roleCredentials: { accessKeyId, secretAccessKey, sessionToken, expiration: Date.parse('2099-01-01') } },
  }
}

async function stage() {
  const { url, seen } = await endpoint(answer)
  const home = makeHome(files)
  const setting: Setting = { home, env: { AWS_ENDPOINT_URL: url } }
  const keyIdOf = async (...args: string[]) => {
    const { stdout } = await countersign(['process', ...args], setting)
    return stdout === '' ? null : JSON.parse(stdout).AccessKeyId
  }
  return { home, seen, keyIdOf }
}

test('a role of IAM Identity Center is asked for once, and is gone with the sign-in', async () => {
  const { home, seen, keyIdOf } = await stage()
  expect([await keyIdOf('sso'), await keyIdOf('sso')]).toEqual(['ASIASSO', 'ASIASSO'])
  expect(seen).toHaveLength(1)
  rmSync(join(home, tokenFile))
  expect(await keyIdOf('sso')).toBeNull()
  expect(seen).toHaveLength(1)
})

test('a role with a web identity is asked for once, and again for another role', async () => {
  const { home, seen, keyIdOf } = await stage()
  expect([await keyIdOf('web'), await keyIdOf('web')]).toEqual(['ASIAwebBYnobody', 'ASIAwebBYnobody'])
  expect(seen.map((each) => membersOf(each)['WebIdentityToken'])).toEqual(['a.web.token'])
  writeFileSync(join(home, '.aws', 'config'), config.replace('role/web', 'role/other'))
  expect(await keyIdOf('web')).toBe('ASIAotherBYnobody')
  expect(await keyIdOf('web', '--no-cache')).toBe('ASIAotherBYnobody')
  expect(seen).toHaveLength(3)
})

test('what another credential_process gives is never kept: that program knows when to give another', async () => {
  const { home, keyIdOf } = await stage()
  const give = (AccessKeyId: string) => {
    const given = {
      Version: 1,
      AccessKeyId,
      SecretAccessKey: 's',
      SessionToken: 't',
      Expiration: '2099-01-01T00:00:00Z',
    }
    writeFileSync(join(home, 'given.json'), JSON.stringify(given))
  }
  give('ASIAFIRST')
  expect(await keyIdOf('foreign')).toBe('ASIAFIRST')
  give('ASIASECOND')
  expect(await keyIdOf('foreign')).toBe('ASIASECOND')
})

test('where only a sign-in lacks, the command that signs in is named', async () => {
  const home = makeHome({
    '.aws/config': `${config}[profile role]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = sso\n[profile half]\nsso_session = gone\n`,
  })
  const told = async (...args: string[]) => {
    const { code, stdout, stderr } = await countersign(args, { home })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    return stderr
  }
  expect(await told('process', 'sso')).toMatch(/^countersign: .*does not exist \(countersign login sso\)\n$/)
  expect(await told('process', 'role')).toMatch(/\(countersign login role\)\n$/)
  expect(await told('env', 'sso')).toMatch(/\n {2}countersign login sso\n$/)
  expect(await told('process', 'half')).not.toContain('countersign login')
})

test('what steers a terminal in a name is told without doing so', async () => {
  const { stderr } = await countersign(['process', '--profile=a\u001b[31mb'], { home: makeHome({ '.aws/config': '' }) })
  expect(stderr).toBe('countersign: The config profile (a\\u{1b}[31mb) could not be found\n')
})
