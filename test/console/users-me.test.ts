import jsqr from 'jsqr'
import { TOTP, URI } from 'otpauth'
import { PNG } from 'pngjs'
import { describe, expect, test } from 'vitest'
import { noteSecret } from '../setup.ts'
import { account, consoleFor, hasBrowser, look, password, signIn } from './console.ts'

const another = 'Wrong-Staple-7'
const email = 'root@example.com'

describe.runIf(hasBrowser)('my security credentials', () => {
  const console = consoleFor()

  // Why: who may do no more than AWS's documents let everybody do for themselves is the usual visitor of this page.
  test('are managed by a user who may manage nothing else, who chooses another password', async () => {
    noteSecret('password', another)
    await console.makePerson('olga', [])
    const own = `arn:aws:iam::${account}:user/\${aws:username}`
    const actions = ['iam:GetUser', 'iam:*AccessKey*', 'iam:*LoginProfile', 'iam:ListMFADevices', 'iam:ChangePassword']
    await console.aws('iam', 'PutUserPolicy', {
      UserName: 'olga',
      PolicyName: 'myself',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: actions, Resource: own }],
      }),
    })
    const page = await console.signedIn('olga', '/me')
    await page.getByRole('button', { name: 'Create access key' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Create access key' }).click()
    await page.getByRole('dialog', { name: 'Retrieve access key' }).getByRole('button', { name: 'Done' }).click()
    const key = (await console.aws('iam', 'ListAccessKeys', { UserName: 'olga' })).text('AccessKeyId')
    await page.getByRole('region', { name: `Access key ${key}` }).waitFor()

    await page.getByRole('button', { name: 'Change password' }).click()
    const dialog = page.getByRole('dialog', { name: 'Change password' })
    const change = async (old: string, chosen: string) => {
      await dialog.getByLabel('Current password').fill(old)
      await dialog.getByLabel('New password', { exact: true }).fill(chosen)
      await dialog.getByLabel('Confirm new password').fill(chosen)
      await dialog.getByRole('button', { name: 'Change password' }).click()
    }
    await change(another, another)
    await dialog.getByText('The present password is not right.').waitFor()
    await change(password, 'short')
    await dialog.getByText('This password cannot be taken.').waitFor()
    await look(page, 'me-change-password')
    await change(password, another)
    await dialog.waitFor({ state: 'detached' })
    // It is another session now; the page goes on with it.
    await page.getByRole('button', { name: `Actions for ${key}` }).click()
    await page.getByRole('menuitem', { name: 'Deactivate' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Deactivate' }).click()
    await page.getByText('Inactive', { exact: true }).waitFor()
    const again = await console.visit()
    await again.goto(`${console.authority.url}/console/me`)
    await signIn(again, 'olga', another)
  }, 120_000)

  test('take a device, go on with it, ask for its code at the next sign-in, and tell how to use it on the command line', async () => {
    await console.makePerson('piotr')
    const page = await console.signedIn('piotr', '/me')
    await page.getByRole('button', { name: 'Assign MFA device' }).click()
    await page.getByLabel('Device name').fill('phone-of-piotr')
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: 'Set up device' })
    await dialog.getByRole('button', { name: 'Show secret key' }).click()
    const device = new TOTP({ secret: (await dialog.locator('span.mono').textContent()) ?? '' })
    await page.getByLabel('MFA code 1').fill(device.generate({ timestamp: Date.now() }))
    await page.getByLabel('MFA code 2').fill(device.generate({ timestamp: Date.now() + 30_000 }))
    await page.keyboard.press('Enter')
    const serial = `arn:aws:iam::${account}:mfa/phone-of-piotr`
    const command = `aws sts get-session-token --serial-number ${serial} --token-code 123456`
    await page.getByText(`${command} --endpoint-url ${console.authority.url}`).waitFor()
    await page.getByText('Without MFA', { exact: true }).waitFor()
    await look(page, 'me')
    // From now on the password is not enough.
    const again = await console.visit()
    await again.goto(`${console.authority.url}/console/me`)
    await again.getByLabel('Account ID or alias').fill(account)
    await again.getByLabel('User name').fill('piotr')
    await again.getByLabel('Password', { exact: true }).fill(password)
    await again.getByRole('button', { name: 'Sign in', exact: true }).click()
    console.authority.clock({ offset: 90 })
    await again.getByLabel('MFA code').fill(device.generate({ timestamp: Date.now() + 90_000 }))
    await again.keyboard.press('Enter')
    await again.getByText('With MFA', { exact: true }).waitFor()
    console.authority.clock({})
  }, 120_000)

  test('let root register a device and goes on, without a new sign-in', async () => {
    const page = await console.visit()
    await page.goto(console.authority.firstSignInLink!)
    await page.getByLabel('Root user email address').fill(email)
    await page.getByLabel('New password').fill(password)
    await page.getByLabel('The same again').fill(password)
    await page.getByRole('button', { name: 'Set password and sign in' }).click()
    // Not before the session is there: going on would break off what begins it.
    await page.getByRole('heading', { name: 'Dashboard', level: 1 }).waitFor()
    await page.goto(`${console.authority.url}/console/me`)
    await page.getByText('Root can do everything').waitFor()
    await page.getByRole('button', { name: 'Assign MFA device' }).click()
    await page.getByLabel('Device name').fill('root-account-mfa-device')
    await page.getByRole('button', { name: 'Next' }).click()
    const picture = page.getByRole('img', { name: 'QR code for the authenticator app' })
    await picture.waitFor()
    const { data, width, height } = PNG.sync.read(await picture.screenshot())
    const read = (jsqr as unknown as typeof jsqr.default)(new Uint8ClampedArray(data), width, height)
    const device = URI.parse(read?.data ?? '') as TOTP
    noteSecret('seed', device.secret.base32)
    await page.getByLabel('MFA code 1').fill(device.generate({ timestamp: Date.now() }))
    await page.getByLabel('MFA code 2').fill(device.generate({ timestamp: Date.now() + 30_000 }))
    await page.getByRole('button', { name: 'Add MFA' }).click()
    await page.getByRole('radio', { name: ':mfa/root-account-mfa-device' }).waitFor()
    await look(page, 'me-root')
    // Five minutes fast, until two of its codes say so.
    await page.getByRole('radio', { name: ':mfa/root-account-mfa-device' }).click()
    await page.getByRole('button', { name: 'Resync' }).click()
    await page.getByLabel('MFA code 1').fill(device.generate({ timestamp: Date.now() + 300_000 }))
    await page.getByLabel('MFA code 2').fill(device.generate({ timestamp: Date.now() + 330_000 }))
    await page.getByRole('dialog').getByRole('button', { name: 'Resync' }).click()
    await page.getByText('The MFA device is in step again.').waitFor()
    const summary = await console.aws('iam', 'GetAccountSummary')
    expect(summary.body).toMatch(/AccountMFAEnabled<\/key>\s*<value>1</)
  }, 120_000)
})
