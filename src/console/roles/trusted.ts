/** Who may assume a role, as far as its trust policy says so, and what they have to bring. */
export interface Trusted {
  /** Accounts, users and roles: who signs with keys. */
  readonly direct: boolean
  /** ARNs of identity providers. */
  readonly providers: readonly string[]
  readonly services: readonly string[]
  /** One that is taken; null when none is asked for. */
  readonly externalId: string | null
  readonly mfa: boolean
}

/** What is no trust policy trusts nobody. */
export function trustedBy(document: string): Trusted {
  const statements = listOf(parsed(document)['Statement']).map(recordOf)
  const allowed = statements.filter(({ Effect }) => Effect === 'Allow')
  const principals = allowed.map(({ Principal }) => (Principal === '*' ? { AWS: '*' } : recordOf(Principal)))
  const named = (kind: string): readonly string[] =>
    principals.flatMap((one) => listOf(one[kind])).filter((one) => typeof one === 'string')
  const conditions = allowed.flatMap(({ Condition }) => Object.entries(recordOf(Condition)))
  const asked = (key: string): readonly (readonly [operator: string, values: readonly unknown[]])[] =>
    conditions.flatMap(([operator, keys]) =>
      Object.entries(recordOf(keys))
        .filter(([name]) => name.toLowerCase() === key)
        .map(([, values]) => [operator, listOf(values)] as const),
    )
  const externalId = asked('sts:externalid').find(([operator]) => /^StringEquals/i.test(operator))?.[1][0]
  return {
    direct: named('AWS').length > 0,
    providers: named('Federated'),
    services: named('Service'),
    externalId: typeof externalId === 'string' ? externalId : null,
    mfa:
      asked('aws:multifactorauthpresent').some(([, [value]]) => String(value) === 'true') ||
      asked('aws:multifactorauthage').some(([operator]) => /^NumericLessThan/i.test(operator)),
  }
}

function parsed(document: string): Readonly<Record<string, unknown>> {
  try {
    return recordOf(JSON.parse(document))
  } catch {
    return {}
  }
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
}

function listOf(value: unknown): readonly unknown[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value]
}
