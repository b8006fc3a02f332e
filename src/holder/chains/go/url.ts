import { quotedText } from '../../files/dialects/go-text.ts'

/** A URL as Go's `net/url` takes it apart, as far as it matters here. */
export type GoUrl =
  | { readonly kind: 'url'; readonly scheme: string; readonly hostname: string }
  | { readonly kind: 'error'; readonly says: string }

/** `url.Parse`. Source: Go net/url/url.go. */
export function parseGoUrl(text: string): GoUrl {
  const refuse = (why: string): GoUrl => ({ kind: 'error', says: `parse ${quotedText(text)}: ${why}` })
  if (/[\u0000-\u001f\u007f]/.test(text)) return refuse('net/url: invalid control character in URL')
  const withoutFragment = text.replace(/#.*$/s, '')
  if (withoutFragment.startsWith(':')) return refuse('missing protocol scheme')
  const [, scheme = '', rest = withoutFragment] = /^([A-Za-z][A-Za-z0-9+.-]*):(.*)$/s.exec(withoutFragment) ?? []
  const path = rest.replace(/\?.*$/s, '')
  if (!path.startsWith('/')) {
    if (scheme !== '') return { kind: 'url', scheme: scheme.toLowerCase(), hostname: '' }
    if (/^[^/]*:/.test(path)) return refuse('first path segment in URL cannot contain colon')
  }
  const hasAuthority = path.startsWith('//') && (scheme !== '' || !path.startsWith('///'))
  const authority = hasAuthority ? path.slice(2).replace(/\/.*$/s, '') : ''
  const host = authority.slice(authority.lastIndexOf('@') + 1)
  const wrong = wrongHost(host) ?? wrongEscape(hasAuthority ? path.slice(2 + authority.length) : path)
  if (wrong !== null) return refuse(wrong)
  return { kind: 'url', scheme: scheme.toLowerCase(), hostname: hostnameOf(host) }
}

function wrongHost(host: string): string | null {
  if (host.startsWith('[')) {
    const end = host.lastIndexOf(']')
    if (end < 0) return "missing ']' in host"
    const port = host.slice(end + 1)
    return port === '' || /^:\d*$/.test(port) ? null : `invalid port ${quotedText(port)} after host`
  }
  const colon = host.lastIndexOf(':')
  if (colon >= 0 && !/^:\d*$/.test(host.slice(colon))) return `invalid port ${quotedText(host.slice(colon))} after host`
  if (/[ "<>\\^`{|}]/.test(host)) return 'invalid character in host name'
  return null
}

function wrongEscape(path: string): string | null {
  const wrong = /%(?![0-9A-Fa-f]{2}).{0,2}/s.exec(path)
  return wrong === null ? null : `invalid URL escape ${quotedText(wrong[0])}`
}

function hostnameOf(host: string): string {
  if (host.startsWith('[')) return host.slice(1, host.indexOf(']'))
  return host.replace(/:\d*$/, '')
}
