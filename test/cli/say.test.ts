import { describe, expect, test } from 'vitest'
import { chainText } from '../../src/cli/say/chain.ts'
import { explainText } from '../../src/cli/say/explain.ts'
import { harmless, shortPath } from '../../src/cli/say/page.ts'
import { sentence, verdictLine, verdictText } from '../../src/cli/say/verdict.ts'
import { detectShell } from '../../src/cli/shell.ts'
import type { Look } from '../../src/cli/terminal.ts'
import type { ChainRules } from '../../src/holder/chains/rules.ts'
import type { Finding, Verdict } from '../../src/holder/diagnosis/verdict.ts'
import { recordedMachine } from '../../src/holder/machine/recorded.ts'

const look: Look = { columns: 80, colour: false, unicode: true }
const machine = recordedMachine({
  env: { HOME: '/u/alice', SHELL: '/bin/bash' },
  now: new Date('2026-11-28T12:00:00Z'),
})
const sight = { look, machine }
const file = '/u/alice/.aws/credentials'

const stale: Finding = {
  id: 'stale-session-token',
  certainty: 'proven',
  title: 'an old session token stands beside a long-term key',
  evidence: [
    { says: 'AKIA…7EXA is a long-term key: it takes no session token', at: { file, line: 2, column: 21 } },
    { says: 'without the token, STS accepts the same key and secret', at: { probe: 'sts-without-token' } },
  ],
  fix: {
    says: 'take the token out of the profile',
    automatic: true,
    commands: {
      bash: ["sed -i.bak '4d' ~/.aws/credentials"],
      fish: ["sed -i.bak '4d' ~/.aws/credentials"],
      powershell: ['(powershell)'],
      cmd: ['(cmd)'],
    },
    edits: [],
  },
}

const rejected: Verdict = {
  status: 'rejected',
  sdk: 'aws-cli-v2',
  credential: {
    accessKeyId: 'AKIA…7EXA',
    kind: 'long-term',
    account: '123456789012',
    sessionToken: { present: true, issuedAt: null, version: null, region: null },
    expiration: null,
    source: { provider: 'shared-credentials-file', profile: 'default', file, line: 2, column: 21, variable: null },
  },
  identity: null,
  reply: {
    service: 'sts',
    operation: 'GetCallerIdentity',
    status: 403,
    code: 'InvalidClientTokenId',
    message: 'The security token included in the request is invalid',
    requestId: '01234567-89ab-cdef-0123-456789abcdef',
    date: null,
  },
  causes: [stale],
  chain: [
    {
      provider: 'env',
      outcome: 'absent',
      reason: 'not-configured',
      because: 'AWS_ACCESS_KEY_ID is not set',
      at: null,
      credential: null,
      plan: null,
    },
    {
      provider: 'assume-role',
      outcome: 'absent',
      reason: 'not-configured',
      because: 'the profile has no role_arn',
      at: null,
      credential: null,
      plan: null,
    },
    {
      provider: 'shared-credentials-file',
      outcome: 'found',
      reason: 'static',
      because: '[default] holds AKIA…7EXA',
      at: { file, line: 2, column: 21 },
      credential: null,
      plan: null,
    },
    {
      provider: 'iam-role',
      outcome: 'skipped',
      reason: 'not-asked',
      because: 'a credential was found before',
      at: null,
      credential: null,
      plan: null,
    },
  ],
}

