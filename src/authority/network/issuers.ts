import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest, type RequestOptions } from 'node:https'
import { connect, type DetailedPeerCertificate } from 'node:tls'
import type { FetchedDocument, IssuerDocuments } from '../authentication/index.ts'

const longestChain = 10

/** What OpenSSL says when nobody vouches for a certificate that is in order otherwise. */
const unvouched = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])

/**
 * Asks identity providers over the network. Redirects are not followed, and no answer is longer than the asker wants. `patience`:
 * milliseconds for each answer; STS gives five seconds (AWS re:Post, "InvalidIdentityToken").
 */
export function createIssuerDocuments(patience = 5_000): IssuerDocuments {
  return {
    async read(url, thumbprints, most) {
      const first = await get(url, {}, most, patience)
      if (first.kind !== 'untrusted' || thumbprints.length === 0) return first
      const pinned = await certificateWith(url, thumbprints, patience)
      if (pinned === null) return first
      // The whole chain is verified again, now with that certificate as the authority.
      return get(url, { ca: pinned, allowPartialTrustChain: true }, most, patience)
    },
    async thumbprint(url) {
      const chain = await chainOf(url, patience)
      return chain.length === 0 ? null : thumbprintOf(chain.at(-1)!)
    },
  }
}

type TlsTrust = { readonly ca?: string; readonly allowPartialTrustChain?: true }

function get(url: string, trust: TlsTrust, most: number, patience: number): Promise<FetchedDocument> {
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(patience)
    const options = { ...trust, agent: false, headers: { Accept: 'application/json' }, signal } as RequestOptions
    const outgoing = url.startsWith('https:') ? httpsRequest(url, options) : httpRequest(url, options)
    outgoing.on('error', (error: Error & { readonly code?: string }) =>
      resolve(signal.aborted ? late(url, patience) : failure(url, error)),
    )
    outgoing.on('response', (reply) => {
      reply.on('error', () => {})
      void collect(url, reply, most).then((read) => resolve(signal.aborted ? late(url, patience) : read))
    })
    outgoing.end()
  })
}

function late(url: string, patience: number): FetchedDocument {
  return { kind: 'unusable', why: `${url} did not answer within ${patience / 1000} seconds.` }
}

function failure(url: string, { code = '' }: Error & { readonly code?: string }): FetchedDocument {
  if (unvouched.has(code)) {
    return {
      kind: 'untrusted',
      why: `The certificate of ${url} is vouched for by nobody that is known here (${code}).`,
    }
  }
  return { kind: 'unreachable', why: `${url} cannot be reached${code === '' ? '' : ` (${code})`}.` }
}

async function collect(url: string, reply: IncomingMessage, most: number): Promise<FetchedDocument> {
  if (reply.statusCode !== 200) {
    reply.destroy()
    return { kind: 'unusable', why: `${url} answered with status ${reply.statusCode}.` }
  }
  const parts: Buffer[] = []
  let size = 0
  try {
    for await (const part of reply as AsyncIterable<Buffer>) {
      size += part.length
      if (size > most) {
        reply.destroy()
        return { kind: 'unusable', why: `${url} answered with more than ${most} bytes.` }
      }
      parts.push(part)
    }
  } catch {
    return { kind: 'unusable', why: `${url} broke off its answer.` }
  }
  return { kind: 'found', text: Buffer.concat(parts).toString('utf8') }
}

/** One of the server's certificates that has one of the thumbprints, as PEM. */
async function certificateWith(url: string, thumbprints: readonly string[], patience: number): Promise<string | null> {
  const wanted = new Set(thumbprints.map((one) => one.toLowerCase()))
  const found = (await chainOf(url, patience)).find((certificate) => wanted.has(thumbprintOf(certificate)))
  if (found === undefined) return null
  const base64 = found.raw.toString('base64').replace(/.{1,64}/g, '$&\n')
  return `-----BEGIN CERTIFICATE-----\n${base64}-----END CERTIFICATE-----\n`
}

/** The certificates that the server shows, its own first, verified by nobody yet. */
function chainOf(url: string, patience: number): Promise<readonly DetailedPeerCertificate[]> {
  const { hostname, port } = new URL(url)
  const host = hostname.replace(/^\[|\]$/g, '')
  return new Promise((resolve) => {
    // Nothing is believed here: the chain is only looked through for a certificate that is trusted by its hash.
    const socket = connect({
      host,
      port: Number(port || 443),
      servername: /[a-z]/i.test(host) ? host : '',
      rejectUnauthorized: false,
    })
    socket.setTimeout(patience, () => socket.destroy())
    socket.on('secureConnect', () => {
      const chain: DetailedPeerCertificate[] = []
      let next: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true)
      while (next?.raw !== undefined && chain.length < longestChain && !chain.includes(next)) {
        chain.push(next)
        next = next.issuerCertificate
      }
      resolve(chain)
      socket.destroy()
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve([]))
  })
}

function thumbprintOf({ fingerprint }: DetailedPeerCertificate): string {
  return fingerprint.replaceAll(':', '').toLowerCase()
}
