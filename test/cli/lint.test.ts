import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import Ajv from 'ajv'
import { describe, expect, test } from 'vitest'
import { countersign } from './program.ts'

const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'
const keys = `aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = ${secret}\n`
const clean = { '.aws/credentials': `[default]\n${keys}` }
const broken = {
  '.aws/config': '[dev]\nregion = eu-west-1a\n',
  '.aws/credentials': `[default]\n${keys}hello\n`,
}

describe('lint', () => {
  test('says in one line that nothing is wrong, with exit code 0', async () => {
    expect(await countersign(['lint'], { files: clean })).toMatchObject({
      code: 0,
      stdout: '✓ Nothing is wrong with ~/.aws/credentials.\n',
      stderr: '',
    })
    expect(await countersign(['lint'])).toMatchObject({ code: 0, stdout: '✓ There are no AWS files here.\n' })
  })

  test('tells for each defect the place, what is wrong, who breaks and the cure, with exit code 1', async () => {
    const { code, stdout, stderr } = await countersign(['lint'], { files: broken })
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    expect(stdout).toContain('✗ 3 errors in ~/.aws/config and ~/.aws/credentials.\n')
    expect(stdout).toContain('~/.aws/config:1:1  error  profile-prefix\n')
    expect(stdout).toContain('~/.aws/config:2:10  error  region-shape\n  eu-west-1a is an availability zone')
    expect(stdout).toContain('~/.aws/credentials:4:1  error  not-a-setting\n')
    expect(stdout).toMatch(/boto3[^→]*stop: ConfigParseError/)
    expect(stdout).toContain('  → Write [profile dev]. (safe)\n')
    expect(stdout).not.toContain(secret)
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([])
  })

  test('keeps to one line for each defect with --quiet', async () => {
    const { code, stdout } = await countersign(['lint', '--quiet'], { files: broken })
    expect(code).toBe(1)
    expect(stdout.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^~\/\.aws\/config:1:1: error: .* \(profile-prefix\)$/),
      expect.stringMatching(/^~\/\.aws\/config:2:10: error: .* \(region-shape\)$/),
      expect.stringMatching(/^~\/\.aws\/credentials:4:1: error: .* \(not-a-setting\)$/),
    ])
  })

  test('does not count notes', async () => {
    const files = { '.aws/credentials': `[default]\n${keys}Output = json\n` }
    const { code, stdout } = await countersign(['lint'], { files })
    expect({ code, first: stdout.split('\n')[0] }).toEqual({ code: 0, first: '✓ 1 note in ~/.aws/credentials.' })
  })

  test('gives the same as JSON, with the shape of the contract', async () => {
    for (const format of [['--json'], ['--format', 'json']]) {
      const { code, stdout } = await countersign(['lint', ...format], { files: broken })
      expect(code).toBe(1)
      const report = JSON.parse(stdout)
      expect(Object.keys(report)).toEqual(['schema', 'files', 'summary', 'findings', 'more'])
      expect(report).toMatchObject({
        schema: 'countersign.lint/1',
        files: [
          { file: '~/.aws/config', role: 'config', state: 'read', profiles: 1 },
          { file: '~/.aws/credentials', role: 'credentials', state: 'read', profiles: 1 },
        ],
        summary: { errors: 3, warnings: 0, notes: 0 },
        more: 0,
      })
      expect(report.findings[0]).toMatchObject({
        rule: 'profile-prefix',
        level: 'error',
        at: { file: '~/.aws/config', line: 1, column: 1, endLine: 1, endColumn: 6 },
        profile: 'dev',
        cure: 'Write [profile dev].',
        fix: { edits: [{ file: '~/.aws/config', line: 1, column: 2, endLine: 1, endColumn: 5, text: 'profile dev' }] },
      })
      expect(stdout).not.toContain(secret)
    }
  })

  test('gives the same as SARIF 2.1.0, by its schema', async () => {
    const { code, stdout } = await countersign(['lint', '--format', 'sarif'], { files: broken })
    const log = JSON.parse(stdout)
    const path = createRequire(import.meta.url).resolve('ajv/lib/refs/json-schema-draft-04.json')
    const ajv = new Ajv({ schemaId: 'id', meta: false, logger: false })
    ajv.addMetaSchema(JSON.parse(readFileSync(path, 'utf8')))
    const schema = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'vectors', 'sarif-2.1.0.json'), 'utf8'))
    expect(ajv.validate(schema, log), ajv.errorsText()).toBe(true)
    const [run] = log.runs
    expect(code).toBe(1)
    expect(run.results.map(({ ruleId }: { ruleId: string }) => ruleId)).toEqual([
      'profile-prefix',
      'region-shape',
      'not-a-setting',
    ])
    expect(run.results[0].locations[0].physicalLocation.artifactLocation.uri).toMatch(/^file:\/\/\/.*\.aws\/config$/)
    expect(stdout).not.toContain(secret)
  })

  test('changes no file and asks nobody, whatever the variables of the shell say', async () => {
    const env = { AWS_PROFILE: 'gone', AWS_ACCESS_KEY_ID: 'AKIAI44QH8DHBEXAMPLE' }
    expect(await countersign(['lint'], { files: clean, env })).toMatchObject({ code: 0, stderr: '' })
  })

  test('refuses a format that it does not know, and operands', async () => {
    expect(await countersign(['lint', '--format', 'xml'])).toMatchObject({ code: 2, stdout: '' })
    expect(await countersign(['lint', 'x'])).toMatchObject({ code: 2, stdout: '' })
  })
})
