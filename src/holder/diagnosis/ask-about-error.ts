import type { DiagnosisQuestion } from './diagnose.ts'
import { runExperiments } from './experiments.ts'
import type { AskAboutError } from './explain.ts'
import { accountSummary, decodedMessage, mfaDevices, type OwnVoice } from './probes/account.ts'
import { iamTarget, stsTarget } from './probes/places.ts'
import { type Asker, Budget } from './probes/question.ts'
import { valuesAsTheyAre } from './probes/sendable.ts'
import { nothingTold } from './probes/told.ts'
import { type Findings, type Ground, nothingAsked, type Refusal } from './scene.ts'

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
 * What an error that happened earlier calls for, asked with the credentials of the machine, side by side: the experiments of a
 * check; whether IAM accepts them, when IAM or STS did not; which MFA devices there are, when something was denied; and, with
 * leave, what the encoded message of the refusal says. `text` is the whole pasted text.
 */
async function askAboutError(ground: Ground, asker: Asker, refusal: Refusal, text: string): Promise<Findings> {
  const { credential, key, behindRole, token } = ground
  const values = credential === null ? null : valuesAsTheyAre(ground, credential)
  if (values === null) return nothingAsked
  const voice: OwnVoice = { asker, credentials: values, at: asker.machine.now() }
  const { service, operation } = refusal.reply
  // A text that does not name the service may be one of IAM's.
  const isOfSession =
    key?.kind === 'temporary' && token !== null && (service === null || service === 'iam' || service === 'sts')
  const isRefused = refusal.families.includes('not-accepted')
  const isDenied = refusal.families.includes('denied')
  const [findings, summary, devices, message] = await Promise.all([
    // Of a role the pair behind it tells nothing.
    behindRole ? nothingAsked : runExperiments(ground, asker),
    isOfSession && isRefused && operation !== 'GetCallerIdentity' ? accountSummary(voice, iamTarget(ground)) : null,
    isDenied && key?.kind === 'long-term' ? mfaDevices(voice, iamTarget(ground)) : null,
    decoded(voice, ground, text),
  ])
  return { ...findings, told: { ...(findings.told ?? nothingTold), ...summary, mfaDevices: devices, message } }
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
