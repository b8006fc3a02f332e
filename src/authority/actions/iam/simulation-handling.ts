import { invalidInput, type Refused } from '../sentences.ts'

const instance = ['instance', 'image', 'security-group', 'network-interface'] as const

/** Which resources of EC2 each kind of launch is about (IAM API reference, SimulatePrincipalPolicy, `ResourceHandlingOption`). */
const scenarios: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ['EC2-VPC-InstanceStore', instance],
  ['EC2-VPC-InstanceStore-Subnet', [...instance, 'subnet']],
  ['EC2-VPC-EBS', [...instance, 'volume']],
  ['EC2-VPC-EBS-Subnet', [...instance, 'subnet', 'volume']],
])

/** `*`, or an ARN of six parts; and those that the option asks for. */
export function faultOfResources(resources: readonly string[], option: string | undefined): Refused | null {
  const wrong = resources.find((resource) => resource !== '*' && !/^arn(?::[^:]*){4}:./s.test(resource))
  if (wrong !== undefined) return invalidInput(`ResourceNames are not in a valid ARN format: ${wrong}.`)
  if (option === undefined) return null
  const needed = scenarios.get(option)
  if (needed === undefined) return invalidInput(`Invalid Resource Handling Option: ${option}.`)
  const missing = needed.filter((type) => !resources.some((resource) => typeOf(resource) === type))
  return missing.length === 0
    ? null
    : invalidInput(
        `The resource handling option ${option} needs a resource of each of these types too: ${missing.join(', ')}.`,
      )
}

/** The account that an ARN names; null for `*` and for what is of no account, like a bucket. */
export function accountOf(resource: string): string | null {
  return /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(resource)?.[1] ?? null
}

/** `instance` of `arn:aws:ec2:eu-west-1:123456789012:instance/i-0a`; null for what is not of EC2. */
function typeOf(resource: string): string | null {
  return /^arn:[^:]*:ec2:[^:]*:[^:]*:([a-z-]+)\//.exec(resource)?.[1] ?? null
}
