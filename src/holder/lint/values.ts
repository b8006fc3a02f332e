import { parseAccessKeyId } from '../../anatomy/access-key-id.ts'
import { parseArn } from '../../anatomy/arn.ts'
import { partitions, regionFacts } from '../../anatomy/partitions.ts'
import { type SecretShape, shapeOfSecret } from '../../anatomy/secret-access-key.ts'
import { readSessionToken } from '../../anatomy/session-token.ts'
import type { RuleId } from './finding.ts'
import type { MeantSetting } from './lines.ts'
import type { Draft, Page, PageSection } from './page.ts'
import { commentBehind, edit, meantValue, profileOf, regionOf, settingsIn, unseen, valueRegion } from './page.ts'
import { isKnown } from './spelling.ts'

/** What is wrong with values: what stands around them, and whether they can be what their key says. */
export function valueDrafts(pages: readonly Page[]): readonly Draft[] {
  return pages.flatMap((page) =>
    page.sections.flatMap((section) => {
      if (section.header === null) return []
      return settingsIn(section).flatMap((setting) => {
        const around = [
          ...comments(page, section, setting),
          ...quotes(page, section, setting),
          ...invisible(page, section, setting),
        ]
        return [...around, ...shapes(page, section, setting)]
      })
    }),
  )
}

/** In the values of these a blank and a # may well be meant. */
export const freeText: ReadonlySet<string> = new Set([
  'credential_process',
  'external_id',
  'user_agent_extra',
  'user_agent_appid',
  'sdk_ua_app_id',
])

function comments(page: Page, section: PageSection, setting: MeantSetting): readonly Draft[] {
  const comment = commentBehind.exec(setting.written)
  if (comment === null) return []
  const column = setting.valueColumn + comment.index
  const at = regionOf(page, setting.line, column, setting.valueColumn + setting.written.length)
  const key = setting.key.toLowerCase()
  return [
    {
      rule: 'inline-comment',
      level: 'error',
      at,
      profile: profileOf(section),
      says: `A comment stands behind the value of ${setting.key}; some SDKs take it for part of the value.`,
      cure: 'Put the comment in a line of its own.',
      asks: 'mend',
      mend: [edit(regionOf(page, setting.line, 1, 1), `${comment.input.slice(comment.index).trim()}\n`), edit(at, '')],
      isCure: isKnown(key) && !freeText.has(key),
    },
  ]
}

