import { describe, expect, test } from 'vitest'
import { hasCli } from '../authority/programs.ts'
import { awsCli } from './aws-cli.ts'
import { account, consoleFor, hasBrowser, look } from './console.ts'
import { makeKey } from './refused.ts'

const arnOf = (name: string): string => `arn:aws:iam::${account}:role/${name}`

interface AssumedRole {
  readonly Credentials: {
    readonly AccessKeyId: string
    readonly SecretAccessKey: string
    readonly SessionToken: string
  }
}

describe.runIf(hasBrowser)('roles', { timeout: 90_000 }, () => {
  const console = consoleFor()
  const cli = awsCli(() => console.authority.url)

  // Why: the trust policy is where most people go wrong; the wizard writes it for them.
  test.runIf(hasCli)('made in the wizard are assumed by the AWS CLI, until their sessions are revoked', async () => {
    const key = await makeKey(console, 'rita', [{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' }])
    const page = await console.signedIn('admin', '/roles')
    await page.getByRole('button', { name: 'Create role' }).first().click()
    await page.getByRole('radio', { name: 'This account' }).waitFor()
    await look(page, 'role-create-trusted-entity')
    await page.getByRole('checkbox', { name: 'Require external ID' }).click()
    await page.getByRole('button', { name: 'Next', exact: true }).click()
    await page.getByText('An external ID has 2 to 1,224').first().waitFor()
    await page.getByLabel('External ID', { exact: true }).fill('order:77')
    await page.getByRole('button', { name: 'Next', exact: true }).click()
    await page.getByRole('searchbox', { name: 'Search policies' }).first().fill('IAMReadOnly')
    await page.getByRole('checkbox', { name: /IAMReadOnlyAccess/ }).click()
    await page.getByRole('button', { name: 'Next', exact: true }).click()
    await page.getByLabel('Role name').fill('auditor')
    await look(page, 'role-create-review')
    await page.getByRole('button', { name: 'Create role' }).click()
    await page.getByRole('heading', { name: 'auditor', level: 1 }).waitFor()
    await look(page, 'role')

    const without = { RoleArn: arnOf('auditor'), RoleSessionName: 'of-rita' }
    await expect(console.aws('sts', 'AssumeRole', without, key)).rejects.toThrow('AccessDenied')
    const assume = ['sts', 'assume-role', '--role-arn', arnOf('auditor'), '--role-session-name', 'of-rita']
    const { Credentials } = (await cli(key, ...assume, '--external-id', 'order:77')) as AssumedRole
    const session = {
      accessKeyId: Credentials.AccessKeyId,
      secretAccessKey: Credentials.SecretAccessKey,
      sessionToken: Credentials.SessionToken,
    }
    expect((await console.aws('iam', 'ListGroups', {}, session)).status).toBe(200)

    await page.getByRole('tab', { name: 'Use this role' }).click()
    await page.getByText(`aws sts assume-role --role-arn ${arnOf('auditor')}`).waitFor()
    expect(await page.getByText('external_id = order:77').count()).toBe(1)
    await look(page, 'role-use')
    await page.getByRole('tab', { name: 'Revoke sessions' }).click()
    await page.getByText('One session is active.').waitFor()
    await look(page, 'role-revoke')
    await page.getByRole('button', { name: 'Revoke active sessions' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke active sessions' }).click()
    await page.getByText('that were issued until now are revoked').first().waitFor()
    expect(await cli(session, 'iam', 'list-groups')).toContain('explicit deny')
  })

  // Why: without the audience any program of the provider would get the role.
  test('for a web identity trust the provider for one audience, and its pods as AWS wants them', async () => {
    const audiences = { 'ClientIDList.member.1': 'sts.amazonaws.com', 'ClientIDList.member.2': 'other' }
    const provider = { Url: 'https://token.example.org', 'ThumbprintList.member.1': 'a'.repeat(40), ...audiences }
    await console.aws('iam', 'CreateOpenIDConnectProvider', provider)
    const page = await console.signedIn('admin', '/roles/create')
    const finish = async (name: string): Promise<unknown> => {
      await page.getByRole('button', { name: 'Next', exact: true }).click()
      await page.getByRole('searchbox', { name: 'Search policies' }).first().waitFor()
      await page.getByRole('button', { name: 'Next', exact: true }).click()
      await page.getByLabel('Role name').fill(name)
      await page.getByRole('button', { name: 'Create role' }).click()
      await page.getByRole('heading', { name, level: 1 }).waitFor()
      const made = await console.aws('iam', 'GetRole', { RoleName: name })
      return JSON.parse(decodeURIComponent(made.text('AssumeRolePolicyDocument')))
    }
    await page.getByRole('radio', { name: 'Web identity' }).click()
    await page.getByRole('button', { name: 'Next', exact: true }).click()
    await page.getByText('Choose the identity provider.').first().waitFor()
    await page.getByRole('button', { name: 'Identity provider' }).click()
    await page.getByRole('option', { name: 'token.example.org' }).click()
    await page.getByRole('button', { name: 'Audience' }).click()
    await page.getByRole('option', { name: 'sts.amazonaws.com' }).click()
    expect(await finish('deploy')).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'sts:AssumeRoleWithWebIdentity',
          Principal: { Federated: `arn:aws:iam::${account}:oidc-provider/token.example.org` },
          Condition: { StringEquals: { 'token.example.org:aud': 'sts.amazonaws.com' } },
        },
      ],
    })
    await page.goto(`${console.authority.url}/console/roles/create`)
    await page.getByRole('radio', { name: 'AWS service' }).click()
    await page.getByRole('radio', { name: 'EKS - Pod Identity' }).click()
    // IAM User Guide and EKS User Guide, "EKS Pod Identity role".
    expect(await finish('pods')).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: ['sts:AssumeRole', 'sts:TagSession'],
          Principal: { Service: ['pods.eks.amazonaws.com'] },
        },
      ],
    })
  })

  // Why: a wrong trust policy locks everybody out, or lets anybody in.
  test('are trusted as their policy says, which is edited with its faults shown', async () => {
    const key = await makeKey(console, 'sam', [{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' }])
    const other = {
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'ec2.amazonaws.com' } },
    }
    await console.aws('iam', 'CreateRole', { RoleName: 'guarded', AssumeRolePolicyDocument: JSON.stringify(other) })
    const assume = () => console.aws('sts', 'AssumeRole', { RoleArn: arnOf('guarded'), RoleSessionName: 'sam' }, key)
    await expect(assume()).rejects.toThrow('AccessDenied')
    const page = await console.signedIn('admin', '/roles/guarded?tab=trust')
    await page.getByRole('button', { name: 'Edit trust policy' }).click()
    const editor = page.getByRole('textbox', { name: 'Trust policy' })
    const write = async (user: string): Promise<void> => {
      await editor.press('Control+a')
      const Principal = { AWS: `arn:aws:iam::${account}:user/${user}` }
      await page.keyboard.insertText(JSON.stringify({ ...other, Statement: { ...other.Statement, Principal } }))
    }
    await write('nobody-of-that-name')
    await page.getByText('Invalid principal in policy').first().waitFor()
    await look(page, 'role-trust')
    await write('sam')
    await page.getByText('No faults found').first().waitFor()
    await page.getByRole('button', { name: 'Update policy' }).click()
    await page.getByText('The trust policy is saved.').first().waitFor()
    expect((await assume()).status).toBe(200)
  })

  // Why: Escape closes dialogs, and it is also how one leaves the editor.
  test('keep what is being written into an inline policy when Escape is pressed in the editor', async () => {
    const other = {
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: '*' } },
    }
    await console.aws('iam', 'CreateRole', { RoleName: 'inline', AssumeRolePolicyDocument: JSON.stringify(other) })
    const page = await console.signedIn('admin', '/roles/inline')
    await page.getByRole('button', { name: 'Add permissions' }).click()
    await page.getByRole('menuitem', { name: 'Create inline policy' }).click()
    const dialog = page.getByRole('dialog')
    const editor = dialog.getByRole('textbox', { name: 'Policy document' })
    await editor.press('Control+a')
    const document = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:GetRole","Resource":"*"}]}'
    await page.keyboard.insertText(document)
    await page.keyboard.press('Escape')
    await page.keyboard.press('Tab')
    await dialog.getByLabel('Policy name').fill('kept')
    await dialog.getByRole('button', { name: 'Create policy' }).click()
    await page.getByRole('button', { name: 'kept' }).waitFor()
    const made = await console.aws('iam', 'GetRolePolicy', { RoleName: 'inline', PolicyName: 'kept' })
    expect(decodeURIComponent(made.text('PolicyDocument'))).toBe(document)

    await page.getByRole('link', { name: 'Simulate policies' }).click()
    await page.getByLabel('Actions').fill('iam:GetRole')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Run simulation' }).click()
    await page.getByRole('button', { name: 'role_inline_kept' }).waitFor()
  })

  // Why: what hangs on a role has to go before it, in an order that nobody knows by heart.
  test('for EC2 come with an instance profile, and go with all that hangs on them', async () => {
    const page = await console.signedIn('admin', '/roles/create')
    await page.getByRole('radio', { name: 'AWS service' }).click()
    await page.getByRole('radio', { name: 'EC2' }).click()
    await page.getByRole('button', { name: 'Next', exact: true }).click()
    await page.getByRole('button', { name: 'Next', exact: true }).click()
    await page.getByLabel('Role name').fill('web-server')
    await page.getByRole('button', { name: 'Create role' }).click()
    await page.getByRole('heading', { name: 'web-server', level: 1 }).waitFor()
    await page.getByText(`arn:aws:iam::${account}:instance-profile/web-server`).first().waitFor()
    const { body } = await console.aws('iam', 'GetInstanceProfile', { InstanceProfileName: 'web-server' })
    expect(body).toContain('<RoleName>web-server</RoleName>')

    await page.getByRole('button', { name: 'Edit', exact: true }).first().click()
    await page.getByLabel('Description').fill('Serves <b>pages</b>')
    await page.getByRole('button', { name: 'Maximum session duration' }).click()
    await page.getByRole('option', { name: '4 hours' }).click()
    await page.getByRole('button', { name: 'Save changes' }).click()
    await page.getByText('The role is saved.').first().waitFor()
    await page.getByText('Serves <b>pages</b>').waitFor()
    expect((await console.aws('iam', 'GetRole', { RoleName: 'web-server' })).text('MaxSessionDuration')).toBe('14400')

    const PolicyDocument = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
    await console.aws('iam', 'PutRolePolicy', { RoleName: 'web-server', PolicyName: 'inline', PolicyDocument })
    await page.getByRole('button', { name: 'Delete', exact: true }).click()
    await page.getByLabel('To confirm, type "web-server"').fill('web-server')
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('heading', { name: 'Roles', level: 1 }).waitFor()
    await look(page, 'roles')
    await expect(console.aws('iam', 'GetRole', { RoleName: 'web-server' })).rejects.toThrow('NoSuchEntity')
    await expect(console.aws('iam', 'GetInstanceProfile', { InstanceProfileName: 'web-server' })).rejects.toThrow(
      'NoSuchEntity',
    )
  })
})
