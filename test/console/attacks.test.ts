import { once } from 'node:events'
import { createServer, request as send } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { certificateOf, metadataOf } from '../authority/saml.ts'
import { account, consoleFor, hasBrowser, look, password, signIn } from './console.ts'

/** Runs where somebody takes a text for HTML, and where somebody takes one for an address. */
const markup = '<img src=x onerror="window.pwned=1">"\'><script>window.pwned=2</script>'
const script = 'javascript:window.pwned=3'

describe.runIf(hasBrowser)('whoever means ill', () => {
  const console = consoleFor()

  test('cannot act by a page on another port, for all that the browser sends the cookie along', async () => {
    const { authority } = console
    const mine = await console.signedIn('admin', '/explain')
    // Ports do not count for SameSite: this page is of the same site, and of another origin.
    const evil = await serve((path) => evilPages(authority.url)[path])
    const page = await mine.context().newPage()

    for (const path of ['/form', '/plain', '/sign-out']) {
      await page.goto(`${evil}${path}`)
      const answered = page.waitForResponse((response) => response.url().startsWith(authority.url))
      await page.getByRole('button').click()
      expect([path, (await answered).status()]).toEqual([path, 403])
    }
    await page.goto(`${evil}/script`)
    await expect.poll(() => page.title(), { timeout: 10_000 }).not.toBe('')
    // Nothing of it can be read, and what would change something is refused.
    expect(JSON.parse(await page.title())).toEqual(
      Array.from({ length: 6 }, () => 'TypeError').map((failed, place) => (place < 2 ? 'opaque' : failed)),
    )
    await page.goto(`${evil}/frame`)
    await page.getByText('around').waitFor()
    expect(page.frames().length).toBeGreaterThan(1)
    for (const frame of page.frames().slice(1)) expect(await frame.locator('#console').count()).toBe(0)
    for (const name of ['form', 'plain', 'script', 'json'])
      await expect(console.aws('iam', 'GetUser', { UserName: `evil-${name}` })).rejects.toThrow(/NoSuchEntity/)
    // Nobody was signed out, or in as somebody else.
    expect(await mine.evaluate(sessionName)).toBe('admin')
    // A link leads in, as any link does.
    await page.goto(`${evil}/link`)
    await page.getByRole('link').click()
    await page.getByRole('heading', { name: /^Users/ }).waitFor()
    await page.context().close()
  })

  test('needs the token of this very session, from wherever it asks', async () => {
    const page = await console.signedIn('admin', '/explain')
    const other = await console.signedIn('admin', '/explain')
    const foreign = await other.evaluate<string>(
      `fetch('/console/api/session').then((one) => one.json()).then((one) => one.formToken)`,
    )
    const own = await page.evaluate<string>(
      `fetch('/console/api/session').then((one) => one.json()).then((one) => one.formToken)`,
    )
    expect(own).not.toBe(foreign)
    const create = (token: string | null) =>
      page.evaluate<number>(`fetch('/console/api/aws', {
        method: 'POST',
        headers: {
          'Content-Type': 'application/x-www-form-urlencoded',
          ...(${JSON.stringify(token)} === null ? {} : { 'X-CSRF-Token': ${JSON.stringify(token)} }),
        },
        body: 'Action=CreateUser&Version=2010-05-08&UserName=token-user',
      }).then(({ status }) => status)`)
    for (const token of [null, '', foreign, own.slice(1), `${own}x`]) expect(await create(token)).toBe(403)
    await expect(console.aws('iam', 'GetUser', { UserName: 'token-user' })).rejects.toThrow(/NoSuchEntity/)
    expect(await create(own)).toBe(200)
  })

  test('gets no markup to run, on any page, in whatever can be named, described or sent', async () => {
    await fillWithMarkup()
    const page = await console.signedIn('admin', '/')
    await page.getByRole('heading', { name: 'Dashboard' }).waitFor()
    const seen = await walk(page)
    // The walk has been where the texts are, and they stood there as they are.
    for (const [path, text] of [
      ['/users/mallory', '/<img/src=x/onerror=window.pwned=1>/'],
      ['/users/mallory', script],
      ['/groups/malice', '/<img/src=x/onerror=window.pwned=1>/'],
      ['/roles/evil', markup],
      ['/policies/', markup],
      ['/providers/', markup],
      ['/providers/', script],
      ['/decisions/', markup],
    ] as const) {
      const there = [...seen].some(([one, read]) => one.startsWith(`/console${path}`) && read.includes(text))
      expect([path, text, there]).toEqual([path, text, true])
    }
    await page.goto(`${console.authority.url}/console/explain`)
    const box = page.getByRole('textbox').first()
    const told = `User: ${markup} is not authorized to perform: iam:GetUser on resource: ${script}`
    await box.fill(`An error occurred (AccessDenied) when calling the GetUser operation: ${told}`)
    await page.getByRole('heading', { name: /AccessDenied/ }).waitFor()
    await harmless(page, 'explain')
  }, 120_000)

  test('is told when somebody else was faster, and loses nothing of what was typed', async () => {
    await console.aws('iam', 'CreateUser', { UserName: 'alice' })
    const first = await console.signedIn('admin', '/users/alice')
    const second = await console.signedIn('admin', '/users/alice')
    for (const page of [first, second]) {
      await page.getByRole('heading', { name: 'alice', level: 1 }).waitFor()
      await page.getByRole('button', { name: 'Rename or move' }).click()
    }
    await first.getByRole('dialog').getByLabel('User name').fill('alicia')
    await second.getByRole('dialog').getByLabel('User name').fill('alison')
    await first.getByRole('dialog').getByRole('button', { name: 'Save changes' }).click()
    await first.getByRole('heading', { name: 'alicia', level: 1 }).waitFor()
    const dialog = second.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Save changes' }).click()
    await dialog.getByText('The user with name alice cannot be found.').waitFor()
    expect(await dialog.getByLabel('User name').inputValue()).toBe('alison')
    expect((await console.aws('iam', 'GetUser', { UserName: 'alicia' })).text('UserName')).toBe('alicia')

    // The session of one browser ends, and the other one works on.
    await first.evaluate(signOut)
    await second.reload()
    await second
      .getByText(/cannot be found/)
      .first()
      .waitFor()
    await first
      .getByRole('navigation', { name: 'Side navigation' })
      .getByRole('link', { name: 'Users', exact: true })
      .click()
    await first.getByText('Your session has ended').waitFor()
    await signIn(first, 'admin')
    await first.getByRole('link', { name: 'alicia', exact: true }).waitFor()
  })

  test('finds the page that says so where there is none', async () => {
    const page = await console.signedIn('admin', '/no/such/<b>page</b>')
    await page.getByRole('heading', { name: /not found|no such page/i }).waitFor()
    await harmless(page, 'not-found')
    await look(page, 'not-found')
  })

  async function fillWithMarkup(): Promise<void> {
    const { authority } = console
    const Path = '/<img/src=x/onerror=window.pwned=1>/'
    await console.aws('iam', 'CreateUser', { UserName: 'mallory', Path })
    await console.aws('iam', 'CreateLoginProfile', { UserName: 'mallory', Password: password })
    await console.aws('iam', 'CreateGroup', { GroupName: 'malice', Path })
    await console.aws('iam', 'AddUserToGroup', { GroupName: 'malice', UserName: 'mallory' })
    const value = 'javascript:window.pwned=3'
    await console.aws('iam', 'TagUser', {
      ...{ UserName: 'mallory', 'Tags.member.1.Key': 'javascript:pwned', 'Tags.member.1.Value': value },
    })
    const allow = { Effect: 'Allow', Action: `s3:${markup}`, Resource: `arn:aws:s3:::${markup}` }
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [{ ...allow, Action: 's3:Get*' }] })
    await console.aws('iam', 'CreatePolicy', { PolicyName: 'evil', Description: markup, PolicyDocument })
    await console.aws('iam', 'PutUserPolicy', { UserName: 'mallory', PolicyName: 'javascript', PolicyDocument })
    const trust = { Effect: 'Allow', Principal: { AWS: account }, Action: 'sts:AssumeRole' }
    const evilTrust = { ...trust, Condition: { StringEquals: { 'aws:UserAgent': markup } } }
    const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [trust, evilTrust] })
    const Description = markup
    await console.aws('iam', 'CreateRole', { RoleName: 'evil', Path, Description, AssumeRolePolicyDocument })
    const SAMLMetadataDocument = metadataOf(
      certificateOf(),
      'javascript:window.pwned=3&lt;script>window.pwned=2&lt;/script>',
    )
    await console.aws('iam', 'CreateSAMLProvider', { Name: 'evil', SAMLMetadataDocument })
    await console.aws('iam', 'CreateOpenIDConnectProvider', {
      ...{ Url: 'https://idp.example.com', 'ClientIDList.member.1': markup, 'ClientIDList.member.2': script },
      'ThumbprintList.member.1': 'a'.repeat(40),
    })
    // Anybody at all may send these.
    const credential = `AWS4-HMAC-SHA256 Credential=${markup}/20261128/${script}/iam/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`
    for (const [body, authorization] of [
      [`Action=${encodeURIComponent(markup)}&Version=2010-05-08`, null],
      [`Action=GetUser&Version=2010-05-08&UserName=${encodeURIComponent(markup)}`, credential],
      ['Action=GetCallerIdentity&Version=2011-06-15', `Bearer ${markup}`],
    ] as const)
      await sendAs(authority.url, body, markup, authorization)
    const key = await console.aws('iam', 'CreateAccessKey', { UserName: 'mallory' })
    const mallory = { accessKeyId: key.text('AccessKeyId'), secretAccessKey: key.text('SecretAccessKey') }
    await console.aws('sts', 'GetSessionToken', {}, mallory)
    await expect(console.aws('iam', 'GetUser', { UserName: 'evil<' }, mallory)).rejects.toThrow()
    await expect(
      console.aws('iam', 'CreateRole', { RoleName: 'x', Description: markup, AssumeRolePolicyDocument }, mallory),
    ).rejects.toThrow(/AccessDenied/)
  }
})

