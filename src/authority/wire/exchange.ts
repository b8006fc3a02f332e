import { partitionById } from '../../anatomy/partitions.ts'
import { CountersignError } from '../../errors.ts'
import { payloadHash, type SignableRequest } from '../../signature/index.ts'
import type { Action, ActionContext } from '../actions/grid.ts'
import {
  type Authenticated,
  type Authenticator,
  asPropagated,
  type Call,
  type Knowledge,
  type WebIdentities,
} from '../authentication/index.ts'
import { authorize } from '../authorization/index.ts'
import type { Directory } from '../directory/directory.ts'
import type { Principal } from '../model/principal.ts'
import type { Refusal } from '../model/refusal.ts'
import { isStsActive } from '../model/regions.ts'
import type { Change } from '../model/store.ts'
import type { SessionRing } from '../sessions/ring.ts'
import { sealDenial } from './authorization-message.ts'
import { holdsAt } from './bytes.ts'
import { CallContext } from './call-context.ts'
import { instantText, isSameSecond } from './decision.ts'
import { asPlainParameters } from './ec2-query.ts'
import { parseInput } from './input.ts'
import { namedOperation } from './named-operations.ts'
import { findRow, findUnsigned, rows, serviceOf, unknownAction, unsignedActions, versions } from './named-row.ts'
import { type Parameters, parseParameters, usualContentType } from './query.ts'
import { accept, fail, type Reply, refuse } from './reply.ts'
import { readJsonParameters } from './rest-json.ts'
import type { FaultQueue } from './test-controls.ts'
import type { Received, Walk } from './walk.ts'

/** What the exchange works on; the state may be another one after a reset. */
export interface Surroundings {
  readonly authenticator: Authenticator
  readonly webIdentities: WebIdentities
  readonly faults: FaultQueue
  /** Milliseconds since the epoch, by the authority's clock. */
  now(): number
  state(): {
    readonly directory: Directory
    readonly ring: SessionRing
    commit(changes: readonly Change[]): Promise<void>
    /** Milliseconds since the store was last heard of. */
    silentFor(): number
  }
  /** Simulated propagation, in milliseconds, and from when on; null when changes take effect at once. The same object until it is set anew. */
  propagation(): { readonly delay: number; readonly since: number } | null
  /** Milliseconds of silence of the store after which nothing is answered any more. */
  readonly longestSilence: number
  readonly passwordWork?: number | undefined
  /** Called with what went wrong inside; the caller of the API never sees it. */
  onFailure(error: unknown, requestId: string): void
}

/** Who calls, where something else than a signature has proven it: a person who is signed in to the console. */
export interface Vouched {
  readonly principal: Principal
  readonly region: string
  /** How it was proven, for the decision log. */
  readonly check: string
}

export interface Exchange {
  /** With `vouched` no signature is looked at. */
  answer(received: Received, body: Uint8Array, vouched?: Vouched): Reply | Promise<Reply>
  /** What would refuse the request whatever its body is; null when the body has to be seen. */
  refuseHead(received: Received): Reply | null
}

const nothing = new Uint8Array(0)

