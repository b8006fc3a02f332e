import { isAwsHost } from '../../../anatomy/partitions.ts'
import type { Credential, Place } from '../../sources/credential.ts'
import { profileSettings, sourceProfiles } from '../../sources/settings.ts'
import { brokenSource, type Scene, sectionAt, withoutClass } from '../scene.ts'
import { type Commands, command, editFile, homePath, setVariable } from '../shells.ts'
import type { Evidence, Fix } from '../verdict.ts'
import {
  configure,
  credentialVariables,
  isInEnvironment,
  placeWords,
  profileOf,
  setVariables,
  shownId,
  shownIdText,
} from '../words.ts'
import { automaticCure, type Cause, cure, evidence, type Found, found, unsetCure } from './cause.ts'
import { nearestName, profileNames } from './profile-names.ts'
import { keyIsRefused } from './refused-key.ts'

/** A different source won: told first, because its cure is the shortest. */
export const shadowCauses: readonly Cause[] = [
  {
    id: 'environment-shadows-profile',
    failsAt: ['not-accepted', 'expired', 'signature', 'malformed', 'nothing-sent', 'denied'],
    look: environmentShadowsProfile,
  },
]

/** The request went somewhere else than was meant. */
export const placeCauses: readonly Cause[] = [
  {
    id: 'source-profile-broken',
    failsAt: ['not-accepted', 'expired', 'signature', 'malformed', 'nothing-sent'],
    insteadOf: ['profile-not-found'],
    look: sourceProfileBroken,
  },
  { id: 'signing-scope-wrong', failsAt: ['scope'], look: signingScopeWrong },
  { id: 'endpoint-override', failsAt: ['not-accepted', 'signature'], look: endpointOverride },
]

function environmentShadowsProfile(scene: Scene): Found | null {
  const { trace, machine } = scene
  const stopped =
    trace.error?.at != null &&
    'variable' in trace.error.at &&
    /^AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|CREDENTIAL_EXPIRATION)$/.test(trace.error.at.variable)
  if (!isInEnvironment(scene) && !stopped) return null
  const shadowed = shadowedPair(scene)
  if (shadowed === null || shadowed.accessKeyId.value.trim() === (machine.env('AWS_ACCESS_KEY_ID') ?? '').trim())
    return null
  const worked = scene.outcomes.get('sts-with-shadowed-profile')
  if (worked?.kind === 'refused') return null
  const { name, from } = trace.profile
  const named = typeof from === 'object'
  if (worked?.kind !== 'accepted' && scene.refusal === null && !stopped && !named) return null
  const facts: Evidence[] = [
    evidence(
      stopped
        ? `The variables stop the search before profile "${name}" is looked at`
        : `The keys in the environment (${shownId(scene.id)}) are used before those of any profile`,
      { variable: 'AWS_ACCESS_KEY_ID' },
    ),
    evidence(
      `Profile "${name}"${named ? `, which ${from.variable} names,` : ''} holds another key (${shownIdText(shadowed.accessKeyId.value)}) in ${placeWords(scene, shadowed.accessKeyId.at)}`,
      shadowed.accessKeyId.at,
    ),
  ]
  if (worked?.kind === 'accepted')
    facts.push(evidence(`AWS accepts that one: it is ${worked.identity.arn}`, { probe: 'sts-with-shadowed-profile' }))
  const certainty = worked?.kind === 'accepted' ? 'proven' : named || stopped ? 'likely' : 'possible'
  return found(
    certainty,
    `Old keys in the environment hide your profile "${name}"`,
    facts,
    unsetCure(
      // Once somebody has looked for the file that sets them, it is named by itself.
      `Take the keys out of the environment${scene.surroundings == null ? ' (and out of the file that sets them, for example ~/.bashrc)' : ''}`,
      setVariables(scene, credentialVariables),
    ),
  )
}

