import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readSessionToken, unwrapSessionToken, wrapSessionToken } from '../../src/anatomy/session-token.ts'

const seed = 20_260_802

/* Tokens of the published layouts, written here field by field. No real token stands in this file. */
const created = Date.UTC(2026, 7, 1, 9, 30, 0)
const seconds = varint(created / 1000)
const iv = Buffer.alloc(12, 0xa1)
const user = (account: string) =>
  Buffer.concat([
    Buffer.from([0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 0x10, 0x01]),
    field(3, Buffer.from(account)),
    field(4, iv),
    field(5, Buffer.alloc(400, 0x5c)),
  ])

function versionTwo({
  type = 0x21,
  name = 'origin_ec',
  region = 'eu-west-1',
  account = '123456789012',
  created = seconds,
} = {}) {
  return Buffer.concat([
    Buffer.from([type]),
    field(1, Buffer.from(name)),
    Buffer.from([0x10, 0x3a]),
    field(3, Buffer.from(region)),
    field(4, Buffer.alloc(70, 0x30)),
    field(5, user(account)),
    Buffer.from([0x30]),
    created,
    field(7, Buffer.alloc(165, 0x7e)),
  ])
}

function versionOne({ type = 0x17, name = 'er/aws' } = {}) {
  return Buffer.concat([
    Buffer.from([type]),
    field(1, Buffer.from(name)),
    Buffer.from([0x10, 0x10]),
    field(3, iv),
    field(4, Buffer.alloc(129, 0x11)),
    Buffer.from([0x28]),
    seconds,
    field(6, Buffer.alloc(42, 0x22)),
  ])
}

describe('a session token of AWS', () => {
  test('of version 2 says when, where and for which account it was made', () => {
    const token = versionTwo().toString('base64')
    expect(token.startsWith('IQoJb3JpZ2luX2Vj')).toBe(true)
    expect(readSessionToken(token)).toEqual({
      form: 'well-formed',
      version: 2,
      issuedAt: new Date(created),
      region: 'eu-west-1',
      account: '123456789012',
      at: null,
    })
  })

  test('of version 1 says when it was made', () => {
    const token = versionOne().toString('base64')
    expect(token.startsWith('FwoGZXIvYXdz')).toBe(true)
    expect(readSessionToken(token)).toEqual({
      form: 'well-formed',
      version: 1,
      issuedAt: new Date(created),
      region: null,
      account: null,
      at: null,
    })
  })

  test.each([
    ['AgoJb3JpZ2luX2Vj', versionTwo({ type: 0x02 }), 2],
    ['AgoGb3JpZ2lu', versionTwo({ type: 0x02, name: 'origin' }), 2],
    ['FQoGZXIvYXdz', versionOne({ type: 0x15 }), 1],
    ['FQoDYXdz', versionOne({ type: 0x15, name: 'aws' }), 1],
  ])('of the older kind %s is dated too', (start, bytes, version) => {
    const token = bytes.toString('base64')
    expect(token.startsWith(start)).toBe(true)
    expect(readSessionToken(token)).toMatchObject({ form: 'well-formed', version, issuedAt: new Date(created) })
  })

  test('is read with its padding, without, and with half of it', () => {
    for (const extra of [0, 1, 2]) {
      const bytes = Buffer.concat([versionTwo(), field(9, Buffer.alloc(extra))])
      const token = bytes.toString('base64')
      for (const text of [token, token.replace(/=+$/, ''), token.replace(/==$/, '=')]) {
        expect(readSessionToken(text).form).toBe('well-formed')
      }
    }
  })

  test('that was cut anywhere before its creation time is known to be cut, and keeps what stood before', () => {
    const token = versionTwo().toString('base64')
    const end = Math.floor(((versionTwo().length - 168) * 4) / 3) - 8
    for (let length = 20; length < end; length++) {
      const reading = readSessionToken(token.slice(0, length))
      expect([length, reading.form]).toEqual([length, 'cut'])
      expect(reading.issuedAt).toBeNull()
    }
    expect(readSessionToken(token.slice(0, 400))).toMatchObject({ region: 'eu-west-1', account: '123456789012' })
  })

  test('with a strange character in it is known to be altered, and says where', () => {
    const token = versionTwo().toString('base64')
    for (const character of [' ', '\n', '%', '-', '"', '…', '=']) {
      const text = `${token.slice(0, 300)}${character}${token.slice(301)}`
      expect(readSessionToken(text)).toMatchObject({ form: 'altered', version: 2, region: 'eu-west-1', at: 300 })
    }
  })

  test('with fields that cannot be is known to be altered', () => {
    expect(readSessionToken(versionTwo({ created: varint(12) }).toString('base64'))).toMatchObject({
      form: 'altered',
      issuedAt: null,
    })
    expect(readSessionToken(versionTwo({ account: 'not-a-number' }).toString('base64'))).toMatchObject({
      form: 'altered',
      account: null,
    })
    const endless = Buffer.concat([versionTwo(), Buffer.alloc(12, 0xff)])
    expect(readSessionToken(endless.toString('base64')).form).toBe('altered')
  })

  test('with fields that nobody has described yet is read all the same', () => {
    const more = Buffer.concat([
      versionTwo(),
      field(12, Buffer.from('new')),
      Buffer.from([0x69]),
      Buffer.alloc(8),
      Buffer.from([0x75]),
      Buffer.alloc(4),
      Buffer.from([0x78, 0x01]),
    ])
    expect(readSessionToken(more.toString('base64'))).toMatchObject({ form: 'well-formed', region: 'eu-west-1' })
  })
})

