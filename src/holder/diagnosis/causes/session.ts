import { accountOfAccessKeyId } from '../../../anatomy/access-key-id.ts'
import type { FileEdit } from '../../files/edit.ts'
import type { Credential, Place } from '../../sources/credential.ts'
import { isAcceptedNow, isLongTerm, isTemporary, readsAsBotocore, type Scene, sectionAt } from '../scene.ts'
import { homePath } from '../shells.ts'
import type { Certainty, Evidence, Fix } from '../verdict.ts'
import {
  instantWords,
  isInEnvironment,
  pasteToken,
  placeWords,
  profileOf,
  promptFor,
  setVariables,
  shownId,
  shownIdText,
  span,
} from '../words.ts'
import { automaticCure, type Cause, cure, evidence, type Found, found, unsetCure } from './cause.ts'
import { wholeElsewhere } from './elsewhere.ts'
import { hiddenSet } from './hidden.ts'
import { mixedSessions } from './mixed-sessions.ts'
import { renew } from './new-session.ts'
import { expiredForSure, expiryCauses } from './session-expiry.ts'
import { sessionTokenCut } from './session-token-cut.ts'

/** What can be wrong with the third value, or with all three together. */
export const sessionCauses: readonly Cause[] = [
  {
    id: 'stale-session-token',
    isFact: true,
    failsAt: ['not-accepted', 'expired', 'signature'],
    look: staleSessionToken,
  },
  { id: 'legacy-security-token', failsAt: ['not-accepted', 'expired', 'signature'], look: legacySecurityToken },
  { id: 'session-token-missing', isFact: true, failsAt: ['not-accepted'], look: sessionTokenMissing },
  { id: 'mixed-sessions', isFact: true, failsAt: ['not-accepted', 'signature', 'expired'], look: mixedSessions },
  {
    id: 'session-token-cut',
    isFact: true,
    failsAt: ['not-accepted', 'malformed', 'nothing-sent'],
    look: sessionTokenCut,
  },
  ...expiryCauses,
  { id: 'session-parent-gone', failsAt: ['not-accepted'], look: sessionParentGone },
]

const tokenVariables = ['AWS_SECURITY_TOKEN', 'AWS_SESSION_TOKEN'] as const
const tokenKeys = ['aws_security_token', 'aws_session_token'] as const

/** Takes every token out of the place where the examined credential stands. */
function removeTokens(scene: Scene, only: readonly string[] | null = null): Fix {
  const { credential } = scene
  const at = credential?.sessionToken?.at
  if (credential === null || at === undefined) return cure('Remove the session token')
  if ('variable' in at) {
    // The end of the session goes with its token: left behind, it would stop the client by itself.
    const names = setVariables(scene, only ?? [...tokenVariables, 'AWS_CREDENTIAL_EXPIRATION'])
    const what = only === null ? 'the session token' : names.join(' and ')
    return unsetCure(`Take ${what} out of the environment`, names)
  }
  const place = sectionAt(scene.files, at)
  if (place === null) return cure(`Remove the session token from ${placeWords(scene, at)}`)
  const entries = (only ?? tokenKeys).flatMap((key) => place.section.entries.get(key) ?? [])
  const edits = entries.map(
    (entry): FileEdit => ({ kind: 'unset', file: place.file, section: place.section.name, key: entry.key }),
  )
  const where = entries.map((entry) => entry.keyLine).sort((a, b) => a - b)
  const lines = `${where.length === 1 ? 'line' : 'lines'} ${where.join(' and ')}`
  return automaticCure(`Delete ${lines} of ${homePath(place.file, scene.home).shown}`, { edits })
}

function staleSessionToken(scene: Scene): Found | null {
  const { credential, token } = scene
  if (credential === null || token === null || !isLongTerm(scene)) return null
  // An error text that speaks of the signature was decided before the token was looked at.
  if (
    scene.refusal?.from === 'text' &&
    scene.refusal.families.length === 1 &&
    scene.refusal.families[0] === 'signature'
  )
    return null
  if (token.clean === '') return null
  const without = scene.outcomes.get('sts-without-token')
  const facts: Evidence[] = [
    evidence(
      `${shownId(scene.id)} in ${placeWords(scene, credential.accessKeyId.at)} is a long-term key (AKIA): it works alone, and AWS refuses it together with any session token`,
      credential.accessKeyId.at,
    ),
    evidence(`A session token stands beside it in ${placeWords(scene, token.at)}`, token.at),
  ]
  if (scene.session?.issuedAt != null)
    facts.push(
      evidence(
        `That token was issued ${instantWords(scene.session.issuedAt)}${ageWords(scene, scene.session.issuedAt)}: it is left over from an earlier session`,
      ),
    )
  if (without?.kind === 'accepted')
    facts.push(evidence('Without the token AWS accepts the key', { probe: 'sts-without-token' }))
  if (without?.kind === 'refused')
    facts.push(
      evidence(`The token has to go in any case, but without it the key is refused too (${without.reply.code})`, {
        probe: 'sts-without-token',
      }),
    )
  const named = 'variable' in token.at ? ` (${token.at.variable})` : ''
  return found('proven', `A leftover session token${named} is sent with your long-term key`, facts, removeTokens(scene))
}