const sessionName = `fetch('/console/api/session').then((one) => one.json()).then((one) => one.principal.name)`

const signOut = `fetch('/console/api/session').then((one) => one.json()).then(({ formToken }) =>
  fetch('/console/api/sign-out', { method: 'POST', headers: { 'X-CSRF-Token': formToken } }))`

/** Follows every link inside of the console, and opens every tab; gives what was to be read there. */
async function walk(page: Page): Promise<ReadonlyMap<string, string>> {
  const seen = new Map<string, string>()
  // The decisions first: what the walk itself asks for stands above them later.
  const left = ['/console/decisions', new URL(page.url()).pathname]
  const quiet = quietness(page)
  while (left.length > 0 && seen.size < 60) {
    const path = left.shift()!
    // A few of each kind are enough, and AWS's own policies are no text of anybody's.
    const kind = path.split('/').slice(0, 3).join('/')
    const many = [...seen.keys()].filter((one) => one.startsWith(`${kind}/`)).length
    if (seen.has(path) || many >= 5 || /aws%3Aiam%3A%3Aaws|aws:iam::aws/.test(path)) continue
    seen.set(path, '')
    await page.goto(new URL(path, page.url()).href)
    await page.locator('#top').waitFor()
    const read = async () => {
      await quiet()
      await harmless(page, path)
      seen.set(path, `${seen.get(path)}${await page.evaluate<string>('document.body.innerText')}`)
    }
    await read()
    for (const tab of await page.getByRole('tab').all()) {
      await tab.click()
      await read()
    }
    const links = await page.evaluate<readonly string[]>(
      `[...document.querySelectorAll('a[href^="/console/"]')].map((link) => new URL(link.href).pathname)`,
    )
    left.push(...links)
  }
  return seen
}

