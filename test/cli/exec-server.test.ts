import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { issuer } from './authority.ts'
import { countersign, makeHome } from './program.ts'
import { devArn, roleOf } from './roles.ts'

/** `exec --server`: what real clients get from the local server, and what it refuses. */
const here = issuer()
const setting = roleOf(here)
const kinds = ['ecs', 'imds'] as const

/** The AWS CLI that PATH finds first, and the one of the distribution, which is older and needs the endpoint as a flag. */
const clis = ['aws', '/usr/bin/aws'].map(
  (cli) =>
    [
      `the AWS CLI ${cli}`,
      spawnSync(cli, ['--version'], { stdio: 'ignore' }).status === 0,
      ['sh', '-c', `${cli} sts get-caller-identity --query Arn --output text --endpoint-url "$AWS_ENDPOINT_URL"`],
    ] as const,
)
const hasBoto3 = spawnSync('python3', ['-c', 'import boto3'], { stdio: 'ignore' }).status === 0
const js = `
import { STSClient, GetCallerIdentityCommand } from '@aws-sdk/client-sts'
console.log((await new STSClient({}).send(new GetCallerIdentityCommand({}))).Arn)
`
const python = 'import boto3; print(boto3.client("sts").get_caller_identity()["Arn"])'

/** A default profile with a key stands before every server in all chains. */
function withDefaultKey() {
  const { files } = setting()
  const key = files['.aws/credentials']
  return { ...files, '.aws/credentials': `${key}${key.replace('[alice]', '[default]')}` }
}

describe.each(kinds)('with --server %s', (kind) => {
  test.for([
    ...clis,
    ['boto3', hasBoto3, ['python3', '-c', python]],
    ['the SDK for JavaScript', true, [process.execPath, '--input-type=module', '-e', js]],
  ] as const)('%s gets credentials from it', async ([, isThere, words], { skip }) => {
    skip(!isThere, 'it is not installed')
    const home = makeHome(withDefaultKey())
    const { code, stdout, stderr } = await countersign(
      [
        'exec',
        'dev',
        '--server',
        kind,
        '--',
        'sh',
        '-c',
        'cd "$1" && shift && exec "$@"',
        'sh',
        process.cwd(),
        ...words,
      ],
      { home },
    )
    expect([code, stdout.trim(), stderr]).toEqual([0, devArn, ''])
  })

  test('the key of a user is traded for a session', async () => {
    const words = ['exec', 'alice', '--server', kind, '--', process.execPath, '--input-type=module', '-e', probe]
    const { stdout } = await countersign(words, { ...setting(), env: { KIND: kind } })
    expect(JSON.parse(stdout)).toMatchObject({ id: expect.stringMatching(/^ASIA/), token: true })
  })

  test('no key stands in the environment of the command, and the server ends with it', async () => {
    const script =
      'env | grep -cE "^AWS_(ACCESS|SECRET|SESSION|PROFILE)"; env | grep -oE "http://127.0.0.1:[0-9]+" | tail -1'
    const { stdout } = await countersign(
      ['exec', 'dev', '--server', kind, '--', 'sh', '-c', `unset AWS_ENDPOINT_URL; ${script}`],
      setting(),
    )
    const [count, address] = stdout.trim().split('\n')
    expect(count).toBe('0')
    await expect(fetch(`${address}/`)).rejects.toThrow()
  })
})

/** Asks the server as an SDK would, and tells what came without secrets. */
const probe = `
const { KIND, AWS_CONTAINER_CREDENTIALS_FULL_URI: full, AWS_CONTAINER_AUTHORIZATION_TOKEN: auth, AWS_EC2_METADATA_SERVICE_ENDPOINT: imds } = process.env
const path = 'latest/meta-data/iam/security-credentials/'
const made = KIND === 'ecs' ? null : await (await fetch(imds + 'latest/api/token', { method: 'PUT', headers: { 'X-aws-ec2-metadata-token-ttl-seconds': '60' } })).text()
const headers = KIND === 'ecs' ? { Authorization: auth } : { 'X-aws-ec2-metadata-token': made }
const url = KIND === 'ecs' ? full : imds + path + (await (await fetch(imds + path, { headers })).text())
const got = await (await fetch(url, { headers })).json()
console.log(JSON.stringify({ id: got.AccessKeyId, token: got.Token !== '', end: got.Expiration }))
`

