import { CountersignError } from '../../errors.ts'
import {
  type Bundle,
  type BundleFile,
  type BundleQuestion,
  type BundleReply,
  bundleSchema,
  likenessOf,
  tokenMark,
} from './bundle.ts'
import type { CommandOutcome, FileReading, IncomingReply, OutgoingRequest } from './machine.ts'
import type { Exchange, Taken } from './recording.ts'
import { type Form, type Kept, Redaction, wordsOfName } from './redacted.ts'
import { type RandomBytes, Twins } from './twins.ts'
import { isPublicWord } from './vocabulary.ts'

/** Larger files are told as too large; no diagnosis needs more of one. */
const longestFile = 1024 * 1024
const longestBody = 256 * 1024

const holds = [
  'This file is a description of a computer for finding out why AWS refuses its credentials. It was made to be sent to somebody.',
  'It holds: the variables that matter to AWS, the files that were looked at with their paths, times and modes, the names in a few directories, the programs above this one, and what AWS answered.',
  'No value in it is real: secret keys, session tokens, passwords, codes and all words that Countersign does not know are replaced by made-up ones of the same length and shape. Nothing leads back from them.',
  'Equal values are replaced by equal ones, so that it can still be seen what was copied from where.',
  'Real are: the names of profiles and variables, account numbers, the first and last four characters of access key ids, regions, dates, addresses of numbers, and words that every AWS machine has. Comments are crossed out.',
  'To look at it: it is text. To replay it elsewhere, without network and without running anything: countersign check --machine FILE',
]

export interface BundleMeans {
  readonly question: BundleQuestion
  /** Values that an SDK would use, by the names of their settings: also those that no single line of a file holds. */
  readonly values: readonly (readonly [name: string, value: string])[]
  readonly isPlaceholder: (value: string) => boolean
  readonly random: RandomBytes
}

/** Makes bundles of one recording, each with the same made-up values. */
export class BundleWriter {
  readonly #taken: Taken
  readonly #means: BundleMeans
  readonly #twins: Twins
  readonly #redaction: Redaction
  /** File names that are hashes of texts, to be written as those of the made-up texts. */
  readonly hashes = new Map<string, string>()

  constructor(taken: Taken, means: BundleMeans) {
    this.#taken = taken
    this.#means = means
    const kept: Omit<Kept, 'names'> = { isPlaceholder: means.isPlaceholder, hashes: this.hashes }
    // A first reading finds what is secret; in the second whatever was copied from it is known, wherever it stands.
    const scout = new Redaction(new Twins(means.random), { ...kept, names: new Set() })
    write(taken, means, scout)
    this.#twins = new Twins(means.random)
    this.#redaction = new Redaction(this.#twins, { ...kept, names: namesIn(taken, means, scout.secrets) })
    for (const secret of inOrder(scout.secrets)) {
      this.#twins.secret(secret)
      this.#twins.forbid(secret)
    }
  }

