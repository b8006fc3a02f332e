import { CountersignError } from '../../errors.ts'
import { type FileChange, planEdits } from '../changes/index.ts'
import { type AwsFiles, expiryKeys } from '../files/aws-files.ts'
import type { FileEdit } from '../files/edit.ts'
import type { FileRole } from '../files/locate.ts'
import type { Machine } from '../machine/machine.ts'
import { profileSettings } from '../sources/settings.ts'
import { type Aim, inConfig, inCredentials, lookUp, placesOf, type SectionPlace } from './aim.ts'
import { credentialKeys, secretKeys } from './values.ts'

/** One line of a file that is written or taken away. No values: it is for showing. */
export interface Written extends SectionPlace {
  readonly what: 'set' | 'unset'
  readonly key: string
  readonly nested: string | null
  /** A leftover of the session before, which nobody asked to take away. */
  readonly stale: boolean
}

/** What is about to be written, and where. */
export interface Plan {
  readonly written: readonly Written[]
  readonly edits: readonly FileEdit[]
  /** Whole sentences that the person should know. */
  readonly notes: readonly string[]
}

const emptyPlan: Plan = { written: [], edits: [], notes: [] }

/** A value for one setting. It may be a secret. */
export interface Assignment {
  readonly aim: Aim
  readonly value: string
}

/**
 * Plans the lines that give settings their values: credentials of a profile in the credentials file, all else in the config file
 * (set.py). A long-term key takes away what is left of a session in that profile: the token by both its names, and when it ended.
 *
 * @throws CountersignError `conflict` where a whole block would be lost to a plain value
 */
export function planSet(files: AwsFiles, assignments: readonly Assignment[]): Plan {
  const plans = assignments.map((assignment): Plan => {
    const { aim, value } = assignment
    const { of, nested } = aim
    // What goes to the credentials file is written as every SDK writes it: some compare letter by letter.
    const key = credentialKeys.has(aim.key.toLowerCase()) ? aim.key.toLowerCase() : aim.key
    if (nested === null && lookUp(files, { ...aim, key: aim.key.toLowerCase() }).kind === 'block')
      throw new CountersignError('conflict', `${key} is a block of settings; a value of its own would drop them all.`, {
        data: {
          hint: `Set one of them (${key}.NAME), or take the block away first: countersign configure unset ${key}`,
        },
      })
    const isCredential = of.kind === 'profile' && credentialKeys.has(key)
    const place = isCredential ? inCredentials(files, of.name) : inConfig(files, of)
    const edit: FileEdit = { kind: 'set', ...place, key, ...(nested === null ? {} : { nested }), value }
    return {
      written: [{ what: 'set', ...place, key, nested, stale: false }],
      edits: [edit],
      notes: isCredential ? [...shadowNotes(files, of.name, key), ...orderNotes(files, of.name, key)] : [],
    }
  })
  const fresh = assignments.flatMap(({ aim: { of, key }, value }) =>
    of.kind === 'profile' && key.toLowerCase() === 'aws_access_key_id' && isLongTerm(value) ? [of.name] : [],
  )
  return joined([...plans, ...fresh.map((profile) => planDropSession(files, profile))])
}

/** Plans to take settings away, wherever they stand: of credentials in both files. What is not there is not in the plan. */
export function planUnset(files: AwsFiles, aims: readonly Aim[], stale = false): Plan {
  return joined(
    aims.map((aim): Plan => {
      const { of, key, nested } = aim
      const found = lookUp(files, { ...aim, key: key.toLowerCase() })
      if (found.kind === 'absent') return emptyPlan
      const places = of.kind === 'profile' ? placesOf(files, of.name, key) : [inConfig(files, of)]
      return {
        written: places.map((place) => ({ what: 'unset', ...place, key, nested, stale })),
        edits: places.map((place) => ({ kind: 'unset', ...place, key, ...(nested === null ? {} : { nested }) })),
        notes: [],
      }
    }),
  )
}

/** Plans to take away what is left of a session in a profile: its token by both names, and every note of its end. */
export function planDropSession(files: AwsFiles, profile: string): Plan {
  const keys = ['aws_session_token', 'aws_security_token', ...expiryKeys]
  return planUnset(
    files,
    keys.map((key) => ({ of: { kind: 'profile', name: profile }, key, nested: null })),
    true,
  )
}

export function joined(plans: readonly Plan[]): Plan {
  return {
    written: plans.flatMap(({ written }) => written),
    edits: plans.flatMap(({ edits }) => edits),
    notes: [...new Set(plans.flatMap(({ notes }) => notes))],
  }
}

