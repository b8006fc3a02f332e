import { execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll } from 'vitest'
import type { Authority } from '../../src/authority/index.ts'
import type { KeyPair } from '../../src/lab/stage.ts'

const run = promisify(execFile)
const inCi = process.env['CI'] !== undefined
/** The AWS CLI and boto3: what needs them is skipped where they are not installed, but not in CI. */
export const hasCli = inCi || spawnSync('aws', ['--version']).status === 0
export const hasBoto3 = inCi || spawnSync('python3', ['-c', 'import boto3']).status === 0

/** What a program sees that signs with these keys, and nothing of this machine's settings. */
export function programEnvironment(home: string, url: string, keys: KeyPair & { readonly sessionToken?: string }) {
  return {
    PATH: process.env['PATH'],
    HOME: home,
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    ...(keys.sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: keys.sessionToken }),
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
    AWS_MAX_ATTEMPTS: '1',
    // A version manager's shims look for their own home there.
    ...(process.env['PYENV_ROOT'] === undefined ? {} : { PYENV_ROOT: process.env['PYENV_ROOT'] }),
  }
}

/**
 * What the AWS CLI prints, read as JSON; its words when it fails. It prints secrets, as it should: into a private file in `home`, since no
 * secret may stand in what a test's processes write elsewhere.
 */
export async function privateCli(
  home: string,
  environment: ReturnType<typeof programEnvironment>,
  words: readonly string[],
) {
  const file = join(home, 'printed')
  const printed = openSync(file, 'w', 0o600)
  const child = spawn('aws', [...words, '--output', 'json'], {
    env: environment,
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

/** The two as root, with nothing of this machine's settings, for calls of IAM that answer with no secret. */
export function iamPrograms(authority: () => Authority) {
  let home: string
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'countersign-programs-'))
  })
  afterAll(() => rmSync(home, { recursive: true, force: true }))
  const environment = () => programEnvironment(home, authority().url, authority().root)
  return {
    home: () => home,
    /** What the CLI prints, read as JSON; its words when it fails. */
    async aws(...words: string[]) {
      const options = { env: environment(), timeout: 60_000 }
      try {
        const { stdout } = await run('aws', ['iam', ...words, '--output', 'json'], options)
        return stdout === '' ? null : JSON.parse(stdout)
      } catch (error) {
        return (error as { stderr: string }).stderr.trim()
      }
    },
    /** What the program prints, read as JSON. */
    async python(program: string) {
      const { stdout } = await run('python3', ['-c', program], { env: environment(), timeout: 120_000 })
      return JSON.parse(stdout)
    },
  }
}
