import { describe, expect, test } from 'vitest'
import type { CommandOutcome } from '../../../src/holder/machine/machine.ts'
import { realMachine } from '../../../src/holder/machine/real.ts'
import { windowsWords } from '../../../src/holder/resolution/windows-words.ts'
import { home, machineWith, resolveOn, valuesOf } from './machine.ts'

const config = '[default]\ncredential_process = print-keys --for "a b"\n'
const line = 'print-keys --for a b'
const ended = (stdout: string, rest: Partial<CommandOutcome> = {}): CommandOutcome =>
  ({ kind: 'ended', exitCode: 0, signal: null, stdout, stderr: '', ...rest }) as CommandOutcome
const resolveWith = (outcome: CommandOutcome) => resolveOn(machineWith({ config, run: { [line]: outcome } }))

describe('a credential_process', () => {
  test('gives what it prints', async () => {
    const printed = {
      Version: 1,
      AccessKeyId: 'AKIDPROCESS',
      SecretAccessKey: 'secret',
      SessionToken: 'token',
      Expiration: '2026-11-28T13:00:00+00:00',
      AccountId: '123456789012',
    }
    const resolution = await resolveWith(ended(`  ${JSON.stringify(printed)}\r\n`))
    expect(valuesOf(resolution)).toEqual({
      provider: 'custom-process',
      accessKeyId: 'AKIDPROCESS',
      secretAccessKey: 'secret',
      sessionToken: 'token',
      expiration: '2026-11-28T13:00:00.000Z',
      accountId: '123456789012',
    })
    expect(resolution.trail).toEqual([{ kind: 'process', program: 'print-keys', exitCode: 0 }])
  })

  test('may leave out what a long-term key does not have', async () => {
    const resolution = await resolveWith(
      ended('{"Version":1,"AccessKeyId":"A","SecretAccessKey":"s","SessionToken":null}'),
    )
    expect(valuesOf(resolution)).toMatchObject({ sessionToken: null, expiration: null, accountId: null })
  })

  const good = '"AccessKeyId":"A","SecretAccessKey":"s"'
  test.each([
    ['', 'nothing at all'],
    ['AKIDPROCESS secret', 'no JSON object'],
    ['[1]', 'no JSON object'],
    [`{${good}}`, "Unsupported version '<Version key not provided>'"],
    [`{"Version":"1",${good}}`, `Unsupported version '"1"'`],
    [`{"Version":2,${good}}`, "Unsupported version '2'"],
    ['{"Version":1,"AccessKeyId":"A"}', "Missing required key in response: 'SecretAccessKey'"],
    ['{"Version":1,"AccessKeyId":"","SecretAccessKey":"s"}', 'AccessKeyId is empty'],
    ['{"Version":1,"AccessKeyId":"A","SecretAccessKey":7}', 'SecretAccessKey is no text'],
    [`{"Version":1,${good},"SessionToken":{}}`, 'SessionToken is no text'],
    [`{"Version":1,${good},"Expiration":"tomorrow"}`, 'Expiration is no instant'],
  ])('that prints %j is told what is wrong with it', async (printed, words) => {
    const resolution = await resolveWith(ended(printed))
    expect(resolution).toMatchObject({
      kind: 'failed',
      reason: 'process-output',
      at: { file: `${home}/.aws/config`, line: 2 },
    })
    if (resolution.kind === 'failed') expect(resolution.because).toContain(words)
  })

  test('that prints what is over already has failed', async () => {
    const printed = `{"Version":1,${good},"Expiration":"2026-11-28T12:00:00Z"}`
    expect(await resolveWith(ended(printed))).toMatchObject({
      reason: 'expired',
      because: 'the credential_process of [default] printed credentials that ended 2026-11-28T12:00:00Z',
    })
  })

  test('that fails is quoted with the end of its complaint, and with no secret', async () => {
    const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'
    const stderr = `line one\nline two\nkey ${secret}\u001b[31m\ntoken "odd but secret"\nplease sign in\n\n`
    const stdout = '{"SessionToken":"odd but secret"}'
    const resolution = await resolveWith(ended(stdout, { exitCode: 3, stderr }))
    expect(resolution).toMatchObject({
      reason: 'process-failed',
      because:
        'the credential_process of [default] ended with exit code 3: key ‹hidden› [31m token "‹hidden›" please sign in',
      trail: [{ kind: 'process', exitCode: 3 }],
    })
    expect(JSON.stringify(resolution)).not.toContain(secret)
  })

  test.each([
    [ended('', { exitCode: null, signal: 'SIGTERM' }), 'process-failed', 'ended with SIGTERM'],
    [{ kind: 'timed-out', stderr: '' }, 'process-timed-out', 'did not come to an end within 60 s'],
    [{ kind: 'too-much-output' }, 'process-output', 'printed more than 1 MiB'],
    [
      { kind: 'not-started', because: 'not-found', detail: 'ENOENT: there is no such program' },
      'process-not-started',
      'cannot be run: print-keys: ENOENT: there is no such program',
    ],
  ] satisfies [CommandOutcome, string, string][])(
    'that comes to no good end is told so: %o',
    async (outcome, reason, words) => {
      const resolution = await resolveWith(outcome)
      expect(resolution).toMatchObject({ kind: 'failed', reason })
      if (resolution.kind === 'failed') expect(resolution.because).toContain(words)
    },
  )

  test('is described and not run when that is forbidden, or on a machine that runs nothing', async () => {
    const machine = machineWith({ config, run: { [line]: ended(`{"Version":1,${good}}`) } })
    expect(await resolveOn(machine, { exec: false })).toMatchObject({ kind: 'described', needs: 'process', trail: [] })
    expect(await resolveOn(machine, { offline: true })).toMatchObject({ kind: 'resolved' })
    expect(await resolveOn(machineWith({ config }))).toMatchObject({ kind: 'described', needs: 'process' })
  })

  test('is really run, without a shell, and ended at its deadline', async () => {
    const real = realMachine()
    const script = `console.log(JSON.stringify({Version:1,AccessKeyId:process.argv[1],SecretAccessKey:process.argv[2]}))`
    const run = real.run
    const on = (command: string) => machineWith({ config: `[default]\ncredential_process = ${command}\n`, run })
    const resolution = await resolveOn(on(`"${process.execPath}" -e '${script}' "$HOME" '; x'`))
    expect(valuesOf(resolution)).toMatchObject({ accessKeyId: '$HOME', secretAccessKey: '; x' })
    const slow = await resolveOn(on(`"${process.execPath}" -e 'setTimeout(() => {}, 60000)'`), {
      processTimeoutMs: 200,
    })
    expect(slow).toMatchObject({ reason: 'process-timed-out' })
  })
})

describe('a command line on Windows', () => {
  // The rows of Microsoft's own table ("Results of parsing command lines"), and what botocore's own tests have.
  test.each([
    ['"a b c" d e', ['a b c', 'd', 'e']],
    [String.raw`"ab\"c" "\\" d`, ['ab"c', '\\', 'd']],
    [String.raw`a\\\b d"e f"g h`, [String.raw`a\\\b`, 'de fg', 'h']],
    [String.raw`a\\\"b c d`, [String.raw`a\"b`, 'c', 'd']],
    [String.raw`a\\\\"b c" d e`, [String.raw`a\\b c`, 'd', 'e']],
    ['', []],
    [' \t one\t two  ', ['one', 'two']],
    ['""', ['']],
    [String.raw`C:\tools\x.exe "open`, [String.raw`C:\tools\x.exe`, 'open']],
    ['trailing\\', ['trailing\\']],
  ])('%s is read as a C program reads it', (text, words) => {
    expect(windowsWords(text)).toEqual(words)
  })

  test('is split in linear time', () => {
    expect(windowsWords('\\'.repeat(200_000))).toEqual(['\\'.repeat(200_000)])
    expect(windowsWords('a\\ "'.repeat(50_000)).length).toBeGreaterThan(1)
  })
})