/** The static pair of the selected profile that the environment hides. */
export function shadowedPair(scene: Pick<Scene, 'trace' | 'others'>) {
  const step = scene.trace.steps.find(
    (each) => each.outcome === 'shadowed' && each.credential !== null && each.provider !== 'env',
  )
  if (step?.credential != null) return step.credential
  const { name } = scene.trace.profile
  return scene.trace.error === null
    ? null
    : (scene.others.find((other) => other.profile === name && other.provider !== 'env') ?? null)
}

interface Fault {
  readonly says: string
  readonly at: Place | null
}

/** The first `source_profile` on the way from the selected profile that names none, or leads back. */
function brokenLink({ files, trace }: Scene): Fault | null {
  // In a file that could not be read there may be any profile.
  if ([files.config, files.credentials].some(({ state }) => state.kind === 'unreadable')) return null
  let settings = profileSettings(files, trace.profile.name)
  for (const step of sourceProfiles(files, trace.profile.name)) {
    if (settings?.get('role_arn') === undefined) return null
    const { value, at } = step.source
    if (step.settings === null) return { says: `source_profile names a profile that does not exist: "${value}"`, at }
    if (step.leadsBack) return { says: `source_profile leads back to profile "${value}"`, at }
    settings = step.settings
  }
  return null
}

/** A source that does not exist, and the profile whose name is nearly the same. */
function meantSource(scene: Scene): Fix | null {
  const { files, trace } = scene
  const link = sourceProfiles(files, trace.profile.name).find(({ settings }) => settings === null)
  const near = link === undefined ? null : nearestName(link.source.value, profileNames(scene))
  const place = link === undefined ? null : sectionAt(files, link.source.at)
  if (near === null || place === null) return null
  const edit = {
    kind: 'set',
    file: place.file,
    section: place.section.name,
    key: 'source_profile',
    value: near,
  } as const
  return automaticCure(`Change source_profile to "${near}"`, { edits: [edit] })
}

/** What botocore and Go call a role without anything to start from. */
const ofRole =
  /source_profile|credential_source|InfiniteLoop|^SharedConfigAssumeRole|only one credential type may be specified/

/** The client's own error about what a role starts from; what the role is asked for with has causes of its own. */
function errorOfRole(scene: Scene): Fault | null {
  const { error } = scene.trace
  if (error === null) return null
  const isOfRole =
    error.reason === 'configuration' &&
    brokenSource(scene)?.provider === 'assume-role' &&
    !/^(ParamValidation|SSOTokenLoad|UnauthorizedSSOToken|TokenRetrieval)/.test(error.says)
  return isOfRole || ofRole.test(error.says) ? { says: withoutClass(error.says), at: error.at } : null
}

function sourceProfileBroken(scene: Scene): Found | null {
  const { trace, credential, behindRole } = scene
  const hasNothing = trace.error !== null || trace.winner === null
  const fault = hasNothing ? (brokenLink(scene) ?? errorOfRole(scene)) : null
  if (fault !== null)
    return found(
      'proven',
      `The role of profile "${trace.profile.name}" has no credentials to start from`,
      [evidence(fault.says, fault.at)],
      meantSource(scene) ??
        cure(
          'Correct source_profile, or give that profile credentials',
          fault.at !== null && 'file' in fault.at
            ? editFile(homePath(fault.at.file, scene.home))
            : configure(null, 'list-profiles'),
        ),
    )
  if (!behindRole || credential === null || scene.refusal === null) return null
  if (scene.refusal.from === 'text') return refusedAtRole(scene, credential)
  return found(
    'proven',
    `The keys with which the role of profile "${trace.profile.name}" would be assumed are refused`,
    [
      evidence(
        `The role is assumed with profile "${credential.profile}" (${shownId(scene.id)} in ${placeWords(scene, credential.accessKeyId.at)})`,
        credential.accessKeyId.at,
      ),
      evidence(`AWS refuses that key: ${scene.refusal.reply.code}`, { probe: 'sts-as-it-is' }),
    ],
    cure(
      `Repair profile "${credential.profile}" first; this tells what is wrong with it`,
      command('countersign', 'check', ...(profileOf(credential) === null ? [] : ['--profile', profileOf(credential)!])),
    ),
  )
}

