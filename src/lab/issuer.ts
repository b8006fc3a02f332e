import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import type { AuthorityOptions } from '../authority/index.ts'

/** An identity provider of the lab: it listens nowhere, for the authority is handed its documents. */
export interface Issuer {
  /** How the authority gets at them. */
  readonly documents: NonNullable<AuthorityOptions['issuerDocuments']>
  /** Makes its key where there is none yet; gives its URL. */
  open(): Promise<string>
  /** A token with these claims (OpenID Connect Core 1.0 §2). */
  sign(claims: object): Promise<string>
}

const url = 'https://token.lab.example'

export function createIssuer(): Issuer {
  let made: ReturnType<typeof makeKey> | null = null
  const key = () => (made ??= makeKey())
  return {
    documents: {
      async read(asked) {
        if (asked === `${url}/.well-known/openid-configuration`) return found({ issuer: url, jwks_uri: `${url}/keys` })
        if (asked === `${url}/keys`) return found({ keys: [(await key()).open] })
        return { kind: 'unreachable', why: `There is no ${asked}.` }
      },
      thumbprint: async () => null,
    },
    async open() {
      await key()
      return url
    },
    async sign(claims) {
      const { secret } = await key()
      return await new SignJWT({ ...claims }).setProtectedHeader({ alg: 'ES256', kid: 'lab' }).sign(secret)
    },
  }
}

async function makeKey() {
  const { publicKey, privateKey } = await generateKeyPair('ES256')
  return { secret: privateKey, open: { ...(await exportJWK(publicKey)), kid: 'lab', alg: 'ES256', use: 'sig' } }
}

function found(value: object) {
  return { kind: 'found', text: JSON.stringify(value) } as const
}
