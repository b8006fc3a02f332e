import { parseArgs } from 'node:util'
import { commonFlags } from './rows/flags.ts'
import { verbs } from './rows/index.ts'
import type { FlagRow, VerbRow } from './rows/row.ts'
import type { Flags } from './terminal.ts'

export type CommandLine =
  | {
      readonly kind: 'run'
      readonly verb: VerbRow
      /** No verb was written: `check` is assumed, and the first operand may be a mistyped verb. */
      readonly implied: boolean
      readonly operands: readonly string[]
      readonly child: readonly string[] | null
      readonly flags: Flags
    }
  | { readonly kind: 'help'; readonly verb: VerbRow | null }
  | { readonly kind: 'version' }
  /** Wrong usage: one sentence, and where there is one, a hint that ends it. */
  | { readonly kind: 'wrong'; readonly says: string; readonly hint: string | null }

/**
 * Parses the arguments after the program's name.
 *
 * @returns what to do; wrong usage is a value, never thrown.
 */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const every = allFlags()
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: Object.fromEntries(
      every.map((row) => [
        row.name,
        { type: row.value === undefined ? 'boolean' : 'string', ...(row.short ? { short: row.short } : {}) } as const,
      ]),
    ),
  })
  const first = tokens.find((token) => token.kind === 'positional')?.value
  const asked = verbs.find((row) => row.name === first)
  // Two verbs may have a flag of the same name that takes other values.
  const rows = [...(asked?.flags ?? []), ...every]
  const positionals: string[] = []
  const written: { row: FlagRow; value: string | undefined }[] = []
  let child: string[] | null = null
  let dashedAt = -1
  for (const token of tokens) {
    if (token.kind === 'option-terminator') {
      child = args.slice(token.index + 1)
      break
    }
    if (token.kind === 'positional') positionals.push(token.value)
    else {
      if (token.name === 'version' || token.rawName === '-V') return { kind: 'version' }
      const row = rows.find((candidate) => candidate.name === token.name)
      const dashed = row === undefined || !(commonFlags.includes(row) || asked?.flags.includes(row))
      if (dashed && positionals.length - 1 === asked?.dashedOperand) {
        // `-abc` comes as three tokens of one argument.
        positionals.push(args[token.index]!)
        dashedAt = token.index
        continue
      }
      if (dashedAt === token.index) continue
      if (row === undefined) return unknownFlag(token.rawName, rows)
      const wrong = wrongValue(row, token.rawName, token.value, token.inlineValue === true)
      if (wrong !== null) return wrong
      written.push({ row, value: token.value })
    }
  }
  return assemble(positionals, written, child)
}

function assemble(
  positionals: string[],
  written: readonly { row: FlagRow; value: string | undefined }[],
  child: string[] | null,
): CommandLine {
  const asked = positionals[0]
  const helped = written.some(({ row }) => row.name === 'help')
  if (asked === 'help' || asked === 'version') {
    if (asked === 'version') return { kind: 'version' }
    const about = positionals[1]
    const verb = verbs.find((row) => row.name === about) ?? null
    return about !== undefined && verb === null
      ? { kind: 'wrong', says: `There is no verb "${about}".`, hint: nearestHint(about) }
      : { kind: 'help', verb }
  }
  const named = verbs.find((row) => row.name === asked)
  if (helped) return { kind: 'help', verb: named ?? null }
  const verb = named ?? verbs[0]!
  const operands = named === undefined ? positionals : positionals.slice(1)
  for (const { row } of written)
    if (!commonFlags.includes(row) && !verb.flags.includes(row))
      return {
        kind: 'wrong',
        says: `--${row.name} does not belong to "${verb.name}".`,
        hint: `See: countersign help ${verb.name}`,
      }
  if (operands.length > verb.maxOperands) return tooMany(verb, named === undefined, operands)
  const values = new Map(written.map(({ row, value }) => [row.name, value ?? '']))
  const flags: Flags = { text: (name) => values.get(name), on: (name) => values.has(name) }
  return { kind: 'run', verb, implied: named === undefined, operands, child, flags }
}

function tooMany(verb: VerbRow, implied: boolean, operands: readonly string[]): CommandLine {
  const first = operands[0]!
  if (implied) return { kind: 'wrong', says: `There is no verb "${first}".`, hint: nearestHint(first) }
  const surplus = operands[verb.maxOperands]!
  return {
    kind: 'wrong',
    says: `"${verb.name}" does not know what to do with "${surplus}".`,
    hint: verb.runs
      ? `A command stands after "--": countersign ${verb.name} ${operands.slice(0, verb.maxOperands).join(' ')} -- ${surplus}`
      : `Usage: countersign ${verb.name} ${verb.operands}`.trimEnd(),
  }
}

function unknownFlag(rawName: string, rows: readonly FlagRow[]): CommandLine {
  const near = nearest(
    rawName.replace(/^-+/, ''),
    rows.filter((row) => row.hidden !== true).map((row) => row.name),
  )
  return {
    kind: 'wrong',
    says: `There is no flag ${rawName}.`,
    hint: near === null ? 'See: countersign --help' : `Did you mean --${near}?`,
  }
}

function wrongValue(row: FlagRow, rawName: string, value: string | undefined, inline: boolean): CommandLine | null {
  if (row.value === undefined)
    return value === undefined ? null : { kind: 'wrong', says: `${rawName} takes no value.`, hint: null }
  if (value === undefined || value === '' || (!inline && value.startsWith('-') && value.length > 1))
    return { kind: 'wrong', says: `${rawName} needs a value: ${rawName} ${row.value}.`, hint: null }
  if (row.oneOf !== undefined && !row.oneOf.includes(value))
    return { kind: 'wrong', says: `${rawName} is one of ${row.oneOf.join(', ')}, not "${value}".`, hint: null }
  return null
}

function allFlags(): readonly FlagRow[] {
  return [...new Set([...commonFlags, ...verbs.flatMap((row) => row.flags)])]
}

/** What to say about a word that is no verb. */
export function nearestHint(word: string): string {
  const near = nearest(
    word,
    verbs.map((row) => row.name),
  )
  return near === null ? 'See: countersign --help' : `Did you mean: countersign ${near}?`
}

/**
 * The candidate with the smallest edit distance (insert, delete, replace, swap of neighbours), or null when none is near:
 * more than two edits, or more than 40 % of the word.
 */
export function nearest(word: string, candidates: readonly string[]): string | null {
  let best: string | null = null
  let bestDistance = Math.min(3, Math.floor(word.length * 0.4) + 1)
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase())
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = rows[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      let least = Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, replaced)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, rows[i - 2]![j - 2]! + 1)
      row.push(least)
    }
    rows.push(row)
  }
  return rows[a.length]![b.length]!
}
