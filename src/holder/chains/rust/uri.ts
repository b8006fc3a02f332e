/** What Rust's crate `http` makes of a URI; `host` is null without an authority. */
export type RustUri =
  | {
      readonly kind: 'uri'
      readonly scheme: string | null
      readonly authority: string | null
      readonly host: string | null
      /** Without a fragment. Empty for a mere authority. */
      readonly pathAndQuery: string
    }
  | { readonly kind: 'invalid'; readonly says: string }

const path = /^[!$-;=@-_a-z|~"{}\x80-\u{10ffff}]*$/u
const query = /^[!$-;=?-~\x80-\u{10ffff}]*$/u
const authorityCharacters = /^[!$&-;=@-Z[\]_a-z~%]*$/

/** Source: crate http 1.5 src/uri/mod.rs `from_shared` and `parse_full`, authority.rs, path.rs, scheme.rs. */
export function parseRustUri(text: string): RustUri {
  if (text === '') return invalid('empty string')
  if (text.length > 65_534) return invalid('uri too long')
  if (text === '*') return { kind: 'uri', scheme: null, authority: null, host: null, pathAndQuery: '*' }
  if (text[0] === '/') return withPath(null, null, text)
  const scheme = /^([A-Za-z0-9+\-.]+):\/\//.exec(text)?.[1] ?? null
  const rest = scheme === null ? text : text.slice(scheme.length + 3)
  const end = rest.search(/[/?#]/)
  const authority = end < 0 ? rest : rest.slice(0, end)
  const refusal = rest === '' ? 'empty string' : refusedAuthority(authority)
  if (refusal !== null) return invalid(refusal)
  if (scheme === null) {
    if (end >= 0) return invalid('invalid format')
    return { kind: 'uri', scheme: null, authority, host: hostOf(authority), pathAndQuery: '' }
  }
  if (authority === '') return invalid('invalid format')
  return end < 0 ? withPath(scheme, authority, '/') : withPath(scheme, authority, rest.slice(end))
}

function withPath(scheme: string | null, authority: string | null, text: string): RustUri {
  const fragment = text.indexOf('#')
  const whole = fragment < 0 ? text : text.slice(0, fragment)
  const mark = whole.indexOf('?')
  const isValid = mark < 0 ? path.test(whole) : path.test(whole.slice(0, mark)) && query.test(whole.slice(mark + 1))
  if (!isValid) return invalid('invalid uri character')
  const pathAndQuery = whole === '' || whole[0] === '?' ? `/${whole}` : whole
  const host = authority === null ? null : hostOf(authority)
  return { kind: 'uri', scheme: scheme?.toLowerCase() ?? null, authority, host, pathAndQuery }
}

function refusedAuthority(authority: string): string | null {
  if (!authorityCharacters.test(authority)) return 'invalid uri character'
  const host = authority.slice(authority.lastIndexOf('@') + 1)
  if (authority.includes('@') && host === '') return 'invalid authority'
  const bracketed = /^[^[\]]*\[[^[\]]*\]([^[\]]*)$/.exec(host)
  if (/[[\]]/.test(authority) && bracketed === null) return 'invalid authority'
  const behind = bracketed?.[1] ?? host
  return behind.split(':').length > 2 || behind.includes('%') ? 'invalid authority' : null
}

function hostOf(authority: string): string {
  const host = authority.slice(authority.lastIndexOf('@') + 1)
  return /^\[[^\]]*\]/.exec(host)?.[0] ?? host.replace(/:.*$/, '')
}

function invalid(says: string): RustUri {
  return { kind: 'invalid', says }
}
