export interface Arn {
  readonly partition: string
  readonly service: string
  /** Empty for things that live in no region, as in IAM. */
  readonly region: string
  /** Twelve digits; `aws` for what AWS owns; empty where the ARN has none. */
  readonly account: string
  /** Everything after the fifth colon, further colons included. */
  readonly resource: string
}

const longest = 2048

/**
 * Takes an ARN apart; `null` when the text is not `arn:partition:service:region:account:resource`. The parts are not judged:
 * wildcards, unknown partitions and odd accounts come out as they stand.
 * Source: AWS General Reference, "Amazon Resource Names (ARNs)".
 */
export function parseArn(text: string): Arn | null {
  if (text.length > longest || !text.startsWith('arn:')) return null
  const [, partition = '', service = '', region = '', account = '', ...resource] = text.split(':')
  if (partition === '' || service === '' || resource.length === 0 || resource.join('') === '') return null
  return { partition, service, region, account, resource: resource.join(':') }
}

/** The text of an ARN. */
export function formatArn({ partition, service, region, account, resource }: Arn): string {
  return `arn:${partition}:${service}:${region}:${account}:${resource}`
}
