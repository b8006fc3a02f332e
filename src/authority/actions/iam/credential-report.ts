import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import type { Directory } from '../../directory/directory.ts'
import { arnOf, rootArn } from '../../model/arn-of.ts'
import type { AccessKey, CredentialReportPart, User } from '../../model/entities.ts'
import type { Change } from '../../model/store.ts'
import { type ActionContext, action } from '../grid.ts'
import { instant, maybeText, text } from '../members.ts'
import { onAll } from '../subjects.ts'
import { put, remove, wholeSeconds, write } from '../write.ts'

const compress = promisify(gzip)
const expand = promisify(gunzip)

/**
 * The first line as AWS writes it, observed in September 2026 (radkawar/stackd, `testdata/aws/iam/credential_report.json`). The
 * column `additional_credentials_info` of the IAM User Guide was not in it: nobody has more than two keys.
 */
const columns =
  'user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,' +
  'access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,' +
  'access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,' +
  'access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,' +
  'cert_2_last_rotated'

/** "You can generate a credential report as often as once every four hours" (IAM User Guide, "Generate credential reports"). */
const validFor = 4 * 3_600_000
/** Below the largest entity that a store takes. */
const partLength = 700_000
const day = 86_400_000

const generateCredentialReport = action({
  service: 'iam',
  name: 'GenerateCredentialReport',
  input: {},
  output: { State: text, Description: maybeText },
  permission: onAll('iam:GenerateCredentialReport'),
  run: async (_input, context) => {
    const present = context.directory.credentialReportPart('0')
    if (present !== undefined && isValid(present, context)) return { ok: { State: 'COMPLETE' } }
    const content = (await compress(reportOf(context.directory))).toString('base64')
    // AWS tells that it has begun and goes on by itself; here the report is there before anybody can ask for it.
    return write(context, () => {
      const { directory } = context
      const before = directory.credentialReportPart('0')
      if (before !== undefined && isValid(before, context)) return { ok: { State: 'COMPLETE' }, changes: [] }
      const started = { State: 'STARTED', ...(before === undefined ? { Description: noReport } : {}) }
      return { ok: started, changes: replaced(content, before?.parts ?? 0, context) }
    })
  },
})

/** As the API Reference has it; of a report that follows an older one no description is known. */
const noReport = 'No report exists. Starting a new report generation task'

const getCredentialReport = action({
  service: 'iam',
  name: 'GetCredentialReport',
  input: {},
  output: { Content: { type: 'blob', required: true }, ReportFormat: text, GeneratedTime: instant },
  permission: onAll('iam:GetCredentialReport'),
  run: async (_input, context) => {
    const { directory } = context
    const first = directory.credentialReportPart('0')
    if (first === undefined) return { refused: { reason: 'report-absent' } }
    if (!isValid(first, context)) return { refused: { reason: 'report-expired' } }
    const parts = Array.from(
      { length: first.parts },
      (_, n) => directory.credentialReportPart(String(n))?.content ?? '',
    )
    const content = await expand(Buffer.from(parts.join(''), 'base64'))
    return { ok: { Content: content, ReportFormat: 'text/csv', GeneratedTime: first.generatedAt } }
  },
})

function isValid({ generatedAt }: CredentialReportPart, { now }: Pick<ActionContext, 'now'>): boolean {
  return now.getTime() - Date.parse(generatedAt) <= validFor
}

function replaced(content: string, before: number, { directory, now }: ActionContext): readonly Change[] {
  const parts = Math.ceil(content.length / partLength)
  const changes: Change[] = []
  for (let n = 0; n < Math.max(parts, before); n++) {
    const old = directory.credentialReportPart(String(n))
    if (n < parts) {
      const piece = content.slice(n * partLength, (n + 1) * partLength)
      const generatedAt = wholeSeconds(now)
      changes.push(put(directory, { kind: 'credential-report', id: String(n), generatedAt, parts, content: piece }))
    } else if (old !== undefined) changes.push(remove(directory, old))
  }
  return changes
}

/** A line for root and one for each user by name; lines end with a line feed, the last one with nothing, as at AWS. */
function reportOf(directory: Directory): string {
  const lines = [columns, lineOf(rootFields(directory), 'root', directory)]
  for (const user of directory.users()) lines.push(lineOf(userFields(user, directory), user.id, directory))
  return lines.join('\n')
}

type Field = string | boolean

/** Without a password: `N/A`. What came of a sign-in that never was: `no_information`. */
function rootFields(directory: Directory): readonly Field[] {
  const { account } = directory
  const profile = directory.loginProfile('root')
  const password =
    profile === undefined
      ? [false, 'N/A', 'N/A', 'not_supported']
      : [true, profile.lastUsedAt ?? 'no_information', profile.changedAt, 'not_supported']
  return ['<root_account>', rootArn(account), account.createdAt, ...password]
}

function userFields(user: User, directory: Directory): readonly Field[] {
  const { account } = directory
  const profile = directory.loginProfile(user.id)
  const who = [user.name, arnOf(account, user), user.createdAt]
  if (profile === undefined) return [...who, false, 'N/A', 'N/A', 'N/A']
  const maxAge = account.passwordPolicy?.maxAge ?? null
  const next = maxAge === null ? 'N/A' : wholeSeconds(new Date(Date.parse(profile.changedAt) + maxAge * day))
  return [...who, true, profile.lastUsedAt ?? 'no_information', profile.changedAt, next]
}

/** The older key is the first one. A key that was made inactive keeps its dates (observed, same source). */
function lineOf(who: readonly Field[], owner: string, directory: Directory): string {
  const [first, second] = directory.accessKeysOf(owner)
  const fields: readonly Field[] = [
    ...who,
    directory.mfaDevicesOf(owner).length > 0,
    ...keyFields(first, directory),
    ...keyFields(second, directory),
    // There are no signing certificates here.
    ...[false, 'N/A', false, 'N/A'],
  ]
  return fields.map((field) => (typeof field === 'string' ? quoted(field) : String(field))).join(',')
}

function keyFields(key: AccessKey | undefined, directory: Directory): readonly Field[] {
  if (key === undefined) return [false, 'N/A', 'N/A', 'N/A', 'N/A']
  const use = directory.lastUse(key.id)
  const used = use === undefined ? ['N/A', 'N/A', 'N/A'] : [wholeSeconds(new Date(use.at)), use.region, use.service]
  return [key.status === 'Active', key.createdAt, ...used]
}

/** RFC 4180: a name may have a comma. */
function quoted(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field
}

export const credentialReport = [generateCredentialReport, getCredentialReport]
