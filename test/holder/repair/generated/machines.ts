import type { Machine } from '../../../../src/holder/machine/machine.ts'
import { overlayMachine } from '../../../../src/holder/machine/overlay.ts'
import { type Chooser, chooser } from '../../../../src/lab/chooser.ts'
import { machineOf } from '../../../truth/agreement.ts'
import { readStates } from '../../../truth/record/store.ts'
import { home, idOf, type KnownKey, machine, secretOf, tokenOf } from '../../diagnosis/stand-in.ts'
import { disfigure } from './disfigure.ts'
import type { Pair, RepairCase } from './judge.ts'

const sdks = ['aws-cli-v2', 'aws-cli-v2', 'boto3', 'js-v3', 'go-v2'] as const
const paths = { credentials: `${home}/.aws/credentials`, config: `${home}/.aws/config` }

/** Both AWS files of a machine, disfigured. */
export function disfigured(on: Machine, files: readonly string[], random: Chooser, most = 4) {
  const names: string[] = []
  const changed: Record<string, Uint8Array> = {}
  for (const path of files) {
    const reading = on.readFile(path)
    if (reading.kind !== 'found') continue
    const text = Buffer.from(reading.bytes).toString()
    if (!Buffer.from(text).equals(reading.bytes) || text.includes('\0')) continue
    const done = disfigure(text, random, most)
    changed[path] = done.bytes
    names.push(`${path.split('/').at(-1)}: ${done.names.join(' ')}`)
  }
  return { machine: overlayMachine(on, { files: changed, now: on.now() }), names: names.join('; ') }
}

// ---- what real SDKs were asked about

