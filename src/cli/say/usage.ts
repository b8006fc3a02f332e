import { commonFlags } from '../rows/flags.ts'
import { verbs } from '../rows/index.ts'
import type { FlagRow, VerbRow } from '../rows/row.ts'
import type { Look } from '../terminal.ts'
import { legible, padded, page, paint, wrap } from './page.ts'

export const purpose =
  'countersign finds the AWS credential that this machine would use, asks AWS about it, proves what is wrong with it ' +
  'and names the one command that cures it. It can also be the authority that answers.'

export const firstExamples: readonly (readonly [command: string, says: string])[] = [
  ['countersign', 'what is wrong with my credentials?'],
  ['countersign dev', 'the same for the profile dev'],
  ['countersign fix', 'repair it, after a look at the change'],
  ['aws s3 ls 2>&1 | countersign explain -', 'what does this error mean here?'],
  ['countersign tour', 'see it work, without an AWS account'],
  ['countersign serve', 'an STS and IAM of my own'],
]

/** `countersign --help`: what it is for, the verbs, the flags, examples, exit codes. */
export function generalHelp(look: Look): string {
  const width = Math.max(...verbs.map((verb) => verb.name.length))
  return page([
    ...wrap(look, '', purpose),
    '',
    ...usageLines(look, ['countersign [PROFILE] [FLAGS]', 'countersign VERB [PROFILE] [FLAGS]']),
    '',
    title(look, 'Verbs'),
    ...verbs.flatMap((verb) => wrap(look, `  ${padded(verb.name, width)}  `, verb.says)),
    '  without a verb: check',
    '',
    title(look, 'Flags'),
    ...flagLines(look, commonFlags),
    '',
    title(look, 'Examples'),
    ...exampleLines(look, firstExamples),
    '',
    ...exitCodeLines(look),
    '',
    'More about one verb: countersign help VERB',
  ])
}

/** `countersign help VERB`. */
export function verbHelp(look: Look, verb: VerbRow): string {
  return page([
    ...usageLines(look, [verbForm(verb)]),
    '',
    ...verb.more.flatMap((paragraph, index) => [...(index === 0 ? [] : ['']), ...wrap(look, '', paragraph)]),
    ...(verb.flags.length === 0 ? [] : ['', title(look, `Flags of ${verb.name}`), ...flagLines(look, verb.flags)]),
    '',
    title(look, 'Flags of every verb'),
    ...flagLines(look, commonFlags),
    '',
    title(look, 'Examples'),
    ...exampleLines(look, verb.examples),
    '',
    ...exitCodeLines(look),
  ])
}

/** How a verb is called. */
export function verbForm({ name, operands, runs }: VerbRow): string {
  return `countersign ${name} ${operands}`.trimEnd().concat(' [FLAGS]', runs ? ' [-- COMMAND ...]' : '')
}

/** How a flag is written. */
export function flagForm({ name, short, value }: FlagRow): string {
  return `${short ? `-${short}, ` : ''}--${name}${value ? ` ${value}` : ''}`
}

function usageLines(look: Look, forms: readonly string[]): string[] {
  return forms.flatMap((form, index) => wrap(look, `${index === 0 ? title(look, 'Usage') : '     '}  `, form, 7))
}

function title(look: Look, text: string): string {
  return paint(look, 'strong', text)
}

function flagLines(look: Look, rows: readonly FlagRow[]): string[] {
  const shown = rows.filter((row) => row.hidden !== true)
  const forms = shown.map((row) => (row.short ? '' : '    ') + flagForm(row))
  const width = Math.max(...forms.map((form) => form.length))
  return shown.flatMap((row, index) => wrap(look, `  ${padded(forms[index]!, width)}  `, row.says))
}

function exampleLines(look: Look, examples: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...examples.map(([command]) => command.length))
  return width + 30 > look.columns
    ? examples.flatMap(([command, says]) => [`  ${paint(look, 'command', command)}`, ...wrap(look, '      ', says)])
    : examples.map(([command, says]) => `  ${paint(look, 'command', padded(command, width))}  ${legible(look, says)}`)
}

export const exitCodes: readonly (readonly [code: string, says: string])[] = [
  ['0', 'the credentials are valid, or the verb did its work'],
  ['1', 'a problem with the credentials was found and named'],
  ['2', 'wrong usage'],
  ['3', 'could not tell: no network, no answer, not enough evidence'],
  ['70', 'a defect in countersign itself'],
]

function exitCodeLines(look: Look): string[] {
  return [title(look, 'Exit codes'), ...exitCodes.map(([code, says]) => `  ${padded(code, 2)}  ${says}`)]
}
