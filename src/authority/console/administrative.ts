/** Texts that were read before: many users have the same policy. */
const known = new Map<string, boolean>()
const mostKnown = 1_000

/**
 * Does a policy text allow everything on everything, under no condition? It is read as a person reads it: what other policies deny
 * is not looked at.
 */
export function isAdministrative(text: string): boolean {
  // Most policies say it nowhere, and need no reading.
  if (!/"(?:\*|\*:\*)"/.test(text)) return false
  let found = known.get(text)
  if (found === undefined) {
    if (known.size >= mostKnown) known.clear()
    known.set(text, (found = allowsEverything(text)))
  }
  return found
}

function allowsEverything(text: string): boolean {
  try {
    const document = JSON.parse(text) as { readonly Statement?: unknown } | null
    return [document?.Statement].flat().some(isOfEverything)
  } catch {
    return false
  }
}

function isOfEverything(statement: unknown): boolean {
  if (typeof statement !== 'object' || statement === null) return false
  const { Effect, Action, Resource, Condition } = statement as Readonly<Record<string, unknown>>
  const names = (value: unknown, ...all: readonly string[]): boolean =>
    [value].flat().some((one) => typeof one === 'string' && all.includes(one))
  return Effect === 'Allow' && Condition === undefined && names(Action, '*', '*:*') && names(Resource, '*')
}
