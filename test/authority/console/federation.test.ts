import { execFile, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import chromium from '@sparticuz/chromium'
import { type Browser, chromium as driver } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { Authority } from '../../../src/authority/index.ts'
import type { SigningCredentials } from '../../../src/signature/index.ts'
import { noteSecret } from '../../setup.ts'
import { type Answer, type Ask, asker, makeUser, send } from '../server/caller.ts'
import { lastDecision, makePerson, quickAuthority, visitor } from './visitor.ts'

let authority: Authority
let ask: Ask
beforeAll(async () => {
  authority = await quickAuthority()
  ask = asker(authority)
})
beforeEach(() => authority.reset())
afterEach(() => authority.clock({}))
afterAll(() => authority.stop())

type Keys = SigningCredentials & { readonly sessionToken: string }

const keysIn = (answer: Answer): Keys => ({
  accessKeyId: answer.text('AccessKeyId'),
  secretAccessKey: answer.text('SecretAccessKey'),
  sessionToken: answer.text('SessionToken'),
})

const policy = (...Action: string[]) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] })

async function makeRole() {
  const statement = { Effect: 'Allow', Principal: { AWS: authority.account }, Action: 'sts:AssumeRole' }
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
  await ask({ Action: 'CreateRole', RoleName: 'op', AssumeRolePolicyDocument })
  await ask({ Action: 'PutRolePolicy', RoleName: 'op', PolicyName: 'p', PolicyDocument: policy('iam:List*') })
  return makeUser(ask, 'ada', ['sts:AssumeRole', 'sts:GetFederationToken'])
}

/** The keys of a session of the role `op`. */
async function roleKeys(RoleSessionName = 'ada', more: Record<string, string> = {}): Promise<Keys> {
  const user = await makeRole()
  const RoleArn = `arn:aws:iam::${authority.account}:role/op`
  return keysIn(await ask({ Action: 'AssumeRole', RoleArn, RoleSessionName, ...more }, { credentials: user }))
}

/** A sign-in token, as a broker asks for it. */
async function tokenOf({ accessKeyId, secretAccessKey, sessionToken }: Keys, more: Record<string, string> = {}) {
  const Session = JSON.stringify({ sessionId: accessKeyId, sessionKey: secretAccessKey, sessionToken })
  const body = new URLSearchParams({ Action: 'getSigninToken', Session, ...more })
  const response = await fetch(`${authority.url}/federation`, { method: 'POST', body })
  const { SigninToken } = (await response.json()) as { SigninToken: string }
  noteSecret('sign-in token', SigninToken)
  return SigninToken
}

const linkOf = (SigninToken: string, more: Record<string, string> = {}) =>
  `/federation?${new URLSearchParams({ Action: 'login', Issuer: 'https://broker.example', SigninToken, ...more })}`

/** Opens the link, and presses the button of the page. */
async function follow(link: string, person = visitor(authority)) {
  const page = await person.go(link)
  const fields = [...String(page.body).matchAll(/name="(\w+)" value="([^"]*)"/g)].map(([, name, value]) => [
    name!,
    value!,
  ])
  const form = new URLSearchParams(fields).toString()
  const reply = await person.go('/federation', form, { 'Content-Type': 'application/x-www-form-urlencoded' })
  // As the page does first of all: from here on it knows the form's token.
  if (reply.cookie !== null) await person.session()
  return { page, reply, person }
}

const sessionOfRole = (name = 'ada') => `arn:aws:sts::${authority.account}:assumed-role/op/${name}`

