import { parseAccessKeyId } from '../../../anatomy/access-key-id.ts'
import type { Credential } from '../../sources/credential.ts'
import { isAcceptedNow, isTemporary, type Scene } from '../scene.ts'
import type { Evidence } from '../verdict.ts'
import { placeWords, shownId, shownIdText } from '../words.ts'
import { evidence, type Found, found } from './cause.ts'
import { sameKey, wholeElsewhere } from './elsewhere.ts'
import { renew } from './new-session.ts'
import { expiredForSure } from './session-expiry.ts'

/** Values that were not made together. */
export function mixedSessions(scene: Scene): Found | null {
  const { credential, token, session } = scene
  if (credential === null || token === null || !isTemporary(scene)) return null
  const account = scene.key?.account ?? null
  if (session?.account != null && account !== null && session.account !== account) {
    return found(
      'proven',
      'Key and session token come from two different sessions',
      [
        evidence(`The token in ${placeWords(scene, token.at)} was issued for account ${session.account}`, token.at),
        evidence(
          `The key ${shownId(scene.id)} in ${placeWords(scene, credential.accessKeyId.at)} belongs to account ${account}`,
          credential.accessKeyId.at,
        ),
      ],
      wholeElsewhere(scene) ?? renew(scene, 'Set all three values from one session'),
    )
  }
  if (scene.refusal === null || isAcceptedNow(scene)) return null
  const twin = scene.others.find(
    (other) =>
      other.sessionToken?.value.reveal() === token.value &&
      other.accessKeyId.value.trim() !== scene.id?.clean &&
      parseAccessKeyId(other.accessKeyId.value.trim())?.kind === 'temporary',
  )
  const split = apart(credential)
  const decided =
    scene.refusal.families.includes('signature') && scene.refusal.altered !== null && scene.refusal.altered.length === 0
  if (scene.refusal.families.includes('expired') && scene.refusal.families.length === 1 && twin === undefined)
    return null
  const whole = sameKey(scene)
  if (twin === undefined && whole === null && !split && !decided && !scene.refusal.families.includes('not-accepted'))
    return null
  if (expiredForSure(scene) && twin === undefined) return null
  const facts: Evidence[] = []
  if (twin !== undefined)
    facts.push(
      evidence(
        `The same token stands beside another key (${shownIdText(twin.accessKeyId.value)}) in ${placeWords(scene, twin.accessKeyId.at)}`,
        twin.accessKeyId.at,
      ),
    )
  if (whole !== null)
    facts.push(
      evidence(
        `The same key stands in ${placeWords(scene, whole.accessKeyId.at)} with another token`,
        whole.accessKeyId.at,
      ),
    )
  if (split) facts.push(evidence('Key and token are read from different places', token.at))
  if (facts.length === 0)
    facts.push(evidence('A token that was made together with another key gives this answer', token.at))
  return found(
    twin !== undefined || whole !== null ? 'likely' : 'possible',
    'Key, secret and token may come from two different sessions',
    facts,
    wholeElsewhere(scene) ?? renew(scene, 'Set all three values from one session'),
  )
}

function apart({ accessKeyId, sessionToken }: Credential): boolean {
  const one = accessKeyId.at
  const other = sessionToken?.at
  return (
    other !== undefined &&
    ('file' in one !== 'file' in other || ('file' in one && 'file' in other && one.file !== other.file))
  )
}
