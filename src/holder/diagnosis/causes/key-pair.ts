import { isAccessKeyId } from '../../../anatomy/access-key-id.ts'
import { isSecretAccessKey, isSmtpPassword } from '../../../anatomy/secret-access-key.ts'
import type { Credential } from '../../sources/credential.ts'
import { isAcceptedNow, isLongTerm, isTemporary, type Scene, sectionAt } from '../scene.ts'
import { otherIdentifier } from '../values.ts'
import type { Certainty, Evidence, Fix } from '../verdict.ts'
import {
  enterPair,
  isInEnvironment,
  keysInFiles,
  placeWords,
  promptFor,
  shownId,
  shownIdText,
  storeSession,
} from '../words.ts'
import { automaticCure, type Cause, cure, evidence, type Found, found, shellCure } from './cause.ts'
import { wholeElsewhere } from './elsewhere.ts'
import { hiddenSet } from './hidden.ts'
import { keyIsRefused } from './refused-key.ts'

/** What can be wrong with the id and the secret themselves. */
export const keyPairCauses: readonly Cause[] = [
  {
    id: 'placeholder-value',
    isFact: true,
    failsAt: ['not-accepted', 'signature', 'malformed', 'nothing-sent'],
    look: placeholderValue,
  },
  {
    id: 'id-secret-swapped',
    isFact: true,
    failsAt: ['not-accepted', 'malformed', 'nothing-sent'],
    look: idSecretSwapped,
  },
  { id: 'not-an-access-key', isFact: true, failsAt: ['not-accepted', 'malformed', 'signature'], look: notAnAccessKey },
]

/** Told after what the values betray by themselves. */
export const secretCauses: readonly Cause[] = [{ id: 'secret-wrong', failsAt: ['signature'], look: secretWrong }]

function placeholderValue(scene: Scene): Found | null {
  const values = [scene.id, scene.secret, scene.token].filter((value) => value?.placeholder != null)
  const [first] = values
  if (first == null) return null
  const isTemplate = values.some((value) => value?.placeholder === 'template')
  // Emulators and test authorities take any text: there only a refusal proves that this one is none.
  const refused = keyIsRefused(scene) || (scene.refusal !== null && !isLongTerm(scene))
  if (!scene.atAws && !refused && !(isTemplate && scene.refusal === null)) return null
  const certainty: Certainty = scene.atAws || refused ? 'proven' : 'likely'
  const what = first.slot === 'accessKeyId' ? shownId(first) : `the ${wordsOf(first.slot)}`
  const never = /^(undefined|null|none|nil|nan|\[object object\])$/i.test(first.value.trim())
  return found(
    certainty,
    isTemplate ? 'A placeholder stands where a real value belongs' : 'An example value stands where a real key belongs',
    [
      ...values.map((value) =>
        evidence(
          value!.placeholder === 'template'
            ? `The ${wordsOf(value!.slot)} in ${placeWords(scene, value!.at)} is a text to be replaced, not a value`
            : `The ${wordsOf(value!.slot)} in ${placeWords(scene, value!.at)} is a well-known example from documentation or tests${value!.slot === 'accessKeyId' ? ` (${what})` : ''}`,
          value!.at,
        ),
      ),
      ...(refused && scene.refusal?.from === 'probe'
        ? [evidence('The endpoint does not know it', { probe: 'sts-as-it-is' })]
        : []),
    ],
    never
      ? cure('Find the variable or setting that was empty when this text was written, and set it', enterPair(scene))
      : cure(
          'Put in the real key id and secret (IAM, Users, your user, Security credentials, Create access key)',
          enterPair(scene),
        ),
  )
}

function wordsOf(slot: 'accessKeyId' | 'secretAccessKey' | 'sessionToken'): string {
  return { accessKeyId: 'key id', secretAccessKey: 'secret key', sessionToken: 'session token' }[slot]
}

