/** What an endpoint needs to know of a partition. */
export interface EndpointPartition {
  readonly id: string
  readonly region: RegExp
  readonly suffix: string
  readonly dualStackSuffix: string
  readonly iam: string
  /** Where the partition's one IAM is signed for, and what `<id>-global` stands for. */
  readonly iamRegion: string
}

/** botocore data/partitions.json and the endpoint rules of IAM, version 1.43.11 (August 2026). The first is the default. */
const partitions: readonly EndpointPartition[] = [
  {
    id: 'aws',
    region: /^(us|eu|ap|sa|ca|me|af|il|mx)-\w+-\d+$/,
    suffix: 'amazonaws.com',
    dualStackSuffix: 'api.aws',
    iam: 'iam.amazonaws.com',
    iamRegion: 'us-east-1',
  },
  {
    id: 'aws-cn',
    region: /^cn-\w+-\d+$/,
    suffix: 'amazonaws.com.cn',
    dualStackSuffix: 'api.amazonwebservices.com.cn',
    iam: 'iam.cn-north-1.amazonaws.com.cn',
    iamRegion: 'cn-north-1',
  },
  {
    id: 'aws-us-gov',
    region: /^us-gov-\w+-\d+$/,
    suffix: 'amazonaws.com',
    dualStackSuffix: 'api.aws',
    iam: 'iam.us-gov.amazonaws.com',
    iamRegion: 'us-gov-west-1',
  },
  {
    id: 'aws-eusc',
    region: /^eusc-(de)-\w+-\d+$/,
    suffix: 'amazonaws.eu',
    dualStackSuffix: 'api.amazonwebservices.eu',
    iam: 'iam.eusc-de-east-1.amazonaws.eu',
    iamRegion: 'eusc-de-east-1',
  },
  {
    id: 'aws-iso',
    region: /^us-iso-\w+-\d+$/,
    suffix: 'c2s.ic.gov',
    dualStackSuffix: 'api.aws.ic.gov',
    iam: 'iam.us-iso-east-1.c2s.ic.gov',
    iamRegion: 'us-iso-east-1',
  },
  {
    id: 'aws-iso-b',
    region: /^us-isob-\w+-\d+$/,
    suffix: 'sc2s.sgov.gov',
    dualStackSuffix: 'api.aws.scloud',
    iam: 'iam.us-isob-east-1.sc2s.sgov.gov',
    iamRegion: 'us-isob-east-1',
  },
  {
    id: 'aws-iso-e',
    region: /^eu-isoe-\w+-\d+$/,
    suffix: 'cloud.adc-e.uk',
    dualStackSuffix: 'api.cloud-aws.adc-e.uk',
    iam: 'iam.eu-isoe-west-1.cloud.adc-e.uk',
    iamRegion: 'eu-isoe-west-1',
  },
  {
    id: 'aws-iso-f',
    region: /^us-isof-\w+-\d+$/,
    suffix: 'csp.hci.ic.gov',
    dualStackSuffix: 'api.aws.hci.ic.gov',
    iam: 'iam.us-isof-south-1.csp.hci.ic.gov',
    iamRegion: 'us-isof-south-1',
  },
]

/** The partition of a region, known or not: by its pattern, else the commercial one (endpoint rules, `aws.partition`). */
export function partitionOf(region: string): EndpointPartition {
  return (
    partitions.find(({ id, region: pattern }) => region === `${id}-global` || pattern.test(region)) ?? partitions[0]!
  )
}
