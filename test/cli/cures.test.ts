import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { countersign, makeHome, type Setting } from './program.ts'

/** A well-formed pair that belongs to nobody: offline only its form is looked at. */
const id = 'AKIAQ3EGPZ5NJ7XW2VKD'
const secret = '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'

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

describe('the one command that check shows', () => {
  test.each([
    ['quoted-value', pair(`"${id}"`, `'${secret}'`)],
    ['inline-comment', pair(`${id} # of the old laptop's owner`, secret)],
    ['invisible-character', pair(id, `\u200b${secret.slice(0, 20)}\u200b${secret.slice(20)}`)],
  ])('cures %s in a file when it is pasted into a shell', async (cause, text) => {
    const home = makeHome({ '.aws/credentials': text })
    const before = await checked({ home })
    expect(before.causes[0]).toMatchObject({ id: cause, certainty: 'proven' })
    const { bash } = before.causes[0]!.fix.commands
    expect(bash).toHaveLength(1)
    const pasted = spawnSync('bash', ['-c', bash![0]!], { env: { PATH: process.env['PATH'] ?? '', HOME: home } })
    expect(pasted.status).toBe(0)
    expect(readFileSync(join(home, '.aws/credentials'), 'utf8')).toBe(pair(id, secret))
    expect((await checked({ home })).causes).toEqual([])
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
