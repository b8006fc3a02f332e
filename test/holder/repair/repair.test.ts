import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { diagnose } from '../../../src/holder/diagnosis/index.ts'
import type { Finding } from '../../../src/holder/diagnosis/verdict.ts'
import { recordedMachine } from '../../../src/holder/machine/recorded.ts'
import { planRepair, proveRepair } from '../../../src/holder/repair/index.ts'
import { home, idOf, type Laid, machine, secretOf, section, tokenOf } from '../diagnosis/stand-in.ts'

const id = idOf('AKIA', 3)
const secret = secretOf(3)
const token = tokenOf(3)
const session = { id: idOf('ASIA', 9), secret: secretOf(9), token: tokenOf(9) }
const keys = { [id]: { secret }, [session.id]: session }

async function firstFinding(laid: Laid): Promise<{
  laidMachine: ReturnType<typeof machine>['machine']
  finding: Finding
  verdict: Awaited<ReturnType<typeof diagnose>>
}> {
  const { machine: laidMachine } = machine(laid)
  const verdict = await diagnose(laidMachine)
  return { laidMachine, verdict, finding: verdict.causes[0]! }
}

interface Case {
  readonly cause: string
  readonly why: string
  readonly laid: Laid
  readonly file: 'credentials' | 'config'
  readonly after: string
}

const cases: readonly Case[] = [
  {
    cause: 'stale-session-token',
    why: 'every byte around the token stays',
    laid: {
      credentials: `# mine\r\n[default]\r\naws_access_key_id=${id}\r\naws_session_token = ${token}\r\naws_secret_access_key=${secret}\r\n\r\n[other]\r\nregion=x\r\n`,
    },
    file: 'credentials',
    after: `# mine\r\n[default]\r\naws_access_key_id=${id}\r\naws_secret_access_key=${secret}\r\n\r\n[other]\r\nregion=x\r\n`,
  },
  {
    cause: 'stale-session-token',
    why: 'both names of the token are removed',
    laid: { credentials: section('default', id, secret, token, `aws_security_token = ${token}\n`) },
    file: 'credentials',
    after: section('default', id, secret),
  },
  {
    cause: 'legacy-security-token',
    why: 'the token under the new name stays',
    laid: {
      credentials: section('default', session.id, session.secret, session.token, `aws_security_token = ${token}\n`),
    },
    file: 'credentials',
    after: section('default', session.id, session.secret, session.token),
  },
  {
    cause: 'quoted-value',
    why: 'quotes go, values stay',
    laid: { credentials: `[default]\naws_access_key_id = "${id}"\naws_secret_access_key = "${secret}"\n` },
    file: 'credentials',
    after: `[default]\naws_access_key_id = ${id}\naws_secret_access_key = ${secret}\n`,
  },
  {
    cause: 'inline-comment',
    why: 'the value remains',
    laid: { credentials: `[default]\naws_access_key_id = ${id} # laptop\naws_secret_access_key = ${secret}\n` },
    file: 'credentials',
    after: `[default]\naws_access_key_id = ${id}\naws_secret_access_key = ${secret}\n`,
  },
  {
    cause: 'invisible-character',
    why: 'nobody sees it, and it goes',
    laid: { credentials: `[default]\naws_access_key_id = ${id}\naws_secret_access_key = ${secret}\u200b\n` },
    file: 'credentials',
    after: `[default]\naws_access_key_id = ${id}\naws_secret_access_key = ${secret}\n`,
  },
  {
    cause: 'id-secret-swapped',
    why: 'the values change places, the lines do not',
    laid: { credentials: `[default]\naws_access_key_id = ${secret}\n# between\naws_secret_access_key = ${id}\n` },
    file: 'credentials',
    after: `[default]\naws_access_key_id = ${id}\n# between\naws_secret_access_key = ${secret}\n`,
  },
  {
    cause: 'section-prefix',
    why: 'the header becomes that of a credentials file',
    laid: { credentials: section('profile dev', id, secret), env: { AWS_PROFILE: 'dev' } },
    file: 'credentials',
    after: section('dev', id, secret),
  },
  {
    cause: 'section-prefix',
    why: 'the header becomes that of a config file',
    laid: { config: section('dev', id, secret), env: { AWS_PROFILE: 'dev' } },
    file: 'config',
    after: section('profile dev', id, secret),
  },
]

