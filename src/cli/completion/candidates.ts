import { partitions } from '../../anatomy/partitions.ts'
import { causeNumbers } from '../../cause-ids.ts'
import { sdkNames } from '../../holder/chains/trace.ts'
import { readAwsFiles } from '../../holder/files/aws-files.ts'
import type { Machine } from '../../holder/machine/machine.ts'
import { commonFlags } from '../rows/flags.ts'
import { verbs } from '../rows/index.ts'
import type { FlagRow, VerbRow } from '../rows/row.ts'

/** What may stand in place of the last word. */
export type Candidates =
  | { readonly kind: 'words'; readonly words: readonly Candidate[] }
  /** The shell completes it itself. */
  | { readonly kind: 'files' | 'directories' | 'command' }

export interface Candidate {
  readonly word: string
  /** One line; empty where there is nothing to say. */
  readonly says: string
}

const files: Candidates = { kind: 'files' }
const nothing: Candidates = { kind: 'words', words: [] }

/**
 * What may complete the last of the words that stand after the program's name (which may be empty). Everything comes from the
 * rows of the command line: verbs and flags, and by the word that stands for a value or an operand in their help also profiles,
 * causes, regions, SDKs, shells and files. Looks at the AWS files of the machine, runs and sends nothing, never throws.
 */
export function candidatesFor(machine: Machine, written: readonly string[]): Candidates {
  const words = rejoined(written)
  const last = words.at(-1) ?? ''
  const before = words.slice(0, -1)
  if (before.includes('--')) return { kind: 'command' }
  const verb = verbs.find(({ name }) => name === before.find((word) => !word.startsWith('-'))) ?? null
  const flags = [...(verb ?? verbs[0]!).flags, ...commonFlags].filter(({ hidden }) => hidden !== true)
  const value = /^(--[^=]+)=(.*)$/s.exec(last)
  if (value !== null) {
    const flag = flags.find(({ name }) => `--${name}` === value[1])
    const found = flag?.value === undefined ? nothing : valuesOf(machine, flag.value, flag.name, flag.oneOf)
    return found.kind === 'words' ? matching(value[2]!, found.words, `${value[1]}=`) : found
  }
  const waiting = flagWaiting(flags, before)
  if (waiting !== null) {
    const found = valuesOf(machine, waiting.value!, waiting.name, waiting.oneOf)
    return found.kind === 'words' ? matching(last, found.words) : found
  }
  if (last.startsWith('-')) return matching(last, flags.map(flagWord))
  return operandsFor(machine, verb, flags, before, last)
}

/** Bash breaks words at `=`: three of them were one. */
function rejoined(written: readonly string[]): readonly string[] {
  const words: string[] = []
  for (let at = 0; at < written.length; at += 1) {
    if (written[at] === '=' && words.at(-1)?.startsWith('--') === true) {
      words.push(`${words.pop()}=${written[at + 1] ?? ''}`)
      at += 1
    } else words.push(written[at]!)
  }
  return words
}

function flagWaiting(flags: readonly FlagRow[], before: readonly string[]): FlagRow | null {
  const word = before.at(-1)
  return (
    flags.find(({ name, short, value }) => value !== undefined && (word === `--${name}` || word === `-${short}`)) ??
    null
  )
}

function operandsFor(
  machine: Machine,
  verb: VerbRow | null,
  flags: readonly FlagRow[],
  before: readonly string[],
  last: string,
): Candidates {
  const operands = before.filter(
    (word, at) => !word.startsWith('-') && flagWaiting(flags, before.slice(0, at)) === null,
  )
  if (verb === null) {
    if (operands.length > 0) return nothing
    // Without a verb `check` is assumed, and its operand is a profile.
    const names = verbs.map(({ name, says }) => ({ word: name, says }))
    return matching(last, [...names, ...profilesOf(machine)])
  }
  const at = operands.length - 1
  const forms = verb.operands.split(' ').filter((form) => form !== '')
  const form = forms[at] ?? (verb.maxOperands > forms.length ? forms.at(-1) : undefined)
  if (form === undefined || at >= verb.maxOperands) return nothing
  const found = form
    .replace(/[[\]]|\.\.\./g, '')
    .split('|')
    .map((word) => valuesOf(machine, word, word.toLowerCase()))
  const shellKnows = found.find(({ kind }) => kind !== 'words')
  if (shellKnows !== undefined) return shellKnows
  return matching(
    last,
    found.flatMap((each) => (each.kind === 'words' ? each.words : [])),
  )
}

/** By the word that stands for it in the help: `PROFILE`, `FILE`, …; a word in small letters stands for itself. */
function valuesOf(machine: Machine, stands: string, name: string, oneOf?: readonly string[]): Candidates {
  if (oneOf !== undefined) return plain(oneOf)
  if (/^[a-z]/.test(stands)) return plain([stands])
  if (name === 'profile' || name === 'with-profile') return { kind: 'words', words: profilesOf(machine) }
  switch (stands) {
    case 'PROFILE':
      return { kind: 'words', words: profilesOf(machine) }
    case 'CAUSE':
      return plain([...Object.keys(causeNumbers), ...Object.values(causeNumbers)].filter((word) => word !== null))
    case 'REGION':
      return plain(partitions.flatMap(({ defaultRegions, optInRegions }) => [...defaultRegions, ...optInRegions]))
    case 'VERB':
      return plain(verbs.map((verb) => verb.name))
    case 'FILE':
      return files
    case 'DIR':
      return { kind: 'directories' }
  }
  return name === 'sdk' ? plain([...sdkNames, 'all']) : nothing
}

function plain(words: readonly string[]): Candidates {
  return { kind: 'words', words: words.map((word) => ({ word, says: '' })) }
}

/** The profiles that the AWS CLI would list, where each stands. */
function profilesOf(machine: Machine): readonly Candidate[] {
  const { config, credentials } = readAwsFiles(machine)
  const names = new Set([...credentials.profiles.keys(), ...config.profiles.keys()])
  // One word in one line: what no shell would take as it stands, nobody completes.
  return [...names].filter((name) => /^[^\p{Cc}]+$/u.test(name)).map((word) => ({ word, says: 'profile' }))
}

function flagWord({ name, says }: FlagRow): Candidate {
  return { word: `--${name}`, says }
}

function matching(start: string, words: readonly Candidate[], before = ''): Candidates {
  const fit = words.filter(({ word }) => word.startsWith(start))
  return { kind: 'words', words: fit.map(({ word, says }) => ({ word: before + word, says })) }
}
