import { parseArn } from '../../../anatomy/arn.ts'
import { partitionById, partitionOfRegion, regionFacts } from '../../../anatomy/partitions.ts'
import type { Place } from '../../sources/credential.ts'
import { homeRegion } from '../probes/places.ts'
import { isTemporary, type Scene, sectionAt } from '../scene.ts'
import { type Commands, command, setVariable } from '../shells.ts'
import type { Certainty, Evidence, Fix } from '../verdict.ts'
import { aws, configure, isInEnvironment, profileArgument, profileOf } from '../words.ts'
import { automaticCure, type Cause, cure, evidence, type Found, found, shellCure } from './cause.ts'
import { newSession } from './new-session.ts'
import { keyIsRefused } from './refused-key.ts'
import { expiredForSure } from './session-expiry.ts'

/** The key may be good, and the place that was asked does not know it. */
export const regionCauses: readonly Cause[] = [
  { id: 'v1-token-in-opt-in-region', failsAt: ['not-accepted'], look: oldTokenInOptInRegion },
  { id: 'region-not-enabled', failsAt: ['not-accepted'], look: regionNotEnabled },
  { id: 'other-partition', failsAt: ['not-accepted'], look: otherPartition },
  { id: 'sts-region-deactivated', failsAt: ['account-state'], look: stsDeactivated },
]

/** The partition that a setting of the selected profile names in an ARN. */
function arnsOfProfile(
  scene: Scene,
): readonly { readonly key: string; readonly partition: string; readonly at: Place }[] {
  const name = scene.credential?.profile ?? scene.trace.profile.name
  return [scene.files.config, scene.files.credentials].flatMap(({ path, reading }) =>
    reading.sections
      .filter((section) => section.name === name || section.name === `profile ${name}`)
      .flatMap((section) =>
        ['role_arn', 'mfa_serial'].flatMap((key) => {
          const entry = section.entries.get(key)
          const arn = entry === undefined ? null : parseArn(entry.value)
          return entry && arn !== null
            ? [{ key, partition: arn.partition, at: { file: path, line: entry.line, column: entry.column } }]
            : []
        }),
      ),
  )
}

function otherPartition(scene: Scene): Found | null {
  const { trace, session, refusal, outcomes, told } = scene
  if (refusal === null) return null
  const here = partitionOfRegion(trace.endpoint.signingRegion).id
  const there = outcomes.get('sts-in-other-partition')
  const asked = told?.partition?.region ?? null
  if (!scene.atAws && asked === null) return null
  const facts: Evidence[] = []
  if (asked !== null && there !== undefined) {
    const where = `In partition ${partitionOfRegion(asked).id} (${asked})`
    const says =
      there.kind === 'accepted'
        ? `${where} AWS accepts the same key: it is ${there.identity.arn}`
        : `${where} AWS knows the key id, although this secret is not its own`
    facts.push(evidence(says, { probe: 'sts-in-other-partition' }))
  }
  const issued = session?.region == null ? null : partitionOfRegion(session.region).id
  const isOfOther = issued !== null && issued !== here
  if (isOfOther)
    facts.push(
      evidence(
        `The session token was issued in ${session!.region} (partition ${issued}), and the request goes to ${trace.endpoint.signingRegion} (partition ${here})`,
        scene.token!.at,
      ),
    )
  const foreign = arnsOfProfile(scene).filter((arn) => arn.partition !== here)
  for (const arn of foreign)
    facts.push(
      evidence(`${arn.key} belongs to partition ${arn.partition}, and the request goes to partition ${here}`, arn.at),
    )
  const keyOnly = !isTemporary(scene) && keyIsRefused(scene)
  if (facts.length === 0 && !(keyOnly && here !== 'aws')) return null
  if (facts.length === 0)
    facts.push(
      evidence(
        `Requests go to partition ${here}; keys of other partitions are unknown there`,
        trace.region?.at ?? null,
      ),
    )
  if (asked === null && told?.partitionsUnasked === true)
    facts.push(evidence('The other partitions were not asked: countersign check --yes asks them too'))
  const certainty: Certainty =
    isOfOther || there?.kind === 'accepted' ? 'proven' : asked !== null || foreign.length > 0 ? 'likely' : 'possible'
  const named = partitionById(foreign[0]?.partition ?? 'aws')
  const region = asked ?? (isOfOther ? session!.region! : homeRegion(named ?? partitionOfRegion('us-east-1')))
  return found(
    certainty,
    'The key belongs to another partition of AWS than the one that was asked',
    facts,
    useRegion(
      scene,
      region,
      'Set a region of the partition that the key is from (aws, aws-cn, aws-us-gov and aws-eusc know nothing of each other)',
    ),
  )
}