function ageWords(scene: Scene, issuedAt: Date): string {
  const seconds = (scene.now.getTime() - issuedAt.getTime()) / 1000
  return seconds >= 1 ? `, ${span(seconds)} ago` : ''
}

/** The other token of the same place: the one under the new name, when the old name won. */
function newerToken(scene: Scene): { readonly value: string; readonly at: Place } | null {
  const { machine, credential } = scene
  if (credential === null) return null
  if (credential.provider === 'env') {
    const value = machine.env('AWS_SESSION_TOKEN')
    return value ? { value, at: { variable: 'AWS_SESSION_TOKEN' } } : null
  }
  const place = sectionAt(scene.files, credential.accessKeyId.at)
  const entry = place?.section.entries.get('aws_session_token')
  return place && entry && entry.value !== ''
    ? { value: entry.value, at: { file: place.file, line: entry.line, column: entry.column } }
    : null
}

/** The place of a token under its old name, also when it is empty there. */
function legacyPlace(scene: Scene): { readonly at: Place; readonly empty: boolean } | null {
  const { machine, credential } = scene
  if (credential === null) return null
  if (credential.provider === 'env') {
    const value = machine.env('AWS_SECURITY_TOKEN')
    return value ? { at: { variable: 'AWS_SECURITY_TOKEN' }, empty: false } : null
  }
  const place = sectionAt(scene.files, credential.accessKeyId.at)
  const entry = place?.section.entries.get('aws_security_token')
  return place && entry
    ? { at: { file: place.file, line: entry.line, column: entry.column }, empty: entry.value === '' }
    : null
}

/** The token that would be used if the old name were not there; for the experiment. */
export function tokenUnderNewName(scene: Scene): string | null {
  const legacy = legacyPlace(scene)
  const newer = newerToken(scene)
  if (!readsAsBotocore(scene) || legacy === null || newer === null) return null
  return newer.value === scene.token?.value ? null : newer.value
}

function legacySecurityToken(scene: Scene): Found | null {
  if (!readsAsBotocore(scene)) return null
  const legacy = legacyPlace(scene)
  if (legacy === null) return null
  const newer = newerToken(scene)
  const longTerm = isLongTerm(scene)
  if (!longTerm && !isTemporary(scene)) return null
  if (newer !== null && newer.value === scene.token?.value) return null
  if (newer === null && (!longTerm || legacy.empty)) return null
  const name = 'variable' in legacy.at ? 'AWS_SECURITY_TOKEN' : 'aws_security_token'
  const modern = 'variable' in legacy.at ? 'AWS_SESSION_TOKEN' : 'aws_session_token'
  const facts: Evidence[] = [
    evidence(
      legacy.empty
        ? `${name} is empty, and yet it hides ${modern}: the AWS CLI and boto3 look at the old name first`
        : newer === null
          ? `${name}, the old name of ${modern}, still holds a token; the AWS CLI and boto3 send it, other SDKs do not`
          : `${name} and ${modern} hold different tokens; the AWS CLI and boto3 take the old name first, other SDKs ignore it`,
      legacy.at,
    ),
  ]
  const other = scene.outcomes.get('sts-with-other-token')
  if (other?.kind === 'refused') return null
  let certainty: Certainty = longTerm || legacy.empty ? 'proven' : 'likely'
  if (other?.kind === 'accepted') {
    certainty = 'proven'
    facts.push(evidence(`With ${modern} AWS accepts the same key`, { probe: 'sts-with-other-token' }))
  }
  const account = scene.key?.account ?? null
  if (scene.session?.account != null && account !== null && scene.session.account !== account) {
    certainty = 'proven'
    facts.push(
      evidence(
        `The token in ${name} is of account ${scene.session.account}, the key is of account ${account}`,
        legacy.at,
      ),
    )
  }
  if (!longTerm && newer === null) return null
  return found(
    certainty,
    `An old token in ${name} is sent instead of the one that belongs to the key`,
    facts,
    legacy.empty ? removeEmptyLegacy(scene, legacy.at) : removeTokens(scene, [name]),
  )
}

function removeEmptyLegacy(scene: Scene, at: Place): Fix {
  const place = sectionAt(scene.files, at)
  if (place === null || !('line' in at)) return cure('Remove the empty aws_security_token')
  return automaticCure(`Delete line ${at.line} of ${homePath(place.file, scene.home).shown}`, {
    edits: [{ kind: 'unset', file: place.file, section: place.section.name, key: 'aws_security_token' }],
  })
}

