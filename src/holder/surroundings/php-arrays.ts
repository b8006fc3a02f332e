/** A value in a PHP array, as far as configuration files need it. */
export type PhpValue =
  | { readonly kind: 'text'; readonly text: string }
  /** `env('NAME')` of Laravel. */
  | { readonly kind: 'env'; readonly name: string }
  | { readonly kind: 'other' }

export interface PhpEntry {
  readonly name: string
  readonly value: PhpValue
  /** Where the name begins. */
  readonly offset: number
}

/** Deeper than this nobody writes; what lies deeper is read as if it stood at this depth. */
const deepest = 60
const mostEntries = 50_000

/**
 * The arrays of a PHP file with their entries of `'name' => value`, each array for itself, in the order in which they end.
 * Never fails, and takes time in proportion to the text. Source: PHP Manual, "Arrays" and "Strings".
 */
export function phpArrays(text: string): readonly (readonly PhpEntry[])[] {
  const arrays: PhpEntry[][] = []
  const open: PhpEntry[][] = [[]]
  let key: { readonly name: string; readonly offset: number } | null = null
  let isValue = false
  let count = 0
  const put = (value: PhpValue) => {
    if (key !== null && isValue && count < mostEntries) {
      open.at(-1)!.push({ ...key, value })
      count += 1
    }
    key = null
    isValue = false
  }
  const pattern =
    /\/\*[\s\S]*?(?:\*\/|$)|(?:\/\/|#(?!\[))[^\n]*|'((?:[^'\\]|\\(?:[\s\S]|$))*)(?:'|$)|"((?:[^"\\]|\\(?:[\s\S]|$))*)(?:"|$)|=>|\benv\s*\(\s*(?:'([^'\n]{1,200})'|"([^"\n]{1,200})")[^)\n]{0,500}\)|\barray\s*\(|[[\](),;]|\w+/g
  for (const match of text.matchAll(pattern)) {
    const [token, single, double, envSingle, envDouble] = match
    const string = single ?? double
    if (token.startsWith('/*') || token.startsWith('//') || token.startsWith('#')) continue
    if (string !== undefined) {
      const plain = string.replace(/\\(['"\\$])/g, '$1')
      if (isValue) put({ kind: 'text', text: plain })
      else key = { name: plain, offset: match.index }
    } else if (token === '=>') isValue = true
    else if (envSingle !== undefined || envDouble !== undefined) put({ kind: 'env', name: (envSingle ?? envDouble)! })
    else if (token === '[' || token === '(' || token.startsWith('array')) {
      key = null
      isValue = false
      if (open.length < deepest) open.push([])
    } else if (token === ']' || token === ')') {
      if (open.length > 1) arrays.push(open.pop()!)
      key = null
      isValue = false
    } else if (token === ',' || token === ';') {
      key = null
      isValue = false
    } else put({ kind: 'other' })
  }
  return [...arrays, ...open.reverse()].filter((entries) => entries.length > 0)
}
