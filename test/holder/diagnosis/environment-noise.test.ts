import fc from 'fast-check'
import { expect, test } from 'vitest'
import { diagnose } from '../../../src/holder/diagnosis/index.ts'
import type { RecordedFile } from '../../../src/holder/machine/recorded.ts'
import { home, hours, idOf, type Laid, machine, now, secretOf, section } from './stand-in.ts'

/*
 * What stands around the AWS files is full of things that have nothing to do with a refusal. Machines full of them: with a good
 * key nothing is claimed, and with a key that AWS does not know nothing around it is called proven.
 */
const seed = 20261202
const good = { id: idOf('AKIA', 11), secret: secretOf(11) }
const gone = { id: idOf('AKIA', 12), secret: secretOf(12) }
const other = { id: idOf('AKIA', 13), secret: secretOf(13) }

const noise = fc.record({
  place: fc.constantFrom('env', 'file'),
  shell: fc.constantFrom('/bin/bash', '/bin/zsh', '/usr/bin/fish', '/bin/sh', undefined),
  startup: fc.constantFrom('none', 'same', 'other', 'perhaps', 'computed', 'hidden', 'gone'),
  age: fc.constantFrom(-0.1, -3, -300),
  dotenv: fc.constantFrom('none', 'same', 'other', 'example'),
  compose: fc.boolean(),
  container: fc.boolean(),
  ci: fc.boolean(),
  sudo: fc.boolean(),
  otherHome: fc.boolean(),
  inProject: fc.boolean(),
  platform: fc.constantFrom('linux', 'darwin'),
  processes: fc.constantFrom(undefined, ['node', 'bash', 'code'], ['node', 'zsh'], ['node', 'cron'], ['node', 'idea']),
})
type Noise = typeof noise extends fc.Arbitrary<infer T> ? T : never

function startupText(kind: Noise['startup'], key: typeof good): string {
  const lines = (pair: typeof good) =>
    `export AWS_ACCESS_KEY_ID=${pair.id}\nexport AWS_SECRET_ACCESS_KEY='${pair.secret}'\n`
  switch (kind) {
    case 'none':
      return '# nothing\n'
    case 'same':
      return lines(key)
    case 'other':
      return lines(other)
    case 'perhaps':
      return `if [ -f x ]; then\n${lines(other)}fi\n`
    case 'computed':
      return 'export AWS_ACCESS_KEY_ID="$(pass id)"\n'
    case 'hidden':
      return `AWS_ACCESS_KEY_ID=${other.id}\n`
    case 'gone':
      return 'unset AWS_ACCESS_KEY_ID\n'
  }
}

function laidOut(around: Noise, key: typeof good): Laid {
  const env: Record<string, string> = { TERM: 'xterm' }
  const text = startupText(around.startup, key)
  const modifiedAt = hours(around.age)
  const files: Record<string, RecordedFile> = {}
  for (const name of ['.bashrc', '.zshrc']) files[`${home}/${name}`] = { bytes: text, modifiedAt }
  if (around.shell !== undefined) env['SHELL'] = around.shell
  if (around.place === 'env') Object.assign(env, { AWS_ACCESS_KEY_ID: key.id, AWS_SECRET_ACCESS_KEY: key.secret })
  if (around.dotenv !== 'none') {
    const id = { same: key.id, other: other.id, example: 'AKIAIOSFODNN7EXAMPLE' }[around.dotenv]
    files['/p/.env'] = `AWS_ACCESS_KEY_ID="${id}" # mine\nAWS_SECRET_ACCESS_KEY=x#y\n`
  }
  if (around.compose) files['/p/compose.yaml'] = 'services: {web: {environment: [AWS_ACCESS_KEY_ID]}}\n'
  if (around.container) files['/.dockerenv'] = ''
  if (around.ci) env['CI'] = 'true'
  if (around.sudo) env['SUDO_USER'] = 'alice'
  if (around.otherHome) files['/mnt/c/Users/A/.aws/credentials'] = section('default', other.id, other.secret)
  if (around.inProject) files['/p/dist/main.js'] = `const id = '${key.id}'`
  return {
    env,
    cwd: '/p',
    platform: around.platform,
    files,
    ...(around.place === 'file' ? { credentials: section('default', key.id, key.secret) } : {}),
    ...(around.processes === undefined
      ? {}
      : {
          processes: around.processes.map((name, at) => ({ id: 9 - at, name, startedAt: at === 0 ? now : hours(-at) })),
        }),
    sts: { keys: { [good.id]: { secret: good.secret } } },
  }
}

test(`a good key is a good key, whatever stands around (seed ${seed})`, async () => {
  await fc.assert(
    fc.asyncProperty(noise, async (around) => {
      for (const offline of [true, false]) {
        const { causes } = await diagnose(machine(laidOut(around, good)).machine, { offline })
        expect(causes).toEqual([])
      }
    }),
    { seed, numRuns: 400 },
  )
})

test(`around a refused key nothing is called proven, and something is told (seed ${seed})`, async () => {
  await fc.assert(
    fc.asyncProperty(noise, async (around) => {
      const { causes, status } = await diagnose(machine(laidOut(around, gone)).machine)
      expect(status).toBe('rejected')
      expect(causes.length).toBeGreaterThan(0)
      expect(causes.filter(({ certainty }) => certainty === 'proven')).toEqual([])
      const words = JSON.stringify(causes)
      for (const { secret } of [good, gone, other]) expect(words).not.toContain(secret)
      for (const { id } of [good, gone, other]) expect(words).not.toContain(id)
    }),
    { seed, numRuns: 600 },
  )
})
