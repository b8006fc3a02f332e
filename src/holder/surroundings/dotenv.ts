import { type Assignment, mostSteps } from './assignment.ts'
import { controlEscapes } from './escapes.ts'

/** An assignment as the two usual readers of `.env` files take it. */
export interface DotenvAssignment extends Assignment {
  /** What python-dotenv makes of the same line, where that is something else; undefined where it agrees. */
  readonly inPython?: string | null | undefined
}

/**
 * A `.env` file as the npm package `dotenv` reads it (lib/main.js, `parse`): quotes of three kinds, `#` ends a value without
 * them wherever it stands, `\n` and `\r` count in double quotes only, and a value is never expanded. The later of two lines wins.
 */
export function readDotenv(text: string): readonly DotenvAssignment[] {
  const python = new Map(readPythonDotenv(text).map(({ name, value }) => [name, value]))
  const last = new Map<string, DotenvAssignment>()
  for (const match of text.matchAll(line)) {
    const [whole, name = '', written = ''] = match
    const value = literalOf(written)
    const offset = match.index + whole.indexOf(name)
    const inPython = python.get(name)
    const shared: Assignment = { name, effect: 'sets', value, offset, isConditional: false, isExported: true }
    // A line for the same name later on is a new start.
    last.delete(name)
    last.set(name, python.has(name) && inPython !== value ? { ...shared, inPython } : shared)
    if (last.size >= mostSteps) break
  }
  return [...last.values()]
}

const body = [`\\s*'(?:\\\\'|[^'])*'`, `\\s*"(?:\\\\"|[^"])*"`, '\\s*`(?:\\\\`|[^`])*`', '[^#\\r\\n]+'].join('|')
/** A name, `=` or `: `, a value, a comment. */
const line = new RegExp(`^[^\\S\\r\\n]*(?:export\\s+)?([\\w.-]+)(?:\\s*=\\s*?|:\\s+?)(${body})?\\s*(?:#.*)?$`, 'gm')

function literalOf(written: string): string {
  const text = written.replaceAll(/\r\n?/g, '\n').trim()
  const bare = text.replace(/^(['"`])([\s\S]*)\1$/gm, '$2')
  return text.startsWith('"') ? bare.replaceAll('\\n', '\n').replaceAll('\\r', '\r') : bare
}

/**
 * The same for python-dotenv (`dotenv/parser.py`, `dotenv/variables.py`): two kinds of quotes, a comment needs a blank before its
 * `#`, more escapes in double quotes, and `${NAME}` is expanded in all values (null here). A line that it cannot read is skipped.
 */
export function readPythonDotenv(text: string): readonly Assignment[] {
  let found: Assignment[] = []
  let at = 0
  const take = (pattern: RegExp): RegExpExecArray | null => {
    const sticky = new RegExp(pattern.source, 'yu')
    sticky.lastIndex = at
    const match = sticky.exec(text)
    if (match !== null) at += match[0].length
    return match
  }
  while (at < text.length && found.length < mostSteps) {
    take(/\s*/)
    if (at >= text.length) break
    const start = at
    const binding = pythonBinding(text, take, () => at)
    if (binding === 'error') {
      at = Math.max(at, start)
      take(/[^\r\n]*(?:\r\n|\n|\r)?/)
    } else if (binding !== null) {
      // A name alone takes away what an earlier line gave it.
      if (binding.assignment === null) found = found.filter(({ name }) => name !== binding.name)
      else found.push(binding.assignment)
    }
  }
  return found
}

type Take = (pattern: RegExp) => RegExpExecArray | null

interface Binding {
  readonly name: string
  readonly assignment: Assignment | null
}

function pythonBinding(text: string, take: Take, where: () => number): Binding | 'error' | null {
  take(/(?:export[^\S\r\n]+)?/)
  const offset = where()
  let name: string | null = null
  if (text[where()] !== '#') {
    const key = text[where()] === "'" ? take(/'([^']+)'/) : take(/([^=#\s]+)/)
    if (key === null) return 'error'
    name = key[1]!
  }
  take(/[^\S\r\n]*/)
  let value: string | null | undefined
  if (text[where()] === '=') {
    take(/=[^\S\r\n]*/)
    value = pythonValue(text[where()] ?? '', take)
    if (value === undefined) return 'error'
  }
  take(/(?:[^\S\r\n]*#[^\r\n]*)?/)
  if (take(/[^\S\r\n]*(?:\r\n|\n|\r|$)/) === null) return 'error'
  if (name === null) return null
  if (value === undefined) return { name, assignment: null }
  const expanded = /\$\{[^}:]*(?::-[^}]*)?\}/.test(value ?? '') ? null : value
  return { name, assignment: { name, effect: 'sets', value: expanded, offset, isConditional: false, isExported: true } }
}

function pythonValue(first: string, take: Take): string | undefined {
  if (first === "'") return take(/'((?:\\'|[^'])*)'/)?.[1]?.replaceAll(/\\([\\'])/g, '$1')
  if (first === '"')
    return take(/"((?:\\"|[^"])*)"/)?.[1]?.replaceAll(
      /\\([\\'"abfnrtv])/g,
      (_, letter) => controlEscapes[letter] ?? letter,
    )
  if (first === '' || first === '\n' || first === '\r') return ''
  return take(/([^\r\n]*)/)?.[1]
    ?.replace(/\s+#.*/, '')
    .trimEnd()
}
