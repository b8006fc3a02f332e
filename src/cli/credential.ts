import { type Described, type Failed, isConclusive } from '../holder/resolution/resolution.ts'
import { type Obtained, type Obtaining, obtainCredentials } from './obtain.ts'
import type { Question } from './question.ts'
import { overText, withoutCredential } from './say/credential.ts'
import { unmarkedMachine } from './session-environment.ts'
import { type Call, exitCode } from './terminal.ts'

/**
 * Where the verbs start that put credentials somewhere: the call without what an earlier `env` or `exec` has left in the environment.
 * Where no profile is named, the one that was left there is meant again.
 */
export function freshCall(call: Call, question: Question): { readonly call: Call; readonly question: Question } {
  const { machine, profile } = unmarkedMachine(call.machine)
  const isMeantAgain = question.profile === undefined && profile !== null && !machine.env('AWS_PROFILE')
  return { call: { ...call, machine }, question: isMeantAgain ? { ...question, profile } : question }
}

/** The same call where nobody is asked for anything. */
export function unattended(call: Call): Call {
  return { ...call, terminal: { ...call.terminal, ask: async () => null, isPersonThere: async () => false } }
}

/** Gets the credentials with a line of progress. What fails is told on stderr; then the exit code is given. */
export async function credentialFor(
  call: Call,
  question: Question,
  wanted: Pick<Obtaining, 'durationSeconds' | 'asSession'> = {},
): Promise<Obtained | number> {
  const progress = call.terminal.progress('getting the credentials')
  const telling = { onStep: (says: string) => progress.now(says), beforeAsking: () => progress.end() }
  const got = await obtainCredentials(call, question, { ...wanted, ...telling }).finally(() => progress.end())
  if (got.kind !== 'held') return tellFailure(call, question, got)
  const { terminal, machine } = call
  const end = got.credential.expiration?.value
  if (end === undefined || end > machine.now()) return got
  terminal.err(overText({ look: terminal.look, machine }, question.profile ?? null, end))
  return exitCode.problem
}

/** Tells on stderr why there are no credentials, and gives the exit code for it. */
export function tellFailure({ terminal, machine }: Call, question: Question, failure: Failed | Described): number {
  terminal.err(withoutCredential({ look: terminal.look, machine }, question.profile ?? null, failure))
  const isFound = failure.kind === 'failed' && (failure.reason === 'no-plan' || isConclusive(failure))
  return isFound ? exitCode.problem : exitCode.unknown
}
