import { CountersignError, type ErrorCode } from '../../errors.ts'
import { type Bundle, type BundleFile, type BundleReply, bundleSchema, likenessOf, tokenMark } from './bundle.ts'
import type { CommandOutcome, FileReading, IncomingReply, Machine, OutgoingRequest } from './machine.ts'
import { absolutePath, pathKey } from './paths.ts'
import { environmentOf } from './recorded.ts'

/** A bundle is a few hundred kilobytes; whatever is much larger is none. */
const longestBundle = 32 * 1024 * 1024

/**
 * Reads the text of a bundle. Takes only what the schema has, by own members, so that nothing in it reaches further than the
 * machine that it describes.
 *
 * @throws CountersignError `limit` for what is too large, `syntax` with the place for what is no bundle of a known version
 */
export function parseBundle(text: string): Bundle {
  if (text.length > longestBundle)
    throw new CountersignError('limit', `A bundle has at most ${longestBundle / 1024 / 1024} MiB; this has more.`)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new CountersignError('syntax', `This is no bundle: ${placeIn(text)}.`)
  }
  const bundle = new Reader(value, '')
  const schema = bundle.member('schema').text()
  if (schema !== bundleSchema) {
    const version = /^countersign\.machine\/(\d+)$/.exec(schema)?.[1]
    throw new CountersignError(
      'syntax',
      version === undefined
        ? `schema is ${JSON.stringify(schema.slice(0, 60))}; that of a bundle is "${bundleSchema}".`
        : `This bundle was written by a newer version of Countersign (schema ${schema}); this one reads ${bundleSchema}.`,
    )
  }
  const question = bundle.member('question')
  return {
    schema: bundleSchema,
    holds: bundle.member('holds').list((each) => each.text()),
    question: {
      sdk: question.member('sdk').text(),
      profile: question.member('profile').orNull()?.text() ?? null,
      region: question.member('region').orNull()?.text() ?? null,
      endpointUrl: question.member('endpointUrl').orNull()?.text() ?? null,
      withProfile: question.member('withProfile').orNull()?.text() ?? null,
      offline: question.member('offline').truth(),
      exec: question.member('exec').truth(),
      leave: question.member('leave').truth(),
    },
    platform: bundle.member('platform').oneOf(['linux', 'darwin', 'win32']),
    cwd: bundle.member('cwd').text(),
    userHome: bundle.member('userHome').orNull()?.text() ?? null,
    clock: bundle.member('clock').instant(),
    variables: Object.fromEntries(
      bundle
        .member('variables')
        .entries()
        .map(([name, each]) => [name, each.text()]),
    ),
    otherVariables: bundle.member('otherVariables').number(),
    files: bundle.member('files').list(fileIn),
    directories: bundle.member('directories').list((each) => ({
      path: each.member('path').text(),
      names: each.member('names').list((name) => name.text()),
    })),
    processes: bundle.member('processes').list((each) => ({
      id: each.member('id').number(),
      name: each.member('name').text(),
      startedAt: each.member('startedAt').orNull()?.instant() ?? null,
    })),
    programs: bundle.member('programs').list((each) => ({
      line: each.member('line').text(),
      outcome: outcomeIn(each.member('outcome')),
    })),
    replies: bundle.member('replies').list(replyIn),
  }
}

function fileIn(file: Reader): BundleFile {
  const path = file.member('path').text()
  const state = file.member('state').oneOf(['found', 'absent', 'unreadable'])
  switch (state) {
    case 'absent':
      return { path, state }
    case 'unreadable':
      return {
        path,
        state,
        because: file.member('because').oneOf(['permission', 'directory', 'too-large', 'not-a-file', 'loop', 'io']),
        detail: file.member('detail').text(),
      }
    case 'found': {
      const mode = file.member('mode').orNull()?.text() ?? null
      if (mode !== null && !/^[0-7]{4}$/.test(mode)) file.member('mode').fail('four octal digits')
      return {
        path,
        state,
        modifiedAt: file.member('modifiedAt').instant(),
        mode,
        encoding: file.member('encoding').oneOf(['utf-8', 'utf-16le', 'utf-16be', 'bytes']),
        lines: file.member('lines').list((line) => line.text()),
      }
    }
  }
}

function outcomeIn(outcome: Reader): CommandOutcome {
  const kind = outcome.member('kind').oneOf(['ended', 'not-started', 'timed-out', 'too-much-output', 'refused'])
  switch (kind) {
    case 'ended':
      return {
        kind,
        exitCode: outcome.member('exitCode').orNull()?.number() ?? null,
        signal: outcome.member('signal').orNull()?.text() ?? null,
        stdout: outcome.member('stdout').text(),
        stderr: outcome.member('stderr').text(),
      }
    case 'not-started':
      return {
        kind,
        because: outcome.member('because').oneOf(['not-found', 'permission', 'io']),
        detail: outcome.member('detail').text(),
      }
    case 'timed-out':
      return { kind, stderr: outcome.member('stderr').text() }
    default:
      return { kind }
  }
}

