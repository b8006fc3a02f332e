import { commonFlags } from '../rows/flags.ts'
import { verbs } from '../rows/index.ts'
import type { FlagRow } from '../rows/row.ts'
import { exitCodes, firstExamples, flagForm, purpose, verbForm } from './usage.ts'

type Examples = readonly (readonly [command: string, says: string])[]

/** `docs/cli.md`: the words of `--help` for all verbs, as a page. */
export function manualPage(): string {
  const anchor = (name: string) => `[\`${name}\`](#${name})`
  return `${[
    '<!-- Written by `npm run manual` from src/cli/rows; a test holds that it is what that writes. -->',
    '# The command line',
    purpose,
    '```\ncountersign [PROFILE] [FLAGS]\ncountersign VERB [PROFILE] [FLAGS]\n```',
    markdownTable(
      ['Verb', 'What it does'],
      verbs.map(({ name, says }) => [anchor(name), cell(says)]),
    ),
    'Without a verb: `check`.',
    '## Flags of every verb',
    flagTable(commonFlags),
    '## Exit codes',
    markdownTable(['Code', 'Meaning'], exitCodes),
    '`exec` and `check -- COMMAND` end with the exit code of the command.',
    '## Examples',
    exampleBlock(firstExamples),
    ...verbs.flatMap((verb) => [
      `## ${verb.name}`,
      `\`${verbForm(verb)}\``,
      ...verb.more.map(escaped),
      ...(verb.flags.length === 0 ? [] : [flagTable(verb.flags)]),
      exampleBlock(verb.examples),
    ]),
  ].join('\n\n')}\n`
}

function flagTable(rows: readonly FlagRow[]): string {
  const shown = rows.filter(({ hidden }) => hidden !== true)
  return markdownTable(
    ['Flag', 'What it does'],
    shown.map((row) => [`\`${flagForm(row)}\``, cell(row.says)]),
  )
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function cell(text: string): string {
  return escaped(text).replaceAll('|', '\\|')
}

/** Markdown would take these for tags and emphasis. */
function escaped(text: string): string {
  return text.replace(/[<>*_]/g, '\\$&')
}

function exampleBlock(examples: Examples): string {
  const width = Math.max(...examples.map(([command]) => command.length))
  return ['```sh', ...examples.map(([command, says]) => `${command.padEnd(width)}  # ${says}`), '```'].join('\n')
}

/** `man countersign`, for the macros of man(7). */
export function manPage(version: string): string {
  const lines = [
    `.TH COUNTERSIGN 1 "" "countersign ${version}" "User Commands"`,
    '.SH NAME',
    'countersign \\- find, prove, explain and repair AWS credentials',
    '.SH SYNOPSIS',
    ...verbs.flatMap((verb) => ['.PP', roff(verbForm(verb))]),
    '.SH DESCRIPTION',
    roff(purpose),
    'Without a verb: check.',
    '.SH VERBS',
    ...verbs.flatMap((verb) => [
      `.SS ${roff(verbForm(verb))}`,
      ...verb.more.flatMap((paragraph) => ['.PP', roff(paragraph)]),
      ...flagList(verb.flags),
      ...exampleList(verb.examples),
    ]),
    '.SH OPTIONS OF EVERY VERB',
    ...flagList(commonFlags),
    '.SH EXIT STATUS',
    ...exitCodes.flatMap(([code, says]) => ['.TP', `.B ${code}`, roff(says)]),
    '.SH ENVIRONMENT',
    'What the AWS CLI and the SDKs honour is honoured: AWS_PROFILE, AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE,',
    'AWS_ENDPOINT_URL, AWS_REGION, AWS_CA_BUNDLE, HTTPS_PROXY, NO_PROXY and others.',
    '.TP',
    '.B COUNTERSIGN_NOW',
    'An ISO 8601 instant that the clock shows instead of the real one.',
    '.TP',
    '.B NO_COLOR',
    'Set: no colours.',
    '.SH SEE ALSO',
    '.BR aws (1)',
  ]
  return `${lines.join('\n')}\n`
}

function flagList(rows: readonly FlagRow[]): readonly string[] {
  return rows
    .filter(({ hidden }) => hidden !== true)
    .flatMap((row) => ['.TP', `.B ${roff(flagForm(row))}`, roff(row.says)])
}

function exampleList(examples: Examples): readonly string[] {
  return [
    '.PP',
    'Examples:',
    ...examples.flatMap(([command, says]) => ['.PP', roff(says), '.RS', `.B ${roff(command)}`, '.RE']),
  ]
}

/** Text for troff: its escapes written out, hyphens as they are typed, and no line that begins like a request. */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^[.']/, '\\&$&')
    .replace(/[^\x20-\x7e]/gu, (sign) => `\\[u${sign.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}]`)
}
