import { shellSplit } from '../holder/files/dialects/python.ts'
import type { Machine } from '../holder/machine/machine.ts'
import { windowsWords } from '../holder/resolution/windows-words.ts'
import { parseCommandLine } from './grammar.ts'

/** A `credential_process` that is `countersign process` itself. */
export interface OwnProcess {
  /** The profile that it names, else the one that the environment names. */
  readonly profile: string
}

/**
 * Whether a `credential_process` line starts this very program with `process`, however it is installed: `countersign`, with a path, as
 * `node …/countersign.cjs`, through `npx`, or from a checkout. Null for every other command.
 */
export function ownProcess(machine: Pick<Machine, 'platform' | 'env'>, command: string): OwnProcess | null {
  const args = ownArguments(wordsOf(machine.platform, command))
  if (args === null) return null
  const line = parseCommandLine(args)
  if (line.kind !== 'run' || line.verb.name !== 'process') return null
  const named = line.flags.text('profile') ?? line.operands[0]
  return { profile: named ?? (machine.env('AWS_PROFILE') || machine.env('AWS_DEFAULT_PROFILE') || 'default') }
}

/** The line for `credential_process` of a profile whose key is in the vault, quoted as the platform's SDKs split it. */
export function ownCommand({ platform }: Pick<Machine, 'platform'>, profile: string): string {
  if (/^[\w.@/+-]+$/.test(profile) && !profile.startsWith('-')) return `countersign process ${profile}`
  const quoted = platform === 'win32' ? `"${profile.replaceAll('"', '\\"')}"` : `'${profile.replaceAll("'", `'\\''`)}'`
  // With `=`, for a name may begin with a hyphen.
  return `countersign process --profile=${quoted}`
}

function wordsOf(platform: Machine['platform'], command: string): readonly string[] {
  if (platform === 'win32') return windowsWords(command)
  const split = shellSplit(command)
  return split.kind === 'error' ? [] : split.words
}

/** What stands behind the program's name. */
function ownArguments(words: readonly string[]): readonly string[] | null {
  const [program = '', ...rest] = words
  const name = lastName(program)
  if (/^countersign(\.(cmd|exe|cjs|ps1))?$/i.test(name)) return rest
  if (/^(node|bun)(\.exe)?$/i.test(name)) {
    const script = rest.findIndex((word) => !word.startsWith('-'))
    if (script < 0) return null
    const path = rest[script]!.replaceAll('\\', '/')
    return /(^|\/)(countersign\.cjs|cli\/main\.ts)$/.test(path) ? rest.slice(script + 1) : null
  }
  if (/^(npx|bunx|pnpx)(\.cmd|\.exe)?$/i.test(name)) {
    const first = rest.findIndex((word) => !word.startsWith('-'))
    return first >= 0 && /^countersign(@[\w.-]+)?$/.test(rest[first]!) ? rest.slice(first + 1) : null
  }
  return null
}

function lastName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
}
