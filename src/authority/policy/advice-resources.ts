import type { Advice, Placed } from './advice-parts.ts'
import { itemsOf, memberOf, spanOf, writtenValue } from './places.ts'

/** Of ARNs that IAM takes, but that no resource has (IAM User Guide, "IAM policy validation check reference", errors about ARNs). */
export function resourceAdvice({ node }: Placed): readonly Advice[] {
  return ['Resource', 'NotResource'].flatMap((name) => {
    const member = memberOf(node, name)
    return (member === undefined ? [] : itemsOf(member.value)).flatMap((item) => {
      const words = ofArn(writtenValue(item) ?? '*')
      return words === null ? [] : [{ ...words, span: spanOf(item) }]
    })
  })
}

function ofArn(arn: string): Omit<Advice, 'span'> | null {
  const parts = arn.split(':')
  // One with fewer parts has wildcards that run over colons, if it has any meaning at all.
  if (parts.length < 6) return null
  const [prefix, , service, region, account] = parts as [string, string, string, string, string]
  if (!fits(prefix, /^arn$/)) {
    return { code: 'arn-prefix', says: `ARNs begin with arn:, so no resource is meant: write arn: for ${prefix}:.` }
  }
  if (service !== service.toLowerCase()) {
    return {
      code: 'arn-service-case',
      says: `Services are written in small letters in ARNs: write ${service.toLowerCase()}.`,
    }
  }
  if (!fits(region, /^(?:[a-z]{2,}(?:-[a-z]+)+-\d{1,2})?$/)) {
    return {
      code: 'arn-region',
      says: `${region} is no Region, so no resource is meant: write one like eu-west-1, or *.`,
    }
  }
  if (!fits(account, /^(?:\d{12}|aws|aws-managed|amazon|cloudfront)?$/)) {
    return {
      code: 'arn-account',
      says: `${account} is no account, so no resource is meant: write its 12 digits, or *.`,
    }
  }
  if (
    service === 's3' &&
    /^\d{12}$/.test(account) &&
    !/^(?:accesspoint|job|storage-lens|access-grants)/.test(parts[5]!)
  ) {
    const says = `ARNs of buckets have no account, so no bucket is meant: write arn:${parts[1]}:s3:::${parts.slice(5).join(':')}.`
    return { code: 'arn-account', says }
  }
  return null
}

/** A part with wildcards or variables may mean anything. */
function fits(part: string, form: RegExp): boolean {
  return /[*?$]/.test(part) || form.test(part)
}
