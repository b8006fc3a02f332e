import { maskAccessKeyId } from '../../anatomy/access-key-id.ts'
import { CountersignError } from '../../errors.ts'
import {
  type HandedKey,
  isLongTerm,
  joined,
  keyIdOf,
  type NamedKey,
  nameKeys,
  type Plan,
  planImport,
  planProcess,
  processLine,
  readHandedOver,
  textOf,
} from '../../holder/configure/index.ts'
import { expandHome } from '../../holder/files/expand.ts'
import { absolutePath } from '../../holder/machine/paths.ts'
import { profileSettings } from '../../holder/sources/settings.ts'
import { wantsJson } from '../result.ts'
import { nextText, noteText } from '../say/configure.ts'
import { type Call, exitCode } from '../terminal.ts'
import { carryOut, type Ground, groundOf } from './ground.ts'
import { wrong } from './usage.ts'

const inputLimit = 4 * 1024 * 1024

/** Makes profiles of keys that were handed over; with `--keychain` they are kept there. */
export async function importKeys(call: Call, operands: readonly string[]): Promise<number> {
  const { flags, terminal } = call
  const csv = flags.text('csv')
  if (operands.length > (csv === undefined ? 1 : 0))
    throw wrong('"configure import" takes one file.', 'For example: countersign configure import --csv accessKeys.csv')
  const ground = await groundOf(call)
  const written = await handedText(call, csv ?? operands[0])
  const given = written === null ? [await ownKey(call, ground)] : keysIn(call, written)
  const { keys, doubled } = nameKeys(given, {
    profile: flags.text('profile') ?? null,
    chosen: ground.profile,
    prefix: flags.text('profile-prefix') ?? '',
  })
  const notes = [
    ...doubled.map((name) => `There were several keys for ${name}; the last one was taken.`),
    ...keys.flatMap((key) => replacedNote(ground, key)),
  ]
  const plan = flags.on('keychain') ? await intoVault(call, ground, keys) : planImport(ground.files, keys)
  const says = `import ${keys.length === 1 ? keys[0]!.name : `${keys.length} profiles`}${flags.on('keychain') ? ' into the keychain' : ''}`
  const leftBehind = flags.on('keychain') && keys.some(({ name }) => keyIdOf(ground.files, name) !== null)
  await carryOut(call, ground.files, joined([plan, { written: [], edits: [], notes }]), says, (change) =>
    leftBehind
      ? [
          `For countersign undo the file is kept as it was, with the key in it: "countersign undo ${change} --forget" removes that.`,
        ]
      : [],
  )
  if (!wantsJson(call) && !flags.on('dry-run')) {
    terminal.out(`Successfully imported ${keys.length} profile(s)\n`)
    const [first] = keys
    if (!flags.on('quiet') && first !== undefined) terminal.err(nextText(terminal.look, first.name))
  }
  return exitCode.fine
}

