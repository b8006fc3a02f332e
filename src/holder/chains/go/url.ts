import { quotedText } from '../../files/dialects/go-text.ts'
import { type GoError, urlError } from './answer.ts'

/** A URL as Go's `net/url` takes it apart, as far as it matters here. */
export type GoUrl =
  | {
      readonly kind: 'url'
      readonly scheme: string
      /** Host and port as they stand. */
      readonly host: string
      readonly hostname: string
      readonly path: string
    }
  | { readonly kind: 'error'; readonly error: GoError }

/** `url.Parse`. Source: Go net/url/url.go. */
export function parseGoUrl(text: string): GoUrl {
  const refuse = (error: GoError): GoUrl => ({
    kind: 'error',
    error: { ...error, text: `parse ${quotedText(text)}: ${error.text}` },
  })
  const plain = (why: string): GoUrl => refuse(urlError(why))
  if (/[\u0000-\u001f\u007f]/.test(text)) return plain('net/url: invalid control character in URL')
  const [, withoutFragment = '', fragment = ''] = /^([^#]*)#?(.*)$/s.exec(text) ?? []
  if (withoutFragment.startsWith(':')) return plain('missing protocol scheme')
  const [, scheme = '', rest = withoutFragment] = /^([A-Za-z][A-Za-z0-9+.-]*):(.*)$/s.exec(withoutFragment) ?? []
  const path = rest.replace(/\?.*$/s, '')
  if (!path.startsWith('/')) {
    if (scheme !== '') return { kind: 'url', scheme: scheme.toLowerCase(), host: '', hostname: '', path: '' }
    if (/^[^/]*:/.test(path)) return plain('first path segment in URL cannot contain colon')
  }
  const hasAuthority = path.startsWith('//') && (scheme !== '' || !path.startsWith('///'))
  const authority = hasAuthority ? path.slice(2).replace(/\/.*$/s, '') : ''
  const host = authority.slice(authority.lastIndexOf('@') + 1)
  const wrong =
    wrongHost(host) ?? wrongEscape(hasAuthority ? path.slice(2 + authority.length) : path) ?? wrongEscape(fragment)
  if (wrong !== null) return refuse(wrong)
  const below = hasAuthority ? path.slice(2 + authority.length) : path
  return { kind: 'url', scheme: scheme.toLowerCase(), host, hostname: hostnameOf(host), path: below }
}

/** Why `net/http` sends no request to an address; null when it does. */
export function unsendableUrl({ scheme, host }: Extract<GoUrl, { kind: 'url' }>): string | null {
  if (scheme !== 'http' && scheme !== 'https') return `unsupported protocol scheme "${scheme}"`
  return host === '' ? 'http: no Host in request URL' : null
}

/** `URL.EscapedPath`: a path that is a good encoding stays as it is written; any other is encoded anew. */
export function escapedPath(path: string): string {
  if (/^[A-Za-z0-9\-_.~!$&'()*+,;=:@[\]%/]*$/.test(path)) return path
  return path.replace(/%[0-9A-Fa-f]{2}|[^%]/gu, (part) => {
    const text = part.length === 3 ? String.fromCharCode(Number.parseInt(part.slice(1), 16)) : part
    if (/^[A-Za-z0-9\-_.~$&+,/:;=@]$/.test(text)) return text
    return part.length === 3 ? part.toUpperCase() : encoded(part)
  })
}

function encoded(text: string): string {
  const hex = (byte: number): string => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  return Array.from(new TextEncoder().encode(text), hex).join('')
}

function wrongHost(host: string): GoError | null {
  const isBracketed = host.startsWith('[')
  const end = isBracketed ? host.lastIndexOf(']') : 0
  if (end < 0) return urlError("missing ']' in host")
  const behind = isBracketed ? end + 1 : host.lastIndexOf(':')
  const port = behind < 0 ? '' : host.slice(behind)
  if (!/^(?::\d*)?$/.test(port)) return urlError(`invalid port ${quotedText(port)} after host`)
  if (isBracketed) return null
  // Of what is ASCII nothing may be escaped in a host.
  const escaped = /%(?!25)[0-7][0-9A-Fa-f]/.exec(host)?.[0]
  if (escaped !== undefined) return escapeError(escaped)
  const odd = /[ "<>\\^`{|}]/.exec(host)?.[0]
  if (odd !== undefined) return { name: 'InvalidHostError', text: `invalid character ${quotedText(odd)} in host name` }
  return wrongEscape(host)
}

function wrongEscape(path: string): GoError | null {
  const wrong = /%(?![0-9A-Fa-f]{2}).{0,2}/s.exec(path)
  return wrong === null ? null : escapeError(wrong[0])
}

function escapeError(text: string): GoError {
  return { name: 'EscapeError', text: `invalid URL escape ${quotedText(text)}` }
}

function hostnameOf(host: string): string {
  if (host.startsWith('[')) return host.slice(1, host.indexOf(']'))
  return host.replace(/:\d*$/, '')
}
