import { isAwsHost, type Partition, partitionOfRegion, partitions, stsEndpoint } from '../../../anatomy/partitions.ts'
import type { Ground } from '../scene.ts'
import type { Target } from './question.ts'

/** Those that the public internet leads to. */
const reachable: ReadonlySet<string> = new Set(['aws', 'aws-cn', 'aws-us-gov', 'aws-eusc'])

/** STS as the examined SDK would ask it. */
export function stsTarget({ trace }: Pick<Ground, 'trace'>): Target {
  return { endpoint: trace.endpoint.sts, region: trace.endpoint.signingRegion, service: 'sts' }
}

/** STS of another region: AWS's own there; at a configured endpoint the same address, signed for that region. */
export function stsElsewhere(ground: Pick<Ground, 'trace' | 'atAws'>, region: string): Target {
  const { endpoint } = ground.trace
  const stays = endpoint.overriddenBy !== null || !ground.atAws
  return { endpoint: stays ? endpoint.sts : `https://${stsEndpoint(region).host}`, region, service: 'sts' }
}

/** IAM, signed for the one region that it has in its partition. */
export function iamTarget({ trace }: Pick<Ground, 'trace'>): Target {
  const { iam, signingRegion } = trace.endpoint
  const ofAws = isAwsHost(URL.parse(iam)?.hostname ?? '')
  const region = ofAws ? partitionOfRegion(signingRegion).iam.signingRegion : signingRegion
  return { endpoint: iam, region, service: 'iam' }
}

/**
 * EC2 of a region: the endpoint that `AWS_ENDPOINT_URL_EC2` or the one for everything names, else AWS's own.
 * Source: AWS SDKs and Tools Reference Guide, "Service-specific endpoints".
 */
export function ec2Target(ground: Ground, region: string): Target {
  const own = `https://ec2.${region}.${partitionOfRegion(region).dnsSuffix}`
  return { endpoint: configured(ground, 'EC2') ?? own, region, service: 'ec2' }
}

/** Account Management has one endpoint in a partition, in the region of its IAM (botocore `account` endpoint rules). */
export function accountTarget(ground: Ground, partition: Partition): Target {
  const region = partition.iam.signingRegion
  const own = `https://account.${region}.${partition.dnsSuffix}`
  return { endpoint: configured(ground, 'ACCOUNT') ?? own, region, service: 'account' }
}

function configured({ machine, trace }: Ground, service: string): string | null {
  const { overriddenBy, sts } = trace.endpoint
  if (overriddenBy === null) return machine.env(`AWS_ENDPOINT_URL_${service}`) || null
  // An endpoint for everything was named: in the call, in `AWS_ENDPOINT_URL`, or in the file.
  return machine.env(`AWS_ENDPOINT_URL_${service}`) || machine.env('AWS_ENDPOINT_URL') || sts
}

/** The region of a partition that every account there has, which is asked on behalf of the whole partition. */
export function homeRegion({ defaultRegions, iam }: Partition): string {
  return defaultRegions.includes(iam.signingRegion) ? iam.signingRegion : (defaultRegions[0] ?? iam.signingRegion)
}

/** The public partitions besides that of a region. */
export function otherPartitions(region: string): readonly Partition[] {
  const here = partitionOfRegion(region).id
  return partitions.filter(({ id }) => id !== here && reachable.has(id))
}
