import { chainRules } from '../chains/index.ts'
import { homeOf } from '../files/expand.ts'
import type { Machine } from '../machine/machine.ts'
import { familiesOf, skewInMessage } from './answers.ts'
import { lookAround, withOrigins } from './around.ts'
import type { Cause } from './causes/cause.ts'
import { findCauses, mergeFindings, withoutReplaced } from './causes/index.ts'
import { type ErrorSeen, readErrorText, type SecretKind } from './error-text/index.ts'
import { skewInText } from './error-text/instants.ts'
import { namedIn } from './error-text/named.ts'
import { proofsInText } from './error-text/proofs.ts'
import { type CredentialKind, suspectsOf } from './error-text/suspects.ts'
import { type LocalQuestion, look } from './ground.ts'
import { type Findings, type Ground, nothingAsked, type Refusal, type Skew, sceneOf } from './scene.ts'
import type { Finding } from './verdict.ts'

export interface ExplainQuestion extends LocalQuestion {
  /** The machine on which the error happened, as evidence; without one the text alone is judged. */
  readonly machine?: Machine | undefined
  /** Asks AWS too, read-only, with the credentials of the machine (`askingAboutErrors`); absent: nothing is sent. */
  readonly ask?: AskAboutError | undefined
}

/** What is asked of AWS about an error: the machine, the refusal and the whole text in, what came of it out. */
export type AskAboutError = (ground: Ground, refusal: Refusal, text: string) => Promise<Findings>

export interface Explanation {
  /** What the text says that was answered; null when no AWS or client error is in it. */
  readonly error: ErrorSeen | null
  /** Most certain first. */
  readonly causes: readonly Finding[]
  /** The text held something that must not be pasted around. */
  readonly heldSecret: boolean
  /** What that was, each kind once. */
  readonly exposed: readonly SecretKind[]
  /** The home directory, for writing paths with `~`. */
  readonly home: string | null
}

/**
 * The same diagnosis for a pasted error text: finds the error in it, takes the proofs that stand in the text itself, looks at
 * the local machine for what fits that error, and ranks the rest. Sends nothing unless `ask` is given. Nothing of a secret in the
 * text is kept.
 */
export async function explainError(text: string, question: ExplainQuestion = {}): Promise<Explanation> {
  const read = readErrorText(text)
  const { machine } = question
  const home = machine === undefined ? null : homeOf(machine)
  const rest = { heldSecret: read.exposed.length > 0, exposed: read.exposed, home }
  if (read.error === null) return { error: null, causes: [], ...rest }
  const families = familiesOf({ ...read.error, message: read.plain })
  const { client } = read.error
  const refusal: Refusal = {
    from: 'text',
    reply: read.error,
    families,
    altered: null,
    client,
    named: namedIn(read.whole),
  }
  const told = skewInMessage(read.plain) ?? skewInText(read.whole)
  const skew: Skew | null =
    told === null ? null : { seconds: told.seconds, at: { probe: 'error-text' }, how: 'refused' }
  const proofs = proofsInText(read, families)
  const local = machine === undefined ? null : await localFindings(machine, question, refusal, skew, read.whole)
  const suspects = suspectsOf(read, local?.families ?? families, local?.shape ?? null)
  const more = local?.causes ?? []
  const certain = withoutReplaced(mergeFindings(local?.findings ?? [], proofs), more)
  // What the text or the machine proves leaves no room for guesses.
  const open = certain.some(({ certainty }) => certainty === 'proven') ? [] : suspects
  return { error: read.error, causes: withoutReplaced(mergeFindings(certain, open), more), ...rest }
}

interface LocalFindings {
  readonly findings: readonly Finding[]
  /** The causes that were looked for beside the catalogue. */
  readonly causes: readonly Cause[]
  readonly shape: CredentialKind
  /** Those of the text, as far as asking again did not tell more. */
  readonly families: Refusal['families']
}

async function localFindings(
  machine: Machine,
  question: ExplainQuestion,
  refusal: Refusal,
  skew: Skew | null,
  text: string,
): Promise<LocalFindings> {
  const { ground } = look(machine, question, chainRules(question.sdk ?? 'aws-cli-v2'))
  const [{ surroundings, causes }, asked] = await Promise.all([
    lookAround(machine, ground.files),
    question.ask === undefined ? nothingAsked : question.ask(ground, refusal, text),
  ])
  const kind = ground.key?.kind
  const known = narrowed(refusal, asked)
  // The skew in the text is that of the moment of the error: today's clock is not put right by it.
  const scene = { ...sceneOf(ground, { ...asked, skew: skew ?? asked.skew }, known), surroundings, now: machine.now() }
  return {
    findings: withOrigins(findCauses(scene, causes), scene),
    causes,
    families: known.families,
    shape: {
      key: kind === 'long-term' || kind === 'temporary' ? kind : null,
      token: ground.credential?.sessionToken != null,
    },
  }
}

/** EC2 folds several refusals into one; STS, asked with the same values, says which it is. */
function narrowed(refusal: Refusal, { outcomes }: Findings): Refusal {
  const outcome = outcomes.get('sts-as-it-is')
  if (outcome?.kind !== 'refused') return refusal
  const families = refusal.families.filter((family) => outcome.families.includes(family))
  return families.length === 0 ? refusal : { ...refusal, families, altered: outcome.altered }
}
