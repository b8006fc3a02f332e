import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { diagnose } from '../../../src/holder/diagnosis/index.ts'
import { recordedMachine } from '../../../src/holder/machine/recorded.ts'
import { accountB, hours, idOf, now, refusal, secretOf, tokenOf } from './stand-in.ts'

/*
 * Sessions that some tool keeps by itself and that go before what the person has written. The AWS CLI (1.45.11) was seen to use
 * a kept session whatever account it is of, as long as it does not end.
 */
const home = '/h'
const own = '609629065308'
const pair = (seed: number) => `aws_access_key_id = ${idOf('AKIA', seed)}\naws_secret_access_key = ${secretOf(seed)}\n`
const session = (seed: number, end: Date, more = '') =>
  `aws_access_key_id = ${idOf('ASIA', seed)}\naws_secret_access_key = ${secretOf(seed)}\naws_session_token = ${tokenOf(seed)}\nx_security_token_expires = ${end.toISOString()}\n${more}`

async function check(files: Record<string, string>, env: Record<string, string> = {}, profile?: string) {
  const machine = recordedMachine({
    userHome: home,
    cwd: '/w',
    now,
    env: { HOME: home, AWS_REGION: 'eu-west-1', ...env },
    files,
    send: async () => refusal(403, 'InvalidClientTokenId', 'The security token included in the request is invalid.'),
  })
  return (await diagnose(machine, { profile })).causes
}

describe('the cache of the AWS CLI', () => {
  const arn = `arn:aws:iam::${own}:role/x`
  const name = createHash('sha1')
    .update(JSON.stringify({ RoleArn: arn }).replace(':"', ': "'))
    .digest('hex')
  const file = `${home}/.aws/cli/cache/${name}.json`
  const kept = (account: string) =>
    JSON.stringify({
      Credentials: {
        AccessKeyId: idOf('ASIA', 5, account),
        SecretAccessKey: secretOf(5),
        SessionToken: tokenOf(5, { account }),
        Expiration: hours(3).toISOString(),
      },
    })
  const config = {
    [`${home}/.aws/config`]: `[profile r]\nrole_arn = ${arn}\nsource_profile = k\n`,
    [`${home}/.aws/credentials`]: `[k]\n${pair(1)}`,
  }

  test('may hold a session that is not accepted any more', async () => {
    const causes = await check({ ...config, [file]: kept(own) }, {}, 'r')
    expect(causes[0]).toMatchObject({ id: 'role-cache-stale', certainty: 'likely' })
    expect(causes[0]!.fix).toMatchObject({ automatic: true, edits: [{ kind: 'remove-file', file }] })
    for (const lines of Object.values(causes[0]!.fix.commands))
      expect(lines).toEqual(['countersign fix role-cache-stale --profile r'])
  })

  test('may hold a session of another account', async () => {
    const [first] = await check({ ...config, [file]: kept(accountB) }, {}, 'r')
    expect(first).toMatchObject({ id: 'role-cache-stale', certainty: 'proven' })
  })

  test('is not blamed for keys from elsewhere', async () => {
    const causes = await check({ ...config, [file]: kept(own) }, {}, 'k')
    expect(causes.map(({ id }) => id)).not.toContain('role-cache-stale')
  })
})

describe('a SAML login', () => {
  const principal = 'x_principal_arn = arn:aws:sts::609629065308:assumed-role/dev/ann\n'
  test('went to a profile that is not used', async () => {
    const causes = await check({
      [`${home}/.aws/credentials`]: `[default]\n${session(3, hours(-30))}[saml]\n${session(4, hours(3), principal)}`,
    })
    const finding = causes.find(({ id }) => id === 'saml-failed')
    expect(finding).toMatchObject({ certainty: 'likely' })
    expect(finding!.fix.commands.bash).toEqual(['export AWS_PROFILE=saml'])
  })

  test('that is over as well is no way out', async () => {
    const causes = await check({
      [`${home}/.aws/credentials`]: `[default]\n${session(3, hours(-30))}[saml]\n${session(4, hours(-2), principal)}`,
    })
    expect(causes.map(({ id }) => id)).not.toContain('saml-failed')
  })
})

test('the managed credentials of Cloud9 are told of in Cloud9 only', async () => {
  const files = { [`${home}/.aws/credentials`]: `[default]\n${session(3, hours(1))}` }
  expect((await check(files, { C9_PROJECT: 'shop' })).map(({ id }) => id)).toContain('managed-credentials')
  expect((await check(files)).map(({ id }) => id)).not.toContain('managed-credentials')
})