function sessionTokenMissing(scene: Scene): Found | null {
  const { credential } = scene
  if (credential === null || scene.token !== null || !isTemporary(scene)) return null
  if (scene.id?.placeholder !== null) return null
  const facts: Evidence[] = [
    evidence(
      `${shownId(scene.id)} in ${placeWords(scene, credential.accessKeyId.at)} is a temporary key (ASIA): it works only together with its session token`,
      credential.accessKeyId.at,
    ),
    evidence(isInEnvironment(scene) ? 'AWS_SESSION_TOKEN is not set' : `No aws_session_token stands beside it`),
  ]
  const elsewhere = tokensElsewhere(scene)
  if (elsewhere !== null)
    facts.push(evidence(`A session token ${elsewhere.why} stands in ${placeWords(scene, elsewhere.at)}`, elsewhere.at))
  const misnamed = misnamedToken(scene)
  if (misnamed !== null)
    facts.push(
      evidence(
        `"${misnamed.key}" in ${placeWords(scene, misnamed.at)} is a name that no SDK reads: the name is aws_session_token`,
        misnamed.at,
      ),
    )
  const profile = profileOf(credential)
  return found(
    'proven',
    'The session token is missing',
    facts,
    (misnamed === null ? wholeElsewhere(scene) : renamedToken(scene, misnamed)) ??
      cure(
        'Add the third value from where you got the other two (three values belong together: id, secret, token)',
        isInEnvironment(scene) ? promptFor(['AWS_SESSION_TOKEN']) : pasteToken(profile),
      ),
  )
}

function renamedToken(scene: Scene, { key, at, value }: MisnamedToken): Fix | null {
  const place = sectionAt(scene.files, at)
  if (place === null || value === '') return null
  const section = { file: place.file, section: place.section.name }
  const edits = [
    hiddenSet({ ...section, key: 'aws_session_token', value }),
    { kind: 'unset', ...section, key } as const,
  ]
  return automaticCure(`Call it aws_session_token in ${placeWords(scene, at)}`, { edits })
}

interface MisnamedToken {
  readonly key: string
  readonly at: Place
  /** Never shown. */
  readonly value: string
}

function tokensElsewhere(scene: Scene): { readonly at: Place; readonly why: string } | null {
  for (const other of scene.others) {
    if (other.sessionToken === null) continue
    if (other.accessKeyId.value.trim() === scene.id?.clean)
      return { at: other.sessionToken.at, why: 'for the same key' }
  }
  const variable = scene.credential?.provider === 'env' ? null : tokenVariables.find((name) => scene.machine.env(name))
  return variable == null ? null : { at: { variable }, why: 'that this profile does not use' }
}

function misnamedToken(scene: Scene): MisnamedToken | null {
  const place = scene.credential === null ? null : sectionAt(scene.files, scene.credential.accessKeyId.at)
  for (const key of ['session_token', 'aws_token', 'token', 'sessiontoken', 'aws_sessiontoken', 'aws_session']) {
    const entry = place?.section.entries.get(key)
    if (place && entry)
      return {
        key: entry.keyText,
        at: { file: place.file, line: entry.keyLine, column: entry.keyColumn },
        value: entry.value,
      }
  }
  return null
}

function sessionParentGone(scene: Scene): Found | null {
  if (
    !isTemporary(scene) ||
    scene.token === null ||
    scene.refusal === null ||
    !scene.refusal.families.includes('not-accepted') ||
    isAcceptedNow(scene)
  )
    return null
  if (expiredForSure(scene) || scene.session?.form === 'cut' || scene.session?.form === 'altered') return null
  const account = scene.key?.account ?? null
  if (scene.session?.account != null && account !== null && scene.session.account !== account) return null
  const parents = scene.others.filter(
    (other) =>
      /^AKIA/.test(other.accessKeyId.value) &&
      accountOfAccessKeyId(other.accessKeyId.value.trim()) === account &&
      account !== null,
  )
  const newer = parents.find((parent) => isWrittenAfter(scene, parent))
  return found(
    newer === undefined ? 'possible' : 'likely',
    'The key, user or role behind this session may be gone',
    [
      evidence(
        'A session dies when the key or user that it was made with is deleted or switched off, and AWS then gives this answer',
      ),
      ...(newer === undefined
        ? []
        : [
            evidence(
              `The file with the long-term key ${shownIdText(newer.accessKeyId.value)} was written after this session was made: the key may have been changed since`,
              newer.accessKeyId.at,
            ),
          ]),
      ...parents
        .filter((parent) => parent !== newer)
        .slice(0, 2)
        .map((parent) =>
          evidence(
            `${shownIdText(parent.accessKeyId.value)} in ${placeWords(scene, parent.accessKeyId.at)} is a long-term key of the same account`,
            parent.accessKeyId.at,
          ),
        ),
    ],
    renew(scene, 'Get a new session; if that is refused too, look at the key that makes it'),
  )
}

/** A session and the key that made it are written at one time; a file that is newer has another key in it, perhaps. */
const afterwards = 5 * 60 * 1000

function isWrittenAfter({ session, files }: Scene, { accessKeyId }: Credential): boolean {
  const { at } = accessKeyId
  if (session?.issuedAt == null || !('file' in at)) return false
  const file = [files.credentials, files.config].find(({ path }) => path === at.file)
  return file?.state.kind === 'read' && file.state.modifiedAt.getTime() > session.issuedAt.getTime() + afterwards
}
