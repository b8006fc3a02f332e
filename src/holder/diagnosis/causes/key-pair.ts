import { accountOfAccessKeyId } from '../../../anatomy/access-key-id.ts'
import type { Credential } from '../../sources/credential.ts'
import type { Outcome } from '../probes/question.ts'
import { isLongTerm, isTemporary, type Scene, sectionAt } from '../scene.ts'
import { type Commands, command, homePath, sequence, setVariable, unsetVariables } from '../shells.ts'
import { editDistance, isSmtpPassword, otherIdentifier, wellFormedId, wellFormedSecret } from '../values.ts'
import type { Certainty, Evidence, Fix } from '../verdict.ts'
import {
  aws,
  credentialVariables,
  enterPair,
  isInEnvironment,
  keysInFiles,
  placeWords,
  profileOf,
  promptFor,
  setVariables,
  shownId,
  shownIdText,
  span,
} from '../words.ts'
import { automaticCure, type Cause, cure, evidence, type Found, found } from './cause.ts'
import { hiddenSet } from './hidden-set.ts'

/** What can be wrong with the id and the secret themselves. */
export const keyPairCauses: readonly Cause[] = [
  {
    id: 'placeholder-value',
    failsAt: ['not-accepted', 'signature', 'malformed', 'nothing-sent'],
    look: placeholderValue,
  },
  { id: 'id-secret-swapped', failsAt: ['not-accepted', 'malformed', 'nothing-sent'], look: idSecretSwapped },
  { id: 'not-an-access-key', failsAt: ['not-accepted', 'malformed', 'signature'], look: notAnAccessKey },
  { id: 'secret-wrong', failsAt: ['signature'], look: secretWrong },
  { id: 'key-inactive', failsAt: ['not-accepted'], look: keyInactive },
  { id: 'key-deleted', failsAt: ['not-accepted'], look: keyDeleted },
  { id: 'key-unknown', failsAt: ['not-accepted'], look: keyUnknown },
  { id: 'key-not-propagated', failsAt: ['not-accepted'], look: keyNotPropagated },
]

/** The answer about the key itself, with no session token in the way; null when there was none. */
export function answerToKey(scene: Scene): Outcome | null {
  const { outcomes } = scene
  const token = scene.credential?.sessionToken ?? null
  if (token === null || !isLongTerm(scene)) {
    return (
      outcomes.get('sts-at-server-time') ??
      outcomes.get('sts-with-cleaned-values') ??
      outcomes.get('sts-as-it-is') ??
      null
    )
  }
  return outcomes.get('sts-without-token') ?? null
}

/** True when the key id itself was not accepted, whatever else is wrong; with an error text alone, when that is what it says. */
export function keyIsRefused(scene: Scene): boolean {
  const answer = answerToKey(scene)
  if (answer !== null) return answer.kind === 'refused' && answer.families.includes('not-accepted')
  if (scene.refusal?.from !== 'text' || !scene.refusal.families.includes('not-accepted')) return false
  return scene.credential?.sessionToken == null
}

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
  const idIsSecret = wellFormedSecret.test(id.clean) && !wellFormedId.test(id.clean)
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

function exchange(scene: Scene, credential: Credential): Fix {
  if (isInEnvironment(scene)) {
    return cure('Exchange the two variables', {
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
    })
  }
  const place = sectionAt(scene.files, credential.accessKeyId.at)
  if (place === null) return cure('Exchange the two values', enterPair(scene))
  const at = { file: place.file, section: place.section.name }
  return automaticCure('Exchange the two values', exchangeLines(scene, credential), [
    hiddenSet({ ...at, key: keysInFiles.accessKeyId, value: credential.secretAccessKey.value.reveal().trim() }),
    hiddenSet({ ...at, key: keysInFiles.secretAccessKey, value: credential.accessKeyId.value.trim() }),
  ])
}

/** Swaps the two names in front of the values: nothing has to be typed, nothing is shown. */
function exchangeLines(scene: Scene, credential: Credential): Commands {
  const one = credential.accessKeyId.at
  const other = credential.secretAccessKey.at
  if (!('line' in one) || !('line' in other)) return enterPair(scene)
  const file = homePath(one.file, scene.home)
  const { bash, fish } = swapNames(file.shown, one.line, other.line)
  return { ...enterPair(scene), bash, fish }
}

