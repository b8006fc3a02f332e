import type { CauseId } from '../../cause-ids.ts'
import type { Refusal } from '../model/refusal.ts'

/** The cause that a refusal means by itself, for those rooms that had nothing more exact to say. */
const causes: { readonly [R in Refusal['reason']]?: CauseId } = {
  unsigned: 'authorization-missing',
  'parts-missing': 'authorization-missing',
  'signature-expired': 'clock-skew',
  'signature-not-yet-current': 'clock-skew',
  'scope-wrong': 'signing-scope-wrong',
  'algorithm-unsupported': 'old-signing',
  'key-unknown': 'key-unknown',
  'key-inactive': 'key-inactive',
  'key-deleted': 'key-deleted',
  'key-not-propagated': 'key-not-propagated',
  'key-of-other-partition': 'other-partition',
  'region-not-enabled': 'region-not-enabled',
  'token-of-global-endpoint': 'v1-token-in-opt-in-region',
  'sts-region-deactivated': 'sts-region-deactivated',
  'signature-mismatch': 'secret-wrong',
  'token-missing': 'session-token-missing',
  'token-unexpected': 'stale-session-token',
  'token-empty': 'session-token-empty',
  'token-malformed': 'session-token-cut',
  'token-of-other-key': 'mixed-sessions',
  'token-expired': 'session-expired',
  'parent-gone': 'session-parent-gone',
  'session-barred': 'session-without-mfa',
  'duration-exceeds-role': 'duration-too-long',
  'duration-exceeds-chaining': 'duration-too-long',
  'not-authorized': 'permission-missing',
  'called-with-session': 'session-from-session',
  'mfa-code-wrong': 'mfa-code-wrong',
  'mfa-code-used': 'mfa-code-wrong',
  'mfa-codes-wrong': 'mfa-code-wrong',
  'mfa-serial-wrong': 'mfa-serial-wrong',
  // `mfa-pair-incomplete` has none: nothing that was given is wrong (C74, C75), and no policy asked for it (C73).
  'key-not-visible': 'permission-missing',
  'entity-exists': 'quota-or-conflict',
  'limit-exceeded': 'quota-or-conflict',
  'delete-conflict': 'quota-or-conflict',
  'concurrent-modification': 'quota-or-conflict',
  'identity-token-invalid': 'oidc-token-invalid',
  'identity-token-expired': 'oidc-token-invalid',
  'identity-token-too-old': 'oidc-token-invalid',
  'identity-provider-rejects': 'oidc-token-invalid',
  'identity-provider-unreachable': 'oidc-token-invalid',
  'federation-not-authorized': 'oidc-trust-mismatch',
}

/** The cause id of a refusal for the decision log; null where the vocabulary has none (a plain mistake in a parameter). */
export function causeOf(refusal: Refusal): CauseId | null {
  return refusal.cause ?? causes[refusal.reason] ?? causeOfConstraints(refusal)
}

/**
 * What was given in a member and cannot be its value, where the vocabulary names that: a code that is not six digits is a wrong
 * code (`causes.md` C75). A member that is missing was not given; it stays a plain mistake.
 */
const causesOfMembers: Readonly<Record<string, CauseId>> = {
  tokenCode: 'mfa-code-wrong',
  authenticationCode1: 'mfa-code-wrong',
  authenticationCode2: 'mfa-code-wrong',
}

function causeOfConstraints(refusal: Refusal): CauseId | null {
  if (refusal.reason !== 'constraints') return null
  for (const { path, value } of refusal.violations) {
    const cause = causesOfMembers[path]
    if (cause !== undefined && value !== null) return cause
  }
  return null
}
