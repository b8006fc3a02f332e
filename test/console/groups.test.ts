import { describe, expect, test } from 'vitest'
import { consoleFor, hasBrowser, look } from './console.ts'

const readOnly = 'arn:aws:iam::aws:policy/IAMReadOnlyAccess'

describe.runIf(hasBrowser)('user groups', () => {
  const console = consoleFor()

  test('are created with users and policies, renamed, and deleted with all that hangs on them', async () => {
    for (const UserName of ['kim', 'liam']) await console.aws('iam', 'CreateUser', { UserName })
    const page = await console.signedIn('admin', '/groups')
    await page.getByText('There are no user groups yet.').waitFor()
    await page.getByRole('button', { name: 'Create group' }).click()
    await page.getByLabel('User group name').fill('readers')
    await page.getByRole('checkbox', { name: 'kim' }).check()
    await page.getByLabel('Search policies').fill('IAMReadOnly')
    await page.getByRole('checkbox', { name: readOnly }).check()
    await look(page, 'group-create')
    await page.getByRole('button', { name: 'Create user group' }).click()
    await page.getByRole('heading', { name: 'readers', exact: true }).waitFor()
    expect((await console.aws('iam', 'GetGroup', { GroupName: 'readers' })).text('UserName')).toBe('kim')
    const attached = await console.aws('iam', 'ListAttachedGroupPolicies', { GroupName: 'readers' })
    expect(attached.text('PolicyArn')).toBe(readOnly)

    await page.getByRole('button', { name: 'Add users' }).click()
    const adding = page.getByRole('dialog', { name: 'Add users to readers' })
    await adding.getByRole('checkbox', { name: 'kim' }).and(page.locator(':disabled')).waitFor()
    await adding.getByRole('checkbox', { name: 'liam' }).check()
    await adding.getByRole('button', { name: 'Add users' }).click()
    await page.getByRole('link', { name: 'liam' }).waitFor()
    await look(page, 'group')
    await page.getByRole('checkbox', { name: 'kim' }).check()
    await page.getByRole('button', { name: 'Remove', exact: true }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
    await page.getByText('The user is removed.').waitFor()
    expect((await console.aws('iam', 'GetGroup', { GroupName: 'readers' })).text('UserName')).toBe('liam')

    await page.getByRole('button', { name: 'Rename or move' }).click()
    await page.getByLabel('User group name').fill('lookers')
    await page.getByRole('button', { name: 'Save changes' }).click()
    await page.getByRole('heading', { name: 'lookers', exact: true }).waitFor()

    await page.getByRole('button', { name: 'Delete', exact: true }).click()
    const deleting = page.getByRole('dialog', { name: 'Delete lookers?' })
    await deleting.getByText('Detach policy IAMReadOnlyAccess').waitFor()
    await deleting.getByLabel('To confirm').fill('lookers')
    await deleting.getByLabel('To confirm').press('Enter')
    await page.getByText('There are no user groups yet.').waitFor()
    expect((await console.aws('iam', 'ListGroups')).body).not.toContain('lookers')
  }, 90_000)
})
