import { askedRules } from '../holder/chains/asked.ts'
import type { Trace } from '../holder/chains/trace.ts'
import type { Verdict } from '../holder/diagnosis/verdict.ts'
import { readAwsFiles } from '../holder/files/aws-files.ts'
import type { Credential } from '../holder/sources/credential.ts'
import { examine, exitCodeOf } from './check.ts'
import { type Question, questionOf } from './question.ts'
import { wantsJson, writeJson } from './result.ts'
import { verdictText } from './say/verdict.ts'
import { type Person, whoamiLine, whoamiText } from './say/whoami.ts'
import type { Call } from './terminal.ts'

/** `whoami [PROFILE]`: who AWS says the caller is; when AWS does not say, what `check` would say. */
export async function whoami(call: Call): Promise<number> {
  const question = questionOf(call)
  let credential: Credential | null = null
  const verdict = await examine(call, question, (asked) => {
    credential = asked
  })
  const person = await personOf(call, question, verdict, credential)
  if (wantsJson(call)) writeJson(call, personJson(verdict, person))
  else if (person === null)
    call.terminal.err(verdictText({ look: call.terminal.look, machine: call.machine }, verdict, question.offline))
  else {
    const say = call.flags.on('quiet') ? whoamiLine : whoamiText
    call.terminal.out(say(call.terminal.look, call.machine, person))
  }
  return exitCodeOf(verdict)
}

async function personOf(
  call: Call,
  question: Question,
  verdict: Verdict,
  asked: Credential | null,
): Promise<Person | null> {
  const { identity, credential } = verdict
  if (verdict.status !== 'valid' || identity === null) return null
  const rules = await askedRules(question.sdk)
  const trace = rules.trace(call.machine, question, readAwsFiles(call.machine))
  return {
    ...identity,
    ...principalOf(identity.arn),
    alias: await aliasOf(call, question, trace, asked),
    region: trace.region?.name ?? null,
    expiration: credential?.expiration ?? null,
    longTerm: credential?.kind === 'long-term',
  }
}

/**
 * What an ARN of GetCallerIdentity says about its principal.
 * (IAM User Guide, "IAM identifiers": `…:root`, `…:user/PATH/NAME`, `…:assumed-role/ROLE/SESSION`, `…:federated-user/NAME`.)
 */
export function principalOf(arn: string): Pick<Person, 'type' | 'name' | 'sessionName' | 'permissionSet'> {
  const principal = namedBy(arn)
  // IAM Identity Center User Guide, "Roles created by IAM Identity Center": the name of the permission set, and what makes it unique.
  const ofSet =
    principal.type === 'assumed-role' ? /^AWSReservedSSO_(.+)_[0-9a-f]{16}$/.exec(principal.name ?? '') : null
  return { ...principal, permissionSet: ofSet?.[1] ?? null }
}

function namedBy(arn: string): Pick<Person, 'type' | 'name' | 'sessionName'> {
  const resource = arn.split(':').slice(5).join(':')
  const [kind, ...parts] = resource.split('/')
  const last = parts.at(-1) ?? null
  if (resource === 'root') return { type: 'root', name: null, sessionName: null }
  if (kind === 'user' && last !== null) return { type: 'user', name: last, sessionName: null }
  if (kind === 'assumed-role' && parts.length >= 2)
    return { type: 'assumed-role', name: parts.slice(0, -1).join('/'), sessionName: last }
  if (kind === 'federated-user' && last !== null) return { type: 'federated-user', name: last, sessionName: last }
  return { type: 'unknown', name: null, sessionName: null }
}

/** The account's alias, where the caller may ask for it; a refusal or a silent endpoint only means that there is none to tell. */
async function aliasOf(
  call: Call,
  question: Question,
  trace: Trace,
  credential: Credential | null,
): Promise<string | null> {
  if (credential === null || question.offline) return null
  const progress = call.terminal.progress('asking IAM for the alias of the account')
  try {
    const { callAws, callerWith } = await import('../holder/calls/index.ts')
    const caller = callerWith(call.machine, trace, credential, { timeoutMs: question.timeoutMs })
    const answer = await callAws(caller, 'iam', 'ListAccountAliases')
    return answer.kind === 'answered' ? answer.text('member') : null
  } finally {
    progress.end()
  }
}

/** Schema `countersign.whoami/1`. */
function personJson(verdict: Verdict, person: Person | null): unknown {
  return {
    schema: 'countersign.whoami/1',
    status: verdict.status,
    account: person?.account ?? null,
    alias: person?.alias ?? null,
    arn: person?.arn ?? null,
    userId: person?.userId ?? null,
    type: person?.type ?? null,
    name: person?.name ?? null,
    sessionName: person?.sessionName ?? null,
    permissionSet: person?.permissionSet ?? null,
    region: person?.region ?? null,
    expiration: person?.expiration ?? null,
    causes: verdict.causes.map((cause) => ({ id: cause.id, certainty: cause.certainty })),
  }
}
