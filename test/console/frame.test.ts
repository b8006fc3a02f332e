import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { consoleFor, hasBrowser } from './console.ts'

/** One of each kind. */
const pages = [
  '/',
  '/users',
  '/users/admin?tab=security-credentials',
  '/create-user',
  '/create-group',
  '/roles/create',
  '/policies/create',
  `/policies/${encodeURIComponent('arn:aws:iam::aws:policy/IAMReadOnlyAccess')}`,
  '/providers/create',
  '/account',
  '/decisions',
  '/sessions',
  '/simulator',
  '/me',
]

describe.skipIf(!hasBrowser)('the pages', () => {
  const console = consoleFor()

  test('have one heading each, a place among the sections, and fit a window of 320 px', async () => {
    const page = await console.signedIn('admin', '/', { width: 320, height: 640 })
    for (const path of pages) {
      await page.goto(`${console.authority.url}/console${path}`)
      await page.locator('main h1').first().waitFor()
      const seen = await page.evaluate<object>(`({
        headings: document.querySelectorAll('h1').length,
        sections: document.querySelectorAll('nav li a[aria-current=page]').length,
        tooWide: document.documentElement.scrollWidth > innerWidth,
        language: document.documentElement.lang,
      })`)
      expect(seen, path).toEqual({ headings: 1, sections: 1, tooWide: false, language: 'en' })
    }
  }, 90_000)

  test('say where one is: their heading has the focus after a link, on the way back, and when what had it is gone', async () => {
    await console.aws('iam', 'CreateUser', { UserName: 'passing' })
    const page = await console.signedIn('admin', '/users')
    await page.getByRole('link', { name: 'passing' }).click()
    await headingHasFocus(page, 'passing')
    await page.getByRole('link', { name: 'Simulate policies' }).click()
    await headingHasFocus(page, 'Policy simulator')
    await page.goBack()
    await headingHasFocus(page, 'passing')
    await page.getByRole('button', { name: 'Delete', exact: true }).click()
    await page.getByLabel('To confirm, type "passing"').and(page.locator(':focus')).waitFor()
    await page.keyboard.type('passing')
    await page.keyboard.press('Enter')
    await headingHasFocus(page, 'Users')
    await page.keyboard.press('Shift+Tab')
    expect(await page.locator('main h1:focus').count()).toBe(0)
  }, 60_000)

  test('can be reached past all sections with the first stop of Tab', async () => {
    const page = await console.signedIn('admin', '/users')
    await page.reload()
    await page.getByRole('link', { name: 'admin' }).waitFor()
    await page.keyboard.press('Tab')
    await page.getByRole('button', { name: 'Skip to main content' }).and(page.locator(':focus')).waitFor()
    await page.keyboard.press('Enter')
    await headingHasFocus(page, 'Users')
  }, 60_000)

  test('keep what a list shows in their address, over a reload and on the way back', async () => {
    const page = await console.signedIn('admin', '/policies')
    const search = page.getByLabel('Search policies')
    await search.fill('ReadOnly')
    await page.waitForURL('**/policies?search=ReadOnly')
    await page.getByRole('link', { name: 'IAMReadOnlyAccess' }).click()
    await page.getByRole('heading', { name: 'IAMReadOnlyAccess', level: 1 }).waitFor()
    await page.goBack()
    await page.getByText('4 matches').first().waitFor()
    await page.reload()
    await page.getByText('4 matches').first().waitFor()
    expect(await search.inputValue()).toBe('ReadOnly')
    await page.getByRole('link', { name: 'Policies', exact: true }).click()
    await expect.poll(() => search.inputValue()).toBe('')
  }, 60_000)

  test('keep a dialog that is written into, or shows a secret, when somebody clicks beside it', async () => {
    const page = await console.signedIn('admin', '/users/admin?tab=security-credentials')
    await page.getByRole('button', { name: 'Create access key' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Description').fill('build server')
    await page.mouse.click(5, 400)
    expect(await dialog.getByLabel('Description').inputValue()).toBe('build server')
    await dialog.getByRole('button', { name: 'Create access key' }).click()
    await dialog.getByText('Retrieve access key').waitFor()
    await page.mouse.click(5, 400)
    await dialog.getByRole('button', { name: 'Show secret access key' }).waitFor()
    await dialog.getByRole('button', { name: 'Done' }).click()
    await dialog.waitFor({ state: 'detached' })
  }, 60_000)

  test('say that the authority does not answer, and come by themselves when it does', async () => {
    const page = await console.signedIn('admin', '/users')
    await page.getByRole('link', { name: 'admin' }).waitFor()
    await page.route('**/console/api/**', (route) => route.abort())
    await page.getByRole('link', { name: 'Roles', exact: true }).click()
    await page.getByText('The authority does not answer.').waitFor()
    await page.unroute('**/console/api/**')
    await page.getByText('There are no roles').waitFor()
  }, 60_000)
})

async function headingHasFocus(page: Page, name: string): Promise<void> {
  await page.getByRole('heading', { name, level: 1 }).and(page.locator(':focus')).waitFor()
}