/** STS refuses the call for the role: then it is the pair behind it that is refused. */
function refusedAtRole(scene: Scene, credential: Credential): Found | null {
  const { operation, code } = scene.refusal!.reply
  if (operation !== 'AssumeRole') return null
  const profile = profileOf(credential)
  return found(
    'likely',
    `The keys with which the role of profile "${scene.trace.profile.name}" is assumed are refused`,
    [
      evidence(
        `The role is assumed with ${shownId(scene.id)} in ${placeWords(scene, credential.accessKeyId.at)}`,
        credential.accessKeyId.at,
      ),
      evidence(`It was AssumeRole that was refused (${code})`),
    ],
    cure('Repair those keys first', command('countersign', 'check', ...(profile === null ? [] : [profile]))),
  )
}

/** The region that stands in the name of one of AWS's own STS endpoints; null for other hosts. */
function regionOfHost(endpoint: string): string | null {
  const host = URL.parse(endpoint)?.hostname ?? ''
  return isAwsHost(host) ? (/^sts(?:-fips)?\.([a-z]{2,4}(?:-[a-z]+)+-\d)\./.exec(host)?.[1] ?? null) : null
}

function signingScopeWrong(scene: Scene): Found | null {
  const { refusal, trace } = scene
  const served = regionOfHost(trace.endpoint.sts)
  if (served !== null && served !== trace.endpoint.signingRegion && refusal?.from !== 'text')
    return otherHost(scene, served)
  if (refusal === null || !refusal.families.includes('scope')) return null
  const { message } = refusal.reply
  const wanted = /expecting '([\w-]{1,40})'/.exec(message)?.[1] ?? null
  const given = /(?:valid region, not|the region) '([\w-]{0,40})'/.exec(message)?.[1] ?? null
  const service = /correct service: '([\w-]{1,40})'/i.exec(message)?.[1] ?? null
  const stopped = evidence('AWS looked at region and service of the signature and stopped there, before the key')
  if (service !== null)
    return found(
      'proven',
      'The request was signed for another service than the one that it was sent to',
      [stopped],
      cure(`Sign for the service ${service}, or send the request to the endpoint of the service that is meant`),
    )
  return found(
    'proven',
    given === null && wanted === null
      ? 'The request was signed for the wrong region or service'
      : `The request was signed for the wrong region${given === null ? '' : `: ${given || '(none)'}`}`,
    [
      stopped,
      ...(wanted === null
        ? []
        : [evidence(`It was signed for ${given || 'no region'} and must be signed for ${wanted}`)]),
      ...(trace.region === null
        ? []
        : [
            evidence(
              `The region ${trace.region.name} is set in ${trace.region.at === null ? 'an argument' : placeWords(scene, trace.region.at)}`,
              trace.region.at,
            ),
          ]),
    ],
    cure(
      wanted === null ? 'Set the region of the endpoint that is called' : `Use the region ${wanted}`,
      configure(profileOf(scene.credential), 'set', 'region', wanted ?? 'us-east-1'),
    ),
  )
}

/** The host of one region, and signatures for another: no endpoint takes those. */
function otherHost(scene: Scene, served: string): Found {
  const { endpoint, region } = scene.trace
  const by = endpoint.overriddenBy
  const at = by === null || 'flag' in by ? null : by
  const named = at === null ? 'an argument' : placeWords(scene, at)
  return found(
    'proven',
    `Requests go to the endpoint of ${served} and are signed for ${endpoint.signingRegion}`,
    [
      evidence(`${named} sends them to ${endpoint.sts}`, at),
      evidence(
        `The region is ${endpoint.signingRegion}, and AWS takes only signatures for ${served} there`,
        region?.at ?? null,
      ),
    ],
    at === null
      ? cure(`Use the region ${served}`, setVariable('AWS_REGION', served))
      : withoutOverride(
          scene,
          at,
          `Take the endpoint away: the region alone leads to the right one (or use the region ${served})`,
        ),
  )
}

