import { describe, expect, test } from 'vitest'
import { account, consoleFor, hasBrowser, look } from './console.ts'
import { makeKey, refused } from './refused.ts'

describe.runIf(hasBrowser)('the dashboard', { timeout: 60_000 }, () => {
  const console = consoleFor()

  test('says what is true of the account, and leads to where it is mended', async () => {
    const key = await makeKey(console, 'finn')
    await console.aws('iam', 'CreateAccessKey', { UserName: 'finn' })
    await refused(console, key, ['iam', 'ListUsers'])
    const page = await console.signedIn('admin', '/')
    await page.getByRole('heading', { name: 'Security recommendations' }).waitFor()
    const findings = page.locator('.findings > li')
    const texts = await findings.allTextContents()
    // Root has a key and no device; finn has two keys that were not used; admin has a password and no device.
    expect(texts[0]).toMatch(/^High/)
    expect(texts[0]).toContain('The root user has an access key')
    const both = findings.filter({ hasText: 'A rotation was not finished' })
    expect(await both.getByRole('link', { name: 'finn', exact: true }).getAttribute('href')).toMatch(
      /^\/console\/users\/finn/,
    )
    const summary = await console.aws('iam', 'GetAccountSummary')
    const users = /<key>Users<\/key>\s*<value>(\d+)<\/value>/.exec(summary.body)?.[1]
    await page.getByRole('link', { name: `Users: ${users}`, exact: true }).waitFor()
    await page.locator('main').getByText(account).first().waitFor()
    await page.getByText(`export AWS_ENDPOINT_URL=${console.authority.url}`).waitFor()
    await page.getByText('permission-missing').first().waitFor()
    await look(page, 'dashboard')
    await page.getByRole('link', { name: 'Refused: 1', exact: true }).click()
    await page.getByRole('link', { name: 'iam:ListUsers' }).waitFor()
  })
})