  /**
   * The recording as redacted data.
   * @throws CountersignError `defect` when part of a secret would stand in it; then nothing is given out
   */
  write(): Bundle {
    const bundle = write(this.#taken, this.#means, this.#redaction)
    if (textsIn({ ...bundle, holds: [] }).some((text) => this.#twins.leaksIn(text).length > 0))
      throw new CountersignError('defect', 'Part of a secret would have stood in the bundle; nothing was written.')
    return bundle
  }

  /**
   * Names cache files by what a replay looked for and did not find: `missed` are those paths, in order. True when there was
   * something to name.
   */
  nameHashes(missed: readonly string[]): boolean {
    const before = this.hashes.size
    const open = [...this.#taken.files.keys()].filter(
      (path) => hashIn(path) !== null && !this.hashes.has(hashIn(path)!),
    )
    for (const path of new Set(missed)) {
      const hash = hashIn(path)
      if (hash === null) continue
      const at = open.findIndex(
        (real) =>
          hashIn(real)!.length === hash.length && this.path(real).replace(hashName, '') === path.replace(hashName, ''),
      )
      const [real] = at < 0 ? [] : open.splice(at, 1)
      if (real !== undefined) this.hashes.set(hashIn(real)!, hash)
    }
    return this.hashes.size > before
  }

  /** A path as it stands in the bundle. */
  path(path: string): string {
    return this.#redaction.text(path)
  }
}

/**
 * Of session tokens the whole before what was cut of it, for its end says what it is; of all else the parts before what is made
 * of them.
 */
function inOrder(secrets: Iterable<string>): readonly string[] {
  const isLong = (secret: string): boolean => secret.length >= 100
  const all = [...secrets]
  return [
    ...all.filter(isLong).sort((one, other) => other.length - one.length),
    ...all.filter((secret) => !isLong(secret)).sort((one, other) => one.length - other.length),
  ]
}

/** Every text of a value of JSON but the names of members. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(textsIn)
}

const hashName = /(?<![0-9a-f])(?:[0-9a-f]{64}|[0-9a-f]{40})(?![0-9a-f])/

function hashIn(path: string): string | null {
  return hashName.exec(path)?.[0] ?? null
}

function write(taken: Taken, means: BundleMeans, redaction: Redaction): Bundle {
  const { question } = means
  const text = (value: string): string => redaction.text(value)
  const perhaps = (value: string | null): string | null => (value === null ? null : text(value))
  for (const [name, value] of means.values) redaction.assigned(name, value)
  const variables = [...taken.env].filter((entry): entry is [string, string] => entry[1] !== null)
  return {
    schema: bundleSchema,
    holds,
    question: {
      ...question,
      profile: perhaps(question.profile),
      withProfile: perhaps(question.withProfile),
      endpointUrl: perhaps(question.endpointUrl),
      region: question.region,
    },
    platform: taken.platform,
    cwd: text(taken.cwd),
    userHome: perhaps(taken.userHome),
    clock: taken.startedAt.toISOString(),
    variables: Object.fromEntries(variables.map(([name, value]) => [name, redaction.assigned(name, value)])),
    otherVariables: taken.unaskedVariables,
    files: [...taken.files].map(([path, reading]) => fileOf(path, reading, redaction)),
    directories: [...taken.directories].map(([path, names]) => ({ path: text(path), names: names.map(text).sort() })),
    processes: (taken.processes ?? []).map(({ id, name, startedAt }) => ({
      id,
      name: text(name),
      startedAt: startedAt?.toISOString() ?? null,
    })),
    programs: taken.programs.map(({ command, outcome }) => ({
      line: JSON.stringify('shell' in command.line ? { shell: text(command.line.shell) } : wordsOf(command.line, text)),
      outcome: outcomeOf(outcome, redaction),
    })),
    replies: taken.exchanges.map((exchange) => replyOf(exchange, redaction)),
  }
}

function outcomeOf(outcome: CommandOutcome, redaction: Redaction): CommandOutcome {
  const sentences = (text: string): string => redaction.text(text, { sentences: true })
  switch (outcome.kind) {
    case 'ended':
      return { ...outcome, stdout: redaction.text(outcome.stdout), stderr: sentences(outcome.stderr) }
    case 'timed-out':
      return { ...outcome, stderr: sentences(outcome.stderr) }
    case 'not-started':
      return { ...outcome, detail: sentences(outcome.detail) }
    default:
      return outcome
  }
}

function fileOf(realPath: string, reading: FileReading, redaction: Redaction): BundleFile {
  const path = redaction.text(realPath)
  if (reading.kind === 'absent') return { path, state: 'absent' }
  if (reading.kind === 'unreadable')
    return {
      path,
      state: 'unreadable',
      because: reading.because,
      detail: redaction.text(reading.detail, { sentences: true }),
    }
  if (reading.bytes.length > longestFile)
    return {
      path,
      state: 'unreadable',
      because: 'too-large',
      detail: `${reading.bytes.length} bytes; left out of the bundle`,
    }
  const { encoding, text: whole } = decoded(reading.bytes)
  const text = withoutCertificates(whole)
  const form: Form = { ini: isIni(realPath, text) }
  return {
    path,
    state: 'found',
    modifiedAt: reading.modifiedAt.toISOString(),
    mode: reading.mode === null ? null : reading.mode.toString(8).padStart(4, '0'),
    encoding,
    lines: redaction.file(text, form).split(/(?<=\n)/),
  }
}

/** A file as text, and how it becomes bytes again. A byte order mark is part of the text. */
function decoded(bytes: Uint8Array): { encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | 'bytes'; text: string } {
  const head = (bytes[0] ?? 0) * 256 + (bytes[1] ?? 0)
  const half = bytes.length / 2
  const nulls = (odd: 0 | 1): number =>
    bytes.reduce((count, byte, at) => count + (byte === 0 && at % 2 === odd ? 1 : 0), 0)
  const isWide = bytes.length % 2 === 0 && bytes.length > 1
  if (isWide && (head === 0xfffe || nulls(1) > half / 2)) return { encoding: 'utf-16le', text: wide(bytes, 0) }
  if (isWide && (head === 0xfeff || nulls(0) > half / 2)) return { encoding: 'utf-16be', text: wide(bytes, 1) }
  try {
    return { encoding: 'utf-8', text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) }
  } catch {
    let text = ''
    for (const byte of bytes) text += String.fromCharCode(byte)
    return { encoding: 'bytes', text }
  }
}

function wide(bytes: Uint8Array, low: 0 | 1): string {
  let text = ''
  for (let at = 0; at + 1 < bytes.length; at += 2)
    text += String.fromCharCode(bytes[at + low]! + 256 * bytes[at + 1 - low]!)
  return text
}

/** Words of a command line, each as it stands in the line: what follows a flag is told by the flag. */
function wordsOf(words: readonly string[], told: (text: string) => string): readonly string[] {
  const line = words.join(' ')
  const twin = told(line)
  if (twin.length !== line.length) return words.map(told)
  let at = 0
  return words.map((word) => {
    const from = at
    at += word.length + 1
    return twin.slice(from, from + word.length)
  })
}

/** A list of authorities is long, and the same everywhere: of each of their certificates the first line. */
function withoutCertificates(text: string): string {
  return text.replace(/(-----BEGIN CERTIFICATE-----\r?\n[^\n]*\n)[^-]*(-----END CERTIFICATE-----)/g, '$1$2')
}

function isIni(path: string, text: string): boolean {
  return (
    /(^|[/\\])(\.?aws[/\\])?(config|credentials|\.boto|\.passwd-s3fs|\.s3cfg)$/i.test(path) ||
    /^\s*\[[^\]{}"]+\]\s*$/m.test(text)
  )
}

const toldHeaders = /^(date|content-type|x-amzn-errortype|x-amzn-requestid|x-amz-request-id|location)$/i

function replyOf({ request, outcome, clock }: Exchange, redaction: Redaction): BundleReply {
  const likeness = likenessOf(request)
  const known: Omit<BundleReply, 'reply'> = {
    ...likeness,
    url: redaction.text(likeness.url),
    operation: redaction.text(likeness.operation),
    keyId: likeness.keyId === null ? null : redaction.assigned('access_key_id', likeness.keyId),
    token: likeness.token === null ? null : tokenMark(redaction.assigned('session_token', likeness.token)),
    clock: clock.toISOString(),
  }
  if (outcome instanceof CountersignError)
    return { ...known, reply: { error: outcome.code, message: redaction.text(outcome.message, { sentences: true }) } }
  // What answers in plain text answers with names.
  const sentences = /^\s*[<{]/.test(outcome.body)
  const told = (text: string): string => redaction.text(text, { sentences })
  return {
    ...known,
    reply: {
      status: outcome.status,
      headers: outcome.headers.flatMap(([name, value]) =>
        toldHeaders.test(name) ? [[name.toLowerCase(), /^date$/i.test(name) ? value : told(value)] as const] : [],
      ),
      body: bodyOf(outcome, request, told),
      receivedAt: outcome.receivedAt.toISOString(),
    },
  }
}

/** Characters of private use, which no rule reads and no redaction changes. */
const firstMark = 0xe000

/** AWS quotes what it was sent: in the bundle each such stretch is a mark, which the replay fills with what it sends. */
function bodyOf(reply: IncomingReply, request: OutgoingRequest, told: (text: string) => string): string {
  let body = reply.body.slice(0, longestBody)
  const quoted = request.headers.filter(([, value]) => value.length >= 6)
  for (const [index, [, value]] of quoted.entries())
    body = body.replaceAll(value, String.fromCharCode(firstMark + index))
  return told(body).replace(/[\ue000-\uf8ff]/g, (mark) => {
    const name = quoted[mark.charCodeAt(0) - firstMark]?.[0].toLowerCase()
    return name === undefined ? mark : `{{sent ${name}}}`
  })
}

/** Words of names that may be shown: of profiles and variables, unless they are part of a secret. */
function namesIn(taken: Taken, means: BundleMeans, secrets: ReadonlySet<string>): ReadonlySet<string> {
  const names = new Set<string>()
  const add = (name: string): void => {
    for (const word of wordsOfName(name)) names.add(word)
  }
  for (const [variable, value] of taken.env) {
    for (const word of variable.split(/[^A-Za-z0-9]+/)) if (word !== '') names.add(word.toLowerCase())
    if (value !== null && /PROFILE$/i.test(variable)) add(value)
  }
  for (const name of [means.question.profile, means.question.withProfile]) if (name !== null) add(name)
  for (const [path, reading] of taken.files) {
    if (reading.kind !== 'found' || reading.bytes.length > longestFile) continue
    const { text } = decoded(reading.bytes)
    if (!isIni(path, text)) continue
    for (const [, name] of text.matchAll(
      /^[^\n[#;]{0,4}\[\s*(?:(?:profile|sso-session|services)\s+)?["']?([^\]"'\r\n]{1,64})/gm,
    ))
      add(name!)
    for (const [, name] of text.matchAll(/^\s*(?:source_profile|sso_session|services)\s*=\s*(\S{1,64})\s*$/gm))
      add(name!)
  }
  const parts = [...secrets].map((secret) => secret.toLowerCase())
  for (const name of names) {
    if (isPublicWord(name) || name.length < 4) continue
    if (parts.some((secret) => secret.includes(name))) names.delete(name)
  }
  return names
}