/** An emulator's keys at AWS, or AWS's keys at another endpoint. */
function endpointOverride(scene: Scene): Found | null {
  const { trace, id, refusal } = scene
  const override = trace.endpoint.overriddenBy
  const account = scene.key?.account ?? null
  if (scene.atAws && override === null) {
    const emulator = id?.placeholder === 'dummy' || account === '000000000000'
    if (!emulator) return null
    return found(
      account === '000000000000' ? 'proven' : 'possible',
      'Keys of an emulator are sent to the real AWS',
      [
        evidence(
          `${shownId(id)} is a key as LocalStack and other emulators take it, and no endpoint is set that leads to one`,
          id!.at,
        ),
      ],
      cure('Set the address of the emulator', emulatorAddress()),
    )
  }
  // Whoever names the endpoint in the very call means it.
  if (override === null || 'flag' in override || scene.atAws) return null
  if (refusal === null || !keyIsRefused(scene) || account === null) return null
  const shown = placeWords(scene, override)
  const own = scene.outcomes.get('sts-at-aws')
  const elsewhere = (['sts-in-default-region', 'sts-in-other-partition'] as const).some(
    (name) => scene.outcomes.get(name)?.kind === 'accepted',
  )
  // The endpoint knows the key well, for another region.
  if (own?.kind === 'refused' || elsewhere) return null
  const facts = [evidence(`${shown} sends requests to ${trace.endpoint.sts}, which must know the key itself`, override)]
  if (own?.kind === 'accepted')
    facts.push(evidence(`AWS itself accepts the same key: it is ${own.identity.arn}`, { probe: 'sts-at-aws' }))
  // What runs on this computer is an emulator or a gateway, and those seldom know keys of real accounts.
  const isNear = isNearby(URL.parse(trace.endpoint.sts)?.hostname ?? '') && account !== '000000000000'
  if (isNear)
    facts.push(
      evidence(
        `That endpoint is on this computer or near it, and the key is one of AWS account ${account}`,
        scene.id?.at ?? null,
      ),
    )
  return found(
    own?.kind === 'accepted' ? 'proven' : isNear ? 'likely' : 'possible',
    'The request does not go to AWS but to another endpoint',
    facts,
    withoutOverride(scene, override, 'If AWS was meant, take the override away'),
  )
}

/** This computer itself, and the names that containers give each other. */
function isNearby(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\]|host\.docker\.internal|[\w-]+|.+\.(local|localhost|internal))$/i.test(
    host,
  )
}

function emulatorAddress(): Commands {
  return {
    bash: ['export AWS_ENDPOINT_URL=http://localhost:4566'],
    fish: ['set -gx AWS_ENDPOINT_URL http://localhost:4566'],
    powershell: ["$Env:AWS_ENDPOINT_URL = 'http://localhost:4566'"],
    cmd: ['set AWS_ENDPOINT_URL=http://localhost:4566'],
  }
}

function withoutOverride(scene: Scene, override: Place, says: string): Fix {
  if ('variable' in override) return unsetCure(says, [override.variable])
  if (!('file' in override)) return cure(says, command('aws', 'sts', 'get-caller-identity'))
  const place = sectionAt(scene.files, override)
  const entry = 'line' in override ? place?.section.entries.get('endpoint_url') : undefined
  // In a block of services one line among others says it.
  if (place === null || entry === undefined || entry.line !== (override as { readonly line: number }).line)
    return cure(says, editFile(homePath(override.file, scene.home)))
  const edit = { kind: 'unset', file: place.file, section: place.section.name, key: entry.key } as const
  return automaticCure(says, { edits: [edit] })
}
