import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { recognise } from '../../../src/cli/command/recognise.ts'
import { realMachine } from '../../../src/holder/machine/real.ts'

/*
 * The real shells and wrappers of this computer run a program that prints what it sees; `recognise` has to foresee it.
 */
const names = ['AWS_PROFILE', 'AWS_REGION', 'HOME'] as const
let directory = ''

beforeAll(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'countersign-wrappers-')))
  mkdirSync(join(directory, 'bin'))
  mkdirSync(join(directory, 'infra'))
  const prints = `#!/bin/sh\nprintf '%s' "aws \${AWS_PROFILE-none} \${AWS_REGION-none} \${HOME-none} $(pwd -P)"\n`
  writeFileSync(join(directory, 'bin', 'aws'), prints, { mode: 0o755 })
  writeFileSync(join(directory, 'vars'), 'AWS_PROFILE=sourced\nexport AWS_REGION="eu-west-3"\n')
  writeFileSync(join(directory, 'deploy.sh'), '#!/bin/sh\nexport AWS_PROFILE=script\ncd infra\naws s3 ls\n', {
    mode: 0o755,
  })
  writeFileSync(join(directory, 'package.json'), '{"scripts":{"list":"AWS_PROFILE=npm aws s3 ls"}}')
  mkdirSync(join(directory, 'infra', 'deep'))
})

afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** Whether a program is on this computer: not every one has each of them. */
const has = (program: string) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0

const lines: readonly (readonly string[])[] = [
  ['env', 'AWS_PROFILE=ops', 'aws', 's3', 'ls'],
  ['env', '-u', 'AWS_PROFILE', 'aws'],
  ['env', '-uAWS_PROFILE', 'AWS_REGION=x', 'aws'],
  ['env', '-C', 'infra', 'aws'],
  ['env', '--chdir=infra', '--unset=AWS_REGION', 'aws'],
  ['env', '-S', 'AWS_PROFILE=split aws s3', 'ls'],
  ['nohup', 'aws'],
  ['nice', '-n', '3', 'aws'],
  ['nice', '-5', 'aws'],
  ['timeout', '-k', '1', '60', 'aws', 's3'],
  ['timeout', '--signal=KILL', '60', 'env', 'AWS_PROFILE=in', 'aws'],
  ['stdbuf', '-oL', 'aws'],
  ['setsid', '-w', 'aws'],
  ['sh', '-c', 'AWS_PROFILE=line aws s3 ls'],
  ['sh', '-c', 'AWS_PROFILE=shell; aws s3 ls'],
  ['sh', '-c', 'NEW=1; AWS_REGION=$NEW aws'],
  ['sh', '-c', 'export AWS_PROFILE="a b"; aws'],
  ['sh', '-c', "export AWS_PROFILE='quoted'; unset AWS_REGION; aws"],
  ['sh', '-c', 'cd infra && aws'],
  ['sh', '-c', 'cd infra/deep; cd ..; aws'],
  ['sh', '-c', '(AWS_PROFILE=inner; export AWS_PROFILE); aws'],
  ['sh', '-c', '(AWS_PROFILE=inner aws)'],
  ['sh', '-c', '{ AWS_PROFILE=group; aws; }'],
  ['sh', '-c', 'if true; then AWS_PROFILE=then aws; fi'],
  ['sh', '-c', 'set -a; . ./vars; set +a; aws'],
  ['sh', '-c', '. ./vars; aws'],
  ['sh', '-c', 'P=chosen; AWS_PROFILE=$P aws 2>&1 | cat'],
  ['sh', '-ec', 'AWS_PROFILE=flags aws'],
  ['bash', '-c', 'declare -x AWS_PROFILE=declared; aws'],
  ['bash', '-lc', 'export PATH="$OURS:$PATH"; AWS_REGION=login aws'],
  ['bash', 'deploy.sh'],
  ['./deploy.sh', 'prod'],
  ['npm', 'run', '--silent', 'list'],
  ['time', 'aws'],
]

describe.skipIf(process.platform === 'win32')('what a real wrapper lets its program see', () => {
  test.each(lines.map((words) => [words.join(' '), words] as const))('%s', async (_name, words) => {
    if (!has(words[0]!)) return
    const PATH = `${join(directory, 'bin')}${delimiter}${process.env['PATH']}`
    const env = { PATH, OURS: join(directory, 'bin'), HOME: directory, AWS_PROFILE: 'dev', AWS_REGION: 'eu-west-1' }
    const ran = spawnSync(words[0]!, words.slice(1), { cwd: directory, env, encoding: 'utf8' })
    const machine = { ...realMachine({ offline: true }), cwd: directory }
    const given = new Map<string, string>(Object.entries(env))
    const here = {
      ...machine,
      userHome: directory,
      env: (name: string) => given.get(name),
      envNames: () => [...given.keys()],
    }
    const found = await recognise(here, words, null, false)
    const told = names.map((name) => found.machine.env(name) ?? 'none').join(' ')
    expect(`${found.program} ${told} ${found.machine.cwd}`).toBe(ran.stdout)
  })
})
