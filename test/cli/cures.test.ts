import { spawnSync } from 'node:child_process'
import { chmodSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { countersign, environment, main, makeHome, type Setting } from './program.ts'

/** A well-formed pair that belongs to nobody: offline only its form is looked at. */
const id = 'AKIAQ3EGPZ5NJ7XW2VKD'
const secret = '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'

/** Another one. */
const otherId = 'AKIAQ3EGPZ5NJ7XW2VKE'

/** Types a line into bash, with a `countersign` on its path that has been given leave; gives the names of what is set afterwards. */
function typedWithConsent(line: string, home: string, env: Readonly<Record<string, string>>): ReadonlySet<string> {
  const bin = makeHome({ countersign: `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@" --yes --offline\n` })
  chmodSync(join(bin, 'countersign'), 0o755)
  const { stdout } = spawnSync('bash', ['-c', `{ ${line}; } >&2; compgen -e`], {
    encoding: 'utf8',
    env: { ...environment(home, env), PATH: `${bin}:${process.env['PATH'] ?? ''}` },
  })
  return new Set(stdout.split('\n'))
}

interface Told {
  readonly causes: readonly {
    readonly id: string
    readonly certainty: string
    readonly evidence: readonly Readonly<Record<string, unknown>>[]
    readonly fix: { readonly commands: Readonly<Record<string, readonly string[]>> }
  }[]
  readonly chain: readonly Readonly<Record<string, unknown>>[]
  readonly credential: unknown
  readonly status: string
}

async function checked(setting: Setting): Promise<Told> {
  const { stdout } = await countersign(['check', '--offline', '--json'], setting)
  return JSON.parse(stdout) as Told
}

const pair = (one: string, other: string) => `[default]\naws_access_key_id = ${one}\naws_secret_access_key = ${other}\n`

const section = (name: string, one: string, other: string) => pair(one, other).replace('default', name)

describe('the one command that check shows', () => {
  const files = { credentials: '.aws/credentials', config: '.aws/config', bashrc: '.bashrc' }

  test.each([
    ['quoted-value', { credentials: pair(`"${id}"`, `'${secret}'`) }, { credentials: pair(id, secret) }],
    [
      'inline-comment',
      { credentials: pair(`${id} # of the old laptop's owner`, secret) },
      { credentials: pair(id, secret) },
    ],
    [
      'invisible-character',
      { credentials: pair(id, `\u200b${secret.slice(0, 20)}\u200b${secret.slice(20)}`) },
      { credentials: pair(id, secret) },
    ],
    ['id-secret-swapped', { credentials: pair(secret, id) }, { credentials: pair(id, secret) }],
    [
      'stale-session-token',
      { credentials: `${pair(id, secret)}aws_session_token = left\n# end\n` },
      { credentials: `${pair(id, secret)}# end\n` },
    ],
    ['section-prefix', { config: section('dev', id, secret) }, { config: section('profile dev', id, secret) }],
    [
      'file-syntax',
      { credentials: `${pair(id, secret)}a remark\n` },
      { credentials: `${pair(id, secret)}# a remark\n` },
    ],
    [
      'environment-shadows-profile',
      { credentials: section('dev', id, secret), bashrc: `export AWS_ACCESS_KEY_ID=${otherId}\nalias l=ls\n` },
      { credentials: section('dev', id, secret), bashrc: `# export AWS_ACCESS_KEY_ID=${otherId}\nalias l=ls\n` },
    ],
  ] as const)('cures %s when it is typed into a shell', async (cause, broken, whole) => {
    const laid = Object.entries(broken).map(([name, text]) => [files[name as keyof typeof files], text])
    const home = makeHome(Object.fromEntries(laid))
    const env: Record<string, string> = cause === 'section-prefix' ? { AWS_PROFILE: 'dev' } : {}
    if (cause === 'environment-shadows-profile')
      Object.assign(env, { AWS_PROFILE: 'dev', AWS_ACCESS_KEY_ID: otherId, AWS_SECRET_ACCESS_KEY: secret })
    const before = await checked({ home, env })
    expect(before.causes[0]).toMatchObject({ id: cause })
    const { bash } = before.causes[0]!.fix.commands
    expect(bash).toHaveLength(1)
    expect(bash![0]).toMatch(new RegExp(`^countersign fix ${cause}(; unset [A-Z_ ]+)?$`))
    const typed = typedWithConsent(bash![0]!, home, env)
    for (const [name, text] of Object.entries(whole))
      expect(readFileSync(join(home, files[name as keyof typeof files]), 'utf8')).toBe(text)
    const left = Object.fromEntries(Object.keys(env).flatMap((name) => (typed.has(name) ? [[name, env[name]!]] : [])))
    expect((await checked({ home, env: left })).causes).toEqual([])
  })

  test('stands on one line where it asks for input, which would swallow a second one', async () => {
    const half = await checked({ env: { AWS_ACCESS_KEY_ID: id } })
    expect(half.causes[0]).toMatchObject({ id: 'partial-credentials' })
    for (const lines of Object.values(half.causes[0]!.fix.commands)) expect(lines).toHaveLength(1)
    const [line] = half.causes[0]!.fix.commands['bash']!
    const typed = spawnSync('bash', ['-c', `${line!}; printf '%s|%s' "$AWS_ACCESS_KEY_ID" "$AWS_SECRET_ACCESS_KEY"`], {
      input: 'one\ntwo\n',
      encoding: 'utf8',
    })
    expect(typed.stdout).toMatch(/one\|two$/)
  })

  test('takes the end of a session away together with its token', async () => {
    const env = {
      AWS_ACCESS_KEY_ID: id,
      AWS_SECRET_ACCESS_KEY: secret,
      AWS_SESSION_TOKEN: 'left over',
      AWS_CREDENTIAL_EXPIRATION: '2020-01-01T00:00:00Z',
    }
    const { causes } = await checked({ env })
    const stale = causes.find(({ id }) => id === 'stale-session-token')
    expect(stale?.fix.commands['bash']).toEqual(['unset AWS_SESSION_TOKEN AWS_CREDENTIAL_EXPIRATION'])
  })
})

describe('check --json', () => {
  test('has every member of the contract everywhere, null where there is nothing to say', async () => {
    const { causes, chain } = await checked({ files: { '.aws/credentials': '[default]\naws_access_key_id = AKIA\n' } })
    expect(causes.length).toBeGreaterThan(0)
    for (const { evidence } of causes) for (const each of evidence) expect(Object.keys(each)).toEqual(['says', 'at'])
    for (const step of chain) expect(Object.keys(step)).toEqual(['provider', 'outcome', 'because', 'at'])
  })

  test('names no credential when a broken file stops the client before any source, even beside keys that are over', async () => {
    const told = await checked({
      files: { '.aws/config': '\uFEFF[default]\nregion = eu-west-1\n' },
      env: {
        AWS_ACCESS_KEY_ID: id,
        AWS_SECRET_ACCESS_KEY: secret,
        AWS_CREDENTIAL_EXPIRATION: '2020-01-01T00:00:00Z',
      },
    })
    expect(told).toMatchObject({ status: 'unusable', credential: null })
    expect(told.causes[0]).toMatchObject({ id: 'file-syntax', certainty: 'proven' })
  })
})

describe('check as text', () => {
  test('ends a sentence about an endpoint that nobody serves with one stop', async () => {
    const { stdout, code } = await countersign(['check', '--endpoint-url', 'http://127.0.0.1:9'], {
      env: { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_REGION: 'us-east-1' },
    })
    expect(code).toBe(3)
    const flat = stdout.replace(/\s+/g, ' ')
    expect(flat).toContain('127.0.0.1:9 could not be reached: the connection was refused (ECONNREFUSED).')
    expect(flat).not.toContain('..')
  })
})
