import { type AccessKeyIdReading, parseAccessKeyId } from '../../anatomy/access-key-id.ts'
import { readSessionToken, type SessionTokenReading } from '../../anatomy/session-token.ts'
import type { ChainStep, Trace } from '../chains/trace.ts'
import type { AwsFiles } from '../files/aws-files.ts'
import type { Section } from '../files/reading.ts'
import type { Machine } from '../machine/machine.ts'
import type { Failed } from '../resolution/resolution.ts'
import type { Credential, Place } from '../sources/credential.ts'
import type { Surroundings } from '../surroundings/surroundings.ts'
import type { AnswerFamily } from './answers.ts'
import type { Named } from './error-text/named.ts'
import type { Neighbour } from './probes/neighbour.ts'
import type { Outcome, ProbeName } from './probes/question.ts'
import type { Told } from './probes/told.ts'
import { type Defect, type Placeholder, peel, placeholderKind, type Slot } from './values.ts'
import type { ReplySeen } from './verdict.ts'

/** One value of the examined credential, looked at from all sides. */
export interface ValueSeen {
  readonly slot: Slot
  /** As the SDK would use it. Never shown. */
  readonly value: string
  readonly at: Place
  readonly placeholder: Placeholder | null
  readonly defects: readonly Defect[]
  /** What is left without the defects. Never shown for a secret or a token. */
  readonly clean: string
}

/** A refusal that has to be explained: the answer to a probe, or what an error text says was answered. */
export interface Refusal {
  readonly from: 'probe' | 'text'
  readonly reply: Pick<ReplySeen, 'code' | 'message'> & {
    readonly service: string | null
    readonly operation: string | null
  }
  readonly families: readonly AnswerFamily[]
  /** Parts of the request that arrived otherwise than they were signed; null when the reply does not tell. */
  readonly altered: readonly string[] | null
  /** Of a text: which client wrote it, e.g. `terraform`; null when it does not tell. */
  readonly client?: string | null | undefined
  /** Of a text: what it names. */
  readonly named?: Named | undefined
}

/** Server clock minus ours, and how that is known. */
export interface Skew {
  readonly seconds: number
  readonly at: Place
  /** `refused`: the endpoint refused a request for it; `seen`: read off a `Date` header. */
  readonly how: 'refused' | 'seen'
}

/** Everything that a cause may look at. Built once the probes have run (or without them). */
export interface Scene {
  readonly machine: Machine
  readonly trace: Trace
  readonly home: string | null
  readonly files: AwsFiles
  /** The machine's clock, put right by what is known of the skew. */
  readonly now: Date
  /** The pair under examination: the winner's, or the static pair behind a role. */
  readonly credential: Credential | null
  readonly behindRole: boolean
  readonly id: ValueSeen | null
  readonly secret: ValueSeen | null
  readonly token: ValueSeen | null
  readonly key: AccessKeyIdReading | null
  readonly session: SessionTokenReading | null
  /** All other static credentials of the machine. */
  readonly others: readonly Credential[]
  /** Account ids that the machine's files speak of, with what speaks of each. */
  readonly accounts: ReadonlyMap<string, string>
  readonly refusal: Refusal | null
  readonly outcomes: ReadonlyMap<ProbeName, Outcome>
  readonly skew: Skew | null
  readonly neighbour: Neighbour | null
  /** What other questions than "who am I" brought; absent when none was asked. */
  readonly told?: Told | undefined
  /** Why the plan of the winner gave no credential, when it was run and gave none. */
  readonly failure?: Failed | null | undefined
  /** What stands outside the AWS files; null or absent while nobody has looked. */
  readonly surroundings?: Surroundings | null | undefined
  /** True when the endpoint is AWS's own: what AWS never accepts is then proven without asking. */
  readonly atAws: boolean
}

/** What is known of a machine before any probe. */
export type Ground = Omit<
  Scene,
  'refusal' | 'outcomes' | 'skew' | 'neighbour' | 'told' | 'now' | 'failure' | 'surroundings'
