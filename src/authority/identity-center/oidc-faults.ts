import type { CauseId } from '../../cause-ids.ts'
import { type Asked, json, refused, type Told } from '../sign-in/replies.ts'
import type { OwnReply } from '../wire/index.ts'

/** Why the OIDC endpoints say no. */
export type OidcReason = keyof typeof table

/** The exception, the status and OAuth's `error` of each (service model sso-oidc 2019-06-10; RFC 6749 §5.2, RFC 8628 §3.5). */
const table = {
  'authorization-pending': ['AuthorizationPendingException', 400, 'authorization_pending'],
  'slow-down': ['SlowDownException', 400, 'slow_down'],
  'expired-token': ['ExpiredTokenException', 400, 'expired_token'],
  'access-denied': ['AccessDeniedException', 400, 'access_denied'],
  'invalid-grant': ['InvalidGrantException', 400, 'invalid_grant'],
  'invalid-client': ['InvalidClientException', 401, 'invalid_client'],
  'invalid-request': ['InvalidRequestException', 400, 'invalid_request'],
  'invalid-scope': ['InvalidScopeException', 400, 'invalid_scope'],
  'unauthorized-client': ['UnauthorizedClientException', 400, 'unauthorized_client'],
  'unsupported-grant-type': ['UnsupportedGrantTypeException', 400, 'unsupported_grant_type'],
  'invalid-redirect-uri': ['InvalidRedirectUriException', 400, 'invalid_redirect_uri'],
  'invalid-client-metadata': ['InvalidClientMetadataException', 400, 'invalid_client_metadata'],
  'server-error': ['InternalServerException', 500, 'server_error'],
} as const

export interface OidcRefusal {
  readonly refused: OidcReason
  /** A sentence for whoever reads the reply. */
  readonly says: string
  readonly cause: CauseId | null
}

export interface OidcFault {
  readonly code: string
  readonly status: number
  readonly error: string
}

export function oidcRefusal(refused: OidcReason, says: string, cause: CauseId | null = null): OidcRefusal {
  return { refused, says, cause }
}

export function isRefusal(value: unknown): value is OidcRefusal {
  return typeof value === 'object' && value !== null && 'refused' in value
}

export function oidcFault(reason: OidcReason): OidcFault {
  const [code, status, error] = table[reason]
  return { code, status, error }
}

/** A refusal of the OIDC endpoints, with what SDKs choose their exception by. */
export function refuseOidc(asked: Asked, refusal: OidcRefusal, told: Told = {}): OwnReply {
  const { code, status, error } = oidcFault(refusal.refused)
  // Whoever waits for a person asks every second: that is no refusal that anybody would look for.
  const decision =
    refusal.refused === 'authorization-pending'
      ? null
      : refused(
          asked,
          { status, code, reason: refusal.refused, cause: refusal.cause },
          { ...told, evidence: [refusal.says] },
        )
  const body = { error, error_description: refusal.says }
  return json(status, body, decision, ['x-amzn-ErrorType', code])
}
