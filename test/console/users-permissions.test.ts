import { describe, expect, test } from 'vitest'
import { account, consoleFor, hasBrowser, look } from './console.ts'

const readOnly = 'arn:aws:iam::aws:policy/IAMReadOnlyAccess'
const powerUser = 'arn:aws:iam::aws:policy/PowerUserAccess'

describe.runIf(hasBrowser)('the page of a user', () => {
  const console = consoleFor()

  test('attaches, writes, shows and removes policies, and sets a boundary', async () => {
    await console.aws('iam', 'CreateUser', { UserName: 'mia' })
    await console.aws('iam', 'CreateGroup', { GroupName: 'powers' })
    await console.aws('iam', 'AttachGroupPolicy', { GroupName: 'powers', PolicyArn: powerUser })
    await console.aws('iam', 'AddUserToGroup', { GroupName: 'powers', UserName: 'mia' })
    const page = await console.signedIn('admin', '/users/mia')
    await page.getByRole('row', { name: 'PowerUserAccess' }).getByText('Group powers').waitFor()

    await page.getByRole('button', { name: 'Add permissions' }).click()
    await page.getByRole('menuitem', { name: 'Attach policies' }).click()
    const attaching = page.getByRole('dialog', { name: 'Attach policies to mia' })
    await attaching.getByLabel('Search policies').fill('ReadOnly')
    await attaching.getByRole('checkbox', { name: readOnly }).check()
    await look(page, 'user-attach-policies')
    await attaching.getByRole('button', { name: 'Attach policies' }).click()
    await page.getByRole('row', { name: 'IAMReadOnlyAccess' }).getByText('Directly').waitFor()

    await page.getByRole('button', { name: 'Add permissions' }).click()
    await page.getByRole('menuitem', { name: 'Create inline policy' }).click()
    const writing = page.getByRole('dialog', { name: 'Create an inline policy for mia' })
    await writing.getByLabel('Policy name').fill('own-keys')
    const editor = writing.getByRole('textbox', { name: 'Policy document' })
    const document = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:*AccessKey*","Resource":"*"}}'
    await editor.press('Control+a')
    await page.keyboard.insertText(document)
    await look(page, 'user-inline-policy')
    await writing.getByRole('button', { name: 'Create policy' }).click()
    await page.getByRole('row', { name: 'own-keys' }).waitFor()
    const written = await console.aws('iam', 'GetUserPolicy', { UserName: 'mia', PolicyName: 'own-keys' })
    expect(decodeURIComponent(written.text('PolicyDocument'))).toBe(document)

    await page.getByRole('button', { name: 'Set boundary' }).click()
    const bounding = page.getByRole('dialog', { name: 'Set the permissions boundary of mia' })
    await bounding.getByLabel('Search policies').fill('PowerUser')
    await bounding.getByRole('radio', { name: powerUser }).check()
    await bounding.getByRole('button', { name: 'Set boundary' }).click()
    await page.getByRole('button', { name: 'Remove boundary' }).waitFor()
    expect((await console.aws('iam', 'GetUser', { UserName: 'mia' })).text('PermissionsBoundaryArn')).toBe(powerUser)
    await look(page, 'user-permissions')

    await page.getByRole('checkbox', { name: 'own-keys' }).check()
    await page.getByRole('checkbox', { name: 'IAMReadOnlyAccess' }).check()
    await page.getByRole('button', { name: 'Remove', exact: true }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
    await page.getByText('The policies are removed.').waitFor()
    const left = await console.aws('iam', 'ListAttachedUserPolicies', { UserName: 'mia' })
    expect(left.body).not.toContain('PolicyArn')
  }, 120_000)

  test('puts a user into groups and out of them, and keeps tags', async () => {
    await console.aws('iam', 'CreateUser', { UserName: 'noah' })
    await console.aws('iam', 'CreateGroup', { GroupName: 'writers' })
    const page = await console.signedIn('admin', '/users/noah?tab=groups')
    await page.getByRole('button', { name: 'Add user to groups' }).click()
    const adding = page.getByRole('dialog')
    await adding.getByRole('checkbox', { name: 'writers' }).check()
    await adding.getByRole('button', { name: 'Add user to groups' }).click()
    await page.getByRole('link', { name: 'writers' }).waitFor()
    await page.getByRole('checkbox', { name: 'writers' }).check()
    await page.getByRole('button', { name: 'Remove', exact: true }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
    await page.getByText('In no user group.').waitFor()
    expect((await console.aws('iam', 'ListGroupsForUser', { UserName: 'noah' })).body).not.toContain('writers')

    await page.getByRole('tab', { name: 'Tags' }).click()
    await page.getByRole('button', { name: 'Manage tags' }).click()
    const tagging = page.getByRole('dialog')
    await tagging.getByRole('button', { name: 'Add new tag' }).click()
    await tagging.getByLabel('Key of tag 1').fill('<b>team</b>')
    await tagging.getByText('Letters, digits, spaces and').waitFor()
    await tagging.getByRole('button', { name: 'Save changes' }).and(page.locator(':disabled')).waitFor()
    await tagging.getByLabel('Key of tag 1').fill('team')
    await tagging.getByLabel('Value of tag 1').fill('red')
    await tagging.getByRole('button', { name: 'Save changes' }).click()
    await page.getByRole('row', { name: 'team red' }).waitFor()
    expect((await console.aws('iam', 'ListUserTags', { UserName: 'noah' })).text('Value')).toBe('red')
  }, 60_000)

  // Why: paths and documents may hold any markup; whoever can write one must not act as who looks at it.
  test('shows paths and policies full of markup as text, and names with all that AWS allows, and runs nothing of them', async () => {
    const script = '<img/src=x/onerror=top.document.title=`pwned`>'
    const name = 'mal+=,.@-_ory'
    await console.aws('iam', 'CreateUser', { UserName: name, Path: `/${script}/` })
    const sentence = {
      StringEquals: { 'aws:username': `</script><script>top.document.title="pwned"</script>${script}` },
    }
    const statement = { Effect: 'Deny', Action: 'sts:*', Resource: '*', Condition: sentence }
    await console.aws('iam', 'PutUserPolicy', {
      UserName: name,
      PolicyName: 'markup',
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }),
    })
    const page = await console.signedIn('admin', '/users')
    await page.getByRole('row', { name }).getByText(script).waitFor()
    await page.getByRole('link', { name, exact: true }).click()
    await page.getByText(`arn:aws:iam::${account}:user/${script}/${name}`).waitFor()
    await page.getByRole('button', { name: 'markup', exact: true }).click()
    await page.getByRole('dialog').getByText('</script><script>').waitFor()
    expect(await page.title()).toBe(`${name} · Countersign`)
    expect(await page.locator('img').count()).toBe(0)
    await page.reload()
    await page.getByRole('heading', { name, exact: true }).waitFor()
  }, 60_000)

  // Why: most people may see little; a page that then shows nothing at all, or an empty list, would mislead them.
  test('says in place what the person may not see, with the way to why, and shows the rest', async () => {
    await console.makePerson('rita', [])
    await console.aws('iam', 'CreateGroup', { GroupName: 'hidden' })
    await console.aws('iam', 'AttachGroupPolicy', { GroupName: 'hidden', PolicyArn: powerUser })
    await console.aws('iam', 'AddUserToGroup', { GroupName: 'hidden', UserName: 'rita' })
    const see = ['iam:GetUser', 'iam:ListAccessKeys', 'iam:List*Policies', 'iam:ListGroupsForUser']
    const statements = [
      { Effect: 'Allow', Action: see, Resource: '*' },
      { Effect: 'Deny', Action: 'iam:*GroupPolicies', Resource: '*' },
    ]
    await console.aws('iam', 'PutUserPolicy', {
      UserName: 'rita',
      PolicyName: 'look',
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: statements }),
    })
    await console.aws('iam', 'CreateAccessKey', { UserName: 'rita' })
    const page = await console.signedIn('rita', '/users/rita')
    await page.getByRole('button', { name: 'look', exact: true }).waitFor()
    await page.getByText('you may not see the policies of hidden').waitFor()
    await page.getByRole('tab', { name: 'Security credentials' }).click()
    await page.getByText('Not known: you may not see it').waitFor()
    const refused = page
      .getByRole('alert')
      .or(page.getByRole('group'))
      .filter({ hasText: 'The MFA devices cannot be listed' })
    await refused.getByText('is not authorized to perform: iam:ListMFADevices').waitFor()
    await look(page, 'user-little-seen')
    await refused.getByRole('link', { name: 'Why was it refused?' }).click()
    await page.waitForURL('**/console/decisions/*')
  }, 60_000)
})
