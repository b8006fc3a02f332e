import { describe, expect, test } from 'vitest'
import { type KeyPair, sessionIn } from '../../src/lab/stage.ts'
import { account, consoleFor, hasBrowser, look } from './console.ts'
import { makeKey, refused } from './refused.ts'

const anybodyHere = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: account }, Action: 'sts:AssumeRole' }],
})

describe.runIf(hasBrowser)('the sessions', { timeout: 60_000 }, () => {
  const console = consoleFor()

  async function assume(role: string, key: KeyPair, name: string) {
    const RoleArn = `arn:aws:iam::${account}:role/${role}`
    return sessionIn(await console.aws('sts', 'AssumeRole', { RoleArn, RoleSessionName: name }, key))
  }

  test('of a role are listed, and revoked by the policy that the page shows', async () => {
    const everything = { Effect: 'Allow', Action: '*', Resource: '*' }
    const key = await makeKey(console, 'sam', [everything])
    await console.aws('iam', 'CreateRole', { RoleName: 'deploy', AssumeRolePolicyDocument: anybodyHere })
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [everything] })
    await console.aws('iam', 'PutRolePolicy', { RoleName: 'deploy', PolicyName: 'all', PolicyDocument })
    const session = await assume('deploy', key, 'ci')
    const before = await console.aws('iam', 'ListUsers', {}, session)
    expect(before.status).toBe(200)
    const page = await console.signedIn('admin', '/sessions')
    const row = page.getByRole('row', { name: session.accessKeyId })
    await row.getByText('Valid', { exact: true }).waitFor()
    expect(await row.textContent()).toContain('assumed-role/deploy/ci')
    expect(await row.textContent()).toContain('user/sam')
    await look(page, 'sessions')
    await row.getByRole('radio').click()
    await page.getByRole('button', { name: 'Revoke active sessions' }).click()
    const dialog = page.getByRole('dialog', { name: 'Revoke active sessions of deploy?' })
    const shown = await dialog.locator('code').textContent()
    await look(page, 'sessions-revoke')
    await dialog.getByRole('button', { name: 'Revoke active sessions' }).click()
    await page.getByText('that were issued until now are revoked').waitFor()
    const put = await console.aws('iam', 'GetRolePolicy', { RoleName: 'deploy', PolicyName: 'AWSRevokeOlderSessions' })
    expect(decodeURIComponent(put.text('PolicyDocument'))).toBe(shown)
    const { code } = await refused(console, session, ['iam', 'ListUsers'])
    expect(code).toBe('AccessDenied')
    await page.getByRole('row', { name: session.accessKeyId }).waitFor({ state: 'detached' })
    await page.getByText('Valid sessions only').click()
    await page.getByRole('row', { name: session.accessKeyId }).getByText('Revoked').waitFor()
  })

  test('of a user are found by its ARN, and its key goes on working when they are revoked', async () => {
    const key = await makeKey(console, 'uma', [{ Effect: 'Allow', Action: '*', Resource: '*' }])
    const session = sessionIn(await console.aws('sts', 'GetSessionToken', {}, key))
    await makeKey(console, 'vera')
    const page = await console.signedIn('admin', '/sessions')
    await page.getByLabel('ARN of the principal').fill(`arn:aws:iam::${account}:user/uma`)
    const row = page.getByRole('row', { name: session.accessKeyId })
    await row.waitFor()
    await page.waitForURL('**/sessions?principal=*')
    await row.getByRole('radio').click()
    await page.getByRole('button', { name: 'Revoke active sessions' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke active sessions' }).click()
    await page.getByText('that were issued until now are revoked').waitFor()
    await refused(console, session, ['sts', 'GetFederationToken', { Name: 'x' }])
    const RoleArn = `arn:aws:iam::${account}:role/deploy`
    await refused(console, session, ['sts', 'AssumeRole', { RoleArn, RoleSessionName: 'late' }])
    expect((await console.aws('iam', 'ListUsers', {}, key)).status).toBe(200)
  })

  test('of one’s own in this console end in all browsers at once', async () => {
    const here = await console.signedIn('admin', '/sessions')
    const there = await console.signedIn('admin', '/decisions')
    await there.getByText('Live', { exact: true }).waitFor()
    await here.getByRole('button', { name: 'Sign out everywhere' }).last().click()
    await here.getByLabel('User name').waitFor()
    // By itself: the stream ends, and is not taken up again.
    await there.getByLabel('User name').waitFor()
  })
})
