import { redact } from '../../anatomy/redact.ts'
import { type CauseId, causeNumbers } from '../../cause-ids.ts'
import type { Machine } from '../../holder/machine/machine.ts'
import type { LabResult } from '../../lab/result.ts'
import { nameOf, type Scenario } from '../../lab/scenario.ts'
import type { Look } from '../terminal.ts'
import { explainText } from './explain.ts'
import { legible, mark, padded, page, paint, wrap } from './page.ts'
import { shortened, verdictText } from './verdict.ts'

export function labListText(
  look: Look,
  scenarios: readonly Scenario[],
  unplayable: Readonly<Partial<Record<CauseId, string>>>,
): string {
  const others = Object.entries(unplayable) as [CauseId, string][]
  const width = Math.max(...[...scenarios.map(nameOf), ...others.map(([id]) => id)].map((name) => name.length))
  const row = (id: CauseId, name: string, says: string) =>
    wrap(look, `  ${padded(causeNumbers[id] ?? '', 3)}  ${padded(name, width)}  `, says)
  return page([
    ...wrap(look, '', 'Causes that the lab can make happen for real: countersign lab CAUSE, or countersign lab --all'),
    '',
    ...scenarios.flatMap((scenario) => row(scenario.cause, nameOf(scenario), scenario.why)),
    '',
    ...wrap(look, '', 'Causes that it cannot make happen:'),
    '',
    ...others.flatMap(([id, because]) => row(id, id, because)),
  ])
}

/** One scenario in full: what was done, what the doctor says without knowing it, what the authority knows. */
export function labResultText(look: Look, _viewer: Machine, result: LabResult): string {
  const { scenario, verdict } = result
  const asked = verdict === null ? 'explain' : 'check'
  return page([
    paint(look, 'quiet', 'What was done'),
    ...wrap(look, '  ', scenario.why),
    '',
    paint(look, 'quiet', `What ${asked} says (it knows nothing of the above)`),
    ...doctorText(look, result)
      .trimEnd()
      .split('\n')
      .map((line) => (line === '' ? '' : `  ${line}`)),
    '',
    paint(look, 'quiet', 'What the authority logged about the failing command, and told nobody'),
    ...wrap(look, '  ', loggedText(result)),
    '',
    ...cureLines(look, result),
    agreement(look, result),
  ])
}

/** Broken, fixed, undone: what the same request came to each time. */
function cureLines(look: Look, { machine, cure, failure, sent }: LabResult): readonly string[] {
  if (cure == null) return []
  const broken = failure === null ? (sent ? 'accepted' : 'not even sent') : `refused: ${failure.code}`
  const fixed = cure.isCured ? 'accepted' : `refused: ${cure.fixed.failure?.code ?? 'not even sent'}`
  const item = (good: boolean, name: string, says: string) =>
    wrap(look, `  ${mark(look, good ? 'good' : 'bad')} ${padded(name, 7)} `, says)
  return [
    paint(
      look,
      'quiet',
      cure.automatic ? 'What fix did, for real' : 'What fix did, with the lines for the shell, for real',
    ),
    ...cure.did.flatMap((says) => wrap(look, '    ', shortened(machine, says))),
    '',
    ...item(true, 'broken', `the request was ${broken}`),
    ...item(cure.isCured, 'fixed', `the same request was ${fixed}`),
    ...item(
      cure.isUndone,
      'undone',
      cure.isUndone ? 'every byte is as before, and so is the answer' : 'not all is as it was before',
    ),
    '',
  ]
}

function doctorText(look: Look, { verdict, explanation, machine, causes }: LabResult): string {
  const sight = { look: { ...look, columns: look.columns - 2 }, machine }
  return verdict === null ? explainText(sight, explanation?.error ?? null, causes) : verdictText(sight, verdict, false)
}

export function labRowText(look: Look, result: LabResult): string {
  const { scenario, agrees } = result
  return page([
    `${mark(look, agrees ? 'good' : 'bad')} ${padded(nameOf(scenario), 34)} ${legible(look, saysText(result))}${agrees ? '' : `; ${loggedText(result)}`}`,
  ])
}

function saysText({ causes, verdict }: LabResult): string {
  const found = causes[0]
  return found === undefined ? `nothing (${verdict?.status ?? 'no cause'})` : `${found.id} (${found.certainty})`
}

export function labScoreText(look: Look, results: readonly LabResult[]): string {
  const right = results.filter((result) => result.agrees).length
  const proven = results.filter((result) => result.agrees && result.causes[0]?.certainty === 'proven').length
  const causes = new Set(results.map(({ scenario }) => scenario.cause)).size
  const first = `${mark(look, right === results.length ? 'good' : 'bad')} `
  const says = `${right} of ${results.length} scenarios of ${causes} causes were named rightly, ${proven} of them with proof.`
  return page(['', ...wrap(look, first, says), ...cureScore(look, results)])
}

function cureScore(look: Look, results: readonly LabResult[]): readonly string[] {
  const cures = results.flatMap(({ cure }) => cure ?? [])
  const whole = cures.filter(({ isCured, isUndone }) => isCured && isUndone).length
  const alone = cures.filter(({ automatic }) => automatic).length
  if (cures.length === 0) return []
  const says =
    `${whole} of the ${cures.length} that fix can cure were cured and undone: ${alone} by changes of files and calls of AWS, ` +
    `${cures.length - alone} with lines for the shell.`
  return wrap(look, `${mark(look, whole === cures.length ? 'good' : 'bad')} `, says)
}

function loggedText({ logged, scenario }: LabResult): string {
  if (logged === null)
    return scenario.logged === null ? 'Nothing: it never saw a request that it refused.' : 'Nothing was refused.'
  const evidence =
    logged.evidence.length === 0 ? '' : `: ${logged.evidence.map((says) => redact(says).text).join('; ')}`
  return `${logged.cause ?? 'no known cause'}${evidence} (answered to the caller: ${logged.code ?? 'nothing'})`
}

function agreement(look: Look, { agrees, scenario, causes }: LabResult): string {
  const found = causes[0]
  const says = agrees
    ? `The doctor found it: ${scenario.cause}, ${found?.certainty ?? ''}.`
    : `The doctor said ${found?.id ?? 'nothing'}; it was ${scenario.cause}.`
  return `${mark(look, agrees ? 'good' : 'bad')} ${legible(look, says)}`
}