function quotes(page: Page, section: PageSection, setting: MeantSetting): readonly Draft[] {
  const comment = commentBehind.exec(setting.written)
  const written = comment === null ? setting.written : setting.written.slice(0, comment.index)
  if (written.length < 2 || !/^(["']).*\1$/.test(written)) return []
  const first = regionOf(page, setting.line, setting.valueColumn, setting.valueColumn + 1)
  const end = setting.valueColumn + written.length
  const isCommand = setting.key.toLowerCase() === 'credential_process'
  return [
    {
      rule: 'quoted-value',
      level: 'error',
      at: regionOf(page, setting.line, setting.valueColumn, end),
      profile: profileOf(section),
      says: `Quotes stand around the value of ${setting.key}; most SDKs take them for part of the value.`,
      cure: 'Take the quotes away.',
      asks: 'mend',
      mend: [edit(first, ''), edit(regionOf(page, setting.line, end - 1, end), '')],
      isCure: !isCommand,
    },
  ]
}

/** Signs that nobody sees, and blanks inside what has none. */
function invisible(page: Page, section: PageSection, setting: MeantSetting): readonly Draft[] {
  const column = setting.delimiterColumn + 1
  const rest = setting.text.slice(setting.delimiterColumn)
  const found = [...rest.matchAll(unseen)].filter(([text]) => text.trim() !== '' || /[^ \t\r]/.test(text))
  const [first] = found
  if (first === undefined) return []
  const code = first[0].codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')
  return [
    {
      rule: 'invisible-character',
      level: 'error',
      at: regionOf(page, setting.line, column + first.index, column + first.index + first[0].length),
      profile: profileOf(section),
      says: `The value of ${setting.key} has a character in it that nobody sees (U+${code}).`,
      cure: 'Take it away.',
      asks: 'mend',
      mend: found.map((match) =>
        edit(regionOf(page, setting.line, column + match.index, column + match.index + match[0].length), ''),
      ),
      isCure: true,
    },
  ]
}

// ---- shapes

interface Odd {
  readonly rule: RuleId
  readonly says: string
  readonly cure: string
  readonly how?: string
}

type Look = (value: string) => Odd | null

const refused = 'send it, and AWS refuses it'

const looks: Readonly<Record<string, Look>> = {
  aws_access_key_id: accessKeyId,
  aws_secret_access_key: secret,
  aws_session_token: sessionToken,
  region,
  sso_region: region,
  role_arn: (value) => arn(value, 'role_arn', /^role\//, 'arn:aws:iam::123456789012:role/NAME'),
  mfa_serial: mfaSerial,
  sso_account_id: account,
  aws_account_id: account,
  endpoint_url: (value) => url(value, 'endpoint_url'),
  sso_start_url: (value) => url(value, 'sso_start_url'),
  duration_seconds: (value) => number(value, 'duration_seconds', 900, 43_200),
  max_attempts: (value) => number(value, 'max_attempts', 1, 1_000_000),
  output: (value) => choice(value, 'output', ['json', 'yaml', 'yaml-stream', 'text', 'table', 'off']),
  retry_mode: (value) => choice(value, 'retry_mode', ['legacy', 'standard', 'adaptive']),
  sts_regional_endpoints: (value) => choice(value, 'sts_regional_endpoints', ['regional', 'legacy']),
  defaults_mode: (value) =>
    choice(value, 'defaults_mode', ['legacy', 'standard', 'in-region', 'cross-region', 'mobile', 'auto']),
  use_fips_endpoint: (value) => choice(value, 'use_fips_endpoint', ['true', 'false']),
  use_dualstack_endpoint: (value) => choice(value, 'use_dualstack_endpoint', ['true', 'false']),
  ec2_metadata_v1_disabled: (value) => choice(value, 'ec2_metadata_v1_disabled', ['true', 'false']),
  ignore_configured_endpoint_urls: (value) => choice(value, 'ignore_configured_endpoint_urls', ['true', 'false']),
}

/** A value that is there for nothing: some SDKs then stop, others take it for missing. */
const needed = new Set([
  'aws_access_key_id',
  'aws_secret_access_key',
  'aws_session_token',
  'role_arn',
  'source_profile',
  'credential_source',
  'credential_process',
  'sso_session',
  'sso_account_id',
  'sso_role_name',
  'sso_region',
  'sso_start_url',
  'web_identity_token_file',
  'login_session',
  'region',
])

function shapes(page: Page, section: PageSection, setting: MeantSetting): readonly Draft[] {
  const key = setting.key.toLowerCase()
  const value = meantValue(setting)
  const profile = profileOf(section)
  const at = valueRegion(page, setting)
  if (value === '') {
    if (!needed.has(key)) return []
    const whole = { file: page.path, line: setting.line, column: 1, endLine: setting.line, endColumn: 1, text: '# ' }
    return [
      {
        rule: 'empty-value',
        level: 'warning',
        at,
        profile,
        says: `${setting.key} has no value.`,
        cure: 'Give it one, or take the line away.',
        asks: 'mend',
        mend: [whole],
      },
    ]
  }
  const odd: Odd | null = oddValue(key, value)
  if (odd === null) return []
  const { rule, says, cure, how } = odd
  const level =
    rule === 'choice-shape' || rule === 'number-shape' || rule === 'session-token-shape' ? 'warning' : 'error'
  return [{ rule, level, at, profile, says, cure, asks: how === undefined ? 'profile' : 'users', how }]
}

/** What is odd about the value that a setting has or is to have; null when nothing is. `key` in small letters. */
export function oddValue(key: string, value: string): Pick<Odd, 'rule' | 'says' | 'cure'> | null {
  return Object.hasOwn(looks, key) ? looks[key]!(value) : null
}

function accessKeyId(value: string): Odd | null {
  const reading = parseAccessKeyId(value)
  if (reading !== null && reading.kind !== 'other') return null
  const rule = 'access-key-id-shape'
  const cure = 'Put the access key id here as AWS gave it: AKIA or ASIA and 16 more characters.'
  if (reading !== null)
    return { rule, says: `This is the id of ${reading.names}, not an access key id.`, cure, how: refused }
  if (shapeOfSecret(value) === 'secret-access-key') {
    const says = 'A secret stands in the place of the access key id: the two are swapped.'
    return { rule, says, cure: 'Swap the two values.', how: refused }
  }
  if (isPlaceholder(value)) return { rule, says: 'This is a placeholder, not an access key id.', cure, how: refused }
  return {
    rule,
    says: 'This does not look like an access key id of AWS.',
    cure,
    how: `${refused} (other stores may take it)`,
  }
}

/** What an odd secret looks like, in words; nothing of it is told. */
const oddSecrets: Readonly<Partial<Record<SecretShape, string>>> = {
  'access-key-id': 'is an access key id: the two are swapped',
  'smtp-password': 'is an SMTP password of Amazon SES, which cannot sign',
  'percent-encoded': 'is percent-encoded (%2F, %2B)',
  'blank-for-plus': 'has a blank where a + should be',
  'backslash-escaped': 'has backslashes in it',
  'base64-wrapped': 'is encoded in base64 once more',
  'too-short': 'is shorter than 40 characters',
  'too-long': 'is longer than 40 characters',
  'foreign-characters': 'has characters in it that no secret of AWS has',
}

function secret(value: string): Odd | null {
  const rule = 'secret-shape'
  const cure = 'Put the secret here as AWS gave it: 40 characters.'
  if (isPlaceholder(value)) return { rule, says: 'This is a placeholder, not a secret.', cure, how: refused }
  const words = oddSecrets[shapeOfSecret(value)]
  return words === undefined ? null : { rule, says: `The secret ${words}.`, cure, how: refused }
}

function sessionToken(value: string): Odd | null {
  const { form } = readSessionToken(value)
  const rule = 'session-token-shape'
  const cure = 'Copy the whole token again.'
  if (isPlaceholder(value)) return { rule, says: 'This is a placeholder, not a session token.', cure, how: refused }
  if (form === 'cut')
    return { rule, says: 'The session token ends too early: a part of it is missing.', cure, how: refused }
  if (form === 'altered')
    return { rule, says: 'The session token was altered after it was issued.', cure, how: refused }
  return null
}

function isPlaceholder(value: string): boolean {
  return /^(<.*>|\$\{?[A-Z_]+\}?|%[A-Z_]+%|x{4,}|\*{3,}|(your|my|insert|put|change|todo|fixme|example|dummy)[-_ ]?.*|(access|secret).?key.*|none|null|undefined)$/i.test(
    value,
  )
}

function region(value: string): Odd | null {
  const rule = 'region-shape'
  if (regionFacts(value) !== null || /^(aws-)?[a-z-]*global$/.test(value)) return null
  if (/^[a-z]{2,3}(-[a-z]+){1,2}-\d[a-z]$/.test(value)) {
    const says = `${printable(value)} is an availability zone, not a region.`
    return { rule, says, cure: `Write ${value.slice(0, -1)}.` }
  }
  // A region that is newer than the tables follows the pattern of its partition.
  if (partitions.some(({ regionPattern }) => regionPattern.test(value))) return null
  const says = `${printable(value)} is no region of AWS.`
  return { rule, says, cure: 'Write a region such as eu-west-1.' }
}

function arn(value: string, key: string, resource: RegExp, example: string): Odd | null {
  const parsed = parseArn(value)
  if (
    parsed !== null &&
    parsed.service === 'iam' &&
    /^\d{12}$/.test(parsed.account) &&
    resource.test(parsed.resource)
  ) {
    return null
  }
  return { rule: 'arn-shape', says: `The value of ${key} is not the ARN of a role.`, cure: `Write it as ${example}.` }
}

/** A device by its ARN, or a hardware device by its serial number. */
function mfaSerial(value: string): Odd | null {
  if (!value.startsWith('arn:')) {
    if (/^[\w+=/:,.@-]{9,256}$/.test(value)) return null
    return { rule: 'arn-shape', says: 'The value of mfa_serial is neither an ARN nor a serial number.', cure: mfaCure }
  }
  const parsed = parseArn(value)
  if (parsed !== null && /^(mfa|u2f|sms-mfa)\//.test(parsed.resource)) return null
  return { rule: 'arn-shape', says: 'The value of mfa_serial is not the ARN of an MFA device.', cure: mfaCure }
}

const mfaCure = 'Write it as arn:aws:iam::123456789012:mfa/NAME.'

function account(value: string): Odd | null {
  if (/^\d{12}$/.test(value)) return null
  const says = 'An account id is twelve digits, leading zeros included.'
  return { rule: 'account-shape', says, cure: 'Write all twelve digits.' }
}

function url(value: string, key: string): Odd | null {
  if (/^https?:\/\/[^\s/]+/.test(value) && URL.canParse(value)) return null
  return {
    rule: 'url-shape',
    says: `The value of ${key} is no http: or https: address.`,
    cure: 'Write the whole address.',
  }
}

function number(value: string, key: string, least: number, most: number): Odd | null {
  if (/^\d+$/.test(value) && Number(value) >= least && Number(value) <= most) return null
  const range = `a whole number from ${least} to ${most}`
  return { rule: 'number-shape', says: `The value of ${key} is not ${range}.`, cure: `Write ${range}.` }
}

function choice(value: string, key: string, choices: readonly string[]): Odd | null {
  if (choices.includes(value.toLowerCase())) return null
  const cure = `Write one of ${choices.join(', ')}.`
  return { rule: 'choice-shape', says: `The value of ${key} is none of those that exist.`, cure }
}

/** A name as it may be told: short, and without signs that could hide something. */
function printable(value: string): string {
  return /^[\w.-]{1,24}$/.test(value) ? value : 'The value'
}
