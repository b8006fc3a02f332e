import type { CauseId } from '../../../cause-ids.ts'
import type { AnswerFamily } from '../answers.ts'
import { cure, evidence } from '../causes/cause.ts'
import { type Commands, command, everywhere, noCommands, unsetVariables } from '../shells.ts'
import type { Finding } from '../verdict.ts'
import { credentialVariables } from '../words.ts'
import type { ErrorText } from './index.ts'

/** What the decision table needs to know of a credential. */
export interface CredentialKind {
  readonly key: 'long-term' | 'temporary' | null
  readonly token: boolean
}

/** `errors.md` §1.11: first suspects by the step that refused and the shape of the credential, in order. */
const suspects: Readonly<
  Partial<Record<AnswerFamily, Readonly<Record<'plain' | 'stale' | 'tokenless' | 'session', readonly CauseId[]>>>>
> = {
  'not-accepted': {
    plain: [
      'key-unknown',
      'key-inactive',
      'key-deleted',
      'other-partition',
      'region-not-enabled',
      'key-not-propagated',
      'endpoint-override',
    ],
    stale: ['stale-session-token', 'key-unknown'],
    tokenless: ['session-token-missing'],
    session: [
      'session-expired',
      'mixed-sessions',
      'v1-token-in-opt-in-region',
      'session-without-mfa',
      'session-token-cut',
      'session-parent-gone',
      'other-partition',
    ],
  },
  signature: {
    plain: ['secret-wrong', 'secret-mangled', 'surrounding-whitespace', 'quoted-value', 'request-altered'],
    stale: ['secret-wrong', 'secret-mangled', 'request-altered'],
    tokenless: ['secret-wrong'],
    session: ['mixed-sessions', 'secret-wrong', 'request-altered'],
  },
  clock: {
    plain: ['clock-skew', 'request-delayed'],
    stale: ['clock-skew'],
    tokenless: ['clock-skew'],
    session: ['clock-skew', 'request-delayed'],
  },
  expired: {
    plain: [],
    stale: ['stale-session-token', 'session-expired'],
    tokenless: ['session-expired'],
    session: ['session-expired', 'stale-process'],
  },
  malformed: {
    plain: ['id-secret-swapped', 'surrounding-whitespace', 'inline-comment', 'base64-wrapped', 'placeholder-value'],
    stale: ['id-secret-swapped', 'surrounding-whitespace', 'inline-comment'],
    tokenless: ['id-secret-swapped', 'surrounding-whitespace', 'inline-comment'],
    session: ['surrounding-whitespace', 'session-token-cut', 'id-secret-swapped', 'inline-comment'],
  },
  missing: {
    plain: ['authorization-missing', 'no-credentials'],
    stale: ['authorization-missing', 'no-credentials'],
    tokenless: ['authorization-missing', 'no-credentials'],
    session: ['authorization-missing', 'no-credentials'],
  },
  denied: {
    plain: ['permission-missing', 'mfa-required', 'explicitly-denied'],
    stale: ['permission-missing', 'mfa-required', 'explicitly-denied'],
    tokenless: ['permission-missing', 'explicitly-denied'],
    session: ['permission-missing', 'explicitly-denied'],
  },
}

/** Causes that the local rules decide for certain: not found on the examined machine means that they are not there. */
const decidedLocally: ReadonlySet<CauseId> = new Set([
  'id-secret-swapped',
  'placeholder-value',
  'surrounding-whitespace',
  'invisible-character',
  'quoted-value',
  'inline-comment',
  'base64-wrapped',
  'stale-session-token',
  'session-token-missing',
  'secret-mangled',
  'session-token-cut',
])

/**
 * The suspects that an error text leaves, for want of better evidence. `local` is what would be used on this machine; without
 * it the text's own key id is asked, else all shapes are taken together.
 */
export function suspectsOf(
  { error, plain, whole }: ErrorText,
  families: readonly AnswerFamily[],
  local: CredentialKind | null,
): readonly Finding[] {
  const columns = columnsFor(local, whole, plain, families).filter(fitting(error?.code ?? ''))
  const known = local?.key != null
  const ids = new Set<CauseId>()
  for (const family of families) {
    const row = suspects[family]
    if (row === undefined) continue
    const lists = columns.map((column) => row[column])
    // Side by side: the first suspects of every shape come before the second ones of any.
    for (let rank = 0; rank < Math.max(0, ...lists.map((list) => list.length)); rank += 1) {
      for (const list of lists) if (list[rank] !== undefined) ids.add(list[rank]!)
    }
  }
  const issuing = error?.service === null || error?.service === 'iam' || error?.service === 'sts'
  return [...ids]
    .filter((id) => !(known && decidedLocally.has(id)))
    .filter((id) => id !== 'session-without-mfa' || issuing)
    .map((id) => suspicion(id))
}

/** S3 answers InvalidToken to a token that it was sent, never to a missing one. */
function fitting(code: string): (column: Column) => boolean {
  return (column) => code !== 'InvalidToken' || column === 'stale' || column === 'session'
}

type Column = 'plain' | 'stale' | 'tokenless' | 'session'

