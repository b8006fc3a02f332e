import type { Setting, Settings } from '../../files/reading.ts'
import type { Machine } from '../../machine/machine.ts'
import type { BrokenSource } from '../../sources/answer.ts'
import type { Credential, Place } from '../../sources/credential.ts'
import type { CredentialPlan } from '../../sources/plan.ts'
import type { JvmFiles } from './files.ts'

/** What the sources of the SDKs for Java 2 and Kotlin may know. */
export interface JvmGround {
  readonly machine: Machine
  readonly files: JvmFiles
  /** The selected profile. */
  readonly profile: string
  /** Its settings; null when there is no such profile, or when the files cannot be used. */
  readonly settings: Settings | null
  /** The profile that `AWS_PROFILE` names: clients that the sources make for themselves go by its settings. */
  readonly activeProfile: string
  /** The region that clients would have which the sources make for themselves; null when none is configured. */
  readonly region: RegionChoice | null
}

export interface RegionChoice {
  readonly name: string
  readonly at: Place | null
}

/** More profiles behind one another are not followed; these SDKs would fill their stack, or ask STS that often. */
export const deepest = 1000

export function tooDeep(at: Place): Outcome {
  return failed(
    'configuration',
    'StackOverflowError: null',
    `more than ${deepest} profiles stand behind one another`,
    at,
  )
}

/** What comes of a profile, or of something that it names. */
export type Outcome =
  | { readonly kind: 'static'; readonly credential: Credential; readonly because: string; readonly at: Place }
  | { readonly kind: 'planned'; readonly plan: CredentialPlan; readonly because: string; readonly at: Place }
  | ({ readonly kind: 'broken'; readonly because: string; readonly at?: Place | undefined } & Pick<
      BrokenSource,
      'reason' | 'says'
    >)

export function failed(reason: BrokenSource['reason'], says: string, because: string, at?: Place): Outcome {
  return { kind: 'broken', reason, says, because, at }
}

/** What has to be done for it, as a step of a longer plan. */
export function planOf(outcome: Exclude<Outcome, { kind: 'broken' }>): CredentialPlan {
  return outcome.kind === 'static' ? { kind: 'static', credential: outcome.credential } : outcome.plan
}

/** The selected profile as a source sees it. */
export interface SelectedProfile {
  /** Why the files cannot be used; null when they can, or are not there. */
  readonly refusal: (BrokenSource & { readonly because: string; readonly at: Place | undefined }) | null
  readonly name: string
  /** Null when there is no such profile. */
  readonly settings: Settings | null
}

/** The selected profile of both files. */
export function selectedProfile({ files, profile, settings }: JvmGround): SelectedProfile {
  const { refusal } = files
  const because = 'the files cannot be read as a whole'
  return { refusal: refusal === null ? null : { ...refusal, because }, name: profile, settings }
}

export function processOutcome(profile: string, { value, at }: Setting): Outcome {
  const because = `the credential_process of [${profile}] would be run`
  return { kind: 'planned', because, at, plan: { kind: 'process', profile, command: value, run: 'shell', at } }
}