function swapNames(
  shown: string,
  idLine: number,
  secretLine: number,
): { bash: readonly string[]; fish: readonly string[] } {
  const path = /^~?[\w./-]+$/.test(shown) ? shown : `'${shown}'`
  const line = `sed -i.bak -e '${idLine}s/aws_access_key_id/aws_swapped/;${secretLine}s/aws_secret_access_key/aws_access_key_id/' -e '${idLine}s/aws_swapped/aws_secret_access_key/' ${path}`
  return { bash: [line], fish: [line] }
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
    isTemporary(scene)
      ? cure(
          'Set all three values again from one and the same session',
          isInEnvironment(scene)
            ? promptFor(['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'])
            : enterPair(scene),
        )
      : cure(
          'Enter id and secret again from the same creation. The secret of an existing key is never shown again: without a copy of it, make a new key',
          enterPair(scene),
        ),
  )
}

/** How to go on with a key that is not accepted, whichever of the three it is. */
function afterRefusedKey(scene: Scene, says: string, first: Commands): Fix {
  const asked = scene.neighbour !== null || scene.refusal?.from === 'text'
  const helpers = [
    ...new Set(
      scene.others
        .filter((other) => other.profile !== null && other.profile !== scene.credential?.profile)
        .map((other) => other.profile!),
    ),
  ]
  const hint = asked
    ? ''
    : `. To know which it is: countersign check --with-profile ${helpers[0] ?? 'NAME'} (a profile that may ask IAM)`
  return cure(`${says}${hint}`, first)
}

function keyInactive(scene: Scene): Found | null {
  if (!isLongTerm(scene) || !keyIsRefused(scene)) return null
  const { neighbour } = scene
  const id = scene.id!.clean
  const title = 'The access key is switched off (Inactive)'
  if (neighbour?.key.kind === 'listed') {
    if (neighbour.key.status.toLowerCase() === 'active') return null
    return found(
      'proven',
      title,
      [
        evidence(
          `IAM lists ${shownIdText(id)} of user ${neighbour.key.user} as ${neighbour.key.status} (asked with profile ${neighbour.profile})`,
          { probe: 'iam-list-access-keys' },
        ),
      ],
      cure(
        'Switch the key on again',
        aws(
          neighbour.profile === 'default' ? null : neighbour.profile,
          'iam',
          'update-access-key',
          '--user-name',
          neighbour.key.user,
          '--access-key-id',
          id,
          '--status',
          'Active',
        ),
      ),
    )
  }
  if (neighbour !== null && neighbour.key.kind !== 'untold') return null
  if (mistyped(scene) !== null) return null
  return found(
    'possible',
    title,
    [
      evidence('AWS gives the same answer for a key that is switched off as for one that does not exist'),
      ...accountFacts(scene),
    ],
    afterRefusedKey(
      scene,
      'In the IAM console open your user, Security credentials: an Inactive key can be activated there, or by an administrator',
      command('aws', 'iam', 'update-access-key', '--access-key-id', id, '--status', 'Active', '--user-name', 'NAME'),
    ),
  )
}

function keyDeleted(scene: Scene): Found | null {
  if (!isLongTerm(scene) || !keyIsRefused(scene)) return null
  const { neighbour } = scene
  const id = scene.id!.clean
  const title = 'The access key was deleted, or its user was'
  if (neighbour?.key.kind === 'gone') {
    return found(
      'proven',
      title,
      [
        evidence(
          `IAM knows that ${shownIdText(id)} was a key of user ${neighbour.key.user}, but that user has it no more (asked with profile ${neighbour.profile})`,
          { probe: 'iam-list-access-keys' },
        ),
      ],
      cure(
        'Make a new key and store it wherever the old one stands',
        sequence(newKeyBy(neighbour.profile, neighbour.key.user), enterPair(scene)),
      ),
    )
  }
  if (neighbour?.key.kind === 'listed') return null
  if (mistyped(scene) !== null) return null
  const known = accountsAgree(scene)
  const facts: Evidence[] = [...accountFacts(scene)]
  let certainty: Certainty = 'possible'
  if (neighbour?.key.kind === 'not-here' && known === 'same') {
    certainty = 'likely'
    facts.push(
      evidence(`IAM of that account has no such key any more (asked with profile ${neighbour.profile})`, {
        probe: 'iam-access-key-last-used',
      }),
    )
  }
  const newer = newerKeyOfSameAccount(scene)
  if (newer !== null) {
    certainty = 'likely'
    facts.push(
      evidence(
        `Another key of the same account (${shownIdText(newer.accessKeyId.value)}) stands in ${placeWords(scene, newer.accessKeyId.at)}: this one was probably replaced by it`,
        newer.accessKeyId.at,
      ),
    )
  }
  if (facts.length === 0)
    facts.push(evidence('AWS gives the same answer for a key that was deleted as for one that never existed'))
  return found(
    certainty,
    title,
    facts,
    newer !== null && isInEnvironment(scene)
      ? cure(
          `Take the old key out of the environment, so that the newer one in ${placeWords(scene, newer.accessKeyId.at)} is used`,
          unsetVariables(setVariables(scene, credentialVariables)),
        )
      : afterRefusedKey(
          scene,
          'Make a new key (IAM, Users, your user, Security credentials, Create access key) and store it wherever this one stands',
          enterPair(scene),
        ),
  )
}

