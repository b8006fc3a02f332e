import { type Answered, callAws, callerFor } from '../calls/index.ts'
import { type SdkName, sdkNames } from '../chains/trace.ts'
import type { CallsBegun, ChangeCall } from '../changes/index.ts'
import type { DiagnosisQuestion } from '../diagnosis/index.ts'
import type { FixCall } from '../diagnosis/verdict.ts'
import type { Machine } from '../machine/machine.ts'
import type { Described, Failed } from '../resolution/index.ts'

/** What became of calls that were to be made one after the other. */
export type CallsOutcome =
  | { readonly kind: 'made' }
  /** This one was not; those before it were taken back where that is possible. */
  | {
      readonly kind: 'failed'
      readonly call: ChangeCall
      readonly because: Failed | Described
      readonly left: readonly ChangeCall[]
    }

/** From which calls are made: where the first has no credentials for it, the next one is tried. */
export type Machines = readonly [Machine, ...Machine[]]

/** Whether calls may be made, and how long each may take. */
export type CallQuestion = Pick<DiagnosisQuestion, 'offline' | 'exec' | 'timeoutMs' | 'disk' | 'askCode' | 'onStep'>

/** Says who makes the calls of a cure, so that whoever takes them back asks the same one. */
export function changeCalls(calls: readonly FixCall[], question: DiagnosisQuestion): readonly ChangeCall[] {
  const { sdk, profile, withProfile, region, endpointUrl } = question
  return calls.map(({ as, service, operation, parameters, undone, says }) => ({
    service,
    operation,
    parameters,
    undone,
    says,
    by: { sdk: sdk ?? 'aws-cli-v2', profile: as === 'itself' ? profile : withProfile, region, endpointUrl },
  }))
}

/**
 * Makes calls in their order, and marks each in the journal. When one fails, those before it are taken back. `machines`: the machine
 * as it is and as it is to be, in the order in which they are tried, for only one of them may have the credentials for it.
 */
export async function makeCalls(
  machines: Machines,
  calls: readonly ChangeCall[],
  question: CallQuestion,
  begun: CallsBegun,
): Promise<CallsOutcome> {
  for (const [index, call] of calls.entries()) {
    const answer = await make(machines, call, question)
    if (answer.kind !== 'answered') {
      const left = await takeBack(machines, calls.slice(0, index), question)
      if (left.length === 0) begun.drop()
      return { kind: 'failed', call, because: answer, left }
    }
    begun.made(index)
  }
  return { kind: 'made' }
}

/** Takes calls back, the last one first; gives those that stay. */
export async function takeBack(
  machines: Machines,
  calls: readonly ChangeCall[],
  question: CallQuestion,
): Promise<readonly ChangeCall[]> {
  const left: ChangeCall[] = []
  for (const call of calls.toReversed()) {
    const answer = call.undone === null ? null : await make(machines, { ...call, ...call.undone }, question)
    if (answer?.kind !== 'answered') left.push(call)
  }
  return left
}

type Call = Pick<ChangeCall, 'service' | 'operation' | 'parameters' | 'by'>
type Answer = Answered | Failed | Described

async function make([first, ...others]: Machines, call: Call, question: CallQuestion): Promise<Answer> {
  const answer = await makeOn(first, call, question)
  if (answer.kind === 'answered') return answer
  for (const other of others) {
    const next = await makeOn(other, call, question)
    if (next.kind === 'answered') return next
  }
  return answer
}

async function makeOn(
  machine: Machine,
  { service, operation, parameters, by }: Call,
  question: CallQuestion,
): Promise<Answer> {
  const { profile, region, endpointUrl } = by
  const caller = await callerFor(machine, { ...question, profile, region, endpointUrl, sdk: knownSdk(by.sdk) })
  if ('kind' in caller) return caller
  return await callAws(caller, service, operation, parameters)
}

function knownSdk(name: string): SdkName {
  return sdkNames.find((known) => known === name) ?? 'aws-cli-v2'
}
