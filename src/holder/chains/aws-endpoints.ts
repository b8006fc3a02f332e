import { type Partition, partitionOfRegion, stsEndpoint } from '../../anatomy/partitions.ts'
import type { EndpointChoice } from './trace.ts'

/** Which of AWS's own endpoints is meant. */
export interface EndpointMode {
  readonly fips?: boolean
  readonly dualStack?: boolean
  /** STS by its global host where the legacy setting says so. */
  readonly legacyGlobal?: boolean
}

/** AWS's own endpoints of STS and IAM for a region; without one the global ones. URLs have no path. */
export function awsEndpoints(
  region: string | null,
  { fips = false, dualStack = false, legacyGlobal = false }: EndpointMode = {},
): Pick<EndpointChoice, 'sts' | 'iam' | 'signingRegion'> {
  const sts = stsEndpoint(region ?? 'aws-global', { fips, dualStack, legacyGlobal })
  const iam = iamHost(partitionOfRegion(region ?? 'aws-global'), fips, dualStack)
  return { sts: `https://${sts.host}`, iam: `https://${iam}`, signingRegion: sts.signingRegion }
}

/** The endpoint rules of IAM: in the partitions with a dual-stack IAM it is a host of its own. */
function iamHost(partition: Partition, fips: boolean, dualStack: boolean): string {
  const name = fips && partition.id !== 'aws-us-gov' ? 'iam-fips' : 'iam'
  if (dualStack) {
    const scope =
      partition.id === 'aws' || partition.id === 'aws-cn' ? '.global' : partition.id === 'aws-us-gov' ? '.us-gov' : ''
    return `${name}${scope}.${partition.dualStackDnsSuffix}`
  }
  return partition.iam.host.replace(/^iam/, name)
}
