import { conditionAdvice } from './advice-conditions.ts'
import type { Advice } from './advice-parts.ts'
import { resourceAdvice } from './advice-resources.ts'
import { statementAdvice } from './advice-statements.ts'
import { type DocumentKind, parseDocument } from './document.ts'
import { type JsonNode, parseJson } from './json.ts'
import { memberOf, statementNodes } from './places.ts'

/** More than anybody reads. */
const mostAdvice = 200

/**
 * What to think over in a policy that IAM takes, in the spirit of IAM Access Analyzer's ValidatePolicy (IAM User Guide, "IAM
 * policy validation check reference"), in the order in which it stands in the text. Of a text that is no policy: nothing.
 */
export function adviseOn(text: string, kind: DocumentKind): readonly Advice[] {
  const parsed = parseDocument(text, kind)
  const json = parseJson(text)
  if ('refused' in parsed || 'fault' in json) return []
  const { version, statements } = parsed.document
  const nodes = statementNodes(json.node)
  const all = statements.flatMap((statement, index) => {
    const placed = { kind, text, statement, node: nodes[index]!, variables: version === '2012-10-17' }
    return [...statementAdvice(placed), ...resourceAdvice(placed), ...conditionAdvice(placed)]
  })
  const old = version === '2012-10-17' ? [] : [versionAdvice(json.node)]
  return [...old, ...all].toSorted((a, b) => a.span.start - b.span.start).slice(0, mostAdvice)
}

function versionAdvice(root: JsonNode): Advice {
  const member = memberOf(root, 'Version')
  return {
    code: 'old-version',
    says:
      member === undefined
        ? 'Without a Version the rules of 2008 hold, which know no policy variables: add "Version": "2012-10-17".'
        : 'The rules of 2008 know no policy variables: set Version to 2012-10-17.',
    span: member?.value ?? { start: root.start, end: root.start + 1 },
  }
}