/** Statuses of requests that nobody should be answered. */
async function statusesOf(kind: (typeof kinds)[number], script: string): Promise<unknown> {
  const code = `
    import { request } from 'node:http'
    const { AWS_CONTAINER_CREDENTIALS_FULL_URI: full, AWS_CONTAINER_AUTHORIZATION_TOKEN: auth, AWS_EC2_METADATA_SERVICE_ENDPOINT: imds } = process.env
    const ask = (url, headers = {}, method = 'GET', body = '') => new Promise((accept) => {
      const sent = request(url, { method, headers }, (reply) => {
        let text = ''
        reply.on('data', (chunk) => (text += chunk)).on('end', () => accept({ status: reply.statusCode, text }))
      })
      sent.on('error', (error) => accept({ status: error.code }))
      sent.end(body)
    })
    ${script}`
  const words = ['exec', 'dev', '--server', kind, '--', process.execPath, '--input-type=module', '-e', code]
  const { stdout } = await countersign(words, setting())
  return JSON.parse(stdout)
}

test('what ends soon is renewed while the command runs, whatever the credentials come from', async () => {
  const tool = `const { readFileSync, writeFileSync } = require('node:fs')
    let count = 0
    try { count = Number(readFileSync('count', 'utf8')) } catch {}
    writeFileSync('count', String(count + 1))
    console.log(JSON.stringify({ Version: 1, AccessKeyId: 'ASIAMADEUP' + count, SecretAccessKey: 'made up', SessionToken: 'made up',
      Expiration: new Date(Date.now() + 6000).toISOString() }))`
  // Asks until another one comes.
  const script = `const { AWS_CONTAINER_CREDENTIALS_FULL_URI: url, AWS_CONTAINER_AUTHORIZATION_TOKEN: Authorization } = process.env
    const ask = async () => (await (await fetch(url, { headers: { Authorization } })).json())
    const first = await ask()
    let next = first
    while (next.AccessKeyId === first.AccessKeyId) next = await ask()
    console.log(JSON.stringify({ first: first.AccessKeyId, next: next.AccessKeyId, later: next.Expiration > first.Expiration }))`
  const config = `[profile tool]\nregion = eu-west-1\ncredential_process = "${process.execPath}" tool.cjs\n`
  const words = ['exec', 'tool', '--server', 'ecs', '--', process.execPath, '--input-type=module', '-e', script]
  const { stdout } = await countersign(words, { files: { '.aws/config': config, 'tool.cjs': tool } })
  expect(JSON.parse(stdout)).toEqual({ first: 'ASIAMADEUP0', next: 'ASIAMADEUP1', later: true })
})

