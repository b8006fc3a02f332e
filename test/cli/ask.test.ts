import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { endpoint, membersOf, sts } from '../holder/resolution/endpoint.ts'
import { main, makeHome } from './program.ts'

/** A person at a terminal, played by Python's pseudo-terminal; skipped where there is no Python, but not in CI. */
const hasPython = process.env['CI'] !== undefined || spawnSync('python3', ['-c', 'import pty']).status === 0

const person = `
import json, os, pty, select, sys, time
env, words, wait, keys = json.loads(sys.argv[1])
pid, fd = pty.fork()
if pid == 0:
    os.execve(words[0], words, env)
out = b''
typed = False
end = time.time() + 25
while time.time() < end:
    ready, _, _ = select.select([fd], [], [], 0.5)
    if not ready:
        continue
    try:
        piece = os.read(fd, 4096)
    except OSError:
        break
    if not piece:
        break
    out += piece
    if wait.encode() in out and not typed:
        typed = True
        time.sleep(0.2)
        os.write(fd, keys.encode())
print(json.dumps([out.decode(), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])]))
`

async function at(terminal: { readonly keys: string; readonly url: string }): Promise<[string, number]> {
  const home = makeHome({
    '.aws/config': `[default]
region = eu-west-1
role_arn = arn:aws:iam::123456789012:role/dev
source_profile = keys
mfa_serial = arn:aws:iam::123456789012:mfa/alice
`,
    '.aws/credentials': '[keys]\naws_access_key_id = AKIDKEYS\naws_secret_access_key = secret\n',
  })
  const words = [process.execPath, main, 'chain', '--resolve', '-q']
  const env = {
    HOME: home,
    LANG: 'C.UTF-8',
    TERM: 'dumb',
    AWS_ENDPOINT_URL: terminal.url,
    PATH: process.env['PATH'] ?? '',
  }
  const told = JSON.stringify([env, words, 'mfa/alice: ', terminal.keys])
  const { stdout } = await promisify(execFile)('python3', ['-c', person, told])
  return JSON.parse(stdout)
}

test.runIf(hasPython)('a one-time code is asked of the person, sent, and not shown while it is typed', async () => {
  const { url, seen } = await endpoint(sts)
  const [screen, code] = await at({ url, keys: '923\b8456\r' })
  expect(screen).toMatch(/^One-time code of arn:aws:iam::123456789012:mfa\/alice: \r\n✓ The AWS CLI gets /)
  expect(screen).not.toMatch(/923|928|8456/)
  expect(seen.map((each) => membersOf(each)['TokenCode'])).toEqual(['928456'])
  expect(code).toBe(0)
})

test.runIf(hasPython)('who gives no code, or leaves, is not kept', async () => {
  const { url, seen } = await endpoint(sts)
  const [screen, code] = await at({ url, keys: '\r' })
  expect(screen).toContain('gets no credential: the role arn:aws:iam::123456789012:role/dev wants a one-time code')
  expect(code).toBe(3)
  expect((await at({ url, keys: '12\u0003' }))[1]).toBe(130)
  expect(seen).toEqual([])
})
