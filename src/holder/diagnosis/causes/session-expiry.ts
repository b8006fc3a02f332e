import { expiryFields } from '../../files/aws-files.ts'
import type { Place } from '../../sources/credential.ts'
import { isAcceptedNow, isLongTerm, type Scene, sectionAt, withoutClass } from '../scene.ts'
import type { Certainty, Evidence } from '../verdict.ts'
import { instantWords, placeWords, span } from '../words.ts'
import { type Cause, cure, evidence, type Found, found, unsetCure } from './cause.ts'
import { newSession } from './new-session.ts'

/** Sessions that are over: by a note on the machine, by the age of the token, or by the word of AWS. */
export const expiryCauses: readonly Cause[] = [
  { id: 'session-expired', failsAt: ['expired', 'not-accepted', 'nothing-sent'], look: sessionExpired },
]

/** The client refuses by its own note what AWS still accepts, or a key that has no end at all. */
function leftoverEnd(scene: Scene): Found {
  const { trace, outcomes } = scene
  return found(
    'proven',
    'AWS_CREDENTIAL_EXPIRATION is left over from an earlier session, and the keys are refused here for it',
    [
      evidence(withoutClass(trace.error!.says), trace.error!.at),
      ...(outcomes.get('sts-as-it-is')?.kind === 'accepted'
        ? [evidence('AWS accepts the same keys', { probe: 'sts-as-it-is' })]
        : [evidence('The key beside it is a long-term key (AKIA), which has no end')]),
    ],
    unsetCure('Take the variable away', ['AWS_CREDENTIAL_EXPIRATION']),
  )
}

interface End {
  readonly at: Date
  readonly place: Place
  /** Seconds by which it may be wrong, when no zone was written. */
  readonly slack: number
}

/** Every note on this machine about when the examined session ends. */
function knownEnds(scene: Scene): readonly End[] {
  const { credential } = scene
  if (credential === null) return []
  const ends: End[] = []
  if (credential.expiration !== null) {
    const naive =
      credential.expiration.raw !== undefined && !/(z|utc|gmt|[+-]\d{2}:?\d{2})\s*$/i.test(credential.expiration.raw)
    ends.push({ at: credential.expiration.value, place: credential.expiration.at, slack: naive ? 14 * 3600 : 0 })
  }
  const place = sectionAt(scene.files, credential.accessKeyId.at)
  if (place !== null) {
    for (const field of expiryFields(scene.files)) {
      if (field.file !== place.file || field.section !== place.section.name || field.at === null) continue
      ends.push({
        at: field.at,
        place: { file: field.file, line: field.line, column: field.column },
        slack: field.zone === 'unknown' ? 14 * 3600 : field.zone === 'local' ? 3600 : 0,
      })
    }
  }
  // A note from before this token was issued is about an earlier session.
  const issued = scene.session?.issuedAt?.getTime()
  return issued === undefined ? ends : ends.filter(({ at, slack }) => at.getTime() + slack * 1000 > issued)
}

/** The longest that any session lasts: GetSessionToken and GetFederationToken give 36 hours at most. */
const longestSession = 36 * 3600

function secondsSince(scene: Scene, instant: Date): number {
  return (scene.now.getTime() - instant.getTime()) / 1000
}

export function expiredForSure(scene: Scene): boolean {
  if (scene.session?.issuedAt != null && secondsSince(scene, scene.session.issuedAt) > longestSession) return true
  return knownEnds(scene).some(({ at, slack }) => secondsSince(scene, at) > slack)
}

function sessionExpired(scene: Scene): Found | null {
  const { credential, token, session, refusal, trace } = scene
  const refusedHere = trace.error?.reason === 'expired'
  const saysSo = refusal !== null && refusal.families.length === 1 && refusal.families[0] === 'expired'
  // Of a text without any credential at hand the text's own proof tells all there is.
  if (credential === null && (!saysSo || refusal.from === 'text')) return null
  // A long-term key never expires; the token beside it has a cause of its own.
  if (credential !== null && (isLongTerm(scene) || token === null) && !refusedHere) return null
  const ends = knownEnds(scene)
  const age = session?.issuedAt == null ? null : secondsSince(scene, session.issuedAt)
  const over = ends.filter(({ at, slack }) => secondsSince(scene, at) > slack)
  const perhapsOver = ends.filter(
    ({ at, slack }) => slack > 0 && secondsSince(scene, at) > -slack && secondsSince(scene, at) <= slack,
  )
  const facts: Evidence[] = []
  for (const end of over.slice(0, 2))
    facts.push(
      evidence(
        `${placeWords(scene, end.place)} says that the session ended ${instantWords(end.at)}, ${span(secondsSince(scene, end.at))} ago`,
        end.place,
      ),
    )
  if (age !== null && age > 0 && (age > 3600 || saysSo))
    facts.push(
      evidence(
        `The token was issued ${instantWords(session!.issuedAt!)}, ${span(age)} ago${age > longestSession ? '; no session lasts longer than 36 hours' : ''}`,
        token?.at ?? null,
      ),
    )
  if (saysSo)
    facts.push(
      evidence(
        refusal.from === 'probe'
          ? 'AWS says that the session has expired: it was genuine once'
          : 'The answer says that the session has expired: it was genuine once',
        refusal.from === 'probe' ? { probe: 'sts-as-it-is' } : null,
      ),
    )
  if (refusedHere) facts.push(evidence(withoutClass(trace.error.says), trace.error.at))
  const certainty = certaintyOfExpiry(scene, {
    saysSo,
    refusedHere,
    over: over.length > 0,
    perhaps: perhapsOver.length > 0,
    age,
  })
  if (certainty === null) return null
  if (facts.length === 0)
    facts.push(
      evidence(
        perhapsOver.length > 0
          ? `${placeWords(scene, perhapsOver[0]!.place)} notes an end without a time zone that is near`
          : 'A session that ended long ago gives this answer',
        perhapsOver[0]?.place ?? token?.at ?? null,
      ),
    )
  if (refusedHere && (isLongTerm(scene) || scene.outcomes.get('sts-as-it-is')?.kind === 'accepted'))
    return leftoverEnd(scene)
  if (credential === null)
    return found(
      certainty,
      'The session has expired',
      facts,
      cure('Get a new session the way you got the old one, and replace all three values'),
    )
  return found(certainty, 'The session has expired', facts, newSession(scene))
}

function certaintyOfExpiry(
  scene: Scene,
  seen: {
    readonly saysSo: boolean
    readonly refusedHere: boolean
    readonly over: boolean
    readonly perhaps: boolean
    readonly age: number | null
  },
): Certainty | null {
  if (seen.saysSo || seen.refusedHere) return 'proven'
  if (seen.age !== null && seen.age > longestSession) return 'proven'
  // Without a refusal a note on this machine is the only witness, and the clock the other one.
  if (seen.over) return 'proven'
  if (scene.refusal === null || isAcceptedNow(scene)) return null
  if (seen.age !== null && seen.age > 12 * 3600) return 'likely'
  if (seen.perhaps || seen.age === null || seen.age > 900) return 'possible'
  return null
}
