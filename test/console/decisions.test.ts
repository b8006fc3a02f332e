import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { nextCode, phoneWith, twoCodes } from '../../src/lab/phone.ts'
import { hasCli } from '../authority/programs.ts'
import { noteSecret } from '../setup.ts'
import { account, consoleFor, hasBrowser, look, password, signIn } from './console.ts'
import { makeKey, otherSecret, refused, sendEncodedTwice, sendSigned, type } from './refused.ts'

/** The text of a command on the page. */
async function commandOn(page: Page, containing: string): Promise<string> {
  const block = page.locator('.code', { hasText: containing }).first()
  await block.waitFor()
  return (await block.locator('code').textContent()) ?? ''
}

const failedCheck = (page: Page) => page.locator('.walk li[aria-current="step"]')

describe.runIf(hasBrowser)('why a request was refused', { timeout: 60_000 }, () => {
  const console = consoleFor()

  test('is told for a key that is switched off, and the command of the page switches it on', async () => {
    const key = await makeKey(console, 'ina')
    const off = { UserName: 'ina', AccessKeyId: key.accessKeyId, Status: 'Inactive' }
    await console.aws('iam', 'UpdateAccessKey', off)
    const { requestId, code } = await refused(console, key, ['sts', 'GetCallerIdentity'])
    expect(code).toBe('InvalidClientTokenId')
    const page = await console.signedIn('admin', `/decisions/${requestId}`)
    await page.getByText('The access key is switched off (Inactive)').first().waitFor()
    expect(await failedCheck(page).textContent()).toContain('Is the access key known and active?')
    const command = await commandOn(page, 'update-access-key')
    expect(command).toBe(`aws iam update-access-key --user-name ina --access-key-id ${key.accessKeyId} --status Active`)
    await look(page, 'decision-key-inactive')
    if (!hasCli) return
    await type(console, command, console.authority.root)
    const who = await console.aws('sts', 'GetCallerIdentity', {}, key)
    expect(who.text('Arn')).toBe(`arn:aws:iam::${account}:user/ina`)
    await page.reload()
    await page.getByText('the key has been switched on since').waitFor()
  })

  test('is told where a policy wants a one-time code, and the command of the page makes the session that has it', async () => {
    const mfa = { Bool: { 'aws:MultiFactorAuthPresent': 'true' } }
    const key = await makeKey(console, 'mia', [
      { Effect: 'Allow', Action: 'iam:ListUsers', Resource: '*', Condition: mfa },
    ])
    const made = await console.aws('iam', 'CreateVirtualMFADevice', { VirtualMFADeviceName: 'mia' })
    const phone = phoneWith(Buffer.from(made.text('Base32StringSeed'), 'base64').toString('latin1'))
    const [AuthenticationCode1, AuthenticationCode2] = twoCodes(phone, new Date())
    const serial = made.text('SerialNumber')
    const codes = { AuthenticationCode1, AuthenticationCode2 }
    await console.aws('iam', 'EnableMFADevice', { UserName: 'mia', SerialNumber: serial, ...codes })
    const { requestId } = await refused(console, key, ['iam', 'ListUsers'])
    const page = await console.signedIn('admin', `/decisions/${requestId}`)
    expect(await failedCheck(page).textContent()).toContain('Do the policies allow it?')
    const command = await commandOn(page, 'get-session-token')
    expect(command).toBe(`aws sts get-session-token --serial-number ${serial} --token-code CODE`)
    if (!hasCli) return
    const typed = await type(console, command.replace('CODE', nextCode(phone, new Date())), key)
    const { Credentials } = JSON.parse(typed.output()) as { Credentials: Record<string, string> }
    noteSecret('secret key', Credentials['SecretAccessKey']!)
    const session = {
      accessKeyId: Credentials['AccessKeyId']!,
      secretAccessKey: Credentials['SecretAccessKey']!,
      sessionToken: Credentials['SessionToken']!,
    }
    const { body } = await console.aws('iam', 'ListUsers', {}, session)
    expect(body).toContain('<UserName>mia</UserName>')
  })

  test('is told for a missing permission, and the policy of the page grants it', async () => {
    const key = await makeKey(console, 'pia')
    const call = ['iam', 'GetUser', { UserName: 'pia' }] as const
    const { requestId } = await refused(console, key, call)
    const page = await console.signedIn('admin', `/decisions/${requestId}`)
    await page.getByText('No identity-based policy allows iam:GetUser').waitFor()
    const command = await commandOn(page, 'put-user-policy')
    expect(command).toContain(`"Resource":"arn:aws:iam::${account}:user/pia"`)
    await page.getByRole('link', { name: 'Simulate iam:GetUser' }).click()
    await page.getByText('iam:GetUser').first().waitFor()
    await page.getByRole('button', { name: 'Run simulation' }).click()
    await page.getByText('Denied').first().waitFor()
    if (!hasCli) return
    await type(console, command, console.authority.root)
    expect((await console.aws(...call, key)).text('UserName')).toBe('pia')
  })

  test('shows what the client signed beside what arrived, and marks what differs', async () => {
    const key = await makeKey(console, 'dora')
    const requestId = await sendEncodedTwice(console, key, 'a b/c')
    const page = await console.signedIn('admin', `/decisions/${requestId}`)
    const changed = page.locator('.compared tr.changed')
    await changed.first().waitFor()
    expect(await changed.count()).toBe(1)
    const side = async (column: number) =>
      (await changed.locator(`td:nth-child(${column}) > :not(.label)`).allTextContents()).join('')
    expect(await side(2)).toBe('Action=GetCallerIdentity&Note=a%20b%2Fc&Version=2011-06-15')
    expect(await side(3)).toBe('Action=GetCallerIdentity&Note=a%2520b%252Fc&Version=2011-06-15')
    expect(await changed.locator('mark').allInnerTexts()).toEqual(['25', '25'])
    expect(await failedCheck(page).textContent()).toContain('Does the signature match what was received?')
    await look(page, 'decision-signature')
  })

  test('is told for a wrong secret and for a clock that is off', async () => {
    const key = await makeKey(console, 'otto')
    const wrong = await refused(console, otherSecret(key), ['sts', 'GetCallerIdentity'])
    const page = await console.signedIn('admin', `/decisions/${wrong.requestId}`)
    await page.getByText('The secret key does not belong to the key id').first().waitFor()
    expect(await commandOn(page, 'create-access-key')).toBe('aws iam create-access-key --user-name otto')
    const late = await refused(console, key, ['sts', 'GetCallerIdentity'], -40)
    await page.goto(`${console.authority.url}/console/decisions/${late.requestId}`)
    await page.getByText('The clock of the machine is wrong').first().waitFor()
    expect(await failedCheck(page).textContent()).toContain('Is its time close enough to now?')
    await page.getByText('PowerShell', { exact: true }).first().click()
    expect(await commandOn(page, 'w32tm')).toBe('w32tm /resync /force')
  })

  test('says so of a request that never was here', async () => {
    const page = await console.signedIn('admin', '/decisions/0f0e0d0c-0000-4000-8000-000000000000')
    await page.getByText('This authority has no such request on record').waitFor()
  })
})

