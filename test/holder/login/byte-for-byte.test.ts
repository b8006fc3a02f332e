import fc from 'fast-check'
import { expect, test } from 'vitest'
import { planLogout, readRecords } from '../../../src/holder/login/index.ts'
import { keepSession } from '../../../src/holder/login/keep.ts'
import type { Disk } from '../../../src/holder/machine/disk.ts'
import type { Machine } from '../../../src/holder/machine/machine.ts'
import { recordedMachine } from '../../../src/holder/machine/recorded.ts'
import { credentialOf } from '../../../src/holder/resolution/resolution.ts'

const home = '/u/alice'
const paths = [`${home}/.aws/credentials`, `${home}/.aws/config`] as const

/** A computer whose files are in memory. */
function computer(files: Map<string, Uint8Array>): { readonly machine: Machine; readonly disk: Disk } {
  const ground = recordedMachine({ env: { HOME: home }, now: new Date('2026-11-28T12:00:00Z') })
  const machine: Machine = {
    ...ground,
    userHome: home,
    readFile(path) {
      const bytes = files.get(path)
      return bytes === undefined ? { kind: 'absent' } : { kind: 'found', bytes, modifiedAt: ground.now(), mode: 0o600 }
    },
    list: (path) =>
      [...files.keys()]
        .filter((each) => each.startsWith(`${path}/`) && !each.slice(path.length + 1).includes('/'))
        .map((each) => each.slice(path.length + 1))
        .sort(),
  }
  const disk: Disk = {
    write: (path, bytes) => void files.set(path, bytes),
    remove: (path) => void files.delete(path),
    list: (path) => machine.list(path),
    marks: () => null,
    whileLocked: (_path, work) => work(),
  } as Disk
  return { machine, disk }
}

let made = 0

function session() {
  made += 1
  const values = {
    accessKeyId: `ASIA${String(made).padStart(16, '0')}`,
    secretAccessKey: `secret-number-${made}`,
    sessionToken: `token-number-${made}`,
    expiration: new Date('2026-11-29T00:00:00Z'),
    accountId: null,
  }
  const credential = credentialOf('shared-credentials-file', null, 'sts:GetSessionToken', values)
  return { kind: 'session', credential, expiration: values.expiration } as const
}

const line = fc.constantFrom(
  '# a comment',
  '',
  'region = eu-west-1',
  'output = json',
  '; another',
  's3 =',
  '  a = b',
  'café = ü',
)
const section = fc.record({ name: fc.constantFrom('a', 'b', 'c d', 'ü'), lines: fc.array(line, { maxLength: 4 }) })
const file = fc
  .record({
    head: fc.array(fc.constantFrom('# top', ''), { maxLength: 2 }),
    sections: fc.uniqueArray(section, { selector: ({ name }) => name, maxLength: 3 }),
    end: fc.constantFrom('\n', '\r\n'),
    closed: fc.boolean(),
    mark: fc.boolean(),
  })
  .map(({ head, sections, end, closed, mark }) => {
    const lines = [...head, ...sections.flatMap(({ name, lines: own }) => [`[${name}]`, ...own])]
    const text = lines.join(end) + (closed && lines.length > 0 ? end : '')
    return Buffer.from((mark ? '\ufeff' : '') + text)
  })
const start = fc.tuple(fc.option(file, { nil: null }), fc.option(file, { nil: null }))

function logOut(machine: Machine, disk: Disk, target: string): void {
  const records = readRecords(machine).filter((record) => record.kind === 'session' && record.target === target)
  for (const { path, after } of planLogout(machine, records).changes)
    after === null ? disk.remove(path) : disk.write(path, after)
}

function keptAs(machine: Machine, disk: Disk, target: string): void {
  keepSession({ machine, disk }, { profile: 'a', target, sourceKeyId: 'AKIA', keptAs: null }, session())
}

const seed = 20_261_128

test(`logging in, once or again, and out leaves every file as it was, byte for byte (seed ${seed})`, () => {
  fc.assert(
    fc.property(start, fc.integer({ min: 1, max: 3 }), (files, times) => {
      const held = new Map(paths.flatMap((path, index) => (files[index] ? [[path, files[index]] as const] : [])))
      const before = new Map(held)
      const { machine, disk } = computer(held)
      for (let time = 0; time < times; time += 1) keptAs(machine, disk, 'a-mfa')
      logOut(machine, disk, 'a-mfa')
      for (const path of paths) expect(held.get(path)?.toString()).toBe(before.get(path)?.toString())
    }),
    { seed, numRuns: 300 },
  )
})

test(`so does it for two profiles, in either order (seed ${seed})`, () => {
  fc.assert(
    fc.property(start, fc.boolean(), (files, firstFirst) => {
      const held = new Map(paths.flatMap((path, index) => (files[index] ? [[path, files[index]] as const] : [])))
      const before = new Map(held)
      const { machine, disk } = computer(held)
      for (const target of ['a-mfa', 'other']) keptAs(machine, disk, target)
      for (const target of firstFirst ? ['a-mfa', 'other'] : ['other', 'a-mfa']) logOut(machine, disk, target)
      for (const path of paths) expect(held.get(path)?.toString()).toBe(before.get(path)?.toString())
    }),
    { seed, numRuns: 300 },
  )
})

test(`and what somebody adds meanwhile stays (seed ${seed})`, () => {
  const added = fc.constantFrom('\n[later]\nregion = us-east-1\n', '# later\n')
  fc.assert(
    fc.property(start, added, (files, more) => {
      const held = new Map(paths.flatMap((path, index) => (files[index] ? [[path, files[index]] as const] : [])))
      const before = new Map(held)
      const { machine, disk } = computer(held)
      keptAs(machine, disk, 'a-mfa')
      for (const path of paths) held.set(path, Buffer.concat([held.get(path) ?? Buffer.alloc(0), Buffer.from(more)]))
      logOut(machine, disk, 'a-mfa')
      for (const path of paths) expect(String(held.get(path))).toBe(String(before.get(path) ?? '') + more)
    }),
    { seed, numRuns: 300 },
  )
})

test('a record that is none, whatever it holds, is passed over', () => {
  const held = new Map<string, Uint8Array>()
  const { machine, disk } = computer(held)
  keptAs(machine, disk, 'a-mfa')
  const [path] = [...held.keys()].filter((each) => each.includes('/logins/'))
  const whole = JSON.parse(Buffer.from(held.get(path!)!).toString()) as Record<string, unknown>
  const broken: readonly unknown[] = [
    null,
    [],
    'text',
    { ...whole, version: 2 },
    { ...whole, kind: 'other' },
    { ...whole, files: null },
    { ...whole, files: [null] },
    { ...whole, target: 1 },
  ]
  for (const one of broken) {
    held.set(path!, Buffer.from(JSON.stringify(one)))
    expect(readRecords(machine)).toEqual([])
  }
  held.set(path!, Buffer.from('{"version": 1'))
  expect(readRecords(machine)).toEqual([])
  held.set(path!, Buffer.from(JSON.stringify(whole)))
  expect(readRecords(machine)).toHaveLength(1)
})
