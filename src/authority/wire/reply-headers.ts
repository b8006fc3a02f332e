import { CountersignError } from '../../errors.ts'
import { mintRequestId } from '../sessions/mint.ts'
import { type HttpFault, type HttpReply, renderHttpFault } from './http-faults.ts'

/** What Node's HTTP parser found (https://nodejs.org/api/errors.html, `HPE_…`). */
export function faultOfParser(code: string | undefined): HttpFault {
  if (code === 'HPE_HEADER_OVERFLOW') return 'head-too-large'
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'too-slow' : 'not-http'
}

const phrases: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
}

/** A whole reply as text, for a connection on which no request could be read; it closes. */
export function rawReply(name: HttpFault, headers: Headers): string {
  const requestId = mintRequestId()
  const reply = renderHttpFault(name, requestId, null)
  const lines = headers(requestId, reply, Buffer.byteLength(reply.body), true)
  return `${headText(reply.status, phrases[reply.status] ?? 'Error', lines)}\r\n${reply.body as string}`
}

/** Status line and header lines, without the empty one that ends them. `headers`: names and values by turns. */
export function headText(status: number, phrase: string, headers: readonly string[]): string {
  let text = `HTTP/1.1 ${status} ${phrase}\r\n`
  for (let index = 0; index < headers.length; index += 2) text += `${headers[index]}: ${headers[index + 1]}\r\n`
  return text
}

/** `size`: null where nobody knows it yet. */
type Headers = (requestId: string, reply: HttpReply, size: number | null, closing: boolean) => string[]

/** Names and values of the response header; its `Date` is the authority's clock, by which clients measure their own. */
export function createHeaders(now: () => number): Headers {
  let second = Number.NaN
  let date = ''
  return (requestId, { status, contentType, allow, cache = 'no-store', more }, size, closing) => {
    const at = Math.floor(now() / 1000)
    if (at !== second) {
      second = at
      date = new Date(at * 1000).toUTCString()
    }
    const headers = ['x-amzn-RequestId', requestId, 'Content-Type', contentType, 'Date', date, 'Cache-Control', cache]
    if (size !== null) headers.push('Content-Length', String(size))
    if (status === 405 && allow !== undefined) headers.push('Allow', allow)
    if (more !== undefined) {
      if (more.some((text) => /[\r\n]/.test(text)))
        throw new CountersignError('defect', 'a header would have two lines')
      headers.push(...more)
    }
    if (closing) headers.push('Connection', 'close')
    return headers
  }
}