/** Waits until nothing is asked for any more; the live list of decisions never ends. */
function quietness(page: Page): () => Promise<void> {
  const open = new Set<unknown>()
  page.on('request', (request) => {
    if (request.resourceType() !== 'eventsource') open.add(request)
  })
  page.on('requestfinished', (request) => open.delete(request))
  page.on('requestfailed', (request) => open.delete(request))
  const frames = `(async () => { for (let i = 0; i < 3; i++) await new Promise((resolve) => requestAnimationFrame(resolve)) })()`
  return async () => {
    // What came last may ask for more when it is shown.
    for (let calm = 0; calm < 2; calm = open.size === 0 ? calm + 1 : 0) await page.evaluate(frames)
  }
}

async function harmless(page: Page, where: string): Promise<void> {
  const found = await page.evaluate(`({
    ran: window.pwned ?? null,
    links: [...document.querySelectorAll('[href], [src], [action]')]
      .map((one) => new URL(one.getAttribute('href') ?? one.getAttribute('src') ?? one.getAttribute('action'), location.href))
      .filter(({ protocol, origin, pathname }) => protocol !== 'data:' && !(origin === location.origin && pathname.startsWith('/console/')))
      .map(String),
    images: document.querySelectorAll('img[src="x"], img[onerror]').length,
  })`)
  expect({ where, ...(found as object) }).toEqual({ where, ran: null, links: [], images: 0 })
}

