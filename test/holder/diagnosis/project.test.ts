import { describe, expect, test } from 'vitest'
import type { SdkName } from '../../../src/holder/chains/trace.ts'
import { diagnose, explainError } from '../../../src/holder/diagnosis/index.ts'
import { type RecordedFile, recordedMachine } from '../../../src/holder/machine/recorded.ts'
import { idOf, now, secretOf, tokenOf } from './stand-in.ts'

/*
 * An error of a program that configures AWS by itself is explained from that program's own files. The texts of Terraform are
 * those of Terraform 1.11.4, which was run against an STS that refuses everything.
 */
const home = '/h'
const terraformAnswer =
  'Error: validating provider credentials: retrieving caller identity from STS: operation error STS: GetCallerIdentity, https response error StatusCode: 403, RequestID: 11111111-2222-3333-4444-555555555555, api error InvalidClientTokenId: The security token included in the request is invalid.\n'
const atBackend = `\nInitializing the backend...\n\n${terraformAnswer}`
const atProvider = `\n${terraformAnswer}\n  with provider["registry.terraform.io/hashicorp/aws"],\n  on main.tf line 9, in provider "aws":\n   9: provider "aws" {\n`
const gone = (profile: string) =>
  `\nInitializing the backend...\n\nError: failed to get shared config profile, ${profile}\n`
const backend = (lines: string) => `terraform {\n  backend "s3" {\n    bucket = "b"\n${lines}\n  }\n}\n`
const provider = (lines: string) => `provider "aws" {\n${lines}\n}\n`
const section = (name: string, seed: number) =>
  `[${name}]\naws_access_key_id = ${idOf('AKIA', seed)}\naws_secret_access_key = ${secretOf(seed)}\n`
const kept = (config: object) => JSON.stringify({ version: 3, backend: { type: 's3', config } }, null, 2)

const php = `PHP Fatal error:  Uncaught exception 'Aws\\Ses\\Exception\\SesException' with message 'Error executing "SendRawEmail" on "https://email.eu-west-1.amazonaws.com"; AWS HTTP error: Client error: \`POST https://email.eu-west-1.amazonaws.com\` resulted in a \`403 Forbidden\` response InvalidClientTokenId (client): The security token included in the request is invalid.'`

interface Case {
  readonly why: string
  readonly text: string
  readonly files?: Readonly<Record<string, RecordedFile>>
  readonly env?: Readonly<Record<string, string>>
  readonly sdk?: SdkName
  readonly platform?: 'win32'
  /** `id certainty` of what has to be told; or what must not be told at all. */
  readonly told?: string
  readonly first?: true
  readonly untold?: readonly string[]
  readonly says?: RegExp
}

const disk = (lines: string) =>
  `<?php\nreturn [\n  'disks' => [\n    's3' => [\n      'driver' => 's3',\n${lines}\n    ],\n  ],\n];\n`

