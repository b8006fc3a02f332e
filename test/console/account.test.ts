import { describe, expect, test } from 'vitest'
import { consoleFor, hasBrowser, look, password } from './console.ts'

describe.runIf(hasBrowser)('account settings', () => {
  const console = consoleFor()

  test('give the account an alias that people sign in with, another one, and none', async () => {
    const page = await console.signedIn('admin', '/account')
    const dialog = page.getByRole('dialog')
    await page.getByRole('button', { name: 'Create alias' }).click()
    await dialog.getByLabel('Preferred alias').fill('Bad--Name')
    await dialog.getByText('Three to 63 small letters').waitFor()
    expect(await dialog.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true)
    await look(page, 'account-alias')
    await dialog.getByLabel('Preferred alias').fill('example-corp')
    await page.keyboard.press('Enter')
    await page.getByText('also called example-corp').waitFor()
    expect((await console.aws('iam', 'ListAccountAliases')).text('member')).toBe('example-corp')

    await page.getByRole('button', { name: 'Edit alias' }).click()
    await dialog.getByLabel('Preferred alias').fill('example-inc')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await page.getByText('also called example-inc').waitFor()
    await page
      .getByRole('button', { name: /Account example-inc|admin/ })
      .first()
      .waitFor()
    const other = await console.visit()
    await other.goto(`${console.authority.url}/console/`)
    await other.getByLabel('Account ID or alias').fill('example-inc')
    await other.getByLabel('User name').fill('admin')
    await other.getByLabel('Password', { exact: true }).fill(password)
    await other.getByRole('button', { name: 'Sign in', exact: true }).click()
    await other.locator('#top').waitFor()

    await page.getByRole('button', { name: 'Delete alias' }).click()
    await dialog.getByRole('button', { name: 'Delete' }).click()
    await page.getByText('known by its number').waitFor()
    await page.getByRole('button', { name: 'Create alias' }).waitFor()
    expect((await console.aws('iam', 'ListAccountAliases')).body).not.toContain('<member>')
  })

  test('say what passwords have to be like, until the default is taken back', async () => {
    await console.aws('iam', 'CreateUser', { UserName: 'paul' })
    const page = await console.signedIn('admin', '/account')
    await page.getByText('The default is in force.').waitFor()
    await look(page, 'account')
    await page.getByRole('button', { name: 'Edit', exact: true }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Password minimum length').fill('5')
    await dialog.getByText('A whole number from 6 to 128.').waitFor()
    await dialog.getByLabel('Password minimum length').fill('20')
    await dialog.getByLabel('Password expiration in days').fill('90')
    await dialog.getByLabel('Prevent reuse').fill('3')
    await dialog.getByLabel(/at least one symbol/).check()
    await look(page, 'account-password-policy')
    await dialog.getByRole('button', { name: 'Save changes' }).click()
    await page.getByText('At least 20 characters').waitFor()
    await page.getByText('Expires after 90 days').waitFor()
    const policy = await console.aws('iam', 'GetAccountPasswordPolicy')
    const members = [
      'MinimumPasswordLength',
      'RequireSymbols',
      'MaxPasswordAge',
      'PasswordReusePrevention',
      'HardExpiry',
    ]
    expect(members.map((member) => policy.text(member))).toEqual(['20', 'true', '90', '3', 'false'])
    const set = console.aws('iam', 'CreateLoginProfile', { UserName: 'paul', Password: password })
    await expect(set).rejects.toThrow(/PasswordPolicyViolation/)

    await page.getByRole('button', { name: 'Use the default' }).click()
    await dialog.getByRole('button', { name: 'Use the default' }).click()
    await page.getByText('The default is in force.').waitFor()
    await console.aws('iam', 'CreateLoginProfile', { UserName: 'paul', Password: password })
  })

  test('choose which tokens the global endpoint of STS gives', async () => {
    const page = await console.signedIn('admin', '/account')
    await page.getByText('valid only in Regions that are enabled by default.').waitFor()
    await page.getByRole('button', { name: 'Change', exact: true }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Valid in all Regions').check()
    await look(page, 'account-tokens')
    await dialog.getByRole('button', { name: 'Save changes' }).click()
    await page.getByText('Tokens of the global endpoint are valid in all Regions.').waitFor()
    const { body } = await console.aws('iam', 'GetAccountSummary')
    expect(body).toMatch(/<key>GlobalEndpointTokenVersion<\/key>\s*<value>2<\/value>/)
  })

  test('say why, to whom may not change them', async () => {
    await console.makePerson('reader', ['arn:aws:iam::aws:policy/IAMReadOnlyAccess'])
    const page = await console.signedIn('reader', '/account')
    await page.getByRole('button', { name: 'Create alias' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Preferred alias').fill('example-corp')
    await page.keyboard.press('Enter')
    await dialog.getByText(/is not authorized to perform: iam:CreateAccountAlias/).waitFor()
    await look(page, 'account-refused')
    await dialog.getByRole('link', { name: 'Why was it refused?' }).waitFor()
  })
})