/** A recorded state, disfigured: offline, for its keys are known to nobody. */
export function recordedCase(index: number, seed: number): RepairCase {
  const states = recorded()
  const state = states[index % states.length]!
  const random = chooser(seed)
  const plain = machineOf(state, new Date('2026-11-28T12:00:00Z'))
  const house = '/house/ana'
  const files = Object.keys(state.files)
    .filter((path) => !/\.json$|\/cache\//.test(path))
    .map((path) => `${house}/${path}`)
  const { machine: on, names } = disfigured(plain, files, random)
  const profile = state.profile ?? undefined
  return {
    name: `recorded ${index} (${state.name}) seed ${seed}: ${names}`,
    machine: on,
    question: { sdk: random.one(sdks), profile, offline: true, exec: false },
  }
}

let states: ReturnType<typeof readStates> | null = null
function recorded() {
  states ??= readStates()
  return states
}

// ---- keys that are real for the stand-in

interface Draft {
  /** Lines of each section, by its name as a profile. */
  readonly credentials: Map<string, string[]>
  readonly config: Map<string, string[]>
  readonly env: Record<string, string>
  examined: string
  /** What stands in whole files instead of sections. */
  wrap: (text: string) => string
}

interface Breakage {
  readonly name: string
  readonly of: (draft: Draft, own: Pair, random: Chooser, others: readonly Pair[]) => void
}

const own = ({ credentials, config, examined }: Draft): string[] =>
  credentials.get(examined) ?? config.get(examined) ?? []
const alter = (draft: Draft, key: string, of: (value: string) => string): void => {
  const lines = own(draft)
  for (const [at, line] of lines.entries())
    if (line.startsWith(`${key} = `)) lines[at] = `${key} = ${of(line.slice(key.length + 3))}`
}
const value = (draft: Draft, key: string) =>
  own(draft)
    .find((line) => line.startsWith(`${key} = `))
    ?.slice(key.length + 3)
const anyKey = (random: Chooser) => random.one(['aws_access_key_id', 'aws_secret_access_key', 'aws_session_token'])

const breakages: readonly Breakage[] = [
  {
    name: 'stale-token',
    of: (draft, _, random) =>
      void own(draft).splice(random.number(own(draft).length + 1), 0, `aws_session_token = ${tokenOf(77)}`),
  },
  { name: 'legacy-token', of: (draft) => void own(draft).push(`aws_security_token = ${tokenOf(78)}`) },
  {
    name: 'quotes',
    of: (draft, _, random) =>
      alter(draft, anyKey(random), (text) => random.one([`"${text}"`, `'${text}'`, `“${text}”`, `"${text}`])),
  },
  {
    name: 'comment',
    of: (draft, _, random) => alter(draft, anyKey(random), (text) => `${text} ${random.one(['#', ';'])} laptop`),
  },
  {
    name: 'invisible',
    of: (draft, _, random) =>
      alter(draft, anyKey(random), (text) =>
        random.one([`${text}\u200b`, `\u00a0${text}`, `${text.slice(0, 9)}\u00ad${text.slice(9)}`]),
      ),
  },
  {
    name: 'swapped',
    of(draft) {
      const [id, secret] = [value(draft, 'aws_access_key_id'), value(draft, 'aws_secret_access_key')]
      if (id === undefined || secret === undefined) return
      alter(draft, 'aws_access_key_id', () => secret)
      alter(draft, 'aws_secret_access_key', () => id)
    },
  },
  {
    name: 'wrong-prefix',
    of(draft) {
      const [from, name] = draft.credentials.has(draft.examined)
        ? [draft.credentials, `profile ${draft.examined}`]
        : [draft.config, `bare ${draft.examined}`]
      const lines = from.get(draft.examined)
      if (lines === undefined || draft.examined === 'default') return
      from.delete(draft.examined)
      from.set(name, lines)
    },
  },
  {
    name: 'misspelt-profile',
    of: (draft, _, random) => {
      const lines = draft.credentials.get(draft.examined)
      if (lines === undefined || draft.examined === 'default') return
      draft.credentials.delete(draft.examined)
      draft.credentials.set(
        random.one([
          draft.examined.toUpperCase(),
          `${draft.examined}x`,
          ` ${draft.examined}`,
          draft.examined.slice(0, -1),
        ]),
        lines,
      )
    },
  },
  {
    name: 'misnamed-key',
    of: (draft, _, random) => {
      const lines = own(draft)
      const key = anyKey(random)
      const at = lines.findIndex((line) => line.startsWith(`${key} = `))
      if (at >= 0)
        lines[at] = lines[at]!.replace(
          key,
          random.one(
            {
              aws_access_key_id: ['aws_access_key', 'access_key_id', 'AWS_ACCESS_KEY'],
              aws_secret_access_key: ['aws_secret_key', 'secret_access_key', 'aws_secret_acess_key'],
              aws_session_token: ['aws_token', 'session_token'],
            }[key]!,
          ),
        )
    },
  },
  {
    name: 'twice',
    of: (draft, _, random) => {
      const key = anyKey(random)
      const text = value(draft, key)
      if (text !== undefined)
        own(draft).splice(random.number(own(draft).length + 1), 0, `${key} = ${random.one([text, 'OLD', ''])}`)
    },
  },
  {
    name: 'split-over-files',
    of: (draft, _, random) => {
      const lines = own(draft)
      const to = draft.credentials.has(draft.examined) ? draft.config : draft.credentials
      if (lines.length > 0)
        to.set(draft.examined, [...(to.get(draft.examined) ?? []), ...lines.splice(random.number(lines.length), 1)])
    },
  },
  { name: 'small-letters', of: (draft) => alter(draft, 'aws_access_key_id', (text) => text.toLowerCase()) },
  {
    name: 'base64',
    of: (draft, _, random) => alter(draft, anyKey(random), (text) => Buffer.from(text).toString('base64')),
  },
  { name: 'url-encoded', of: (draft) => alter(draft, 'aws_secret_access_key', encodeURIComponent) },
  {
    name: 'blank-inside',
    of: (draft, _, random) => alter(draft, anyKey(random), (text) => `${text.slice(0, 12)} ${text.slice(12)}`),
  },
  { name: 'wrong-secret', of: (draft) => alter(draft, 'aws_secret_access_key', () => secretOf(99)) },
  {
    name: 'secret-of-other',
    of: (draft, _, random, others) => alter(draft, 'aws_secret_access_key', () => random.one(others).secret),
  },
  { name: 'no-secret', of: (draft) => drop(draft, 'aws_secret_access_key') },
  { name: 'no-id', of: (draft) => drop(draft, 'aws_access_key_id') },
  { name: 'no-token', of: (draft) => drop(draft, 'aws_session_token') },
  { name: 'empty-token', of: (draft) => alter(draft, 'aws_session_token', () => '') },
  { name: 'cut-token', of: (draft) => alter(draft, 'aws_session_token', (text) => text.slice(0, 200)) },
  {
    name: 'second-profile-key',
    of: (draft, pair) => {
      const to = draft.credentials.has(draft.examined) ? draft.config : draft.credentials
      to.set(draft.examined, [
        `aws_access_key_id = ${pair.id}`,
        `aws_secret_access_key = ${secretOf(98)}`,
        ...(to.get(draft.examined) ?? []),
      ])
    },
  },
  {
    name: 'environment',
    of: (draft, _, random, others) => {
      const pair = random.one(others)
      draft.env['AWS_ACCESS_KEY_ID'] = pair.id
      draft.env['AWS_SECRET_ACCESS_KEY'] = random.one([
        pair.secret,
        secretOf(97),
        `${pair.secret} `,
        `"${pair.secret}"`,
      ])
      if (random.number(2) === 0) draft.env['AWS_SESSION_TOKEN'] = random.one(['', tokenOf(76), pair.token ?? ''])
    },
  },
  { name: 'token-variable', of: (draft) => void (draft.env['AWS_SESSION_TOKEN'] = tokenOf(75)) },
  {
    name: 'endpoint',
    of: (draft) => void (draft.config.get(draft.examined) ?? own(draft)).push('endpoint_url = http://127.0.0.1:4566'),
  },
  {
    name: 'region',
    of: (draft, _, random) => {
      delete draft.env['AWS_REGION']
      ;(draft.config.get(draft.examined) ?? own(draft)).push(
        `region = ${random.one(['eu-west-1a', 'eu_west_1', '"eu-west-1"', 'Frankfurt'])}`,
      )
    },
  },
  {
    name: 'role',
    of: (draft, _, random) =>
      void (draft.config.get(draft.examined) ?? own(draft)).push(
        'role_arn = arn:aws:iam::609629065308:role/deploy',
        `source_profile = ${random.one(['gone', 'base', draft.examined])}`,
      ),
  },
  {
    name: 'process',
    of: (draft) => void (draft.config.get(draft.examined) ?? own(draft)).push('credential_process = /opt/gone --x'),
  },
  {
    name: 'utf-16',
    of: (draft) => {
      draft.wrap = (text) => `utf-16:${text}`
    },
  },
  { name: 'shell-syntax', of: (draft) => void own(draft).push(`export AWS_REGION=eu-west-1`) },
  { name: 'export-lines', of: (draft) => alter(draft, 'aws_access_key_id', (text) => `${text}\nexport aws_x = 1`) },
  { name: 'none', of: () => {} },
]

function drop(draft: Draft, key: string): void {
  const lines = own(draft)
  const at = lines.findIndex((line) => line.startsWith(`${key} = `))
  if (at >= 0) lines.splice(at, 1)
}

/** Some profiles that work, of which one is broken in one or two ways, in files that look as files look. */
export function madeCase(seed: number): RepairCase {
  const random = chooser(seed)
  const keys: Record<string, KnownKey> = {}
  const secrets: string[] = []
  const pairs = Array.from({ length: 3 + random.number(3) }, (_, at): Pair => {
    const isSession = random.number(3) === 0
    const id = idOf(isSession ? 'ASIA' : 'AKIA', 1 + at * 3 + random.number(3))
    const pair = { id, secret: secretOf(10 + at), token: isSession ? tokenOf(20 + at) : null }
    keys[id] = {
      secret: pair.secret,
      ...(pair.token === null ? {} : { token: pair.token }),
      ...(random.number(6) === 0 ? { state: 'inactive' as const } : {}),
      user: `user-${at}`,
    }
    secrets.push(pair.secret, ...(pair.token === null ? [] : [pair.token]))
    return pair
  })
  const names = ['default', 'dev', 'prod', 'team a', 'prüfung', 'x.y']
  const draft: Draft = {
    credentials: new Map(),
    config: new Map(),
    env: {},
    examined: names[random.number(pairs.length)]!,
    wrap: (text) => text,
  }
  for (const [at, pair] of pairs.entries()) {
    const name = names[at]!
    const lines = [
      `aws_access_key_id = ${pair.id}`,
      `aws_secret_access_key = ${pair.secret}`,
      ...(pair.token === null ? [] : [`aws_session_token = ${pair.token}`]),
    ]
    if (random.number(4) === 0) draft.config.set(name, [...lines, 'region = eu-west-1'])
    else {
      draft.credentials.set(name, lines)
      if (random.number(2) === 0) draft.config.set(name, ['region = eu-west-1', 'output = json'])
    }
  }
  const mine = pairs[names.indexOf(draft.examined)]!
  const broken = Array.from({ length: 1 + random.number(2) }, () => random.one(breakages))
  for (const { of } of broken) of(draft, mine, random, pairs)
  // Whoever examines one profile has others that are broken, too.
  if (random.number(3) === 0)
    random.one(breakages).of({ ...draft, examined: names[random.number(pairs.length)]! }, mine, random, pairs)
  const headerOf = (name: string) =>
    name === 'default' ? '[default]' : name.startsWith('bare ') ? `[${name.slice(5)}]` : `[profile ${name}]`
  const text = (sections: Map<string, string[]>, header: (name: string) => string) =>
    [...sections].map(([name, lines]) => [header(name), ...lines, ''].join('\n')).join('\n')
  const isExplicit = random.number(3) > 0 || draft.examined === 'default'
  const { machine: plain } = machine({
    credentials: text(draft.credentials, (name) => `[${name}]`),
    config: text(draft.config, headerOf),
    env: { ...draft.env, ...(isExplicit ? {} : { AWS_PROFILE: draft.examined }) },
    sts: { keys },
  })
  const done = disfigured(plain, [paths.credentials, paths.config], random, 3)
  const on =
    draft.wrap('') === '' ? done.machine : overlayMachine(done.machine, { now: plain.now(), files: wide(done.machine) })
  return {
    name: `made ${seed} [${draft.examined}] ${broken.map(({ name }) => name).join(' + ')}: ${done.names}`,
    machine: on,
    question: {
      sdk: random.one(sdks),
      ...(isExplicit && draft.examined !== 'default' ? { profile: draft.examined } : {}),
      ...(random.number(4) === 0 ? { offline: true } : {}),
      mayAsk: async () => true,
    },
    accepts: ({ id, secret, token }) => {
      const key = keys[id]
      return (
        key !== undefined &&
        key.state === undefined &&
        key.secret === secret &&
        (key.token ?? null) === (token === '' ? null : token)
      )
    },
    secrets,
  }
}

/** As Notepad's "Unicode" saves it. */
function wide(on: Machine): Record<string, Uint8Array> {
  const reading = on.readFile(paths.credentials)
  return reading.kind === 'found'
    ? { [paths.credentials]: Buffer.from(`\ufeff${Buffer.from(reading.bytes).toString()}`, 'utf16le') }
    : {}
}
