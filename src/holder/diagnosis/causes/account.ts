import { accountOfAccessKeyId } from '../../../anatomy/access-key-id.ts'
import { isAwsHost } from '../../../anatomy/partitions.ts'
import { profileSettings } from '../../sources/settings.ts'
import { isLongTerm, type Scene } from '../scene.ts'
import { editFile, homePath } from '../shells.ts'
import type { Evidence } from '../verdict.ts'
import { placeWords, shownId } from '../words.ts'
import { type Cause, cure, evidence, type Found, found, unsetCure } from './cause.ts'
import { keyIsRefused } from './refused-key.ts'

/** What is not the key's own fault: its account, or a storage that is not Amazon's. */
export const accountCauses: readonly Cause[] = [
  { id: 'account-suspended', failsAt: ['not-accepted'], look: accountSuspended },
  { id: 's3-compatible-mismatch', failsAt: ['not-accepted'], look: storageOfOthers },
]

/** One key may be switched off; two of one account seldom are at the same time. */
function accountSuspended(scene: Scene): Found | null {
  const { outcomes, others, trace } = scene
  const account = scene.key?.account ?? null
  if (account === null || !isLongTerm(scene) || !keyIsRefused(scene)) return null
  const shadowed = outcomes.get('sts-with-shadowed-profile')
  if (shadowed?.kind !== 'refused' || !shadowed.families.includes('not-accepted')) return null
  const other = others.find(
    ({ profile, accessKeyId }) =>
      profile === trace.profile.name && accountOfAccessKeyId(accessKeyId.value.trim()) === account,
  )
  if (other === undefined || !other.accessKeyId.value.startsWith('AKIA')) return null
  return found(
    'possible',
    'The account may be suspended or closed',
    [
      evidence(`Two keys of account ${account} are refused alike`, { probe: 'sts-with-shadowed-profile' }),
      evidence(`The other one is that of profile "${trace.profile.name}"`, other.accessKeyId.at),
    ],
    cure('Sign in to the console as root, and look at billing and the notices there'),
  )
}

/** Keys of Amazon at a storage that only speaks like S3, or the other way round. */
function storageOfOthers(scene: Scene): Found | null {
  const { refusal, id, key } = scene
  if (refusal?.from !== 'text' || id === null || refusal.reply.code !== 'InvalidAccessKeyId') return null
  const endpoint = storageEndpoint(scene)
  const isAmazons = endpoint === null || isAwsHost(URL.parse(endpoint.url)?.hostname ?? '')
  const ofAmazon = key !== null && key.kind !== 'other'
  if (isAmazons === ofAmazon) return null
  const facts: Evidence[] = []
  if (endpoint !== null && !isAmazons)
    facts.push(
      evidence(
        `S3 requests go to ${URL.parse(endpoint.url)?.host ?? 'another host'}, by ${placeWords(scene, endpoint.at)}`,
        endpoint.at,
      ),
    )
  facts.push(
    evidence(
      ofAmazon
        ? `${shownId(id)} is a key of AWS`
        : `The key id in ${placeWords(scene, id.at)} is none of AWS, and no other storage is configured`,
      id.at,
    ),
  )
  // AWS's own sentence says "The AWS Access Key Id": without the word another program speaks.
  if (/^The Access Key Id/.test(refusal.reply.message))
    facts.push(evidence('The answer is not worded as Amazon S3 words it: another storage gave it'))
  const fix =
    endpoint === null
      ? cure('Name the address of the storage that the key is from (endpoint_url, or AWS_ENDPOINT_URL_S3)')
      : 'variable' in endpoint.at
        ? unsetCure('Use keys of that storage, or take the address away if Amazon S3 was meant', [endpoint.at.variable])
        : cure(
            'Use keys of that storage, or take the address away if Amazon S3 was meant',
            'file' in endpoint.at ? editFile(homePath(endpoint.at.file, scene.home)) : undefined,
          )
  return found('likely', 'The key and the storage that is asked belong to different providers', facts, fix)
}

/** Where S3 requests go, when that is configured (AWS SDKs and Tools Reference Guide, "Service-specific endpoints"). */
function storageEndpoint({ machine, files, trace, credential }: Scene) {
  for (const variable of ['AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL']) {
    const url = machine.env(variable)
    if (url) return { url, at: { variable } }
  }
  const setting = profileSettings(files, credential?.profile ?? trace.profile.name)?.get('endpoint_url')
  return setting === undefined || setting.value === '' ? null : { url: setting.value, at: setting.at }
}