describe('a repair', () => {
  test.each(cases.map((each) => [`${each.cause}: ${each.why}`, each] as const))(
    '%s, and a copy proves it',
    async (_, { cause, laid, file, after }) => {
      const { laidMachine, finding, verdict } = await firstFinding({ ...laid, sts: { keys } })
      expect(finding.id).toBe(cause)
      const plan = planRepair(laidMachine, finding)!
      expect(plan.files.map(({ path }) => path)).toEqual([`${home}/.aws/${file}`])
      expect(new TextDecoder().decode(plan.files[0]!.after!)).toBe(after)
      expect(JSON.stringify([plan.edits, plan.summary])).not.toContain(secret)
      const proof = await proveRepair(laidMachine, plan, verdict, finding)
      expect(proof).toMatchObject({ result: 'cured', after: { status: 'valid' } })
      expect(laidMachine.readFile(`${home}/.aws/${file}`)).toMatchObject({
        kind: 'found',
        bytes: plan.files[0]!.before,
      })
    },
  )

  test('of what no file holds is one of the shell: nothing else is changed, and a copy proves it', async () => {
    const { laidMachine, finding, verdict } = await firstFinding({
      env: { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token },
      sts: { keys },
    })
    expect(finding.id).toBe('stale-session-token')
    const plan = planRepair(laidMachine, finding)!
    expect(plan).toMatchObject({ files: [], calls: [] })
    expect(plan.variables.map(({ name, value }) => [name, value])).toEqual([['AWS_SESSION_TOKEN', null]])
    expect(await proveRepair(laidMachine, plan, verdict, finding)).toMatchObject({ result: 'cured' })
  })

  test('is called better, not cured, when another fault remains', async () => {
    const { laidMachine, finding, verdict } = await firstFinding({
      credentials: section('default', id, secretOf(4), token),
      sts: { keys },
    })
    const proof = await proveRepair(laidMachine, planRepair(laidMachine, finding)!, verdict, finding)
    expect(proof.result).toBe('better')
    expect(proof.after.causes.map((cause) => cause.id)).toEqual(['secret-wrong'])
  })

  test('gives no section a header that is taken already: what it holds moves there', async () => {
    const credentials = `${section('dev', '', '')}${section('profile dev', id, secret)}`.replace(/aws_\w+ = \n/g, '')
    const { laidMachine, finding, verdict } = await firstFinding({
      credentials,
      env: { AWS_PROFILE: 'dev' },
      sts: { keys },
    })
    expect(finding.id).toBe('section-prefix')
    const plan = planRepair(laidMachine, finding)!
    const after = new TextDecoder().decode(plan.files[0]!.after!)
    expect(after.match(/^\[dev\]$/gm)).toHaveLength(1)
    expect(await proveRepair(laidMachine, plan, verdict, finding)).toMatchObject({ result: 'cured' })
  })

  test('is none when the file is gone meanwhile', async () => {
    const { finding } = await firstFinding({ credentials: section('default', id, secret, token) })
    expect(planRepair(recordedMachine({ userHome: home }), finding)).toBeNull()
  })
})

describe.skipIf(process.platform === 'win32')('the lines for bash, really run,', () => {
  test.each([
    ['a blank', { AWS_ACCESS_KEY_ID: `${id} `, AWS_SECRET_ACCESS_KEY: `${secret}\n` }],
    ['quotes', { AWS_ACCESS_KEY_ID: `"${id}"`, AWS_SECRET_ACCESS_KEY: `'${secret}'` }],
    ['a comment', { AWS_ACCESS_KEY_ID: `${id} # mine`, AWS_SECRET_ACCESS_KEY: secret }],
    ['an invisible character', { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: `${secret}\u200b` }],
    ['exchanged values', { AWS_ACCESS_KEY_ID: secret, AWS_SECRET_ACCESS_KEY: id }],
    ['a leftover token', { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token }],
    ['base64', { AWS_ACCESS_KEY_ID: btoa(`${id}\n`), AWS_SECRET_ACCESS_KEY: btoa(secret) }],
  ])('cures variables: %s', async (_, env) => {
    const { finding } = await firstFinding({ env, sts: { keys } })
    const script = `${finding.fix.shellLines!.bash.join('\n')}\nprintf '%s\\0' "\${AWS_ACCESS_KEY_ID-}" "\${AWS_SECRET_ACCESS_KEY-}" "\${AWS_SESSION_TOKEN-}"`
    const [newId = '', newSecret = '', newToken = ''] = execFileSync('bash', ['-uc', script], {
      env: { PATH: process.env['PATH'] ?? '', ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
      .toString('utf8')
      .split('\0')
    const repaired = {
      AWS_ACCESS_KEY_ID: newId,
      AWS_SECRET_ACCESS_KEY: newSecret,
      ...(newToken === '' ? {} : { AWS_SESSION_TOKEN: newToken }),
    }
    expect(await diagnose(machine({ env: repaired, sts: { keys } }).machine)).toMatchObject({
      status: 'valid',
      causes: [],
    })
  })
})