>

/** Looks at the three values of a credential. */
export function valuesOf(credential: Credential | null): Pick<Scene, 'id' | 'secret' | 'token' | 'key' | 'session'> {
  if (credential === null) return { id: null, secret: null, token: null, key: null, session: null }
  const id = seen('accessKeyId', credential.accessKeyId.value, credential.accessKeyId.at)
  const secret = seen('secretAccessKey', credential.secretAccessKey.value.reveal(), credential.secretAccessKey.at)
  const token =
    credential.sessionToken === null
      ? null
      : seen('sessionToken', credential.sessionToken.value.reveal(), credential.sessionToken.at)
  return {
    id,
    secret,
    token,
    key: parseAccessKeyId(id.clean),
    session: token === null ? null : readSessionToken(token.clean),
  }
}

function seen(slot: Slot, value: string, at: Place): ValueSeen {
  return { slot, value, at, placeholder: placeholderKind(value), ...peel(value) }
}

/** True for a long-term key by its prefix. */
export function isLongTerm(scene: Pick<Scene, 'key'>): boolean {
  return scene.key?.kind === 'long-term'
}

/** True for a key of a session by its prefix. */
export function isTemporary(scene: Pick<Scene, 'key'>): boolean {
  return scene.key?.kind === 'temporary'
}

/** The section of an AWS file in which a place lies; null for variables and other files. */
export function sectionAt(files: AwsFiles, at: Place): { readonly file: string; readonly section: Section } | null {
  if (!('file' in at) || !('line' in at)) return null
  for (const { path, reading } of [files.credentials, files.config]) {
    if (path !== at.file) continue
    const section = reading.sections.findLast((each) => each.line <= at.line)
    if (section !== undefined) return { file: path, section }
  }
  return null
}

/** What the probes of one diagnosis brought. */
export interface Findings {
  readonly outcomes: ReadonlyMap<ProbeName, Outcome>
  readonly skew: Skew | null
  readonly neighbour: Neighbour | null
  readonly told?: Told | undefined
}

export const nothingAsked: Findings = { outcomes: new Map(), skew: null, neighbour: null }

/** The clock put right, when it is known to be wrong by more than replies take. */
export function correctedNow(now: Date, skew: Skew | null): Date {
  return skew === null || Math.abs(skew.seconds) < 60 ? now : new Date(now.getTime() + skew.seconds * 1000)
}

/** The scene once the probes have run. */
export function sceneOf(ground: Ground, findings: Findings, refusal: Refusal | null): Scene {
  return { ...ground, ...findings, refusal, now: correctedNow(ground.machine.now(), findings.skew) }
}

/** Asked again just now, AWS accepts what a pasted text says it refused: the values themselves are good. */
export function isAcceptedNow({ refusal, outcomes }: Pick<Scene, 'refusal' | 'outcomes'>): boolean {
  return refusal?.from === 'text' && outcomes.get('sts-as-it-is')?.kind === 'accepted'
}

/** True when the search for credentials came to its end and found none. */
export function isEmptyHanded({ trace }: Pick<Scene, 'trace'>): boolean {
  return trace.winner === null && trace.error === null
}

/** The families of clients that read files and variables as botocore does. */
export function readsAsBotocore({ trace }: Pick<Scene, 'trace'>): boolean {
  return trace.sdk === 'aws-cli-v1' || trace.sdk === 'aws-cli-v2' || trace.sdk === 'boto3'
}

/** The first source that is broken: there the client stops, unless it passes over it. */
export function brokenSource({ trace }: Pick<Scene, 'trace'>): ChainStep | null {
  return trace.steps.find(({ outcome }) => outcome === 'broken') ?? null
}

/** An error of a client without the class before it. */
export function withoutClass(says: string): string {
  return says.replace(/^\w+: /, '')
}
