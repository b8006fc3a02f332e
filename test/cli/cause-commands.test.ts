import { spawnSync } from 'node:child_process'
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import * as commands from '../../src/holder/diagnosis/catalogue/commands.ts'
import { catalogue } from '../../src/holder/diagnosis/catalogue/index.ts'
import type { Shell } from '../../src/holder/diagnosis/verdict.ts'
import { environment, main, makeHome } from './program.ts'

type Installed = Extract<Shell, 'bash' | 'fish'>

const shells = (['bash', 'fish'] as const).filter((shell) => spawnSync(shell, ['--version']).status === 0)

/** All command lines of the catalogue for one shell, each once. */
function linesFor(shell: Shell): readonly string[] {
  const all = Object.values(catalogue).flatMap(({ fixes }) => fixes.flatMap(({ commands: each }) => each[shell]))
  return [...new Set(all)]
}

/** Runs lines in an environment of their own. */
function typed(shell: Installed, lines: readonly string[], env: Readonly<Record<string, string>>) {
  return spawnSync(shell, ['-c', lines.join('\n')], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '', ...env },
  })
}

/** What no output may hold. */
const secret = 'p9Zq0bTnJ2kWmYc4LsXvG8hR5dFe7aUiO1NtBx3Q'

describe('the commands of the catalogue', () => {
  test.each(shells)('are read by %s without complaint', (shell) => {
    const lines = linesFor(shell)
    expect(lines.length).toBeGreaterThan(80)
    const { status, stderr } = spawnSync(shell, ['-n', '-c', lines.join('\n')], { encoding: 'utf8' })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  })

  test.each(shells)('show what is set in %s, and nothing that is secret', (shell) => {
    const { stdout } = typed(shell, commands.showVariables[shell], {
      HOME: makeHome(),
      AWS_PROFILE: 'dev',
      AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
      AWS_SECRET_ACCESS_KEY: secret,
      AWS_SESSION_TOKEN: secret,
      AWS_SECURITY_TOKEN: secret,
      AWS_BEARER_TOKEN_BEDROCK: secret,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: secret,
      AWS_WEB_IDENTITY_TOKEN_FILE: '/var/run/token',
    })
    expect(stdout).not.toContain(secret)
    for (const line of [
      'AWS_PROFILE=dev',
      'AWS_SESSION_TOKEN=(set, hidden)',
      'AWS_WEB_IDENTITY_TOKEN_FILE=/var/run/token',
    ])
      expect(stdout.split('\n')).toContain(line)
  })

  test.each(shells)('find in %s where start-up files set variables, and print no value', (shell) => {
    const HOME = makeHome({
      '.bashrc': `# export AWS_PROFILE=old\nexport AWS_SECRET_ACCESS_KEY=${secret} AWS_PROFILE=dev\n  AWS_REGION=x\n`,
      '.config/fish/config.fish': `set -gx AWS_SECRET_ACCESS_KEY ${secret}\n`,
    })
    const { stdout } = typed(shell, commands.findExports[shell], { HOME })
    expect(stdout).toMatch(
      shell === 'bash' ? /\.bashrc:2:export AWS_SECRET_ACCESS_KEY=\n.*:3:/ : /1:set -gx AWS_SECRET/,
    )
    expect(stdout).not.toContain(secret)
    expect(stdout).not.toContain('old')
  })

  test.each(shells)('show in %s what a web identity token says of itself', (shell) => {
    const claims = '{"aud":"sts.amazonaws.com","sub":"repo:a/b:ref:refs/heads/main?>>>"}'
    const part = (text: string) => Buffer.from(text).toString('base64url')
    const HOME = makeHome({ token: `${part('{"alg":"RS256"}')}.${part(claims)}.${secret}` })
    const { stdout } = typed(shell, commands.showClaims[shell], {
      HOME,
      AWS_WEB_IDENTITY_TOKEN_FILE: join(HOME, 'token'),
    })
    expect(stdout.trim()).toBe(claims)
  })

  test.each(shells)('take a session of a profile over in %s', (shell) => {
    const names = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']
    const HOME = makeHome({
      'bin/countersign': `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`,
      '.aws/credentials': `[NAME]\n${names.map((name) => `${name.toLowerCase()} = of-${name}`).join('\n')}\n`,
    })
    chmodSync(join(HOME, 'bin/countersign'), 0o755)
    const PATH = `${join(HOME, 'bin')}:${process.env['PATH'] ?? ''}`
    const { stdout } = typed(shell, [...commands.exportProfile[shell], 'env'], { ...environment(HOME), PATH })
    for (const name of names) expect(stdout.split('\n')).toContain(`${name}=of-${name}`)
  })
})
