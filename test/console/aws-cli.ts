import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import type { KeyPair } from '../../src/lab/stage.ts'

export const hasCli = process.env['CI'] !== undefined || spawnSync('aws', ['--version']).status === 0

/**
 * The AWS CLI, pointed at an authority. Gives what it prints, read as JSON, or its words when it fails. It prints secrets, as it should:
 * into a private file, since no secret may stand in what a test's processes write elsewhere.
 */
export function awsCli(url: () => string) {
  let home: string
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'countersign-console-'))
  })
  afterAll(() => rmSync(home, { recursive: true, force: true }))
  return async (keys: KeyPair & { readonly sessionToken?: string }, ...words: string[]) => {
    const file = join(home, 'printed')
    const printed = openSync(file, 'w', 0o600)
    const child = spawn('aws', [...words, '--output', 'json'], {
      env: {
        PATH: process.env['PATH'],
        HOME: home,
        AWS_ENDPOINT_URL: url(),
        AWS_ACCESS_KEY_ID: keys.accessKeyId,
        AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
        ...(keys.sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: keys.sessionToken }),
        AWS_DEFAULT_REGION: 'us-east-1',
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_PAGER: '',
        AWS_MAX_ATTEMPTS: '1',
        // A version manager's shims look for their own home there.
        ...(process.env['PYENV_ROOT'] === undefined ? {} : { PYENV_ROOT: process.env['PYENV_ROOT'] }),
      },
      stdio: ['ignore', printed, 'pipe'],
      timeout: 60_000,
    })
    let complaint = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      complaint += text
    })
    const [code] = await once(child, 'close')
    closeSync(printed)
    const text = readFileSync(file, 'utf8')
    if (code !== 0) return complaint.trim()
    return text === '' ? null : JSON.parse(text)
  }
}
