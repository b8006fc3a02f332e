import { accountOfAccessKeyId, isAccessKeyId } from '../../../anatomy/access-key-id.ts'
import { isSecretAccessKey } from '../../../anatomy/secret-access-key.ts'
import type { Credential } from '../../sources/credential.ts'
import type { Outcome } from '../probes/question.ts'
import { isLongTerm, type Scene } from '../scene.ts'
import { type Commands, command, sequence, setVariable } from '../shells.ts'
import { editDistance, otherIdentifier } from '../values.ts'
import type { Certainty, Evidence, Fix, FixCall } from '../verdict.ts'
import {
  aws,
  awsWithId,
  configure,
  credentialVariables,
  enterPair,
  isInEnvironment,
  keysInFiles,
  placeWords,
  profileArgument,
  profileOf,
  setVariables,
  shownId,
  shownIdText,
  span,
} from '../words.ts'
import { automaticCure, type Cause, cure, evidence, type Found, found, shellCure, unsetCure } from './cause.ts'
import { rewritten } from './mangled.ts'

/**
 * A long-term key that AWS does not accept: mistyped, switched off, deleted, or too new. AWS gives one answer for all of them
 * (`errors.md` §1.2), so that without another identity's help they stay possibilities, in the order of what the machine tells.
 */
export const refusedKeyCauses: readonly Cause[] = [
  {
    id: 'key-unknown',
    failsAt: ['not-accepted'],
    look: (scene) => (isOfKnownAccount(scene) ? null : keyUnknown(scene)),
  },
  { id: 'key-inactive', failsAt: ['not-accepted'], look: keyInactive },
  { id: 'key-deleted', failsAt: ['not-accepted'], look: keyDeleted },
  // A slip of the finger seldom leaves the account in the id whole: such a key was issued once.
  {
    id: 'key-unknown',
    failsAt: ['not-accepted'],
    look: (scene) => (isOfKnownAccount(scene) ? keyUnknown(scene) : null),
  },
  { id: 'key-not-propagated', failsAt: ['not-accepted'], look: keyNotPropagated },
]

/** The answer about the key itself, with nothing else in the way that could be taken away; null when there was none. */
function answerToKey({ outcomes, credential, key }: Scene): Outcome | null {
  if (credential?.sessionToken != null && key?.kind === 'long-term') return outcomes.get('sts-without-token') ?? null
  return (
    outcomes.get('sts-at-server-time') ??
    outcomes.get('sts-with-cleaned-values') ??
    outcomes.get('sts-as-it-is') ??
    null
  )
}

/** True when the key id itself was not accepted, whatever else is wrong; with an error text alone, when that is what it says. */
export function keyIsRefused(scene: Scene): boolean {
  const answer = answerToKey(scene)
  if (answer !== null) return answer.kind === 'refused' && answer.families.includes('not-accepted')
  if (scene.refusal?.from !== 'text' || !scene.refusal.families.includes('not-accepted')) return false
  return scene.credential?.sessionToken == null
}

/** Whether the id belongs to an account that this machine speaks of elsewhere. */
function isOfKnownAccount(scene: Scene): boolean {
  return scene.id !== null && accountsAgree(scene) === 'same'
}

/** How to go on with a key that is not accepted, whichever of the three it is. */
function afterRefusedKey(scene: Scene, says: string, commands: Commands): Fix {
  if (scene.neighbour !== null || scene.refusal?.from === 'text') return cure(says, commands)
  const own = scene.credential?.profile
  const helper = scene.others.find((other) => other.profile !== null && other.profile !== own)?.profile ?? 'NAME'
  return cure(
    `${says}. To know which it is: countersign check --with-profile ${helper} (a profile that may ask IAM)`,
    commands,
  )
}

/** Whether these rules have anything to say: a long-term key, well formed and no example, that was not accepted by itself. */
function isRefusedKey(scene: Scene): boolean {
  return isLongTerm(scene) && scene.id?.placeholder === null && keyIsRefused(scene)
}

/** What another profile of the machine saw, when it could tell. */
function told(scene: Scene) {
  const key = scene.neighbour?.key ?? null
  return key === null || key.kind === 'untold' ? null : key
}

function keyInactive(scene: Scene): Found | null {
  if (!isRefusedKey(scene)) return null
  const key = told(scene)
  const title = 'The access key is switched off (Inactive)'
  if (key?.kind === 'listed' && key.status.toLowerCase() !== 'active') {
    const { profile } = scene.neighbour!
    const says = `IAM lists ${shownId(scene.id)} of user ${key.user} as ${key.status} (asked with profile ${profile})`
    return found(
      'proven',
      title,
      [evidence(says, { probe: 'iam-list-access-keys' })],
      automaticCure('Switch the key on again', { calls: [activated(scene, key.user)] }),
    )
  }
  if (key !== null || slipOf(scene) !== null) return null
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
      awsWithId(
        null,
        scene.credential!,
        'iam',
        'update-access-key',
        '--user-name',
        'NAME',
        '--status',
        'Active',
        '--access-key-id',
      ),
    ),
  )
}