describe('a broker\u2019s link', () => {
  test('shows who one would be and signs nobody in; the button does', async () => {
    const token = await tokenOf(await roleKeys())
    const person = visitor(authority)
    const page = await person.go(linkOf(token))
    expect([page.status, page.cookie]).toEqual([200, null])
    expect(page.body).toContain(sessionOfRole())
    expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/)
    expect(await person.isSignedIn()).toBe(false)
    const { reply } = await follow(linkOf(token), person)
    expect([reply.status, reply.headers.get('location')]).toEqual([303, '/console/'])
    expect(reply.cookie).toMatch(/^countersign-console=[\w-]+; Path=\/console\/; HttpOnly; SameSite=Strict$/)
    expect((await person.session()).body).toMatchObject({
      signedIn: true,
      principal: { type: 'role', arn: sessionOfRole(), name: 'op/ada' },
      mfa: false,
    })
  })

  // Why: the link may lie in the history of a browser where somebody else signs in next.
  test('begins no second session after somebody else has signed in over the first', async () => {
    const token = await tokenOf(await roleKeys())
    const { person } = await follow(linkOf(token))
    await makePerson(authority, 'bob')
    expect((await person.signIn({ userName: 'bob' })).body.step).toBe('signed-in')
    expect((await follow(linkOf(token))).reply.cookie).toBeNull()
    expect(await lastDecision(authority)).toMatchObject({ evidence: ['the token was used before'] })
  })

  test('makes a session with what the role may do, named by the key of the session that it was made of', async () => {
    const keys = await roleKeys()
    const { person } = await follow(linkOf(await tokenOf(keys)))
    const login = { operation: 'ConsoleLogin', principal: sessionOfRole(), accessKeyId: keys.accessKeyId }
    expect(await lastDecision(authority)).toMatchObject(login)
    expect((await person.aws({ Action: 'ListUsers' })).status).toBe(200)
    expect(await lastDecision(authority)).toMatchObject({ principal: sessionOfRole(), accessKeyId: keys.accessKeyId })
    expect((await person.aws({ Action: 'CreateUser', UserName: 'x' })).status).toBe(403)
  })

  test('keeps the session policy, and the time of issue by which sessions are revoked', async () => {
    const keys = await roleKeys('ada', { Policy: policy('iam:ListRoles') })
    const { person } = await follow(linkOf(await tokenOf(keys)))
    expect((await person.aws({ Action: 'ListRoles' })).status).toBe(200)
    expect((await person.aws({ Action: 'ListUsers' })).status).toBe(403)
    // As AWS's console does by "Revoke active sessions".
    const statement = {
      Effect: 'Deny',
      Action: '*',
      Resource: '*',
      Condition: { DateLessThan: { 'aws:TokenIssueTime': new Date(Date.now() + 5_000).toISOString() } },
    }
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
    await ask({ Action: 'PutRolePolicy', RoleName: 'op', PolicyName: 'AWSRevokeOlderSessions', PolicyDocument })
    expect((await person.aws({ Action: 'ListRoles' })).status).toBe(403)
  })

  test('of GetFederationToken may call IAM in the console, as AWS says', async () => {
    const user = await makeRole()
    await ask({ Action: 'PutUserPolicy', UserName: 'ada', PolicyName: 'list', PolicyDocument: policy('iam:ListUsers') })
    const Policy = policy('iam:*')
    const keys = keysIn(await ask({ Action: 'GetFederationToken', Name: 'bob', Policy }, { credentials: user }))
    const { person } = await follow(linkOf(await tokenOf(keys)))
    expect((await person.session()).body.principal).toMatchObject({ type: 'federated', name: 'bob' })
    expect((await person.aws({ Action: 'ListUsers' })).status).toBe(200)
    expect((await person.aws({ Action: 'ListRoles' })).status).toBe(403)
    await ask({ Action: 'UpdateAccessKey', UserName: 'ada', AccessKeyId: user.accessKeyId, Status: 'Inactive' })
    expect(await person.isSignedIn()).toBe(false)
  })

  test('counts once, also when two use it at once, and after signing out', async () => {
    const link = linkOf(await tokenOf(await roleKeys()))
    const both = await Promise.all([follow(link), follow(link)])
    expect(both.map(({ reply }) => reply.status).sort()).toEqual([303, 400])
    const { person } = both.find(({ reply }) => reply.status === 303)!
    expect((await person.api('sign-out', {})).status).toBe(200)
    const again = await follow(link)
    expect([again.page.status, again.reply.cookie, await again.person.isSignedIn()]).toEqual([400, null, false])
    expect(await lastDecision(authority)).toMatchObject({ outcome: 'refused', reason: 'sign-in-token' })
  })

  test('has a quarter of an hour; the session lasts as long as was asked for', async () => {
    const keys = await roleKeys()
    const [one, two] = [await tokenOf(keys, { SessionDuration: '7200' }), await tokenOf(keys)]
    authority.clock({ offset: 901 })
    expect((await follow(linkOf(one))).page.status).toBe(400)
    authority.clock({ offset: 899 })
    const { person } = await follow(linkOf(two))
    for (const offset of [2_000, 3_590]) {
      authority.clock({ offset })
      expect((await person.aws({ Action: 'ListUsers' })).status).toBe(200)
    }
    authority.clock({ offset: 3_601 })
    expect(await person.isSignedIn()).toBe(false)
    authority.clock({})
    const long = await follow(linkOf(await tokenOf(keys, { SessionDuration: '7200' })))
    for (const offset of [3_000, 6_000, 7_190]) {
      authority.clock({ offset })
      expect((await long.person.aws({ Action: 'ListUsers' })).status).toBe(200)
    }
  })

  test('ends with its role', async () => {
    const { person } = await follow(linkOf(await tokenOf(await roleKeys())))
    await ask({ Action: 'DeleteRolePolicy', RoleName: 'op', PolicyName: 'p' })
    await ask({ Action: 'DeleteRole', RoleName: 'op' })
    expect(await person.isSignedIn()).toBe(false)
  })

  test('signs out everywhere only those of the same session name', async () => {
    const user = await makeRole()
    const RoleArn = `arn:aws:iam::${authority.account}:role/op`
    const as = async (RoleSessionName: string) => {
      const answer = await ask({ Action: 'AssumeRole', RoleArn, RoleSessionName }, { credentials: user })
      return (await follow(linkOf(await tokenOf(keysIn(answer))))).person
    }
    const [one, two, other] = [await as('ada'), await as('ada'), await as('bob')]
    expect((await one.api('sign-out-everywhere', {})).body.ended).toBe(2)
    expect([await one.isSignedIn(), await two.isSignedIn(), await other.isSignedIn()]).toEqual([false, false, true])
    expect((await other.api('password', { oldPassword: 'x', newPassword: 'y' })).body.reason).toBe('no-password')
  })

  test.each([
    ['/console/users?x=1#y', '/console/users?x=1#y'],
    ['SELF/console/roles', '/console/roles'],
    ['https://console.aws.amazon.com/iam', '/console/'],
    ['https://evil.example/console/', '/console/'],
    ['//evil.example/console/', '/console/'],
    ['/\\evil.example/console/', '/console/'],
    ['/console/../federation?Action=logout', '/console/'],
    ['/console/api/session', '/console/'],
    ['/console/%2e%2e/device', '/console/'],
    ['javascript:alert(1)//console/', '/console/'],
    ['/console/x\r\nSet-Cookie: a=b', '/console/xSet-Cookie:%20a=b'],
    ['', '/console/'],
  ])('leads nowhere but into the console: %j', async (Destination, location) => {
    const token = await tokenOf(await roleKeys())
    const { reply } = await follow(linkOf(token, { Destination: Destination.replace('SELF', authority.url) }))
    expect([reply.status, reply.headers.get('location')]).toEqual([303, location])
  })

  test('may be followed from another site, but nothing else may come from there', async () => {
    const token = await tokenOf(await roleKeys())
    const followed = { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document' }
    // Not by `fetch`, which has a Sec-Fetch-Mode of its own.
    const go = async (path: string, body: string | undefined, headers: Record<string, string>) => {
      const [name, query = ''] = path.split('?')
      const all = { Host: new URL(authority.url).host, 'Content-Type': 'application/x-www-form-urlencoded', ...headers }
      const method = body === undefined ? 'GET' : 'POST'
      return send(authority, { method, path: name!, query, headers: Object.entries(all), body: body ?? '' })
    }
    expect((await go(linkOf(token), undefined, followed)).status).toBe(200)
    const form = `Action=login&SigninToken=${token}`
    for (const headers of [
      followed,
      { ...followed, Origin: 'https://evil.example' },
      { Origin: 'null' },
      { Origin: 'https://evil.example' },
    ] as Record<string, string>[])
      expect((await go('/federation', form, headers)).status).toBe(403)
    for (const dest of ['iframe', 'image', 'empty', 'embed'])
      expect((await go(linkOf(token), undefined, { ...followed, 'Sec-Fetch-Dest': dest })).status).toBe(403)
    expect((await go(linkOf(token), undefined, { ...followed, 'Sec-Fetch-Mode': 'cors' })).status).toBe(403)
    for (const path of ['/federation?Action=logout', '/console/api/session', '/start', '/', '/_test/clock'])
      expect([path, (await go(path, undefined, followed)).status]).toEqual([path, 403])
    // Nothing of that has used the token up.
    expect((await follow(linkOf(token))).reply.status).toBe(303)
  })

  test('with a token of another authority, or a changed one, is none', async () => {
    const token = await tokenOf(await roleKeys())
    const other = await quickAuthority()
    onTestFinished(() => other.stop())
    expect((await visitor(other).go(linkOf(token))).status).toBe(400)
    const changed = token.slice(0, 30) + (token[30] === 'A' ? 'B' : 'A') + token.slice(31)
    for (const one of [changed, '', 'x', 'A'.repeat(12_000)])
      expect((await visitor(authority).go(linkOf(one))).status).toBe(400)
  })

  test('puts neither keys nor tokens into decisions', async () => {
    const keys = await roleKeys()
    const token = await tokenOf(keys)
    await follow(linkOf(token))
    const decisions = JSON.stringify(await authority.decisions({ limit: 100 }))
    for (const secret of [keys.secretAccessKey, keys.sessionToken, token])
      expect(decisions.includes(secret)).toBe(false)
  })
})

