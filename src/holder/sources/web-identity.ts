import { pythonOpenError } from '../files/dialects/python.ts'
import { absolutePath } from '../machine/paths.ts'
import type { BrokenSource } from './answer.ts'
import type { Place } from './credential.ts'
import type { WebIdentityPlan } from './plan.ts'
import { profileSettings, type SourceGround } from './settings.ts'
import { absent, broken, deferred, refusedFiles, type Source } from './source.ts'

const variables = {
  web_identity_token_file: 'AWS_WEB_IDENTITY_TOKEN_FILE',
  role_arn: 'AWS_ROLE_ARN',
  role_session_name: 'AWS_ROLE_SESSION_NAME',
} as const

/**
 * A role by an identity token, from the environment or the profile (botocore `AssumeRoleWithWebIdentityProvider`). Each
 * variable outranks the profile's setting on its own; with a profile given by an argument the variables do not count.
 */
export const webIdentity: Source = {
  provider: 'assume-role-with-web-identity',
  ask(ground) {
    const refusal = refusedFiles(ground.files)
    if (refusal !== null) return refusal
    const tokenFile = lookUp(ground, 'web_identity_token_file')
    if (tokenFile === null || tokenFile.value === '') {
      return absent('no web identity token file is configured', tokenFile?.at)
    }
    const role = lookUp(ground, 'role_arn')
    if (role === null || role.value === '') {
      // The missing blank is botocore's.
      const says =
        'InvalidConfigError: The provided profile or the current environment is configured to assume role with web identity ' +
        'but has no role ARN configured. Ensure that the profile has the role_arnconfiguration set or the AWS_ROLE_ARN env var is set.'
      return broken('configuration', says, 'a web identity token file is configured, but no role', tokenFile.at)
    }
    const plan: WebIdentityPlan = {
      kind: 'web-identity',
      profile: ground.profile,
      roleArn: role.value,
      tokenFile: tokenFile.value,
      // An empty name is made up anew.
      sessionName: lookUp(ground, 'role_session_name')?.value || null,
      region: null,
      at: tokenFile.at,
    }
    return deferred(`the role ${role.value} would be assumed with the token in ${tokenFile.value}`, tokenFile.at, plan)
  },
}

function lookUp(
  { machine, files, profile, explicit }: SourceGround,
  key: keyof typeof variables,
): { readonly value: string; readonly at: Place } | null {
  const variable = variables[key]
  const fromEnvironment = explicit ? undefined : machine.env(variable)
  if (fromEnvironment !== undefined) return { value: fromEnvironment, at: { variable } }
  return profileSettings(files, profile)?.get(key) ?? null
}

/** The error with which the token is not read, in Python's words; null when it is (utils.py `FileWebIdentityTokenLoader`). */
export function tokenFileRefusal(
  { machine }: Pick<SourceGround, 'machine'>,
  path: string,
): (BrokenSource & { readonly because: string }) | null {
  const reading = machine.readFile(absolutePath(machine, path))
  if (reading.kind === 'found') return null
  const because = `the token file ${path} ${reading.kind === 'absent' ? 'does not exist' : 'cannot be read'}`
  return { reason: 'file-unreadable', says: pythonOpenError(reading, path), because }
}
