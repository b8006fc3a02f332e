import type { CauseId } from '../../../cause-ids.ts'
import type { AnswerFamily } from '../answers.ts'
import { plain } from '../catalogue/entry.ts'
import { catalogue } from '../catalogue/index.ts'
import { cure, evidence } from '../causes/cause.ts'
import { everywhere } from '../shells.ts'
import type { Finding } from '../verdict.ts'
import type { ErrorText } from './index.ts'

/** What the decision table needs to know of a credential. */
export interface CredentialKind {
  readonly key: 'long-term' | 'temporary' | null
  readonly token: boolean
}

/**
 * The shape of a credential: a long-term key alone or with a session token, a temporary key without its token or with one.
 */
export type Column = 'plain' | 'stale' | 'tokenless' | 'session'

/** `errors.md` §1.11: first suspects by the step that refused and the shape of the credential, in order. */
export const suspects: Readonly<Partial<Record<AnswerFamily, Readonly<Record<Column, readonly CauseId[]>>>>> = {
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

/** What nobody sees by looking: of these only `check`, where it happened, tells which value it is and where it stands. */
const unseen: ReadonlySet<CauseId> = new Set([
  'surrounding-whitespace',
  'invisible-character',
  'quoted-value',
  'inline-comment',
  'base64-wrapped',
  'id-secret-swapped',
  'placeholder-value',
])

function suspicion(id: CauseId): Finding {
  const { title, fits, fixes } = catalogue[id]
  const [{ says, commands }] = fixes
  return {
    id,
    certainty: 'possible',
    title: plain(title),
    evidence: [evidence(plain(fits))],
    fix: unseen.has(id)
      ? cure(`${plain(says)}. This finds it, on the machine where it happened`, everywhere('countersign check'))
      : cure(plain(says), commands),
  }
}