const hasBoto3 = process.env['CI'] !== undefined || spawnSync('python3', ['-c', 'import boto3']).status === 0

test.skipIf(!hasBoto3)('a broker in Python signs somebody in, as the IAM User Guide has it', async () => {
  // IAM User Guide, "Enabling custom identity broker access to the AWS console", the example in Python.
  const script = `
import json, sys, urllib.parse, urllib.request, boto3
endpoint, role = sys.argv[1:]
got = boto3.client('sts').assume_role(RoleArn=role, RoleSessionName='broker')['Credentials']
session = json.dumps({'sessionId': got['AccessKeyId'], 'sessionKey': got['SecretAccessKey'], 'sessionToken': got['SessionToken']})
query = '?Action=getSigninToken&SessionDuration=1800&Session=' + urllib.parse.quote_plus(session)
token = json.loads(urllib.request.urlopen(endpoint + query).read())['SigninToken']
print(endpoint + '?Action=login&Issuer=Example.org&Destination=' + urllib.parse.quote_plus('https://console.aws.amazon.com/')
      + '&SigninToken=' + token)
`
  const user = await makeRole()
  const home = mkdtempSync(join(tmpdir(), 'countersign-broker-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  const { stdout } = await promisify(execFile)(
    'python3',
    ['-c', script, `${authority.url}/federation`, `arn:aws:iam::${authority.account}:role/op`],
    {
      env: {
        PATH: process.env['PATH'],
        HOME: home,
        AWS_ENDPOINT_URL: authority.url,
        AWS_ACCESS_KEY_ID: user.accessKeyId,
        AWS_SECRET_ACCESS_KEY: user.secretAccessKey,
        AWS_DEFAULT_REGION: 'us-east-1',
        ...(process.env['PYENV_ROOT'] === undefined ? {} : { PYENV_ROOT: process.env['PYENV_ROOT'] }),
      },
    },
  )
  const { reply, person } = await follow(stdout.trim().slice(authority.url.length))
  expect([reply.status, reply.headers.get('location')]).toEqual([303, '/console/'])
  expect((await person.session()).body.principal.arn).toBe(sessionOfRole('broker'))
})

describe('in Chromium', () => {
  let browser: Browser | null = null
  beforeAll(async () => {
    try {
      // Not the package's own arguments: they switch the browser's rules off.
      const args = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage']
      browser = await driver.launch({ executablePath: await chromium.executablePath(), args, headless: true })
    } catch {
      // Libraries of the system that it needs are not there.
    }
  })
  afterAll(() => browser?.close())

  test('a page of another site leads to the button, and cannot press it', async ({ skip }) => {
    if (browser === null) return skip()
    const token = await tokenOf(await roleKeys())
    const link = authority.url + linkOf(token, { Destination: '/console/users' })
    const fields = `<input name="Action" value="login"><input name="SigninToken" value="${token}">`
    const pages: Record<string, string> = {
      '/link': `<a href="${link.replaceAll('&', '&amp;')}">To the console</a>`,
      '/post': `<form method="post" action="${authority.url}/federation">${fields}<button>Win</button></form>`,
    }
    const broker = createServer((request, response) => {
      response.setHeader('Content-Type', 'text/html')
      response.end(`<!doctype html><title>A broker</title>${pages[request.url ?? ''] ?? ''}`)
    }).listen(0, '127.0.0.1')
    onTestFinished(() => void broker.close())
    await once(broker, 'listening')
    // Another name is another site, unlike another port.
    const site = `http://localhost:${(broker.address() as AddressInfo).port}`
    const context = await browser.newContext()
    const page = await context.newPage()
    await page.goto(`${site}/post`)
    const [forged] = await Promise.all([
      page.waitForResponse(`${authority.url}/federation`),
      page.getByRole('button', { name: 'Win' }).click(),
    ])
    expect(forged.status()).toBe(403)
    expect(await context.cookies()).toEqual([])
    await page.goto(`${site}/link`)
    await page.getByRole('link', { name: 'To the console' }).click()
    await page.getByRole('heading', { name: 'Sign in to the console?' }).waitFor()
    expect(await context.cookies()).toEqual([])
    expect(await page.locator('main').textContent()).toContain(sessionOfRole())
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL(`${authority.url}/console/users`)
    const [cookie] = await context.cookies()
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/console/' })
    const session = await page.evaluate('fetch("/console/api/session").then((reply) => reply.json())')
    expect(session).toMatchObject({ signedIn: true, principal: { arn: sessionOfRole() } })
  })
})
