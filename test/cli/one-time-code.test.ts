import { expect, test } from 'vitest'
import { Secret } from '../../src/anatomy/secret.ts'
import { OneTimeCodes } from '../../src/cli/one-time-code.ts'
import type { Call } from '../../src/cli/terminal.ts'
import { overlayMachine } from '../../src/holder/machine/overlay.ts'
import { realDisk } from '../../src/holder/machine/real-disk.ts'
import { failed } from '../../src/holder/resolution/resolution.ts'
import type { Vault } from '../../src/holder/vault/index.ts'
import { notedVault } from '../../src/holder/vault/known-names.ts'
import { atHome } from '../holder/vault/place.ts'

const serial = 'arn:aws:iam::123456789012:mfa/alice'

/** Of RFC 6238, Appendix B: `12345678901234567890`. */
const seed = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'

/** A call at an instant, whose person gives these answers. */
function callAt(seconds: number, answers: string[] = []) {
  const machine = overlayMachine(atHome(), { now: new Date(seconds * 1000) })
  const told = { paused: [] as number[], said: '', asked: 0 }
  const terminal = {
    pause: async (ms: number) => void told.paused.push(ms),
    tell: async (text: string) => {
      told.said += text
    },
    ask: async () => {
      told.asked += 1
      return answers.shift() ?? null
    },
    isPersonThere: async () => answers.length > 0,
  }
  return { call: { machine, terminal, beforeExit: () => () => {} } as unknown as Call, machine, told }
}

async function withSeed({ machine, call }: ReturnType<typeof callAt>): Promise<OneTimeCodes> {
  const items = new Map()
  const kept: Vault = {
    says: 'a vault of this test',
    get: async (name) => items.get(name) ?? null,
    put: async (name, item) => void items.set(name, item),
    remove: async (name) => void items.delete(name),
    names: async () => [...items.keys()],
  }
  const vault = notedVault(machine, realDisk(), kept)
  await vault.put(`device/${serial}`, { kind: 'totp-seed', serial, seed: new Secret(seed) })
  return new OneTimeCodes(call, async () => vault, {})
}

test('codes of a seed are those of RFC 6238, and none is given twice: the next one is waited for', async () => {
  const at = callAt(1_111_111_109)
  const codes = await withSeed(at)
  expect(await codes.next(serial)).toBe('081804')
  expect(at.told).toEqual({ paused: [], said: '', asked: 0 })
  expect(await codes.next(serial)).toBe('050471')
  expect(at.told.paused).toEqual([1000])
  expect(at.told.said).toBe('AWS takes each code once; the next one comes in 1 s.\n')
  // Still in the first second, for the clock of this test stands: both are used up.
  expect(await codes.next(serial)).toMatch(/^(?!081804|050471)\d{6}$/)
  expect(at.told.paused).toEqual([1000, 31_000])
})

test('a device without a seed does not have the vault opened', async () => {
  const at = callAt(1_111_111_109, ['081 804'])
  const codes = new OneTimeCodes(at.call, async () => await Promise.reject(new Error('opened')), {})
  expect(await codes.next(serial)).toBe('081804')
  expect(await new OneTimeCodes(at.call, async () => ({}) as Vault, { mayAsk: false }).next(serial)).toBeNull()
  expect(at.told.asked).toBe(1)
})

const wrong = failed('refused', 'AccessDenied: no', 'no', null, {
  service: 'sts',
  operation: 'AssumeRole',
  status: 403,
  code: 'AccessDenied',
  message: 'MultiFactorAuthentication failed with invalid MFA one time pass code.',
  requestId: null,
  date: null,
})

test('a code that AWS does not take is asked for again, three times in all, where somebody is there', async () => {
  const at = callAt(1_111_111_109, ['1', '2', '3', '4'])
  let uses = 0
  const use = async () => {
    uses += 1
    return wrong
  }
  expect(await new OneTimeCodes(at.call, async () => ({}) as Vault, {}).during(serial, use)).toBe(wrong)
  expect(uses).toBe(3)
  const nobody = callAt(1_111_111_109)
  expect(await new OneTimeCodes(nobody.call, async () => ({}) as Vault, {}).during(serial, use)).toBe(wrong)
  expect(uses).toBe(4)
})

test('another refusal is not asked about again', async () => {
  const at = callAt(1_111_111_109, ['1'])
  let uses = 0
  const denied = failed('refused', 'AccessDenied: no', 'not authorized')
  const use = async () => {
    uses += 1
    return denied
  }
  expect(await new OneTimeCodes(at.call, async () => ({}) as Vault, {}).during(serial, use)).toBe(denied)
  expect(uses).toBe(1)
})
