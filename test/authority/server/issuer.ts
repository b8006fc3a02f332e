import { createServer, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'

/** An identity provider on this computer, whose documents and keys the test may change. */
export interface TestIssuer {
  readonly url: string
  /** What `/.well-known/openid-configuration` gives, and what `/keys` gives: a value as JSON, a text as it is, a number as a status. */
  configuration: unknown
  keys: unknown
  /** Paths that were asked for, in order. */
  readonly asked: string[]
  /** While it is set, no request is answered. */
  hold: boolean
  sign(claims: Record<string, unknown>, options?: SignOptions): Promise<string>
  newKey(algorithm: string, kid: string): Promise<JWK>
  close(): Promise<void>
}

export interface SignOptions {
  readonly algorithm?: string
  readonly kid?: string
  /** Signs with the key of this name, whatever `kid` the header says. */
  readonly by?: string
}

export async function startIssuer(
  options: {
    readonly path?: string
    readonly tls?: { readonly cert: string; readonly key: string }
    readonly host?: string
  } = {},
): Promise<TestIssuer> {
  const privateKeys = new Map<string, CryptoKey>()
  const listener: Parameters<typeof createServer>[1] = (request, response) => {
    issuer.asked.push(request.url ?? '')
    if (issuer.hold) return
    const path = options.path ?? ''
    const value =
      request.url === `${path}/.well-known/openid-configuration`
        ? issuer.configuration
        : request.url === '/keys'
          ? issuer.keys
          : 404
    if (typeof value === 'number') response.writeHead(value, { Location: `${issuer.url}/elsewhere` }).end()
    else response.end(typeof value === 'string' ? value : JSON.stringify(value))
  }
  const server: Server = options.tls === undefined ? createServer(listener) : createTlsServer(options.tls, listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `${options.tls === undefined ? 'http' : 'https'}://${options.host ?? '127.0.0.1'}:${(server.address() as AddressInfo).port}`
  const issuer: TestIssuer = {
    url: `${origin}${options.path ?? ''}`,
    configuration: { issuer: `${origin}${options.path ?? ''}`, jwks_uri: `${origin}/keys` },
    keys: { keys: [] },
    asked: [],
    hold: false,
    async newKey(algorithm, kid) {
      const { publicKey, privateKey } = await generateKeyPair(algorithm)
      privateKeys.set(kid, privateKey)
      return { ...(await exportJWK(publicKey)), kid, alg: algorithm, use: 'sig' }
    },
    sign(claims, { algorithm = 'ES256', kid = 'one', by = kid } = {}) {
      return new SignJWT(claims).setProtectedHeader({ alg: algorithm, kid }).sign(privateKeys.get(by)!)
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  issuer.keys = { keys: [await issuer.newKey('ES256', 'one')] }
  return issuer
}
