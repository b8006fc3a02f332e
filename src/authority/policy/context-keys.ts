import { type DocumentKind, parseDocument, type Statement } from './document.ts'
import { parseTemplate } from './template.ts'

/**
 * The condition keys that a policy text asks for, as it spells them and in the order in which they come: keys of conditions,
 * and variables in resources and in values of conditions (IAM API reference, GetContextKeysForCustomPolicy; spelling and order as
 * in the AWS CLI's example of `get-context-keys-for-custom-policy`). Each once, whatever its case. A text that is no policy asks
 * for none.
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
