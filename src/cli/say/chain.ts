import { redactWords } from '../../anatomy/redact.ts'
import type { ChainRules } from '../../holder/chains/rules.ts'
import type { Trace } from '../../holder/chains/trace.ts'
import type { CredentialShape } from '../../holder/diagnosis/verdict.ts'
import { capital, legible, mark, page, paint, placeText, visibleWidth, wrap } from './page.ts'
import { credentialText, evidenceWords, sdkNames, sourceText } from './sources.ts'
import { type Sight, sentence, stepLines } from './verdict.ts'

/** What one SDK makes of the machine, by which rules. */
export interface ToldChain {
  readonly rules: ChainRules
  readonly trace: Trace
  readonly winner: CredentialShape | null
}

/**
 * `chain` as text: the sentence that matters, then every source in the order in which it is asked. `first` are other lines
 * than that sentence, once more than the chain is known.
 */
export function chainText(
  sight: Sight,
  { rules, trace, winner }: ToldChain,
  first: readonly string[] = verdictLines(sight, trace, winner),
): string {
  const { look } = sight
  const width = Math.max(0, ...trace.steps.map((step) => step.provider.length))
  return page([
    ...first,
    '',
    ...contextLines(sight, trace, rules),
    '',
    paint(look, 'quiet', 'Sources, in the order in which they are asked (the first that is found wins)'),
    ...trace.steps.flatMap((step) => stepLines(sight, step, width)),
  ])
}

/** The one line of `--quiet`. */
export function chainLine(sight: Sight, { trace, winner }: ToldChain): string {
  return page([verdictLines({ ...sight, look: { ...sight.look, columns: 10_000 } }, trace, winner)[0]!])
}

function verdictLines({ look, machine }: Sight, trace: Trace, winner: CredentialShape | null): string[] {
  const name = capital(sdkNames[trace.sdk])
  const tell = (sign: 'good' | 'bad', says: string) => {
    const first = `${mark(look, sign)} `
    return wrap(look, first, says, visibleWidth(first))
  }
  if (trace.error !== null) {
    const place = placeText(machine, trace.error.at)
    return [
      ...tell('bad', `${name} stops with an error before it has any credentials${place === '' ? '' : ` (${place})`}:`),
      ...wrap(look, '  ', redactWords(trace.error.says)),
    ]
  }
  if (winner === null) return tell('bad', `${name} finds no credentials here.`)
  const from = sourceText(machine, winner.source)
  const told =
    winner.accessKeyId === null
      ? tell('good', sentence(`${name} would get credentials from ${credentialText(winner)}: ${from}`))
      : tell('good', `${name} would use ${winner.accessKeyId} from ${from}.`)
  if (trace.clientError === null) return told
  const place = placeText(machine, trace.clientError.at)
  return [
    ...told,
    ...tell('bad', `But then it stops with an error${place === '' ? '' : ` (${place})`}:`),
    ...wrap(look, '  ', redactWords(trace.clientError.says)),
  ]
}

function contextLines({ look, machine }: Sight, trace: Trace, { version, evidence }: ChainRules): string[] {
  const { profile, region, endpoint } = trace
  const chosenBy =
    profile.from === 'argument'
      ? 'as you asked'
      : profile.from === 'default'
        ? 'no other is selected'
        : `by ${profile.from.variable}`
  const regionAt = region?.at == null ? '' : ` (${placeText(machine, region.at)})`
  const override = endpoint.overriddenBy
  const overriddenBy =
    override === null ? '' : ` (set by ${'flag' in override ? override.flag : placeText(machine, override)})`
  return [
    `  profile   ${legible(look, profile.name)} (${chosenBy})`,
    `  region    ${region === null ? 'none set' : legible(look, redactWords(`${region.name}${regionAt}`))}`,
    `  endpoint  ${legible(look, redactWords(`${endpoint.sts}${overriddenBy}`))}`,
    ...wrap(look, '  rules     ', `of version ${version}, ${evidenceWords[evidence].note}`),
  ]
}