function newKeyBy(profile: string, user: string): Commands {
  return aws(profile === 'default' ? null : profile, 'iam', 'create-access-key', '--user-name', user)
}

function keyUnknown(scene: Scene): Found | null {
  const { id, neighbour } = scene
  if (id === null || id.placeholder !== null || id.defects.length > 0) return null
  if (otherIdentifier(id.clean) !== null || wellFormedSecret.test(id.clean)) return null
  const misshapen = misshapenId(id.clean)
  if (misshapen !== null && (scene.atAws || keyIsRefused(scene))) {
    return found(
      scene.atAws ? 'proven' : 'likely',
      'The key id is mistyped: it does not have the shape of one',
      [
        evidence(`The key id in ${placeWords(scene, id.at)} ${misshapen}`, id.at),
        evidence('A key id is AKIA or ASIA and 16 characters out of A to Z and 2 to 7'),
      ],
      cure(
        'Copy the key id again from IAM (your user, Security credentials); ids can be looked up there, secrets cannot',
        enterPair(scene),
      ),
    )
  }
  if (!isLongTerm(scene) || !keyIsRefused(scene)) return null
  if (neighbour?.key.kind === 'gone' || neighbour?.key.kind === 'listed') return null
  const near = mistyped(scene)
  if (near !== null) {
    return found(
      'likely',
      'The key id is mistyped',
      [
        evidence(`AWS does not know ${shownId(id)} from ${placeWords(scene, id.at)}`, id.at),
        evidence(
          `It differs in ${near.distance === 1 ? 'one character' : `${near.distance} characters`} from the key id ${shownIdText(near.other.accessKeyId.value)} in ${placeWords(scene, near.other.accessKeyId.at)}`,
          near.other.accessKeyId.at,
        ),
      ],
      cure(
        'Copy the key id again',
        near.other.provider === 'env' || near.other.profile === null ? enterPair(scene) : copyId(scene, near.other),
      ),
    )
  }
  const known = accountsAgree(scene)
  const facts: Evidence[] = [
    evidence(`AWS does not accept the key id ${shownId(id)} from ${placeWords(scene, id.at)}`, id.at),
    ...accountFacts(scene),
  ]
  let certainty: Certainty = 'possible'
  if (known === 'other') certainty = 'likely'
  if (neighbour?.key.kind === 'not-here')
    facts.push(
      evidence(`Profile ${neighbour.profile} may ask IAM about keys, and IAM does not know this one`, {
        probe: 'iam-access-key-last-used',
      }),
    )
  return found(
    certainty,
    'AWS does not know this key id: mistyped, or a key of another account or provider',
    facts,
    afterRefusedKey(
      scene,
      'Compare the key id with the one in IAM (your user, Security credentials), or make a new key there',
      enterPair(scene),
    ),
  )
}

function copyId(scene: Scene, other: Credential): Commands {
  const value = other.accessKeyId.value.trim()
  return isInEnvironment(scene)
    ? setVariable('AWS_ACCESS_KEY_ID', value)
    : aws(profileOf(scene.credential), 'configure', 'set', keysInFiles.accessKeyId, value)
}

/** What is wrong with the shape of an id that is meant to be one; null when nothing is, or when it is something else. */
function misshapenId(id: string): string | null {
  if (wellFormedId.test(id) || id.length > 32) return null
  const upper = id.toUpperCase()
  if (!/^A[KS]?IA|^[A-Z0-9]{18,22}$/.test(upper)) return null
  if (wellFormedId.test(upper)) return 'is written in small letters'
  if (id.length !== 20) return `has ${id.length} characters instead of 20`
  const wrong = [...new Set([...id].filter((character) => !/[A-Z2-7]/.test(character)))].slice(0, 5)
  if (wrong.length > 0) return `has ${wrong.map((character) => `"${character}"`).join(', ')} in it, which no key id has`
  return 'begins with neither AKIA nor ASIA'
}