function idSecretSwapped(scene: Scene): Found | null {
  const { id, secret, credential } = scene
  if (id === null || secret === null || credential === null || id.placeholder !== null) return null
  const idIsSecret = isSecretAccessKey(id.clean) && !isAccessKeyId(id.clean)
  const secretIsId = /^(AKIA|ASIA)[A-Z0-9]{12,28}$/.test(secret.clean)
  const equal = id.clean === secret.clean && id.clean.length >= 16
  if (!idIsSecret && !secretIsId && !equal) return null
  const swapped = idIsSecret && secretIsId
  const worked = scene.outcomes.get('sts-with-swapped-values')
  const facts: Evidence[] = []
  if (equal) facts.push(evidence(`The same value stands as key id and as secret key`, id.at))
  else {
    if (idIsSecret)
      facts.push(
        evidence(`What stands as key id in ${placeWords(scene, id.at)} has the 40 characters of a secret key`, id.at),
      )
    if (secretIsId)
      facts.push(
        evidence(
          `What stands as secret key in ${placeWords(scene, secret.at)} is a key id (${shownIdText(secret.clean)})`,
          secret.at,
        ),
      )
  }
  facts.push(...knownByItsId(scene))
  if (worked?.kind === 'accepted')
    facts.push(evidence('Exchanged, they are accepted by AWS', { probe: 'sts-with-swapped-values' }))
  if (idIsSecret)
    facts.push(
      evidence(
        'A key id is sent and logged in the clear: if a request was made like this, treat the secret as known to others and replace the key',
      ),
    )
  const title = swapped
    ? 'Key id and secret key are exchanged'
    : equal
      ? 'Key id and secret key are the same value'
      : idIsSecret
        ? 'A secret key stands where the key id belongs'
        : 'A key id stands where the secret key belongs'
  return found(
    'proven',
    title,
    facts,
    swapped ? exchange(scene, credential) : cure('Enter both values again, each in its place', enterPair(scene)),
  )
}

/** Whether STS knows a key id that has no secret: asked with a signature that is wrong on purpose. */
export function knownByItsId({ outcomes }: Pick<Scene, 'outcomes'>): readonly Evidence[] {
  const outcome = outcomes.get('sts-with-wrong-signature')
  if (outcome?.kind !== 'refused' || outcome.families.length !== 1) return []
  const at = { probe: 'sts-with-wrong-signature' }
  switch (outcome.families[0]) {
    case 'signature':
      return [evidence('AWS knows the key id: only the secret is missing', at)]
    case 'not-accepted':
      return [evidence('AWS does not know the key id either, or it is switched off', at)]
    default:
      return []
  }
}

function exchange(scene: Scene, { accessKeyId, secretAccessKey }: Credential): Fix {
  const id = secretAccessKey.value.reveal().trim()
  const secret = accessKeyId.value.trim()
  if (isInEnvironment(scene)) {
    return shellCure(
      'Exchange the two variables',
      { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret },
      {
        bash: [
          't="$AWS_ACCESS_KEY_ID" AWS_ACCESS_KEY_ID="$AWS_SECRET_ACCESS_KEY"; export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY="$t"; unset t',
        ],
        fish: [
          'set t $AWS_ACCESS_KEY_ID; set -gx AWS_ACCESS_KEY_ID $AWS_SECRET_ACCESS_KEY; set -gx AWS_SECRET_ACCESS_KEY $t; set -e t',
        ],
        powershell: [
          '$Env:AWS_ACCESS_KEY_ID, $Env:AWS_SECRET_ACCESS_KEY = $Env:AWS_SECRET_ACCESS_KEY, $Env:AWS_ACCESS_KEY_ID',
        ],
        cmd: [
          'set "t=%AWS_ACCESS_KEY_ID%" & call set "AWS_ACCESS_KEY_ID=%AWS_SECRET_ACCESS_KEY%" & call set "AWS_SECRET_ACCESS_KEY=%t%" & set t=',
        ],
      },
    )
  }
  const place = sectionAt(scene.files, accessKeyId.at)
  if (place === null) return cure('Exchange the two values', enterPair(scene))
  const at = { file: place.file, section: place.section.name }
  const edits = [
    hiddenSet({ ...at, key: keysInFiles.accessKeyId, value: scene.secret?.clean ?? id }),
    hiddenSet({ ...at, key: keysInFiles.secretAccessKey, value: scene.id?.clean ?? secret }),
  ]
  return automaticCure('Exchange the two values', { edits })
}