function activated(scene: Scene, user: string): FixCall {
  const call = (Status: string) => ({
    operation: 'UpdateAccessKey',
    parameters: { UserName: user, AccessKeyId: scene.id!.clean, Status },
  })
  const says = `make ${shownId(scene.id)} of user ${user} active again`
  return { service: 'iam', ...call('Active'), undone: call('Inactive'), says, as: 'with-profile' }
}

function keyDeleted(scene: Scene): Found | null {
  if (!isRefusedKey(scene)) return null
  const key = told(scene)
  const title = 'The access key was deleted, or its user was'
  if (key?.kind === 'gone') {
    const { profile } = scene.neighbour!
    const says = `IAM knows that ${shownId(scene.id)} was a key of user ${key.user}, who has it no more (asked with profile ${profile})`
    const create = aws(profileArgument(profile), 'iam', 'create-access-key', '--user-name', key.user)
    return found(
      'proven',
      title,
      [evidence(says, { probe: 'iam-list-access-keys' })],
      cure('Make a new key and store it wherever the old one stands', sequence(create, enterPair(scene))),
    )
  }
  if (key?.kind === 'listed' || key?.kind === 'similar' || slipOf(scene) !== null) return null
  const facts: Evidence[] = [...accountFacts(scene)]
  const gone = key?.kind === 'not-here' && accountsAgree(scene) === 'same'
  if (gone)
    facts.push(
      evidence(`IAM of that account has no such key any more (asked with profile ${scene.neighbour!.profile})`, {
        probe: 'iam-access-key-last-used',
      }),
    )
  const newer = keyThatReplacedIt(scene)
  if (newer !== null) {
    const what = `Another key of the same account (${shownIdText(newer.accessKeyId.value)}) stands in ${placeWords(scene, newer.accessKeyId.at)}`
    facts.push(evidence(`${what}: this one was probably replaced by it`, newer.accessKeyId.at))
  }
  if (facts.length === 0)
    facts.push(evidence('AWS gives the same answer for a key that was deleted as for one that never existed'))
  return found(gone || newer !== null ? 'likely' : 'possible', title, facts, afterDeletedKey(scene, newer))
}

function afterDeletedKey(scene: Scene, newer: Credential | null): Fix {
  if (newer !== null && isInEnvironment(scene) && newer.profile === scene.trace.profile.name) {
    const place = placeWords(scene, newer.accessKeyId.at)
    const names = setVariables(scene, credentialVariables)
    return unsetCure(`Take the old key out of the environment, so that the newer one in ${place} is used`, names)
  }
  const says =
    'Make a new key (IAM, Users, your user, Security credentials, Create access key) and store it wherever this one stands'
  return afterRefusedKey(scene, says, enterPair(scene))
}

function keyUnknown(scene: Scene): Found | null {
  const { id } = scene
  if (id === null || id.placeholder !== null) return null
  const misshapen = misshapenKey(scene)
  if (misshapen !== null) return misshapen
  if (!isRefusedKey(scene)) return null
  const key = told(scene)
  if (key?.kind === 'gone' || key?.kind === 'listed') return null
  const slip = slipOf(scene)
  if (slip !== null) return mistypedKey(scene, slip)
  const facts: Evidence[] = [
    evidence(`AWS does not accept the key id ${shownId(id)} from ${placeWords(scene, id.at)}`, id.at),
    ...accountFacts(scene),
  ]
  if (scene.neighbour?.key.kind === 'untold')
    facts.push(evidence(`Profile ${scene.neighbour.profile} could not tell more: ${scene.neighbour.key.because}`))
  if (key?.kind === 'not-here')
    facts.push(
      evidence(`Profile ${scene.neighbour!.profile} may ask IAM about keys, and IAM does not know this one`, {
        probe: 'iam-access-key-last-used',
      }),
    )
  if (scene.told?.partitionsUnasked === true)
    facts.push(
      evidence(
        'Partitions of AWS know nothing of each other; the others were not asked: countersign check --yes asks them too',
      ),
    )
  return found(
    accountsAgree(scene) === 'other' ? 'likely' : 'possible',
    'AWS does not know this key id: mistyped, or a key of another account or provider',
    facts,
    afterRefusedKey(
      scene,
      'Compare the key id with the one in IAM (your user, Security credentials), or make a new key there',
      enterPair(scene),
    ),
  )
}

/** A key that differs from the refused one by a slip of the finger, and how sure it is that it was meant. */
interface Slip {
  readonly id: string
  /** The credential of this machine that has it; null when IAM told of it. */
  readonly credential: Credential | null
  readonly words: string
  readonly at: Evidence['at']
  readonly certainty: Certainty
}

