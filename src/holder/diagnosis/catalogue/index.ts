import { type CauseId, causeNumbers } from '../../../cause-ids.ts'
import { absentEntries } from './absent.ts'
import { bytesEntries } from './bytes-on-the-way.ts'
import { clockEntries } from './clock.ts'
import type { Entry } from './entry.ts'
import { federatedEntries } from './federated-identity.ts'
import { keyPairEntries } from './key-pair.ts'
import { mfaEntries } from './mfa.ts'
import { reachEntries } from './never-reached.ts'
import { permissionEntries } from './permission.ts'
import { placeEntries } from './place.ts'
import { productEntries } from './products.ts'
import { sessionsMadeEntries } from './sessions-made.ts'
import { temporaryEntries } from './temporary-credentials.ts'
import { transportEntries } from './transport.ts'
import { sourceEntries } from './which-source.ts'
import { workloadEntries } from './workload-identity.ts'

/*
 * The catalogue: all that is known of every cause, in words. `causes/` finds causes on a machine; this says what they are. It
 * is loaded by `explain` and by the pages, never by `check`.
 */

/** Every cause has its entry: one that is missing, or one of an unknown id, does not compile. */
export const catalogue: Readonly<Record<CauseId, Entry>> = {
  ...absentEntries,
  ...keyPairEntries,
  ...bytesEntries,
  ...temporaryEntries,
  ...sessionsMadeEntries,
  ...sourceEntries,
  ...reachEntries,
  ...workloadEntries,
  ...federatedEntries,
  ...placeEntries,
  ...clockEntries,
  ...mfaEntries,
  ...permissionEntries,
  ...transportEntries,
  ...productEntries,
}

export interface Family {
  readonly title: string
  readonly ids: readonly CauseId[]
}

function family(title: string, ...entries: readonly Partial<Record<CauseId, Entry>>[]): Family {
  const known = Object.keys(causeNumbers) as CauseId[]
  return { title, ids: known.filter((id) => entries.some((each) => id in each)) }
}

/** The families, in the order in which a person would ask. */
export const families: readonly Family[] = [
  family('Nothing, or only half of a pair', absentEntries),
  family('The key pair', keyPairEntries),
  family('Bytes that changed on the way', bytesEntries),
  family('Temporary credentials', temporaryEntries, sessionsMadeEntries),
  family('Which source won', sourceEntries),
  family('What never reached the process', reachEntries),
  family('Workloads and federated identity', workloadEntries, federatedEntries),
  family('Partition, region, endpoint', placeEntries),
  family('The clock', clockEntries),
  family('One-time codes (MFA)', mfaEntries),
  family('Credentials fine, and the answer is still no', permissionEntries),
  family('Between the client and AWS', transportEntries),
  family('Single products, and look-alikes', productEntries),
]

/** The family of a cause, by its title. */
export function familyOf(id: CauseId): string {
  return families.find(({ ids }) => ids.includes(id))?.title ?? ''
}

/** A cause by its id or its number (`stale-session-token`, `C20`, `c20`); null when the word is neither. */
export function causeNamed(word: string): CauseId | null {
  const known = Object.entries(causeNumbers) as [CauseId, string | null][]
  const number = /^c0*(\d{1,3})$/i.exec(word.trim())?.[1]
  const found = known.find(
    ([id, numbered]) =>
      id === word.trim().toLowerCase() || (number !== undefined && numbered === `C${number.padStart(2, '0')}`),
  )
  return found?.[0] ?? null
}