export function createExchange(surroundings: Surroundings): Exchange {
  const propagated = createPropagated(surroundings)

  function knowledge(at: number): Knowledge {
    const { directory, ring } = surroundings.state()
    return { directory: propagated(directory), present: directory, sessions: ring, now: at }
  }

  /** At once where the action answers at once: most calls only read, and waiting costs more than answering. */
  function answer(received: Received, body: Uint8Array, vouched?: Vouched): Reply | Promise<Reply> {
    const walk = beginWalk(received, surroundings)
    try {
      const outcome = pass(walk, body, vouched)
      if (!(outcome instanceof Promise)) return conclude(walk, outcome)
      return outcome.then((later) => conclude(walk, later)).catch((error: unknown) => explainFailure(walk, error))
    } catch (error) {
      return explainFailure(walk, error)
    }
  }

  function conclude(walk: Walk, outcome: Outcome): Reply {
    return 'refused' in outcome ? refuse(walk, outcome.refused) : accept(walk, outcome.row, outcome.ok)
  }

  function explainFailure(walk: Walk, error: unknown): Reply {
    if (error instanceof CountersignError && error.code === 'conflict') {
      return refuse(walk, { reason: 'concurrent-modification' })
    }
    surroundings.onFailure(error, walk.received.requestId)
    const stored = error instanceof CountersignError && error.code === 'store'
    return stored ? refuse(walk, { reason: 'unavailable' }) : fail(walk)
  }

  function pass(walk: Walk, body: Uint8Array, vouched: Vouched | undefined): Outcome | Promise<Outcome> {
    if (surroundings.state().silentFor() > surroundings.longestSilence) return { refused: { reason: 'unavailable' } }
    const parsed = parseCall(walk, body)
    const call = readCall(walk, body, parsed)
    const injected = surroundings.faults.take(walk.service, walk.operation)
    if (injected !== null) return { refused: { reason: 'injected', code: injected } }
    const known = knowledge(walk.at)
    const open =
      vouched === undefined && walk.named === null && 'parameters' in parsed ? findUnsigned(parsed.parameters) : null
    if (open !== null && 'parameters' in parsed) {
      walk.endpointRegion = endpointRegionOf(walk.received, known.directory)
      return answerRow(walk, open, parsed.parameters, null, known)
    }
    const authenticated =
      vouched === undefined ? surroundings.authenticator.authenticate(call, known) : vouchedFor(vouched)
    walk.authenticated = authenticated
    // What is called says whose words are spoken, whatever it was signed for.
    if (call.service === null && authenticated.service !== null) walk.service = authenticated.service
    if ('refused' in authenticated) {
      const isUnsigned = authenticated.refused.reason === 'unsigned' && unsignedActions.has(walk.operation)
      return isUnsigned && 'parameters' in parsed
        ? unknownAction(parsed.parameters)
        : { refused: authenticated.refused }
    }
    noteUse(walk, authenticated, known.present)
    if ('refused' in parsed) return parsed
    const found = findRow(walk, parsed.parameters)
    if ('refused' in found) return found
    if (vouched !== undefined && givesCredentials(found.row)) {
      const evidence = ['The console hands no credentials of sessions to a browser: call it with an access key.']
      return { refused: { reason: 'called-with-session', operation: found.row.name, evidence } }
    }
    return answerRow(walk, found.row, parsed.parameters, authenticated.principal, known)
  }

  function answerRow(
    walk: Walk,
    row: Action,
    parameters: Parameters,
    principal: Principal | null,
    known: Knowledge,
  ): Outcome | Promise<Outcome> {
    const read = parseInput(row.input, row.service === 'ec2' ? asPlainParameters(parameters) : parameters)
    if ('refused' in read) return read
    const { commit } = surroundings.state()
    const context = new CallContext(
      walk,
      principal,
      known,
      commit,
      surroundings.webIdentities,
      surroundings.passwordWork,
    )
    if (isStsOff(row, context, known.directory)) {
      return { refused: { reason: 'sts-region-deactivated', account: context.account } }
    }
    const denied = judgePermission(walk, row, read.input, context, known.directory)
    if (denied !== null) {
      if (row.service === 'ec2') walk.sealedDenial = sealDenial(denied, context)
      return { refused: denied }
    }
    const result = row.run(read.input, context)
    if (result instanceof Promise) return result.then((later) => outcomeOf(row, later))
    return outcomeOf(row, result)
  }

  return {
    answer,
    refuseHead(received) {
      const walk = beginWalk(received, surroundings)
      const call = readCall(walk, nothing, { parameters: noParameters })
      const refused = surroundings.authenticator.refuseHead(call, knowledge(walk.at))
      if (refused === null || !('refused' in refused)) return null
      walk.authenticated = refused
      return refuse(walk, refused.refused)
    },
  }
}

type Outcome = { readonly refused: Refusal } | { readonly row: Action; readonly ok: unknown }

function outcomeOf(row: Action, result: { readonly ok: unknown } | { readonly refused: Refusal }): Outcome {
  return 'refused' in result ? result : { row, ok: result.ok }
}

function vouchedFor({ principal, region, check }: Vouched): Authenticated {
  return { checks: [check], accessKeyId: principal.accessKeyId, region, service: null, principal }
}

/** The delayed view is kept as long as it is the same: whoever holds on to a directory may compare it. */
function createPropagated(surroundings: Surroundings): (directory: Directory) => Directory {
  let kept: { readonly of: Directory; readonly setting: object; readonly view: Directory } | null = null
  return (directory) => {
    const setting = surroundings.propagation()
    if (setting === null) return directory
    if (kept === null || kept.of !== directory || kept.setting !== setting) {
      kept = { of: directory, setting, view: asPropagated(directory, setting, surroundings.now) }
    }
    return kept.view
  }
}

function beginWalk(received: Received, surroundings: Surroundings): Walk {
  const account = surroundings.state().directory.account.id
  return {
    received,
    at: Math.floor(surroundings.now()),
    account,
    named: namedOperation(received),
    operation: '',
    service: 'sts',
    authenticated: null,
    statement: null,
    issued: null,
    endpointRegion: '',
    identifiedAs: null,
    sealedDenial: null,
  }
}

type ParsedCall = ReturnType<typeof parseParameters> & { readonly bodyHash?: string }

const noParameters: Parameters = new Map()

/** A body that holds nothing but an action of the grid and its version, such as every GetCallerIdentity: it is read once. */
interface BareCall {
  readonly bytes: Uint8Array
  readonly parsed: ParsedCall
}

