import { describe, expect, test } from 'vitest'
import { verbs } from '../../src/cli/rows/index.ts'
import { countersign } from './program.ts'

describe('help', () => {
  test('goes to stdout, names every verb and every exit code, and keeps to 80 columns', async () => {
    for (const args of [['--help'], ['help'], ['-h']]) {
      const { code, stdout, stderr } = await countersign(args)
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      for (const { name } of verbs) expect(stdout).toMatch(new RegExp(`^  ${name} +\\S`, 'm'))
      for (const exit of ['0', '1', '2', '3', '70']) expect(stdout).toMatch(new RegExp(`^  ${exit} +\\S`, 'm'))
      expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([])
    }
  })

  test.each(verbs.map(({ name }) => name))('of %s says how to call it, with examples', async (name) => {
    const { code, stdout } = await countersign(['help', name])
    expect(code).toBe(0)
    expect(stdout).toMatch(new RegExp(`^Usage  countersign ${name}\\b`))
    expect(stdout).toContain('Examples\n')
  })

  test('tells the version of the package', async () => {
    const { code, stdout } = await countersign(['--version'])
    const { version } = (await import('../../package.json', { with: { type: 'json' } })).default
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${version}\n` })
  })
})
