import { expiryFields } from '../../files/aws-files.ts'
import type { Credential } from '../../sources/credential.ts'
import { isLongTerm, isTemporary, type Scene, sectionAt } from '../scene.ts'
import { noCommands } from '../shells.ts'
import { configure, instantWords, placeWords, shownId, useProfile } from '../words.ts'
import { type Cause, cure, evidence, type Found, found, shellCure } from './cause.ts'
import { instanceCauses } from './instance.ts'
import { webIdentityCauses } from './web-identity.ts'

/** Where the program runs: functions, pods, instances, and desks that somebody else looks after. */
export const workloadCauses: readonly Cause[] = [
  {
    id: 'reserved-variables',
    isFact: true,
    failsAt: ['not-accepted', 'expired', 'signature'],
    insteadOf: ['stale-session-token', 'mixed-sessions'],
    look: reservedVariables,
  },
  ...webIdentityCauses,
  ...instanceCauses,
  { id: 'saml-failed', failsAt: ['not-accepted', 'expired'], look: samlElsewhere },
  { id: 'managed-credentials', failsAt: ['not-accepted', 'expired', 'denied'], look: managedCredentials },
  { id: 'cognito-pool', failsAt: ['denied'], look: guestOfPool },
]

/** In Lambda the three variables are the platform's: whoever replaces two of them leaves the third. */
function reservedVariables(scene: Scene): Found | null {
  const { surroundings, credential, token, key, session } = scene
  if (surroundings?.workload.platform !== 'lambda' || credential?.provider !== 'env' || token === null) return null
  const isOther =
    isTemporary(scene) && session?.account != null && key?.account != null && session.account !== key.account
  if (!isLongTerm(scene) && !isOther) return null
  return found(
    'proven',
    'Keys of your own stand in the variables that Lambda reserves, beside the session token of its own',
    [
      evidence(
        isOther
          ? `${shownId(scene.id)} is of another account than the session token that Lambda has set`
          : `${shownId(scene.id)} is a long-term key; Lambda itself only ever sets temporary ones`,
        credential.accessKeyId.at,
      ),
      evidence('The session token beside it is that of the role of the function', token.at),
      evidence('This is a Lambda function', surroundings.workload.at),
    ],
    cure(
      'Keep keys of your own under other names (for example MY_AWS_ACCESS_KEY_ID) and give them to the client in the program, or give the role of the function the permissions and drop the keys',
      noCommands,
    ),
  )
}

/** A tool for SAML has stored a fresh session, in a profile that was not used. */
function samlElsewhere(scene: Scene): Found | null {
  const { credential, refusal } = scene
  if (refusal?.from !== 'probe' || credential === null || !isTemporary(scene)) return null
  const fresh = scene.others.find((other) => other.profile !== credential.profile && isFromSaml(scene, other))
  if (fresh === undefined) return null
  const end = endOf(scene, fresh)
  if (end === null || end <= scene.now) return null
  const own = endOf(scene, credential)
  if (own !== null && own > scene.now) return null
  const profile = fresh.profile!
  return found(
    'likely',
    `The SAML login was stored in profile "${profile}", and another profile is used`,
    [
      evidence(
        `Profile "${profile}" in ${placeWords(scene, fresh.accessKeyId.at)} holds a session until ${instantWords(end)}`,
        fresh.accessKeyId.at,
      ),
      evidence(
        `${shownId(scene.id)} in ${placeWords(scene, credential.accessKeyId.at)} is what is used, and it is refused`,
        credential.accessKeyId.at,
      ),
    ],
    shellCure(`Use the profile "${profile}"`, { AWS_PROFILE: profile }, useProfile(profile)),
  )
}

/** saml2aws names its profile `saml` where nobody names another, and writes whose session it is. */
function isFromSaml({ files }: Scene, { profile, accessKeyId }: Credential): boolean {
  const place = sectionAt(files, accessKeyId.at)
  return place !== null && (place.section.entries.has('x_principal_arn') || profile === 'saml')
}

function endOf({ files }: Scene, { accessKeyId, expiration }: Credential): Date | null {
  const place = sectionAt(files, accessKeyId.at)
  const field = expiryFields(files).find(
    ({ file, section, at }) => at !== null && file === place?.file && section === place.section.name,
  )
  return field?.at ?? expiration?.value ?? null
}

/** Credentials that a platform for learning or developing writes by itself, and takes away by itself. */
function managedCredentials(scene: Scene): Found | null {
  const { surroundings, refusal, credential } = scene
  if (refusal === null) return null
  const lab = (refusal.named?.arns ?? []).find((arn) => /:assumed-role\/(voclabs|vocareum|vocstartsoft)\b/i.test(arn))
  if (lab !== undefined)
    return found(
      'likely',
      'These are the credentials of a lab (AWS Academy, Vocareum), which decides what they may do and when they end',
      [evidence('The caller is the role "voclabs" of such a lab')],
      cure(
        'Start the lab again, open "AWS Details", and copy all three values; what the lab forbids, no policy of yours allows',
        configure(null),
      ),
    )
  if (surroundings?.workload.platform !== 'cloud9' || credential === null || !isTemporary(scene)) return null
  if (credential.provider !== 'shared-credentials-file' || credential.profile !== 'default') return null
  return found(
    'likely',
    'These are the managed credentials of AWS Cloud9',
    [
      evidence(
        `Cloud9 writes ${placeWords(scene, credential.accessKeyId.at)} by itself, every few minutes and only while its window is open`,
        credential.accessKeyId.at,
      ),
      evidence('This is a Cloud9 environment', surroundings.workload.at),
    ],
    cure(
      'Open the environment as its owner, or switch "AWS managed temporary credentials" off (Preferences, AWS Settings) and use a role of the instance or credentials of your own',
    ),
  )
}

/** Cognito calls every session so; the name of the role is the pool's. */
function guestOfPool({ refusal }: Scene): Found | null {
  const guest = (refusal?.named?.arns ?? []).find((arn) =>
    /:assumed-role\/[^/]*unauth[^/]*\/CognitoIdentityCredentials$/i.test(arn),
  )
  if (guest === undefined) return null
  return found(
    'likely',
    'The caller is a guest of a Cognito identity pool: nobody was signed in',
    [
      evidence(
        `The role ${/assumed-role\/([^/]+)/.exec(guest)![1]!.slice(0, 64)} is the one that the pool gives to guests`,
      ),
    ],
    cure(
      'Sign the user in before the call (check the login’s provider name and token), or allow the action to the role for guests',
    ),
  )
}
