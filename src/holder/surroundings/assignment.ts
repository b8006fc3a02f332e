/** What a file does to a variable when whoever reads that file comes to it. */
export interface Assignment {
  readonly name: string
  readonly effect: 'sets' | 'removes' | 'passes-on'
  /** As the reader hands it over, without quotes; null when it is computed by running or expanding something. */
  readonly value: string | null
  /** Where the name stands, in UTF-16 units from the start of the text. */
  readonly offset: number
  /** True where it depends on a condition that only a run can tell. */
  readonly isConditional: boolean
  /** False for a variable of a shell that programs do not get. */
  readonly isExported: boolean
}

/** Another file that is read at that point. */
export interface Inclusion {
  /** As it is written, with the home directory put in for `~` and `$HOME`. */
  readonly includes: string
  /** True where everything that is assigned in it goes to programs (`set -a`). */
  readonly exportsAll?: boolean
  readonly isConditional: boolean
}

export type Step = Assignment | Inclusion

export function isAssignment(step: Step): step is Assignment {
  return 'name' in step
}

/** Texts with more steps than any person writes are cut. */
export const mostSteps = 2000

/** What is known of a variable once files were read in order. */
export type Effect<T> =
  | { readonly kind: 'untouched' }
  | { readonly kind: 'sets' | 'removes' | 'unknown' | 'hidden'; readonly by: T }

/**
 * What some steps that speak of one variable come to: `sets` a literal value, `removes`, `hidden` in the shell itself (assigned, but
 * not exported), or `unknown` where a condition or a computation decides.
 */
export function effectOf<T extends EffectStep>(steps: readonly T[]): Effect<T> {
  let effect: Effect<T> = { kind: 'untouched' }
  for (const step of steps) effect = afterStep(effect, step)
  return effect
}

type EffectStep = Pick<Assignment, 'effect' | 'isConditional' | 'isExported'> & { readonly value: unknown }

function afterStep<T extends EffectStep>(before: Effect<T>, step: T): Effect<T> {
  if (step.isConditional || step.effect === 'passes-on') return { kind: 'unknown', by: step }
  if (step.effect === 'removes') return { kind: 'removes', by: step }
  // An assignment to a variable that is exported already reaches programs as well.
  const reaches = step.isExported || before.kind === 'sets'
  if (!reaches && before.kind === 'unknown') return { kind: 'unknown', by: step }
  if (!reaches) return { kind: 'hidden', by: step }
  return { kind: step.value === null ? 'unknown' : 'sets', by: step }
}
