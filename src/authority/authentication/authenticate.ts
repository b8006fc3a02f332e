import { type AsymmetricSigningKey, readAuthorization, type SigningKey } from '../../signature/index.ts'
import type { Principal } from '../model/principal.ts'
import type { Refusal } from '../model/refusal.ts'
import {
  keyIsKnown,
  longTermKeyHasNoToken,
  sessionIsGenuine,
  sessionMayCall,
  signatureMatches,
} from './checks-of-credentials.ts'
import {
  algorithmIsKnown,
  authorizationIsComplete,
  clockIsRight,
  credentialHasFiveParts,
  dateIsReadable,
  hostIsSigned,
  oneAuthentication,
  scopeIsRight,
  somethingIsPresent,
} from './checks-of-form.ts'
import {
  type Call,
  type Check,
  type Examination,
  type Knowledge,
  type SignedService,
  signedServices,
} from './examination.ts'
import { createTryBudget } from './implied-request.ts'
import { createSigningKeys } from './signing-keys.ts'

interface Learned {
  /** Names of the checks that passed, in order. */
  readonly checks: readonly string[]
  /** Null where what stands in its place could be anything, also a secret. */
  readonly accessKeyId: string | null
  readonly region: string | null
  /** The service of the scope, where it is one that is known here. */
  readonly service: SignedService | null
}

export type Authenticated = Learned & ({ readonly principal: Principal } | { readonly refused: Refusal })

export interface Authenticator {
  /** Runs all checks. The request's body must be there whole. */
  authenticate(call: Call, knowledge: Knowledge): Authenticated
  /**
   * Runs the checks that need no body: gives what would refuse the request whatever its body is, so that nobody has to read
   * a large body of a caller who is not known here. Null when the rest has to be seen.
   */
  refuseHead(call: Call, knowledge: Knowledge): Authenticated | null
}

/**
 * AWS's order of checks; the first that fails answers. For a temporary key the session comes before the signature, because the
 * secret is in the token; for a long-term key a token is looked at after it. Source: `authority.md` §2.1 (dynalite's record).
 */
const checks: readonly (readonly [name: string, check: Check])[] = [
  ['authentication-present', somethingIsPresent],
  ['one-authentication', oneAuthentication],
  ['authorization-complete', authorizationIsComplete],
  ['date', dateIsReadable],
  ['clock', clockIsRight],
  ['host-signed', hostIsSigned],
  ['algorithm', algorithmIsKnown],
  ['credential', credentialHasFiveParts],
  ['scope', scopeIsRight],
  ['key', keyIsKnown],
  ['session', sessionIsGenuine],
  ['signature', signatureMatches],
  ['no-token', longTermKeyHasNoToken],
  ['session-scope', sessionMayCall],
]

const names: readonly (readonly string[])[] = checks.map((_, count) => checks.slice(0, count).map(([name]) => name))
/** In the order in which they are made. */
export const checkNames: readonly string[] = checks.map(([name]) => name)
const needsBody = checks.findIndex(([name]) => name === 'signature')

export function createAuthenticator(options: { readonly toleranceMinutes?: number } = {}): Authenticator {
  const toleranceMinutes = options.toleranceMinutes ?? 15
  const signingKeys = createSigningKeys<SigningKey | AsymmetricSigningKey>()
  const tries = createTryBudget()

  function examine(call: Call, knowledge: Knowledge, until: number): Authenticated | null {
    const examination: Examination = {
      call,
      knowledge,
      toleranceMinutes,
      signingKeys,
      tries,
      authorization: readAuthorization(call.request),
      accessKeyId: null,
      region: null,
      secret: null,
      session: null,
      principal: null,
    }
    for (let index = 0; index < until; index++) {
      const refused = checks[index]![1](examination)
      if (refused !== null) return conclude(examination, names[index]!, refused)
    }
    return until < checks.length ? null : conclude(examination, checkNames, null)
  }

  return {
    authenticate: (call, knowledge) => examine(call, knowledge, checks.length)!,
    refuseHead: (call, knowledge) => examine(call, knowledge, needsBody),
  }
}

function conclude(examination: Examination, passed: readonly string[], refused: Refusal | null): Authenticated {
  const { authorization, principal } = examination
  const scope = authorization.kind === 'read' ? authorization.scope : null
  const accessKeyId = examination.accessKeyId ?? printableKeyId(scope?.accessKeyId)
  const region = examination.region ?? printableRegion(scope?.region)
  const service = signedServices.find((name) => name === scope?.service) ?? null
  return refused === null
    ? { checks: passed, accessKeyId, region, service, principal: principal! }
    : { checks: passed, accessKeyId, region, service, refused }
}

/** A key id is no secret, but a secret may have been put in its place: only what can be no secret is kept for the log. */
function printableKeyId(text: string | undefined): string | null {
  return text !== undefined && /^[A-Z0-9]{16,32}$/.test(text) ? text : null
}

function printableRegion(text: string | undefined): string | null {
  return text !== undefined && /^[a-z0-9-]{1,32}$/.test(text) ? text : null
}
