import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { consoleFor, hasBrowser, look } from './console.ts'
import { makeKey } from './refused.ts'

describe.runIf(hasBrowser)('the policy simulator', { timeout: 90_000 }, () => {
  const console = consoleFor()

  async function ask(page: Page, user: string, actions: string): Promise<void> {
    await page.getByRole('button', { name: /^User\b/ }).click()
    await page.getByRole('option', { name: user }).click()
    await page.getByLabel('Actions').fill(actions)
    await page.keyboard.press('Enter')
  }
  const row = (page: Page, action: string) =>
    page.getByRole('table', { name: 'Results' }).getByRole('row').filter({ hasText: action })

  // Why: a simulator that says otherwise than the authority does is worse than none.
  test('says of each action what the authority then does, and shows the statement', async () => {
    const key = await makeKey(console, 'vera', [
      { Effect: 'Allow', Action: 'iam:List*', Resource: '*' },
      { Effect: 'Deny', Action: 'iam:ListRoles', Resource: '*' },
    ])
    const PermissionsBoundary = 'arn:aws:iam::aws:policy/IAMReadOnlyAccess'
    await console.aws('iam', 'PutUserPermissionsBoundary', { UserName: 'vera', PermissionsBoundary })
    const page = await console.signedIn('admin', '/simulator')
    await ask(page, 'vera', 'iam:ListUsers iam:ListRoles,iam:CreateUser')
    await page.getByRole('button', { name: 'Run simulation' }).click()
    await row(page, 'iam:ListUsers').getByText('Allowed', { exact: true }).waitFor()
    await row(page, 'iam:ListRoles').getByText('A statement denies it:').waitFor()
    await row(page, 'iam:CreateUser').getByText('The permissions boundary does not allow it.').waitFor()
    await look(page, 'simulator')

    await row(page, 'iam:ListRoles').getByRole('button', { name: 'user_vera_of-the-test' }).click()
    const marked = page.getByRole('dialog').locator('.cm-shown-line')
    await marked.first().waitFor()
    expect(JSON.parse((await marked.allTextContents()).join(''))).toEqual({
      Effect: 'Deny',
      Action: 'iam:ListRoles',
      Resource: '*',
    })
    await look(page, 'simulator-statement')

    expect((await console.aws('iam', 'ListUsers', {}, key)).status).toBe(200)
    await expect(console.aws('iam', 'ListRoles', {}, key)).rejects.toThrow('explicit deny')
    await expect(console.aws('iam', 'CreateUser', { UserName: 'new' }, key)).rejects.toThrow('AccessDenied')
  })

  // Why: most policies that puzzle people ask for MFA, and a simulation without it says "denied" for no visible reason.
  test('names the context values that a policy asks for, and counts those that are given', async () => {
    const Condition = { NumericLessThan: { 'aws:MultiFactorAuthAge': '600' } }
    await makeKey(console, 'wim', [{ Effect: 'Allow', Action: 'iam:ListUsers', Resource: '*', Condition }])
    const page = await console.signedIn('admin', '/simulator')
    await ask(page, 'wim', 'iam:ListUsers')
    // Picked by the keyboard: what was typed to find it does not count.
    await page.getByLabel('Actions').fill('assumerolewithw')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Take sts:AssumeRoleWithWebIdentity away' }).click()
    expect(await page.getByRole('button', { name: /^Take / }).count()).toBe(1)
    await page.getByRole('button', { name: 'Run simulation' }).click()
    await row(page, 'iam:ListUsers').getByText('No statement allows it.').waitFor()
    await row(page, 'iam:ListUsers').getByRole('button', { name: 'aws:MultiFactorAuthAge' }).waitFor()
    await page.getByRole('button', { name: 'MFA age' }).click()
    await page.getByRole('button', { name: 'Run simulation' }).click()
    await row(page, 'iam:ListUsers').getByText('Allowed', { exact: true }).waitFor()
    await page.getByLabel('Value of aws:MultiFactorAuthAge').fill('601')
    await page.getByRole('button', { name: 'Run simulation' }).click()
    await row(page, 'iam:ListUsers').getByText('Denied', { exact: true }).waitFor()
  })

  // Why: a policy is tried out before anybody has it.
  test('tries out a policy that is only written here, whatever stands in it', async () => {
    const page = await console.signedIn('admin', '/simulator')
    await page.getByRole('radio', { name: 'Only policies that I write here' }).click()
    const editor = page.getByRole('textbox', { name: 'Policy to simulate' })
    await editor.waitFor()
    await editor.press('Control+a')
    const Resource = 'arn:aws:s3:::docs/<img src=x onerror=alert(1)>'
    const Statement = [{ Effect: 'Allow', Action: 's3:GetObject', Resource }]
    await page.keyboard.insertText(JSON.stringify({ Version: '2012-10-17', Statement }))
    await page.getByLabel('Actions').fill('s3:GetObject s3:PutObject ')
    await page.getByLabel('Resources').fill(Resource.replaceAll(' ', '?'))
    await page.getByRole('button', { name: 'Run simulation' }).click()
    await row(page, 's3:GetObject').getByText('Denied', { exact: true }).waitFor()
    expect(await page.locator('img[src="x"]').count()).toBe(0)
    await page.getByLabel('Actions').fill('iam:* ')
    await page.getByRole('button', { name: 'Run simulation' }).click()
    await page.getByText('Invalid Input Actions: [iam:*]').waitFor()
  })
})
