import { traceChain } from '../../src/holder/chains/index.ts'
import type { SdkName, Trace } from '../../src/holder/chains/trace.ts'
import type { Machine } from '../../src/holder/machine/machine.ts'
import { type RecordedFile, recordedMachine } from '../../src/holder/machine/recorded.ts'
import type { CredentialPlan } from '../../src/holder/sources/plan.ts'
import { type Recorder, recorders } from './record/recorders.ts'
import { goodProcess } from './record/states/state.ts'
import type { MachineState } from './record/states.ts'
import { type Answer, hashOf, type Recording, readRecording, readStates } from './record/store.ts'
import { tokenFor } from './record/stub.ts'

/*
 * What `traceChain` says of recorded machine states against what the real SDK said (`record/record.ts` asked it). A winner that
 * is only asked later is compared by what its plan comes to: the stub's answers tell what they were asked.
 */

const places = {
  '{HOME}': '/house/ana',
  '{STUB}': 'http://127.0.0.1:7000',
  '{STUB_V1}': 'http://127.0.0.1:7001',
  '{USER_HOME}': '/house/of-the-user',
} as const

export interface Disagreement {
  readonly state: MachineState
  /** Ours. */
  readonly said: unknown
  /** The SDK's. */
  readonly real: unknown
}

export interface Agreement {
  readonly version: string
  /** How many states are known, how many of them the SDK has answered. */
  readonly states: number
  readonly answered: number
  readonly wrong: readonly Disagreement[]
}

/** Our rules for an SDK against its recording in `test/truth/<sdk>.json`. */
export function agreementOf(sdk: SdkName): Agreement {
  const recorder = recorders.find((row) => row.sdk === sdk)
  if (recorder === undefined) throw new Error(`no row of recorders.ts is for ${sdk}`)
  const states = readStates()
  const recording = readRecording(sdk)
  const answered = states.slice(0, recording.answers.length)
  if (hashOf(answered) !== recording.states)
    throw new Error(`${sdk}.json answers other states than those of states.json: record it anew`)
  return {
    version: recording.version,
    states: states.length,
    answered: answered.length,
    wrong: disagreementsOf(recorder, recording, answered),
  }
}

export function disagreementsOf(
  recorder: Recorder,
  recording: Recording,
  states: readonly MachineState[],
): readonly Disagreement[] {
  const now = new Date(recording.recordedOn)
  return states.flatMap((state, index) => {
    const machine = machineOf(state, now, recorder.ownsUserHome)
    const { profile } = state
    const question = {
      sdk: recorder.sdk,
      ...(profile === null ? {} : { profile }),
      ...(recorder.rules === undefined ? {} : { version: recorder.rules }),
    }
    const answer = filled(recording.answers[index]!)
    const trace = traceChain(machine, question)
    return agrees(recorder, machine, trace, answer) ? [] : [{ state, said: told(machine, trace), real: answer }]
  })
}

/** The machine of a state, as the predictions see it. */
export function machineOf(state: MachineState, now: Date, ownsUserHome = false): Machine {
  const env: Record<string, string> = {}
  for (const [name, value] of Object.entries({ HOME: '{HOME}', PATH: '/usr/bin:/bin', ...state.env })) {
    if (value !== null) env[name] = filledText(value)
  }
  // As `record.ts` has it in its namespace.
  const files: Record<string, RecordedFile> = { '/etc/hosts': '127.0.0.1 localhost truth.local\n::1 localhost\n' }
  for (const [path, content] of Object.entries(state.files)) {
    files[`${places['{HOME}']}/${path}`] =
      content === null
        ? { unreadable: 'directory' }
        : content.startsWith('base64:')
          ? new Uint8Array(Buffer.from(content.slice(7), 'base64'))
          : filledText(content)
  }
  return recordedMachine({
    env,
    files,
    cwd: places['{HOME}'],
    userHome: places[ownsUserHome ? '{HOME}' : '{USER_HOME}'],
    now,
  })
}

function filledText(text: string): string {
  return Object.entries(places).reduce((out, [name, value]) => out.replaceAll(name, value), text)
}

function filled(answer: Answer): Answer {
  return JSON.parse(filledText(JSON.stringify(answer))) as Answer
}

// ---- one state

