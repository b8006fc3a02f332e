import type { Settings } from '../../files/reading.ts'
import type { Machine } from '../../machine/machine.ts'
import { openedPath } from './places.ts'
import { readError } from './sections.ts'
import { refusedStsCall } from './v3-calls.ts'
import { stsRegion, type Told, type V3Ground } from './v3-ground.ts'
import type { Planned, Refused } from './v3-resolution.ts'

const sessionVariable = 'AWS_ROLE_SESSION_NAME'

/** The variables that name a role and a token file; null when one of the two is missing or empty. */
export function webIdentityVariables(machine: Machine): { readonly tokenFile: Told; readonly role: Told } | null {
  const tokenFile = told(machine, 'AWS_WEB_IDENTITY_TOKEN_FILE')
  const role = told(machine, 'AWS_ROLE_ARN')
  return tokenFile === null || role === null ? null : { tokenFile, role }
}

function told(machine: Machine, variable: string): Told | null {
  const value = machine.env(variable) ?? ''
  return value === '' ? null : { value, at: { variable } }
}

/** The role of a profile. Without a session name of its own it takes the environment's. */
export function webIdentityResolution(ground: V3Ground, profile: string, settings: Settings): Planned | Refused {
  const tokenFile = settings.get('web_identity_token_file')!
  return webIdentity(ground, profile, {
    tokenFile,
    role: settings.get('role_arn')!,
    sessionName: settings.get('role_session_name')?.value,
  })
}

/**
 * What comes of a role with an identity token. An unreadable file stops the chain.
 * Source: credential-provider-web-identity {fromTokenFile,fromWebToken}.js.
 */
export function webIdentity(
  ground: V3Ground,
  profile: string | null,
  {
    tokenFile,
    role,
    sessionName,
  }: { readonly tokenFile: Told; readonly role: Told; readonly sessionName?: string | undefined },
): Planned | Refused {
  const { machine } = ground
  const read = machine.readFile(openedPath(machine, tokenFile.value))
  if (read.kind !== 'found') {
    const says = `Error: ${readError(read.kind === 'absent' ? 'absent' : read.because, tokenFile.value)}`
    const because = `the token file ${tokenFile.value} cannot be read`
    return { kind: 'refused', reason: 'file-unreadable', says, goesOn: false, because, at: tokenFile.at }
  }
  const refused = refusedStsCall(ground, null, tokenFile.at)
  if (refused !== null) return refused
  return {
    kind: 'planned',
    plan: {
      kind: 'web-identity',
      profile,
      roleArn: role.value,
      tokenFile: tokenFile.value,
      sessionName: sessionName ?? machine.env(sessionVariable) ?? null,
      region: stsRegion(ground, null).name,
      at: tokenFile.at,
    },
  }
}