/**
 * The bytes that a plan changes.
 *
 * @throws CountersignError `file-unreadable` for a file that is there and cannot be read, or that the AWS tools refuse as a whole
 *   (`data.path`, `data.line`): what is written into it would not be read either. Taking away is allowed there: it may be the cure.
 */
export function changesOf(machine: Machine, files: AwsFiles, { edits }: Plan): readonly FileChange[] {
  for (const edit of edits) if (edit.kind === 'set') checkWritable(files, edit.file)
  const withSecrets = new Set(
    edits.flatMap((edit) => (edit.kind === 'set' && secretKeys.has(edit.key) ? [edit.file] : [])),
  )
  return planEdits(machine, edits).map((change) =>
    withSecrets.has(change.path) && isOpen(machine, change.path) ? { ...change, marks: { mode: 0o600 } } : change,
  )
}

/** Whether others may read a file. */
function isOpen(machine: Machine, path: string): boolean {
  const reading = machine.readFile(path)
  return reading.kind === 'found' && reading.mode !== null && (reading.mode & 0o077) !== 0
}

function checkWritable(files: AwsFiles, path: string): void {
  const file = [files.config, files.credentials].find((one) => one.path === path)!
  const named = { config: 'AWS_CONFIG_FILE', credentials: 'AWS_SHARED_CREDENTIALS_FILE' } as const
  if (path === '')
    throw new CountersignError(
      'usage',
      `${named[file.role as FileRole]} is set and empty: there is no file to write into.`,
    )
  if (file.state.kind === 'unreadable')
    throw new CountersignError(
      'file-unreadable',
      `${path} cannot be read (${file.state.detail}), so it is not changed.`,
      {
        data: { path },
      },
    )
  // A byte order mark stays as it is, and is told by `markNotes`.
  const problem = file.reading.problems.find(({ kind }) => kind !== 'byte-order-mark')
  if (problem !== undefined)
    throw new CountersignError(
      'file-unreadable',
      `${path}:${problem.line}: ${problem.says}. The AWS tools refuse the whole file, so nothing was written into it.`,
      { data: { path, line: problem.line, hint: 'See: countersign lint' } },
    )
}

/** What is odd about the files themselves that a plan writes into, and is left as it is. */
export function markNotes(files: AwsFiles, { edits }: Plan): readonly string[] {
  return [files.config, files.credentials].flatMap(({ path, reading }) =>
    edits.some(({ file }) => file === path) && reading.problems.some(({ kind }) => kind === 'byte-order-mark')
      ? [
          `${path} begins with a byte order mark, for which the AWS CLI refuses it: countersign lint tells how to take it away.`,
        ]
      : [],
  )
}

function shadowNotes(files: AwsFiles, profile: string, key: string): readonly string[] {
  const inOther = placesOf(files, profile, key).some(({ file }) => file === files.config.path)
  if (!inOther || files.config.path === files.credentials.path) return []
  return [
    `${files.config.path} has ${key} for ${profile} too; it stays there, and the AWS CLI prefers the credentials file.`,
  ]
}

/** What else the profile has, and which of the two the SDKs ask first: a key that is written and not used is a riddle. */
function orderNotes(files: AwsFiles, profile: string, key: string): readonly string[] {
  if (key !== 'aws_access_key_id') return []
  const first = askedFirst(files, profile)
  if (first !== null) return [`${profile} has ${first} too, which most SDKs ask before its keys.`]
  return profileSettings(files, profile)?.has('credential_process')
    ? [`${profile} has credential_process too; most SDKs ask it only where there are no keys.`]
    : []
}

/**
 * The setting of a profile that leads the AWS CLI to other credentials before it looks for keys and `credential_process`, in the order
 * of botocore's chain (credentials.py `create_credential_resolver`); null for none.
 */
export function askedFirst(files: AwsFiles, profile: string): string | null {
  const settings = profileSettings(files, profile)
  const found = ['role_arn', 'web_identity_token_file', 'sso_session', 'sso_start_url'].find((name) =>
    settings?.has(name),
  )
  // A role whose source is the profile itself begins with these very keys.
  return found === 'role_arn' && settings?.get('source_profile')?.value === profile ? null : (found ?? null)
}

/** Whether an id says that it is a user's key, which never has a token; a mistyped one too, and AWS's example with an 8 in it. */
export function isLongTerm(accessKeyId: string): boolean {
  return /^AKIA[A-Z0-9]{12,124}$/.test(accessKeyId)
}

/** The long-term or temporary key id that a profile has now; null for none. */
export function keyIdOf(files: AwsFiles, profile: string): string | null {
  return profileSettings(files, profile)?.get('aws_access_key_id')?.value ?? null
}
