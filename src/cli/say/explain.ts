import type { Finding } from '../../holder/diagnosis/verdict.ts'
import { legible, mark, page, paint, visibleWidth, wrap } from './page.ts'
import { counted, sdkNames } from './sources.ts'
import { findingLines, moreAbout, othersBeside, type Sight, withoutRepeated } from './verdict.ts'

/** What an error text was read as. */
export interface ErrorRead {
  readonly code: string
  readonly message: string | null
  readonly service: string | null
  readonly operation: string | null
  readonly status: number | null
  readonly client: string | null
}

/** `explain` as text: what the error is, then the ranked causes, the first with all its evidence. */
export function explainText(sight: Sight, error: ErrorRead | null, causes: readonly Finding[]): string {
  const { look } = sight
  if (error === null) return notUnderstood(sight)
  const lines = wrap(look, '', errorTitle(error)).map((line) => paint(look, 'strong', line))
  if (error.message !== null && error.message !== '') lines.push(...wrap(look, '  ', `“${error.message}”`))
  const [first, ...rest] = causes
  const others = first === undefined ? [] : othersBeside(first, rest)
  if (first === undefined)
    return page([
      ...lines,
      '',
      ...wrap(
        look,
        '  ',
        'Nothing about credentials explains this error, and nothing on this machine points to a cause.',
      ),
    ])
  lines.push('', ...findingLines(sight, first, 'full'), '', moreAbout(sight, first.id))
  if (others.length === 0) return page(lines)
  lines.push('', `${counted(others.length, 'other possibility').replace(/ys$/, 'ies')}, most likely first:`)
  const most = first.certainty === 'possible' ? mostBesideGuess : mostBesideEvidence
  for (const finding of others.slice(0, most))
    lines.push(
      '',
      ...findingLines(sight, withoutRepeated(finding, first), 'short').map((line) => (line === '' ? '' : `  ${line}`)),
    )
  const more = others.slice(most)
  if (more.length > 0) lines.push('', ...wrap(look, '  ', `Less telling: ${more.map(({ id }) => id).join(', ')}`))
  return page(lines)
}

/** More than these would bury the first; beside one that has evidence for it the others tell less. */
const mostBesideGuess = 5
const mostBesideEvidence = 3

/** The one line of `--quiet`. */
export function explainLine({ look }: Sight, error: ErrorRead | null, causes: readonly Finding[]): string {
  if (error === null) return page([legible(look, 'This text is not an AWS error that is known here.')])
  const first = causes[0]
  return page([
    legible(
      look,
      first === undefined ? `${errorTitle(error)}: no cause found` : `${errorTitle(error)}: ${first.title}`,
    ),
  ])
}

/** Said on stderr when the pasted text held something that should not be pasted. */
export function secretWarning({ look }: Sight): string {
  return page(
    wrap(
      look,
      'Careful: ',
      'the text that you pasted holds a secret key, a session token or a signed header. It is neither shown nor kept here; ' +
        'if others have seen that text too, replace the key.',
      9,
    ),
  )
}

export function errorTitle(error: ErrorRead): string {
  const where = [error.service, error.operation].filter((part) => part !== null).join(' ')
  const status = error.status === null ? '' : ` (HTTP ${error.status})`
  const client = error.client === null ? '' : `, as ${clientName(error.client)} prints it`
  return `${error.code}${where === '' ? '' : ` from ${where}`}${status}${client}`
}

/** How a person calls the client that wrote the text. */
function clientName(client: string): string {
  if (client === 'aws-cli') return 'the AWS CLI'
  if (client === 'xml' || client === 'json') return `the service itself (${client.toUpperCase()})`
  return (sdkNames as Readonly<Record<string, string>>)[client] ?? client
}

function notUnderstood({ look }: Sight): string {
  const first = `${mark(look, 'doubt')} `
  return page([
    ...wrap(look, first, 'This text is not an AWS error that is known here.', visibleWidth(first)),
    '',
    ...wrap(look, '  ', 'Paste the whole line that the command printed, in quotes, or pipe it in:'),
    '',
    `      ${paint(look, 'command', 'aws sts get-caller-identity 2>&1 | countersign explain -')}`,
  ])
}
