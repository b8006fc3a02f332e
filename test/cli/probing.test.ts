import { describe, expect, test } from 'vitest'
import { credentialsFile, issuer } from './authority.ts'
import { countersign } from './program.ts'

/*
 * What is asked of AWS is told before it is asked, and what needs leave is not asked without it.
 */
const here = issuer()

/** The computer that runs the tests may be busy with others. */
const patient = ['--timeout', '30']

describe('--debug', () => {
  test('describes each probe before it runs, with what it tells, where it goes and what it carries', async () => {
    const files = credentialsFile({ ...here.alice, sessionToken: here.session.sessionToken })
    const { stderr } = await countersign(['check', '--debug', '--endpoint-url', here.authority.url, ...patient], {
      files,
    })
    const probes = stderr.split('\n').filter((line) => line.startsWith('debug: probe '))
    expect(probes.map((line) => line.split(' ')[2])).toEqual(['sts-as-it-is', 'sts-without-token'])
    for (const line of probes)
      expect(line).toMatch(
        new RegExp(`^debug: probe \\S+ tells .+; it goes to ${here.authority.url} and carries .+never the secret`),
      )
    const lines = stderr.split('\n')
    expect(lines.indexOf(probes[0]!)).toBeLessThan(lines.findIndex((line) => line.startsWith('debug: POST')))
    for (const secret of [here.alice.secretAccessKey, here.session.sessionToken, here.alice.accessKeyId])
      expect(stderr).not.toContain(secret)
  })
})

describe('--yes', () => {
  const unknown = () =>
    credentialsFile({ accessKeyId: `AKIA${'QRSTUVWX'.repeat(2)}`, secretAccessKey: 'madeUpBy'.repeat(5) })

  test('gives leave to ask the other partitions, which are else not asked', async () => {
    const args = ['check', '--debug', '--json', '--endpoint-url', here.authority.url, ...patient]
    const without = await countersign(args, { files: unknown() })
    expect(without.stderr).not.toContain('probe sts-in-other-partition')
    const withLeave = await countersign([...args, '--yes'], { files: unknown() })
    expect(withLeave.stderr.match(/probe sts-in-other-partition/g)).toHaveLength(3)
    expect(JSON.parse(withLeave.stdout)).toMatchObject({ status: 'rejected' })
  })
})

describe('explain --ask', () => {
  const refused =
    'An error occurred (InvalidClientTokenId) when calling the ListUsers operation: The security token included in the request is invalid.'

  test('proves by asking that the session is good and IAM does not take it', async () => {
    const files = credentialsFile(here.session)
    const { code, stdout } = await countersign(['explain', refused, '--ask', '--json', ...patient], {
      files,
      env: { AWS_ENDPOINT_URL: here.authority.url },
    })
    expect(code).toBe(1)
    expect(JSON.parse(stdout).causes[0]).toMatchObject({ id: 'session-without-mfa', certainty: 'proven' })
  })

  test.each([[['--offline', '--ask']], [[]]])('sends nothing with %j', async (more) => {
    const { stderr } = await countersign(['explain', refused, '--debug', ...more], {
      files: credentialsFile(here.session),
      env: { AWS_ENDPOINT_URL: here.authority.url },
    })
    expect(stderr).not.toContain('probe')
    expect(stderr).not.toContain('POST')
  })
})
