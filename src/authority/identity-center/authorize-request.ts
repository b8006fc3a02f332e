import { type Client, clientOf, isRegisteredUri, mayUse, portalScope } from './clients.ts'
import type { Ground } from './ground.ts'

/** What a program asks for by the browser (RFC 6749 §4.1.1 with RFC 7636; AWS CLI, `SSOTokenFetcherAuth`). */
export type AuthorizeRequest =
  | {
      readonly kind: 'good'
      readonly client: Client
      readonly redirectUri: string
      readonly state: string | null
      readonly challenge: string
    }
  /** Told to the program, by its own address. */
  | {
      readonly kind: 'bad'
      readonly redirectUri: string
      readonly state: string | null
      readonly error: string
      readonly says: string
    }
  /** Told to the person: where a program cannot be trusted, nobody is sent there (RFC 6749 §4.1.2.1). */
  | { readonly kind: 'untrusted'; readonly says: string }

/** AWS's clients send `scopes`, OAuth calls it `scope`. */
export function readAuthorizeRequest(query: string, ground: Ground): AuthorizeRequest {
  const parameters = new URLSearchParams(query)
  for (const name of new Set(parameters.keys()))
    if (parameters.getAll(name).length > 1) return { kind: 'untrusted', says: `${name.slice(0, 64)} is given twice.` }
  const client = clientOf(parameters.get('client_id') ?? '', ground)
  if (client === null) return { kind: 'untrusted', says: 'The program is not known here, or its registration is over.' }
  const redirectUri = parameters.get('redirect_uri') ?? ''
  if (redirectUri.length > 2048 || !isRegisteredUri(client, redirectUri))
    return { kind: 'untrusted', says: 'The program wants the answer at an address that it did not register.' }
  const state = parameters.get('state')
  const bad = (error: string, says: string): AuthorizeRequest => ({ kind: 'bad', redirectUri, state, error, says })
  if (!mayUse(client, 'authorization_code'))
    return bad('unauthorized_client', 'The client did not register for the grant authorization_code.')
  if (parameters.get('response_type') !== 'code') return bad('unsupported_response_type', 'response_type must be code.')
  if (state !== null && state.length > 2048) return bad('invalid_request', 'state is longer than 2048 characters.')
  const challenge = parameters.get('code_challenge') ?? ''
  if (parameters.get('code_challenge_method') !== 'S256' || !/^[\w-]{43}$/.test(challenge))
    return bad('invalid_request', 'A code_challenge of the method S256 is needed.')
  const scopes = (parameters.get('scopes') ?? parameters.get('scope') ?? '').split(/[\s,]+/).filter((one) => one !== '')
  if (scopes.some((scope) => scope !== portalScope || !client.scopes.includes(scope)))
    return bad('invalid_scope', 'The client did not register for these scopes.')
  return { kind: 'good', client, redirectUri, state, challenge }
}

/** The program's address with the answer. */
export function redirectTo(uri: string, answer: Readonly<Record<string, string | null>>): string {
  const url = new URL(uri)
  for (const [name, value] of Object.entries(answer)) if (value !== null) url.searchParams.set(name, value)
  return url.href
}
