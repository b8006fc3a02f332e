/** What an error text names. Nothing of it is secret, but key ids are shown shortened only. */
export interface Named {
  readonly keyIds: readonly string[]
  readonly arns: readonly string[]
  /** Host names of AWS, in small letters. */
  readonly hosts: readonly string[]
  /** Which block of a Terraform configuration failed; null when the text does not tell. */
  readonly terraform: 'provider' | 'backend' | null
  /** HTTP status with which the instance metadata refused; null when the text does not tell. */
  readonly metadataStatus: number | null
}

const most = 20

/** Finds key ids, ARNs and hosts of AWS in a text, each once, in the order in which they come. */
export function namedIn(text: string): Named {
  return {
    terraform: terraformBlock(text),
    metadataStatus: Number(metadataStatus.exec(text.slice(0, 100_000))?.[1] ?? 0) || null,
    keyIds: all(text, /(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Z0-9])/g),
    arns: all(text, /arn:aws[\w-]{0,20}:[\w-]{1,40}:[\w-]{0,30}:\d{12}:[\w+=,.@/:-]{1,300}/g),
    hosts: all(
      text.toLowerCase(),
      /(?<![\w.-])[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}\.amazonaws\.(?:com\.cn|com|eu)(?![\w-])/g,
    ),
  }
}

function all(text: string, pattern: RegExp): readonly string[] {
  const found = new Set<string>()
  for (const [match] of text.matchAll(pattern)) {
    found.add(match.replace(/[.:,]+$/, ''))
    if (found.size >= most) break
  }
  return [...found]
}

const metadataStatus = /(?:ec2imds|EC2 IMDS|instance metadata)[^\n]{0,300}?status ?code\W{0,5}(40\d)\b/i

/**
 * Terraform prints whose settings it was working with: `with provider["…"]` and the provider's page, or the page of the backend;
 * while it sets up the backend nothing else has been started.
 */
function terraformBlock(text: string): Named['terraform'] {
  const bounded = text.slice(0, 100_000)
  if (/with (?:module\.[\w.[\]"-]{1,100}\.)?provider\[|providers\/hashicorp\/aws|\bin provider "aws"/.test(bounded))
    return 'provider'
  return /language\/backend\/s3|configuring S3 Backend|Initializing the backend|Backend initialization required|[Ff]ailed to get existing workspaces|[Ee]rror (?:loading|refreshing|acquiring the) state/.test(
    bounded,
  )
    ? 'backend'
    : null
}
