import { maskAccessKeyId, parseAccessKeyId } from '../../anatomy/access-key-id.ts'
import { readSessionToken } from '../../anatomy/session-token.ts'
import type { ChainStep, Trace } from '../chains/trace.ts'
import type { Credential } from '../sources/credential.ts'
import type { CredentialShape } from './verdict.ts'
import { instantWords } from './words.ts'

/** What may be told of a credential: shapes and places, never values. */
export function shapeOf(credential: Credential): CredentialShape {
  const { value } = credential.accessKeyId
  // Between quotes, blanks or a comment the key id is still what a person knows the key by.
  const id = /(?<![A-Z0-9])A[KS]IA[A-Z2-7]{16}(?![A-Z0-9])/.exec(value)?.[0] ?? value.trim()
  const key = parseAccessKeyId(id)
  const { at } = credential.accessKeyId
  const token =
    credential.sessionToken === null ? null : readSessionToken(credential.sessionToken.value.reveal().trim())
  const kind = key === null || key.kind === 'other' ? 'unknown' : key.kind
  return {
    accessKeyId: maskAccessKeyId(id),
    kind,
    account: key?.account ?? token?.account ?? accountIn(credential),
    sessionToken: {
      present: credential.sessionToken !== null,
      issuedAt: token?.issuedAt == null ? null : instantWords(token.issuedAt),
      version: token?.version ?? null,
      region: token?.region ?? null,
    },
    expiration: credential.expiration === null ? null : instantWords(credential.expiration.value),
    source: {
      provider: credential.provider,
      profile: credential.profile,
      file: 'file' in at ? at.file : null,
      line: 'line' in at ? at.line : null,
      column: 'column' in at ? at.column : null,
      variable: 'variable' in at ? at.variable : null,
    },
  }
}

function accountIn({ accountId }: Credential): string | null {
  return accountId !== null && /^\d{12}$/.test(accountId.value) ? accountId.value : null
}

/** The shape of a source that is only asked later: a role, SSO, a process, a container or instance role. */
function shapeOfLater(step: ChainStep, profile: string): CredentialShape {
  const { at } = step
  const inProfile = !['env', 'container-role', 'iam-role', 'ec2-credentials-file', 'boto-config'].includes(
    step.provider,
  )
  return {
    accessKeyId: null,
    kind: 'temporary',
    account: null,
    sessionToken: { present: false, issuedAt: null, version: null, region: null },
    expiration: null,
    source: {
      provider: step.provider,
      profile: inProfile ? profile : null,
      file: at !== null && 'file' in at ? at.file : null,
      line: at !== null && 'line' in at ? at.line : null,
      column: at !== null && 'column' in at ? at.column : null,
      variable: at !== null && 'variable' in at ? at.variable : null,
    },
  }
}

/** What the winner of a chain is; null when there is none. */
export function winnerShape(trace: Trace): CredentialShape | null {
  const { winner, profile } = trace
  if (winner === null) return null
  if (winner.credential === null) return shapeOfLater(winner, profile.name)
  const shape = shapeOf(winner.credential)
  // What a plan gave stands nowhere on the machine: its source is what led to the plan.
  return winner.plan === null ? shape : { ...shape, source: shapeOfLater(winner, profile.name).source }
}