/** The text of a file, of stdin, or what stands on the command line itself; null when the key of the profile is to be moved. */
async function handedText(call: Call, source: string | undefined): Promise<string | null> {
  const { machine, terminal, flags } = call
  if (source !== undefined && source !== '-') {
    // The AWS CLI reads a file only behind file://, and takes everything else for the CSV itself.
    if (/[\r\n]/.test(source)) return source
    const path = absolutePath(machine, expandHome(machine, source.replace(/^file:\/\//, '')))
    const reading = machine.readFile(path, inputLimit)
    if (reading.kind === 'found') return textOf(reading.bytes)
    throw new CountersignError(
      'file-unreadable',
      `${path} ${reading.kind === 'absent' ? 'is not there' : `cannot be read (${reading.detail})`}.`,
      { data: { path } },
    )
  }
  if (terminal.inputIsPerson) {
    if (flags.on('keychain') && source === undefined) return null
    throw wrong('Nothing was handed over.', howToPaste(call))
  }
  const text = await terminal.input(inputLimit)
  if (text.trim() !== '' || source !== undefined) return text
  if (flags.on('keychain')) return null
  throw wrong('Nothing was handed over.', howToPaste(call))
}

/** What is typed here would be seen, and stay on the screen. */
function howToPaste({ machine }: Call): string {
  const paste = { darwin: 'pbpaste', win32: 'Get-Clipboard', linux: 'wl-paste' }[machine.platform]
  return `Name a file (--csv FILE), or give what you have copied: ${paste} | countersign configure import`
}

function keysIn(call: Call, text: string): readonly HandedKey[] {
  const read = readHandedOver(text)
  if (read.kind === 'refused') throw new CountersignError('syntax', ended(read.says), hintOf(read.hint))
  const [first] = read.invalid
  if (first !== undefined && !call.flags.on('skip-invalid'))
    throw new CountersignError('syntax', `Failed to parse entry #${first.entry}: ${ended(first.says)}`, {
      data: {
        hint:
          read.keys.length > 0
            ? 'Nothing was imported. --skip-invalid leaves such entries out.'
            : 'Nothing was imported.',
      },
    })
  if (!call.flags.on('quiet'))
    call.terminal.err(
      noteText(
        call.terminal.look,
        read.invalid.map(({ entry, says }) => `Entry #${entry} was left out: ${ended(says)}`),
      ),
    )
  return read.keys
}

function ended(says: string): string {
  return /[.!?]$/.test(says) ? says : `${says}.`
}

function hintOf(hint: string | null) {
  return hint === null ? {} : { data: { hint } }
}

function replacedNote({ files }: Ground, { name, accessKeyId }: NamedKey): readonly string[] {
  const before = keyIdOf(files, name)
  return before === null || before === accessKeyId
    ? []
    : [`${name} had the key ${maskAccessKeyId(before)}; countersign undo brings it back.`]
}

/** The key that the profile has in its files now, to be moved. */
async function ownKey(call: Call, { files, profile }: Ground): Promise<HandedKey> {
  const { Secret } = await import('../../anatomy/secret.ts')
  const settings = profileSettings(files, profile)
  const [id, secret] = [settings?.get('aws_access_key_id')?.value, settings?.get('aws_secret_access_key')?.value]
  if (id === undefined || secret === undefined)
    throw wrong(`${profile} has no key in the AWS files that could be moved.`, howToPaste(call))
  return { name: null, accessKeyId: id, secretAccessKey: new Secret(secret), sessionToken: null, expiration: null }
}

/** Puts the keys where they are kept, reads them back, and plans the profiles that ask for them. */
async function intoVault(call: Call, { files }: Ground, keys: readonly NamedKey[]): Promise<Plan> {
  const session = keys.find(({ sessionToken }) => sessionToken !== null)
  if (session !== undefined)
    throw wrong(
      `The key for ${session.name} belongs to a session, which ends by itself: the keychain is for keys of users.`,
      'Leave --keychain out.',
    )
  const lines = keys.map(({ name }) => ({ name, command: processLine(call.machine, programOf(call), name) }))
  const plans = lines.map(({ name, command }) => {
    if (command.kind === 'refused') throw wrong(command.says, command.hint)
    return planProcess(files, name, command.line)
  })
  const odd = keys.find(({ accessKeyId }) => !isLongTerm(accessKeyId))
  const notes = odd === undefined ? [] : [`${odd.name}: this does not look like a long-term key of AWS.`]
  if (call.flags.on('dry-run')) return joined([...plans, { written: [], edits: [], notes }])
  const { openVault } = await import('../vault.ts')
  const vault = await openVault(call)
  for (const { name, accessKeyId, secretAccessKey } of keys) {
    await vault.put(`profile/${name}`, { kind: 'access-key', accessKeyId, secretAccessKey, sessionToken: null })
    const kept = await vault.get(`profile/${name}`)
    if (kept?.kind !== 'access-key' || kept.secretAccessKey.reveal() !== secretAccessKey.reveal())
      throw new CountersignError(
        'vault-locked',
        `${vault.says} did not keep the key of ${name}; the files were not changed.`,
      )
  }
  notes.push(`Kept in ${vault.says}.`)
  return joined([...plans, { written: [], edits: [], notes }])
}

function programOf(call: Call) {
  if (call.program === undefined) throw new CountersignError('usage', 'It is not known how this program was started.')
  return call.program()
}