/** Another id of this machine that differs by a slip of the finger only. */
function mistyped(scene: Scene): { readonly other: Credential; readonly distance: number } | null {
  const id = scene.id?.clean ?? ''
  let best: { other: Credential; distance: number } | null = null
  for (const other of scene.others) {
    const value = other.accessKeyId.value.trim()
    if (value === id || !wellFormedId.test(value)) continue
    const distance = editDistance(id, value)
    if (distance <= 2 && (best === null || distance < best.distance)) best = { other, distance }
  }
  return best
}

/** Whether the account inside the id is one that this machine knows otherwise. */
function accountsAgree(scene: Scene): 'same' | 'other' | 'unknown' {
  const account = scene.neighbour?.account ?? scene.key?.account ?? null
  if (account === null) return 'unknown'
  if (scene.neighbour?.ownAccount === account) return 'same'
  if (scene.accounts.size === 0) return 'unknown'
  return scene.accounts.has(account) ? 'same' : 'other'
}

function accountFacts(scene: Scene): readonly Evidence[] {
  const account = scene.neighbour?.account ?? scene.key?.account ?? null
  if (account === null) return []
  switch (accountsAgree(scene)) {
    case 'same':
      return [
        evidence(
          `The key id belongs to account ${account}, which ${scene.accounts.get(account) ?? `profile ${scene.neighbour?.profile} uses`}: it was issued there once`,
        ),
      ]
    case 'other':
      return [
        evidence(
          `The key id speaks of account ${account}, which nothing else on this machine mentions (${[...scene.accounts.keys()].slice(0, 3).join(', ')} ${scene.accounts.size === 1 ? 'is' : 'are'})`,
        ),
      ]
    case 'unknown':
      return [
        evidence(`The key id speaks of account ${account}; if that is not yours, it is mistyped or someone else's`),
      ]
  }
}

/** Another long-term key of the same account whose file is newer, or that stands in the file while this one is a copy in a variable. */
function newerKeyOfSameAccount(scene: Scene): Credential | null {
  const account = scene.key?.account ?? null
  const { id } = scene
  if (account === null || id === null) return null
  return (
    scene.others.find(
      (other) =>
        other.accessKeyId.value !== id.value &&
        /^AKIA/.test(other.accessKeyId.value) &&
        accountOfAccessKeyId(other.accessKeyId.value.trim()) === account &&
        'variable' in id.at &&
        'file' in other.accessKeyId.at,
    ) ?? null
  )
}

function keyNotPropagated(scene: Scene): Found | null {
  if (!isLongTerm(scene) || !keyIsRefused(scene)) return null
  const listedActive = scene.neighbour?.key.kind === 'listed' && scene.neighbour.key.status.toLowerCase() === 'active'
  const age = ageOfFile(scene)
  if (!listedActive && (age === null || age > 60)) return null
  return found(
    listedActive ? 'likely' : 'possible',
    'The key is so new that AWS does not know it everywhere yet',
    [
      ...(listedActive
        ? [evidence('IAM lists the key as Active, and STS refuses it all the same', { probe: 'iam-list-access-keys' })]
        : []),
      ...(age !== null && age <= 60
        ? [evidence(`The file was written ${span(age)} ago, and new keys take up to a minute`, scene.id!.at)]
        : []),
    ],
    cure(
      'Wait a few seconds and try again',
      command(
        'aws',
        'sts',
        'get-caller-identity',
        ...(profileOf(scene.credential) === null ? [] : ['--profile', profileOf(scene.credential)!]),
      ),
    ),
  )
}

/** Seconds since the file of the id was written; null for variables, or when the clocks do not fit. */
function ageOfFile(scene: Scene): number | null {
  const at = scene.id?.at
  if (at === undefined || !('file' in at)) return null
  const file = [scene.files.credentials, scene.files.config].find(({ path }) => path === at.file)
  if (file?.state.kind !== 'read') return null
  const seconds = (scene.now.getTime() - file.state.modifiedAt.getTime()) / 1000
  return seconds >= 0 ? seconds : null
}
