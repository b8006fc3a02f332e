import { describe, expect, it } from 'vitest'
import { openAuthority } from './authority-at-hand.ts'

const good = 'Correct-Horse-1'

async function withUser() {
  const at = await openAuthority()
  await at.ok('CreateUser', { UserName: 'ada' })
  return at
}

describe('a login profile', () => {
  it('is created, shown without the password, changed and deleted', async () => {
    const at = await withUser()
    const made = await at.ok('CreateLoginProfile', { UserName: 'ada', Password: good, PasswordResetRequired: true })
    const shown = { UserName: 'ada', CreateDate: '2026-11-28T12:00:00Z', PasswordResetRequired: true }
    expect(made).toEqual({ LoginProfile: shown })
    at.tick(60)
    expect(await at.ok('GetLoginProfile', { UserName: 'ADA' })).toEqual({ LoginProfile: shown })
    await at.ok('UpdateLoginProfile', { UserName: 'ada', PasswordResetRequired: false })
    await at.ok('UpdateLoginProfile', { UserName: 'ada', Password: 'Another-1-horse' })
    expect(await at.ok('GetLoginProfile', { UserName: 'ada' })).toEqual({
      LoginProfile: { ...shown, PasswordResetRequired: false },
    })
    await at.ok('DeleteLoginProfile', { UserName: 'ada' })
    expect(await at.refused('GetLoginProfile', { UserName: 'ada' })).toMatchObject({
      reason: 'no-such-entity',
      says: 'Login Profile for User ada cannot be found.',
    })
  })

  it('keeps the password as a hash that the store seals', async () => {
    const at = await withUser()
    await at.ok('CreateLoginProfile', { UserName: 'ada', Password: good })
    const profile = at.state.directory.loginProfile(at.user('ada').userId)!
    expect(profile.secret).toMatch(/^scrypt\$/)
    expect(JSON.stringify(profile)).not.toContain(good)
  })

  it.each([
    ['a user that is not there', 'CreateLoginProfile', { UserName: 'x', Password: good }, 'no-such-entity'],
    ['no password', 'CreateLoginProfile', { UserName: 'ada' }, 'invalid-parameter'],
    [
      'a password against the rules',
      'CreateLoginProfile',
      { UserName: 'ada', Password: 'short' },
      'password-policy-violation',
    ],
    ['a profile that is not there', 'UpdateLoginProfile', { UserName: 'ada', Password: good }, 'no-such-entity'],
    ['a profile that is not there', 'DeleteLoginProfile', { UserName: 'ada' }, 'no-such-entity'],
    ['root itself', 'CreateLoginProfile', { Password: good }, 'invalid-parameter'],
  ])('refuses %s (%s)', async (_, operation, input, reason) => {
    const at = await withUser()
    expect((await at.refused(operation, input)).reason).toBe(reason)
  })

  it('is there once, and keeps its user from being deleted', async () => {
    const at = await withUser()
    await at.ok('CreateLoginProfile', { UserName: 'ada', Password: good })
    expect(await at.refused('CreateLoginProfile', { UserName: 'ada', Password: good })).toMatchObject({
      reason: 'entity-exists',
      says: 'Login Profile for user ada already exists.',
    })
    expect(await at.refused('DeleteUser', { UserName: 'ada' })).toMatchObject({
      reason: 'delete-conflict',
      says: 'Cannot delete entity, must delete login profile first.',
    })
    await at.ok('DeleteLoginProfile', { UserName: 'ada' })
    await at.ok('DeleteUser', { UserName: 'ada' })
  })
})

