import { authorize } from '../../authorization/index.ts'
import type { LoginProfile, User } from '../../model/entities.ts'
import { currentHash, isPassword } from '../../sessions/password.ts'
import { type ActionContext, action } from '../grid.ts'
import { instant, renamedUserName } from '../members.ts'
import { endingSessions, planPassword, preparePassword } from '../passwords.ts'
import { exists, invalidParameter, isRefused, noSuch, type Refused } from '../sentences.ts'
import { onUser, ownerNamed } from '../subjects.ts'
import { put, remove, write } from '../write.ts'

const loginProfile = {
  type: 'structure',
  required: true,
  members: {
    UserName: { type: 'string', required: true },
    CreateDate: instant,
    PasswordResetRequired: { type: 'boolean' },
  },
} as const

const password = {
  type: 'string',
  min: 1,
  max: 128,
  pattern: '[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+',
  sensitive: true,
} as const

const createLoginProfile = action({
  service: 'iam',
  name: 'CreateLoginProfile',
  input: { UserName: renamedUserName, Password: password, PasswordResetRequired: { type: 'boolean' } },
  output: { LoginProfile: loginProfile },
  permission: (input, context) => onUser('iam:CreateLoginProfile', input.UserName, context),
  run: async (input, context) => {
    const user = userNamed(input.UserName, context)
    if (isRefused(user)) return user
    if (input.Password === undefined) return invalidParameter('A password is needed for the login profile of a user.')
    if (context.directory.loginProfile(user.id) !== undefined) return exists.loginProfile(user.name)
    const prepared = await preparePassword(user, input.Password, 'as-administrator', context)
    if (isRefused(prepared)) return prepared
    return write(context, () => {
      const present = userNamed(user.name, context)
      if (isRefused(present)) return present
      if (context.directory.loginProfile(present.id) !== undefined) return exists.loginProfile(present.name)
      const profile = planPassword(present, prepared, input.PasswordResetRequired ?? false, context)
      return { ok: { LoginProfile: shown(present, profile) }, changes: changesOf(present, profile, context) }
    })
  },
})

const getLoginProfile = action({
  service: 'iam',
  name: 'GetLoginProfile',
  input: { UserName: renamedUserName },
  output: { LoginProfile: loginProfile },
  permission: (input, context) => onUser('iam:GetLoginProfile', input.UserName, context),
  run: (input, context) => {
    const user = userNamed(input.UserName, context)
    if (isRefused(user)) return user
    const profile = context.directory.loginProfile(user.id)
    return profile === undefined ? noSuch.loginProfile(user.name) : { ok: { LoginProfile: shown(user, profile) } }
  },
})

const updateLoginProfile = action({
  service: 'iam',
  name: 'UpdateLoginProfile',
  input: {
    UserName: { ...renamedUserName, required: true },
    Password: password,
    PasswordResetRequired: { type: 'boolean' },
  },
  output: null,
  permission: (input, context) => onUser('iam:UpdateLoginProfile', input.UserName, context),
  run: async (input, context) => {
    const user = userNamed(input.UserName, context)
    if (isRefused(user)) return user
    if (context.directory.loginProfile(user.id) === undefined) return noSuch.loginProfile(user.name)
    const prepared =
      input.Password === undefined ? null : await preparePassword(user, input.Password, 'as-administrator', context)
    if (prepared !== null && isRefused(prepared)) return prepared
    return write(context, () => {
      const present = userNamed(user.name, context)
      if (isRefused(present)) return present
      const before = context.directory.loginProfile(present.id)
      if (before === undefined) return noSuch.loginProfile(present.name)
      // What is not said stays, also with a new password (radkawar/stackd, `login_profile_aws.json`, September 2026).
      const resetRequired = input.PasswordResetRequired ?? before.resetRequired
      const profile =
        prepared === null ? { ...before, resetRequired } : planPassword(present, prepared, resetRequired, context)
      const ended = prepared === null ? [] : endingSessions(present.id, context)
      return { ok: {}, changes: [...changesOf(present, profile, context), ...ended] }
    })
  },
})