function columnsFor(
  local: CredentialKind | null,
  whole: string,
  plain: string,
  families: readonly AnswerFamily[],
): readonly Column[] {
  if (local?.key === 'long-term') return [local.token ? 'stale' : 'plain']
  if (local?.key === 'temporary') return [local.token ? 'session' : 'tokenless']
  const inText = /(?<![A-Z0-9])(AKIA|ASIA)[A-Z0-9]{12,}/.exec(whole)?.[1]
  if (inText === 'AKIA') return ['plain', 'stale']
  if (inText === 'ASIA') return ['tokenless', 'session']
  if (!families.includes('not-accepted')) return ['plain', 'session']
  // A weak hint: front ends seem to write the stop when the key was not found, and leave it out when the token did not fit.
  return /invalid\.\s*$/.test(plain)
    ? ['plain', 'tokenless', 'stale', 'session']
    : ['tokenless', 'plain', 'stale', 'session']
}

interface Suspicion {
  readonly title: string
  readonly says: string
  readonly fix: string
  readonly commands?: Commands
}

const whoAmI = command('aws', 'sts', 'get-caller-identity')
const listAws: Commands = {
  bash: ["env | grep '^AWS_' | sed -E 's/(KEY|TOKEN)=(.{4}).*/\\1=\\2…/'"],
  fish: ["env | grep '^AWS_' | sed -E 's/(KEY|TOKEN)=(.{4}).*/\\1=\\2…/'"],
  powershell: ["gci Env:AWS_* | % { $_.Name + '=' + $_.Value.Substring(0,[Math]::Min(4,$_.Value.Length)) + '…' }"],
  cmd: ['set AWS_PROFILE & set AWS_ACCESS_KEY_ID'],
}
const check = everywhere('countersign check')