describe('ChangePassword', () => {
  const policyOf = (Action: string, Effect = 'Allow') =>
    JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect, Action, Resource: '*' }] })

  async function withPassword() {
    const at = await withUser()
    await at.ok('CreateLoginProfile', { UserName: 'ada', Password: good, PasswordResetRequired: true })
    return { at, ada: at.user('ada') }
  }
  const change = { OldPassword: good, NewPassword: 'Another-1-horse' }

  it('needs a permission, or the leave that the account gives to all of its users', async () => {
    const { at, ada } = await withPassword()
    expect(await at.refused('ChangePassword', change, ada)).toMatchObject({
      reason: 'not-authorized',
      action: 'iam:ChangePassword',
      resource: ada.arn,
    })
    await at.ok('UpdateAccountPasswordPolicy', { AllowUsersToChangePassword: true })
    await at.ok('PutUserPolicy', {
      UserName: 'ada',
      PolicyName: 'p',
      PolicyDocument: policyOf('iam:ChangePassword', 'Deny'),
    })
    expect((await at.refused('ChangePassword', change, ada)).reason).toBe('not-authorized')
    await at.ok('DeleteUserPolicy', { UserName: 'ada', PolicyName: 'p' })
    await at.ok('ChangePassword', change, ada)
    expect(await at.ok('GetLoginProfile', { UserName: 'ada' })).toMatchObject({
      LoginProfile: { PasswordResetRequired: false },
    })
  })

  it('wants the old password, and another one', async () => {
    const { at, ada } = await withPassword()
    await at.ok('PutUserPolicy', { UserName: 'ada', PolicyName: 'p', PolicyDocument: policyOf('iam:ChangePassword') })
    const wrong = { ...change, OldPassword: 'Wrong-Horse-1' }
    expect((await at.refused('ChangePassword', wrong, ada)).reason).toBe('old-password-wrong')
    const same = { OldPassword: good, NewPassword: good }
    expect((await at.refused('ChangePassword', same, ada)).reason).toBe('new-password-is-old')
    await at.ok('ChangePassword', change, ada)
    // Without a rule against it one may go back.
    await at.ok('ChangePassword', { OldPassword: change.NewPassword, NewPassword: good }, ada)
    await at.ok('UpdateAccountPasswordPolicy', { PasswordReusePrevention: 2, MinimumPasswordLength: 8 })
    const back = { OldPassword: good, NewPassword: change.NewPassword }
    expect((await at.refused('ChangePassword', back, ada)).reason).toBe('password-policy-violation')
  })

  it('is for users, not for root', async () => {
    const { at } = await withPassword()
    expect((await at.refused('ChangePassword', change)).reason).toBe('wrong-user-type')
  })
})

describe('the password policy of the account', () => {
  it('is set whole, shown, and deleted', async () => {
    const at = await openAuthority()
    const none = {
      reason: 'no-such-entity',
      says: 'The Password Policy with domain name 123456789012 cannot be found.',
    }
    expect(await at.refused('GetAccountPasswordPolicy')).toMatchObject(none)
    await at.ok('UpdateAccountPasswordPolicy', { MinimumPasswordLength: 14, MaxPasswordAge: 90, RequireSymbols: true })
    const defaults = {
      MinimumPasswordLength: 6,
      RequireSymbols: false,
      RequireNumbers: false,
      RequireUppercaseCharacters: false,
      RequireLowercaseCharacters: false,
      AllowUsersToChangePassword: false,
      ExpirePasswords: false,
      MaxPasswordAge: undefined,
      PasswordReusePrevention: undefined,
      HardExpiry: undefined,
    }
    expect(await at.ok('GetAccountPasswordPolicy')).toEqual({
      PasswordPolicy: {
        ...defaults,
        MinimumPasswordLength: 14,
        RequireSymbols: true,
        ExpirePasswords: true,
        MaxPasswordAge: 90,
      },
    })
    // What is left out goes back to its default.
    await at.ok('UpdateAccountPasswordPolicy', { PasswordReusePrevention: 5, HardExpiry: false })
    expect(await at.ok('GetAccountPasswordPolicy')).toEqual({
      PasswordPolicy: { ...defaults, PasswordReusePrevention: 5, HardExpiry: false },
    })
    await at.ok('DeleteAccountPasswordPolicy')
    expect(await at.refused('GetAccountPasswordPolicy')).toMatchObject(none)
    // In other words than the call that shows it (recorded of AWS, localstack `test_iam_account_password_policy.snapshot.json`).
    expect(await at.refused('DeleteAccountPasswordPolicy')).toMatchObject({
      says: 'The account policy with name PasswordPolicy cannot be found.',
    })
  })
})
