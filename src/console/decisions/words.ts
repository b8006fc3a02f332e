/** The checks of the authority by name, as a person would ask them. */
const checks: Readonly<Record<string, string>> = {
  'authentication-present': 'Is the request signed at all?',
  'one-authentication': 'Is it signed in one way only?',
  'authorization-complete': 'Does the signature have all its parts?',
  date: 'Can its time be read?',
  clock: 'Is its time close enough to now?',
  'host-signed': 'Is the host part of what was signed?',
  algorithm: 'Is it signed by an algorithm that is known here?',
  credential: 'Does the credential have its five parts?',
  scope: 'Is it signed for this region, service and day?',
  key: 'Is the access key known and active?',
  session: 'Is the session token genuine, whole, and still good?',
  signature: 'Does the signature match what was received?',
  'no-token': 'Is a long-term key used without a session token?',
  'session-scope': 'May this kind of session make this call?',
  'console-session': 'Is somebody signed in here?',
  // What is judged after all of these has the name of the refusal.
  'no-such-path': 'Did it come to the path of an API?',
  'method-not-allowed': 'Did it come by a method of that API?',
  'not-authorized': 'Do the policies allow it?',
  'other-account': 'Is it about the caller’s own account?',
  'root-may-not-assume': 'May the root user do this?',
  'called-with-session': 'May this be called with a session?',
  'action-missing': 'Does the request name an operation?',
  'action-unknown': 'Is there such an operation?',
  constraints: 'Are the parameters as the operation wants them?',
  'invalid-parameter': 'Are the parameters as the operation wants them?',
  'invalid-input': 'Are the parameters as the operation wants them?',
  'input-malformed': 'Can the parameters be read?',
  'mfa-code-wrong': 'Is the one-time code right?',
  'mfa-code-used': 'Is the one-time code fresh?',
  'mfa-serial-wrong': 'Is there such an MFA device?',
  'mfa-pair-incomplete': 'Are serial number and code both there?',
  'duration-exceeds-role': 'May a session of this role be that long?',
  'duration-exceeds-chaining': 'May a session of a session be that long?',
  'no-such-entity': 'Is what was asked for there?',
  'entity-exists': 'Is the name still free?',
  'limit-exceeded': 'Is there room for one more?',
  'delete-conflict': 'Can it be deleted?',
}

export function checkWords(name: string): string {
  return checks[name] ?? name.replaceAll('-', ' ')
}

/** `iam:ListUsers`; what a request did not say is left out. */
export function operationWords({
  service,
  operation,
}: {
  readonly service: string
  readonly operation: string
}): string {
  return operation === '' ? `${service}: no operation` : `${service}:${operation}`
}

/** `user/alice` of an ARN, which is what tells people of one account apart. */
export function shortPrincipal(arn: string): string {
  return arn.split(':').slice(5).join(':') || arn
}

/** A whole sentence of an evidence: `the access key is there, but inactive`. */
export function sentence(text: string): string {
  const begun = /^[a-z]+[ ,]/.test(text) ? text.slice(0, 1).toUpperCase() + text.slice(1) : text
  return /[.!?:]["”]?$/.test(begun) ? begun : `${begun}.`
}

export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`
}
