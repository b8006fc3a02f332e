import type {
  AsymmetricSigningKey,
  Authorization,
  ReadAuthorization,
  SignableRequest,
  SigningKey,
} from '../../signature/index.ts'
import type { Directory } from '../directory/directory.ts'
import type { Principal, SessionClaims } from '../model/principal.ts'
import type { Refusal } from '../model/refusal.ts'
import type { SessionRing } from '../sessions/ring.ts'
import type { TryBudget } from './implied-request.ts'
import type { SigningKeys } from './signing-keys.ts'

/** The services whose requests are known here, as credential scopes name them. */
export const signedServices = ['sts', 'iam', 'ec2', 'account', 'sso', 'identitystore'] as const
export type SignedService = (typeof signedServices)[number]

/** One call that wants to know whether it is who it says. */
export interface Call {
  readonly request: SignableRequest
  /** SHA-256 of the request's body in hexadecimal digits, where it is known already. */
  readonly bodyHash?: string | undefined
  /** The AWS service to which the call's `Action` and `Version` belong; null when the request does not tell. */
  readonly service: SignedService | null
  /** The call's `Action`; empty when there is none. */
  readonly operation: string
}

/** What the authority knows at this moment. */
export interface Knowledge {
  /** The directory by which requests are judged; late where propagation is simulated. */
  readonly directory: Directory
  /** The directory as it is, to tell a key that is not known yet from one that never was. */
  readonly present: Directory
  readonly sessions: SessionRing
  /** Milliseconds since the epoch, by the authority's clock. */
  readonly now: number
}

/** What the checks have found out so far about one call; each check may rely on what the ones before it set. */
export interface Examination {
  readonly call: Call
  readonly knowledge: Knowledge
  readonly toleranceMinutes: number
  readonly signingKeys: SigningKeys<SigningKey | AsymmetricSigningKey>
  /** For finding out what was signed where a signature does not match. */
  readonly tries: TryBudget
  readonly authorization: Authorization
  accessKeyId: string | null
  region: string | null
  /** The secret to verify with; null until the key or the session is known. */
  secret: string | null
  session: SessionClaims | null
  principal: Principal | null
}

/** Null when the check passes, else why not. */
export type Check = (examination: Examination) => Refusal | null

/** The authorization after the check of its form. */
export function readOf(examination: Examination): ReadAuthorization {
  return examination.authorization as ReadAuthorization
}
