/** Where the tables below were taken from: `partitions.json`, `endpoints.json` and the endpoint rules of STS and IAM. */
export const partitionsAsOf = 'botocore 1.43.11'

export interface Partition {
  readonly id: string
  readonly dnsSuffix: string
  readonly dualStackDnsSuffix: string
  /** Whatever matches is taken for a region of this partition, also when it is not listed yet. */
  readonly regionPattern: RegExp
  /** Regions that every account has from the start. */
  readonly defaultRegions: readonly string[]
  /** Regions that an account must switch on first. */
  readonly optInRegions: readonly string[]
  /** The made-up region that stands for the partition's global endpoints, where SDKs have one. */
  readonly globalRegion: string | null
  /** IAM has one endpoint in each partition; requests are signed for this region. */
  readonly iam: { readonly host: string; readonly signingRegion: string }
}

export const partitions: readonly Partition[] = [
  {
    id: 'aws',
    dnsSuffix: 'amazonaws.com',
    dualStackDnsSuffix: 'api.aws',
    regionPattern: /^(us|eu|ap|sa|ca|me|af|il|mx)-\w+-\d+$/,
    defaultRegions: [
      'ap-northeast-1',
      'ap-northeast-2',
      'ap-northeast-3',
      'ap-south-1',
      'ap-southeast-1',
      'ap-southeast-2',
      'ca-central-1',
      'eu-central-1',
      'eu-north-1',
      'eu-west-1',
      'eu-west-2',
      'eu-west-3',
      'sa-east-1',
      'us-east-1',
      'us-east-2',
      'us-west-1',
      'us-west-2',
    ],
    optInRegions: [
      'af-south-1',
      'ap-east-1',
      'ap-east-2',
      'ap-south-2',
      'ap-southeast-3',
      'ap-southeast-4',
      'ap-southeast-5',
      'ap-southeast-6',
      'ap-southeast-7',
      'ca-west-1',
      'eu-central-2',
      'eu-south-1',
      'eu-south-2',
      'il-central-1',
      'me-central-1',
      'me-south-1',
      'mx-central-1',
    ],
    globalRegion: 'aws-global',
    iam: { host: 'iam.amazonaws.com', signingRegion: 'us-east-1' },
  },
  {
    id: 'aws-cn',
    dnsSuffix: 'amazonaws.com.cn',
    dualStackDnsSuffix: 'api.amazonwebservices.com.cn',
    regionPattern: /^cn-\w+-\d+$/,
    defaultRegions: ['cn-north-1', 'cn-northwest-1'],
    optInRegions: [],
    globalRegion: 'aws-cn-global',
    iam: { host: 'iam.cn-north-1.amazonaws.com.cn', signingRegion: 'cn-north-1' },
  },
  {
    id: 'aws-us-gov',
    dnsSuffix: 'amazonaws.com',
    dualStackDnsSuffix: 'api.aws',
    regionPattern: /^us-gov-\w+-\d+$/,
    defaultRegions: ['us-gov-east-1', 'us-gov-west-1'],
    optInRegions: [],
    globalRegion: 'aws-us-gov-global',
    iam: { host: 'iam.us-gov.amazonaws.com', signingRegion: 'us-gov-west-1' },
  },
  {
    id: 'aws-eusc',
    dnsSuffix: 'amazonaws.eu',
    dualStackDnsSuffix: 'api.amazonwebservices.eu',
    regionPattern: /^eusc-(de)-\w+-\d+$/,
    defaultRegions: ['eusc-de-east-1'],
    optInRegions: [],
    globalRegion: null,
    iam: { host: 'iam.eusc-de-east-1.amazonaws.eu', signingRegion: 'eusc-de-east-1' },
  },
  {
    id: 'aws-iso',
    dnsSuffix: 'c2s.ic.gov',
    dualStackDnsSuffix: 'api.aws.ic.gov',
    regionPattern: /^us-iso-\w+-\d+$/,
    defaultRegions: ['us-iso-east-1', 'us-iso-west-1'],
    optInRegions: [],
    globalRegion: 'aws-iso-global',
    iam: { host: 'iam.us-iso-east-1.c2s.ic.gov', signingRegion: 'us-iso-east-1' },
  },
  {
    id: 'aws-iso-b',
    dnsSuffix: 'sc2s.sgov.gov',
    dualStackDnsSuffix: 'api.aws.scloud',
    regionPattern: /^us-isob-\w+-\d+$/,
    defaultRegions: ['us-isob-east-1', 'us-isob-west-1'],
    optInRegions: [],
    globalRegion: 'aws-iso-b-global',
    iam: { host: 'iam.us-isob-east-1.sc2s.sgov.gov', signingRegion: 'us-isob-east-1' },
  },
  {
    id: 'aws-iso-e',
    dnsSuffix: 'cloud.adc-e.uk',
    dualStackDnsSuffix: 'api.cloud-aws.adc-e.uk',
    regionPattern: /^eu-isoe-\w+-\d+$/,
    defaultRegions: ['eu-isoe-west-1'],
    optInRegions: [],
    globalRegion: 'aws-iso-e-global',
    iam: { host: 'iam.eu-isoe-west-1.cloud.adc-e.uk', signingRegion: 'eu-isoe-west-1' },
  },
  {
    id: 'aws-iso-f',
    dnsSuffix: 'csp.hci.ic.gov',
    dualStackDnsSuffix: 'api.aws.hci.ic.gov',
    regionPattern: /^us-isof-\w+-\d+$/,
    defaultRegions: ['us-isof-east-1', 'us-isof-south-1'],
    optInRegions: [],
    globalRegion: 'aws-iso-f-global',
    iam: { host: 'iam.us-isof-south-1.csp.hci.ic.gov', signingRegion: 'us-isof-south-1' },
  },
]

