import { randomBytes } from 'node:crypto'
import { headerOf } from '../sign-in/ground.ts'
import { type OwnReply, pageHeaders, type Received } from '../wire/index.ts'

/** What Vite built of `src/console`, wherever it lies. */
export interface ConsoleFiles {
  /** The page that every address of the console shows, with `__NONCE__` where its nonce belongs; null when it was not built. */
  page(): string | null
  /** A file by its name below `/console/`, packed by gzip where that is `accepted` and was done; null when there is none. */
  find(name: string, accepted: boolean): ConsoleFile | null
}

export interface ConsoleFile {
  readonly body: Uint8Array
  readonly contentType: string
  readonly packed: boolean
}

/** Where the pages are. */
export const consolePath = '/console/'

/** Names below it that are files; all others are addresses inside the console. Those under `assets/` change their name with their content. */
const fileNames = /^(?:assets\/[\w.-]+|favicon\.svg|open-sans-[47]00\.woff2)$/

/** A page or a file of the console; anybody may have them, since they hold nothing. */
export function answerPages(files: ConsoleFiles, call: Received): OwnReply {
  if (call.method !== 'GET' && call.method !== 'HEAD') return plain(405, 'GET only.', { allow: 'GET, HEAD' })
  if (call.path === '/console') return plain(301, '', { more: ['Location', consolePath] })
  const name = call.path.slice(consolePath.length)
  if (fileNames.test(name)) return giveFile(files, call, name)
  // No address of the pages begins so: whoever asks for it means a file.
  return name.startsWith('assets/') ? noFile() : givePage(files)
}

function noFile(): OwnReply {
  return plain(404, 'There is no such file.', {})
}

function giveFile(files: ConsoleFiles, call: Received, name: string): OwnReply {
  const accepted = /(?:^|,)\s*gzip\s*(?:,|;(?!\s*q=0(?:\.0*)?\s*(?:,|$))|$)/i.test(
    headerOf(call, 'accept-encoding') ?? '',
  )
  const file = files.find(name, accepted)
  if (file === null) return noFile()
  const { body, contentType, packed } = file
  return {
    status: 200,
    contentType,
    body,
    cache: name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'public, max-age=3600',
    more: [
      ...(packed ? ['Content-Encoding', 'gzip'] : []),
      'Vary',
      'Accept-Encoding',
      'X-Content-Type-Options',
      'nosniff',
      'Cross-Origin-Resource-Policy',
      'same-origin',
    ],
    decision: null,
  }
}

function givePage(files: ConsoleFiles): OwnReply {
  const page = files.page()
  if (page === null) {
    return plain(503, 'The console has not been built. In a checkout "npm run console" builds it.', {})
  }
  const nonce = randomBytes(16).toString('base64')
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    // The editor of policies writes its own style sheet.
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
  return {
    status: 200,
    contentType: 'text/html; charset=utf-8',
    body: page.replaceAll('__NONCE__', nonce),
    more: pageHeaders(policy),
    decision: null,
  }
}

function plain(status: number, text: string, more: Pick<OwnReply, 'allow' | 'more'>): OwnReply {
  return {
    status,
    contentType: 'text/plain; charset=utf-8',
    body: text === '' ? '' : `${text}\n`,
    decision: null,
    ...more,
  }
}
