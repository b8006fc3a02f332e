import type { Locator, Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { hasCli } from '../authority/programs.ts'
import { awsCli } from './aws-cli.ts'
import { account, consoleFor, hasBrowser, look } from './console.ts'
import { makeKey } from './refused.ts'

const arnOf = (name: string): string => `arn:aws:iam::${account}:policy/${name}`
const allowing = (Action: string): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] })

/** Writes over what is in the editor, as a person does who marks all and pastes. */
async function write(page: Page, text: string, label = 'Policy document'): Promise<void> {
  const editor = page.getByRole('textbox', { name: label, exact: true })
  await editor.waitFor()
  await editor.press('Control+a')
  await page.keyboard.insertText(text)
}

describe.runIf(hasBrowser)('policies', { timeout: 90_000 }, () => {
  const console = consoleFor()
  const cli = awsCli(() => console.authority.url)
  const documentOf = async (arn: string, VersionId: string): Promise<string> => {
    const reply = await console.aws('iam', 'GetPolicyVersion', { PolicyArn: arn, VersionId })
    return decodeURIComponent(reply.text('Document'))
  }

  // Why: among a thousand of AWS's policies people look for their own.
  test('are listed and found by their type', async () => {
    await console.aws('iam', 'CreatePolicy', { PolicyName: 'our-own', PolicyDocument: allowing('iam:GetUser') })
    const page = await console.signedIn('admin', '/policies')
    const search = page.getByRole('searchbox', { name: 'Search policies' })
    await search.fill('customer managed')
    const row = page.getByRole('row').filter({ hasText: 'our-own' })
    await expect.poll(() => page.getByRole('table').getByText('AWS managed', { exact: true }).count()).toBe(0)
    await row.waitFor()
    await look(page, 'policies')
    await search.fill('aws managed')
    await page.getByRole('link', { name: 'AdministratorAccess', exact: true }).click()
    await page.getByRole('textbox', { name: 'Policy document, version 1' }).waitFor()
    // Of AWS's own nothing can be changed but who has them.
    expect(await page.getByRole('button', { name: /Delete|Create new version|Set as default/ }).count()).toBe(0)
    await page.getByRole('tab', { name: 'Entities attached' }).click()
    await page.getByRole('link', { name: 'admin', exact: true }).waitFor()
  })

  // Why: a policy that is nearly right is what people have when they ask for help.
  test('are written with the faults shown at their place, created, attached, and then count', async () => {
    const key = await makeKey(console, 'nina')
    const page = await console.signedIn('admin', '/policies')
    await page.getByRole('button', { name: 'Create policy' }).click()
    await write(
      page,
      '{\n  "Version": "2012-10-17",\n  "Statement": [\n    {"Effect": "Allow" "Action": "iam:ListUsers"}\n  ]\n}',
    )
    const fault = page.getByRole('listitem').filter({ hasText: 'A comma or "}" is expected.' })
    await fault.waitFor()
    await look(page, 'policy-create')
    // The place is a way there: what is typed next mends it.
    await fault.getByRole('button', { name: 'Line 4:24' }).click()
    await page.keyboard.type(', ')
    // It is JSON now, but IAM would not take it: that the authority says.
    await page.getByText('Policy statement must contain resources.').first().waitFor()
    await page.keyboard.type('"Resource": "*", ')
    await page.getByText('No faults found').first().waitFor()
    await page.getByRole('button', { name: 'Format' }).click()
    await page.getByLabel('Policy name').fill('list-users')
    await page.getByRole('button', { name: 'Create policy' }).click()
    await page.getByRole('heading', { name: 'list-users', level: 1 }).waitFor()
    expect(await documentOf(arnOf('list-users'), 'v1')).toBe(
      `{
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Resource": "*",
            "Action": "iam:ListUsers"
        }
    ]
}`,
    )

    await expect(console.aws('iam', 'ListUsers', {}, key)).rejects.toThrow('AccessDenied')
    await page.getByRole('tab', { name: 'Entities attached' }).click()
    await page.getByRole('button', { name: 'Attach', exact: true }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('tab', { name: 'Users' }).click()
    await dialog.getByRole('checkbox', { name: 'nina' }).click()
    await look(page, 'policy-attach')
    await dialog.getByRole('button', { name: 'Attach policy' }).click()
    await page.getByRole('table', { name: 'Entities attached' }).getByRole('link', { name: 'nina' }).waitFor()
    expect((await console.aws('iam', 'ListUsers', {}, key)).status).toBe(200)
  })

  // Why: whoever cannot go back to the version before does not dare to change anything.
  test.runIf(hasCli)('have versions, of which the default one says what a call may do', async () => {
    const key = await makeKey(console, 'otto')
    const PolicyArn = arnOf('changing')
    await console.aws('iam', 'CreatePolicy', { PolicyName: 'changing', PolicyDocument: allowing('iam:ListRoles') })
    await console.aws('iam', 'AttachUserPolicy', { UserName: 'otto', PolicyArn })
    const page = await console.signedIn('admin', `/policies/${encodeURIComponent(PolicyArn)}`)
    await page.getByRole('button', { name: 'Create new version' }).click()
    await write(page, allowing('iam:ListGroups'))
    await page.getByRole('button', { name: 'Save changes' }).click()
    await page.getByRole('heading', { name: 'Version 2 (default)' }).waitFor()
    expect(await cli(key, 'iam', 'list-groups')).toEqual({ Groups: [] })
    await expect(console.aws('iam', 'ListRoles', {}, key)).rejects.toThrow('AccessDenied')

    await page.getByRole('radio', { name: 'Version 1' }).click()
    await page.getByText('Not in force').waitFor()
    await look(page, 'policy-versions')
    await page.getByRole('button', { name: 'Set as default' }).click()
    await page.getByText('Version 1 is the default now.').waitFor()
    expect(await cli(key, 'iam', 'list-groups')).toContain('AccessDenied')
    expect((await console.aws('iam', 'ListRoles', {}, key)).status).toBe(200)

    await page.getByRole('button', { name: 'Delete', exact: true }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('user otto').waitFor()
    await dialog.getByLabel('To confirm, type "changing"').fill('changing')
    await dialog.getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('heading', { name: 'Policies', level: 1 }).waitFor()
    await expect(console.aws('iam', 'GetPolicy', { PolicyArn })).rejects.toThrow('NoSuchEntity')
  })

  // Why: AWS's console makes room for the sixth version; a mistake must not cost the one that was deleted for it.
  test('lose no version to a new one that is not taken', async () => {
    const PolicyArn = arnOf('full')
    await console.aws('iam', 'CreatePolicy', { PolicyName: 'full', PolicyDocument: allowing('iam:GetUser') })
    for (const action of ['iam:A', 'iam:B', 'iam:C', 'iam:D'])
      await console.aws('iam', 'CreatePolicyVersion', { PolicyArn, PolicyDocument: allowing(action) })
    const page = await console.signedIn('admin', `/policies/${encodeURIComponent(PolicyArn)}/edit`)
    await write(page, '{"Version": "2012-10-17", "Statement": [{"Effect": "Maybe", "Action": "*", "Resource": "*"}]}')
    await page.getByRole('button', { name: /^Version 5|Version to delete/ }).waitFor()
    await page.getByRole('button', { name: 'Save changes' }).click()
    await page.getByText('The version is not saved').waitFor()
    const versions = async () => (await console.aws('iam', 'ListPolicyVersions', { PolicyArn })).body.match(/v\d/g)
    expect(await versions()).toHaveLength(5)
    await write(page, allowing('iam:E'))
    await page.getByRole('button', { name: 'Save changes' }).click()
    await page.getByRole('heading', { name: 'Version 6 (default)' }).waitFor()
    expect(await versions()).toHaveLength(5)
    expect(await documentOf(PolicyArn, 'v6')).toBe(allowing('iam:E'))
  })

  // Why: documents and descriptions come from anybody who may write one.
  test('are shown as text, whatever markup stands in them', async () => {
    const markup = '<img src=x onerror="document.title=1">'
    const document = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: `arn:aws:s3:::bucket/${markup}` }],
    })
    const Description = `<script>document.title = 1</script>${markup}`
    await console.aws('iam', 'CreatePolicy', { PolicyName: 'marked-up', PolicyDocument: document, Description })
    const page = await console.signedIn('admin', '/policies')
    await page.getByRole('searchbox', { name: 'Search policies' }).fill('marked-up')
    await page.getByText(Description).waitFor()
    await page.getByRole('link', { name: 'marked-up' }).click()
    const shown = page.getByRole('textbox', { name: 'Policy document, version 1' })
    await shown.waitFor()
    expect(await textIn(shown)).toContain(JSON.stringify(markup).slice(1, -1))
    await page.getByRole('button', { name: 'Create new version' }).click()
    await write(page, document.replace('Allow', JSON.stringify(markup).slice(1, -1)))
    await page.getByText('Syntax errors in policy.').waitFor()
    expect(await page.locator('img[src="x"], script:not([src])').count()).toBe(0)
    expect(await page.title()).toContain('Countersign')
  })

  // Why: who cannot use a mouse writes policies too.
  test('are created with the keyboard alone', async () => {
    const page = await console.signedIn('admin', '/policies/create')
    const editor = page.getByRole('textbox', { name: 'Policy document' })
    await editor.waitFor()
    const begin = page.getByRole('button', { name: 'Begin with' })
    await begin.focus()
    await page.keyboard.press('Enter')
    for (let step = 0; step < 3; step += 1) await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await expect.poll(() => textIn(editor)).toContain('BoolIfExists')
    await page.keyboard.press('Tab')
    expect(await focused(page)).toBe('Policy document')
    await page.keyboard.press('Control+a')
    await page.keyboard.type('{')
    await page.keyboard.press('Enter')
    // Tab is for indenting here, and nobody is caught by it.
    await page.keyboard.press('Tab')
    await expect.poll(() => textIn(editor)).toBe('{\n        ')
    await page.keyboard.press('Control+z')
    await page.keyboard.press('Control+z')
    await page.keyboard.press('Control+a')
    await page.keyboard.insertText(allowing('sts:GetCallerIdentity'))
    await page.keyboard.press('Escape')
    await page.keyboard.press('Tab')
    expect(await focused(page)).toBe('Format the document')
    await page.keyboard.press('Enter')
    await expect.poll(() => textIn(editor)).toContain('\n    "Statement": [')
    await tabTo(page, page.getByLabel('Policy name'))
    await page.keyboard.type('by-keyboard')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'by-keyboard', level: 1 }).waitFor()
    expect(JSON.parse(await documentOf(arnOf('by-keyboard'), 'v1'))).toEqual(
      JSON.parse(allowing('sts:GetCallerIdentity')),
    )
  })
})

/** Line by line, as it is written. */
async function textIn(editor: Locator): Promise<string> {
  return (await editor.locator('.cm-line').allTextContents()).join('\n')
}

/** Goes on with Tab until that has the focus. */
async function tabTo(page: Page, wanted: Locator): Promise<void> {
  for (let presses = 0; presses < 10; presses += 1) {
    if ((await wanted.and(page.locator(':focus')).count()) === 1) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`the focus is on ${await focused(page)}`)
}

/** What the focused element is called. */
function focused(page: Page): Promise<string> {
  return page.evaluate('document.activeElement.getAttribute("aria-label") ?? document.activeElement.innerText')
}