const deleteLoginProfile = action({
  service: 'iam',
  name: 'DeleteLoginProfile',
  input: { UserName: renamedUserName },
  output: null,
  permission: (input, context) => onUser('iam:DeleteLoginProfile', input.UserName, context),
  run: (input, context) =>
    write(context, () => {
      const user = userNamed(input.UserName, context)
      if (isRefused(user)) return user
      const profile = context.directory.loginProfile(user.id)
      if (profile === undefined) return noSuch.loginProfile(user.name)
      return { ok: {}, changes: [remove(context.directory, profile), ...endingSessions(user.id, context)] }
    }),
})

const changePassword = action({
  service: 'iam',
  name: 'ChangePassword',
  input: { OldPassword: { ...password, required: true }, NewPassword: { ...password, required: true } },
  output: null,
  // Judges itself: the account may let all of its users do this (IAM User Guide, "Setting an account password policy").
  permission: 'free',
  run: async (input, context) => {
    const denied = judgeChange(context)
    if (denied !== null) return denied
    const { principal, directory } = context
    const user = principal.type === 'user' ? directory.user(principal.userId) : undefined
    if (user === undefined) return { refused: { reason: 'wrong-user-type' } }
    const profile = directory.loginProfile(user.id)
    if (profile === undefined) return noSuch.loginProfile(user.name)
    const right = await isPassword(input.OldPassword, currentHash(profile.secret))
    if (right === null) return { refused: { reason: 'throttled' } }
    if (!right) return { refused: { reason: 'old-password-wrong' } }
    if (input.NewPassword === input.OldPassword) return { refused: { reason: 'new-password-is-old' } }
    const prepared = await preparePassword(user, input.NewPassword, 'as-oneself', context)
    if (isRefused(prepared)) return prepared
    return write(context, () => {
      const before = directory.loginProfile(user.id)
      // Set by someone else while this was going on: then the old password is another one now.
      if (before === undefined || before.secret !== profile.secret) return { refused: { reason: 'old-password-wrong' } }
      const changed = planPassword(user, prepared, false, context)
      return { ok: {}, changes: [put(directory, changed), ...endingSessions(user.id, context)] }
    })
  },
})

/** Null when the caller may. An explicit deny counts also where the account lets everyone. */
function judgeChange(context: ActionContext): Refused | null {
  const { principal, directory, conditions } = context
  const permission = onUser('iam:ChangePassword', undefined, context)
  const verdict = authorize({ principal, directory, conditions, permission })
  if (verdict.allowed) {
    context.decidedBy?.(verdict.statement)
    return null
  }
  const { refusal } = verdict
  const onlySilent =
    refusal.reason === 'not-authorized' &&
    refusal.verdict.kind === 'implicit' &&
    refusal.verdict.policyType === 'identity-based'
  const open = directory.account.passwordPolicy?.allowUsersToChange === true && principal.type === 'user'
  return open && onlySilent ? null : { refused: refusal }
}

function userNamed(name: string | undefined, context: ActionContext): User | Refused {
  const owner = ownerNamed(name, context)
  // Root chooses its password at the console's first sign-in; these calls are about users.
  return owner === 'root' ? invalidParameter('Must specify userName when calling with non-User credentials') : owner
}

function shown(user: User, profile: LoginProfile) {
  return { UserName: user.name, CreateDate: profile.createdAt, PasswordResetRequired: profile.resetRequired }
}

/** The user is put along, so that it is not deleted while it is given a password. */
function changesOf(user: User, profile: LoginProfile, { directory }: ActionContext) {
  return [put(directory, user), put(directory, profile)]
}

export const loginProfiles = [
  createLoginProfile,
  getLoginProfile,
  updateLoginProfile,
  deleteLoginProfile,
  changePassword,
]