describe('the server refuses', () => {
  test('ecs: a missing, a wrong and a longer token, other paths and methods, foreign names and pages', async () => {
    const found = await statusesOf(
      'ecs',
      `const good = { Authorization: auth }
      const all = [
        await ask(full), await ask(full, { Authorization: 'x' }), await ask(full, { Authorization: auth + 'x' }),
        await ask(full + '/more', good), await ask(full, good, 'POST'),
        await ask(full, { ...good, Host: 'evil.example' }), await ask(full, { ...good, Origin: 'http://evil.example' }),
        await ask(full, { ...good, Host: 'localhost:' + new URL(full).port }),
        await ask(full, { ...good, 'X-Long': 'x'.repeat(20_000) }),
      ]
      console.log(JSON.stringify(all.map(({ status }) => status)))`,
    )
    expect(found).toEqual([401, 401, 401, 404, 405, 400, 403, 200, 431])
  })

  test('imds: version 1, made-up tokens, wrong times, what came through a proxy', async () => {
    const found = await statusesOf(
      'imds',
      `const path = imds + 'latest/meta-data/iam/security-credentials/'
      const ttl = (seconds) => ({ 'X-aws-ec2-metadata-token-ttl-seconds': seconds })
      const put = (headers) => ask(imds + 'latest/api/token', headers, 'PUT')
      const { text: token } = await put(ttl('21600'))
      const good = { 'X-aws-ec2-metadata-token': token }
      const [end, proof] = token.split('.')
      const forged = { 'X-aws-ec2-metadata-token': (parseInt(end, 36) + 1).toString(36) + '.' + proof }
      const all = [
        await ask(path), await ask(path, forged), await ask(path, good),
        await put({}), await put(ttl('0')), await put(ttl('21601')), await put(ttl('x')),
        await put({ ...ttl('60'), 'X-Forwarded-For': '10.0.0.1' }), await ask(imds + 'latest/api/token', good),
        await ask(path + 'other', good), await ask(imds + 'latest/meta-data/placement/region', good),
        await ask(path, { ...good, Host: '169.254.169.254' }),
        await ask(imds + '/latest/meta-data/placement/region', good),
      ]
      console.log(JSON.stringify([...all.map(({ status }) => status), all[2].text, all[10].text]))`,
    )
    expect(found).toEqual([
      401,
      401,
      200,
      400,
      400,
      400,
      400,
      403,
      405,
      404,
      200,
      400,
      200,
      'countersign',
      'eu-central-1',
    ])
  })

  const asOther = `import encodings.idna, os, urllib.request
os.setuid(65534)
request = urllib.request.Request(os.environ['AWS_CONTAINER_CREDENTIALS_FULL_URI'])
request.add_header('Authorization', os.environ['AWS_CONTAINER_AUTHORIZATION_TOKEN'])
try: print(urllib.request.urlopen(request).status)
except urllib.error.HTTPError as error: print(error.code)`
  const canChangeUser = process.platform === 'linux' && process.getuid?.() === 0
  test('another user of this computer, even with the token', { skip: !canChangeUser }, async () => {
    const words = ['exec', 'dev', '--server', 'ecs', '--', 'python3', '-c', asOther]
    expect(await countersign(words, setting())).toMatchObject({ stdout: '403\n', stderr: '' })
  })

  const fromOtherEnds = `import os, socket
port = int(os.environ['AWS_EC2_METADATA_SERVICE_ENDPOINT'].strip('/').rsplit(':', 1)[1])
for user in (os.getuid(), 65534):
    if user: os.setuid(user)
    for family, end, to in ((socket.AF_INET, '127.0.0.2', '127.0.0.1'), (socket.AF_INET6, None, '::ffff:127.0.0.1')):
        asking = socket.socket(family)
        if end: asking.bind((end, 0))
        asking.connect((to, port))
        asking.sendall(b'PUT /latest/api/token HTTP/1.1\\r\\nHost: 127.0.0.1:%d\\r\\nX-aws-ec2-metadata-token-ttl-seconds: 60\\r\\n\\r\\n' % port)
        print(asking.recv(1000).split()[1].decode())`
  test('another user with another loopback address, or by IPv6, but not the same user so', {
    skip: !canChangeUser,
  }, async () => {
    const words = ['exec', 'dev', '--server', 'imds', '--', 'python3', '-c', fromOtherEnds]
    expect(await countersign(words, setting())).toMatchObject({ stdout: '200\n200\n403\n403\n', stderr: '' })
  })
})

test('the command has the code of its own, with a server too', async () => {
  const { code } = await countersign(['exec', 'dev', '--server', 'ecs', '--', 'sh', '-c', 'exit 9'], setting())
  expect(code).toBe(9)
})
