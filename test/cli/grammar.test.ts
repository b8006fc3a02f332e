import { describe, expect, test } from 'vitest'
import { nearest, parseCommandLine } from '../../src/cli/grammar.ts'

function run(...args: string[]) {
  const line = parseCommandLine(args)
  if (line.kind !== 'run') throw new Error(`not run but ${JSON.stringify(line)}`)
  return line
}

describe('the command line', () => {
  test('means check when no verb is written, and a single word is then a profile', () => {
    expect(run()).toMatchObject({ verb: { name: 'check' }, implied: true, operands: [] })
    expect(run('dev')).toMatchObject({ verb: { name: 'check' }, implied: true, operands: ['dev'] })
    expect(run('check', 'dev')).toMatchObject({ verb: { name: 'check' }, implied: false, operands: ['dev'] })
  })

  test('takes common flags before and after the verb', () => {
    for (const args of [
      ['--json', 'chain', 'dev'],
      ['chain', '--json', 'dev'],
      ['chain', 'dev', '--json'],
    ]) {
      const line = run(...args)
      expect(line.verb.name).toBe('chain')
      expect(line.operands).toEqual(['dev'])
      expect(line.flags.on('json')).toBe(true)
    }
  })

  test('takes values after a blank, after an equal sign and after a short flag', () => {
    for (const args of [['--profile', 'dev'], ['--profile=dev'], ['-p', 'dev'], ['-pdev']])
      expect(run(...args).flags.text('profile')).toBe('dev')
  })

  test('takes a value that begins with a hyphen where the verb expects one, unless it is a flag of the verb', () => {
    for (const value of ['-abc', '-5', '--no-such-flag', '-'])
      expect(run('configure', 'set', 'external_id', value).operands).toEqual(['set', 'external_id', value])
    const flagged = run('configure', 'set', 'external_id', '--profile', 'dev', '-x')
    expect(flagged.operands).toEqual(['set', 'external_id', '-x'])
    expect(flagged.flags.text('profile')).toBe('dev')
  })

  test('gives each of two verbs its own flag of the same name', () => {
    expect(run('lint', '--format', 'sarif').flags.text('format')).toBe('sarif')
    expect(run('configure', 'export', '--format', 'fish').flags.text('format')).toBe('fish')
    expect(parseCommandLine(['lint', '--format', 'fish'])).toMatchObject({ kind: 'wrong' })
  })

  test('keeps what stands after -- for a child command', () => {
    expect(run('check', 'dev', '--', 'aws', 's3', 'ls', '--json')).toMatchObject({
      operands: ['dev'],
      child: ['aws', 's3', 'ls', '--json'],
    })
    expect(run('check', '--', 'aws').flags.on('json')).toBe(false)
  })

  test.each([
    [['--jsn'], 'There is no flag --jsn.', 'Did you mean --json?'],
    [['-x'], 'There is no flag -x.', 'See: countersign --help'],
    [['--profile'], '--profile needs a value: --profile NAME.', null],
    [['--profile='], '--profile needs a value: --profile NAME.', null],
    [['--profile', '--json'], '--profile needs a value: --profile NAME.', null],
    [['--json=yes'], '--json takes no value.', null],
    [['--color', 'pink'], '--color is one of auto, on, off, not "pink".', null],
    [['chekc', 'dev'], 'There is no verb "chekc".', 'Did you mean: countersign check?'],
    [['configure', 'get', '-x'], 'There is no flag -x.', 'See: countersign --help'],
    [['whoami', 'a', 'b'], '"whoami" does not know what to do with "b".', 'Usage: countersign whoami [PROFILE]'],
    [['check', '--port', '1'], '--port does not belong to "check".', 'See: countersign help check'],
    [['help', 'srve'], 'There is no verb "srve".', 'Did you mean: countersign serve?'],
  ])('refuses %j with one sentence', (args, says, hint) => {
    expect(parseCommandLine(args)).toEqual({ kind: 'wrong', says, hint })
  })

  test('shows help of the verb that is named anywhere', () => {
    expect(parseCommandLine(['--help'])).toEqual({ kind: 'help', verb: null })
    for (const args of [
      ['serve', '-h'],
      ['-h', 'serve'],
      ['help', 'serve'],
    ])
      expect(parseCommandLine(args)).toMatchObject({ kind: 'help', verb: { name: 'serve' } })
    expect(parseCommandLine(['--version'])).toEqual({ kind: 'version' })
  })

  test('finds the word that was meant within two typing mistakes, and nothing beyond', () => {
    expect(nearest('explian', ['check', 'explain'])).toBe('explain')
    expect(nearest('chain', ['chain'])).toBe('chain')
    expect(nearest('x', ['env', 'lab'])).toBeNull()
    expect(nearest('production', ['check', 'chain'])).toBeNull()
  })
})
