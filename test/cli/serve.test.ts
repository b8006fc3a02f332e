import { existsSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { realMachine } from '../../src/holder/machine/real.ts'
import { callAws } from '../../src/lab/caller.ts'
import { noteSecret } from '../setup.ts'
import { countersign, makeHome, startCountersign } from './program.ts'

/** A key pair in AWS's shapes, made for these tests only. */
const root = { accessKeyId: 'AKIAQYLPMN5HHHFPZZZZ', secretAccessKey: 'TestOnly/Zq3+TestOnly0TestOnly1TestOnly2' }
noteSecret('root secret', root.secretAccessKey)
const first = {
  COUNTERSIGN_ACCOUNT_ID: '123456789012',
  COUNTERSIGN_ROOT_ACCESS_KEY_ID: root.accessKeyId,
  COUNTERSIGN_ROOT_SECRET_ACCESS_KEY: root.secretAccessKey,
}
const posix = process.platform !== 'win32'

async function whoIs(url: string) {
  return await callAws(realMachine({}), url, root, 'sts', 'GetCallerIdentity')
}

describe('serve', () => {
  test('prints one ready line on stdout, tells on stderr how to use it, and stops cleanly on SIGTERM', async () => {
    const { child, home, outcome, line } = startCountersign(['serve', '--port', '0'], { env: first })
    const ready = await line()
    expect(ready).toMatch(/^ready http:\/\/127\.0\.0\.1:\d+$/)
    const url = ready.slice('ready '.length)
    expect((await whoIs(url)).text('Arn')).toBe('arn:aws:iam::123456789012:root')
    child.kill('SIGTERM')
    const { code, stdout, stderr } = await outcome
    expect(code).toBe(0)
    expect(stdout).toBe(`${ready}\n`)
    expect(stderr).toContain('A new account 123456789012 was made')
    expect(stderr).toContain('  ~/.local/share/countersign/root-credentials\n')
    expect(stderr).toContain(`    export AWS_ENDPOINT_URL=${url}\n`)
    expect(stderr).toContain(
      `    export AWS_SHARED_CREDENTIALS_FILE=${join(home, '.local/share/countersign/root-credentials')}\n`,
    )
    expect(stderr).not.toContain(root.secretAccessKey)
    const kept = join(home, '.local/share/countersign/root-credentials')
    expect(readFileSync(kept, 'utf8')).toContain(`aws_access_key_id = ${root.accessKeyId}`)
    if (posix) expect(statSync(kept).mode & 0o777).toBe(0o600)
  })

  test('says where to sign in, and answers for the start URL that profiles name already', async () => {
    const startUrl = 'https://acme.awsapps.com/start'
    const { child, outcome, line } = startCountersign(['serve', '--port', '0', '--sso-start-url', startUrl], {
      env: first,
    })
    const url = (await line()).slice('ready '.length)
    const post = async (path: string, body: object) => {
      const reply = await fetch(url + path, { method: 'POST', body: JSON.stringify(body) })
      return { status: reply.status, body: (await reply.json()) as Record<string, string> }
    }
    const { body } = await post('/client/register', { clientName: 'a test', clientType: 'public' })
    const { clientId, clientSecret } = body
    expect((await post('/device_authorization', { clientId, clientSecret, startUrl })).status).toBe(200)
    const other = 'https://other.awsapps.com/start'
    expect((await post('/device_authorization', { clientId, clientSecret, startUrl: other })).status).toBe(400)
    child.kill('SIGTERM')
    const stderr = (await outcome).stderr.replace(/\s+/g, ' ')
    expect(stderr).toContain(`sso_start_url = ${startUrl}, and the page of people is ${url}/start`)
    expect((await countersign(['serve', '--sso-start-url', 'acme'])).code).toBe(2)
  })

  test('keeps its account over a restart, ignores first values then and says so', async () => {
    const home = makeHome()
    for (const start of [1, 2]) {
      const { child, outcome, line } = startCountersign(['serve', '--port', '0', '--data', 'd'], { home, env: first })
      expect((await whoIs((await line()).slice(6))).status).toBe(200)
      child.kill('SIGINT')
      const { code, stderr } = await outcome
      expect(code).toBe(0)
      expect(stderr.includes('were ignored')).toBe(start === 2)
      expect(stderr.includes('A new account')).toBe(start === 1)
    }
    expect(existsSync(join(home, 'd', 'root-credentials'))).toBe(true)
  })

  test('does not send anybody to a file of the root key that is gone', async () => {
    const home = makeHome()
    const texts: string[] = []
    for (const start of [1, 2]) {
      const { child, outcome, line } = startCountersign(['serve', '--port', '0', '--data', 'd'], { home, env: first })
      await line()
      child.kill('SIGTERM')
      texts.push((await outcome).stderr)
      if (start === 1) rmSync(join(home, 'd', 'root-credentials'))
    }
    expect(texts[0]).toContain('export AWS_SHARED_CREDENTIALS_FILE=')
    expect(texts[1]).toContain('is gone')
    expect(texts[1]).toContain('export AWS_ENDPOINT_URL=')
    expect(texts[1]).not.toContain('AWS_SHARED_CREDENTIALS_FILE')
  })

  test('takes the two signals that npm makes of one Ctrl-C for one', async () => {
    const { child, outcome, line } = startCountersign(['serve', '--port', '0', '--data', 'd'])
    await line()
    child.kill('SIGINT')
    child.kill('SIGINT')
    expect(await outcome).toMatchObject({ code: 0, signal: null })
  })

  test('says which port is taken, with exit code 2', async () => {
    const other = createServer()
    await new Promise<void>((accept) => other.listen(0, '127.0.0.1', accept))
    onTestFinished(() => void other.close())
    const { port } = other.address() as { port: number }
    const { code, stdout, stderr } = await countersign(['serve', '--port', String(port), '--data', 'd'])
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain(String(port))
  })

  test('warns loudly when test controls are open, and opens them on loopback only', async () => {
    const { child, outcome, line } = startCountersign(['serve', '--port', '0', '--data', 'd', '--test-controls'])
    await line()
    child.kill('SIGTERM')
    expect((await outcome).stderr).toContain('TEST CONTROLS ARE OPEN')
    expect(await countersign(['serve', '--test-controls', '--host', '0.0.0.0'])).toMatchObject({ code: 2, stdout: '' })
  })

  test('writes a profile beside what stands in the AWS files, and leaves other profiles alone', async () => {
    const credentials = '# mine\r\n[work]\r\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\r\n'
    const home = makeHome({ '.aws/credentials': credentials })
    const { child, outcome, line } = startCountersign(['serve', '--port', '0', '--write-profile', 'own'], {
      home,
      env: first,
    })
    const url = (await line()).slice(6)
    child.kill('SIGTERM')
    expect((await outcome).stderr).toContain('--profile own')
    const written = readFileSync(join(home, '.aws/credentials'), 'utf8')
    expect(written.startsWith(credentials)).toBe(true)
    expect(written.slice(credentials.length).replaceAll('\r\n', '\n').trim()).toBe(
      `[own]\naws_access_key_id = ${root.accessKeyId}\naws_secret_access_key = ${root.secretAccessKey}`,
    )
    expect(readFileSync(join(home, '.aws/config'), 'utf8')).toBe(
      `[profile own]\nendpoint_url = ${url}\nregion = us-east-1\n`,
    )
    const taken = await countersign(['serve', '--port', '0', '--write-profile', 'work'], { home, env: first })
    expect(taken).toMatchObject({ code: 2, stdout: '' })
    expect(readFileSync(join(home, '.aws/credentials'), 'utf8')).toBe(written)
  })

  test('is an instance and a pod, tells how to be one, and shows no secret', async () => {
    const args = [
      '--data',
      'd',
      '--imds-role',
      'web',
      '--imds',
      'required',
      '--container-role',
      'app',
      '--region',
      'eu-west-1',
    ]
    const { child, home, outcome, line } = startCountersign(['serve', '--port', '0', ...args], { env: first })
    const url = (await line()).slice(6)
    expect((await fetch(`${url}/latest/meta-data/`)).status).toBe(401)
    const asked = { method: 'PUT', headers: { 'X-aws-ec2-metadata-token-ttl-seconds': '60' } }
    const token = await (await fetch(`${url}/latest/api/token`, asked)).text()
    const headers = { 'X-aws-ec2-metadata-token': token }
    expect(await (await fetch(`${url}/latest/meta-data/placement/region`, { headers })).text()).toBe('eu-west-1')
    const file = join(home, 'd', 'container-authorization-token')
    const authorization = readFileSync(file, 'utf8')
    noteSecret('pod token', authorization)
    if (posix) expect(statSync(file).mode & 0o777).toBe(0o600)
    expect((await fetch(`${url}/eks/v1/credentials`, { headers: { authorization } })).status).toBe(200)
    const uri = readFileSync(join(home, 'd', 'container-credentials-uri'), 'utf8')
    noteSecret('id of container credentials', uri)
    expect((await fetch(url + uri)).status).toBe(200)
    child.kill('SIGTERM')
    const { stderr } = await outcome
    expect(stderr).toContain('To be an EC2 instance with the role web (instance metadata by IMDSv2 only):')
    expect(stderr).toContain(`    export AWS_EC2_METADATA_SERVICE_ENDPOINT=${url}\n`)
    expect(stderr).toContain(`    export AWS_CONTAINER_CREDENTIALS_FULL_URI=${url}/eks/v1/credentials\n`)
    expect(stderr).toContain(`    export AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=${file}\n`)
    for (const secret of [authorization, uri]) expect(stderr).not.toContain(secret)
  })

  test.each([
    [['--imds-role', 'a b'], 'a role name has 1 to 64 letters'],
    [['--imds', 'sometimes'], '--imds is one of optional, required, off'],
    [['--imds-role', 'web', '--region', 'Mars'], 'a region is named like us-east-1'],
    [['--database', 'postgres://x/y'], 'not in this version'],
    [['--workers', '4'], 'not in this version'],
    [['--port', '70000'], '0 to 65535'],
    [['--tls-cert', 'c.pem'], '--tls-key'],
    [['--tls-cert', 'c.pem', '--tls-key', 'k.pem'], 'c.pem cannot be read'],
    [['--write-profile', 'a]b'], '--write-profile'],
    [['extra'], '"serve" does not know what to do with "extra"'],
  ])('refuses %j with exit code 2 before it touches anything', async (args, says) => {
    const home = makeHome()
    const { code, stdout, stderr } = await countersign(['serve', ...args], { home })
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain(says)
    expect(existsSync(join(home, '.local'))).toBe(false)
  })

  test('shows a link on which root chooses its password, until it has one; and again when it is taken away', async () => {
    const home = makeHome()
    const start = async (...more: readonly string[]) => {
      const { child, outcome, line } = startCountersign(['serve', '--port', '0', ...more], { home, env: first })
      const url = (await line()).slice('ready '.length)
      const stop = async () => {
        child.kill('SIGTERM')
        const { stdout, stderr } = await outcome
        expect(stdout).toBe(`ready ${url}\n`)
        return { stderr, token: /^ {4}\S+\/console\/first#token=([\w-]+)$/m.exec(stderr)?.[1] }
      }
      return { url, stop }
    }
    const choose = async (url: string, token: string | undefined) => {
      const body = JSON.stringify({ token, email: 'root@example.com', password: 'Correct-Horse-1' })
      return (await fetch(`${url}/console/api/sign-in/first`, { method: 'POST', body })).status
    }
    // It is printed on purpose, so the hunt for secrets is not told of it.
    const { token } = await (await start()).stop()
    expect(token).toBeDefined()
    const quiet = await start('--quiet')
    expect(await choose(quiet.url, token)).toBe(200)
    expect((await quiet.stop()).stderr).toBe('')
    const known = await (await start()).stop()
    expect(known.token).toBeUndefined()
    expect(known.stderr).toMatch(/^The console: http:\S+\/console\/$/m)
    const reset = await start('--reset-root-password')
    expect(await choose(reset.url, token)).toBe(403)
    const again = (await reset.stop()).token
    const last = await start('--quiet')
    expect(await choose(last.url, again)).toBe(200)
    await last.stop()
    const { code, stderr } = await countersign(['serve', '--reset-root-password', '--quiet'], { home })
    expect([code, stderr]).toEqual([2, expect.stringContaining('--quiet hides it')])
  })
})