const commercial = partitions[0] as Partition

/** Regions for which `sts_regional_endpoints = legacy` goes to the global host. Source: botocore's endpoint rules of STS. */
const legacyGlobalRegions = new Set([
  'ap-northeast-1',
  'ap-south-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'aws-global',
  'ca-central-1',
  'eu-central-1',
  'eu-north-1',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'sa-east-1',
  'us-east-1',
  'us-east-2',
  'us-west-1',
  'us-west-2',
])

/** The partition with this id (`aws`, `aws-cn`, …), or `null`. */
export function partitionById(id: string): Partition | null {
  return partitions.find((partition) => partition.id === id) ?? null
}

/**
 * The partition of a region, as the SDKs decide it: a listed region, else the partition whose pattern the name matches, else
 * `aws`. Whether the region exists is another question: `regionFacts`.
 * Source: Smithy endpoint rules, `aws.partition`.
 */
export function partitionOfRegion(region: string): Partition {
  return (
    partitions.find(({ regionPattern, globalRegion }) => region === globalRegion || regionPattern.test(region)) ??
    commercial
  )
}

/** What is known of a listed region; `null` for names that are not in the tables (new, or mistyped). */
export function regionFacts(region: string): { readonly partition: Partition; readonly optIn: boolean } | null {
  const partition = partitionOfRegion(region)
  if (partition.defaultRegions.includes(region)) return { partition, optIn: false }
  if (partition.optInRegions.includes(region)) return { partition, optIn: true }
  return null
}

export interface EndpointVariant {
  readonly fips?: boolean
  readonly dualStack?: boolean
  /** `sts_regional_endpoints = legacy`: the oldest regions go to the global host. */
  readonly legacyGlobal?: boolean
}

export interface Endpoint {
  readonly host: string
  readonly signingRegion: string
}

/**
 * Where an SDK sends STS calls for a region, and for which region it signs them.
 * Source: botocore `data/sts/2011-06-15/endpoint-rule-set-1.json`.
 */
export function stsEndpoint(region: string, variant: EndpointVariant = {}): Endpoint {
  const partition = partitionOfRegion(region)
  const { fips = false, dualStack = false, legacyGlobal = false } = variant
  const isGlobal = region === 'aws-global' || (legacyGlobal && legacyGlobalRegions.has(region))
  if (isGlobal && !fips && !dualStack) return { host: 'sts.amazonaws.com', signingRegion: 'us-east-1' }
  // GovCloud's ordinary hosts are its FIPS hosts.
  const name = fips && !(partition.id === 'aws-us-gov' && !dualStack) ? 'sts-fips' : 'sts'
  const suffix = dualStack ? partition.dualStackDnsSuffix : partition.dnsSuffix
  return { host: `${name}.${region}.${suffix}`, signingRegion: region }
}

/** Where IAM calls go for a region, and for which region they are signed. Source: botocore's endpoint rules of IAM. */
export function iamEndpoint(region: string): Endpoint {
  return partitionOfRegion(region).iam
}

/** The hosts at which STS of a partition answers, to tell AWS's own endpoints from others. */
export function isAwsHost(host: string): boolean {
  const name = host.toLowerCase().replace(/:\d+$/, '')
  return partitions.some(({ dnsSuffix, dualStackDnsSuffix }) =>
    [dnsSuffix, dualStackDnsSuffix].some((suffix) => name.endsWith(`.${suffix}`)),
  )
}
