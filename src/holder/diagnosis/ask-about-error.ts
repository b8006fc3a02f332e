import type { DiagnosisQuestion } from './diagnose.ts'
import type { AskAboutError } from './explain.ts'
import { accountSummary, decodedMessage, mfaDevices, type OwnVoice } from './probes/account.ts'
import { iamTarget, stsTarget } from './probes/places.ts'
import { type Asker, askIdentity, Budget, type Outcome, type ProbeName } from './probes/question.ts'
import { valuesAsTheyAre } from './probes/sendable.ts'
import { nothingTold } from './probes/told.ts'
import type { Findings, Ground, Refusal } from './scene.ts'

/** For `explainError`: asks with the means of a check, within its time. */
export function askingAboutErrors({
  timeoutMs = 5000,
  onProbe,
  mayAsk,
}: Pick<DiagnosisQuestion, 'timeoutMs' | 'onProbe' | 'mayAsk'>): AskAboutError {
  return async (ground, refusal, text) => {
    const { machine } = ground
    return await askAboutError(
      ground,
      { machine, budget: new Budget(machine, timeoutMs), onProbe, mayAsk },
      refusal,
      text,
    )
  }
}

/**
 * What an error that happened earlier calls for, asked with the credentials of the machine, all side by side: whether STS accepts
 * them now; whether IAM does, when IAM or STS did not; which MFA devices there are, when something was denied; and, with leave,
 * what the encoded message of the refusal says. `text` is the whole pasted text.
 */
async function askAboutError(ground: Ground, asker: Asker, refusal: Refusal, text: string): Promise<Findings> {
  const { credential, key, behindRole, token } = ground
  const none: Findings = { outcomes: new Map(), skew: null, neighbour: null }
  const values = credential === null ? null : valuesAsTheyAre(ground, credential)
  if (values === null) return none
  const target = stsTarget(ground)
  const at = asker.machine.now()
  const voice: OwnVoice = { asker, credentials: values, at }
  const notice = {
    name: 'sts-as-it-is',
    says: 'asking STS who these credentials are',
    endpoint: target.endpoint,
  } as const
  const { service, operation } = refusal.reply
  // A text that does not name the service may be one of IAM's.
  const isOfSession =
    key?.kind === 'temporary' && token !== null && (service === null || service === 'iam' || service === 'sts')
  const isRefused = refusal.families.includes('not-accepted')
  const isDenied = refusal.families.includes('denied')
  const [outcome, summary, devices, message] = await Promise.all([
    // Of a role the pair behind it tells nothing.
    behindRole ? null : askIdentity(asker, notice, target, values, at),
    isOfSession && isRefused && operation !== 'GetCallerIdentity' ? accountSummary(voice, iamTarget(ground)) : null,
    isDenied && key?.kind === 'long-term' ? mfaDevices(voice, iamTarget(ground)) : null,
    decoded(voice, ground, text),
  ])
  return {
    ...none,
    outcomes: new Map<ProbeName, Outcome>(outcome === null ? [] : [['sts-as-it-is', outcome]]),
    told: { ...nothingTold, ...summary, mfaDevices: devices, message },
  }
}

/** EC2 and a few others hide why they refuse in a message that only the account itself can have decoded. */
async function decoded(voice: OwnVoice, ground: Ground, text: string) {
  const { asker } = voice
  const encoded = /Encoded authorization (?:failure )?message:\s*([\w-]{40,10240})/i.exec(text)?.[1]
  if (encoded === undefined || asker.mayAsk === undefined) return null
  const says = 'May STS be asked to decode the message of the refusal (sts:DecodeAuthorizationMessage)?'
  const isAllowed = await asker.budget.whileAsked(asker.mayAsk({ for: 'decode-message', says }))
  return isAllowed ? await decodedMessage(voice, stsTarget(ground), encoded) : null
}
