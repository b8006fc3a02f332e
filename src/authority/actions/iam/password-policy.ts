import type { PasswordPolicy } from '../../model/entities.ts'
import { action } from '../grid.ts'
import { noSuch } from '../sentences.ts'
import { onAll } from '../subjects.ts'
import { put, write } from '../write.ts'

const flag = { type: 'boolean' } as const
const length = { type: 'integer', min: 6, max: 128 } as const
const age = { type: 'integer', min: 1, max: 1095 } as const
const reuse = { type: 'integer', min: 1, max: 24 } as const

const getAccountPasswordPolicy = action({
  service: 'iam',
  name: 'GetAccountPasswordPolicy',
  input: {},
  output: {
    PasswordPolicy: {
      type: 'structure',
      required: true,
      members: {
        MinimumPasswordLength: length,
        RequireSymbols: flag,
        RequireNumbers: flag,
        RequireUppercaseCharacters: flag,
        RequireLowercaseCharacters: flag,
        AllowUsersToChangePassword: flag,
        ExpirePasswords: flag,
        MaxPasswordAge: age,
        PasswordReusePrevention: reuse,
        HardExpiry: flag,
      },
    },
  },
  permission: onAll('iam:GetAccountPasswordPolicy'),
  run: (_input, { directory }) => {
    const { passwordPolicy: policy, id } = directory.account
    if (policy === null || policy === undefined) return noSuch.passwordPolicy(id)
    return {
      ok: {
        PasswordPolicy: {
          MinimumPasswordLength: policy.minimumLength,
          RequireSymbols: policy.requireSymbols,
          RequireNumbers: policy.requireNumbers,
          RequireUppercaseCharacters: policy.requireUppercase,
          RequireLowercaseCharacters: policy.requireLowercase,
          AllowUsersToChangePassword: policy.allowUsersToChange,
          ExpirePasswords: policy.maxAge !== null,
          MaxPasswordAge: policy.maxAge ?? undefined,
          PasswordReusePrevention: policy.reusePrevention ?? undefined,
          // Left out when it was left out (recorded of AWS in February 2026 by localstack,
          // `test_iam_account_password_policy.snapshot.json`).
          HardExpiry: policy.hardExpiry ?? undefined,
        },
      },
    }
  },
})

/** Not a partial update: what is left out goes back to its default (API Reference, UpdateAccountPasswordPolicy). */
const updateAccountPasswordPolicy = action({
  service: 'iam',
  name: 'UpdateAccountPasswordPolicy',
  input: {
    MinimumPasswordLength: length,
    RequireSymbols: flag,
    RequireNumbers: flag,
    RequireUppercaseCharacters: flag,
    RequireLowercaseCharacters: flag,
    AllowUsersToChangePassword: flag,
    MaxPasswordAge: age,
    PasswordReusePrevention: reuse,
    HardExpiry: flag,
  },
  output: null,
  permission: onAll('iam:UpdateAccountPasswordPolicy'),
  run: (input, context) =>
    write(context, () => {
      const passwordPolicy: PasswordPolicy = {
        minimumLength: input.MinimumPasswordLength ?? 6,
        requireSymbols: input.RequireSymbols ?? false,
        requireNumbers: input.RequireNumbers ?? false,
        requireUppercase: input.RequireUppercaseCharacters ?? false,
        requireLowercase: input.RequireLowercaseCharacters ?? false,
        allowUsersToChange: input.AllowUsersToChangePassword ?? false,
        maxAge: input.MaxPasswordAge ?? null,
        reusePrevention: input.PasswordReusePrevention ?? null,
        hardExpiry: input.HardExpiry ?? null,
      }
      return { ok: {}, changes: [put(context.directory, { ...context.directory.account, passwordPolicy })] }
    }),
})

const deleteAccountPasswordPolicy = action({
  service: 'iam',
  name: 'DeleteAccountPasswordPolicy',
  input: {},
  output: null,
  permission: onAll('iam:DeleteAccountPasswordPolicy'),
  run: (_input, context) =>
    write(context, () => {
      const { account } = context.directory
      if (account.passwordPolicy === null || account.passwordPolicy === undefined)
        return noSuch.passwordPolicyToDelete()
      return { ok: {}, changes: [put(context.directory, { ...account, passwordPolicy: null })] }
    }),
})

export const passwordPolicy = [getAccountPasswordPolicy, updateAccountPasswordPolicy, deleteAccountPasswordPolicy]
