import type { CauseId } from '../../../cause-ids.ts'
import type { FileEdit } from '../../files/edit.ts'
import type { Place } from '../../sources/credential.ts'
import type { AnswerFamily } from '../answers.ts'
import type { Scene } from '../scene.ts'
import { type Commands, command, noCommands, oneAfterTheOther, unsetVariables } from '../shells.ts'
import type { Certainty, Evidence, Finding, Fix, FixCall } from '../verdict.ts'
import { hiddenValue } from './hidden.ts'

/** One row of the catalogue: what a cause looks like, what proves it and what cures it. */
export interface Cause {
  readonly id: CauseId
  /**
   * The steps of AWS's order of checks at which this cause makes a request fail. With a refusal from any other step the cause
   * is excluded and not looked for. `always` is for facts that stand beside whatever else was refused.
   */
  readonly failsAt: readonly AnswerFamily[] | 'always'
  /**
   * True for what stands on the machine for all to see: it is so whatever our own request was refused for. A pasted error is
   * another matter, because it may come from another time.
   */
  readonly isFact?: true
  /**
   * Causes that say less of the same fault: once this one is likely or proven they are not told, because their cure would not
   * help.
   */
  readonly insteadOf?: readonly CauseId[]
  /** Looks at the scene; null when there is no sign of this cause. */
  readonly look: (scene: Scene) => Found | null
}

export type Found = Omit<Finding, 'id'>

export function found(certainty: Certainty, title: string, evidence: readonly Evidence[], fix: Fix): Found {
  return { certainty, title, evidence, fix }
}

export function evidence(says: string, at: Place | null = null): Evidence {
  return { says, at }
}

/** A cure that a person carries out. */
export function cure(says: string, commands: Commands = noCommands): Fix {
  return { says, automatic: false, commands, edits: [] }
}

interface Changes {
  readonly edits?: readonly FileEdit[]
  readonly calls?: readonly FixCall[]
  /** What a person does where `countersign fix` cannot repeat the diagnosis, because it rests on a text that was pasted. */
  readonly byHand?: Commands
}

/**
 * A cure that edits of files and calls of AWS carry out alone; with neither, a cure for a person. What is typed for it is written
 * once its cause is known (`withCommands`).
 */
export function automaticCure(says: string, { edits = [], calls = [], byHand = noCommands }: Changes): Fix {
  const automatic = edits.length + calls.length > 0
  return { says, automatic, commands: byHand, edits, ...(calls.length === 0 ? {} : { calls }) }
}

/**
 * A cure in the running shell. `variables`: what they become, null for those that go; the lines for that are given where a value
 * is. Files that set them are found later (`origins.ts`).
 */
export function shellCure(
  says: string,
  variables: Readonly<Record<string, string | null>>,
  lines: Commands = unsetVariables(Object.keys(variables)),
): Fix {
  const changes = Object.entries(variables).map(([name, value]) => hiddenValue({ name, value }))
  return { says, automatic: false, commands: lines, edits: [], variables: changes, shellLines: lines }
}

/** The same for variables that go. */
export function unsetCure(says: string, names: readonly string[]): Fix {
  return shellCure(says, Object.fromEntries(names.map((name) => [name, null])))
}

/**
 * A finding with what a person types: `countersign fix` where there are edits or calls, then the lines of the shell. What rests on
 * a pasted text `fix` may not find: where there is another way by hand, that stays.
 */
export function withCommands<T extends Finding>(finding: T, scene: Scene, isFact: boolean): T {
  const { fix } = finding
  if (fix.edits.length === 0 && fix.calls === undefined) return finding
  if (scene.refusal?.from === 'text' && !isFact && fix.commands.bash.length > 0) return finding
  const own = command('countersign', 'fix', finding.id, ...flagsOf(scene, fix))
  const { shellLines } = fix
  return { ...finding, fix: { ...fix, commands: shellLines === undefined ? own : oneAfterTheOther(own, shellLines) } }
}

/** What made this diagnosis look where it looked, so that the next one looks there too. */
function flagsOf({ trace, neighbour }: Scene, { calls }: Fix): readonly string[] {
  const { profile, sdk, endpoint } = trace
  const helper = calls?.some(({ as }) => as === 'with-profile') === true ? neighbour?.profile : undefined
  return [
    ...(profile.from === 'argument' ? ['--profile', profile.name] : []),
    ...(sdk === 'aws-cli-v2' ? [] : ['--sdk', sdk]),
    ...(endpoint.overriddenBy !== null && 'flag' in endpoint.overriddenBy ? ['--endpoint-url', endpoint.sts] : []),
    ...(helper === undefined ? [] : ['--with-profile', helper]),
  ]
}

/**
 * Whether the fault may lie before any request: always, unless there is the text of an error that AWS itself has answered.
 */
export function mayBeLocal({ refusal }: Scene): boolean {
  if (refusal?.from !== 'text') return true
  return refusal.families.some((family) => family === 'nothing-sent' || family === 'missing')
}

/** Whether AWS itself judges what is asked for, or whoever does has refused it: an emulator may take anything. */
export function isJudged({ atAws, failure, refusal, trace }: Scene): boolean {
  return atAws || failure?.refusal != null || refusal !== null || trace.error !== null
}
