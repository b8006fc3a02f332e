import { describe, expect, test } from 'vitest'
import { noteSecret } from '../setup.ts'
import { account, consoleFor, hasBrowser, look } from './console.ts'

const readOnly = 'arn:aws:iam::aws:policy/IAMReadOnlyAccess'
const chosen = 'Proper-Battery-3'
const boundary = 'arn:aws:iam::aws:policy/AdministratorAccess'

describe.runIf(hasBrowser)('users', () => {
  const console = consoleFor()

  // Why: an administrator's first act; what the page shows once is all that the new person ever gets.
  test('are created with a password shown once, and choose another one when they first sign in', async () => {
    await console.aws('iam', 'CreateGroup', { GroupName: 'developers' })
    const page = await console.signedIn('admin', '/users')
    await page.getByRole('button', { name: 'Create user' }).click()
    await page.getByRole('heading', { level: 1, name: 'Specify user details' }).waitFor()
    await page.getByRole('button', { name: 'Next', exact: true }).click()
    await page.getByText('The user needs a name.', { exact: true }).waitFor()
    await page.getByLabel('User name').fill('grace')
    await page.getByLabel('Provide user access to the console').check()
    await look(page, 'user-create-details')
    await page.getByRole('button', { name: 'Next', exact: true }).click()
    await page.getByRole('checkbox', { name: 'developers' }).check()
    await look(page, 'user-create-permissions')
    await page.getByRole('button', { name: 'Next', exact: true }).click()
    await page.getByRole('button', { name: 'Add new tag' }).click()
    await page.getByLabel('Key of tag 1').fill('team')
    await page.getByLabel('Value of tag 1').fill('compilers')
    await look(page, 'user-create-review')
    await page.getByRole('button', { name: 'Create user' }).click()
    await page.getByRole('heading', { name: 'grace is created' }).waitFor()
    await look(page, 'user-created')
    await page.getByRole('button', { name: 'Show console password' }).click()
    const secret = (await page.locator('span.mono').textContent()) ?? ''
    noteSecret('password', secret)
    noteSecret('password', chosen)

    const groups = await console.aws('iam', 'ListGroupsForUser', { UserName: 'grace' })
    expect(groups.text('GroupName')).toBe('developers')
    const tags = await console.aws('iam', 'ListUserTags', { UserName: 'grace' })
    expect([tags.text('Key'), tags.text('Value')]).toEqual(['team', 'compilers'])

    const own = await console.visit()
    await own.goto(`${console.authority.url}/console/me`)
    await own.getByLabel('Account ID or alias').fill(account)
    await own.getByLabel('User name').fill('grace')
    await own.getByLabel('Password', { exact: true }).fill(secret)
    await own.getByRole('button', { name: 'Sign in', exact: true }).click()
    await own.getByLabel('New password', { exact: true }).fill(chosen)
    await own.getByLabel('The same again').fill(chosen)
    await own.keyboard.press('Enter')
    await own.getByRole('heading', { name: 'My security credentials' }).waitFor()
    const profile = await console.aws('iam', 'GetLoginProfile', { UserName: 'grace' })
    expect(profile.text('PasswordResetRequired')).toBe('false')
  }, 120_000)

  test('are created with what another user has, and with a boundary', async () => {
    await console.aws('iam', 'CreateGroup', { GroupName: 'auditors' })
    await console.aws('iam', 'CreateUser', { UserName: 'heidi', PermissionsBoundary: boundary })
    await console.aws('iam', 'AddUserToGroup', { UserName: 'heidi', GroupName: 'auditors' })
    await console.aws('iam', 'AttachUserPolicy', { UserName: 'heidi', PolicyArn: readOnly })
    const document = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'sts:*', Resource: '*' }],
    })
    await console.aws('iam', 'PutUserPolicy', { UserName: 'heidi', PolicyName: 'own', PolicyDocument: document })
    const page = await console.signedIn('admin', '/create-user')
    await page.getByLabel('User name').fill('ivan')
    await page.getByRole('button', { name: 'Next', exact: true }).click()
    await page.getByLabel('Copy permissions').check()
    await page.getByRole('radio', { name: 'heidi' }).check()
    await page.getByRole('button', { name: 'Next', exact: true }).click()
    await page.getByRole('button', { name: 'Create user' }).click()
    await page.getByRole('button', { name: 'View user' }).click()
    await page.getByRole('heading', { name: 'ivan', exact: true }).waitFor()
    const user = { UserName: 'ivan' }
    expect((await console.aws('iam', 'ListGroupsForUser', user)).text('GroupName')).toBe('auditors')
    expect((await console.aws('iam', 'ListAttachedUserPolicies', user)).text('PolicyArn')).toBe(readOnly)
    const copy = await console.aws('iam', 'GetUserPolicy', { ...user, PolicyName: 'own' })
    expect(JSON.parse(decodeURIComponent(copy.text('PolicyDocument')))).toEqual(JSON.parse(document))
    expect((await console.aws('iam', 'GetUser', user)).text('PermissionsBoundaryArn')).toBe(boundary)
  }, 60_000)

  // Why: a user with anything left is refused by AWS; and half a deletion must say so.
  test('are deleted with all that is theirs, and where that is refused it says where it stopped', async () => {
    await console.aws('iam', 'CreateGroup', { GroupName: 'leavers' })
    await console.makePerson('judy', [readOnly])
    await console.aws('iam', 'AddUserToGroup', { UserName: 'judy', GroupName: 'leavers' })
    const key = (await console.aws('iam', 'CreateAccessKey', { UserName: 'judy' })).text('AccessKeyId')
    const deny = { Effect: 'Deny', Action: 'iam:RemoveUserFromGroup', Resource: '*' }
    await console.makePerson('clerk')
    await console.aws('iam', 'PutUserPolicy', {
      UserName: 'clerk',
      PolicyName: 'no-leaving',
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [deny] }),
    })
    const page = await console.signedIn('clerk', '/users')
    await page.getByRole('radio', { name: 'judy' }).click()
    await page.getByRole('button', { name: 'Delete', exact: true }).click()
    const dialog = page.getByRole('dialog', { name: 'Delete judy?' })
    await dialog.getByText(`Delete access key ${key}`).waitFor()
    await dialog.getByLabel('To confirm').fill('judy')
    await dialog.getByRole('button', { name: 'Delete user' }).click()
    await dialog.getByText('Remove from user group leavers: it stopped here').waitFor()
    await look(page, 'user-delete-stopped')
    expect((await console.aws('iam', 'ListAccessKeys', { UserName: 'judy' })).body).not.toContain(key)
    await console.aws('iam', 'DeleteUserPolicy', { UserName: 'clerk', PolicyName: 'no-leaving' })
    await dialog.getByRole('button', { name: 'Delete user' }).click()
    await dialog.waitFor({ state: 'detached' })
    expect((await console.aws('iam', 'ListUsers')).body).not.toContain('<UserName>judy<')
  }, 60_000)
})
