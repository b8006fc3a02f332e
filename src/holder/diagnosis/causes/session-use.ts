import type { FileEdit } from '../../files/edit.ts'
import type { Place } from '../../sources/credential.ts'
import { profileSettings } from '../../sources/settings.ts'
import { isLongTerm, isTemporary, type Scene, sectionAt } from '../scene.ts'
import { homePath, unsetVariables } from '../shells.ts'
import type { Evidence, Fix } from '../verdict.ts'
import { aws, credentialVariables, isInEnvironment, placeWords, setVariables, shownId } from '../words.ts'
import { automaticCure, type Cause, cure, evidence, type Found, found, unsetCure } from './cause.ts'
import { newSession } from './new-session.ts'
import { expiredForSure } from './session-expiry.ts'

/** Sessions that are good, and used for what they are not good for; and a token that is sent although there is none. */
export const sessionUseCauses: readonly Cause[] = [
  {
    id: 'session-token-empty',
    isFact: true,
    failsAt: ['not-accepted', 'signature', 'missing'],
    insteadOf: ['session-token-missing'],
    look: sessionTokenEmpty,
  },
  { id: 'session-without-mfa', failsAt: ['not-accepted'], look: sessionWithoutMfa },
  { id: 'session-from-session', failsAt: ['denied'], look: sessionFromSession },
]

/** A header with nothing in it is not the same as no header. */
function sessionTokenEmpty(scene: Scene): Found | null {
  const { token, refusal } = scene
  if (token === null) return emptyInPlace(scene)
  if (token.clean !== '' || refusal === null) return null
  const place = sectionAt(scene.files, token.at)
  const facts: Evidence[] = [
    evidence(
      `The session token in ${placeWords(scene, token.at)} has no character in it, and it is sent all the same`,
      token.at,
    ),
  ]
  const cleaned = scene.outcomes.get('sts-with-cleaned-values')
  if (cleaned?.kind === 'accepted')
    facts.push(evidence('Without it AWS accepts the key', { probe: 'sts-with-cleaned-values' }))
  const title = 'An empty session token is sent'
  if (!isLongTerm(scene)) {
    return found(
      'proven',
      title,
      [...facts, evidence(`${shownId(scene.id)} is a temporary key, which needs its token`)],
      newSession(scene),
    )
  }
  if ('variable' in token.at) {
    return found('proven', title, facts, unsetCure('Take the variable away', [token.at.variable]))
  }
  const entry = [...(place?.section.entries.values() ?? [])].find(
    (each) => 'line' in token.at && each.line === token.at.line,
  )
  if (place === null || entry === undefined) return found('proven', title, facts, cure('Take the empty token away'))
  const edit = { kind: 'unset', file: place.file, section: place.section.name, key: entry.key } as const
  const says = `Delete line ${entry.keyLine} of ${homePath(place.file, scene.home).shown}`
  return found('proven', title, facts, automaticCure(says, { edits: [edit] }))
}

/** SDKs leave an empty value out; a temporary key then has no token, and programs of one's own may send the empty one. */
function emptyInPlace(scene: Scene): Found | null {
  const { credential, machine, files, refusal } = scene
  if (credential === null || refusal === null || scene.id?.placeholder !== null) return null
  const place = sectionAt(files, credential.accessKeyId.at)
  const entry = place?.section.entries.get('aws_session_token')
  const at: Place | null = isInEnvironment(scene)
    ? machine.env('AWS_SESSION_TOKEN') === ''
      ? { variable: 'AWS_SESSION_TOKEN' }
      : null
    : place != null && entry?.value === ''
      ? { file: place.file, line: entry.keyLine, column: entry.keyColumn }
      : null
  if (at === null) return null
  const title = 'The session token is there, but it is empty'
  const facts = [evidence(`There is nothing in ${placeWords(scene, at)}`, at)]
  if (isTemporary(scene)) {
    const fix = newSession(scene)
    const needs = evidence(
      `${shownId(scene.id)} is a temporary key, which works only together with its token`,
      credential.accessKeyId.at,
    )
    const says = `${fix.says}: the token was empty when it was stored`
    return found('proven', title, [...facts, needs], { ...fix, says })
  }
  // An SDK would have left it out, and AWS would have accepted the key.
  if (refusal.from !== 'text' || !isLongTerm(scene) || scene.outcomes.get('sts-as-it-is')?.kind === 'refused')
    return null
  const sent = evidence(
    'The SDKs leave an empty token out, but a program of your own may send it, and AWS refuses that',
  )
  return found(
    'likely',
    title,
    [...facts, sent],
    'variable' in at
      ? unsetCure('Leave the token out where it is empty', [at.variable])
      : automaticCure('Leave the token out where it is empty', { edits: emptyToken(scene) }),
  )
}

/** The empty line of the section in which the examined key stands. */
function emptyToken({ credential, files }: Scene): readonly FileEdit[] {
  const place = credential === null ? null : sectionAt(files, credential.accessKeyId.at)
  return place === null
    ? []
    : [{ kind: 'unset', file: place.file, section: place.section.name, key: 'aws_session_token' }]
}