function agrees(recorder: Recorder, machine: Machine, trace: Trace, answer: Answer): boolean {
  const [accessKeyId, sessionToken, source, error, more] = answer
  const { winner } = trace
  if (trace.error !== null) {
    if (error === null || recorder.none.test(error)) return false
    return recorder.exactMessages ? error === trace.error.says : classOf(error) === classOf(trace.error.says)
  }
  if (winner === null) return error !== null && recorder.none.test(error)
  if (winner.credential === null) return agreesLater(recorder, machine, trace, answer)
  const sent = winner.credential
  return (
    error === null &&
    accessKeyId === sent.accessKeyId.value &&
    (sessionToken ?? '') === (sent.sessionToken?.value.reveal() ?? '') &&
    (!recorder.namesProvider || source === winner.provider) &&
    (more === undefined || JSON.stringify(more) === JSON.stringify(firstUse(trace)))
  )
}

function agreesLater(recorder: Recorder, machine: Machine, { winner }: Trace, answer: Answer): boolean {
  const [accessKeyId, sessionToken, source, error] = answer
  if (winner?.plan === null || winner === null) return false
  const key = keyOf(winner.plan, machine)
  // Processes are not run by a prediction: what comes of a command that is not surely good is not said.
  if (key === null) return true
  if (error !== null) return recorder.asked.test(error)
  if (recorder.namesProvider && source !== winner.provider) return false
  return accessKeyId === key.id && (key.token === undefined || sessionToken === key.token)
}

function classOf(error: string): string {
  return error.replace(/:.*$/s, '')
}

/** Where the first calls with keys of the machine go, or the error that keeps them from being made. */
function firstUse({ clientError, endpoint }: Trace): unknown {
  return clientError === null
    ? { sts: endpoint.sts, iam: endpoint.iam, signingRegion: endpoint.signingRegion }
    : { clientError: clientError.says }
}

// ---- what a plan comes to

interface Key {
  readonly id: string
  readonly token?: string
}

/** The key id that the stub, the process or the cache gives for a plan; null for a process that is not surely good. */
function keyOf(plan: CredentialPlan, machine: Machine): Key | null {
  switch (plan.kind) {
    case 'static':
      return { id: plan.credential.accessKeyId.value }
    case 'assume-role': {
      const from = keyOf(plan.from, machine)
      return from === null ? null : ofStub(`ASIAROLE_${roleName(plan.roleArn)}_BY_${from.id}`)
    }
    case 'web-identity':
      return ofStub(`ASIAWEB_${roleName(plan.roleArn)}`)
    case 'sso':
      return ofStub(`ASIASSO_${plan.accountId}_${plan.roleName}`)
    case 'login':
      return cachedLogin(plan.cacheFile, machine)
    case 'process':
      return processKey(plan.command)
    case 'container':
      // The stub demands a token there. That an SDK sends none is right to say, and what comes of it is not for a rule to know.
      return plan.url.endsWith('/container/token') && plan.tokenFile === null && plan.token === null
        ? null
        : ofStub('ASIACONTAINER')
    case 'instance-metadata':
      // Where only version 1 answers, nothing comes of a plan without it, and that is for no rule to know.
      return !plan.versionOne && plan.endpoint === places['{STUB_V1}'] ? null : ofStub('ASIAIMDS')
  }
}

function ofStub(id: string): Key {
  return { id, token: tokenFor(id) }
}

function roleName(arn: string): string {
  return arn.replace(/^.*\//s, '')
}

function cachedLogin(path: string, machine: Machine): Key {
  const reading = machine.readFile(path)
  if (reading.kind !== 'found') return { id: `nothing: ${path} is ${reading.kind}` }
  const { accessToken } = JSON.parse(new TextDecoder().decode(reading.bytes)) as {
    accessToken: { accessKeyId: string; sessionToken: string; expiresAt: string }
  }
  if (Date.parse(accessToken.expiresAt) < machine.now().getTime()) return ofStub('ASIALOGINREFRESHED')
  return { id: accessToken.accessKeyId, token: accessToken.sessionToken }
}

function processKey(command: string): Key | null {
  const label = /"AccessKeyId":"AKIDPROCESS(\w*)"/.exec(command)?.[1]
  return label === undefined || command !== goodProcess(label)
    ? null
    : { id: `AKIDPROCESS${label}`, token: 'token-process' }
}

function told(machine: Machine, trace: Trace): unknown {
  const { winner, error } = trace
  if (error !== null) return { error: error.says }
  if (winner === null) return 'no credentials'
  if (winner.credential === null)
    return {
      provider: winner.provider,
      plan: winner.plan,
      key: winner.plan === null ? 'no plan' : keyOf(winner.plan, machine),
    }
  return {
    provider: winner.provider,
    accessKeyId: winner.credential.accessKeyId.value,
    sessionToken: winner.credential.sessionToken?.value.reveal() ?? null,
    firstUse: firstUse(trace),
  }
}