/** Another region where the one stands that is used now: a variable goes before the file. */
function useRegion(scene: Scene, region: string, says: string): Fix {
  const at = scene.trace.region?.at ?? null
  const place = at === null ? null : sectionAt(scene.files, at)
  if (at !== null && 'variable' in at)
    return shellCure(says, { [at.variable]: region }, setVariable(at.variable, region))
  if (place === null) return cure(says, regionCommand(scene, region))
  const edit = { kind: 'set', file: place.file, section: place.section.name, key: 'region', value: region } as const
  return automaticCure(says, { edits: [edit] })
}

function regionCommand(scene: Scene, region: string): Commands {
  const at = scene.trace.region?.at ?? null
  if (at !== null && 'variable' in at) return setVariable(at.variable, region)
  if (at === null && isInEnvironment(scene)) return setVariable('AWS_REGION', region)
  return configure(profileArgument(scene.trace.profile.name), 'set', 'region', region)
}

function regionNotEnabled(scene: Scene): Found | null {
  const { trace, outcomes, told } = scene
  const region = trace.endpoint.signingRegion
  if (scene.refusal === null || regionFacts(region)?.optIn !== true) return null
  if (isTemporary(scene) && scene.session?.version === 1) return null
  const home = outcomes.get('sts-in-default-region')
  if (home?.kind === 'refused') return null
  const accepted = home?.kind === 'accepted'
  if (!scene.atAws && !accepted) return null
  const state = told?.region?.name === region ? told.region : null
  // The account has it: then the refusal is for something else.
  if (state?.state === 'on') return null
  if (!accepted && !keyIsRefused(scene) && !isTemporary(scene)) return null
  const facts: Evidence[] = [
    evidence(`${region} is a region that an account must switch on first`, trace.region?.at ?? null),
  ]
  if (accepted)
    facts.push(evidence('In a default region AWS accepts the same credentials', { probe: 'sts-in-default-region' }))
  if (state !== null)
    facts.push(
      evidence(
        state.state === 'off'
          ? `AWS says that the account has not switched on ${region}`
          : `AWS says that ${region} is just being switched on or off in the account, which takes minutes to hours`,
        { probe: state.by === 'ec2' ? 'ec2-describe-regions' : 'account-region-status' },
      ),
    )
  return found(
    accepted ? 'proven' : 'possible',
    `The account has not switched on the region ${region}`,
    facts,
    state?.state === 'in-between'
      ? cure('Wait until the region is switched on, or use another region', regionCommand(scene, 'us-east-1'))
      : cure(
          'Switch the region on (takes minutes to hours), or use another region',
          aws(profileOf(scene.credential), 'account', 'enable-region', '--region-name', region),
        ),
  )
}

function oldTokenInOptInRegion(scene: Scene): Found | null {
  const { session, trace, token, outcomes, told } = scene
  const region = trace.endpoint.signingRegion
  if (scene.refusal === null || session?.version !== 1 || token === null || !isTemporary(scene)) return null
  if (regionFacts(region)?.optIn !== true || expiredForSure(scene)) return null
  const home = outcomes.get('sts-in-default-region')
  if (home?.kind === 'refused') return null
  const facts: Evidence[] = [
    evidence(
      'The token was made by the global STS endpoint (version 1); such tokens work only in regions that every account has from the start',
      token.at,
    ),
    evidence(`${region} is a region that an account must switch on`, trace.region?.at ?? null),
  ]
  if (home?.kind === 'accepted')
    facts.push(evidence('In a default region AWS accepts the same session', { probe: 'sts-in-default-region' }))
  if (told?.globalTokens === 1)
    facts.push(
      evidence('The account is set to give out such tokens at the global endpoint', { probe: 'iam-account-summary' }),
    )
  if (told?.globalTokens === 2)
    facts.push(
      evidence('The account gives out tokens that work everywhere by now: a new session is enough', {
        probe: 'iam-account-summary',
      }),
    )
  const setting = command(
    'aws',
    'iam',
    'set-security-token-service-preferences',
    '--global-endpoint-token-version',
    'v2Token',
  )
  return found(
    home?.kind === 'accepted' ? 'proven' : 'likely',
    `This session token is of the old kind and does not work in ${region}`,
    facts,
    told?.globalTokens === 2
      ? newSession(scene)
      : cure('Let STS issue tokens that work everywhere, then get a new session', setting),
  )
}

function stsDeactivated(scene: Scene): Found | null {
  const { refusal, trace } = scene
  if (refusal === null || refusal.from === 'text' || !/^RegionDisabled/.test(refusal.reply.code)) return null
  const region = trace.endpoint.signingRegion
  return found(
    'proven',
    `STS is switched off for the account in ${region}`,
    [evidence('AWS says so; the key itself is good', { probe: 'sts-as-it-is' })],
    cure(
      'Switch it on (IAM, Account settings, Security Token Service), or use another region',
      regionCommand(scene, 'us-east-1'),
    ),
  )
}
