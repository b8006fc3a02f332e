import type { Machine } from './machine.ts'

/** How a request leaves the machine: straight, or through a proxy. */
export type Route =
  | { readonly kind: 'direct' }
  | { readonly kind: 'proxy'; readonly proxy: URL; readonly variable: string }
  /** A proxy is named that this program cannot speak with. */
  | { readonly kind: 'refused'; readonly variable: string; readonly because: string }

/**
 * Chooses the proxy for a URL from `http_proxy`, `https_proxy` and `no_proxy`, lower-case names first, as the AWS CLI does
 * (botocore `get_environ_proxies` over Python's `urllib.request.getproxies_environment` and `proxy_bypass_environment`).
 * Only proxies that are reached by plain HTTP are spoken with.
 */
export function routeOf(url: URL, environment: Pick<Machine, 'env'>): Route {
  const scheme = url.protocol.slice(0, -1)
  const names = [`${scheme}_proxy`, `${scheme.toUpperCase()}_PROXY`]
  const variable = names.find((name) => environment.env(name) !== undefined)
  const named = variable === undefined ? '' : (environment.env(variable) ?? '').trim()
  if (variable === undefined || named === '' || bypasses(url, environment)) return { kind: 'direct' }
  let proxy: URL
  try {
    proxy = new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(named) ? named : `http://${named}`)
  } catch {
    return { kind: 'refused', variable, because: `${variable} does not hold a URL` }
  }
  if (proxy.protocol !== 'http:') {
    return {
      kind: 'refused',
      variable,
      because: `${variable} names a proxy of kind ${proxy.protocol.slice(0, -1)}, which is not supported; use an http:// proxy`,
    }
  }
  return { kind: 'proxy', proxy, variable }
}

function bypasses(url: URL, environment: Pick<Machine, 'env'>): boolean {
  const list = environment.env('no_proxy') ?? environment.env('NO_PROXY') ?? ''
  if (list.trim() === '*') return true
  const host = url.host.toLowerCase()
  const hostname = url.hostname.toLowerCase()
  return list
    .split(',')
    .map((name) => name.trim().replace(/^\.+/, '').toLowerCase())
    .filter((name) => name !== '')
    .some((name) => [host, hostname].some((own) => own === name || own.endsWith(`.${name}`)))
}
