import { maskAccessKeyId } from '../../anatomy/access-key-id.ts'
import { redactWords } from '../../anatomy/redact.ts'

/** Names of settings, variables and members whose values are nobody's business. */
const secretName = /secret|token|passw|passphrase|private[-_]?key|api[-_]?key|seed|signature|cookie/i
const idName = /access[-_]?key[-_]?id$/i
/** What such a name ends in when its value only tells where or how long. */
const openName = /(?:_file|_path|_uri|_url|_endpoint|_version|_region|_scopes?|_source|_type|expir\w*|duration\w*)$/i

/** A name, what stands between it and its value in files, shells, JSON and YAML, and the value. */
const assignment = /([A-Za-z_][\w.-]*)(["']?\]?\s*(?::=|=>|[=:])[ \t]*|["']?[ \t]+)(.*)$/

/**
 * A line of a file as it may be shown: secrets are named by kind and length, key ids by their first and last four, so that a
 * person can still tell which value is meant. Quotes, blanks, comments and signs that nobody sees stay around them, because they
 * may be what is wrong. The line comes without its end, as text.
 */
export function maskedLine(line: string): string {
  // In UTF-16 there is no name to go by, and every second byte of a secret stands for all to read.
  if (line.includes('\0')) return '‹UTF-16, or no text at all›'
  for (let at = 0; at < line.length; ) {
    const match = assignment.exec(line.slice(at))
    if (match === null) break
    const [, name = '', between = '', value = ''] = match
    const start = at + match.index + name.length + between.length
    const isWritten = /[=:]/.test(between)
    if ((isWritten || /[-_]/.test(name)) && !openName.test(name) && value !== '') {
      if (idName.test(name)) return openWords(line.slice(0, start)) + maskedValue(value, 'key id')
      if (secretName.test(name)) return openWords(line.slice(0, start)) + maskedValue(value, kindOf(name))
    }
    at += match.index + name.length
  }
  // A value that goes on, or a line of a key: there is no name to go by.
  const alone = /^(\s*["']?)([^\s"':=[\]{}()]{8,})(["',;\s]*)$/.exec(line)
  if (alone !== null && !/^[a-z-]+$/i.test(alone[2]!)) return `${alone[1]}${maskedValue(alone[2]!, 'value')}${alone[3]}`
  return openWords(line)
}

function kindOf(name: string): string {
  if (/session|security/i.test(name)) return 'session token'
  if (/token/i.test(name)) return 'token'
  if (/passw|passphrase/i.test(name)) return 'password'
  return 'secret'
}

/** A reference to a variable is no value. */
const reference = /^(?:\$\{?[A-Z_][A-Z0-9_]*\}?|%[A-Z_][A-Z0-9_]*%|\$env:\w+)$/i

function maskedValue(value: string, kind: string): string {
  const [, before = '', core = '', behind = ''] = /^([\s"'`]*)(.*?)([\s"'`,;)\]}]*(?:\s[#;].*)?)$/s.exec(value) ?? []
  const comment = /^([\s"'`,;)\]}]*)(.*)$/s.exec(behind) ?? []
  const shownBehind = (comment[1] ?? '') + openWords(comment[2] ?? '')
  if (core === '' || (reference.test(core) && core.length < 64 && /[_{]/.test(core))) return before + core + shownBehind
  return before + maskedCore(core, kind) + shownBehind
}

function maskedCore(core: string, kind: string): string {
  const visible = core.replace(invisible, '')
  if (kind === 'key id') {
    const shown = /^[A-Z0-9]{16,32}$/.test(visible) ? maskAccessKeyId(visible) : `‹${count(visible)}›`
    return shown + withInvisible(core, visible)
  }
  return `‹${kind}, ${count(visible)}${withInvisible(core, visible)}›`
}

const invisible = /[\p{Cf}\p{Cc}\p{Zl}\p{Zp}\u00a0\ufffd]/gu

function withInvisible(core: string, visible: string): string {
  const signs = [...core].length - [...visible].length
  return signs === 0 ? '' : ` and ${signs} that cannot be seen`
}

function count(text: string): string {
  const length = [...text].length
  return `${length} ${length === 1 ? 'character' : 'characters'}`
}

/** What has no name before it is judged by its look. */
function openWords(text: string): string {
  return redactWords(text).replace(/[A-Za-z0-9+/=_-]{20,}/g, (run) =>
    /[a-z]/.test(run) && /[A-Z]/.test(run) && /\d/.test(run) && !/^\/?(?:[\w.-]+\/)+[\w.-]*$/.test(run)
      ? `‹${count(run)}›`
      : run,
  )
}
