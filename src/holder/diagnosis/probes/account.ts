import type { SigningCredentials } from '../../../signature/request.ts'
import { memberOf, membersOf } from '../../machine/reply-members.ts'
import { type Asker, ask, type ProbeNotice, type Question, type Target } from './question.ts'
import type { Reading } from './reading.ts'
import type { DecodedMessage, IamAnswer, RegionState, Told } from './told.ts'

/** Who asks with which values at what time, for the questions of this file. */
export interface OwnVoice {
  readonly asker: Asker
  readonly credentials: SigningCredentials
  readonly at: Date
}

async function put(voice: OwnVoice, notice: ProbeNotice, target: Target, question: Question): Promise<Reading | null> {
  const asked = await ask(voice.asker, notice, target, question, voice.credentials, voice.at)
  return asked.kind === 'answered' ? asked.reading : null
}

/**
 * Whether the account has a region, by ec2:DescribeRegions (`AllRegions`, one name); null when that may not be asked.
 * Source: EC2 API Reference, `Region.OptInStatus`.
 */
export async function regionByEc2(voice: OwnVoice, target: Target, region: string): Promise<RegionState | null> {
  const says = `asking EC2 whether the account has switched on ${region}`
  const notice = { name: 'ec2-describe-regions', says, endpoint: target.endpoint } as const
  const parameters = { AllRegions: 'true', 'RegionName.1': region }
  const reading = await put(voice, notice, target, { operation: 'DescribeRegions', version: '2016-11-15', parameters })
  if (reading?.kind !== 'success' || !membersOf(reading.body, 'regionName').includes(region)) return null
  const status = memberOf(reading.body, 'optInStatus')
  if (status === 'not-opted-in') return 'off'
  return status === 'opted-in' || status === 'opt-in-not-required' ? 'on' : null
}

/**
 * The same by account:GetRegionOptStatus, which also tells of a region that is just being switched.
 * Source: AWS Account Management API Reference.
 */
export async function regionByAccount(voice: OwnVoice, target: Target, region: string): Promise<RegionState | null> {
  const says = `asking for the state of ${region} in the account`
  const notice = { name: 'account-region-status', says, endpoint: target.endpoint } as const
  const question: Question = {
    operation: 'GetRegionOptStatus',
    version: 'json',
    path: '/getRegionOptStatus',
    parameters: { RegionName: region },
  }
  const reading = await put(voice, notice, target, question)
  if (reading?.kind !== 'success') return null
  switch (memberOf(reading.body, 'RegionOptStatus')) {
    case 'DISABLED':
      return 'off'
    case 'ENABLED':
    case 'ENABLED_BY_DEFAULT':
      return 'on'
    case 'ENABLING':
    case 'DISABLING':
      return 'in-between'
    default:
      return null
  }
}

/**
 * iam:GetAccountSummary: which tokens the global STS endpoint gives out, and whether IAM takes these credentials at all. IAM
 * refuses a session of GetSessionToken without MFA before it looks at permissions.
 * Source: IAM API Reference, `GlobalEndpointTokenVersion`; STS API Reference, GetSessionToken, "Permissions".
 */
export async function accountSummary(voice: OwnVoice, target: Target): Promise<Pick<Told, 'globalTokens' | 'iam'>> {
  const says = 'asking IAM for the settings of the account'
  const notice = { name: 'iam-account-summary', says, endpoint: target.endpoint } as const
  const question: Question = { operation: 'GetAccountSummary', version: '2010-05-08', parameters: {} }
  const reading = await put(voice, notice, target, question)
  const iam = iamAnswer(reading)
  if (reading?.kind !== 'success') return { globalTokens: null, iam }
  const version = /<key>GlobalEndpointTokenVersion<\/key>\s*<value>([12])<\/value>/.exec(reading.body)?.[1]
  return { globalTokens: version === '1' ? 1 : version === '2' ? 2 : null, iam }
}

function iamAnswer(reading: Reading | null): IamAnswer | null {
  if (reading?.kind === 'success') return 'answered'
  if (reading?.kind !== 'refusal') return null
  if (reading.reply.code === 'AccessDenied') return 'denied'
  return reading.reply.code === 'InvalidClientTokenId' ? 'not-accepted' : null
}

/** The serial numbers of the caller's own MFA devices (iam:ListMFADevices without a name); null when it may not be asked. */
export async function mfaDevices(voice: OwnVoice, target: Target): Promise<readonly string[] | null> {
  const says = 'asking IAM for your MFA devices'
  const notice = { name: 'iam-list-mfa-devices', says, endpoint: target.endpoint } as const
  const question: Question = { operation: 'ListMFADevices', version: '2010-05-08', parameters: {} }
  const reading = await put(voice, notice, target, question)
  return reading?.kind === 'success' ? membersOf(reading.body, 'SerialNumber') : null
}

/**
 * What an encoded authorization message says (sts:DecodeAuthorizationMessage, which needs that permission).
 * Source: STS API Reference, DecodeAuthorizationMessage; `authority.md` §3.10.
 */
export async function decodedMessage(voice: OwnVoice, target: Target, encoded: string): Promise<DecodedMessage | null> {
  const says = 'asking STS to decode the message of the refusal'
  const notice = { name: 'sts-decode-message', says, endpoint: target.endpoint } as const
  const question: Question = {
    operation: 'DecodeAuthorizationMessage',
    version: '2011-06-15',
    parameters: { EncodedMessage: encoded },
  }
  const reading = await put(voice, notice, target, question)
  const text = reading?.kind === 'success' ? memberOf(reading.body, 'DecodedMessage') : null
  return text === null ? null : messageIn(text)
}

function messageIn(text: string): DecodedMessage | null {
  let told: unknown
  try {
    told = JSON.parse(text)
  } catch {
    return null
  }
  const context = memberIn(told, 'context')
  const explicitDeny = memberIn(told, 'explicitDeny')
  if (typeof explicitDeny !== 'boolean') return null
  const items = memberIn(memberIn(told, 'matchedStatements'), 'items')
  return {
    explicitDeny,
    action: wordIn(memberIn(context, 'action')),
    resource: wordIn(memberIn(context, 'resource')),
    principal: wordIn(memberIn(memberIn(context, 'principal'), 'arn')),
    statements: (Array.isArray(items) ? items.slice(0, 20) : []).flatMap(
      (item) => wordIn(memberIn(item, 'statementId')) ?? [],
    ),
  }
}

function memberIn(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined
}

function wordIn(value: unknown): string | null {
  return typeof value === 'string' && /^[\x20-\x7e]{1,2048}$/.test(value) ? value : null
}