const suspicions: Readonly<Partial<Record<CauseId, Suspicion>>> = {
  'key-unknown': {
    title: 'The key id is unknown to AWS: mistyped, or of another account',
    says: 'AWS gives this answer for a key id that it does not know',
    fix: 'Compare the key id with the one in IAM (your user, Security credentials)',
    commands: listAws,
  },
  'key-inactive': {
    title: 'The access key is switched off (Inactive)',
    says: 'A key that is switched off gives the same answer as an unknown one',
    fix: 'In the IAM console open your user, Security credentials, and look whether the key is Active',
    commands: command('aws', 'iam', 'list-access-keys', '--user-name', 'NAME', '--profile', 'ADMIN'),
  },
  'key-deleted': {
    title: 'The access key was deleted, or its user was',
    says: 'A deleted key gives the same answer as an unknown one',
    fix: 'Make a new key (IAM, Users, your user, Security credentials, Create access key) and store it wherever the old one stands',
    commands: command('aws', 'configure'),
  },
  'other-partition': {
    title: 'The key belongs to another partition (China, GovCloud, European Sovereign Cloud)',
    says: 'Keys of one partition are unknown in every other',
    fix: 'Use a region of the partition that the key is from',
    commands: command('aws', 'configure', 'get', 'region'),
  },
  'region-not-enabled': {
    title: 'The region is not switched on for the account',
    says: 'In a region that was not switched on, AWS does not know the account’s keys',
    fix: 'Try the same key in a default region',
    commands: command('aws', 'sts', 'get-caller-identity', '--region', 'us-east-1'),
  },
  'key-not-propagated': {
    title: 'The key is only seconds old',
    says: 'A new key needs up to a minute until all of AWS knows it',
    fix: 'Wait a little and try again',
    commands: whoAmI,
  },
  'endpoint-override': {
    title: 'The request went to another endpoint than was meant',
    says: 'AWS_ENDPOINT_URL or endpoint_url can send requests to an emulator, or an emulator’s keys can reach AWS',
    fix: 'Look where requests go',
    commands: listAws,
  },
  'stale-session-token': {
    title: 'A leftover session token is sent with a long-term key',
    says: 'A key that begins with AKIA works only without a session token',
    fix: 'Take the session token away',
    commands: unsetVariables(['AWS_SESSION_TOKEN', 'AWS_SECURITY_TOKEN']),
  },
  'session-token-missing': {
    title: 'The session token is missing',
    says: 'A key that begins with ASIA works only together with its session token',
    fix: 'Set all three values: key id, secret key and session token',
    commands: check,
  },
  'session-expired': {
    title: 'The session has expired',
    says: 'Temporary keys (ASIA) end after 15 minutes to 36 hours; long after their end this is the answer',
    fix: 'Get a new session the way you got the old one, and replace all three values',
    commands: check,
  },
  'mixed-sessions': {
    title: 'Key, secret and token come from different sessions',
    says: 'All three values belong together',
    fix: 'Set all three values again from one session',
    commands: unsetVariables(credentialVariables),
  },
  'v1-token-in-opt-in-region': {
    title: 'A session token of the old kind is used in an opt-in region',
    says: 'Tokens from the global STS endpoint do not work in regions that must be switched on',
    fix: 'Get the session from a regional STS endpoint',
    commands: command('aws', 'configure', 'set', 'sts_regional_endpoints', 'regional'),
  },
  'session-without-mfa': {
    title: 'A session that was made without a one-time code is used for IAM or STS',
    says: 'IAM refuses such sessions with this answer, while other services accept them',
    fix: 'Make the session with --serial-number and --token-code',
    commands: command('aws', 'sts', 'get-session-token', '--serial-number', 'MFA_ARN', '--token-code', '123456'),
  },
  'session-token-cut': {
    title: 'The session token is not whole',
    says: 'A token that lost its end, or has a line end inside, is not accepted',
    fix: 'Copy all three values again, from JSON output rather than from a wrapped window',
  },
  'session-parent-gone': {
    title: 'The key, user or role behind the session is gone',
    says: 'A session dies with the key or user that it was made with',
    fix: 'Get a new session; if that is refused too, look at the key that makes it',
    commands: check,
  },
  'secret-wrong': {
    title: 'The secret key does not belong to the key id',
    says: 'AWS knows the key id, but calculates another signature',
    fix: 'Enter id and secret again from the same creation',
    commands: command('aws', 'configure'),
  },
  'secret-mangled': {
    title: 'The secret key was altered on its way',
    says: 'Shells, web forms and templates change + / = $ and %',
    fix: 'Enter the secret again, in single quotes and not encoded',
    commands: command('aws', 'configure'),
  },
  'surrounding-whitespace': {
    title: 'There is a blank or a line end in a value',
    says: 'A blank or line end becomes part of the value',
    fix: 'Look at the values’ ends',
    commands: check,
  },
  'quoted-value': {
    title: 'Quotes stand around a value',
    says: 'AWS files take quotes as part of the value',
    fix: 'Take the quotes away',
    commands: check,
  },
  'inline-comment': {
    title: 'A comment stands behind a value',
    says: 'The AWS CLI and boto3 take it as part of the value',
    fix: 'Put the comment on a line of its own',
    commands: check,
  },
  'base64-wrapped': {
    title: 'A value is still wrapped in base64',
    says: 'Kubernetes Secrets hold base64; encoding twice leaves one layer',
    fix: 'Store the plain value (stringData)',
    commands: check,
  },
  'id-secret-swapped': {
    title: 'Key id and secret key are exchanged',
    says: 'A secret has slashes, and AWS then cannot read the key id',
    fix: 'Exchange the two values, and replace the key if the secret was logged',
    commands: check,
  },
  'placeholder-value': {
    title: 'A placeholder or nothing stands where the key id belongs',
    says: 'An unset variable or template leaves an empty or literal text',
    fix: 'Set the real values',
    commands: check,
  },
  'request-altered': {
    title: 'The request was changed on its way',
    says: 'Proxies and middleware that change signed headers give this answer',
    fix: 'Try without the proxy',
  },
  'clock-skew': {
    title: 'The clock is wrong',
    says: 'The time in the request was not acceptable; key and secret were not looked at',
    fix: 'Set the clock',
    commands: {
      bash: ['sudo timedatectl set-ntp true'],
      fish: ['sudo timedatectl set-ntp true'],
      powershell: ['w32tm /resync /force'],
      cmd: ['w32tm /resync /force'],
    },
  },
  'request-delayed': {
    title: 'The request was signed long before it was sent',
    says: 'A request that waits in a queue, a debugger or a slow upload grows too old',
    fix: 'Sign just before sending',
  },
  'stale-process': {
    title: 'The program still uses the old values',
    says: 'A long-running program keeps what it read at its start',
    fix: 'Restart the program',
  },
  'authorization-missing': {
    title: 'The request arrived without a signature',
    says: 'No Authorization header arrived: an anonymous client, a proxy or a redirect took it away',
    fix: 'Let the client sign the request itself',
    commands: whoAmI,
  },
  'no-credentials': {
    title: 'The client had no credentials and sent the request unsigned',
    says: 'Some clients send requests without a signature when they find no credentials',
    fix: 'Look what the client finds',
    commands: everywhere('countersign chain'),
  },
  'permission-missing': {
    title: 'The credentials are fine; a permission is missing',
    says: 'AWS knows who you are and does not allow the action',
    fix: 'Ask for a policy that allows the action',
    commands: whoAmI,
  },
  'mfa-required': {
    title: 'A policy may ask for a one-time code (MFA)',
    says: 'Without a session made with a one-time code such policies deny everything else',
    fix: 'Make a session with your device and use its three values',
    commands: command('aws', 'sts', 'get-session-token', '--serial-number', 'MFA_ARN', '--token-code', '123456'),
  },
  'explicitly-denied': {
    title: 'A policy above yours denies the action',
    says: 'Organisation policies, boundaries, session and endpoint policies can deny what yours allows',
    fix: 'Ask whoever manages the account',
  },
}

function suspicion(id: CauseId): Finding {
  const words = suspicions[id] ?? { title: id, says: id, fix: '' }
  return {
    id,
    certainty: 'possible',
    title: words.title,
    evidence: [evidence(words.says)],
    fix: cure(words.fix, words.commands ?? noCommands),
  }
}
