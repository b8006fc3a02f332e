import { type CauseId, causeNumbers } from '../cause-ids.ts'
import { CountersignError } from '../errors.ts'
import type { LabResult } from '../lab/result.ts'
import { runAll, runScenario } from '../lab/run.ts'
import { nameOf, type Scenario } from '../lab/scenario.ts'
import { scenarios } from '../lab/scenarios/index.ts'
import { unplayable } from '../lab/unplayable.ts'
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
    if (wantsJson(call)) writeJson(call, listJson())
    else terminal.out(labListText(terminal.look, scenarios, unplayable))
    return exitCode.fine
  }
  const scenario = find(word)
  const progress = terminal.progress(`making "${nameOf(scenario)}" happen`)
  const result = await runScenario(scenario).finally(() => progress.end())
  if (wantsJson(call)) writeJson(call, resultJson(result))
  else terminal.out(labResultText(terminal.look, call.machine, result))
  return isRight(result) ? exitCode.fine : exitCode.problem
}

/** Named rightly, and cured and undone where that goes without a person. */
function isRight({ agrees, cure }: LabResult): boolean {
  return agrees && (cure == null || (cure.isCured && cure.isUndone))
}

async function all(call: Call): Promise<number> {
  const { terminal } = call
  const progress = terminal.progress(`making ${scenarios.length} scenarios happen`)
  const results = await runAll(scenarios).finally(() => progress.end())
  if (wantsJson(call)) writeJson(call, { schema: 'countersign.lab/1', results: results.map(resultJson) })
  else {
    for (const result of results) terminal.out(labRowText(terminal.look, result))
    terminal.out(labScoreText(terminal.look, results))
  }
  return results.every(isRight) ? exitCode.fine : exitCode.problem
}

/** By name, or by its number (`C20`). */
function find(word: string): Scenario {
  const asked = word.replace(/^c\d\d/i, (number) => causeOfNumber(number) ?? number)
  const found =
    scenarios.find((scenario) => nameOf(scenario) === asked) ?? scenarios.find(({ cause }) => cause === asked)
  if (found !== undefined) return found
  const because = unplayable[asked as CauseId]
  if (because !== undefined) {
    throw new CountersignError('usage', `The lab cannot make "${asked}" happen: it ${because}.`, {
      data: { hint: 'See: countersign lab --list' },
    })
  }
  const near = nearest(asked, scenarios.map(nameOf))
  throw new CountersignError('usage', `The lab cannot make "${word}" happen.`, {
    data: { hint: near === null ? 'See: countersign lab --list' : `Did you mean: countersign lab ${near}?` },
  })
}

function causeOfNumber(number: string): CauseId | undefined {
  return (Object.keys(causeNumbers) as CauseId[]).find((id) => causeNumbers[id] === number.toUpperCase())
}

function listJson(): unknown {
  return {
    schema: 'countersign.lab/1',
    causes: scenarios.map((scenario) => ({
      id: scenario.cause,
      ...(scenario.name === undefined ? {} : { scenario: nameOf(scenario) }),
      why: scenario.why,
    })),
    unplayable: Object.entries(unplayable).map(([id, because]) => ({ id, because })),
  }
}

function resultJson({ scenario, verdict, causes, logged, failure, agrees, cure }: LabResult): unknown {
  return {
    cause: scenario.cause,
    scenario: nameOf(scenario),
    why: scenario.why,
    asked: verdict === null ? 'explain' : 'check',
    status: verdict?.status ?? null,
    found: causes.map(({ id, certainty }) => ({ id, certainty })),
    answered: failure === null ? null : { operation: failure.operation, status: failure.status, code: failure.code },
    logged: logged === null ? null : { cause: logged.cause, code: logged.code, evidence: logged.evidence },
    agrees,
    cure:
      cure == null ? null : { automatic: cure.automatic, did: cure.did, cured: cure.isCured, undone: cure.isUndone },
  }
}
