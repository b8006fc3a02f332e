import { describe, expect, test } from 'vitest'
import { countersign } from './program.ts'

describe('lab', () => {
  test('shows what was broken, that the cure was accepted, and that it was taken back', async () => {
    const { code, stdout } = await countersign(['lab', 'stale-session-token'])
    expect(code).toBe(0)
    const flat = stdout.replace(/\s+/g, ' ')
    expect(flat).toContain('What fix did, for real ~/.aws/credentials: remove aws_session_token from [default]')
    expect(flat).toContain('broken the request was refused: InvalidClientTokenId')
    expect(flat).toContain('fixed the same request was accepted')
    expect(flat).toContain('undone every byte is as before, and so is the answer')
  })

  test('says the same to a program, and nothing of a cure that only a person can carry out', async () => {
    const cured = JSON.parse((await countersign(['lab', 'environment-shadows-profile', '--json'])).stdout)
    expect(cured).toMatchObject({ agrees: true, cure: { automatic: false, cured: true, undone: true } })
    expect(cured.cure.did).toEqual(['in the shell: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY'])
    const { code, stdout } = await countersign(['lab', 'clock-skew', '--json'])
    expect({ code, cure: JSON.parse(stdout).cure }).toEqual({ code: 0, cure: null })
  })
})
