import { readFileSync } from 'node:fs'
import jsqr from 'jsqr'
import { TOTP, URI } from 'otpauth'
import type { Locator } from 'playwright-core'
import { PNG } from 'pngjs'
import { describe, expect, test } from 'vitest'
import { hasCli } from '../authority/programs.ts'
import { noteSecret } from '../setup.ts'
import { awsCli } from './aws-cli.ts'
import { account, type Console, consoleFor, hasBrowser, look, signIn } from './console.ts'

const credentials = '?tab=security-credentials'

describe.runIf(hasBrowser)('the security credentials of a user', () => {
  const console = consoleFor()
  const cli = awsCli(() => console.authority.url)

  async function userWithKey(name: string) {
    await console.aws('iam', 'CreateUser', { UserName: name })
    const key = await console.aws('iam', 'CreateAccessKey', { UserName: name })
    return { accessKeyId: key.text('AccessKeyId'), secretAccessKey: key.text('SecretAccessKey') }
  }

  // Why: the first thing that the seeds tell people to do.
  test.runIf(hasCli)(
    'switch an inactive key on, and the same command of the AWS CLI works',
    async () => {
      const keys = await userWithKey('alice')
      await console.aws('iam', 'UpdateAccessKey', {
        UserName: 'alice',
        AccessKeyId: keys.accessKeyId,
        Status: 'Inactive',
      })
      expect(await cli(keys, 'sts', 'get-caller-identity')).toContain('(InvalidClientTokenId)')

      const page = await console.signedIn('admin', '/users')
      await page.getByRole('link', { name: 'alice', exact: true }).click()
      await page.getByRole('tab', { name: 'Security credentials' }).click()
      const key = page.getByRole('region', { name: `Access key ${keys.accessKeyId}` })
      await key.getByText('Inactive').waitFor()
      await look(page, 'user-credentials')
      await key.getByRole('button', { name: `Actions for ${keys.accessKeyId}` }).click()
      await page.getByRole('menuitem', { name: 'Activate' }).click()
      await key.getByText('Active', { exact: true }).waitFor()

      expect(await cli(keys, 'sts', 'get-caller-identity')).toMatchObject({
        Arn: `arn:aws:iam::${account}:user/alice`,
      })
    },
    90_000,
  )

  // Why: the second thing; without the device's ARN and its codes there is no session.
  test.runIf(hasCli)(
    'register a device by the QR code on the screen, and its codes begin a session',
    async () => {
      const keys = await userWithKey('bob')
      const page = await console.signedIn('admin', `/users/bob${credentials}`)
      await page.getByRole('button', { name: 'Assign MFA device' }).click()
      await page.getByLabel('Device name').fill('phone-of-bob')
      await page.getByRole('button', { name: 'Next' }).click()
      const picture = page.getByRole('img', { name: 'QR code for the authenticator app' })
      await picture.waitFor()
      await look(page, 'user-assign-mfa')
      const device = await readQrCode(picture)

      await page.getByLabel('MFA code 1').fill('12 34 56')
      await page.getByLabel('MFA code 2').fill('654321')
      await page.getByRole('button', { name: 'Add MFA' }).click()
      await page.getByText('InvalidAuthenticationCode').waitFor()

      await page.getByLabel('MFA code 1').fill(device.generate({ timestamp: Date.now() }))
      await page.getByLabel('MFA code 2').fill(device.generate({ timestamp: Date.now() + 30_000 }))
      await page.getByRole('button', { name: 'Add MFA' }).click()
      const serial = `arn:aws:iam::${account}:mfa/phone-of-bob`
      await page.getByRole('row', { name: serial }).waitFor()

      // A code is good for once: the next one is needed, without waiting for it.
      console.authority.clock({ offset: 90 })
      const session = await cli(
        keys,
        ...['sts', 'get-session-token', '--serial-number', serial],
        ...['--token-code', device.generate({ timestamp: Date.now() + 90_000 })],
      )
      console.authority.clock({ offset: 0 })
      expect(session).toMatchObject({ Credentials: { AccessKeyId: expect.stringMatching(/^ASIA/) } })
    },
    90_000,
  )

  // Why: a device that was begun and left would keep its name and a seed that nobody has.
  test('leave no device behind when the wizard is cancelled, and clear away what an older one left', async () => {
    await console.aws('iam', 'CreateUser', { UserName: 'carol' })
    const page = await console.signedIn('admin', `/users/carol${credentials}`)
    const devices = async () => (await console.aws('iam', 'ListVirtualMFADevices')).body
    const begin = async (name: string) => {
      await page.getByRole('button', { name: 'Assign MFA device' }).click()
      await page.getByLabel('Device name').fill(name)
      await page.getByRole('button', { name: 'Next' }).click()
    }
    await begin('begun')
    await page.getByRole('img', { name: 'QR code for the authenticator app' }).waitFor()
    expect(await devices()).toContain(':mfa/begun<')
    const deleted = page.waitForResponse(
      (response) => response.request().postData()?.includes('DeleteVirtual') ?? false,
    )
    await page.getByRole('button', { name: 'Cancel' }).click()
    expect((await deleted).status()).toBe(200)
    await page.getByRole('button', { name: 'Assign MFA device' }).and(page.locator(':focus')).waitFor()
    expect(await devices()).not.toContain(':mfa/begun<')

    await console.aws('iam', 'CreateVirtualMFADevice', { VirtualMFADeviceName: 'left' })
    await begin('left')
    await page.getByText('A device of that name was begun and never assigned').waitFor()
    await page.getByRole('button', { name: 'Delete it and go on' }).click()
    await page.getByRole('img', { name: 'QR code for the authenticator app' }).waitFor()
  })

  test('resync and remove a device', async () => {
    await console.aws('iam', 'CreateUser', { UserName: 'dora' })
    const serial = await assignDevice(console, 'dora', 'clock-of-dora')
    const page = await console.signedIn('admin', `/users/dora${credentials}`)
    await page.getByRole('radio', { name: serial.arn }).click()
    await page.getByRole('button', { name: 'Resync' }).click()
    await page.getByLabel('MFA code 1').fill(serial.device.generate({ timestamp: Date.now() + 600_000 }))
    await page.getByLabel('MFA code 2').fill(serial.device.generate({ timestamp: Date.now() + 630_000 }))
    await page.getByRole('dialog').getByRole('button', { name: 'Resync' }).click()
    await page.getByText('The MFA device is in step again.').waitFor()
    // Resync has not forgotten which one is chosen.
    await page.getByRole('button', { name: 'Remove', exact: true }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
    await page.getByText('No MFA devices.').waitFor()
    expect((await console.aws('iam', 'ListVirtualMFADevices')).body).not.toContain(serial.arn)
  })

  // Why: the secret is there this once, and a lost one cannot be had again.
  test('create a key whose secret is shown once and works, two at most, and take it back in two steps', async () => {
    await console.aws('iam', 'CreateUser', { UserName: 'erin' })
    const page = await console.signedIn('admin', `/users/erin${credentials}`)
    await page.getByRole('button', { name: 'Create access key' }).click()
    await page.getByLabel('Description').fill('backup job')
    await page.getByRole('dialog').getByRole('button', { name: 'Create access key' }).click()
    const dialog = page.getByRole('dialog', { name: 'Retrieve access key' })
    await dialog.waitFor()
    await look(page, 'user-new-key')
    const downloading = page.waitForEvent('download')
    await dialog.getByRole('button', { name: 'Download .csv file' }).click()
    const download = await downloading
    expect(download.suggestedFilename()).toBe('erin_accessKeys.csv')
    const [header, row] = readFileSync(await download.path(), 'utf8').split('\r\n')
    expect(header).toBe('Access key ID,Secret access key')
    const [accessKeyId = '', secretAccessKey = ''] = (row ?? '').split(',')
    expect((await page.content()).includes(secretAccessKey)).toBe(false)
    await dialog.getByRole('button', { name: 'Show secret access key' }).click()
    expect((await dialog.textContent())?.includes(secretAccessKey)).toBe(true)
    await dialog.getByRole('button', { name: 'Done' }).click()
    const identity = await console.aws('sts', 'GetCallerIdentity', {}, { accessKeyId, secretAccessKey })
    expect(identity.text('Arn')).toBe(`arn:aws:iam::${account}:user/erin`)

    await page.getByText('backup job').waitFor()
    await page.getByRole('button', { name: 'Create access key' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Create access key' }).click()
    await page.getByRole('dialog', { name: 'Retrieve access key' }).getByRole('button', { name: 'Done' }).click()
    await page.getByText('2 access keys are the most that erin can have').waitFor()
    await page.getByRole('button', { name: 'Create access key' }).and(page.locator(':disabled')).waitFor()

    await page.getByRole('button', { name: `Actions for ${accessKeyId}` }).click()
    await page.getByRole('menuitem', { name: 'Delete' }).click()
    const deleting = page.getByRole('dialog', { name: `Delete ${accessKeyId}?` })
    await deleting.getByText('for sts in us-east-1').waitFor()
    await deleting.getByLabel('To confirm').fill(accessKeyId)
    await deleting.getByRole('button', { name: 'Delete' }).and(page.locator(':disabled')).waitFor()
    await deleting.getByRole('button', { name: 'Deactivate' }).click()
    await deleting.getByText('It is inactive.').waitFor()
    await look(page, 'user-delete-key')
    await deleting.getByRole('button', { name: 'Delete' }).click()
    await deleting.waitFor({ state: 'detached' })
    expect((await console.aws('iam', 'ListAccessKeys', { UserName: 'erin' })).body).not.toContain(accessKeyId)
    expect((await console.aws('iam', 'ListUserTags', { UserName: 'erin' })).body).not.toContain(accessKeyId)
  })

  // Why: two administrators at the same user; what the second one sees is an hour old.
  test('say that a key is gone which somebody else has deleted meanwhile, and show what there is', async () => {
    const { accessKeyId } = await userWithKey('hugo')
    const one = await console.signedIn('admin', `/users/hugo${credentials}`)
    const other = await console.signedIn('admin', `/users/hugo${credentials}`)
    await one.getByRole('button', { name: `Actions for ${accessKeyId}` }).click()
    await one.getByRole('menuitem', { name: 'Deactivate' }).click()
    await other.getByRole('button', { name: `Actions for ${accessKeyId}` }).click()
    await other.getByRole('menuitem', { name: 'Delete' }).click()
    const deleting = other.getByRole('dialog')
    await deleting.getByRole('button', { name: 'Deactivate' }).click()
    await deleting.getByLabel('To confirm').fill(accessKeyId)
    await deleting.getByText('It is inactive.').waitFor()
    await deleting.getByLabel('To confirm').press('Enter')
    await deleting.waitFor({ state: 'detached' })
    await one.getByRole('dialog').getByRole('button', { name: 'Deactivate' }).click()
    await one.getByRole('dialog').getByText('cannot be found').waitFor()
    await one.keyboard.press('Escape')
    await one.getByText('Programs cannot sign as hugo until there is one.').waitFor()
  })

  test('switch a key off by keyboard alone', async () => {
    const { accessKeyId } = await userWithKey('gina')
    const page = await console.signedIn('admin', `/users/gina${credentials}`)
    await page.getByRole('button', { name: `Actions for ${accessKeyId}` }).waitFor()
    const focused = () => page.evaluate<string>('document.activeElement.getAttribute("aria-label") ?? ""')
    for (let presses = 0; presses < 60 && (await focused()) !== `Actions for ${accessKeyId}`; presses++)
      await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByRole('menuitem', { name: 'Deactivate' }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: `Deactivate ${accessKeyId}?` }).waitFor()
    const word = () => page.evaluate<string>('document.activeElement.textContent')
    for (let presses = 0; presses < 6 && (await word()) !== 'Deactivate'; presses++) await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.getByText(`${accessKeyId} is inactive`).waitFor()
    expect((await console.aws('iam', 'ListAccessKeys', { UserName: 'gina' })).text('Status')).toBe('Inactive')
    expect(await focused()).toBe(`Actions for ${accessKeyId}`)

    // A dialog with a field begins there, and gives the focus back.
    await page.getByRole('button', { name: 'Assign MFA device' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').getByRole('textbox').and(page.locator(':focus')).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Assign MFA device' }).and(page.locator(':focus')).waitFor()
  })

  test('give a user a password, ask for another one, and take it away', async () => {
    await console.aws('iam', 'CreateUser', { UserName: 'frank' })
    const page = await console.signedIn('admin', `/users/frank${credentials}`)
    await page.getByRole('button', { name: 'Enable console access' }).click()
    await page.getByLabel('User must create a new password').uncheck()
    await page.getByRole('dialog').getByRole('button', { name: 'Enable console access' }).click()
    const dialog = page.getByRole('dialog', { name: 'Retrieve password' })
    await dialog.getByRole('button', { name: 'Show console password' }).click()
    const secret = (await dialog.locator('span.mono').textContent()) ?? ''
    noteSecret('password', secret)
    await dialog.getByRole('button', { name: 'Done' }).click()
    const own = await console.visit()
    await own.goto(`${console.authority.url}/console/me`)
    await signIn(own, 'frank', secret)

    await page.getByRole('button', { name: 'Manage console access' }).click()
    await page.getByRole('menuitem', { name: 'Ask for a new password at next sign-in' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Ask', exact: true }).click()
    await page.getByText('Has to be chosen').waitFor()
    expect((await console.aws('iam', 'GetLoginProfile', { UserName: 'frank' })).text('PasswordResetRequired')).toBe(
      'true',
    )
    await page.getByRole('button', { name: 'Manage console access' }).click()
    await page.getByRole('menuitem', { name: 'Disable console access' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Disable access' }).click()
    await page.getByText('Not enabled: frank has no password').waitFor()
    // Who was signed in is not any more.
    await own.reload()
    await own.getByRole('button', { name: 'Sign in', exact: true }).waitFor()
  })
})

/** A device of a user, as an app and the API would register it. */
async function assignDevice(console: Console, userName: string, name: string) {
  const made = await console.aws('iam', 'CreateVirtualMFADevice', { VirtualMFADeviceName: name })
  const device = new TOTP({ secret: Buffer.from(made.text('Base32StringSeed'), 'base64').toString('latin1') })
  const arn = made.text('SerialNumber')
  await console.aws('iam', 'EnableMFADevice', {
    UserName: userName,
    SerialNumber: arn,
    AuthenticationCode1: device.generate({ timestamp: Date.now() }),
    AuthenticationCode2: device.generate({ timestamp: Date.now() + 30_000 }),
  })
  return { arn, device }
}

/** What an authenticator app reads off the screen. */
async function readQrCode(picture: Locator): Promise<TOTP> {
  const { data, width, height } = PNG.sync.read(await picture.screenshot())
  const read = (jsqr as unknown as typeof jsqr.default)(new Uint8ClampedArray(data), width, height)
  const device = URI.parse(read?.data ?? '')
  if (!(device instanceof TOTP)) throw new Error('no seed of time-based codes')
  noteSecret('seed', device.secret.base32)
  return device
}
