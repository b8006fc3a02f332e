import { describe, expect, test } from 'vitest'
import { planUserVariable, processLine } from '../../../src/holder/configure/index.ts'
import { shellSplit } from '../../../src/holder/files/dialects/python.ts'
import { recordedMachine } from '../../../src/holder/machine/recorded.ts'
import { windowsWords } from '../../../src/holder/resolution/windows-words.ts'

describe('the credential_process of a profile', () => {
  const linux = recordedMachine({})
  const windows = recordedMachine({ platform: 'win32' })

  test('is read back by the rules of Python as the words that were meant, also with blanks in the paths', () => {
    const program = { node: '/opt/my node/bin/node', script: '/opt/counter sign/dist/countersign.cjs' }
    const made = processLine(linux, program, 'my profile')
    if (made.kind !== 'line') throw new Error(made.says)
    expect(made.line).toBe('"/opt/my node/bin/node" "/opt/counter sign/dist/countersign.cjs" process "my profile"')
    expect(shellSplit(made.line)).toEqual({
      kind: 'words',
      words: [program.node, program.script, 'process', 'my profile'],
    })
  })

  test('is read back by the rules of Windows, with its backslashes', () => {
    const program = {
      node: 'C:\\Program Files\\nodejs\\node.exe',
      script: 'C:\\Users\\a\\npm\\node_modules\\countersign\\dist\\countersign.cjs',
    }
    const made = processLine(windows, program, 'dev')
    if (made.kind !== 'line') throw new Error(made.says)
    expect(made.line).toBe(`"${program.node}" ${program.script} process dev`)
    expect(windowsWords(made.line)).toEqual([program.node, program.script, 'process', 'dev'])
  })

  test('does not rely on what npx throws away', () => {
    const made = processLine(
      linux,
      { node: '/usr/bin/node', script: '/Users/a/.npm/_npx/1f2e/node_modules/countersign/dist/countersign.cjs' },
      'dev',
    )
    expect(made).toMatchObject({ kind: 'refused', hint: 'Install it first: npm install --global countersign' })
  })

  test('outlives the next version of Node that Homebrew brings', () => {
    const mac = recordedMachine({ platform: 'darwin', files: { '/opt/homebrew/opt/node/bin/node': '' } })
    const made = processLine(
      mac,
      {
        node: '/opt/homebrew/Cellar/node/26.1.0/bin/node',
        script: '/opt/homebrew/lib/node_modules/countersign/dist/countersign.cjs',
      },
      'dev',
    )
    expect(made).toMatchObject({ line: expect.stringMatching(/^\/opt\/homebrew\/opt\/node\/bin\/node /) })
  })

  test.each(['a"b', 'a$b', 'a`b', '-x', 'a\\b', 'a #b'])(
    'is refused for a profile that shells read in different ways: %s',
    (name) => {
      expect(processLine(linux, { node: '/n', script: '/s' }, name)).toMatchObject({ kind: 'refused' })
    },
  )
})

describe("a variable of a Windows user's account", () => {
  const windows = recordedMachine({ platform: 'win32', env: { PATH: 'C:\\Windows' } })
  const lines = (name: string, value: string | null) => {
    const plan = planUserVariable(windows, name, value)
    return plan.kind === 'commands'
      ? plan.commands.map(({ line }) => ('shell' in line ? line.shell : line.join(' ')))
      : plan
  }

  test('is set by PowerShell, with the value in no command line, and by setx with a blank where there is none', () => {
    const plan = planUserVariable(windows, 'AWS_PROFILE', 'dev')
    if (plan.kind !== 'commands') throw new Error(plan.kind)
    const [powershell, , setx] = plan.commands
    expect(JSON.stringify(powershell!.line)).not.toContain('dev')
    expect(powershell!.env).toMatchObject({
      PATH: 'C:\\Windows',
      COUNTERSIGN_NAME: 'AWS_PROFILE',
      COUNTERSIGN_VALUE: 'dev',
    })
    expect(setx!.line).toEqual(['setx.exe', 'AWS_PROFILE', 'dev'])
  })

  test('of more than 1024 characters is never given to setx, which would cut it', () => {
    expect(lines('AWS_SESSION_TOKEN', 'x'.repeat(1024))).toHaveLength(3)
    expect(lines('AWS_SESSION_TOKEN', 'x'.repeat(1025))).toEqual([
      expect.stringMatching(/^powershell/),
      expect.stringMatching(/^pwsh/),
    ])
  })

  test('is taken away, not left empty', () => {
    expect(lines('AWS_SESSION_TOKEN', null)).toEqual([
      expect.stringContaining('$null'),
      expect.stringContaining('$null'),
      'reg.exe delete HKCU\\Environment /F /V AWS_SESSION_TOKEN',
    ])
  })

  test('has a name that is no code', () => {
    expect(planUserVariable(windows, "x','y", 'z')).toMatchObject({ kind: 'refused' })
    expect(planUserVariable(windows, 'X', 'a\nb')).toMatchObject({ kind: 'refused' })
  })

  test('is nothing that other systems have', () => {
    expect(planUserVariable(recordedMachine({ platform: 'darwin' }), 'A', 'b')).toEqual({ kind: 'no-such-thing' })
  })
})
