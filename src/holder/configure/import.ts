import { CountersignError } from '../../errors.ts'
import type { AwsFiles } from '../files/aws-files.ts'
import { type Aim, inConfig, nameRefusal } from './aim.ts'
import type { HandedKey } from './handed-key.ts'
import { askedFirst, joined, type Plan, planDropSession, planSet, planUnset } from './plan.ts'

/** A key, and the profile that it is for. */
export interface NamedKey extends HandedKey {
  readonly name: string
}

/** Where an expiry is noted; saml2aws and others read and write the same. */
const expiryKey = 'x_security_token_expires'

/**
 * Gives each key its profile: what `--profile` says for a single one, else the name that it came with and the prefix before it, else
 * the chosen profile. Of two keys for one profile the later counts, as with the AWS CLI; the names of those are in `doubled`.
 *
 * @throws CountersignError `usage` where a name is missing, or is none that the files can hold
 */
export function nameKeys(
  keys: readonly HandedKey[],
  names: { readonly profile: string | null; readonly chosen: string; readonly prefix: string },
): { readonly keys: readonly NamedKey[]; readonly doubled: readonly string[] } {
  if (names.profile !== null && keys.length > 1)
    throw new CountersignError(
      'usage',
      `There are ${keys.length} keys, and --profile names one profile for them all.`,
      {
        data: { hint: 'Leave --profile out: each key becomes the profile of its user.' },
      },
    )
  const named = new Map<string, NamedKey>()
  const doubled = new Set<string>()
  for (const key of keys) {
    const own = key.name === null ? null : names.prefix + key.name
    const name = names.profile ?? own ?? names.chosen
    const refusal = nameRefusal(name)
    if (refusal !== null) throw new CountersignError('usage', refusal)
    if (named.has(name) && own === null)
      throw new CountersignError('usage', `There are ${keys.length} keys, and nothing says whose they are.`, {
        data: { hint: 'Hand them over one at a time, each with --profile NAME.' },
      })
    if (named.has(name)) doubled.add(name)
    named.set(name, { ...key, name })
  }
  return { keys: [...named.values()], doubled: [...doubled] }
}

/** Plans the lines that make profiles of keys: nothing of what was there before is left to spoil them. */
export function planImport(files: AwsFiles, keys: readonly NamedKey[]): Plan {
  return joined(
    keys.map((key) => {
      const { name, accessKeyId, secretAccessKey, sessionToken, expiration } = key
      const aim = (setting: string): Aim => aimAt(name, setting)
      const pair = [
        { aim: aim('aws_access_key_id'), value: accessKeyId },
        { aim: aim('aws_secret_access_key'), value: secretAccessKey.reveal() },
      ]
      if (sessionToken === null) return joined([planDropSession(files, name), planSet(files, pair)])
      return joined([
        planDropSession(files, name),
        planSet(files, [...pair, { aim: aim('aws_session_token'), value: sessionToken.reveal() }]),
        expiration === null ? joined([]) : planNote(files, name, expiration),
      ])
    }),
  )
}

/** Beside the token, in the credentials file: whoever replaces one replaces the other. */
function planNote(files: AwsFiles, name: string, end: Date): Plan {
  const line = { file: files.credentials.path, section: name, key: expiryKey }
  return {
    written: [{ what: 'set', ...line, nested: null, stale: false }],
    edits: [{ kind: 'set', ...line, value: end.toISOString().replace(/\.\d{3}Z$/, 'Z') }],
    notes: [],
  }
}

/**
 * Plans the lines with which a profile asks a program for its key, which no longer stands in a file: the AWS CLI asks the files
 * before a `credential_process`.
 */
export function planProcess(files: AwsFiles, profile: string, command: string): Plan {
  const place = inConfig(files, { kind: 'profile', name: profile })
  const first = askedFirst(files, profile)
  const gone = ['aws_access_key_id', 'aws_secret_access_key'].map((key) => aimAt(profile, key))
  return joined([
    planUnset(files, gone),
    planDropSession(files, profile),
    {
      written: [{ what: 'set', ...place, key: 'credential_process', nested: null, stale: false }],
      edits: [{ kind: 'set', ...place, key: 'credential_process', value: command }],
      notes: first === null ? [] : [`${profile} has ${first} too, which the SDKs ask before credential_process.`],
    },
  ])
}

function aimAt(profile: string, key: string): Aim {
  return { of: { kind: 'profile', name: profile }, key, nested: null }
}
