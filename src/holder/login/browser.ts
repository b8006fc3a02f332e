import { spawn } from 'node:child_process'
import { timingSafeEqual } from 'node:crypto'
import { existsSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CountersignError } from '../../errors.ts'
import { shellSplit } from '../files/dialects/python.ts'
import type { Machine } from '../machine/machine.ts'
import type { Doors, RedirectDoor } from './means.ts'

/*
 * An edge (docs/decisions/0016-login.md): opens a browser, listens for its way back, and waits.
 */

/** The doors of this computer. */
export const realDoors: Doors = {
  hasBrowser: (machine) => openerOf(machine) !== null,
  openBrowser(machine, url) {
    const opener = openerOf(machine)
    if (opener === null) return false
    try {
      const [program, ...words] = opener(url)
      const env = Object.fromEntries(machine.envNames().map((name) => [name, machine.env(name)]))
      const child = spawn(program, words, { detached: true, stdio: 'ignore', windowsHide: true, env })
      // It may turn out later that there is no such program; the address is on the screen anyway.
      child.on('error', () => {})
      child.unref()
      return true
    } catch {
      return false
    }
  },
  awaitRedirect,
  pause: (ms) => new Promise((accept) => setTimeout(accept, ms)),
}

type Opener = (url: string) => readonly [program: string, ...words: string[]]

/**
 * What opens a page here; null where no browser is, or where it could not come back to this computer's loopback address.
 * `BROWSER` as Python's `webbrowser` takes it, which the AWS CLI uses; else what the platform has.
 */
function openerOf(machine: Machine): Opener | null {
  const own = browserVariable(machine.env('BROWSER') ?? '')
  if (own !== null) return own
  // The person's browser runs on the computer that they came from.
  if (machine.env('SSH_CONNECTION') || machine.env('SSH_TTY')) return null
  if (machine.platform === 'darwin') return (url) => ['open', url]
  // Not through cmd.exe, to which `&` in an address is the end of a command.
  if (machine.platform === 'win32') return (url) => ['rundll32', 'url.dll,FileProtocolHandler', url]
  if (machine.env('WSL_DISTRO_NAME') && onPath(machine, 'wslview')) return (url) => ['wslview', url]
  const hasScreen = machine.env('DISPLAY') || machine.env('WAYLAND_DISPLAY')
  return hasScreen && onPath(machine, 'xdg-open') ? (url) => ['xdg-open', url] : null
}

function browserVariable(text: string): Opener | null {
  const split = shellSplit(text.split(':')[0] ?? '')
  if (split.kind !== 'words' || split.words[0] === undefined || split.words[0] === '') return null
  const [program, ...words] = split.words
  return (url) => [
    program,
    ...(words.some((word) => word.includes('%s')) ? words.map((word) => word.replaceAll('%s', url)) : [...words, url]),
  ]
}

function onPath(machine: Machine, program: string): boolean {
  return (machine.env('PATH') ?? '').split(':').some((directory) => directory && existsSync(`${directory}/${program}`))
}

/** `AuthCodeFetcher._OVERALL_TIMEOUT` of the AWS CLI. */
const patienceMs = 10 * 60_000
const longestAddress = 16 * 1024

async function awaitRedirect(state: string): Promise<RedirectDoor> {
  let settle: (answer: Awaited<RedirectDoor['answer']>) => void = () => {}
  const answer = new Promise<Awaited<RedirectDoor['answer']>>((accept) => {
    settle = accept
  })
  const server = createServer({ maxHeaderSize: longestAddress }, (request, response) => {
    const { port } = server.address() as AddressInfo
    const told = answerIn(request, port, state)
    if (told === null) page(response, 400, 'This is not the answer that was waited for.')
    else {
      const fine = told.kind === 'code'
      // Once the page is on its way, for then the door closes.
      response.once('close', () => settle(told))
      page(response, 200, fine ? 'Signed in. Go back to the terminal; this page can be closed.' : 'Not signed in.')
    }
  })
  await new Promise<void>((ready, reject) => {
    server.once('error', () =>
      reject(new CountersignError('unreachable', 'No port of 127.0.0.1 could be opened; try --no-browser.')),
    )
    server.listen(0, '127.0.0.1', ready)
  })
  const timer = setTimeout(() => settle({ kind: 'timed-out' }), patienceMs)
  const { port } = server.address() as AddressInfo
  return {
    redirectUri: `http://127.0.0.1:${port}/oauth/callback`,
    answer,
    close() {
      clearTimeout(timer)
      server.close()
      // Also those of somebody who has connected and says nothing: they would keep the program from ending.
      server.closeAllConnections()
    },
  }
}

/** Null for whatever does not come from that sign-in: it must neither end it nor take its place. */
function answerIn(
  { method, url = '', headers }: IncomingMessage,
  port: number,
  state: string,
): Awaited<RedirectDoor['answer']> | null {
  if (method !== 'GET' || headers.host !== `127.0.0.1:${port}`) return null
  // Null for `//` and its like, which anybody on this computer may send.
  const asked = URL.parse(url, `http://127.0.0.1:${port}`)
  if (asked === null) return null
  const { pathname, searchParams } = asked
  if (pathname !== '/oauth/callback' || !sameText(searchParams.get('state') ?? '', state)) return null
  const error = searchParams.get('error')
  const code = searchParams.get('code')
  if (error !== null) return { kind: 'error', error }
  return code === null || code === '' ? null : { kind: 'code', code }
}

function sameText(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}

function page(response: ServerResponse, status: number, says: string): void {
  response.writeHead(status, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': "default-src 'none'",
    'Referrer-Policy': 'no-referrer',
    'Cache-Control': 'no-store',
    Connection: 'close',
  })
  response.end(`<!doctype html><title>Countersign</title><p>${says}</p>`)
}