function replyIn(entry: Reader): BundleReply {
  const reply = entry.member('reply')
  return {
    method: entry.member('method').text(),
    url: entry.member('url').text(),
    operation: entry.member('operation').text(),
    keyId: entry.member('keyId').orNull()?.text() ?? null,
    token: entry.member('token').orNull()?.text() ?? null,
    clock: entry.member('clock').instant(),
    reply: reply.has('error')
      ? { error: reply.member('error').text(), message: reply.member('message').text() }
      : {
          status: reply.member('status').number(),
          headers: reply.member('headers').list((pair) => {
            const [name, value] = pair.list((each) => each.text())
            return [name ?? '', value ?? ''] as const
          }),
          body: reply.member('body').text(),
          receivedAt: reply.member('receivedAt').instant(),
        },
  }
}

/** A value of JSON with its place, read with a clear error for whatever is not as the schema has it. */
class Reader {
  readonly #value: unknown
  readonly #place: string

  constructor(value: unknown, place: string) {
    this.#value = value
    this.#place = place
  }

  has(name: string): boolean {
    return typeof this.#value === 'object' && this.#value !== null && Object.hasOwn(this.#value, name)
  }

  member(name: string): Reader {
    const place = this.#place === '' ? name : `${this.#place}.${name}`
    if (typeof this.#value !== 'object' || this.#value === null || Array.isArray(this.#value)) this.fail('an object')
    if (!this.has(name))
      throw new CountersignError('syntax', `This is no bundle: ${place} is missing.`, { data: { place } })
    return new Reader((this.#value as Record<string, unknown>)[name], place)
  }

  entries(): readonly (readonly [string, Reader])[] {
    if (typeof this.#value !== 'object' || this.#value === null || Array.isArray(this.#value)) this.fail('an object')
    return Object.entries(this.#value as object).map(([name, value]) => [
      name,
      new Reader(value, `${this.#place}.${name}`),
    ])
  }

  list<T>(each: (item: Reader) => T): readonly T[] {
    if (!Array.isArray(this.#value)) this.fail('a list')
    return (this.#value as unknown[]).map((item, index) => each(new Reader(item, `${this.#place}[${index}]`)))
  }

  orNull(): Reader | null {
    return this.#value === null ? null : this
  }

  text(): string {
    return typeof this.#value === 'string' ? this.#value : this.fail('a text')
  }

  number(): number {
    return typeof this.#value === 'number' && Number.isSafeInteger(this.#value)
      ? this.#value
      : this.fail('a whole number')
  }

  truth(): boolean {
    return typeof this.#value === 'boolean' ? this.#value : this.fail('true or false')
  }

  instant(): string {
    const text = this.text()
    return /^[+-]?\d{4,6}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/.test(text) && !Number.isNaN(Date.parse(text))
      ? text
      : this.fail('an instant such as 2026-11-28T12:00:00Z')
  }

  oneOf<const T extends string>(values: readonly T[]): T {
    const found = values.find((value) => value === this.#value)
    return found ?? this.fail(`one of ${values.join(', ')}`)
  }

  fail(wanted: string): never {
    const place = this.#place === '' ? 'the whole' : this.#place
    throw new CountersignError('syntax', `This is no bundle: ${place} is not ${wanted}.`, { data: { place } })
  }
}

const jsonToken =
  /\s*(?:[{}[\],:]|"(?:[^"\\\0-\x1f]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)(?!\w))|\s+$/y

/** Where a text stops being JSON. */
function placeIn(text: string): string {
  jsonToken.lastIndex = 0
  let at = 0
  while (at < text.length && jsonToken.test(text)) at = jsonToken.lastIndex
  at += /^\s*/.exec(text.slice(at, at + 1000))![0].length
  if (at >= text.length) return 'it ends too early'
  const before = text.slice(0, at)
  return `line ${before.split('\n').length}, column ${at - before.lastIndexOf('\n')} is no JSON`
}

/** What a replay may be watched for. */
export interface ReplayOptions {
  /** Told of each path that a rule reads and the recording does not know. */
  readonly onUnknownFile?: (path: string) => void
}

/**
 * A bundle as a machine: nothing of this computer is read, nothing is sent and nothing is run. A file that the recording does not
 * know is absent; a request that it does not know is refused with `offline`.
 */
export function replayMachine(bundle: Bundle, options: ReplayOptions = {}): Machine {
  const { platform, cwd, userHome } = bundle
  const ground = { platform, cwd }
  const environment = environmentOf(platform, Object.entries(bundle.variables))
  const exact = (path: string): string => absolutePath(ground, path)
  const byPath = new Map(bundle.files.map((file) => [exact(file.path), file]))
  const byKey = new Map(bundle.files.map((file) => [pathKey(ground, file.path), file]))
  const directories = new Map(bundle.directories.map(({ path, names }) => [pathKey(ground, path), names]))
  const unused = new Set(bundle.replies)
  let now = Date.parse(bundle.clock)

  return {
    platform,
    cwd,
    userHome,
    env: (name) => environment.get(platform === 'win32' ? name.toUpperCase() : name)?.value,
    envNames: () => [...environment.values()].map(({ name }) => name),
    now: () => new Date(now),
    readFile(path) {
      const file = byPath.get(exact(path)) ?? byKey.get(pathKey(ground, path))
      if (file !== undefined) return readingOf(file)
      options.onUnknownFile?.(exact(path))
      return { kind: 'absent' }
    },
    list: (path) => directories.get(pathKey(ground, path)) ?? [],
    processes: async () =>
      bundle.processes.map(({ startedAt, ...rest }) => ({
        ...rest,
        startedAt: startedAt === null ? null : new Date(startedAt),
      })),
    async send(request) {
      const recorded = replyTo(request, unused)
      if (recorded === null)
        throw new CountersignError('offline', 'This machine is a recording; it holds no answer to this request.')
      unused.delete(recorded)
      const { reply } = recorded
      // The clock has gone on by the time that an answer comes.
      now = Math.max(now, Date.parse(recorded.clock))
      if ('error' in reply) throw new CountersignError(errorCode(reply.error), reply.message)
      return incoming(reply, request)
    },
    async run(command) {
      const line = JSON.stringify('shell' in command.line ? { shell: command.line.shell } : command.line)
      const program = (text: string): string => /^[^",]*"(?:shell":")?[^" ]*/.exec(text)?.[0] ?? text
      const known = bundle.programs.find((each) => each.line === line)
      // Quotes around an argument may hide what it is: then the program alone tells.
      const alike = bundle.programs.filter((each) => program(each.line) === program(line))
      return (known ?? (alike.length === 1 ? alike[0] : undefined))?.outcome ?? { kind: 'refused' }
    },
  }
}

/** The recorded answer that fits a request best; of equals the first that was not given yet. */
function replyTo(request: OutgoingRequest, replies: Iterable<BundleReply>): BundleReply | null {
  const asked = likenessOf(request)
  const alike = [...replies].filter(({ method, url }) => method === asked.method && url === asked.url)
  const fits = (reply: BundleReply, strictness: number): boolean => {
    if (strictness > 0 && reply.operation.split(' ')[0] !== asked.operation.split(' ')[0]) return false
    if (strictness > 1 && (reply.token === null) !== (asked.token === null)) return false
    if (strictness > 2 && reply.keyId !== asked.keyId) return false
    return (
      strictness <= 3 ||
      ((asked.token === null || tokenMark(asked.token) === reply.token) && reply.operation === asked.operation)
    )
  }
  for (let strictness = 4; strictness > 0; strictness -= 1) {
    const found = alike.find((reply) => fits(reply, strictness))
    if (found !== undefined) return found
  }
  return null
}

function incoming(reply: Extract<BundleReply['reply'], { status: number }>, request: OutgoingRequest): IncomingReply {
  const sent = new Map(request.headers.map(([name, value]) => [name.toLowerCase(), value]))
  return {
    status: reply.status,
    headers: reply.headers,
    body: reply.body.replace(/\{\{sent ([\w-]{1,64})\}\}/g, (mark, name: string) => sent.get(name) ?? mark),
    receivedAt: new Date(reply.receivedAt),
  }
}

function errorCode(code: string): ErrorCode {
  const known: readonly ErrorCode[] = ['unreachable', 'offline', 'limit', 'usage', 'file-unreadable']
  return known.find((each) => each === code) ?? 'unreachable'
}

function readingOf(file: BundleFile): FileReading {
  switch (file.state) {
    case 'absent':
      return { kind: 'absent' }
    case 'unreadable':
      return { kind: 'unreadable', because: file.because, detail: file.detail }
    case 'found':
      return {
        kind: 'found',
        bytes: bytesOf(file.lines.join(''), file.encoding),
        modifiedAt: new Date(file.modifiedAt),
        mode: file.mode === null ? null : Number.parseInt(file.mode, 8),
      }
  }
}

function bytesOf(text: string, encoding: Extract<BundleFile, { state: 'found' }>['encoding']): Uint8Array {
  if (encoding === 'utf-8') return new TextEncoder().encode(text)
  const wide = encoding !== 'bytes'
  const bytes = new Uint8Array(text.length * (wide ? 2 : 1))
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (!wide) bytes[at] = code
    else {
      bytes[2 * at + (encoding === 'utf-16le' ? 0 : 1)] = code & 0xff
      bytes[2 * at + (encoding === 'utf-16le' ? 1 : 0)] = code >> 8
    }
  }
  return bytes
}
