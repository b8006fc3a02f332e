import { describe, test } from 'vitest'
import { consoleFor, hasBrowser, look } from './console.ts'

describe.runIf(hasBrowser)('the list of users', () => {
  const console = consoleFor()

  test('shows who there is, and is usable by everyone', async () => {
    const page = await console.signedIn('admin', '/users')
    await page.getByRole('link', { name: 'admin', exact: true }).waitFor()
    await look(page, 'users')
  })
})
