import { type Assignment, mostSteps } from './assignment.ts'

/** The plain files of `NAME=value` lines that a login, systemd and cron read. Each has quoting rules of its own. */

/**
 * `/etc/environment` and the simple form of `~/.pam_environment` (Linux-PAM pam_env.c, `_parse_env_file`): `#` ends a line
 * wherever it stands, `export ` is passed over, one pair of quotes around the value goes.
 */
export function readPamEnvironment(text: string): readonly Assignment[] {
  return lines(text).flatMap(({ line, offset }): readonly Assignment[] => {
    const match = /^([ \t]*(?:export )?)(\w+)=(.*)$/.exec(line.split('#')[0]!.trimEnd())
    if (match === null) return []
    const [, before = '', name = '', written = ''] = match
    const value = /^["']/.test(written) ? written.slice(1).replace(/["']$/, '') : written
    return [sets(name, value, offset + before.length)]
  })
}

/**
 * A file of `EnvironmentFile=` (systemd src/basic/env-file.c `parse_env_file_internal`): quotes may stand anywhere and go, a
 * backslash takes the next character as it is and joins lines, comments are lines of their own.
 */
export function readSystemdEnvironmentFile(text: string): readonly Assignment[] {
  const found: Assignment[] = []
  const source = text.replaceAll('\r', '\n')
  let at = 0
  while (at < source.length && found.length < mostSteps) {
    if (/\s/.test(source[at]!)) {
      at += 1
      continue
    }
    if (source[at] === '#' || source[at] === ';') {
      at = afterComment(source, at)
      continue
    }
    const end = source.indexOf('\n', at) === -1 ? source.length : source.indexOf('\n', at)
    const equals = source.indexOf('=', at)
    if (equals === -1 || equals > end) {
      at = end + 1
      continue
    }
    const name = source.slice(at, equals).trimEnd()
    const { value, after } = systemdValue(source, equals + 1)
    if (/^[A-Za-z_]\w*$/.test(name)) found.push(sets(name, value, at))
    at = after
  }
  return found
}

/** A comment goes on where a backslash stands before the end of the line. */
function afterComment(text: string, from: number): number {
  let at = from
  while (at < text.length && text[at] !== '\n') at += text[at] === '\\' ? 2 : 1
  return at + 1
}

function systemdValue(text: string, from: number): { readonly value: string; readonly after: number } {
  let value = ''
  /** How much of the value stays when blanks at its end go. */
  let kept = 0
  let isStarted = false
  let at = from
  while (at < text.length && text[at] !== '\n') {
    const character = text[at]!
    if (!isStarted && (character === "'" || character === '"')) {
      const [part, after] = character === "'" ? singleQuoted(text, at + 1) : doubleQuoted(text, at + 1)
      value += part
      kept = value.length
      at = after
    } else if (character === '\\') {
      isStarted = true
      if (text[at + 1] !== '\n') value += text[at + 1] ?? ''
      kept = value.length
      at += 2
    } else if (!isStarted && /[ \t]/.test(character)) at += 1
    else {
      isStarted = true
      value += character
      if (!/[ \t]/.test(character)) kept = value.length
      at += 1
    }
  }
  return { value: value.slice(0, kept), after: at + 1 }
}

function singleQuoted(text: string, from: number): readonly [value: string, after: number] {
  const end = text.indexOf("'", from)
  return end === -1 ? [text.slice(from), text.length] : [text.slice(from, end), end + 1]
}

function doubleQuoted(text: string, from: number): readonly [value: string, after: number] {
  let value = ''
  let at = from
  while (at < text.length && text[at] !== '"') {
    if (text[at] === '\\') {
      const next = text[at + 1] ?? ''
      if (next !== '\n') value += next !== '' && '"\\`$'.includes(next) ? next : `\\${next}`
      at += 2
    } else {
      value += text[at]
      at += 1
    }
  }
  return [value, at + 1]
}

/**
 * `~/.config/environment.d/*.conf` (environment.d(5)): as above, and `$NAME` and `${NAME}` are expanded (null here); a line with
 * an empty value changes nothing.
 */
export function readEnvironmentD(text: string): readonly Assignment[] {
  return readSystemdEnvironmentFile(text)
    .filter(({ value }) => value !== '')
    .map((each) => (/\$[\w{$]/.test(each.value ?? '') ? { ...each, value: null } : each))
}

/** The variables of a crontab (crontab(5), vixie-cron env.c `load_env`): blanks around `=` and quotes go, nothing is expanded. */
export function readCrontab(text: string): readonly Assignment[] {
  return lines(text).flatMap(({ line, offset }): readonly Assignment[] => {
    const match = /^([ \t]*["']?)([A-Za-z_]\w*)["']?[ \t]*=[ \t]*(.*)$/.exec(line.trimEnd())
    if (match === null) return []
    const [, before = '', name = '', written = ''] = match
    const quotes = /^(["'])(.*)\1$/.exec(written)
    return [sets(name, quotes === null ? written : quotes[2]!, offset + before.length)]
  })
}

/** `/proc/PID/environ`: what the process was started with, each variable ended by a NUL. */
export function readProcEnvironment(text: string): readonly Assignment[] {
  const found: Assignment[] = []
  let offset = 0
  for (const entry of text.split('\0')) {
    const equals = entry.indexOf('=')
    if (equals > 0 && found.length < mostSteps)
      found.push(sets(entry.slice(0, equals), entry.slice(equals + 1), offset))
    offset += entry.length + 1
  }
  return found
}

function sets(name: string, value: string, offset: number): Assignment {
  return { name, effect: 'sets', value, offset, isConditional: false, isExported: true }
}

function lines(text: string): readonly { readonly line: string; readonly offset: number }[] {
  let offset = 0
  return text
    .split('\n')
    .slice(0, mostSteps * 10)
    .map((line) => {
      const at = offset
      offset += line.length + 1
      return { line, offset: at }
    })
}
