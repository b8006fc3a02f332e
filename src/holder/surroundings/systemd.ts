import { type Assignment, mostSteps } from './assignment.ts'
import { controlEscapes } from './escapes.ts'

/** What a unit file says of the environment of its programs. */
export interface UnitEnvironment {
  readonly assignments: readonly Assignment[]
  /** Files of `EnvironmentFile=`, without the `-` that lets them be absent. */
  readonly files: readonly string[]
}

/**
 * The `[Service]` part of a unit file (systemd.exec(5), systemd.syntax(7)): `Environment=` with its quotes and escapes,
 * `EnvironmentFile=`, `PassEnvironment=`, `UnsetEnvironment=`. An empty setting forgets those before it.
 */
export function readUnit(text: string): UnitEnvironment {
  let assignments: Assignment[] = []
  let files: string[] = []
  let section = ''
  for (const { line, offset } of joinedLines(text)) {
    const header = /^\[([^\]]+)\]$/.exec(line.trim())
    if (header !== null) section = header[1]!
    const setting = /^(\s*(Environment|EnvironmentFile|PassEnvironment|UnsetEnvironment)\s*=\s*)(.*)$/.exec(
      line.trimEnd(),
    )
    if (section !== 'Service' || setting === null) continue
    const [, before = '', key, value = ''] = setting
    if (value === '' && key === 'Environment') assignments = assignments.filter(({ effect }) => effect !== 'sets')
    if (value === '' && key === 'EnvironmentFile') files = []
    if (value === '') continue
    if (key === 'EnvironmentFile') files.push(value.replace(/^-/, ''))
    else assignments.push(...itemsOf(key!, value, offset + before.length))
    if (assignments.length > mostSteps) break
  }
  return { assignments, files }
}

function itemsOf(key: string, value: string, offset: number): readonly Assignment[] {
  return unitWords(value).flatMap(({ text, at }): readonly Assignment[] => {
    const equals = text.indexOf('=')
    const name = key === 'Environment' ? text.slice(0, Math.max(0, equals)) : text.split('=')[0]!
    if (!/^[A-Za-z_]\w*$/.test(name)) return []
    const shared = { name, offset: offset + at, isConditional: false, isExported: true }
    if (key === 'PassEnvironment') return [{ ...shared, effect: 'passes-on', value: null }]
    if (key === 'UnsetEnvironment') return [{ ...shared, effect: 'removes', value: null }]
    const given = text.slice(equals + 1)
    // `%` begins a specifier, which only the service manager can fill in; two of them are one.
    const isComputed = /%[^%]/.test(given.replaceAll('%%', ''))
    return [{ ...shared, effect: 'sets', value: isComputed ? null : given.replaceAll('%%', '%') }]
  })
}

const escapes: Readonly<Record<string, string>> = { ...controlEscapes, s: ' ' }

/** Words of a setting: quotes may stand anywhere, C escapes count inside and outside of them (`extract_first_word`). */
function unitWords(value: string): readonly { readonly text: string; readonly at: number }[] {
  const words: { text: string; at: number }[] = []
  let at = 0
  while (at < value.length) {
    if (/\s/.test(value[at]!)) {
      at += 1
      continue
    }
    const start = at
    let text = ''
    let quote: string | null = null
    while (at < value.length && (quote !== null || !/\s/.test(value[at]!))) {
      const character = value[at]!
      if (character === '\\') {
        const number = /^(?:x([0-9A-Fa-f]{2})|([0-7]{3}))/.exec(value.slice(at + 1, at + 4))
        text +=
          number === null
            ? (escapes[value[at + 1] ?? ''] ?? value[at + 1] ?? '')
            : String.fromCharCode(
                number[1] === undefined ? Number.parseInt(number[2]!, 8) : Number.parseInt(number[1], 16),
              )
        at += number === null ? 2 : 1 + number[0].length
        continue
      }
      if (quote === null && (character === '"' || character === "'")) quote = character
      else if (character === quote) quote = null
      else text += character
      at += 1
    }
    words.push({ text, at: start + (/["']/.test(value[start]!) ? 1 : 0) })
  }
  return words
}

/** Lines with their continuations joined by a blank, without comments. */
function joinedLines(text: string): readonly { readonly line: string; readonly offset: number }[] {
  const joined: { line: string; offset: number }[] = []
  let isContinued = false
  let offset = 0
  for (const raw of text.split('\n')) {
    const line = raw.replace(/\r$/, '')
    if (!/^\s*[#;]/.test(line)) {
      const body = line.endsWith('\\') ? `${line.slice(0, -1)} ` : line
      const last = joined.at(-1)
      if (isContinued && last !== undefined) last.line += body
      else joined.push({ line: body, offset })
      isContinued = line.endsWith('\\')
    }
    offset += raw.length + 1
  }
  return joined
}

/**
 * The service of which a process is part, by its `/proc/self/cgroup`; null for a login session or where systemd is not in charge.
 * The user's own service manager and the scopes of terminals are no services of anybody.
 */
export function unitOfCgroup(text: string): { readonly unit: string; readonly isOfUser: boolean } | null {
  const path = /^(?:0:|\d+:name=systemd):(\/.*)$/m.exec(text)?.[1] ?? ''
  const parts = path.split('/').filter((part) => part !== '')
  const last = parts.at(-1)
  if (last === undefined || !last.endsWith('.service') || /^user@\d+\.service$/.test(last)) return null
  return { unit: last, isOfUser: parts.some((part) => /^user@\d+\.service$/.test(part)) }
}
