import type { SourceAnswer } from '../../sources/answer.ts'
import type { Place } from '../../sources/credential.ts'
import type { CredentialPlan, WebIdentityPlan } from '../../sources/plan.ts'
import type { Settings } from '../../sources/settings.ts'
import { absent, broken, deferred, passedOver } from '../../sources/source.ts'
import { openedPath } from './places.ts'
import { readError } from './sections.ts'
import { stsRequestError } from './v2-endpoint.ts'
import type { Told, V2Ground } from './v2-ground.ts'

/** A role of the chain, as it stands in the environment or a profile. */
interface Role {
  readonly profile: string | null
  readonly role: Told | undefined
  readonly sessionName: string | undefined
}

/**
 * A role by an identity token: of the environment, else of the profile that `AWS_PROFILE` names or of one behind it, over which
 * the roles of those before are assumed. A circle of profiles without a token file is followed without end.
 *
 * Source: lib/credentials/token_file_web_identity_credentials.js.
 */
export function askWebIdentity(ground: V2Ground): SourceAnswer {
  const { machine } = ground
  const tokenFile = machine.env('AWS_WEB_IDENTITY_TOKEN_FILE') ?? ''
  const role = machine.env('AWS_ROLE_ARN') ?? ''
  if (tokenFile !== '' && role !== '') {
    const at = { variable: 'AWS_WEB_IDENTITY_TOKEN_FILE' }
    const sessionName = machine.env('AWS_ROLE_SESSION_NAME') || undefined
    const named = { profile: null, role: { value: role, at: { variable: 'AWS_ROLE_ARN' } }, sessionName }
    return withToken(ground, { value: tokenFile, at }, named, [])
  }
  return ofProfiles(ground)
}

function ofProfiles(ground: V2Ground): SourceAnswer {
  const { files, ambient } = ground
  let settings = files.profile(ambient)
  if (settings === null) return absent('no web identity token file is configured')
  const roles: Role[] = []
  const visited = new Set<string>()
  for (let name = ambient; ; ) {
    const token = settings.get('web_identity_token_file')
    const source = settings.get('source_profile')
    if (token !== undefined) return withToken(ground, token, roleOf(name, settings), roles)
    if (source === undefined) return absent('no web identity token file is configured')
    if (visited.has(name)) return endless(source.at)
    visited.add(name)
    roles.unshift(roleOf(name, settings))
    name = source.value
    const behind = files.profile(name)
    if (behind === null) return absent('no web identity token file is configured', source.at)
    settings = behind
  }
}

/** No error of the SDK: it goes round until its memory is full, and answers nothing. */
function endless(at: Place): SourceAnswer {
  const says = 'Endless: the SDK does not come to an end'
  return broken(
    'configuration',
    says,
    'source_profile leads in a circle in which no web identity token file stands',
    at,
  )
}

function roleOf(profile: string, settings: Settings): Role {
  return { profile, role: settings.get('role_arn'), sessionName: settings.get('role_session_name')?.value }
}

function withToken(
  ground: V2Ground,
  tokenFile: Told & { readonly at: Place },
  first: Role,
  roles: readonly Role[],
): SourceAnswer {
  const { machine } = ground
  const read = machine.readFile(openedPath(machine, tokenFile.value))
  if (read.kind !== 'found') {
    const says = `Error: ${readError(read.kind === 'absent' ? 'absent' : read.because, tokenFile.value)}`
    return passedOver('file-unreadable', says, `the token file ${tokenFile.value} cannot be read`, tokenFile.at)
  }
  const error = stsRequestError(ground, ground.region)
  if (error !== null) return passedOver(error.reason, error.says, 'STS cannot be asked', error.at ?? tokenFile.at)
  const lacking = [first, ...roles].find(({ role }) => role === undefined)
  if (lacking !== undefined) {
    const says = "MissingRequiredParameter: Missing required key 'RoleArn' in params"
    return passedOver('configuration', says, `[${lacking.profile}] has no role_arn`, tokenFile.at)
  }
  return planned(ground, tokenFile, first, roles)
}

function planned(
  ground: V2Ground,
  tokenFile: Told & { readonly at: Place },
  first: Role,
  roles: readonly Role[],
): SourceAnswer {
  const region = ground.region?.value ?? null
  const base: WebIdentityPlan = {
    kind: 'web-identity',
    profile: first.profile,
    roleArn: first.role!.value,
    tokenFile: tokenFile.value,
    sessionName: first.sessionName ?? 'token-file-web-identity',
    region,
    at: tokenFile.at,
  }
  let plan: Exclude<CredentialPlan, { kind: 'static' }> = base
  for (const { profile, role, sessionName } of roles) {
    plan = {
      kind: 'assume-role',
      profile,
      roleArn: role!.value,
      sessionName: sessionName ?? 'token-file-web-identity',
      externalId: null,
      mfaSerial: null,
      durationSeconds: null,
      region,
      from: plan,
      at: role!.at ?? tokenFile.at,
    }
  }
  return deferred(`the role ${base.roleArn} would be assumed with the token in ${tokenFile.value}`, tokenFile.at, plan)
}
