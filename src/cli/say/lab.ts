import { redact } from '../../anatomy/redact.ts'
import { causeNumbers } from '../../cause-ids.ts'
import type { Machine } from '../../holder/machine/machine.ts'
import type { LabResult } from '../../lab/run.ts'
import type { Scenario } from '../../lab/scenario.ts'
import type { Look } from '../terminal.ts'
import { legible, mark, padded, page, paint, wrap } from './page.ts'
import { verdictText } from './verdict.ts'

export function labListText(look: Look, scenarios: readonly Scenario[]): string {
  const width = widest(scenarios)
  return page([
    ...wrap(look, '', 'Causes that the lab can make happen for real: countersign lab CAUSE, or countersign lab --all'),
    '',
    ...scenarios.flatMap(({ cause, why }) =>
      wrap(look, `  ${padded(causeNumbers[cause] ?? '', 3)}  ${padded(cause, width)}  `, why),
    ),
  ])
}

/** One scenario in full: what was done, what the doctor says without knowing it, what the authority knows. */
export function labResultText(look: Look, _viewer: Machine, result: LabResult): string {
  const { scenario, verdict, machine } = result
  return page([
    paint(look, 'quiet', 'What was done'),
    ...wrap(look, '  ', scenario.why),
    '',
    paint(look, 'quiet', 'What check says (it knows nothing of the above)'),
    ...verdictText({ look: { ...look, columns: look.columns - 2 }, machine }, verdict, false)
      .trimEnd()
      .split('\n')
      .map((line) => (line === '' ? '' : `  ${line}`)),
    '',
    paint(look, 'quiet', 'What the authority logged about the failing command, and told nobody'),
    ...wrap(look, '  ', loggedText(result)),
    '',
    agreement(look, result),
  ])
}

export function labRowText(look: Look, result: LabResult): string {
  const { scenario, verdict, agrees } = result
  const found = verdict.causes[0]
  const says = found === undefined ? `nothing (${verdict.status})` : `${found.id} (${found.certainty})`
  return page([
    `${mark(look, agrees ? 'good' : 'bad')} ${padded(scenario.cause, 28)} ${legible(look, says)}${agrees ? '' : `; ${loggedText(result)}`}`,
  ])
}

export function labScoreText(look: Look, results: readonly LabResult[]): string {
  const right = results.filter((result) => result.agrees).length
  const proven = results.filter((result) => result.agrees && result.verdict.causes[0]?.certainty === 'proven').length
  const first = `${mark(look, right === results.length ? 'good' : 'bad')} `
  return page([
    '',
    ...wrap(look, first, `${right} of ${results.length} causes were named rightly, ${proven} of them with proof.`),
  ])
}

function loggedText({ logged, scenario }: LabResult): string {
  if (logged === null)
    return scenario.logged === null ? 'Nothing: the AWS CLI stops before it sends a request.' : 'Nothing was refused.'
  const evidence =
    logged.evidence.length === 0 ? '' : `: ${logged.evidence.map((says) => redact(says).text).join('; ')}`
  return `${logged.cause ?? 'no known cause'}${evidence} (answered to the caller: ${logged.code ?? 'nothing'})`
}

function agreement(look: Look, { agrees, scenario, verdict }: LabResult): string {
  const found = verdict.causes[0]
  const says = agrees
    ? `The doctor found it: ${scenario.cause}, ${found?.certainty ?? ''}.`
    : `The doctor said ${found?.id ?? 'nothing'}; it was ${scenario.cause}.`
  return `${mark(look, agrees ? 'good' : 'bad')} ${legible(look, says)}`
}

function widest(scenarios: readonly Scenario[]): number {
  return Math.max(...scenarios.map(({ cause }) => cause.length))
}