const cases: readonly Case[] = [
  // Terraform.
  {
    why: 'the backend names a profile that was renamed',
    text: gone('old'),
    files: { '/w/main.tf': backend('profile = "old"'), [`${home}/.aws/credentials`]: section('new', 1) },
    told: 'terraform-backend proven',
    first: true,
    says: /main\.tf:4 names it/,
    untold: ['profile-not-found'],
  },
  {
    why: 'what terraform init was given is kept, and outlives the profile',
    text: gone('old'),
    files: {
      '/w/main.tf': backend('') + provider('profile = "new"'),
      '/w/.terraform/terraform.tfstate': kept({ profile: 'old' }),
      [`${home}/.aws/credentials`]: section('new', 1),
    },
    told: 'terraform-backend proven',
    first: true,
    says: /terraform\.tfstate:6/,
  },
  {
    why: 'AWS_PROFILE names the missing profile, and the backend names none',
    text: gone('nope'),
    env: { AWS_PROFILE: 'nope' },
    files: { '/w/main.tf': backend(''), [`${home}/.aws/credentials`]: section('new', 1) },
    untold: ['terraform-backend'],
  },
  {
    why: 'old keys stand in the block of the backend',
    text: atBackend,
    files: {
      '/w/main.tf': backend(`access_key = "${idOf('AKIA', 7)}"\nsecret_key = "x"`),
      [`${home}/.aws/credentials`]: section('default', 1),
    },
    told: 'terraform-backend likely',
    first: true,
    says: /main\.tf:4 holds the key AKIA…/,
  },
  {
    why: 'old keys were kept by terraform init',
    text: atBackend,
    files: {
      '/w/main.tf': backend(''),
      '/w/.terraform/terraform.tfstate': kept({ access_key: idOf('AKIA', 7), secret_key: 'x' }),
      [`${home}/.aws/credentials`]: section('default', 1),
    },
    told: 'terraform-backend likely',
    first: true,
    says: /-backend-config=profile=/,
  },
  {
    why: 'the backend uses another profile than everything else',
    text: atBackend,
    files: {
      '/w/main.tf': backend('profile = "state"') + provider('profile = "dev"'),
      [`${home}/.aws/credentials`]: section('state', 1) + section('dev', 2),
    },
    told: 'terraform-backend likely',
    first: true,
  },
  {
    why: 'only the provider names a profile',
    text: '\nInitializing the backend...\n\nError: No valid credential sources found\n\nPlease see https://developer.hashicorp.com/terraform/language/backend/s3\nfor more information about providing credentials.\n\nError: failed to refresh cached credentials, no EC2 IMDS role found,\noperation error ec2imds: GetMetadata, access disabled to EC2 IMDS via client\noption, or "AWS_EC2_METADATA_DISABLED" environment variable\n',
    env: { AWS_EC2_METADATA_DISABLED: 'true' },
    files: {
      '/w/main.tf': backend('') + provider('profile = "dev"'),
      [`${home}/.aws/credentials`]: section('dev', 2),
    },
    told: 'terraform-backend likely',
    first: true,
    untold: ['no-credentials'],
    says: /-backend-config=profile=dev/,
  },
  {
    why: 'the provider failed, and the backend is innocent',
    text: atProvider,
    files: {
      '/w/main.tf': backend('profile = "state"') + provider('profile = "dev"'),
      [`${home}/.aws/credentials`]: section('state', 1) + section('dev', 2),
    },
    untold: ['terraform-backend'],
  },
  {
    why: 'the file for the backend names a profile that was renamed',
    text: gone('old'),
    files: {
      '/w/main.tf': backend(''),
      '/w/dev.tfbackend': 'profile = "new"\n',
      '/w/prod.tfbackend': '# prod\nprofile = "old"\n',
      [`${home}/.aws/credentials`]: section('new', 1),
    },
    told: 'terraform-backend proven',
    first: true,
    says: /prod\.tfbackend:2 names it/,
  },
  {
    why: 'the backend reads a file that was moved',
    text: gone('dev'),
    files: {
      '/w/main.tf': backend('shared_credentials_files = ["~/creds"]\nprofile = "dev"'),
      [`${home}/.aws/credentials`]: section('dev', 1),
    },
    told: 'terraform-backend proven',
    first: true,
    says: /names ~\/creds, and there is no such file/,
  },
  {
    why: 'the backend reads a file of its own, which has the profile',
    text: atBackend,
    files: {
      '/w/main.tf': backend('shared_credentials_files = ["$HOME/creds"]\nprofile = "dev"'),
      [`${home}/creds`]: section('dev', 1),
      [`${home}/.aws/credentials`]: section('default', 2),
    },
    told: 'terraform-backend likely',
    says: /uses profile "dev"/,
  },
  {
    why: 'the provider reads a file that is not there',
    text: '\nError: No valid credential sources found\n\n  with provider["registry.terraform.io/hashicorp/aws"],\n  on main.tf line 1, in provider "aws":\n   1: provider "aws" {\n\nPlease see https://registry.terraform.io/providers/hashicorp/aws\nfor more information about providing credentials.\n',
    files: {
      '/w/main.tf': provider('shared_credentials_files = ["/nope"]'),
      [`${home}/.aws/credentials`]: section('default', 2),
    },
    told: 'unexpected-file likely',
    first: true,
    untold: ['terraform-backend'],
  },
  {
    why: 'keys in the block of the provider go before everything else',
    text: atProvider,
    files: {
      '/w/main.tf': provider(`access_key = "${idOf('ASIA', 7)}"\nsecret_key = "x"`),
      [`${home}/.aws/credentials`]: section('default', 1),
    },
    told: 'frozen-in-app likely',
    first: true,
    says: /no "token" stands beside it/,
  },
  {
    why: 'a bucket that does not exist is no matter of credentials',
    text: '\nInitializing the backend...\n\nError: Failed to get existing workspaces: S3 bucket "b" does not exist.\n\napi error NoSuchBucket: The specified bucket does not exist\n',
    files: {
      '/w/main.tf': backend('') + provider('profile = "dev"'),
      [`${home}/.aws/credentials`]: section('default', 1) + section('dev', 2),
    },
    untold: ['terraform-backend', 'unexpected-file'],
  },
  {
    why: 'without files of Terraform nothing is said of its backend by this machine',
    text: 'An error occurred (InvalidClientTokenId) when calling the GetCallerIdentity operation: The security token included in the request is invalid.',
    files: { '/w/main.tf': backend('profile = "state"'), [`${home}/.aws/credentials`]: section('default', 2) },
    untold: ['terraform-backend'],
  },
  {
    why: 'the block of the provider names a profile that was renamed',
    text: 'Error: failed to get shared config profile, old\n\n  with provider["registry.terraform.io/hashicorp/aws"],\n',
    files: { '/w/main.tf': provider('profile = "old"'), [`${home}/.aws/credentials`]: section('new', 1) },
    told: 'profile-not-found proven',
    first: true,
    says: /main\.tf:2 names it/,
  },
  {
    why: 'samconfig.toml names a profile that nobody has here',
    text: 'Error: The config profile (gone) could not be found',
    files: {
      '/w/samconfig.toml': '[default.deploy.parameters]\nprofile = "gone"\n',
      [`${home}/.aws/credentials`]: section('new', 1),
    },
    told: 'profile-not-found proven',
    first: true,
    says: /samconfig\.toml:2 names it/,
  },
  {
    why: 'a file that names another profile is not blamed',
    text: 'Error: The config profile (gone) could not be found',
    files: { '/w/cdk.json': '{"profile": "gone-too"}' },
    told: 'profile-not-found proven',
    says: /^(?!.*cdk\.json)/s,
  },
  // Frameworks.
  {
    why: 'Laravel reads the token as "token" only',
    text: php,
    env: { AWS_ACCESS_KEY_ID: idOf('ASIA', 4), AWS_SECRET_ACCESS_KEY: secretOf(4), AWS_SESSION_TOKEN: tokenOf(4) },
    files: {
      '/w/config/filesystems.php': disk(
        "      'key' => env('AWS_ACCESS_KEY_ID'),\n      'secret' => env('AWS_SECRET_ACCESS_KEY'),\n      'session_token' => env('AWS_SESSION_TOKEN'),",
      ),
    },
    told: 'token-property-name likely',
    first: true,
    says: /filesystems\.php:8 must be "token"/,
    untold: ['session-token-missing'],
  },
  {
    why: 'the disk as Laravel ships it hands on no token',
    text: php,
    env: { AWS_ACCESS_KEY_ID: idOf('ASIA', 4), AWS_SECRET_ACCESS_KEY: secretOf(4), AWS_SESSION_TOKEN: tokenOf(4) },
    files: {
      '/w/config/filesystems.php': disk(
        "      'key' => env('AWS_ACCESS_KEY_ID'),\n      'secret' => env('AWS_SECRET_ACCESS_KEY'),\n      'region' => env('AWS_DEFAULT_REGION'),",
      ),
    },
    told: 'token-property-name likely',
    says: /no token beside them/,
  },
  {
    why: 'with a long-term key no token is missed',
    text: php,
    env: { AWS_ACCESS_KEY_ID: idOf('AKIA', 4), AWS_SECRET_ACCESS_KEY: secretOf(4) },
    files: {
      '/w/config/filesystems.php': disk(
        "      'key' => env('AWS_ACCESS_KEY_ID'),\n      'secret' => env('AWS_SECRET_ACCESS_KEY'),",
      ),
    },
    untold: ['token-property-name'],
  },
  {
    why: 'with the right name nothing is said',
    text: php,
    env: { AWS_ACCESS_KEY_ID: idOf('ASIA', 4), AWS_SECRET_ACCESS_KEY: secretOf(4), AWS_SESSION_TOKEN: tokenOf(4) },
    files: {
      '/w/config/filesystems.php': disk(
        "      'key' => env('AWS_ACCESS_KEY_ID'),\n      'secret' => env('AWS_SECRET_ACCESS_KEY'),\n      'token' => env('AWS_SESSION_TOKEN'),",
      ),
    },
    untold: ['token-property-name'],
  },
  {
    why: 'Rails hands its settings to the SDK for Ruby, which wants session_token',
    text: "/gems/aws-sdk-core-3.1/lib/seahorse/client/plugins/raise_response_errors.rb:17:in `call': The security token included in the request is invalid. (Aws::STS::Errors::InvalidClientTokenId)",
    files: {
      '/w/config/storage.yml': `amazon:\n  service: S3\n  access_key_id: ${idOf('ASIA', 4)}\n  secret_access_key: "x"\n  token: <%= ENV["AWS_SESSION_TOKEN"] %>\n`,
    },
    told: 'token-property-name likely',
    says: /storage\.yml:5 must be "session_token"/,
  },
  // Logins made from credentials.
  {
    why: 'the login is at another registry',
    text: 'denied: Your authorization token has expired. Reauthenticate and try again.\nfailed to push 123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop:latest',
    files: {
      [`${home}/.docker/config.json`]:
        '{\n "auths": {\n  "123456789012.dkr.ecr.us-east-1.amazonaws.com": {"auth": "QVdTOng="}}}',
    },
    told: 'registry-login-expired proven',
    first: true,
    says: /get-login-password --region eu-west-1 \| docker login --username AWS --password-stdin 123456789012\.dkr\.ecr\.eu-west-1/,
  },
  {
    why: 'the login says itself when it ended',
    text: 'denied: Your authorization token has expired. Reauthenticate and try again.',
    files: {
      [`${home}/.docker/config.json`]: JSON.stringify({
        auths: {
          '123456789012.dkr.ecr.eu-west-1.amazonaws.com': {
            auth: btoa(
              `AWS:${btoa(JSON.stringify({ payload: 'x', expiration: Math.floor(now.getTime() / 1000) - 7200 }))}`,
            ),
          },
        },
      }),
    },
    told: 'registry-login-expired proven',
    first: true,
    says: /2 hours ago/,
  },
  {
    why: 'an old key of Bedrock goes before the credentials',
    text: 'An error occurred (UnrecognizedClientException) when calling the InvokeModel operation: The security token included in the request is invalid. https://bedrock-runtime.eu-west-1.amazonaws.com/model/x/invoke',
    env: {
      AWS_BEARER_TOKEN_BEDROCK: `bedrock-api-key-${btoa('bedrock.amazonaws.com/?Action=CallWithBearerToken&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20261127T120000Z&X-Amz-Expires=43200&Version=1')}`,
    },
    files: { [`${home}/.aws/credentials`]: section('default', 1) },
    told: 'bearer-token-left proven',
    first: true,
    says: /12 hours ago/,
  },
  {
    why: 'a key of Bedrock explains no refusal of STS',
    text: 'An error occurred (InvalidClientTokenId) when calling the GetCallerIdentity operation: The security token included in the request is invalid.',
    env: { AWS_BEARER_TOKEN_BEDROCK: 'ABSKxxxx' },
    files: { [`${home}/.aws/credentials`]: section('default', 1) },
    untold: ['bearer-token-left'],
  },
  {
    why: 'the secret access key was taken for the SMTP password',
    text: 'Error: Invalid login: 535 Authentication Credentials Invalid',
    env: { SMTP_HOST: 'email-smtp.eu-west-1.amazonaws.com', SMTP_PASSWORD: secretOf(9) },
    told: 'smtp-password proven',
    first: true,
    says: /SMTP_PASSWORD has 40 characters/,
  },
  {
    why: 'the same in the .env file of the program',
    text: 'Error: Invalid login: 535 Authentication Credentials Invalid',
    files: { '/w/.env': `MAIL_HOST=email-smtp.eu-west-1.amazonaws.com\nMAIL_PASSWORD="${secretOf(9)}"\n` },
    told: 'smtp-password proven',
    first: true,
  },
  {
    why: 'a password of the right length is not blamed by its length',
    text: 'Error: Invalid login: 535 Authentication Credentials Invalid',
    env: { SMTP_HOST: 'email-smtp.eu-west-1.amazonaws.com', SMTP_PASSWORD: `B${secretOf(9)}abc` },
    told: 'smtp-password likely',
  },
  {
    why: 'the .NET store holds the profile too',
    text: 'Amazon.SecurityToken.AmazonSecurityTokenServiceException: The security token included in the request is invalid. ---> Amazon.Runtime.Internal.HttpErrorResponseException: InvalidClientTokenId',
    sdk: 'dotnet',
    platform: 'win32',
    env: { USERPROFILE: 'C:\\Users\\ann', LOCALAPPDATA: 'C:\\Users\\ann\\AppData\\Local', AWS_PROFILE: 'dev' },
    files: {
      'C:\\Users\\ann\\AppData\\Local\\AWSToolkit\\RegisteredAccounts.json':
        '{"a1": {"DisplayName": "dev", "AWSAccessKey": "x", "ProfileType": "AWS"}}',
      'C:\\Users\\ann\\.aws\\credentials': section('dev', 1),
    },
    told: 'sdk-store-shadows likely',
    first: true,
  },
]