describe('the text of check', () => {
  test('says what is wrong, where, why and the cure, then the choice and the answer', () => {
    expect(verdictText(sight, rejected, false)).toBe(`✗ An old session token stands beside a long-term key.
  ~/.aws/credentials:2:21

  Why we are sure:
  · AKIA…7EXA is a long-term key: it takes no session token.
  · Without the token, STS accepts the same key and secret.

  → Take the token out of the profile.

      sed -i.bak '4d' ~/.aws/credentials

Where the AWS CLI found it
  ✓  shared-credentials-file  [default] holds AKIA…7EXA
                              (~/.aws/credentials:2:21)
     asked before, with nothing in it: env, assume-role

What sts GetCallerIdentity answered
  InvalidClientTokenId 403
  “The security token included in the request is invalid”
  request id 01234567-89ab-cdef-0123-456789abcdef

  more: countersign explain C20
`)
  })
  test('uses only ASCII of its own where the terminal may not know more, and leaves commands as they are', () => {
    const text = verdictText({ ...sight, look: { ...look, unicode: false } }, rejected, false)
    expect(text).toMatch(/^X An old session token stands beside a long-term key\.\n/)
    expect(text).toContain('AKIA...7EXA')
    expect(text).toMatch(/^[\x20-\x7e\n]*$/)
  })

  test('says the same with colours as without', () => {
    const coloured = verdictText({ ...sight, look: { ...look, colour: true } }, rejected, false)
    expect(coloured).toContain('\u001b[')
    expect(coloured.replace(/\u001b\[[0-9;]*m/g, '')).toBe(verdictText(sight, rejected, false))
  })

  test.each([60, 80, 100])('keeps to %d columns', (columns) => {
    const text = verdictText({ ...sight, look: { ...look, columns } }, rejected, false)
    expect(text.split('\n').filter((line) => [...line].length > columns)).toEqual([])
  })

  test.each([
    ['bash', { SHELL: '/bin/zsh' }, "sed -i.bak '4d' ~/.aws/credentials"],
    ['powershell', { SHELL: '/bin/bash', PSModulePath: '/opt/microsoft/powershell/7/Modules' }, '(powershell)'],
  ] as const)('shows the command for %s', (_name, env, command) => {
    const there = recordedMachine({ env: { HOME: '/u/alice', ...env } })
    expect(verdictText({ look, machine: there }, rejected, false)).toContain(`\n      ${command}\n`)
  })

  test('lets no foreign text steer the terminal or fake a line', () => {
    const evil: Verdict = {
      ...rejected,
      causes: [],
      credential: {
        ...rejected.credential!,
        source: { ...rejected.credential!.source, profile: 'a\u001b[2Jb\u202ec\nOK fine' },
      },
      reply: { ...rejected.reply!, message: 'x\r\u009b31m\u0007y' },
    }
    const text = verdictText(sight, evil, false)
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
    expect(text).not.toMatch(/^OK fine/m)
    expect(text).toContain('\\u{1b}[2J')
  })

  test('names further causes shorter, each with how sure it is', () => {
    const other: Finding = { ...stale, id: 'key-unknown', certainty: 'likely', title: 'nobody knows this key' }
    const text = verdictText(sight, { ...rejected, causes: [stale, other] }, false)
    expect(text).toContain('Also found:\n\n  ✗ Nobody knows this key (very likely).')
    expect(text.match(/Why we are sure/g)).toHaveLength(1)
  })

  test('does not distract from a proven cause with what is merely possible, nor from a likely one with more than three', () => {
    const other = (id: Finding['id']): Finding => ({ ...stale, id, certainty: 'possible', title: `perhaps ${id}` })
    const others = (['secret-wrong', 'key-deleted', 'clock-skew', 'wrong-profile', 'other-partition'] as const).map(
      other,
    )
    expect(verdictText(sight, { ...rejected, causes: [stale, ...others] }, false)).not.toContain('erhaps')
    const text = verdictText(sight, { ...rejected, causes: [{ ...stale, certainty: 'likely' }, ...others] }, false)
    expect(text.match(/Perhaps /g)).toHaveLength(3)
    expect(text).toContain('Less telling: wrong-profile, other-partition')
  })

  test('tells what nothing tells apart once, and a command once, beside a cause that has evidence for it', () => {
    const other = (id: Finding['id']): Finding => ({ ...stale, id, certainty: 'possible', title: `perhaps ${id}` })
    const others = (['key-unknown', 'key-inactive', 'key-deleted'] as const).map(other)
    const text = verdictText(sight, { ...rejected, causes: [{ ...stale, certainty: 'likely' }, ...others] }, false)
    expect(text.replace(/\s+/g, ' ')).toContain('it is switched off, deleted or mistyped (possible). ')
    expect(text).not.toMatch(/perhaps/i)
    for (const command of stale.fix.commands.bash) expect(text.split(command)).toHaveLength(2)
  })

  test('does not claim to be sure of what is only likely or possible', () => {
    const say = (certainty: Finding['certainty']) =>
      verdictText(sight, { ...rejected, causes: [{ ...stale, certainty }] }, false)
    expect(say('likely')).toContain('very likely (not proven)')
    expect(say('possible')).toContain('one possibility, not proven')
    for (const certainty of ['likely', 'possible'] as const) expect(say(certainty)).not.toContain('sure:')
  })

  test('is one line when everything is well, and with --quiet always', () => {
    const identity = { account: '123456789012', arn: 'arn:aws:iam::123456789012:user/alice', userId: 'AIDAEXAMPLE' }
    const valid: Verdict = { ...rejected, status: 'valid', identity, causes: [] }
    expect(verdictText(sight, valid, false)).toBe(
      '✓ You are arn:aws:iam::123456789012:user/alice, by AKIA…7EXA from ~/.aws/credentials:2, profile default.\n',
    )
    expect(verdictLine(sight, rejected, false)).toBe('✗ An old session token stands beside a long-term key.\n')
  })

  test('tells when a session ends', () => {
    const valid: Verdict = {
      ...rejected,
      status: 'valid',
      causes: [],
      credential: { ...rejected.credential!, expiration: '2026-11-28T15:00:00Z' },
    }
    expect(verdictText(sight, valid, false)).toContain('The session ends 2026-11-28 15:00 UTC (in 3 hours).')
  })
})

describe('the detected shell', () => {
  test.each([
    ['linux', { SHELL: '/usr/bin/fish' }, 'fish'],
    ['darwin', { SHELL: '/bin/zsh' }, 'bash'],
    ['linux', {}, 'bash'],
    ['linux', { SHELL: '/bin/bash', PSModulePath: '/usr/local/share/powershell/Modules' }, 'powershell'],
    ['win32', { PSModulePath: 'C:\\Program Files\\WindowsPowerShell\\Modules' }, 'cmd'],
    ['win32', { PSModulePath: 'C:\\Users\\Alice\\Documents\\PowerShell\\Modules;C:\\Program Files\\…' }, 'powershell'],
    ['win32', { SHELL: '/usr/bin/bash', PSModulePath: 'C:\\Program Files\\WindowsPowerShell\\Modules' }, 'bash'],
    ['win32', { SHELL: 'C:\\Program Files\\Git\\usr\\bin\\bash.exe' }, 'bash'],
  ] as const)('on %s with %j is %s', (platform, env, shell) => {
    expect(detectShell(recordedMachine({ platform, env }))).toBe(shell)
  })
})

describe('words', () => {
  test('become sentences without touching names', () => {
    expect(sentence('the key is gone')).toBe('The key is gone.')
    expect(sentence('aws_session_token stands here')).toBe('aws_session_token stands here.')
    expect(sentence('~/.aws/credentials has it.')).toBe('~/.aws/credentials has it.')
  })

  test('show control characters instead of obeying them', () => {
    expect(harmless('a\u001b[31m\u200bb')).toBe('a\\u{1b}[31m\\u{200b}b')
  })

  test('shorten the home directory only where it is one', () => {
    expect(shortPath(machine, '/u/alice/.aws/config')).toBe('~/.aws/config')
    expect(shortPath(machine, '/u/alicelike/x')).toBe('/u/alicelike/x')
    expect(shortPath(recordedMachine({ env: { HOME: '/' } }), '/etc/x')).toBe('/etc/x')
  })
})

describe('the text of explain', () => {
  test('says that it does not know a text, and how to bring a better one', () => {
    expect(explainText(sight, null, [])).toContain('This text is not an AWS error that is known here.')
  })

  test('names the error, where it came from and the causes', () => {
    const error = {
      code: 'InvalidClientTokenId',
      message: 'The security token included in the request is invalid',
      service: 'sts',
      operation: 'GetCallerIdentity',
      status: 403,
      client: 'aws-cli',
    }
    const text = explainText(sight, error, [
      { ...stale, certainty: 'likely' },
      { ...stale, certainty: 'possible', title: 'the key is gone' },
    ])
    expect(text).toMatch(
      /^InvalidClientTokenId from sts GetCallerIdentity \(HTTP 403\),\sas\sthe\sAWS\sCLI\sprints\sit\n/,
    )
    expect(text).toContain('1 other possibility, most likely first:')
    expect(text).toContain('  more: countersign explain C20\n')
  })
})

describe('the text of chain', () => {
  const trace = {
    sdk: 'aws-cli-v2' as const,
    profile: { name: 'dev', from: { variable: 'AWS_PROFILE' } },
    region: { name: 'eu-west-1', at: { file: '/u/alice/.aws/config', line: 3, column: 10 } },
    endpoint: {
      sts: 'https://sts.eu-west-1.amazonaws.com',
      iam: 'https://iam.amazonaws.com',
      signingRegion: 'eu-west-1',
      overriddenBy: null,
    },
    steps: rejected.chain,
    winner: rejected.chain[2]!,
    error: null,
    clientError: null,
  }

  const rules: ChainRules = { sdk: 'aws-cli-v2', version: '9.9', evidence: 'observed', trace: () => trace }

  test('begins with the sentence that matters, then lists every source in order', () => {
    expect(
      chainText(sight, { rules, trace, winner: rejected.credential }),
    ).toBe(`✓ The AWS CLI would use AKIA…7EXA from ~/.aws/credentials:2, profile default.

  profile   dev (by AWS_PROFILE)
  region    eu-west-1 (~/.aws/config:3:10)
  endpoint  https://sts.eu-west-1.amazonaws.com
  rules     of version 9.9, held against what the real one answered

Sources, in the order in which they are asked (the first that is found wins)
     env                      AWS_ACCESS_KEY_ID is not set
     assume-role              the profile has no role_arn
  ✓  shared-credentials-file  [default] holds AKIA…7EXA
                              (~/.aws/credentials:2:21)
     iam-role                 skipped: a credential was found before
`)
  })

  test('tells the error with which the SDK stops, in its own words', () => {
    const error = {
      reason: 'profile-not-found',
      says: 'ProfileNotFound: The config profile (dev) could not be found',
      at: { variable: 'AWS_PROFILE' },
    } as const
    const text = chainText(sight, { rules, trace: { ...trace, winner: null, error }, winner: null })
    expect(text).toContain('stops with an error before it has any credentials')
    expect(text).toContain('ProfileNotFound: The config profile (dev) could not be found')
  })
})

describe('what AWS answers alike', () => {
  const open = (
    id: 'key-inactive' | 'key-deleted' | 'key-unknown',
    certainty: Finding['certainty'] = 'possible',
  ): Finding => ({
    ...stale,
    id,
    certainty,
    title: `title of ${id}`,
  })
  const causes = [open('key-inactive'), open('key-deleted'), open('key-unknown')]

  test('has one headline for all of it, which does not pretend to know', () => {
    const together = 'AWS does not accept this key id: it is switched off, deleted or mistyped.'
    expect(verdictText(sight, { ...rejected, causes }, false)).toContain(`? ${together}\n`)
    expect(verdictLine(sight, { ...rejected, causes }, false)).toContain(together)
  })

  test('is told apart in the headline as soon as something tells', () => {
    const told = [open('key-deleted', 'likely'), open('key-unknown')]
    expect(verdictText(sight, { ...rejected, causes: told }, false)).toContain('Title of key-deleted')
    expect(verdictText(sight, { ...rejected, causes: [open('key-unknown')] }, false)).toContain('Title of key-unknown')
  })
})
