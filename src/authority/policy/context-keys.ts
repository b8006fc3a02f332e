import { type DocumentFault, type DocumentKind, parseDocument, type Statement, syntaxErrors } from './document.ts'
import { parseTemplate } from './template.ts'

/**
 * The condition keys on which a policy's decisions hang, as it spells them and in the order in which they come: keys of conditions,
 * and variables in resources and in values of conditions. Each once, whatever its case. A text that is no policy asks for none.
 */
export function contextKeysOf(text: string, kind: DocumentKind): readonly string[] {
  const parsed = parseDocument(text, kind)
  if ('refused' in parsed) return []
  const { version, statements } = parsed.document
  return distinctKeys(statements.flatMap((statement) => keysOf(statement, version === '2012-10-17')))
}

/** Keys compare without case: of two spellings the first stays. */
export function distinctKeys(keys: readonly string[]): readonly string[] {
  const distinct = new Map<string, string>()
  for (const key of keys) if (!distinct.has(key.toLowerCase())) distinct.set(key.toLowerCase(), key)
  return [...distinct.values()]
}

/**
 * The keys that GetContextKeysForCustomPolicy tells of one text, or the sentence for what it does not take: it wants well-formed
 * statements with an effect, but not that they could be saved. Each spelling stands once; the variables for characters (`${*}`) count,
 * and so do variables that nothing fills in (recorded of AWS: radkawar/stackd, `context_keys_aws.json`, September 2026).
 */
export function keysAskedFor(text: string): { readonly keys: readonly string[] } | DocumentFault {
  const parsed = parseDocument(text, 'identity', { mayBeEmpty: true })
  if ('refused' in parsed) return parsed
  const { version, statements } = parsed.document
  if (statements.some(({ effect }) => effect !== 'Allow' && effect !== 'Deny'))
    return { refused: syntaxErrors, at: null }
  const told = (value: string) =>
    parseTemplate(value, version === '2012-10-17').flatMap((part) =>
      part.kind === 'variable' ? [part.spelled] : part.kind === 'literal' ? [part.text] : [],
    )
  const keys = statements.flatMap(({ resource, notResource, conditions }) => [
    ...(resource ?? notResource ?? []).flatMap(told),
    ...conditions.flatMap(({ key, values }) => [key, ...values.flatMap(told)]),
  ])
  return { keys: [...new Set(keys)] }
}

function keysOf(statement: Statement, variables: boolean): readonly string[] {
  const resources = statement.resource ?? statement.notResource ?? []
  return [
    ...resources.flatMap((resource) => variablesOf(resource, variables)),
    ...statement.conditions.flatMap(({ operator, key, values }) => [
      key,
      // Only texts and ARNs are compared with variables filled in.
      ...(/String|Arn/.test(operator) ? values.flatMap((value) => variablesOf(value, variables)) : []),
    ]),
  ]
}

function variablesOf(value: string, variables: boolean): string[] {
  return parseTemplate(value, variables).flatMap((part) => (part.kind === 'variable' ? [part.spelled] : []))
}