describe.runIf(hasBrowser)('the list of decisions', { timeout: 60_000 }, () => {
  const console = consoleFor()

  // Why: who does not see everything has to know it.
  test('says how many came faster than they could be shown, and loads them', async () => {
    const { authority } = console
    const page = await console.signedIn('admin', '/decisions')
    await page.getByText('Live', { exact: true }).waitFor()
    const ask = () => fetch(authority.url, { method: 'POST', body: 'Action=GetCallerIdentity&Version=2011-06-15' })
    // All in one second of the authority's clock, of which a hundred are sent.
    const now = new Date(Math.floor(Date.now() / 1000) * 1000).toISOString()
    for (let round = 0; round < 13; round += 1) {
      authority.clock({ now })
      await Promise.all(Array.from({ length: 10 }, ask))
    }
    authority.clock({ offset: 2 })
    await ask()
    await page.getByText(/^\d+ requests not shown$/).waitFor()
    authority.clock({})
    await page.getByRole('button', { name: 'Load them' }).click()
    await page.getByText(/^\d+ requests not shown$/).waitFor({ state: 'detached' })
  })

  test('shows a refusal in two browsers at once while they are open, holds it back when paused, and keeps its filter', async () => {
    const key = await makeKey(console, 'lea')
    await console.makePerson('second')
    const path = `/decisions?accessKeyId=${key.accessKeyId}`
    const pages = [await console.signedIn('admin', path), await console.signedIn('second', path)] as const
    for (const page of pages) await page.getByText('Live', { exact: true }).waitFor()
    await refused(console, key, ['iam', 'ListUsers'])
    // Of another key: the filter keeps it out.
    await refused(console, await makeKey(console, 'other'), ['iam', 'ListRoles'])
    for (const page of pages) await page.getByRole('link', { name: 'iam:ListUsers' }).waitFor()
    const [first] = pages
    expect(await first.getByRole('link', { name: 'iam:ListRoles' }).count()).toBe(0)
    await first.getByRole('button', { name: 'Pause' }).click()
    await refused(console, key, ['iam', 'ListGroups'])
    await first.getByRole('button', { name: 'Resume, 1 waiting' }).waitFor()
    expect(await first.getByRole('link', { name: 'iam:ListGroups' }).count()).toBe(0)
    await first.getByRole('button', { name: 'Resume, 1 waiting' }).click()
    await first.getByRole('link', { name: 'iam:ListGroups' }).waitFor()
    await first.getByRole('button', { name: 'Clear filters' }).click()
    await first.getByRole('link', { name: 'iam:ListRoles' }).waitFor()
    expect(new URL(first.url()).search).toBe('')
    await look(first, 'decisions')
    await first.getByRole('link', { name: 'iam:ListGroups' }).click()
    await first.getByRole('heading', { name: 'iam:ListGroups was refused' }).waitFor()
  })

  test('shows markup in names and user agents as the text that it is', async () => {
    const markup = '<img src=x onerror="window.hit=1"><script>window.hit=1</script>'
    const key = await makeKey(console, 'x+mark=up@example.com')
    const requestId = await sendSigned(console, otherSecret(key), markup)
    await refused(console, key, ['iam', 'GetUser', { UserName: '<b>bold</b>' }])
    const page = await console.signedIn('admin', `/decisions/${requestId}`)
    await page.getByText(markup).waitFor()
    await page.goto(`${console.authority.url}/console/decisions?text=${encodeURIComponent(markup)}`)
    await page.getByRole('link', { name: 'sts:GetCallerIdentity' }).first().waitFor()
    expect(await page.evaluate('window.hit')).toBeUndefined()
  })

  test('loads older requests by the page, and says when a person may not look', async () => {
    const key = await makeKey(console, 'many')
    for (let count = 0; count < 60; count += 1) await refused(console, key, ['iam', 'ListUsers'])
    const page = await console.signedIn('admin', `/decisions?accessKeyId=${key.accessKeyId}`)
    await page.getByText('50 requests shown').first().waitFor()
    await page.getByRole('button', { name: 'Load older' }).click()
    await page.getByText('60 requests shown').first().waitFor()
    await console.makePerson('nobody', [])
    const other = await console.visit()
    await other.goto(`${console.authority.url}/console/decisions`)
    await signIn(other, 'nobody', password)
    await other.getByText('The requests cannot be shown').waitFor()
    await other.getByRole('link', { name: 'Why was it refused?' }).first().waitFor()
  })
})
