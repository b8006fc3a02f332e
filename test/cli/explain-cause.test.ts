import { describe, expect, test } from 'vitest'
import { type CauseId, causeNumbers } from '../../src/cause-ids.ts'
import { causeLine, causeText } from '../../src/cli/say/cause.ts'
import { recordedMachine } from '../../src/holder/machine/recorded.ts'
import { countersign } from './program.ts'

const ids = Object.keys(causeNumbers) as CauseId[]

function sight(shell: string, columns = 80) {
  const env = { HOME: '/u/alice', SHELL: shell }
  const machine = recordedMachine({ env, now: new Date('2026-11-28T12:00:00Z') })
  return { look: { columns, colour: false, unicode: true }, machine }
}

describe('explain with the name of a cause', () => {
  test('tells the same by id, by number and by the words of the id', async () => {
    const [byId, byNumber, byWords] = await Promise.all([
      countersign(['explain', 'stale-session-token']),
      countersign(['explain', 'c20']),
      countersign(['explain', 'stale', 'session', 'token']),
    ])
    expect(byId).toMatchObject({ code: 0, stderr: '' })
    expect(byId.stdout).toContain('unset AWS_SESSION_TOKEN AWS_SECURITY_TOKEN')
    expect(byId.stdout).toMatch(/see it happen: countersign lab stale-session-token\n$/)
    expect(byNumber.stdout).toBe(byId.stdout)
    expect(byWords.stdout).toBe(byId.stdout)
  })

  test('gives a program the whole entry', async () => {
    const { code, stdout } = await countersign(['explain', 'C04', '--json'])
    const told = JSON.parse(stdout)
    expect(code).toBe(0)
    expect(Object.keys(told)).toEqual([
      'schema',
      'id',
      'number',
      'family',
      'title',
      'story',
      'symptoms',
      'signs',
      'probes',
      'excludedBy',
      'lookAlikes',
      'fixes',
      'prevention',
      'unplayable',
      'sources',
    ])
    expect(told).toMatchObject({ schema: 'countersign.cause/1', id: 'secret-wrong', number: 'C04' })
    expect(told.fixes[0].commands.bash).toEqual(['countersign configure'])
  })

  test.each([
    ['stale-sesion-token', 'Did you mean: countersign explain stale-session-token?'],
    ['stale-token', 'Did you mean: countersign explain stale-session-token?'],
    ['mfa-serial', 'Did you mean: countersign explain mfa-serial-wrong?'],
    ['C89', 'There is no cause C89: they are C01 to C88.'],
  ])('says of %s what may have been meant', async (word, hint) => {
    const { code, stdout, stderr } = await countersign(['explain', word])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(hint)
  })

  test('leaves error codes and other words to the reading of errors', async () => {
    const { code, stdout } = await countersign(['explain', 'InvalidClientTokenId', '--offline', '--json'])
    expect(JSON.parse(stdout).schema).toBe('countersign.explain/1')
    expect(code).toBe(0)
    expect(await countersign(['explain', 'no-such-thing-at-all', '--offline'])).toMatchObject({ code: 3 })
  })
})

describe('the text of a cause', () => {
  test.each(['/bin/bash', '/usr/bin/fish', '/usr/bin/pwsh'])(
    'fits a narrow window but for commands, in %s',
    (shell) => {
      for (const id of ids) {
        const narrow = sight(shell, 60)
        const lines = causeText(narrow, id, true).split('\n')
        for (const line of lines.filter((each) => !each.startsWith('      '))) {
          if (!/\S{50}/.test(line)) expect(line.length).toBeLessThanOrEqual(60)
          expect(line).not.toContain('`')
        }
      }
    },
  )

  test('is one line with --quiet', () => {
    for (const id of ids) expect(causeLine(sight('/bin/bash'), id).trimEnd()).not.toContain('\n')
  })
})
