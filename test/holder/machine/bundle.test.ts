import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { wrapSessionToken } from '../../../src/anatomy/session-token.ts'
import { machineFromBundle, recordMachine } from '../../../src/holder/diagnosis/bundled.ts'
import { diagnose } from '../../../src/holder/diagnosis/index.ts'
import type { Machine } from '../../../src/holder/machine/machine.ts'
import { type RecordedFile, recordedMachine } from '../../../src/holder/machine/recorded.ts'
import { parseBundle, replayMachine } from '../../../src/holder/machine/replay.ts'
import { runs } from '../../runs.ts'
import { machineOf } from '../../truth/agreement.ts'
import type { MachineState } from '../../truth/record/states.ts'
import { readStates } from '../../truth/record/store.ts'

const seed = 20261128
const now = new Date('2026-11-28T12:00:00Z')

// ---- secrets of this test, and where they may not be

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const bytesOf = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const lettersOf = (length: number, letters = alphabet) =>
  fc.array(fc.constantFrom(...letters), { minLength: length, maxLength: length }).map((found) => found.join(''))

interface Secrets {
  readonly id: string
  readonly secret: string
  readonly token: string
  readonly password: string
}

const anySecrets: fc.Arbitrary<Secrets> = fc.record({
  id: lettersOf(16, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567').map((rest) => `AKIA${rest}`),
  secret: lettersOf(40, `${alphabet}/+`),
  token: fc.tuple(bytesOf(12), bytesOf(220)).map(([iv, sealed]) =>
    wrapSessionToken({
      signingKeyNumber: 3,
      region: 'eu-west-1',
      account: '123456789012',
      createdAt: new Date('2026-11-27T00:00:00Z'),
      iv,
      sealed,
    }),
  ),
  password: lettersOf(16),
})

/** All parts of eight characters, as they are and in the usual encodings; of a token what is sealed. */
function partsOf({ secret, token, password }: Secrets): ReadonlySet<string> {
  const parts = new Set<string>()
  for (const value of [secret, token.slice(100, -20), password]) {
    const forms = [value, encodeURIComponent(value)]
    for (const shift of [0, 1, 2])
      forms.push(Buffer.from(value.slice(shift)).toString('base64').replace(/=+$/, '').slice(0, -2))
    for (const form of forms)
      for (let at = 0; at + 8 <= form.length; at += 1) {
        const part = form.slice(at, at + 8)
        // Two escapes leave two characters beside them, which what is made up has by chance, too; and it keeps the escapes' places.
        if (!/%.*%/.test(part)) parts.add(part)
      }
    const hex = Buffer.from(value).toString('hex')
    for (let at = 0; at + 16 <= hex.length; at += 2) parts.add(hex.slice(at, at + 16))
  }
  return parts
}

function leaksIn(text: string, secrets: Secrets): readonly string[] {
  const parts = partsOf(secrets)
  const found: string[] = []
  for (const length of [8, 16]) {
    for (let at = 0; at + length <= text.length; at += 1) {
      const part = text.slice(at, at + length)
      if (parts.has(part)) found.push(text.slice(Math.max(0, at - 40), at).replace(/\n/g, '⏎'))
    }
  }
  return found
}

/** What people do with their secrets: each puts them somewhere on a machine. */
const habits: Readonly<
  Record<string, (found: Secrets) => { env?: Record<string, string>; files?: Record<string, RecordedFile> }>
> = {
  'as everybody': ({ id, secret, token }) => ({
    files: {
      '.aws/credentials': `[default]\naws_access_key_id = ${id}\naws_secret_access_key = ${secret}\naws_session_token=${token}\n`,
    },
  }),
  'in variables': ({ id, secret, token }) => ({
    env: { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token },
  }),
  exchanged: ({ id, secret }) => ({ env: { AWS_ACCESS_KEY_ID: secret, AWS_SECRET_ACCESS_KEY: id } }),
  'in quotes, with a comment': ({ id, secret, password }) => ({
    files: {
      '.aws/credentials': `[default]\naws_access_key_id = "${id}"\naws_secret_access_key = '${secret}' # ${password}\n`,
    },
  }),
  'in comments': ({ id, secret, password }) => ({
    files: {
      '.aws/config': `# ${secret} is the old one\n; aws_secret_access_key=${secret}\n[profile dev]\nregion = eu-west-1\n#${id} ${password}\n`,
    },
  }),
  'under keys that nobody knows': ({ secret, token, password }) => ({
    files: {
      '.aws/config': `[default]\nmy_note = ${secret}\nxyz: ${token}\n${password} = 1\nregion = ${password}\noutput=${secret}\n`,
    },
  }),
  'as names of profiles': ({ secret, password }) => ({
    files: { '.aws/config': `[profile ${password}]\nregion = eu-west-1\n[${secret}]\nsource_profile = ${password}\n` },
    env: { AWS_PROFILE: password },
  }),
  'in a command': ({ secret, password }) => ({
    files: {
      '.aws/config': `[default]\ncredential_process = /opt/get --user ana --password ${password} --key=${secret} ${secret}\n`,
    },
  }),
  'in shell start-up files': ({ id, secret, token, password }) => ({
    files: {
      '.bashrc': `export AWS_ACCESS_KEY_ID=${id} AWS_SECRET_ACCESS_KEY="${secret}"\nAWS_SESSION_TOKEN='${token}'; export DB=postgres://ana:${password}@db/x\nalias k="curl -H 'Authorization: Bearer ${password}'"\n`,
      '.config/fish/config.fish': `set -gx AWS_SECRET_ACCESS_KEY ${secret}\n`,
    },
  }),
  'in files of a project': ({ id, secret, token, password }) => ({
    files: {
      '.env': `AWS_ACCESS_KEY_ID=${id}\nAWS_SECRET_ACCESS_KEY=${secret}\nSMTP_PASSWORD="${password}"\nAPP_KEY=base64:${password}\n`,
      'docker-compose.yml': `services:\n  web:\n    environment:\n      - AWS_SECRET_ACCESS_KEY=${secret}\n      AWS_SESSION_TOKEN: ${token}\n`,
      'main.tf': `provider "aws" {\n  access_key = "${id}"\n  secret_key = "${secret}"\n  token = "${token}"\n}\n`,
    },
  }),
  'in caches': ({ id, secret, token, password }) => ({
    files: {
      '.aws/config':
        '[default]\nsso_start_url = https://acme.awsapps.com/start\nsso_region = eu-west-1\nsso_account_id = 123456789012\nsso_role_name = Admin\n',
      '.aws/sso/cache/9b1a0a2f2b7d8f8f4a3b2c1d0e9f8a7b6c5d4e3f.json': JSON.stringify({
        accessToken: token,
        clientSecret: password,
        expiresAt: '2026-11-29T00:00:00Z',
        startUrl: 'https://acme.awsapps.com/start',
      }),
      '.aws/cli/cache/9b1a0a2f2b7d8f8f4a3b2c1d0e9f8a7b6c5d4e3f.json': JSON.stringify({
        Credentials: { AccessKeyId: id, SecretAccessKey: secret, SessionToken: token },
      }),
    },
  }),
  'encoded once more': ({ id, secret, token }) => ({
    env: {
      AWS_ACCESS_KEY_ID: btoa(`${id}\n`),
      AWS_SECRET_ACCESS_KEY: btoa(`${secret}\n`),
      AWS_SESSION_TOKEN: encodeURIComponent(token),
    },
    files: {
      '.aws/credentials': `[default]\naws_access_key_id=${id}\naws_secret_access_key=${encodeURIComponent(secret)}\n`,
    },
  }),
  'twice and in pieces': ({ id, secret, token }) => ({
    env: { AWS_SECRET_ACCESS_KEY: secret + secret, AWS_ACCESS_KEY_ID: id, AWS_SECURITY_TOKEN: token.slice(0, 150) },
    files: {
      '.aws/credentials': `[default]\naws_access_key_id=${id}\naws_secret_access_key=${secret.slice(1)}\n[b]\naws_access_key_id=${id}\naws_secret_access_key=${secret}\naws_session_token=${token.slice(0, 120)}\n  ${token.slice(120)}\n`,
    },
  }),
  'in UTF-16': ({ id, secret }) => ({
    files: {
      '.aws/credentials': new Uint8Array(
        Buffer.from(`\ufeff[default]\r\naws_access_key_id=${id}\r\naws_secret_access_key=${secret}\r\n`, 'utf16le'),
      ),
    },
  }),
  'in Latin-1': ({ id, secret }) => ({
    files: {
      '.aws/credentials': new Uint8Array(
        Buffer.from(
          `# für Müller\n[default]\naws_access_key_id=${id}\naws_secret_access_key=${secret}\u00a0\n`,
          'latin1',
        ),
      ),
    },
  }),
  'in a path': ({ password, secret }) => ({
    env: { AWS_CONFIG_FILE: `/house/ana/${password}/config`, AWS_CA_BUNDLE: `/etc/${secret.replaceAll('/', '-')}.pem` },
    files: { [`${password}/config`]: '[default]\nregion = eu-west-1\n' },
  }),
}

function machineWith(habit: string, secrets: Secrets): Machine {
  const { env = {}, files = {} } = habits[habit]!(secrets)
  return recordedMachine({
    env: { HOME: '/house/ana', SHELL: '/bin/bash', USER: 'ana', ...env },
    files: Object.fromEntries(Object.entries(files).map(([path, content]) => [`/house/ana/${path}`, content])),
    userHome: '/house/ana',
    cwd: '/house/ana',
    now,
  })
}

describe(`a bundle (seed ${seed})`, () => {
  test.each(Object.keys(habits))(
    'holds no part of a secret that stands %s, and replays to the same verdict',
    async (habit) => {
      await fc.assert(
        fc.asyncProperty(anySecrets, async (secrets) => {
          const { text, differences } = await recordMachine(machineWith(habit, secrets), { offline: true })
          expect(leaksIn(text, secrets)).toEqual([])
          expect(differences).toEqual([])
          expect(text).not.toContain('/house/ana')
        }),
        { seed, numRuns: runs(12, 4), endOnFailure: true },
      )
    },
  )

  test('of a Windows machine replays to the same verdict, whatever the case of its names and paths', async () => {
    await fc.assert(
      fc.asyncProperty(anySecrets, async (secrets) => {
        const { id, secret, token } = secrets
        const machine = recordedMachine({
          platform: 'win32',
          env: {
            UserProfile: 'C:\\Users\\Ana Müller',
            aws_session_token: token,
            USERNAME: 'Ana Müller',
            Path: 'C:\\Windows',
          },
          files: {
            'C:\\Users\\Ana Müller\\.aws\\credentials': `[default]\r\naws_access_key_id = ${id}\r\naws_secret_access_key = ${secret} \r\n`,
            'C:\\Users\\Ana Müller\\.aws\\config.txt': `[profile dev]\r\naws_secret_access_key = ${secret}\r\n`,
          },
          cwd: 'C:\\Users\\Ana Müller\\src',
          userHome: 'C:\\Users\\Ana Müller',
          now,
        })
        const { text, differences, verdict } = await recordMachine(machine, { offline: true })
        expect(verdict.credential?.source.provider).toBe('shared-credentials-file')
        expect(leaksIn(text, secrets)).toEqual([])
        expect(differences).toEqual([])
        expect(text).not.toMatch(/Ana|Müller/)
      }),
      { seed, numRuns: runs(12, 4), endOnFailure: true },
    )
  })

  test('of a known state of a machine, broken some more, replays to the same verdict', async () => {
    const states = readStates()
    await fc.assert(
      fc.asyncProperty(fc.nat(states.length - 1), anyBreakage, async (at, breakage) => {
        const state = breakage(states[at]!)
        const question = { offline: true, ...(state.profile === null ? {} : { profile: state.profile }) }
        const { text, differences } = await recordMachine(machineOf(state, now), question)
        expect(differences).toEqual([])
        expect(secretsIn(state).filter((secret) => text.includes(secret))).toEqual([])
      }),
      { seed, numRuns: runs(100, 35), endOnFailure: true },
    )
  })

  test.each(['--password %', '--password "%"', '-k %', '--token=% --region eu-west-1', '% 2> /dev/null'])(
    'of a machine with credential_process = /opt/acme/get %s replays what the process gave',
    async (line) => {
      const [secrets] = fc.sample(anySecrets, { seed, numRuns: 1 })
      const { id, secret, token, password } = secrets!
      const machine = recordedMachine({
        env: { HOME: '/house/ana' },
        userHome: '/house/ana',
        files: {
          '/house/ana/.aws/config': `[default]\ncredential_process = /opt/acme/get ${line.replace('%', password)}\n`,
        },
        now,
        run: async () => ({
          kind: 'ended',
          exitCode: 0,
          signal: null,
          stdout: JSON.stringify({
            Version: 1,
            AccessKeyId: id,
            SecretAccessKey: secret,
            SessionToken: token,
            Expiration: '2026-11-28T11:00:00Z',
          }),
          stderr: '',
        }),
      })
      const { text, differences, verdict } = await recordMachine(machine, { offline: true })
      expect(verdict.chain.some(({ outcome }) => outcome === 'found' || outcome === 'broken')).toBe(true)
      expect(differences).toEqual([])
      expect(leaksIn(text, secrets!)).toEqual([])
      expect(text).not.toContain('acme')
      const replay = await diagnose(machineFromBundle(text).machine, { offline: true })
      expect(replay.because ?? '').not.toContain('recording')
      expect(replay.causes.map(({ id: cause }) => cause)).toEqual(verdict.causes.map(({ id: cause }) => cause))
    },
  )

  test('makes values up anew each time', async () => {
    const [secrets] = fc.sample(anySecrets, { seed, numRuns: 1 })
    const machine = machineWith('as everybody', secrets!)
    const [one, other] = [
      await recordMachine(machine, { offline: true }),
      await recordMachine(machine, { offline: true }),
    ]
    const secretOf = (text: string) => /aws_secret_access_key = ([^\\]+)/.exec(text)![1]
    expect(secretOf(one.text)).toHaveLength(40)
    expect(secretOf(one.text)).not.toBe(secretOf(other.text))
  })

  test('keeps what was copied from where', async () => {
    const [secrets] = fc.sample(anySecrets, { seed, numRuns: 1 })
    const { text } = await recordMachine(machineWith('twice and in pieces', secrets!), { offline: true })
    const { machine } = machineFromBundle(text)
    const twice = machine.env('AWS_SECRET_ACCESS_KEY')!
    expect(twice.slice(0, 40)).toBe(twice.slice(40))
    const path = [...text.matchAll(/"path": "([^"]+credentials)"/g)][0]![1]!
    const reading = machine.readFile(path)
    const file = reading.kind === 'found' ? new TextDecoder().decode(reading.bytes) : ''
    expect(file).toContain(`aws_secret_access_key=${twice.slice(1, 40)}\n`)
    expect(file).toContain(`aws_secret_access_key=${twice.slice(0, 40)}\n`)
    expect(file).toContain(`aws_session_token=${machine.env('AWS_SECURITY_TOKEN')!.slice(0, 120)}\n`)
  })
})

/** Further ways in which a state may be broken. */
const anyBreakage: fc.Arbitrary<(state: MachineState) => MachineState> = fc.constantFrom(
  (state: MachineState) => state,
  inFiles((content) => content.replace(/\n/g, '\r\n')),
  inFiles((content) => content.replace(/ *= */g, '=')),
  inFiles((content) => content.replace(/(secret_access_key *= *)(\S+)/g, '$1"$2"')),
  inFiles((content) => content.replace(/(secret_access_key *= *\S+)/g, '$1 # of the old team')),
  inFiles((content) => `\ufeff${content}`),
  inFiles((content) => content.slice(0, Math.floor(content.length / 2))),
  (state: MachineState) => ({ ...state, env: { ...state.env, AWS_SESSION_TOKEN: 'a stale one of another day' } }),
  (state: MachineState) => ({ ...state, env: { ...state.env, AWS_PROFILE: 'nobody-knows' } }),
)

function inFiles(change: (content: string) => string): (state: MachineState) => MachineState {
  return (state) => ({
    ...state,
    files: Object.fromEntries(
      Object.entries(state.files).map(([path, content]) => [
        path,
        content === null || content.startsWith('base64:') || !/credentials|config/.test(path)
          ? content
          : change(content),
      ]),
    ),
  })
}

/** What stands in a secret's place in a state, as far as eight characters of it are no words that everybody knows. */
function secretsIn({ env, files }: MachineState): readonly string[] {
  const texts = [...Object.entries(env).map(([name, value]) => `${name}=${value ?? ''}`), ...Object.values(files)]
  const found = texts.flatMap((text) => [
    ...(text ?? '').matchAll(
      /(?:secret_?access_?key|session_?token|access_?token|client_?secret)"?\s*[:=]\s*"?([^"\s#;]{8,})/gi,
    ),
  ])
  return found
    .map(([, value]) => value!)
    .filter((value) => !/^(token-[A-Z]+|made-up-.*|.*EXAMPLE.*)$/.test(value) || /secret$/.test(value))
}

describe('the replay of a bundle', () => {
  const bundle = async () =>
    JSON.parse((await recordMachine(recordedMachine({ env: { HOME: '/u/alice' } }), { offline: true })).text)

  test('reads nothing that was not recorded, sends nothing and runs nothing', async () => {
    const machine = replayMachine(parseBundle(JSON.stringify(await bundle())))
    expect(machine.readFile('/etc/passwd')).toEqual({ kind: 'absent' })
    expect(machine.readFile('../../etc/passwd')).toEqual({ kind: 'absent' })
    expect(machine.list('/etc')).toEqual([])
    expect(await machine.run({ line: ['id'], timeoutMs: 1000 })).toEqual({ kind: 'refused' })
    const request = { method: 'GET', url: 'http://127.0.0.1:1/', headers: [], body: '', timeoutMs: 1000 } as const
    await expect(machine.send(request)).rejects.toMatchObject({ code: 'offline' })
  })

  test('is not led astray by names that objects have by themselves', async () => {
    const text = JSON.stringify(await bundle()).replace(
      '"variables":{',
      '"variables":{"__proto__":"x","constructor":"y",',
    )
    const machine = replayMachine(parseBundle(text))
    expect(machine.env('__proto__')).toBe('x')
    expect(machine.env('toString')).toBeUndefined()
    expect(Object.hasOwn(Object.prototype, 'x')).toBe(false)
    expect((await diagnose(machine, { offline: true })).status).toBe('absent')
  })

  test.each([
    ['clock', 'yesterday', 'clock is not an instant'],
    ['platform', 'beos', 'platform is not one of linux, darwin, win32'],
    ['files', [{ path: '/a', state: 'found' }], 'files[0].mode is missing'],
    ['files', [{ path: '/a', state: 'found', mode: '999' }], 'files[0].mode is not four octal digits'],
    ['files', { 0: 1 }, 'files is not a list'],
    ['replies', [{ method: 'GET' }], 'replies[0].reply is missing'],
    ['variables', { A: 1 }, 'variables.A is not a text'],
    ['otherVariables', 1.5, 'otherVariables is not a whole number'],
  ])('refuses a bundle whose %s is %j, with the place', async (member, value, says) => {
    const broken = JSON.stringify({ ...(await bundle()), [member]: value })
    expect(() => parseBundle(broken)).toThrow(
      expect.objectContaining({ code: 'syntax', message: expect.stringContaining(says) }),
    )
  })

  test('refuses what is larger than any bundle', () => {
    expect(() => parseBundle(' '.repeat(33 * 1024 * 1024))).toThrow(expect.objectContaining({ code: 'limit' }))
  })

  test('takes any bytes for what they are (seed 20261128)', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(() => parseBundle(text)).toThrow(expect.objectContaining({ code: 'syntax' }))
      }),
      { seed, numRuns: 300 },
    )
  })
})
