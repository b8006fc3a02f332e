import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Choice, choose, consent } from '../../src/cli/prompts.ts'
import type { Call } from '../../src/cli/terminal.ts'
import { inTerminal } from './in-terminal.ts'
import { countersign, main, makeHome } from './program.ts'

/*
 * Questions at the terminal, with the real program in a real one. What asks here is `process`: first for the passphrase of a vault, or for a
 * one-time code, which then goes nowhere (nobody listens at the endpoint).
 */
const serial = 'arn:aws:iam::123456789012:mfa/alice'
const files = {
  '.aws/config': `[profile careful]
region = us-east-1
endpoint_url = http://127.0.0.1:9
mfa_serial = ${serial}
[profile vaulted]
credential_process = countersign process vaulted
`,
  '.aws/credentials': `[careful]\naws_access_key_id = AKIAQRSTUVWXQRSTUVWX\naws_secret_access_key = ${'madeUpBy'.repeat(5)}\n`,
}
const program = `${process.execPath} ${main}`

/** The program in a shell that tells how it ended and how the terminal is then. */
function watched(line: string, setting: Parameters<typeof inTerminal>[1] = {}) {
  return inTerminal(['-c', `${line}; echo "ended with $?"; stty -a`], { files, program: '/bin/sh', ...setting })
}

async function endsSanely(terminal: ReturnType<typeof inTerminal>, code: number): Promise<void> {
  await terminal.until(`ended with ${code}`)
  expect(await terminal.ended).toBe(0)
  const modes = terminal.text().slice(terminal.text().lastIndexOf('ended with'))
  for (const mode of ['icanon', 'echo', 'isig', 'icrnl', 'opost'])
    expect(modes).toMatch(new RegExp(`(^|\\s)${mode}\\b`))
}

describe('a question', () => {
  test('does not show what is typed, takes a code in two groups, and lets typing errors be undone', async () => {
    const terminal = watched(`${program} process careful`)
    await terminal.until(`One-time code of ${serial}: `)
    // An arrow, a letter that is rubbed out, a line that is cleared.
    terminal.type('98x\x1b[D\x7f\x15123 4x\x7f56\r')
    await endsSanely(terminal, 3)
    expect(terminal.text()).toContain('127.0.0.1:9')
    for (const typed of ['98', '123 4', '1234'])
      expect(terminal.text().split('One-time code')[1]!.split('ended')[0]).not.toContain(`: ${typed}`)
  })

  test('asks again for what is no code, and takes what was pasted behind it', async () => {
    const terminal = watched(`${program} process careful`)
    await terminal.until(`One-time code of ${serial}: `)
    terminal.type('hello\r123456\r')
    await terminal.until('A code is six digits.')
    await terminal.until('One-time code')
    await endsSanely(terminal, 3)
    expect(terminal.text()).not.toContain('hello')
  })

  test('is cancelled by Ctrl-D, and by Enter alone', async () => {
    for (const keys of ['\x04', '12\x04', '\r']) {
      const terminal = watched(`${program} process careful`)
      await terminal.until('One-time code')
      terminal.type(keys)
      await endsSanely(terminal, 3)
      expect(terminal.text()).toContain('none was given')
    }
  })

  test('ends the program with 130 on Ctrl-C, with the terminal as it was', async () => {
    const terminal = watched(`${program} process careful`)
    await terminal.until('One-time code')
    terminal.type('12\x03')
    await endsSanely(terminal, 130)
  })

  test('leaves the terminal as it was when the program is ended from outside', async () => {
    const terminal = watched(`${program} process careful & echo "started $!"; wait $!`)
    await terminal.until('One-time code')
    const [, id] = /started (\d+)/.exec(terminal.text())!
    process.kill(Number(id), 'SIGTERM')
    await endsSanely(terminal, 143)
  })

  test('stays readable in a narrow terminal, and is plain text with NO_COLOR', async () => {
    const terminal = watched(`${program} process careful`, { columns: 30, env: { NO_COLOR: '1' } })
    await terminal.until('One-time code')
    terminal.type('\x04')
    await endsSanely(terminal, 3)
    expect(terminal.raw()).not.toContain('\x1b')
  })

  test('opens the terminal when the streams are captured, and writes the question nowhere else', async () => {
    const home = makeHome(files)
    const terminal = watched(`${program} process careful </dev/null >out 2>err`, { home })
    await terminal.until('One-time code')
    terminal.type('\x03')
    await endsSanely(terminal, 130)
    expect([readFileSync(join(home, 'out'), 'utf8'), readFileSync(join(home, 'err'), 'utf8')]).toEqual(['', ''])
  })

  test('is not waited for where there is no terminal', async () => {
    const { code, stdout, stderr } = await countersign(['process', 'careful'], { files })
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
    expect(stderr).toContain('there is no terminal to ask for it')
  })
})