/** A server of somebody else, on a port of its own. */
async function serve(page: (path: string) => string | undefined): Promise<string> {
  const server = createServer((request, response) => {
    response.setHeader('Content-Type', 'text/html')
    response.end(`<!doctype html><meta charset="utf-8">${page(request.url ?? '') ?? ''}`)
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function evilPages(url: string): Readonly<Record<string, string>> {
  const create = (name: string) => `Action=CreateUser&Version=2010-05-08&UserName=evil-${name}`
  return {
    '/form': `<form method="post" action="${url}/console/api/aws">
      <input name="Action" value="CreateUser"><input name="Version" value="2010-05-08"><input name="UserName" value="evil-form">
      <button>Win</button></form>`,
    '/plain': `<form method="post" enctype="text/plain" action="${url}/console/api/sign-in">
      <input name='{"email":"root@example.com","password":"x","a":"' value='"}'><button>Win</button></form>`,
    '/sign-out': `<form method="post" action="${url}/console/api/sign-out"><button>Win</button></form>`,
    '/script': `<script>
      const api = '${url}/console/api/'
      const told = async (ask) => { try { const one = await ask; return one.type } catch (error) { return error.name } }
      const urlencoded = { 'Content-Type': 'application/x-www-form-urlencoded' }
      const body = '${create('script')}'
      Promise.all([
        told(fetch(api + 'aws', { method: 'POST', mode: 'no-cors', credentials: 'include', headers: urlencoded, body })),
        told(fetch(api + 'session', { mode: 'no-cors', credentials: 'include' })),
        told(fetch(api + 'session', { credentials: 'include' })),
        told(fetch(api + 'aws', { method: 'POST', credentials: 'include', headers: urlencoded, body })),
        told(fetch(api + 'aws', { method: 'POST', credentials: 'include', headers: { ...urlencoded, 'X-CSRF-Token': 'x' }, body })),
        told(new Promise((_, no) => { new EventSource(api + 'decisions/stream', { withCredentials: true }).onerror = () => no(new TypeError()) })),
      ]).then((all) => { document.title = JSON.stringify(all) })
    </script>`,
    '/frame': `around<iframe src="${url}/console/"></iframe><iframe src="${url}/console/users"></iframe><object data="${url}/console/"></object>`,
    '/link': `<a href="${url}/console/users">In</a>`,
  }
}

function sendAs(url: string, body: string, userAgent: string, authorization: string | null): Promise<void> {
  const headers = {
    'Content-Type': 'application/x-www-form-urlencoded',
    'User-Agent': userAgent,
    Referer: script,
    ...(authorization === null ? {} : { Authorization: authorization }),
  }
  return new Promise((resolve, reject) => {
    const sent = send(url, { method: 'POST', headers }, (response) => {
      response.resume()
      response.on('end', resolve)
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