function notAnAccessKey(scene: Scene): Found | null {
  const { id, secret } = scene
  if (id === null || secret === null || id.placeholder !== null) return null
  const other = otherIdentifier(id.clean)
  const smtp = isSmtpPassword(secret.clean) && scene.key !== null
  if (other === null && !smtp) return null
  if (!scene.atAws && scene.refusal === null && !(other?.certain ?? false)) return null
  const facts: Evidence[] = []
  if (other !== null)
    facts.push(
      evidence(
        `${capital(other.says)} (in ${placeWords(scene, id.at)}); requests are signed with keys that begin with AKIA or ASIA`,
        id.at,
      ),
    )
  if (smtp)
    facts.push(
      evidence(
        `The secret in ${placeWords(scene, secret.at)} is an SES SMTP password: 44 characters made from a secret key, which cannot be turned back`,
        secret.at,
      ),
    )
  return found(
    other?.certain === true || smtp ? 'proven' : 'likely',
    smtp ? 'The secret is an SMTP password, not a secret key' : 'What stands as key id is no access key',
    facts,
    cure('Use an access key: IAM, Users, your user, Security credentials, Create access key', enterPair(scene)),
  )
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}

function secretWrong(scene: Scene): Found | null {
  const { refusal, secret } = scene
  if (refusal === null || !refusal.families.includes('signature')) return null
  // AWS accepts this very secret: the pasted refusal was for something else.
  if (isAcceptedNow(scene)) return null
  // What is around the secret is to blame, unless the cleaned secret is refused too.
  const cleaned = scene.outcomes.get('sts-with-cleaned-values')
  const dirty = secret !== null && (secret.defects.length > 0 || secret.placeholder !== null)
  if (dirty && !(cleaned?.kind === 'refused' && cleaned.families.includes('signature'))) return null
  const same = refusal.altered !== null && refusal.altered.length === 0
  const answered = refusal.families.length === 1
  if (refusal.altered !== null && refusal.altered.length > 0) return null
  const at = secret?.at ?? null
  const twin =
    scene.secret === null
      ? undefined
      : scene.others.find(
          (other) =>
            other.secretAccessKey.value.reveal() === scene.secret!.value && other.accessKeyId.value !== scene.id?.value,
        )
  const facts: Evidence[] = []
  if (refusal.from === 'probe')
    facts.push(
      evidence(
        `AWS knows the key id ${shownId(scene.id)}, but the signature made with this secret is not the one it calculates`,
        { probe: 'sts-as-it-is' },
      ),
    )
  else if (answered)
    facts.push(evidence('This answer means that the key id is known to AWS; only the signature does not fit'))
  if (same)
    facts.push(
      evidence('The request arrived exactly as it was signed, so nothing on the way changed it', {
        probe: 'sts-as-it-is',
      }),
    )
  if (at !== null) facts.push(evidence(`The secret comes from ${placeWords(scene, at)}`, at))
  if (twin !== undefined)
    facts.push(
      evidence(
        `The same secret stands beside another key id (${shownIdText(twin.accessKeyId.value)}) in ${placeWords(scene, twin.accessKeyId.at)}`,
        twin.accessKeyId.at,
      ),
    )
  return found(
    same ? 'proven' : answered ? 'likely' : 'possible',
    'The key id is right, the secret key is not',
    facts,
    wholeElsewhere(scene) ?? enterAgain(scene),
  )
}

function enterAgain(scene: Scene): Fix {
  if (!isTemporary(scene))
    return cure(
      'Enter id and secret again from the same creation. The secret of an existing key is never shown again: without a copy of it, make a new key',
      enterPair(scene),
    )
  return cure(
    'Set all three values again from one and the same session',
    isInEnvironment(scene)
      ? promptFor(['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'])
      : storeSession(scene.credential?.profile ?? 'default'),
  )
}
