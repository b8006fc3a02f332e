import type { BrokenSource } from '../sources/answer.ts'
import type { Place } from '../sources/credential.ts'
import { isLoginRenewed } from '../sources/login.ts'
import type { AssumeRolePlan, CredentialPlan, LoginPlan, SsoPlan, WebIdentityPlan } from '../sources/plan.ts'
import { namedSettings, profileSettings, type SourceGround } from '../sources/settings.ts'
import { ssoTokenFile, ssoTokenRefusal } from '../sources/sso.ts'
import { tokenFileRefusal } from '../sources/web-identity.ts'
import { bearerTokenRefusal, type ClientAsked, validatesParameters } from './botocore-client.ts'
import type { BotocoreRules } from './botocore-rules.ts'
import { mayGetRegion, type RegionChoice } from './endpoint.ts'
import type { Refusal } from './start.ts'

/** Why a planned call ends before anything is sent, in botocore's words and in plain ones. */
export type FirstUseRefusal = BrokenSource & { readonly at: Place | null; readonly because: string }

/** What else is to be known. */
export interface Clients {
  readonly ground: SourceGround
  readonly rules: BotocoreRules
  readonly region: RegionChoice | null
  /** The error with which no call of STS can be signed. */
  readonly signing: Refusal | null
  /** The error with which a client cannot be made. */
  refused(asked: ClientAsked): Refusal | null
}

/**
 * The error with which a plan ends that the machine itself can tell, null when its calls would be sent. botocore chooses a
 * source without looking at its parts; they are read when the credentials are first used.
 * Source: botocore credentials.py, the `_get_credentials` of each fetcher.
 */
export function refusalAtFirstUse(plan: CredentialPlan, clients: Clients): FirstUseRefusal | null {
  switch (plan.kind) {
    case 'assume-role':
      return (
        refusalAtFirstUse(plan.from, clients) ??
        plain(clients.refused({ service: 'sts', region: clients.region, isSigned: true }), plan.at) ??
        (validatesParameters(clients.ground) ? roleParameters(plan) : null) ??
        plain(clients.signing, plan.at)
      )
    case 'web-identity':
      return webIdentity(plan, clients)
    case 'sso':
      return ssoRole(plan, clients)
    case 'login':
      return loginSession(plan, clients)
    default:
      return null
  }
}

function webIdentity(plan: WebIdentityPlan, { ground, region, refused }: Clients): FirstUseRefusal | null {
  const unread = tokenFileRefusal(ground, plan.tokenFile)
  if (unread !== null) return { ...unread, at: plan.at }
  const client = refused({ service: 'sts', region, isSigned: false })
  return plain(client, plan.at) ?? (validatesParameters(ground) ? webIdentityParameters(plan, ground) : null)
}

function ssoRole(plan: SsoPlan, clients: Clients): FirstUseRefusal | null {
  const { ground, rules, refused } = clients
  const isOther = rules.ssoTokenOf === 'selected-profile' && plan.profile !== ground.profile
  const tokenProfile = isOther || plan.profile === null ? ground.profile : plan.profile
  const client =
    refused({ service: 'sso', region: { name: plan.region, at: plan.at }, isSigned: false }) ??
    (plan.sessionName === null ? null : bearerTokenRefusal(ground, tokenProfile))
  if (client !== null) return plain(client, plan.at)
  const used = isOther && plan.sessionName !== null ? withTokenOf(ground, plan) : plan
  const token = used === null ? noToken : ssoTokenRefusal(ground, used, rules.sendsOverTokens)
  return token === null ? null : { ...token, at: plan.at }
}

/** Older versions take the token that the selected profile's `sso_session` names, whoever's role is asked for. */
function withTokenOf({ machine, files, profile }: SourceGround, plan: SsoPlan): SsoPlan | null {
  const sessionName = profileSettings(files, profile)?.get('sso_session')?.value
  if (sessionName === undefined) return null
  const startUrl = namedSettings(files, 'sso-session', sessionName)?.get('sso_start_url')?.value ?? plan.startUrl
  return { ...plan, sessionName, startUrl, tokenFile: ssoTokenFile(machine, sessionName) }
}

const noToken: BrokenSource & { readonly because: string } = {
  reason: 'configuration',
  says: "AttributeError: 'NoneType' object has no attribute 'get_frozen_token'",
  because: 'this version looks for the access token by the sso_session of the selected profile, which has none',
}

function loginSession(plan: LoginPlan, { ground, rules, region, refused }: Clients): FirstUseRefusal | null {
  if (!isLoginRenewed(ground, plan)) return null
  const client =
    refused({ service: 'signin', region, isSigned: false }) ??
    (region === null && !mayGetRegion(ground, rules) ? noRegion : null)
  return plain(client, plan.at)
}

/** The sign-in service is in regions alone. */
const noRegion: Refusal = { reason: 'configuration', says: 'NoRegionError: You must specify a region.', at: null }

function plain(refusal: Refusal | null, at: Place): FirstUseRefusal | null {
  if (refusal === null) return null
  return { ...refusal, at: refusal.at ?? at, because: 'the client that would be asked cannot be made' }
}

// ---- parameters

/** What the service model of STS demands (sts 2011-06-15), and how botocore's validate.py words it. */
const least = { RoleArn: 20, RoleSessionName: 2, ExternalId: 2, SerialNumber: 9, WebIdentityToken: 4 } as const

function roleParameters(plan: AssumeRolePlan): FirstUseRefusal | null {
  const duration = plan.durationSeconds
  return refusedParameters(plan.at, [
    ...(plan.sessionName === null ? [] : [tooShort('RoleSessionName', plan.sessionName)]),
    ...(plan.externalId === null ? [] : [tooShort('ExternalId', plan.externalId)]),
    ...(plan.mfaSerial === null ? [] : [tooShort('SerialNumber', plan.mfaSerial)]),
    duration !== null && duration < 900
      ? `Invalid value for parameter DurationSeconds, value: ${duration}, valid min value: 900`
      : null,
    tooShort('RoleArn', plan.roleArn),
  ])
}

function webIdentityParameters(plan: WebIdentityPlan, { machine }: SourceGround): FirstUseRefusal | null {
  const reading = machine.readFile(plan.tokenFile)
  const token = reading.kind === 'found' ? new TextDecoder().decode(reading.bytes) : null
  return refusedParameters(plan.at, [
    ...(plan.sessionName === null ? [] : [tooShort('RoleSessionName', plan.sessionName)]),
    tooShort('RoleArn', plan.roleArn),
    ...(token === null ? [] : [tooShort('WebIdentityToken', token)]),
  ])
}

function tooShort(name: keyof typeof least, value: string): string | null {
  const length = [...value].length
  return length >= least[name]
    ? null
    : `Invalid length for parameter ${name}, value: ${length}, valid min length: ${least[name]}`
}

function refusedParameters(at: Place, complaints: readonly (string | null)[]): FirstUseRefusal | null {
  const said = complaints.filter((complaint) => complaint !== null)
  if (said.length === 0) return null
  const says = `ParamValidationError: Parameter validation failed:\n${said.join('\n')}`
  return { reason: 'configuration', says, at, because: 'what would be sent to STS is refused before it is sent' }
}