function slipOf(scene: Scene): Slip | null {
  const tried = scene.outcomes.get('sts-with-similar-id')
  // Known to AWS, but with another secret than ours: then it is another key, and no slip.
  if (tried?.kind === 'refused' && tried.families.includes('signature')) return null
  const certainty = tried?.kind === 'accepted' ? 'proven' : 'likely'
  const local = similarId(scene)
  if (local !== null) {
    const { value, at } = local.other.accessKeyId
    return {
      id: value.trim(),
      credential: local.other,
      words: `the key id ${shownIdText(value)} in ${placeWords(scene, at)}`,
      at,
      certainty,
    }
  }
  const key = told(scene)
  if (key?.kind !== 'similar') return null
  const words = `the key id ${shownIdText(key.id)} of user ${key.user} (asked with profile ${scene.neighbour!.profile})`
  return { id: key.id, credential: null, words, at: { probe: 'iam-list-access-keys' }, certainty }
}

function mistypedKey(scene: Scene, slip: Slip): Found {
  const id = scene.id!
  const distance = editDistance(id.clean, slip.id)
  const size = distance === 1 ? 'one character' : `${distance} characters`
  return found(
    slip.certainty,
    'The key id is mistyped',
    [
      evidence(`AWS does not know ${shownId(id)} from ${placeWords(scene, id.at)}`, id.at),
      evidence(`It differs in ${size} from ${slip.words}`, slip.at),
      ...(slip.certainty === 'proven'
        ? [evidence('With that key id AWS accepts your secret', { probe: 'sts-with-similar-id' })]
        : []),
    ],
    replaceId(scene, slip),
  )
}

function replaceId(scene: Scene, { id }: Slip): Fix {
  const says = 'Correct the key id'
  if (isInEnvironment(scene)) return shellCure(says, { AWS_ACCESS_KEY_ID: id }, setVariable('AWS_ACCESS_KEY_ID', id))
  const edits = rewritten(scene, scene.id!, id)
  return edits.length === 0
    ? cure(says, configure(profileOf(scene.credential), 'set', keysInFiles.accessKeyId, id))
    : automaticCure(says, { edits })
}

/** An id that AWS cannot have given out. */
function misshapenKey(scene: Scene): Found | null {
  const { id } = scene
  if (id === null || otherIdentifier(id.clean) !== null || isSecretAccessKey(id.clean)) return null
  const wrong = misshapenId(id.clean)
  if (wrong === null || !(scene.atAws || keyIsRefused(scene))) return null
  return found(
    scene.atAws ? 'proven' : 'likely',
    'The key id is mistyped: it does not have the shape of one',
    [
      evidence(`The key id in ${placeWords(scene, id.at)} ${wrong}`, id.at),
      evidence('A key id is AKIA or ASIA and 16 characters out of A to Z and 2 to 7'),
    ],
    inCapitals(scene) ??
      cure(
        'Copy the key id again from IAM (your user, Security credentials); ids can be looked up there, secrets cannot',
        enterPair(scene),
      ),
  )
}

/** An id whose only fault is its small letters. */
function inCapitals(scene: Scene): Fix | null {
  const id = scene.id?.clean.toUpperCase() ?? ''
  if (!isAccessKeyId(id) || scene.id === null) return null
  const says = 'Write it in capital letters'
  if (isInEnvironment(scene)) return shellCure(says, { AWS_ACCESS_KEY_ID: id }, setVariable('AWS_ACCESS_KEY_ID', id))
  const edits = rewritten(scene, scene.id, id)
  return edits.length === 0 ? null : automaticCure(says, { edits })
}

/** What is wrong with the shape of an id that is meant to be one; null when nothing is, or when it is something else. */
function misshapenId(id: string): string | null {
  if (isAccessKeyId(id) || id.length > 32) return null
  const upper = id.toUpperCase()
  if (!/^A[KS]?IA|^[A-Z0-9]{18,22}$/.test(upper)) return null
  if (isAccessKeyId(upper)) return 'is written in small letters'
  if (id.length !== 20) return `has ${id.length} characters instead of 20`
  const wrong = [...new Set([...id].filter((character) => !/[A-Z2-7]/.test(character)))].slice(0, 5)
  if (wrong.length > 0) return `has ${wrong.map((character) => `"${character}"`).join(', ')} in it, which no key id has`
  return 'begins with neither AKIA nor ASIA'
}

/** Another id of this machine that differs by a slip of the finger only. */
export function similarId(
  scene: Pick<Scene, 'id' | 'others'>,
): { readonly other: Credential; readonly distance: number } | null {
  const id = scene.id?.clean ?? ''
  let best: { other: Credential; distance: number } | null = null
  for (const other of scene.others) {
    const value = other.accessKeyId.value.trim()
    if (value === id || !isAccessKeyId(value)) continue
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
    case 'same': {
      const witness = scene.accounts.get(account) ?? `profile ${scene.neighbour?.profile}`
      return [evidence(`The key id belongs to account ${account}, as does ${witness}: it was issued there once`)]
    }
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
function keyThatReplacedIt(scene: Scene): Credential | null {
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
  if (!isRefusedKey(scene)) return null
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
