import type { Trace } from '../chains/trace.ts'
import type { AwsFiles } from '../files/aws-files.ts'
import type { Disk } from '../machine/disk.ts'
import type { Machine } from '../machine/machine.ts'
import type { Failed } from '../resolution/index.ts'
import type { Credential } from '../sources/credential.ts'
import { profileWord } from './shell-word.ts'

/** All that logging in may use. */
export interface LoginMeans {
  readonly machine: Machine
  readonly disk: Disk
  readonly files: AwsFiles
  /** What the AWS CLI makes of the profile: its endpoints and region hold for everything here. */
  readonly trace: Trace
  /** The same, after something was written. */
  retrace(): Trace
  /** Milliseconds for each request. */
  readonly timeoutMs: number
  readonly offline: boolean
  readonly exec: boolean
  readonly onStep: (says: string) => void
  readonly person: Person
  /** What `browser.ts` does on a computer. */
  readonly doors: Doors
  readonly keys: KeptKeys
}

/** What a call of the sign-in services needs. */
export type CallMeans = Pick<LoginMeans, 'machine' | 'files' | 'trace' | 'timeoutMs' | 'offline' | 'onStep'>

/** Users' keys that stand in no file. */
export interface KeptKeys {
  /** That of a profile by its name; null when none is kept. */
  ofProfile(name: string): Promise<Credential | null>
  /** That which a `credential_process` of this very program would give; null for every other command. */
  ofProcess(command: string): Promise<Credential | null>
}

/** What a person is asked and told. Nobody there: every answer is null. */
export interface Person {
  /** The six digits of a device, made from its seed or typed; `again` when the code before was refused. */
  askCode(serial: string, again: boolean): Promise<string | null>
  /** Whether its codes are made from a seed in the keychain. */
  hasSeed(serial: string): boolean
  /** The serial number of the device; `guess` is how it is usually called, where that can be told. */
  askSerial(guess: string | null): Promise<string | null>
  choose(
    question: string,
    choices: readonly { readonly value: string; readonly says: string }[],
  ): Promise<string | null>
  /** Whether something may be written into a profile, e.g. `sso_account_id = 123456789012`. */
  mayWrite(profile: string, lines: readonly string[]): Promise<boolean>
  /** One plain sentence on what was found or is waited for. */
  tell(says: string): void
  /** What to open, and what to type there. */
  showSignIn(page: SignInPage): void
}

export type Choices = readonly { readonly value: string; readonly says: string }[]

/** What there is only one of needs no question. */
export async function chosenOf(person: Person, question: string, choices: Choices): Promise<string | null> {
  return choices.length === 1 ? choices[0]!.value : await person.choose(question, choices)
}

/** A page where the person signs in. */
export interface SignInPage {
  readonly url: string
  /** The address that fills the code in; null where there is none. */
  readonly filledIn: string | null
  /** What to type or compare there; null where the page comes back by itself. */
  readonly userCode: string | null
  /** Whether a browser was opened on it. */
  readonly opened: boolean
}

/** What a sign-in needs of the computer besides its files. */
export interface Doors {
  /** Whether a browser can be opened that reaches this computer's loopback address. */
  hasBrowser(machine: Machine): boolean
  /** Opens a page; false when that was not possible. */
  openBrowser(machine: Machine, url: string): boolean
  /** Begins to listen on a free port of 127.0.0.1 for the answer of the authorization server. */
  awaitRedirect(state: string): Promise<RedirectDoor>
  pause(ms: number): Promise<void>
}

export interface RedirectDoor {
  /** `http://127.0.0.1:PORT/oauth/callback` */
  readonly redirectUri: string
  /** What comes back with the right state; `timed-out` after ten minutes, as in the AWS CLI (`AuthCodeFetcher`). */
  readonly answer: Promise<
    | { readonly kind: 'code'; readonly code: string }
    | { readonly kind: 'error'; readonly error: string }
    | { readonly kind: 'timed-out' }
  >
  close(): void
}

/** Why there is no session. An expected end, not an error. */
export interface Refused {
  readonly kind: 'refused'
  readonly reason: RefusedReason
  /** One or two plain sentences without secrets. */
  readonly says: string
  /** What to do; null where that is said already. */
  readonly hint: string | null
}

export type RefusedReason =
  /** Nobody is there to be asked, or they gave nothing. */
  | 'no-answer'
  /** What was asked for is outside of what AWS gives. */
  | 'usage'
  /** GetSessionToken cannot be called with a session. */
  | 'source-is-temporary'
  | 'no-credentials'
  /** AWS does not take the keys that login starts from. */
  | 'keys-refused'
  /** The device cannot give codes for the API. */
  | 'device-unusable'
  | 'serial-wrong'
  | 'code-wrong'
  | 'clock'
  /** AWS or IAM Identity Center said no for another reason. */
  | 'denied'
  /** The sign-in page was not used in time, or the person said no there. */
  | 'not-signed-in'
  /** Its session is over, and only its own program makes a new one. */
  | 'session-over'
  | 'unreachable'

export function refused(reason: RefusedReason, says: string, hint: string | null = null): Refused {
  return { kind: 'refused', reason, says, hint }
}

/** @param why who decides instead */
export function noDuration(why: string): Refused {
  return refused('usage', `--duration has no effect here: ${why}.`)
}

/** A failed call in the words of a login. */
export function refusedBecause(failure: Failed, profile: string): Refused {
  // The name of an operation stays as it is written: `sts:AssumeRole`.
  const says = `${failure.because.replace(/^[a-z](?=[a-z]* )/, (first) => first.toUpperCase())}.`
  if (failure.reason === 'unreachable' || failure.reason === 'unavailable') return refused('unreachable', says)
  const code = failure.refusal?.code
  const keys = code !== undefined && keyRefusals.test(code)
  return refused(
    keys ? 'keys-refused' : 'denied',
    says,
    `countersign check ${profileWord(profile)} looks for the cause.`,
  )
}

/** The codes with which AWS says that it does not take who signed (errors reference §1). */
const keyRefusals =
  /^(InvalidClientTokenId|SignatureDoesNotMatch|InvalidAccessKeyId|UnrecognizedClient\w*|ExpiredToken\w*|IncompleteSignature|MissingAuthenticationToken)$/
