import childProcess from 'node:child_process'
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import http from 'node:http'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect } from 'vitest'

/*
 * Collects, in each worker, the two sides of the secrets hunt (`secrets-hunt.ts`). It listens at the edges that every test
 * must cross, so that no test can forget to take part.
 */
const directory = process.env['COUNTERSIGN_HUNT']
const hooked = Symbol.for('countersign.hunt')

if (directory !== undefined && !(hooked in globalThis)) {
  Object.defineProperty(globalThis, hooked, { value: true })
  listenToReplies()
  listenToOutput()
  listenToChildren()
  listenToDatabases()
  syncBuiltinESMExports()
}

/** For secrets that no reply carries: fixtures, keys that a test makes by itself. */
export function noteSecret(kind: string, value: string): void {
  if (directory !== undefined)
    appendFileSync(join(directory, `secrets-${process.pid}`), `${JSON.stringify({ kind, value })}\n`)
}

/** Everything in which no secret may stand. */
export function noteWritten(where: string, bytes: string | Uint8Array): void {
  if (directory === undefined || bytes.length === 0) return
  const file = join(directory, `written-${process.pid}`)
  appendFileSync(file, `\u0001${where} (${expect.getState().currentTestName ?? 'outside of a test'})\u0002`)
  appendFileSync(file, bytes)
}

const secretMembers =
  /<(SecretAccessKey|SessionToken|Base32StringSeed)>([^<]+)<|"(SecretAccessKey|SessionToken|Token|Base32StringSeed)"\s*:\s*"([^"]+)"/g

function listenToReplies(): void {
  for (const name of ['write', 'end'] as const) {
    const original = http.ServerResponse.prototype[name] as (...args: unknown[]) => unknown
    Object.defineProperty(http.ServerResponse.prototype, name, {
      configurable: true,
      writable: true,
      value: function (this: unknown, ...args: unknown[]) {
        const [body] = args
        if (typeof body === 'string' || body instanceof Uint8Array) {
          for (const [, xml, xmlValue, json, jsonValue] of Buffer.from(body as string)
            .toString('utf8')
            .matchAll(secretMembers)) {
            const kind = xml ?? json ?? ''
            const value = xmlValue ?? jsonValue ?? ''
            noteSecret(kind, kind === 'Base32StringSeed' ? Buffer.from(value, 'base64').toString('latin1') : value)
          }
        }
        return original.apply(this, args)
      },
    })
  }
}

function listenToOutput(): void {
  for (const stream of ['stdout', 'stderr'] as const) {
    const write = process[stream].write.bind(process[stream]) as (...args: unknown[]) => boolean
    process[stream].write = ((...args: unknown[]) => {
      noteWritten(stream, args[0] as string)
      return write(...args)
    }) as typeof process.stdout.write
  }
  for (const name of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    const print = console[name].bind(console)
    console[name] = (...args: unknown[]) => {
      noteWritten(`console.${name}`, args.map((arg) => (arg instanceof Error ? `${arg.stack}` : String(arg))).join(' '))
      print(...args)
    }
  }
}

/** Whether a child is one of the verbs whose very work it is to print credentials on stdout. */
function printsCredentials(words: readonly string[]): boolean {
  const at = words.findIndex((word) => /[\\/](cli[\\/]main\.ts|countersign\.cjs)$/.test(word))
  const [verb = '', second = ''] = at < 0 ? [] : words.slice(at + 1)
  if (verb === 'login') return words.includes('--shell')
  return verb === 'process' || verb === 'env' || (verb === 'configure' && (second === 'get' || second === 'export'))
}

function listenToChildren(): void {
  const spawn = childProcess.ChildProcess.prototype as unknown as { spawn: (...args: unknown[]) => unknown }
  const original = spawn.spawn
  spawn.spawn = function (this: childProcess.ChildProcess, ...args: unknown[]) {
    const result = original.apply(this, args)
    const { args: words = [] } = (args[0] ?? {}) as { readonly args?: readonly string[] }
    for (const name of ['stdout', 'stderr'] as const) {
      if (name === 'stdout' && printsCredentials(words)) continue
      const stream = this[name]
      if (stream === null || stream === undefined) continue
      const push = stream.push.bind(stream)
      // A listener would start the flow before the test's own listener is there; watching `push` does not.
      stream.push = (chunk: unknown, encoding?: BufferEncoding) => {
        if (chunk !== null) noteWritten(`${name} of a child process`, chunk as Uint8Array)
        return push(chunk, encoding)
      }
    }
    return result
  }
  const spawnSync = childProcess.spawnSync as (...args: unknown[]) => childProcess.SpawnSyncReturns<Buffer | string>
  Object.defineProperty(childProcess, 'spawnSync', {
    configurable: true,
    writable: true,
    value: (...args: unknown[]) => {
      const result = spawnSync(...args)
      const words = Array.isArray(args[1]) ? (args[1] as readonly string[]) : []
      if (!printsCredentials(words)) noteWritten('stdout of a child process', result.stdout ?? '')
      noteWritten('stderr of a child process', result.stderr ?? '')
      return result
    },
  })
}

function listenToDatabases(): void {
  const close = DatabaseSync.prototype.close
  DatabaseSync.prototype.close = function (this: DatabaseSync) {
    const path = this.location()
    // The write-ahead log is folded into the file by closing, so both are read before and the file once more after.
    const keep = () => {
      for (const name of path === null ? [] : [path, `${path}-wal`]) {
        if (existsSync(name)) noteWritten('the database file', readFileSync(name))
      }
    }
    keep()
    close.call(this)
    keep()
  }
}
