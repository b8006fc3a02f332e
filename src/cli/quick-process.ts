import { sha256Hex } from '../holder/files/digest.ts'
import { ownDirectory } from '../holder/files/own-directory.ts'
import type { Disk } from '../holder/machine/disk.ts'
import type { Machine } from '../holder/machine/machine.ts'
import { joinPath } from '../holder/machine/paths.ts'
import { realMachine } from '../holder/machine/real.ts'
import { isFresh, readSession } from '../holder/vault/session.ts'
import { processOutput } from './process-output.ts'

/*
 * The short way of `process`, in a bundle of its own: most of its runs only print a session that is kept already. A note says which one,
 * for one profile and environment, as long as the files that led to it are as they were. Everything else takes the long way.
 */

interface Note {
  readonly version: 1
  /** The name of the session. */
  readonly session: string
  /** The files that it depends on, with what they were. */
  readonly files: readonly (readonly [path: string, stamp: string])[]
}

const mostBytes = 64 * 1024

/** What `process PROFILE` prints, when that can be told without looking further; else null. */
export async function quickProcess(profile: string | undefined): Promise<string | null> {
  const machine = realMachine()
  if (machine.env('COUNTERSIGN_NOW')) return null
  const reading = machine.readFile(noteFile(machine, profile), mostBytes)
  if (reading.kind !== 'found') return null
  const note = JSON.parse(new TextDecoder().decode(reading.bytes)) as Note
  if (note.version !== 1 || note.files.some(([path, stamp]) => stampOf(machine, path) !== stamp)) return null
  const session = await readSession(machine, note.session)
  if (session === null || !isFresh(session, machine.now())) return null
  const { accessKeyId, secretAccessKey, sessionToken, expiration, account } = session
  return processOutput({
    accessKeyId,
    secretAccessKey: secretAccessKey.reveal(),
    sessionToken: sessionToken.reveal(),
    expiration,
    accountId: account,
  })
}

/** Notes for the next run which session `process PROFILE` prints. `paths` are the files that this depends on. */
export function noteSession(
  machine: Machine,
  disk: Disk,
  profile: string | undefined,
  session: string,
  paths: readonly string[],
): void {
  const note: Note = { version: 1, session, files: paths.map((path) => [path, stampOf(machine, path)]) }
  disk.write(noteFile(machine, profile), new TextEncoder().encode(JSON.stringify(note)))
}

/**
 * Named by the profile, and of the environment by all that a chain may depend on. What is secret there stands beside a key id that is not.
 */
function noteFile(machine: Machine, profile: string | undefined): string {
  const variables = machine
    .envNames()
    .filter((name) => /^(AWS_|COUNTERSIGN_|HOME$|USERPROFILE$)/.test(name) && !/SECRET|TOKEN$|PASSPHRASE$/.test(name))
    .sort()
    .map((name) => [name, machine.env(name)])
  const paths = ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE'].map((name) => machine.env(name) ?? '~')
  const where = paths.every((path) => /^(~|\/|[A-Za-z]:)/.test(path)) ? null : machine.cwd
  const name = sha256Hex(JSON.stringify([profile ?? null, where, variables]))
  return joinPath(machine, ownDirectory(machine, 'sessions'), `${name}.note`)
}

function stampOf(machine: Machine, path: string): string {
  const reading = machine.readFile(path)
  return reading.kind === 'found' ? `${reading.modifiedAt.getTime()} ${reading.bytes.length}` : reading.kind
}