/** By length, for comparing a few bytes costs less than making a text of them. */
const bareCalls: BareCall[][] = []
const longestBareCall = 96
/** SDKs write the same call in one way, perhaps two. */
const mostOfOneLength = 8

function parseCall({ received, named }: Walk, body: Uint8Array): ParsedCall {
  if (named !== null) return readJsonParameters(body)
  if (!isForm(received)) return parseParameters(received.query, null)
  if (body.length > longestBareCall || received.query !== '') return parseParameters(received.query, body)
  const alike = (bareCalls[body.length] ??= [])
  for (const { bytes, parsed } of alike) if (holdsAt(body, 0, bytes)) return parsed
  const parsed = parseParameters('', body)
  if (alike.length < mostOfOneLength && 'parameters' in parsed && isBare(parsed.parameters)) {
    const known: ParsedCall = { ...parsed, bodyHash: payloadHash(body) }
    alike.push({ bytes: Uint8Array.from(body), parsed: known })
  }
  return parsed
}

/** Only calls of the grid with nothing else in them, so that nothing secret is kept. */
function isBare(parameters: Parameters): boolean {
  const row = rows.get(parameters.get('Action') ?? '')
  return parameters.size === 2 && row !== undefined && parameters.get('Version') === versions[row.service]
}

/** A body counts as parameters when it says that it is a form, or says nothing. */
function isForm({ method, head }: Received): boolean {
  if (method !== 'POST') return false
  if (head.contentType === usualContentType) return true
  return head.contentType === null || /^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(head.contentType)
}

/** Takes the operation and its service from the parameters, as far as they tell. */
function readCall(walk: Walk, body: Uint8Array, parsed: ParsedCall): Call {
  const parameters = 'parameters' in parsed ? parsed.parameters : noParameters
  const { named } = walk
  const action = named?.operation ?? parameters.get('Action') ?? ''
  if (rows.has(action) || /^\w{1,64}$/.test(action)) walk.operation = action
  const service = named?.service ?? serviceOf(walk.operation, parameters.get('Version'))
  if (service !== null) walk.service = service
  const { method, path, query, head } = walk.received
  const request: SignableRequest = { method, path, query, headers: head.headers, body }
  return { request, bodyHash: parsed.bodyHash, service, operation: walk.operation }
}

/** The secret of a session; whoever is signed in to the console has one already, and the browser is to hold none. */
function givesCredentials({ output }: Action): boolean {
  return output !== null && Object.hasOwn(output, 'Credentials')
}

/** `sts.eu-west-1.amazonaws.com` says where it is; any other name stands for the Region of the global endpoint. */
function endpointRegionOf({ head }: Received, directory: Directory): string {
  const named = /^sts(?:-fips)?\.([a-z]{2,}(?:-[a-z0-9]+)+)\.(?:amazonaws|api)\./i.exec(head.host ?? '')?.[1]
  return named?.toLowerCase() ?? partitionById(directory.account.partition)?.iam.signingRegion ?? 'us-east-1'
}

/** GetCallerIdentity answers all the same (aws/aws-sdk-go-v2#2846). */
function isStsOff(row: Action, { region }: ActionContext, { account }: Directory): boolean {
  return row.service === 'sts' && row.name !== 'GetCallerIdentity' && !isStsActive(account, region)
}

function judgePermission(
  walk: Walk,
  row: Action,
  input: Readonly<Record<string, unknown>>,
  context: ActionContext,
  directory: Directory,
): Refusal | null {
  if (row.permission === 'free') return null
  const asked = row.permission(input, context)
  for (const permission of Array.isArray(asked) ? asked : [asked]) {
    const { principal, conditions } = context
    const verdict = authorize({ principal, directory, conditions, permission })
    if (!verdict.allowed) return verdict.refusal
    walk.statement ??= verdict.statement
  }
  return null
}

/**
 * Of a long-term key, or of the role whose session it is; those of users' sessions nobody can ask for. Once per second and place is
 * enough for a log whose promise is a quarter of an hour (`authority.md` §4.6).
 */
function noteUse(
  walk: Walk,
  authenticated: Authenticated & { readonly principal: Principal },
  directory: Directory,
): void {
  const { principal } = authenticated
  if (principal.type !== 'role' && principal.session !== null) return
  const accessKeyId = principal.type === 'role' ? principal.roleId : principal.accessKeyId
  const { service } = walk
  const region = authenticated.region ?? ''
  const last = directory.lastUse(accessKeyId)
  if (last !== undefined && last.service === service && last.region === region) {
    if (isSameSecond(last.at, walk.at)) return
  }
  directory.noteUse({ accessKeyId, at: instantText(walk.at), service, region })
}
