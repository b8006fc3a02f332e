import type { Secret } from '../../anatomy/secret.ts'
import type { AwsFiles } from '../files/aws-files.ts'
import type { FileEdit } from '../files/edit.ts'
import type { Machine } from '../machine/machine.ts'
import type { Place } from '../sources/credential.ts'
import type { Setting } from '../surroundings/settings.ts'

/** A long-term key. */
export interface KeyPair {
  readonly accessKeyId: string
  readonly secretAccessKey: Secret
}

/** Everywhere on a machine where a key stands. */
export interface PlacesOfKey {
  /** Sections of the AWS files. */
  readonly sections: readonly { readonly file: string; readonly section: string; readonly line: number }[]
  /** Lines of other files that can be changed: `.env`, start-up files, units. */
  readonly lines: readonly {
    readonly file: string
    readonly line: number
    readonly was: string
    readonly holds: keyof KeyPair
  }[]
  /** Variables of the environment that this program was started in; only the shell can change them. */
  readonly variables: readonly { readonly name: string; readonly holds: keyof KeyPair }[]
  /** Where it stands in a form that is not changed from here. */
  readonly elsewhere: readonly Place[]
}

/** Sets both values in a section, and takes away what belonged to a session: both names of the token. */
const staleNames = ['aws_session_token', 'aws_security_token']

/** The sections of both AWS files that hold one of these keys. */
export function sectionsWith(files: AwsFiles, ids: readonly string[]): PlacesOfKey['sections'] {
  return [files.credentials, files.config].flatMap((file) =>
    file.reading.sections
      .filter(({ entries }) => ids.includes(entries.get('aws_access_key_id')?.value ?? ''))
      .map(({ name, line }) => ({ file: file.path, section: name, line })),
  )
}

/**
 * Finds a key: in both AWS files (also in sections that are no profiles), in the files that give variables to programs, and in the
 * environment. Sections count that hold any of `ids`, which is that key unless it is said otherwise. Reads only.
 */
export function placesOfKey(
  machine: Machine,
  files: AwsFiles,
  settings: readonly Setting[],
  pair: KeyPair,
  ids: readonly string[] = [pair.accessKeyId],
): PlacesOfKey {
  const values = [
    ['accessKeyId', pair.accessKeyId],
    ['secretAccessKey', pair.secretAccessKey.reveal()],
  ] as const
  const lines: PlacesOfKey['lines'][number][] = []
  const elsewhere: Place[] = []
  for (const setting of settings) {
    const value = setting.value?.reveal()
    const holds = values.find(([, text]) => text === value)?.[0]
    if (holds === undefined) continue
    const line = lineAt(machine, setting.at)
    const text = holds === 'accessKeyId' ? pair.accessKeyId : pair.secretAccessKey.reveal()
    if (line?.was.includes(text) === true) lines.push({ ...line, holds })
    else elsewhere.push(setting.at)
  }
  const variables = machine.envNames().flatMap((name) => {
    const holds = values.find(([, text]) => text === machine.env(name))?.[0]
    return holds === undefined ? [] : [{ name, holds }]
  })
  return { sections: sectionsWith(files, ids), lines: withoutTwins(lines), variables, elsewhere }
}

function lineAt(
  machine: Machine,
  at: Place,
): { readonly file: string; readonly line: number; readonly was: string } | null {
  if (!('line' in at)) return null
  const reading = machine.readFile(at.file)
  if (reading.kind !== 'found') return null
  const was = new TextDecoder('utf-8', { ignoreBOM: true }).decode(reading.bytes).split(/\r?\n/)[at.line - 1]
  return was === undefined ? null : { file: at.file, line: at.line, was }
}

function withoutTwins(lines: PlacesOfKey['lines']): PlacesOfKey['lines'] {
  return [...new Map(lines.map((line) => [`${line.file}\0${line.line}\0${line.holds}`, line])).values()]
}

/** What has to be changed in files so that another key stands in all these places. */
export function editsForKey(places: PlacesOfKey, before: KeyPair, after: KeyPair): readonly FileEdit[] {
  const inSections = places.sections.flatMap(({ file, section }): FileEdit[] => [
    { kind: 'set', file, section, key: 'aws_access_key_id', value: after.accessKeyId },
    { kind: 'set', file, section, key: 'aws_secret_access_key', value: after.secretAccessKey.reveal() },
    ...staleNames.map((key): FileEdit => ({ kind: 'unset', file, section, key })),
  ])
  const byLine = Map.groupBy(places.lines, ({ file, line }) => `${file}\0${line}`)
  const inLines = [...byLine.values()].map((held): FileEdit => {
    const { file, line, was } = held[0]!
    const is = was
      .replaceAll(before.accessKeyId, after.accessKeyId)
      .replaceAll(before.secretAccessKey.reveal(), () => after.secretAccessKey.reveal())
    return { kind: 'replace-lines', file, line, was: [was], lines: [is] }
  })
  return [...inSections, ...inLines]
}
