import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { verbs } from '../../src/cli/rows/index.ts'
import { manPage, manualPage } from '../../src/cli/say/manual.ts'
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
    const [usage = ''] = stdout.split('\n\n', 1)
    expect(usage.split('\n').filter((line) => line.length > 80)).toEqual([])
    expect(stdout).toContain('Examples\n')
  })

  test('tells the version of the package', async () => {
    const { code, stdout } = await countersign(['--version'])
    const { version } = (await import('../../package.json', { with: { type: 'json' } })).default
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${version}\n` })
  })
})

describe('the manual', () => {
  test('is what npm run manual writes', () => {
    const written = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
    const { version } = JSON.parse(written('package.json')) as { version: string }
    expect(written('docs/cli.md'), 'npm run manual').toBe(manualPage())
    expect(written('man/countersign.1'), 'npm run manual').toBe(manPage(version))
  })

  test('has two examples or more for every verb', () => {
    expect(verbs.filter(({ examples }) => examples.length < 2).map(({ name }) => name)).toEqual([])
  })

  test.skipIf(spawnSync('groff', ['--version']).error !== undefined)('has nothing that troff complains of', () => {
    const { stderr } = spawnSync('groff', ['-man', '-ww', '-z', 'man/countersign.1'], { encoding: 'utf8' })
    expect(stderr).toBe('')
  })
})
