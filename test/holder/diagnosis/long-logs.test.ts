import { describe, expect, test } from 'vitest'
import { explainError } from '../../../src/holder/diagnosis/index.ts'

/*
 * Logs are handed over whole. The error in them is found wherever it stands, in time that grows with their length.
 */

const refusal =
  'An error occurred (InvalidClientTokenId) when calling the GetCallerIdentity operation: The security token included in the request is invalid.'
const expired =
  'operation error S3: ListBuckets, https response error StatusCode: 400, RequestID: X, HostID: Y, api error ExpiredToken: The provided token has expired.'

/** What programs write all day. */
const noise: Readonly<Record<string, (n: number) => string>> = {
  'lines of an application': (n) =>
    `2026-11-28T12:00:${String(n % 60).padStart(2, '0')}.123Z INFO  [worker-${n % 7}] com.example.Handler - request ${n} took ${n % 97} ms\n`,
  'lines of JSON': (n) =>
    `${JSON.stringify({ level: 'info', ts: n, error: null, message: `"job" ${n}`, code: 'Fine' })}\n`,
  'one line': (n) => `{"n":${n},"v":"abc def"},`,
}

function logOf(line: (n: number) => string, size: number): string {
  const lines: string[] = []
  for (let n = 0, length = 0; length < size; n += 1) {
    lines.push(line(n))
    length += lines.at(-1)!.length
  }
  return lines.join('')
}

function withError(log: string, part: number, error = refusal): string {
  // After a line, where the log has lines.
  const middle = Math.round(log.length * part)
  const at = part === 0 ? 0 : log.lastIndexOf('\n', middle) + 1 || middle
  return `${log.slice(0, at)}\n${error}\n${log.slice(at)}`
}

describe('a log of any length', () => {
  test.each([
    ['lines of an application', 0.1],
    ['lines of an application', 1],
    ['lines of an application', 10],
    ['lines of JSON', 0.1],
    ['lines of JSON', 1],
    ['one line', 0.1],
    ['one line', 1],
  ])(
    'of %s, %d MB, is read for its error at the begin, in the middle and at the end',
    async (kind, size) => {
      const log = logOf(noise[kind]!, size * 1e6)
      const begun = performance.now()
      for (const part of [0, 0.5, 1]) {
        const { error } = await explainError(withError(log, part))
        expect([part, error?.code, error?.operation]).toEqual([part, 'InvalidClientTokenId', 'GetCallerIdentity'])
      }
      // A tenth of that on a machine that does nothing else.
      expect(performance.now() - begun).toBeLessThan(40_000)
    },
    60_000,
  )
})

describe('a long log', () => {
  const log = logOf(noise['lines of an application']!, 400_000)

  test('of several errors is about the last one', async () => {
    const both = withError(withError(log, 0.1), 0.8, expired)
    expect((await explainError(both)).error?.code).toBe('ExpiredToken')
    const other = withError(withError(log, 0.1, expired), 0.8)
    expect((await explainError(other)).error?.code).toBe('InvalidClientTokenId')
  })

  test('is about what AWS said, not about a word that stands behind it', async () => {
    const { error } = await explainError(withError(withError(log, 0.2), 0.9, 'INFO metric AccessDenied=0 flushed'))
    expect(error?.code).toBe('InvalidClientTokenId')
  })

  // Why: parts overlap, or an error that begins in one and ends in another would be found in none.
  test('tells the whole error wherever it stands', async () => {
    for (let part = 0; part <= 1; part += 0.13) {
      const { error } = await explainError(withError(log, part))
      expect([part, error?.operation]).toEqual([part, 'GetCallerIdentity'])
      expect(error?.message).toMatch(/^The security token included in the request is invalid\./)
    }
  })

  test('gives the error of an escaped line at its end, and hides the secrets beside it', async () => {
    const told = JSON.stringify({ log: `"${refusal}" with aws_secret_access_key=${'aB3/'.repeat(10)}` })
    const { error, heldSecret } = await explainError(`${log}${told}\n`)
    expect([error?.code, heldSecret]).toEqual(['InvalidClientTokenId', true])
    expect(JSON.stringify(error)).not.toContain('aB3/aB3/')
  })

  test('without an error has none', async () => {
    expect((await explainError(log)).error).toBeNull()
  })
})