/** What a session of GetSessionToken without a one-time code may call in STS; nothing in IAM (STS API Reference, GetSessionToken). */
const openToAll = /^(AssumeRole|GetCallerIdentity)$/

function sessionWithoutMfa(scene: Scene): Found | null {
  const { refusal, outcomes, told, token } = scene
  if (refusal?.from !== 'text' || !isTemporary(scene) || token === null) return null
  const { service, operation } = refusal.reply
  const isProven = outcomes.get('sts-as-it-is')?.kind === 'accepted' && told?.iam === 'not-accepted'
  if (service !== 'iam' && service !== 'sts' && !(service === null && isProven)) return null
  if (operation !== null && openToAll.test(operation)) return null
  if (expiredForSure(scene) || scene.session?.form === 'cut' || scene.session?.form === 'altered') return null
  const alive = outcomes.get('sts-as-it-is')
  if (alive?.kind === 'refused' || told?.iam === 'answered' || told?.iam === 'denied') return null
  // The session of a role may call IAM.
  if (alive?.kind === 'accepted' && /:assumed-role\//.test(alive.identity.arn)) return null
  const maker = madeWithoutCode(scene)
  // Of STS alone GetCallerIdentity is what is mostly called, and that is open to every session.
  const isWhole = (service === 'iam' || operation !== null) && isOfOneSession(scene)
  const facts: Evidence[] = [
    evidence(
      `A session that was made without a one-time code may call nothing in IAM, and in STS only AssumeRole and GetCallerIdentity`,
      token.at,
    ),
  ]
  if (isProven) facts.push(evidence('STS accepts the session and IAM does not', { probe: 'iam-account-summary' }))
  else if (alive?.kind === 'accepted') facts.push(evidence('STS accepts the session', { probe: 'sts-as-it-is' }))
  if (maker !== null) facts.push(maker)
  else if (isWhole && !isProven)
    facts.push(
      evidence('Key and token are of one account and young, and nothing says that they are those of a role', token.at),
    )
  const fix = newSession(scene)
  return found(
    isProven ? 'proven' : maker !== null || isWhole || alive?.kind === 'accepted' ? 'likely' : 'possible',
    'The session was made without MFA, and IAM does not take such a one',
    facts,
    {
      ...fix,
      says: `${fix.says}. It has to be made with a one-time code (or use a role, or the long-term key itself)`,
    },
  )
}

/** Nothing speaks against the session itself, nor for a role: then it is the service that does not take it. */
function isOfOneSession(scene: Scene): boolean {
  const { session, key, files, credential, now, trace } = scene
  if (session === null || session.form !== 'well-formed' || session.issuedAt === null) return false
  const age = now.getTime() - session.issuedAt.getTime()
  if (age < 0 || age > 12 * 3_600_000) return false
  if (session.account !== null && session.account !== key?.account) return false
  const settings = profileSettings(files, credential?.profile ?? trace.profile.name)
  return !['role_arn', 'assumed_role', 'sso_account_id', 'sso_session', 'credential_process'].some((name) =>
    settings?.has(name),
  )
}

/** A sign that the session is one of GetSessionToken, and that no code went into it. */
function madeWithoutCode(scene: Scene): Evidence | null {
  const { machine, files, credential } = scene
  const vault = machine.env('AWS_VAULT')
  const name = vault ?? credential?.profile ?? scene.trace.profile.name
  const settings = profileSettings(files, name)
  const longTerm = profileSettings(files, `${name}-long-term`)
  if (settings?.has('role_arn') || settings?.has('assumed_role') || settings?.has('sso_account_id')) return null
  if (settings?.has('mfa_serial') || longTerm?.has('mfa_serial')) return null
  if (vault && isInEnvironment(scene))
    return evidence(`aws-vault made it for profile "${vault}", which names neither a role nor an MFA device`, {
      variable: 'AWS_VAULT',
    })
  return null
}

function sessionFromSession(scene: Scene): Found | null {
  const { refusal, credential } = scene
  const operation = refusal?.reply.operation ?? ''
  if (refusal?.from !== 'text' || credential === null || !isTemporary(scene)) return null
  if (!/^Get(SessionToken|FederationToken)$/.test(operation)) return null
  return found(
    'proven',
    'A session cannot be made from a session',
    [
      evidence(
        `${shownId(scene.id)} in ${placeWords(scene, credential.accessKeyId.at)} is a temporary key, and ${operation} needs a long-term key (AKIA)`,
        credential.accessKeyId.at,
      ),
    ],
    isInEnvironment(scene)
      ? withoutSession(scene)
      : cure('Make the call with a profile that holds the long-term key', aws('NAME', 'sts', 'get-session-token')),
  )
}

function withoutSession(scene: Scene): Fix {
  const says = 'Take the session out of the environment, and make the call with the long-term key'
  const names = setVariables(scene, credentialVariables)
  const isBehind = scene.others.some(
    ({ profile, accessKeyId }) => profile === scene.trace.profile.name && accessKeyId.value.startsWith('AKIA'),
  )
  return isBehind ? unsetCure(says, names) : cure(says, unsetVariables(names))
}
