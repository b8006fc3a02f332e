import type { CommandOutcome, FileReading, Machine, OutgoingRequest } from './machine.ts'

/* A recorded machine as redacted data: what `support-bundle.ts` writes and `replay.ts` reads. */

/** The schema that this version writes and reads. */
export const bundleSchema = 'countersign.machine/1'

/** What was asked when the machine was recorded. */
export interface BundleQuestion {
  readonly sdk: string
  readonly profile: string | null
  readonly region: string | null
  readonly endpointUrl: string | null
  readonly withProfile: string | null
  readonly offline: boolean
  readonly exec: boolean
  /** Whether leave was given for what is not asked without it. */
  readonly leave: boolean
}

export type BundleFile =
  | {
      readonly path: string
      readonly state: 'found'
      readonly modifiedAt: string
      readonly mode: string | null
      /** `bytes`: what is no text in UTF-8 or UTF-16; its lines are Latin-1. */
      readonly encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | 'bytes'
      /** With their line ends. */
      readonly lines: readonly string[]
    }
  | { readonly path: string; readonly state: 'absent' }
  | {
      readonly path: string
      readonly state: 'unreadable'
      readonly because: Extract<FileReading, { kind: 'unreadable' }>['because']
      readonly detail: string
    }

/** By what a request of a replay is known again. */
export interface Likeness {
  readonly method: string
  readonly url: string
  readonly operation: string
  /** The access key id in the clear, and eight characters of the session token's twin; null for none. */
  readonly keyId: string | null
  readonly token: string | null
}

export type BundleReply = Likeness & {
  /** What the machine's clock showed when it came. */
  readonly clock: string
  readonly reply:
    | {
        readonly status: number
        readonly headers: readonly (readonly [name: string, value: string])[]
        readonly body: string
        readonly receivedAt: string
      }
    | { readonly error: string; readonly message: string }
}

export interface BundleProgram {
  /** Words or the shell's line, as JSON. */
  readonly line: string
  readonly outcome: CommandOutcome
}

/** A machine as redacted data. */
export interface Bundle {
  readonly schema: typeof bundleSchema
  /** For the person who sends it. */
  readonly holds: readonly string[]
  readonly question: BundleQuestion
  readonly platform: Machine['platform']
  readonly cwd: string
  readonly userHome: string | null
  readonly clock: string
  readonly variables: Readonly<Record<string, string>>
  /** Variables that are set and that no rule looks at: only their number. */
  readonly otherVariables: number
  readonly files: readonly BundleFile[]
  readonly directories: readonly { readonly path: string; readonly names: readonly string[] }[]
  readonly processes: readonly { readonly id: number; readonly name: string; readonly startedAt: string | null }[]
  readonly programs: readonly BundleProgram[]
  readonly replies: readonly BundleReply[]
}

/** Eight characters of a session token's inside: its end is its date, which others have as well. */
export function tokenMark(token: string): string {
  return token.length < 64 ? token : token.slice(-40, -32)
}

/** What a request of a replay has in common with the recorded one: everything but times and signatures. */
export function likenessOf(request: OutgoingRequest): Likeness {
  const header = (name: string): string | null =>
    request.headers.find(([each]) => each.toLowerCase() === name)?.[1] ?? null
  const action = /(?:^|&)Action=(\w+)/.exec(request.body)?.[1] ?? header('x-amz-target') ?? ''
  const named = /(?:AccessKeyId|RoleArn|UserName)=([^&]+)/.exec(request.body)?.[1]
  return {
    method: request.method,
    url: request.url,
    operation: named === undefined ? action : `${action} ${decodeURIComponent(named)}`,
    keyId: /Credential=([^/,\s]+)\//.exec(header('authorization') ?? '')?.[1] ?? null,
    token: header('x-amz-security-token'),
  }
}
