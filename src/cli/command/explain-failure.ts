import { withoutSecretShapes } from '../../anatomy/redact.ts'
import { sdkNames } from '../../holder/chains/trace.ts'
import { familiesOf } from '../../holder/diagnosis/answers.ts'
import { askingAboutErrors } from '../../holder/diagnosis/ask-about-error.ts'
import { mergeFindings } from '../../holder/diagnosis/causes/index.ts'
import { diagnose } from '../../holder/diagnosis/diagnose.ts'
import type { ErrorSeen } from '../../holder/diagnosis/error-text/index.ts'
import { type Explanation, explainError } from '../../holder/diagnosis/explain.ts'
import { explanationJson } from '../../holder/diagnosis/json.ts'
import { nothingAsked } from '../../holder/diagnosis/scene.ts'
import { shapeOf } from '../../holder/diagnosis/shape.ts'
import type { Finding, Verdict } from '../../holder/diagnosis/verdict.ts'
import { homeOf } from '../../holder/files/expand.ts'
import type { Machine } from '../../holder/machine/machine.ts'
import { probing } from '../probing.ts'
import type { Question } from '../question.ts'
import { jsonText, wantsJson } from '../result.ts'
import { failureLine, failureText } from '../say/command.ts'
import type { Call } from '../terminal.ts'
import { stderrIsTerminal } from './child.ts'
import { droppedOnTheWay } from './dropped.ts'
import type { Accepted, Explained, Failure } from './explained.ts'
import { type Recognised, recognise } from './recognise.ts'
import { errorIn, isAboutCredentials, isReal } from './refusal.ts'

/**
 * Says on stderr why a command was refused, when it was refused. Silent when its output holds no AWS error about credentials,
 * or only words that might be one.
 */
export async function explainFailure(call: Call, question: Question, failure: Failure): Promise<void> {
  const explained = await explainedFailure(call, question, failure)
  if (explained === null) return
  const { terminal } = call
  const colour = terminal.look.colour && (call.flags.text('color') === 'on' || stderrIsTerminal())
  const sight = { look: { ...terminal.look, colour }, machine: call.machine }
  if (failure.end.lineIsOpen) terminal.err('\n')
  if (wantsJson(call)) terminal.err(`${jsonText(failureJson(explained))}\n`)
  else terminal.err(call.flags.on('quiet') ? failureLine(sight, explained) : failureText(sight, explained))
}

async function explainedFailure(call: Call, question: Question, failure: Failure): Promise<Explained | null> {
  const { text, error } = errorIn(failure)
  if (error === null && !mayTellByItsExit(failure)) return null
  const client = error?.client ?? null
  const program = await recognise(call.machine, failure.words, client, question.exec)
  // Something that was not recognised has run the AWS CLI: the one in PATH.
  const isCli = program.program === null && program.credentials === 'chain' && client === 'aws-cli'
  const recognised = isCli
    ? { ...(await recognise(program.machine, ['aws'], client, question.exec)), program: null }
    : program
  if (error === null) return await explainedExit(call, question, failure, recognised)
  if (!isReal(error, recognised.isTestRun)) return null
  const asked = questionAbout(question, recognised, error, call.flags.text('sdk') !== undefined)
  const machine = recognised.credentials === 'chain' ? recognised.machine : undefined
  const explanation = await explainError(text, { ...asked, machine })
  if (!isAboutCredentials(explanation)) return null
  const isProven = explanation.causes.some(({ certainty }) => certainty === 'proven')
  const answered =
    machine === undefined || isProven || question.offline
      ? { causes: explanation.causes, accepted: null }
      : await answeredNow(call, { ...question, ...asked }, machine, text)
  const dropped = isEmptyHanded(error) ? droppedOnTheWay(call.machine, failure.words, recognised) : null
  return {
    failure,
    recognised,
    sdk: asked.sdk,
    profile: asked.profile,
    error,
    causes: dropped === null ? answered.causes : withDropped(answered.causes, dropped),
    accepted: dropped === null ? answered.accepted : null,
    home: homeOf(call.machine),
  }
}

interface Answered {
  readonly causes: readonly Finding[]
  readonly accepted: Accepted | null
}

/**
 * What only AWS can decide: asks about the credential that the command's SDK finds, as an error text calls for it. Of a credential
 * that has to be got first (a role, SSO, a process) a whole diagnosis is made.
 */
async function answeredNow(call: Call, question: Question, machine: Machine, text: string): Promise<Answered> {
  const progress = call.terminal.progress('asking AWS about the credentials of that command')
  try {
    const { onProbe } = await probing(call, progress)
    const inner = askingAboutErrors({ timeoutMs: question.timeoutMs, onProbe })
    let isPlanned = false
    let accepted: Accepted | null = null
    const explanation = await explainError(text, {
      ...question,
      machine,
      async ask(ground, refusal, whole) {
        isPlanned = ground.behindRole || ground.credential === null
        if (isPlanned || ground.credential === null) return nothingAsked
        const findings = await inner(ground, refusal, whole)
        const asIs = findings.outcomes.get('sts-as-it-is')
        if (asIs?.kind === 'accepted' && ground.trace.error === null)
          accepted = { credential: shapeOf(ground.credential), identity: asIs.identity }
        return findings
      },
    })
    const { error, causes } = explanation
    if (!isPlanned) return accepted === null ? { causes, accepted } : whenAccepted(error!, causes, accepted)
    const verdict = await diagnose(machine, { ...question, onProbe, onStep: (says) => progress.now(says) })
    if (verdict.status === 'valid') return whenAccepted(error!, causes, verdict)
    return { causes: causesWith(explanation, verdict), accepted: null }
  } finally {
    progress.end()
  }
}

