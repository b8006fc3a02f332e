import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { TOTP } from 'otpauth'
import { describe, expect, onTestFinished, test } from 'vitest'
import { account, consoleFor, hasBrowser, look, password, signIn } from './console.ts'

const hasBoto3 = process.env['CI'] !== undefined || spawnSync('python3', ['-c', 'import boto3']).status === 0

/** IAM User Guide, "Enabling custom identity broker access to the AWS console", the example in Python. */
const broker = `
import json, sys, urllib.parse, urllib.request, boto3
endpoint = sys.argv[1]
role = 'arn:aws:iam::${account}:role/reader'
got = boto3.client('sts').assume_role(RoleArn=role, RoleSessionName='broker')['Credentials']
session = json.dumps({'sessionId': got['AccessKeyId'], 'sessionKey': got['SecretAccessKey'], 'sessionToken': got['SessionToken']})
query = '?Action=getSigninToken&SessionDuration=1800&Session=' + urllib.parse.quote_plus(session)
token = json.loads(urllib.request.urlopen(endpoint + query).read())['SigninToken']
print(endpoint + '?Action=login&Issuer=Example.org&Destination=' + urllib.parse.quote_plus('https://console.aws.amazon.com/')
      + '&SigninToken=' + token)
`

describe.runIf(hasBrowser)('signing in', () => {
  const console = consoleFor()

  test('brings the page that was asked for, and a reload keeps who is signed in', async () => {
    const page = await console.visit()
    await page.goto(`${console.authority.url}/console/users`)
    await page.getByRole('heading', { name: 'Sign in as IAM user' }).waitFor()
    await look(page, 'sign-in')
    await signIn(page, 'admin')
    await page.getByRole('heading', { name: /^Users/ }).waitFor()
    await page.reload()
    await page.getByRole('heading', { name: /^Users/ }).waitFor()
    const [cookie] = await page.context().cookies()
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' })
    // Nothing of it is within reach of a script.
    expect(
      await page.evaluate('document.cookie + JSON.stringify({ ...localStorage, ...sessionStorage })'),
    ).not.toContain(cookie!.value.slice(0, 20))
  })

  test('says the same of an unknown name and of a wrong password, and works by keyboard alone', async () => {
    const page = await console.visit()
    const said: (string | null)[] = []
    for (const [name, secret] of [
      ['nobody', password],
      ['admin', 'Wrong-Horse-1'],
    ] as const) {
      await page.goto(`${console.authority.url}/console/`)
      await page.getByLabel('Account ID or alias').waitFor()
      await page.getByLabel('Account ID or alias').focus()
      await page.keyboard.type(account)
      await page.keyboard.press('Tab')
      await page.keyboard.type(name)
      await page.keyboard.press('Tab')
      await page.keyboard.type(secret)
      await page.keyboard.press('Enter')
      const alert = page.getByText('is not right')
      await alert.waitFor()
      said.push(await alert.textContent())
    }
    expect(said[0]).toBe(said[1])
    await look(page, 'sign-in-refused')
  })

  test('asks for the code of an MFA device, and for another password where one has to be chosen', async () => {
    await console.makePerson('carol', [])
    await console.aws('iam', 'UpdateLoginProfile', { UserName: 'carol', PasswordResetRequired: 'true' })
    const device = await console.aws('iam', 'CreateVirtualMFADevice', { VirtualMFADeviceName: 'carol' })
    const secret = Buffer.from(device.text('Base32StringSeed'), 'base64').toString()
    const code = (at: number) => new TOTP({ secret }).generate({ timestamp: at })
    const now = Date.now()
    const serial = device.text('SerialNumber')
    await console.aws('iam', 'EnableMFADevice', {
      UserName: 'carol',
      SerialNumber: serial,
      AuthenticationCode1: code(now - 30_000),
      AuthenticationCode2: code(now),
    })
    const page = await console.visit()
    await page.goto(`${console.authority.url}/console/`)
    await page.getByLabel('Account ID or alias').fill(account)
    await page.getByLabel('User name').fill('carol')
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.getByLabel('MFA code').waitFor()
    await look(page, 'sign-in-mfa')
    await page.getByLabel('MFA code').fill('000000')
    await page.keyboard.press('Enter')
    await page.getByText('The code is not right').waitFor()
    onTestFinished(() => void console.authority.clock({}))
    await console.authority.clock({ offset: 60 })
    await page.getByLabel('MFA code').fill(code(now + 60_000))
    await page.keyboard.press('Enter')
    await page.getByLabel('New password').waitFor()
    await look(page, 'sign-in-new-password')
    await page.getByLabel('New password').fill('short')
    await page.getByLabel('The same again').fill('short')
    await page.keyboard.press('Enter')
    await page.getByText('cannot be taken').first().waitFor()
    await page.getByLabel('New password').fill('Another-Horse-10')
    await page.getByLabel('The same again').fill('Another-Horse-10')
    await page.keyboard.press('Enter')
    await page.locator('#top').waitFor()
  })

  test('begins with the link that the operator is given: root sets its password, once', async () => {
    const link = console.authority.firstSignInLink!
    const page = await console.visit()
    await page.goto(link)
    await page.getByLabel('Root user email address').fill('root@example.com')
    await page.getByLabel('New password').fill(password)
    await page.getByLabel('The same again').fill(password)
    await look(page, 'first-sign-in')
    await page.getByRole('button', { name: 'Set password and sign in' }).click()
    await page.getByRole('heading', { name: 'Dashboard' }).waitFor()
    expect(console.authority.firstSignInLink).toBeNull()
    const other = await console.visit()
    await other.goto(`${console.authority.url}/console/`)
    await other.getByRole('button', { name: 'Sign in using root user email' }).click()
    await other.getByLabel('Root user email address').fill('root@example.com')
    await other.getByLabel('Password', { exact: true }).fill(password)
    await other.getByRole('button', { name: 'Sign in', exact: true }).click()
    await other.locator('#top').waitFor()
    // Signing out in one browser leaves the other one; everywhere means everywhere.
    await other.getByRole('button', { name: /root@example.com/ }).click()
    await other.getByRole('menuitem', { name: 'Sign out everywhere' }).click()
    await other.getByRole('heading', { name: 'Sign in as IAM user' }).waitFor()
    await page.reload()
    await page.getByRole('heading', { name: 'Sign in as IAM user' }).waitFor()
  })

  test('ends when nothing was done for an hour, and the next click says so', async () => {
    // A page that asks for nothing by itself.
    const page = await console.signedIn('admin', '/explain')
    await page.getByRole('heading', { name: 'Explain an error' }).waitFor()
    onTestFinished(() => void console.authority.clock({}))
    await console.authority.clock({ offset: 3_700 })
    const pages = page.getByRole('navigation', { name: 'Side navigation' })
    await pages.getByRole('link', { name: 'Users', exact: true }).click()
    await page.getByText('Your session has ended').waitFor()
    await look(page, 'session-ended')
    // Whoever comes back stands where the click led.
    await signIn(page, 'admin')
    await page.getByRole('heading', { name: /^Users/ }).waitFor()
  })

  test('slows guessing down, and says for how long', async () => {
    await console.makePerson('guessed', [])
    const page = await console.visit()
    await page.goto(`${console.authority.url}/console/`)
    await page.getByLabel('Account ID or alias').fill(account)
    await page.getByLabel('User name').fill('guessed')
    await page.getByLabel('Password', { exact: true }).fill('Wrong-Horse-1')
    const button = page.getByRole('button', { name: 'Sign in', exact: true })
    for (let guess = 0; guess < 11; guess++) {
      const answered = page.waitForResponse((response) => response.url().endsWith('/console/api/sign-in'))
      await button.click()
      await answered
    }
    await page.getByText(/Too many wrong tries\. Try again in 1 second\./).waitFor()
    // The right one has to wait as well, and is right after that.
    onTestFinished(() => void console.authority.clock({}))
    await console.authority.clock({ offset: 2 })
    await page.getByLabel('Password', { exact: true }).fill(password)
    await button.click()
    await page.locator('#top').waitFor()
  })

  test.skipIf(!hasBoto3)('takes the link of a broker, and opens the console as its role', async () => {
    const { authority } = console
    const trust = { Effect: 'Allow', Principal: { AWS: authority.account }, Action: 'sts:AssumeRole' }
    const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [trust] })
    await console.aws('iam', 'CreateRole', { RoleName: 'reader', AssumeRolePolicyDocument })
    const PolicyArn = 'arn:aws:iam::aws:policy/IAMReadOnlyAccess'
    await console.aws('iam', 'AttachRolePolicy', { RoleName: 'reader', PolicyArn })
    const key = await console.aws('iam', 'CreateAccessKey', { UserName: 'admin' })
    const home = mkdtempSync(join(tmpdir(), 'countersign-broker-'))
    onTestFinished(() => rmSync(home, { recursive: true, force: true }))
    const { stdout } = await promisify(execFile)('python3', ['-c', broker, `${authority.url}/federation`], {
      env: {
        PATH: process.env['PATH'],
        HOME: home,
        AWS_ENDPOINT_URL: authority.url,
        AWS_ACCESS_KEY_ID: key.text('AccessKeyId'),
        AWS_SECRET_ACCESS_KEY: key.text('SecretAccessKey'),
        AWS_DEFAULT_REGION: 'us-east-1',
        ...(process.env['PYENV_ROOT'] === undefined ? {} : { PYENV_ROOT: process.env['PYENV_ROOT'] }),
      },
    })
    const page = await console.visit()
    await page.goto(stdout.trim())
    await page.getByText('assumed-role/reader/broker').waitFor()
    await look(page, 'sign-in-by-link')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.locator('#top').waitFor()
    await page.getByRole('button', { name: 'reader/broker' }).waitFor()
    await page.goto(`${authority.url}/console/users`)
    await page.getByRole('link', { name: 'admin', exact: true }).waitFor()
  })
})
