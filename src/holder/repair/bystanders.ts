import { traceChain } from '../chains/index.ts'
import type { SdkName, Trace } from '../chains/trace.ts'
import type { DiagnosisQuestion } from '../diagnosis/index.ts'
import type { Verdict } from '../diagnosis/verdict.ts'
import { profileOfHeader, readAwsFiles } from '../files/aws-files.ts'
import type { Machine } from '../machine/machine.ts'
import { overlayMachine } from '../machine/overlay.ts'
import type { RepairPlan } from './plan.ts'
import { variablesOf } from './prove.ts'

/** A client that would not find any more what it finds. */
export interface Loss {
  readonly sdk: SdkName
  /** Null: the one that is used when none is named. */
  readonly profile: string | null
}

/** Clients that read the files by grammars of their own; what one of them finds another may never see. */
const clients = ['aws-cli-v2', 'boto3', 'js-v3', 'go-v2', 'java-v2'] as const satisfies readonly SdkName[]

/** More profiles are not looked at: each costs a few traces. */
const mostProfiles = 60

/**
 * Who would lose something by a plan: another client, or another profile, that finds credentials now and would find none, or others
 * than those that AWS accepts for the examined one. What is found where the diagnosis has found its fault is no loss. `after`: the verdict on the copy.
 */
export function lossesBy(
  machine: Machine,
  { files, variables, edits }: Pick<RepairPlan, 'files' | 'variables' | 'edits'>,
  after: Verdict,
  question: DiagnosisQuestion,
): readonly Loss[] {
  const changed = Object.fromEntries(files.map((change) => [change.path, change.after]))
  // Of variables only whoever names no profile knows nothing: keys in them stand before those of any profile.
  const none = overlayMachine(machine, { files: changed, env: variablesOf(variables) })
  const named = files.length === 0 ? null : overlayMachine(machine, { files: changed })
  // A name that was a slip goes with it, and so does what is found under it.
  const slips = new Set(
    edits.flatMap((edit) => {
      if (edit.kind !== 'rename-section') return []
      const isOther = nameOf(edit.section) !== nameOf(edit.to)
      return isOther ? [edit.section, nameOf(edit.section)] : [edit.section]
    }),
  )
  const own = foundBy(traceOf(machine, question.sdk ?? 'aws-cli-v2', question.profile, question))
  const proved =
    after.status === 'valid' ? foundBy(traceOf(none, question.sdk ?? 'aws-cli-v2', question.profile, question)) : null
  const places = [
    { profile: undefined, copy: none },
    ...(named === null
      ? []
      : profilesOn(machine, question).flatMap((profile) => (slips.has(profile) ? [] : [{ profile, copy: named }]))),
  ]
  return places.flatMap(({ profile, copy }) =>
    clients.flatMap((sdk): readonly Loss[] => {
      const had = foundBy(traceOf(machine, sdk, profile, question))
      if (had === null || had === own) return []
      const has = foundBy(traceOf(copy, sdk, profile, question))
      return has !== had && (has === null || has !== proved) ? [{ sdk, profile: profile ?? null }] : []
    }),
  )
}

function traceOf(machine: Machine, sdk: SdkName, profile: string | undefined, question: DiagnosisQuestion): Trace {
  // Without any region some make no client, but that is no matter of credentials.
  const { region = 'us-east-1', endpointUrl } = question
  return traceChain(machine, { sdk, profile, region, endpointUrl })
}

function profilesOn(machine: Machine, { profile }: DiagnosisQuestion): readonly string[] {
  const { config, credentials } = readAwsFiles(machine)
  const headers = [...config.reading.sections, ...credentials.reading.sections].map(({ name }) => nameOf(name))
  return [...new Set(['default', ...(profile === undefined ? [] : [profile]), ...headers])].slice(0, mostProfiles)
}

/** Also of a header that botocore does not take for that of a profile, as `[profile two words]`. */
function nameOf(header: string): string {
  return profileOfHeader(header) ?? header.replace(/^profile\s+/, '')
}

/** A text that is the same for the same values, or for the same source that is only asked later; null: nothing is found. */
function foundBy({ winner, error, clientError }: Trace): string | null {
  if (winner === null || error !== null || clientError !== null) return null
  const { credential, provider } = winner
  if (credential === null) return provider
  const { accessKeyId, secretAccessKey, sessionToken } = credential
  return JSON.stringify([accessKeyId.value, secretAccessKey.value.reveal(), sessionToken?.value.reveal() ?? null])
}