describe('a text that is no token of a known format', () => {
  test.each([
    [
      'the example of the STS documentation',
      'AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflf',
    ],
    [
      'the example of the CLI documentation',
      'IQoJb3JpZ2luX2IQoJb3JpZ2luX2IQoJb3JpZ2luX2IQoJb3JpZ2luX2IQoJb3JpZVERYLONGSTRINGEXAMPLE',
    ],
    ['nothing', ''],
    ['a word', 'token'],
    ['a JWT', 'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL2V4YW1wbGUuY29tIn0.c2lnbmF0dXJl'],
    ['a text without end', 'IQoJb3JpZ2luX2Vj'.padEnd(40_000, 'A')],
  ])('is not judged: %s', (_, text) => {
    expect(readSessionToken(text)).toEqual({
      form: 'unknown',
      version: null,
      issuedAt: null,
      region: null,
      account: null,
      at: null,
    })
  })

  test(`never throws and never takes long, whatever it is (seed ${seed})`, () => {
    const head = fc.constantFrom('', 'IQoJb3JpZ2luX2Vj', 'FwoGZXIvYXdz', 'AgoGb3JpZ2lu')
    fc.assert(
      fc.property(head, fc.uint8Array({ maxLength: 300 }), fc.string({ maxLength: 5 }), (start, bytes, tail) => {
        const reading = readSessionToken(start + Buffer.from(bytes).toString('base64') + tail)
        expect(['well-formed', 'cut', 'altered', 'unknown']).toContain(reading.form)
      }),
      { seed, numRuns: 2000 },
    )
  })
})

describe('our own session token', () => {
  const parts = fc.record({
    signingKeyNumber: fc.oneof(fc.nat(), fc.constantFrom(0, 127, 128, Number.MAX_SAFE_INTEGER)),
    region: fc.constantFrom('us-east-1', 'eusc-de-east-1', '', 'überall', '\ufeffx'),
    account: fc.stringMatching(/^\d{12}$/),
    createdAt: fc.integer({ min: 1_136_073_600, max: 4_102_444_800 }).map((unix) => new Date(unix * 1000)),
    iv: fc.uint8Array({ minLength: 12, maxLength: 12 }),
    sealed: fc.uint8Array({ minLength: 0, maxLength: 600 }),
  })

  test(`gives back what went into it (seed ${seed})`, () => {
    fc.assert(
      fc.property(parts, (given) => {
        const token = wrapSessionToken(given)
        expect(token.startsWith('IQoJb3JpZ2luX2Vj')).toBe(true)
        expect(unwrapSessionToken(token)).toEqual(given)
      }),
      { seed },
    )
  })

  test('is dated by the reader of AWS tokens', () => {
    const token = wrapSessionToken({
      signingKeyNumber: 7,
      region: 'eu-central-1',
      account: '029608264753',
      createdAt: new Date(created + 999),
      iv,
      sealed: Buffer.alloc(300, 1),
    })
    expect(readSessionToken(token)).toEqual({
      form: 'well-formed',
      version: 2,
      issuedAt: new Date(created),
      region: 'eu-central-1',
      account: '029608264753',
      at: null,
    })
  })

  test(`has one text only: another character anywhere gives other parts or none (seed ${seed})`, () => {
    fc.assert(
      fc.property(parts, fc.nat(), fc.constantFrom(...'AQgw/+09=az'), (given, position, character) => {
        const token = wrapSessionToken(given)
        const at = position % token.length
        fc.pre(token[at] !== character)
        const other = unwrapSessionToken(token.slice(0, at) + character + token.slice(at + 1))
        if (other !== null) expect(other).not.toEqual(given)
      }),
      { seed, numRuns: 1000 },
    )
    const token = wrapSessionToken({ ...fc.sample(parts, { seed, numRuns: 1 })[0]!, sealed: Buffer.alloc(11) })
    for (const text of [`${token}=`, `${token}AAAA`, ` ${token}`, token.replace(/=*$/, '')]) {
      if (text !== token) expect(unwrapSessionToken(text)).toBeNull()
    }
  })

  test('is none when its numbers are spelled longer than they need be', () => {
    const parts = {
      signingKeyNumber: 0,
      region: 'r',
      account: '123456789012',
      createdAt: new Date(created),
      iv,
      sealed: iv,
    }
    const bytes = Buffer.from(wrapSessionToken(parts), 'base64')
    const at = bytes.indexOf(Buffer.from([0x10, 0x00]))
    const longer = Buffer.concat([bytes.subarray(0, at), Buffer.from([0x10, 0x80, 0x00]), bytes.subarray(at + 2)])
    expect(readSessionToken(longer.toString('base64')).form).toBe('well-formed')
    expect(unwrapSessionToken(longer.toString('base64'))).toBeNull()
    expect(unwrapSessionToken(bytes.toString('base64'))).not.toBeNull()
  })

  test('is not what AWS itself would have made', () => {
    expect(unwrapSessionToken(versionTwo().toString('base64'))).toBeNull()
    expect(unwrapSessionToken('')).toBeNull()
  })

  test('cannot be made of parts that the layout does not hold', () => {
    const good = { signingKeyNumber: 1, region: 'r', account: '123456789012', createdAt: new Date(0), iv, sealed: iv }
    for (const bad of [
      { account: '1' },
      { region: 'x'.repeat(65) },
      { signingKeyNumber: -1 },
      { createdAt: new Date(Number.NaN) },
    ]) {
      expect(() => wrapSessionToken({ ...good, ...bad })).toThrow(/do not fit/)
    }
  })
})

function field(number: number, value: Uint8Array): Buffer {
  return Buffer.concat([varint(number * 8 + 2), varint(value.length), value])
}

function varint(value: number): Buffer {
  const bytes = []
  let rest = BigInt(value)
  do {
    bytes.push(Number(rest & 127n) | (rest > 127n ? 128 : 0))
    rest >>= 7n
  } while (rest > 0n)
  return Buffer.from(bytes)
}
