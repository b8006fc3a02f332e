import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { leaksIn } from './secrets-hunt.ts'

const secret = 'an obviously made-up value +/ for this test'
const collected = mkdtempSync(join(tmpdir(), 'countersign-hunt-test-'))

afterEach(() => {
  rmSync(join(collected, 'written-1'), { force: true })
})

describe('the secrets hunt', () => {
  writeFileSync(join(collected, 'secrets-1'), `${JSON.stringify({ kind: 'SecretAccessKey', value: secret })}\n`)

  test.each([
    ['plain', secret],
    ['percent-encoded', encodeURIComponent(secret)],
    ['hex', Buffer.from(secret).toString('hex')],
    ['base64', Buffer.from(secret).toString('base64')],
  ])('finds a secret that was written %s, and says where', (_form, text) => {
    writeFileSync(join(collected, 'written-1'), `\u0001stdout (some test)\u0002before ${text} after`)
    const { leaks } = leaksIn(collected)
    expect(leaks).toHaveLength(1)
    expect(leaks[0]).toContain('stdout (some test)')
    expect(leaks[0]).not.toContain(secret)
  })

  test('finds nothing where nothing stands', () => {
    writeFileSync(join(collected, 'written-1'), '\u0001stdout (some test)\u0002nothing here')
    expect(leaksIn(collected)).toEqual({ secrets: 1, leaks: [] })
  })
})
