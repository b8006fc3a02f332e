import { describe, expect, test } from 'vitest'
import { diagnose, explainError } from '../../../src/holder/diagnosis/index.ts'
import { type RecordedFile, type Recording, recordedMachine } from '../../../src/holder/machine/recorded.ts'
import { hours, idOf, now, refusal, reply, secretOf, tokenOf } from './stand-in.ts'

/*
 * What stands around a machine without having anything to do with its trouble must neither be blamed nor push the true cause
 * aside: files of other programs, an old login, a container, a bearer token.
 */
const home = '/h'
const token = '/t'
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const goodToken = `${part({ alg: 'RS256' })}.${part({ iss: 'https://x', sub: 's', aud: 'sts.amazonaws.com', exp: Math.floor(hours(5).getTime() / 1000) })}.c2ln`

const surroundings: Readonly<Record<string, RecordedFile>> = {
  '/w/main.tf': 'terraform {\n backend "s3" {\n  profile = "gone"\n }\n}\nprovider "aws" {\n profile = "other"\n}\n',
  '/w/.terraform/terraform.tfstate': '{"backend": {"type": "s3", "config": {"profile": "gone"}}}',
  '/w/serverless.yml': 'provider:\n  profile: gone\n',
  '/w/samconfig.toml': '[default.global.parameters]\nprofile = "gone"\n',
  '/w/cdk.json': '{"profile": "gone"}',
  '/w/appsettings.json': '{"AWS": {"Profile": "gone"}}',
  '/w/config/filesystems.php':
    "<?php return ['s3' => ['driver' => 's3', 'key' => env('OTHER_KEY'), 'secret' => env('OTHER'), 'session_token' => env('X')]];",
  '/w/config/storage.yml': 'amazon:\n  service: S3\n  access_key_id: <%= ENV["OTHER_KEY"] %>\n  token: x\n',
  [`${home}/.docker/config.json`]: '{"auths": {"123456789012.dkr.ecr.eu-west-1.amazonaws.com": {"auth": "QVdTOng="}}}',
  [`${home}/.aws/cli/cache/0000.json`]: '{"Credentials": {"AccessKeyId": "x"}}',
  '/.dockerenv': '',
  '/sys/class/dmi/id/sys_vendor': 'Amazon EC2\n',
  '/proc/sys/kernel/osrelease': '5.15.167.4-microsoft-standard-WSL2\n',
}
const variables = {
  AWS_BEARER_TOKEN_BEDROCK: 'ABSKx',
  SMTP_PASSWORD: secretOf(70),
  MAIL_HOST: 'email-smtp.eu-west-1.amazonaws.com',
}

/** The causes of this family: none of them is at fault here. */
const mine = [
  'terraform-backend',
  'token-property-name',
  'role-cache-stale',
  'sdk-store-shadows',
  'registry-login-expired',
  'bearer-token-left',
  'smtp-password',
  'reserved-variables',
  'pod-identity-misconfigured',
  'oidc-token-invalid',
  'oidc-trust-mismatch',
  'imds-hop-limit',
  'instance-role-broken',
  'node-role-instead',
  'fell-through-to-role',
  'saml-failed',
  'managed-credentials',
  'cognito-pool',
  'clock-skew',
]

const longTerm = { AWS_ACCESS_KEY_ID: idOf('AKIA', 61), AWS_SECRET_ACCESS_KEY: secretOf(61) }
const session = {
  AWS_ACCESS_KEY_ID: idOf('ASIA', 62),
  AWS_SECRET_ACCESS_KEY: secretOf(62),
  AWS_SESSION_TOKEN: tokenOf(62),
}
const settings: readonly (readonly [
  string,
  Readonly<Record<string, string>>,
  Readonly<Record<string, RecordedFile>>,
])[] = [
  ['a long-term key', longTerm, {}],
  ['a session', session, {}],
  ['a key and a leftover token', { ...longTerm, AWS_SESSION_TOKEN: tokenOf(63) }, {}],
  ['a session without its token', { ...session, AWS_SESSION_TOKEN: '' }, {}],
  ['a key with a blank', { ...longTerm, AWS_ACCESS_KEY_ID: ` ${longTerm.AWS_ACCESS_KEY_ID}` }, {}],
  [
    'a profile',
    {},
    {
      [`${home}/.aws/credentials`]: `[default]\naws_access_key_id = ${longTerm.AWS_ACCESS_KEY_ID}\naws_secret_access_key = ${longTerm.AWS_SECRET_ACCESS_KEY}\n`,
    },
  ],
]
const answers = [
  ['InvalidClientTokenId', 'The security token included in the request is invalid.'],
  ['SignatureDoesNotMatch', 'The request signature we calculated does not match the signature you provided.'],
  ['ExpiredToken', 'The security token included in the request is expired'],
] as const

describe('surroundings that have nothing to do with it', () => {
  const machineOf = (env: object, files: object, send?: Recording['send']) =>
    recordedMachine({
      userHome: home,
      cwd: '/w',
      now,
      env: { HOME: home, AWS_REGION: 'eu-west-1', ...variables, ...env },
      files: { ...surroundings, ...files },
      ...(send === undefined ? {} : { send }),
    })

  test.each(
    settings.flatMap(([what, env, files]) => answers.map(([code, message]) => ({ what, code, message, env, files }))),
  )('are not blamed when $what is refused with $code', async ({ code, message, env, files }) => {
    const { causes } = await diagnose(machineOf(env, files, async () => refusal(403, code, message)))
    expect(causes.map(({ id }) => id).filter((id) => mine.includes(id))).toEqual([])
  })

  test.each(answers)('are not blamed for a pasted %s of the AWS CLI', async (code, message) => {
    const text = `An error occurred (${code}) when calling the GetCallerIdentity operation: ${message}`
    const { causes } = await explainError(text, { machine: machineOf(longTerm, {}) })
    expect(causes.map(({ id }) => id).filter((id) => mine.includes(id))).toEqual([])
  })

  test('are not blamed where all is well', async () => {
    const answer =
      '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::609629065308:user/a</Arn><UserId>AIDA</UserId><Account>609629065308</Account></GetCallerIdentityResult></GetCallerIdentityResponse>'
    for (const env of [longTerm, session])
      for (const question of [{}, { offline: true }])
        expect(
          (
            await diagnose(
              machineOf(env, {}, async () => reply(200, answer)),
              question,
            )
          ).causes,
        ).toEqual([])
    const web = { AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/x', AWS_WEB_IDENTITY_TOKEN_FILE: token }
    expect((await diagnose(machineOf(web, { [token]: goodToken }), { offline: true })).causes).toEqual([])
  })
})