describe('the passphrase of a vault', () => {
  const env = { COUNTERSIGN_VAULT: 'file' }
  const importing = `${program} configure import --keychain --profile careful --yes`

  test('is asked twice for a new one, and nothing is written when the two differ', async () => {
    const home = makeHome(files)
    const terminal = watched(importing, { home, env })
    await terminal.until('Choose a passphrase for the vault: ')
    terminal.type('one\r')
    await terminal.until('Once more: ')
    terminal.type('other\r')
    await endsSanely(terminal, 1)
    expect(terminal.text()).toContain('The two passphrases differ')
    expect(readFileSync(join(home, '.aws', 'credentials'), 'utf8')).toBe(files['.aws/credentials'])
    expect(existsSync(join(home, '.local', 'state', 'countersign', 'vault'))).toBe(false)
  })

  test.each([
    ['the first', ['\x03']],
    ['the second', ['one\r', '\x03']],
  ])('leaves everything as it was when Ctrl-C answers %s question', async (_which, answers) => {
    const home = makeHome(files)
    const terminal = watched(importing, { home, env })
    for (const [index, keys] of answers.entries()) {
      await terminal.until(['Choose a passphrase for the vault: ', 'Once more: '][index]!)
      terminal.type(keys)
    }
    await endsSanely(terminal, 130)
    expect(readFileSync(join(home, '.aws', 'config'), 'utf8')).toBe(files['.aws/config'])
    expect(readFileSync(join(home, '.aws', 'credentials'), 'utf8')).toBe(files['.aws/credentials'])
    expect(existsSync(join(home, '.local', 'state', 'countersign', 'vault'))).toBe(false)
  })

  test('opens what was kept under it, is not shown, and is asked again when it is wrong', async () => {
    const home = makeHome(files)
    const keeping = watched(importing, { home, env })
    for (const question of ['Choose a passphrase for the vault: ', 'Once more: ']) {
      await keeping.until(question)
      keeping.type('open sesame\r')
    }
    await endsSanely(keeping, 0)
    const config = readFileSync(join(home, '.aws', 'config'), 'utf8').replace(/^mfa_serial.*\n/m, '')
    writeFileSync(join(home, '.aws', 'config'), config)
    expect(config).toMatch(/^credential_process = .* process careful$/m)
    const terminal = watched(`${program} process careful >out`, { home, env })
    await terminal.until('Passphrase of the vault: ')
    terminal.type('open barley\r')
    await terminal.until('That is not it. Passphrase of the vault: ')
    terminal.type('open sesame\r')
    await endsSanely(terminal, 0)
    expect(JSON.parse(readFileSync(join(home, 'out'), 'utf8')).AccessKeyId).toBe('AKIAQRSTUVWXQRSTUVWX')
    expect(keeping.raw() + terminal.raw()).not.toMatch(/sesame|barley/)
  })
})

/** A call whose person gives these answers, one after the other; then nothing any more. */
function callOf(answers: (string | null)[], { yes = false, isThere = true } = {}) {
  const said: string[] = []
  const terminal = {
    ask: async (question: string) => {
      said.push(question)
      return answers.shift() ?? null
    },
    err: (text: string) => void said.push(text),
    isPersonThere: async () => isThere,
  }
  const flags = { on: (name: string) => yes && name === 'yes', text: () => undefined }
  return { call: { terminal, flags } as unknown as Call, said }
}

describe('consent', () => {
  test.each(['y', 'Y', 'yes', 'YES'])('is given with %s', async (answer) => {
    await consent(callOf([answer]).call, 'Shall it be?')
  })

  test.each(['n', 'no', 'yess', 'j', null])('is not given with %s', async (answer) => {
    await expect(consent(callOf([answer]).call, 'Shall it be?')).rejects.toMatchObject({ code: 'cancelled' })
  })

  test('is not asked for with --yes, and cannot be given by nobody', async () => {
    const { call, said } = callOf([], { yes: true })
    await consent(call, 'Shall it be?')
    expect(said).toEqual([])
    const nobody = callOf([], { isThere: false })
    await expect(consent(nobody.call, 'Shall it be?')).rejects.toMatchObject({ code: 'usage' })
  })
})

describe('choosing', () => {
  const choices: readonly Choice<string>[] = [
    { value: 'a', says: 'the first' },
    { value: 'b', says: 'the second' },
  ]

  test('takes a number of the list, after at most two that are none', async () => {
    const { call, said } = callOf(['0', '3', '2'])
    expect(await choose(call, 'Which?', choices)).toBe('b')
    expect(said.slice(0, 2)).toEqual(['  1  the first\n', '  2  the second\n'])
    expect(await choose(callOf(['x', '1.0', '-1', '1']).call, 'Which?', choices)).toBeNull()
    expect(await choose(callOf([null]).call, 'Which?', choices)).toBeNull()
  })

  test('asks nobody where there is one, and takes none where nobody is there', async () => {
    const { call, said } = callOf([])
    expect(await choose(call, 'Which?', choices.slice(0, 1))).toBe('a')
    expect(said).toEqual([])
    expect(await choose(callOf(['1'], { isThere: false }).call, 'Which?', choices)).toBeNull()
    expect(await choose(callOf(['1']).call, 'Which?', [])).toBeNull()
  })
})