/** AWS accepts now what the command was refused for: then it used something else. A lack of permission is no such thing. */
function whenAccepted(error: ErrorSeen, causes: readonly Finding[], accepted: Accepted): Answered {
  const ofCredential = ['not-accepted', 'expired', 'signature', 'missing', 'nothing-sent']
  if (!familiesOf(error).every((family) => ofCredential.includes(family))) return { causes, accepted: null }
  return { causes: causes.filter(({ id, certainty }) => certainty === 'proven' || !ofTheKey.has(id)), accepted }
}

function mayTellByItsExit({ end, kept }: Failure): boolean {
  return [253, 254, 255].includes(end.status) && (kept.stdout.tail() + kept.stderr.tail()).trim() === ''
}

/**
 * The AWS CLI says by its exit code that it had no credentials (253) or that AWS refused the request (254; version 1: 255), also
 * where its text went elsewhere (AWS CLI user guide, "Return codes"). Then only a proven cause is worth a word.
 */
async function explainedExit(
  call: Call,
  question: Question,
  failure: Failure,
  recognised: Recognised,
): Promise<Explained | null> {
  const isCli = recognised.sdk === 'aws-cli-v1' || recognised.sdk === 'aws-cli-v2'
  if (!isCli || recognised.credentials !== 'chain') return null
  if (recognised.sdk === 'aws-cli-v2' && failure.end.status === 255) return null
  const asked = questionAbout(question, recognised, null, false)
  const progress = call.terminal.progress('asking AWS about the credentials of that command')
  const verdict = await diagnose(recognised.machine, {
    ...question,
    ...asked,
    onStep: (says) => progress.now(says),
    onProbe: (probe) => progress.now(probe.says),
  }).finally(() => progress.end())
  if (verdict.status === 'valid' || verdict.causes[0]?.certainty !== 'proven') return null
  const { sdk, profile } = asked
  return {
    failure,
    recognised,
    sdk,
    profile,
    error: null,
    causes: verdict.causes,
    accepted: null,
    home: homeOf(call.machine),
  }
}

// ---- the question

type Asked = Pick<Question, 'sdk' | 'profile' | 'region' | 'endpointUrl'>

/**
 * What the command itself said outranks what we were told beside it. The SDK: as told with `--sdk`; the program's own; the one
 * whose marks stand in the error; the one that such programs usually have.
 */
function questionAbout(question: Question, recognised: Recognised, error: ErrorSeen | null, isTold: boolean): Asked {
  const client = sdkNames.find((name) => name === error?.client) ?? null
  const sdk = isTold
    ? question.sdk
    : ((recognised.isSure ? recognised.sdk : null) ?? client ?? recognised.sdk ?? question.sdk)
  const profile = recognised.profile ?? question.profile
  const region = recognised.region ?? question.region
  const endpointUrl = recognised.endpointUrl ?? question.endpointUrl
  return {
    sdk,
    ...(profile === undefined ? {} : { profile }),
    ...(region === undefined ? {} : { region }),
    ...(endpointUrl === undefined ? {} : { endpointUrl }),
  }
}

// ---- two answers become one

/** What cannot be the cause when AWS accepts the very same credential a moment later. */
const ofTheKey: ReadonlySet<Finding['id']> = new Set([
  'key-unknown',
  'key-inactive',
  'key-deleted',
  'key-quarantined',
  'account-suspended',
  'secret-wrong',
  'secret-mangled',
  'id-secret-swapped',
  'placeholder-value',
  'session-expired',
  'stale-session-token',
  'session-token-missing',
  'session-token-cut',
  'session-parent-gone',
  'mixed-sessions',
])

/** The causes of the text, and those of a diagnosis just made where it speaks of the same failure. */
function causesWith({ error, causes }: Explanation, verdict: Verdict): readonly Finding[] {
  const families = familiesOf(error!)
  const isSame =
    verdict.reply === null
      ? families.includes('nothing-sent') && verdict.status !== 'unverified'
      : familiesOf(verdict.reply).some((family) => families.includes(family))
  if (!isSame) return causes
  const merged = mergeFindings(verdict.causes, causes)
  const isProven = merged.some(({ certainty }) => certainty === 'proven')
  return isProven ? merged.filter(({ certainty }) => certainty !== 'possible') : merged
}

/** The program found nothing at all, by its own words. */
function isEmptyHanded(error: ErrorSeen): boolean {
  return familiesOf(error).includes('nothing-sent')
}

/** What was lost on the way stands before what nobody has; other ways of losing it are then no more than guesses. */
function withDropped(causes: readonly Finding[], dropped: Finding): readonly Finding[] {
  const others: readonly Finding['id'][] = ['no-credentials', 'docker-environment', 'environment-dropped', 'two-homes']
  const rest = causes.filter(
    ({ id, certainty }) => id === dropped.id || !(others.includes(id) || certainty === 'possible'),
  )
  return mergeFindings([dropped], dropped.certainty === 'proven' ? rest.filter(({ id }) => id !== dropped.id) : rest)
}

// ---- JSON

/** The object of `explain --json` with what was run, and by whose rules its credential was looked for. */
function failureJson({ failure, recognised, sdk, profile, error, causes, accepted, home }: Explained) {
  return {
    ...explanationJson({ error, causes, home, heldSecret: false, exposed: [] }),
    sdk,
    profile: profile === undefined ? null : withoutSecretShapes(profile),
    identity: accepted?.identity ?? null,
    command: {
      program: recognised.program,
      exitCode: failure.end.status,
      credentials: recognised.credentials,
      notes: recognised.notes,
    },
  }
}
