import { causeNumbers } from '../cause-ids.ts'
import { CountersignError } from '../errors.ts'
import { type LabResult, runScenario } from '../lab/run.ts'
import type { Scenario } from '../lab/scenario.ts'
import { scenarios } from '../lab/scenarios.ts'
import { nearest } from './grammar.ts'
import { wantsJson, writeJson } from './result.ts'
import { labListText, labResultText, labRowText, labScoreText } from './say/lab.ts'
import { type Call, exitCode } from './terminal.ts'

/** `lab [CAUSE|--list|--all]`: makes a cause happen for real, and holds the diagnosis against the authority's own log. */
export async function lab(call: Call): Promise<number> {
  const { terminal, flags, operands } = call
  const [word] = operands
  if (flags.on('all')) return await all(call)
  if (flags.on('list') || word === undefined) {
    if (wantsJson(call))
      writeJson(call, { schema: 'countersign.lab/1', causes: scenarios.map(({ cause, why }) => ({ id: cause, why })) })
    else terminal.out(labListText(terminal.look, scenarios))
    return exitCode.fine
  }
  const scenario = find(word)
  const result = await played(call, scenario)
  if (wantsJson(call)) writeJson(call, resultJson(result))
  else terminal.out(labResultText(terminal.look, call.machine, result))
  return result.agrees ? exitCode.fine : exitCode.problem
}

async function all(call: Call): Promise<number> {
  const { terminal } = call
  const results: LabResult[] = []
  for (const scenario of scenarios) {
    const result = await played(call, scenario)
    results.push(result)
    if (!wantsJson(call)) terminal.out(labRowText(terminal.look, result))
  }
  if (wantsJson(call)) writeJson(call, { schema: 'countersign.lab/1', results: results.map(resultJson) })
  else terminal.out(labScoreText(terminal.look, results))
  return results.every((result) => result.agrees) ? exitCode.fine : exitCode.problem
}

async function played(call: Call, scenario: Scenario): Promise<LabResult> {
  const progress = call.terminal.progress(`making "${scenario.cause}" happen`)
  try {
    return await runScenario(scenario)
  } finally {
    progress.end()
  }
}

/** By id, or by its number (`C20`). */
function find(word: string): Scenario {
  const found = scenarios.find(({ cause }) => cause === word || causeNumbers[cause] === word.toUpperCase())
  if (found !== undefined) return found
  const near = nearest(
    word,
    scenarios.map(({ cause }) => cause),
  )
  throw new CountersignError('usage', `The lab cannot make "${word}" happen.`, {
    data: { hint: near === null ? 'See: countersign lab --list' : `Did you mean: countersign lab ${near}?` },
  })
}

function resultJson({ scenario, verdict, logged, agrees }: LabResult): unknown {
  return {
    cause: scenario.cause,
    why: scenario.why,
    status: verdict.status,
    found: verdict.causes.map(({ id, certainty }) => ({ id, certainty })),
    logged: logged === null ? null : { cause: logged.cause, code: logged.code, evidence: logged.evidence },
    agrees,
  }
}
