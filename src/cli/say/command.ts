import { familiesOf } from '../../holder/diagnosis/answers.ts'
import type { Finding } from '../../holder/diagnosis/verdict.ts'
import type { Explained } from '../command/explained.ts'
import { errorTitle } from './explain.ts'
import { harmless, legible, mark, page, paint, visibleWidth, wrap } from './page.ts'
import { credentialText, sdkNames, sourceText } from './sources.ts'
import { findingLines, type Sight } from './verdict.ts'

/** More than these would bury the first. */
const mostOthers = 3

/** After the output of a command that was refused: the cause, its proof, its cure; then by whose rules that was found. */
export function failureText(sight: Sight, explained: Explained): string {
  const { look } = sight
  const { causes, accepted } = explained
  // The credential that was looked at is good: what fits the error then only fits some other one.
  // What runs code of its own may well have a credential of its own, too.
  const isOther = causes[0]?.certainty === 'possible' || !explained.recognised.isSure
  const isOpen = causes[0] === undefined || (accepted !== null && causes[0].certainty !== 'proven' && isOther)
  const lines = isOpen ? unexplained(sight, explained) : findingLines(sight, causes[0]!, 'full')
  if (!isOpen) lines.push(...ownLines(sight, explained))
  const rest = isOpen ? causes : causes.slice(1)
  const isProven = !isOpen && causes[0]!.certainty === 'proven'
  const others = isProven ? rest.filter(({ certainty }) => certainty !== 'possible') : rest
  if (others.length > 0) lines.push('', isProven ? 'Also found:' : 'It may also be:')
  for (const other of others.slice(0, mostOthers)) lines.push('', ...shortLines(sight, other))
  const ground = groundTexts(explained).flatMap((text) => wrap(look, '', text))
  return page(['', ...lines, '', ...ground.map((line) => paint(look, 'quiet', line))])
}

/** Where a variable comes with the command, the shell is the wrong place to change it. */
function ownLines({ look }: Sight, { causes, recognised }: Explained): string[] {
  const named = causes[0]!.evidence.flatMap(({ at }) => (at !== null && 'variable' in at ? [at.variable] : []))
  const [name] = named.filter((each) => recognised.own.includes(each))
  if (name === undefined) return []
  const says = `${name} comes with the command itself (its line, or a file that it loads), not from your shell: change it there.`
  return ['', ...wrap(look, '  ', says)]
}

/** The one line of `--quiet`. */
export function failureLine({ look }: Sight, { error, causes }: Explained): string {
  const title = causes[0]?.title ?? 'no cause found'
  return page([legible(look, error === null ? title : `${errorTitle({ ...error, client: null })}: ${title}`)])
}

function shortLines(sight: Sight, finding: Finding): readonly string[] {
  return findingLines(sight, finding, 'short').map((line) => (line === '' ? '' : `  ${line}`))
}

function unexplained({ look, machine }: Sight, { sdk, error, accepted, profile }: Explained): string[] {
  const sign = mark(look, 'doubt')
  const lines = (text: string) => wrap(look, '  ', text)
  const credential = accepted?.credential ?? null
  if (accepted === null || credential === null) {
    const says = `AWS answered ${error?.code ?? 'no'}, and nothing on this machine points to a cause.`
    return wrap(look, `${sign} `, says, visibleWidth(sign) + 1)
  }
  const found = `${credentialText(credential)} from ${sourceText(machine, credential.source)}`
  return [
    ...wrap(
      look,
      `${sign} `,
      `AWS accepts the credential that ${sdkNames[sdk]} finds here; this command seems to use ${
        error !== null && familiesOf(error).includes('nothing-sent') ? 'none' : 'another one'
      }.`,
      visibleWidth(sign) + 1,
    ),
    '',
    ...lines(`It is ${found}${accepted.identity === null ? '' : `, of ${accepted.identity.arn}`}.`),
    '',
    ...lines(
      profile === undefined
        ? 'If its code or its settings choose a profile, name it: countersign check PROFILE -- COMMAND'
        : 'Look for keys, a profile or an endpoint in its code and in its own settings.',
    ),
  ]
}

/** What was read, and how the credential was looked for: a sentence each. */
function groundTexts({ failure, recognised, sdk, profile, error }: Explained): readonly string[] {
  const program = harmless(recognised.program ?? failure.words[0] ?? 'the command')
  const seen =
    error === null
      ? `What was seen: ${program} ended with exit code ${failure.end.status}.`
      : `What was seen: ${errorTitle({ ...error, client: null })}, printed by ${program}.`
  const chosen = profile === undefined ? '' : `, profile ${harmless(profile)}`
  const notes = recognised.notes.map((note) => `, ${harmless(note)}`).join('')
  switch (recognised.credentials) {
    case 'elsewhere':
      return [seen, `Only its text was judged: its credentials cannot be seen from here${notes}.`]
    case 'unsigned':
      return [seen, `Only its text was judged: it sends unsigned requests${notes}.`]
    default:
      return [seen, `Whose rules: ${sdkNames[sdk]}${chosen}${notes}.`]
  }
}
