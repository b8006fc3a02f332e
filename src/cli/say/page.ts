import { homeOf } from '../../holder/files/expand.ts'
import type { Machine } from '../../holder/machine/machine.ts'
import type { Place } from '../../holder/sources/credential.ts'
import type { Look } from '../terminal.ts'

/** Colours only underline what the words already say. */
type Style = 'bad' | 'good' | 'doubt' | 'quiet' | 'strong' | 'command'

const sgr: Readonly<Record<Style, string>> = {
  bad: '1;31',
  good: '1;32',
  doubt: '1;33',
  quiet: '2',
  strong: '1',
  command: '36',
}

/** The piece of text in its style; unchanged where colour is off. */
export function paint(look: Look, style: Style, text: string): string {
  return look.colour && text !== '' ? `\u001b[${sgr[style]}m${text}\u001b[0m` : text
}

export type Mark = 'good' | 'bad' | 'doubt' | 'item' | 'arrow'

const signs: Readonly<Record<Mark, readonly [unicode: string, ascii: string]>> = {
  good: ['✓', 'OK'],
  bad: ['✗', 'X'],
  doubt: ['?', '?'],
  item: ['·', '-'],
  arrow: ['→', '->'],
}

export function mark(look: Look, name: Mark): string {
  const sign = signs[name][look.unicode ? 0 : 1]
  return name === 'good' || name === 'bad' || name === 'doubt' ? paint(look, name, sign) : sign
}

/**
 * Makes foreign text harmless for a terminal: control characters, bidirectional overrides and other invisible ones become
 * visible escapes, so that a profile name or an answer can neither move the cursor nor turn the text around. Line ends
 * inside become `⏎`-like blanks, because every caller wants one line.
 */
export function harmless(text: string): string {
  return text
    .replace(/\s*[\r\n]+\s*/g, ' ')
    .replace(/\t/g, ' ')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (sign) => `\\u{${sign.codePointAt(0)!.toString(16)}}`)
}

const asciiFor: Readonly<Record<string, string>> = {
  '…': '...',
  '‹': '<',
  '›': '>',
  '–': '-',
  '—': '-',
  '‑': '-',
  '“': '"',
  '”': '"',
  '‘': "'",
  '’': "'",
  '→': '->',
  '·': '-',
  '≥': '>=',
  '≤': '<=',
  '×': 'x',
}

/** Our own typographic signs as ASCII, where the terminal may not know them. Not for commands: those stay as they are. */
export function legible(look: Look, text: string): string {
  const safe = harmless(text)
  return look.unicode ? safe : safe.replace(/[…‹›–—‑“”‘’→·≥≤×]/g, (sign) => asciiFor[sign] ?? '?')
}

/**
 * Prose broken at blanks.
 *
 * @param first what the first line begins with (a mark, a label); the others are indented to its width
 * @returns lines without line ends
 */
export function wrap(look: Look, first: string, text: string, indent = visibleWidth(first)): string[] {
  const width = Math.max(20, look.columns - indent)
  const lines: string[] = []
  let line = ''
  for (const word of legible(look, text).split(' ')) {
    if (word === '') continue
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  lines.push(line)
  return lines.map((each, index) => (index === 0 ? first : ' '.repeat(indent)) + each)
}

/** Columns that a text takes, its colours not counted. */
export function visibleWidth(text: string): number {
  return [...text.replace(/\u001b\[[0-9;]*m/g, '')].length
}

export function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - visibleWidth(text)))
}

/** The path with the person's home written `~`. */
export function shortPath(machine: Machine, path: string): string {
  const home = homeOf(machine)?.replace(/[\\/]+$/, '')
  if (home === undefined || home.length < 2 || !path.startsWith(home)) return path
  const rest = path.slice(home.length)
  return rest === '' || /^[\\/]/.test(rest) ? `~${rest}` : path
}

/** A place in a form that editors and terminals open: `~/.aws/credentials:4:1`, or the name of the variable. */
export function placeText(machine: Machine, at: Place | null): string {
  if (at === null) return ''
  if ('variable' in at) return `the environment variable ${at.variable}`
  if ('probe' in at) return ''
  const path = shortPath(machine, at.file)
  return 'line' in at ? `${path}:${at.line}:${at.column}` : path
}

/** Lines joined for output, with the last line end. */
export function page(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`
}

/** The same text with a capital letter first. */
export function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}
