import { type Assignment, mostSteps, type Step } from './assignment.ts'
import { controlEscapes } from './escapes.ts'

/**
 * What a profile of PowerShell does to environment variables, in order (about_Environment_Variables, about_Quoting_Rules): `$Env:A
 * = 'b'`, `Set-Item Env:A b`, `Remove-Item Env:A`, `[Environment]::SetEnvironmentVariable('A', 'b')`. Functions do not count, what
 * stands in a block of a condition is marked.
 *
 * @param home put in for `$HOME` and `$Env:USERPROFILE`; null where it is unknown
 */
export function readPowershell(text: string, home: string | null): readonly Step[] {
  const code = withoutComments(text)
  const steps: Step[] = []
  const contextAt = contextsOf(code)
  for (const match of code.matchAll(statement)) {
    const [whole] = match
    const before = match.index
    const context = contextAt(before)
    if (context === 'function' || context === 'string') continue
    if (steps.length >= mostSteps) break
    const made = assignmentOf(match, code, before + whole.length, home)
    if (made !== null) steps.push({ ...made, offset: before + made.offset, isConditional: context === 'condition' })
  }
  return steps
}

const statement = new RegExp(
  [
    '(?<variable>\\$(?:env:(?<name>\\w+)|\\{env:(?<braced>\\w+)\\})\\s*=(?!=)[ \\t]*)',
    '(?<set>\\b(?:Set-Item|New-Item|si|ni)\\s+(?:-Path\\s+|-LiteralPath\\s+)?["\']?Env:\\\\?(?<item>\\w+)["\']?\\s+(?:-Value\\s+)?)',
    '(?<remove>\\b(?:Remove-Item|ri|rm|del|Clear-Item)\\s+(?:-Path\\s+|-LiteralPath\\s+)?["\']?Env:\\\\?(?<gone>\\w+)["\']?)',
    '(?<call>\\[(?:System\\.)?Environment\\]::SetEnvironmentVariable\\(\\s*["\'](?<called>\\w+)["\']\\s*,\\s*)',
  ].join('|'),
  'gi',
)

function assignmentOf(match: RegExpExecArray, code: string, at: number, home: string | null): Assignment | null {
  const { name, braced, item, gone, called } = match.groups!
  const variable = name ?? braced ?? item ?? gone ?? called
  if (variable === undefined) return null
  const offset = match[0].search(new RegExp(`\\b${variable}\\b`, 'i'))
  const shared = { name: variable, offset, isConditional: false, isExported: true }
  if (gone !== undefined) return { ...shared, effect: 'removes', value: null }
  const { value, rest } = expression(code, at, home, item !== undefined)
  const isNull = /^\$null\b/i.test(code.slice(at))
  if (isNull) return { ...shared, effect: 'removes', value: null }
  // A third argument names the store of the user or the machine; the running shell does not see that.
  if (called !== undefined && /^\s*,\s*(?!["']?(?:\[[\w.]+\]::)?Process)/i.test(rest)) return null
  return { ...shared, effect: 'sets', value: /^\s*(?:[+*/.[]|-\w|$(?=x))/.test(rest) ? null : value }
}

/** A literal at some offset, and what follows it on the line. */
function expression(
  code: string,
  at: number,
  home: string | null,
  isArgument: boolean,
): { readonly value: string | null; readonly rest: string } {
  const line = code.slice(at, code.indexOf('\n', at) === -1 ? undefined : code.indexOf('\n', at))
  const single = /^'((?:[^']|'')*)'/.exec(code.slice(at, at + 65_536))
  if (single !== null) return { value: single[1]!.replaceAll("''", "'"), rest: line.slice(single[0].length) }
  const double = /^"((?:[^"`]|`[\s\S]|"")*)"/.exec(code.slice(at, at + 65_536))
  if (double !== null) return { value: expanded(double[1]!, home), rest: line.slice(double[0].length) }
  const bare = /^[^\s;)}"'$(@]+(?=[\s;)}]|$)/.exec(line)
  // Only numbers are texts without quotes after `=`, and any word is one as the argument of a command.
  return bare === null || (!isArgument && !/^-?\d+(\.\d+)?$/.test(bare[0]))
    ? { value: null, rest: '' }
    : { value: bare[0], rest: line.slice(bare[0].length) }
}

const escapes: Readonly<Record<string, string>> = { ...controlEscapes, '0': '\0', e: '\x1b' }

function expanded(text: string, home: string | null): string | null {
  let isComputed = false
  const value = text.replace(
    /`([\s\S])|""|\$(?:(HOME|env:USERPROFILE|env:HOME)\b|\{|\(|[\w:?^])/gi,
    (whole, escaped?: string, homeName?: string) => {
      if (escaped !== undefined) return escapes[escaped] ?? escaped
      if (whole === '""') return '"'
      if (homeName !== undefined && home !== null) return home
      isComputed = true
      return ''
    },
  )
  return isComputed ? null : value
}

/**
 * Comments and here-strings become blanks, so that every offset stays. Quotes hide them; what is not closed ends with the text, as
 * looking for the same end from each of many beginnings would take forever.
 */
function withoutComments(text: string): string {
  return text.replace(
    /@'\r?\n[\s\S]*?(?:\n'@|$)|@"\r?\n[\s\S]*?(?:\n"@|$)|'(?:[^']|'')*(?:'|$)|"(?:[^"`]|`(?:[\s\S]|$)|"")*(?:"|$)|<#[\s\S]*?(?:#>|$)|(?<![\w`$])#[^\n]*/g,
    (whole) => (/^(<#|#|@)/.test(whole) ? whole.replace(/[^\n]/g, ' ') : whole),
  )
}

/** What the innermost blocks around an offset belong to; `string` for an offset in quotes. Offsets are asked in their order. */
function contextsOf(code: string): (offset: number) => 'function' | 'condition' | 'none' | 'string' {
  const blocks: ('function' | 'condition')[] = []
  let at = 0
  let stringEnd = 0
  return (offset) => {
    if (offset < stringEnd) return 'string'
    while (at < offset) {
      const end = afterString(code, at)
      if (end > offset) {
        stringEnd = end
        return 'string'
      }
      if (end === at && code[at] === '{')
        blocks.push(isFunction(code.slice(Math.max(0, at - 300), at)) ? 'function' : 'condition')
      if (end === at && code[at] === '}') blocks.pop()
      at = Math.max(end, at + 1)
    }
    return blocks.includes('function') ? 'function' : blocks.length > 0 ? 'condition' : 'none'
  }
}

function isFunction(head: string): boolean {
  return /(?:\b(?:function|filter)\s+[\w:-]+\s*(?:\([^)]*\)\s*)?|=\s*)$/i.test(head)
}

/** After the string or the braced name that begins at an offset; the offset itself where none does. */
function afterString(code: string, at: number): number {
  const quote = code[at]
  if (quote === '`') return at + 2
  if (quote === '$' && code[at + 1] === '{') return Math.max(code.indexOf('}', at), at) + 1
  if (quote !== "'" && quote !== '"') return at
  for (let end = at + 1; end < code.length; end += 1) {
    if (quote === '"' && code[end] === '`') end += 1
    else if (code[end] === quote) return end + 1
  }
  return code.length
}