describe('an error of a program that configures AWS by itself', () => {
  test.each(cases.map((each) => [each.why, each] as const))('%s', async (_why, each) => {
    const isWindows = each.platform === 'win32'
    const machine = recordedMachine({
      platform: each.platform ?? 'linux',
      userHome: isWindows ? 'C:\\Users\\ann' : home,
      cwd: isWindows ? 'C:\\w' : '/w',
      now,
      env: { ...(isWindows ? {} : { HOME: home }), ...each.env },
      files: each.files ?? {},
    })
    const { causes } = await explainError(each.text, { machine, sdk: each.sdk })
    const told = causes.map(({ id, certainty }) => `${id} ${certainty}`)
    if (each.told !== undefined) {
      expect(told).toContain(each.told)
      if (each.first === true) expect(told[0]).toBe(each.told)
      const finding = causes.find(({ id, certainty }) => `${id} ${certainty}` === each.told)!
      if (each.says !== undefined)
        expect(
          [
            finding.title,
            ...finding.evidence.map(({ says }) => says),
            ...finding.fix.commands.bash,
            finding.fix.says,
          ].join('\n'),
        ).toMatch(each.says)
    }
    for (const id of each.untold ?? []) expect(causes.map((cause) => cause.id)).not.toContain(id)
  })

  test('shows in a check, too, where the program takes the very key', async () => {
    const check = async (lines: string) => {
      const machine = recordedMachine({
        userHome: home,
        cwd: '/w',
        now,
        env: { HOME: home, AWS_ACCESS_KEY_ID: idOf('ASIA', 4), AWS_SECRET_ACCESS_KEY: secretOf(4) },
        files: { '/w/config/filesystems.php': disk(lines) },
      })
      return (await diagnose(machine, { offline: true })).causes[0]?.id
    }
    const own = "'key' => env('AWS_ACCESS_KEY_ID'), 'secret' => env('X'), "
    expect(await check(`${own}'session_token' => env('AWS_SESSION_TOKEN'),`)).toBe('token-property-name')
    expect(await check(`${own}'token' => env('AWS_SESSION_TOKEN'),`)).toBe('session-token-missing')
    expect(await check("'key' => env('OTHER'), 'secret' => env('X'), 'session_token' => env('Y'),")).toBe(
      'session-token-missing',
    )
  })

  test('is not looked for on a machine that works', async () => {
    const machine = recordedMachine({
      userHome: home,
      cwd: '/w',
      now,
      env: { HOME: home, AWS_BEARER_TOKEN_BEDROCK: 'ABSKx' },
      files: {
        [`${home}/.aws/credentials`]: section('default', 1),
        '/w/main.tf': backend('profile = "gone"'),
        '/w/config/filesystems.php': disk("'key' => 'ASIAQQQQQQQQQQQQQQQQ', 'secret' => 'x'"),
      },
    })
    expect((await diagnose(machine, { offline: true })).causes).toEqual([])
  })
})
