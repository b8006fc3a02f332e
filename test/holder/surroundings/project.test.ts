// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates of Terraform and Serverless are written like this
import { describe, expect, test } from 'vitest'
import { type Recording, recordedMachine } from '../../../src/holder/machine/recorded.ts'
import { projectProfile } from '../../../src/holder/surroundings/project.ts'
import { readTerraform } from '../../../src/holder/surroundings/terraform.ts'

const at = (files: Record<string, string>, more: Partial<Recording> = {}) =>
  recordedMachine({
    userHome: '/h',
    cwd: '/w',
    files: Object.fromEntries(
      Object.entries(files).map(([name, text]) => [name.startsWith('/') ? name : `/w/${name}`, text]),
    ),
    ...more,
  })

const provider = (lines: string) => `provider "aws" {\n${lines}\n}\n`
const backend = (lines: string) => `terraform {\n  backend "s3" {\n${lines}\n  }\n}\n`

interface Case {
  readonly why: string
  readonly files: Record<string, string>
  readonly run: readonly [program: string, ...args: string[]]
  readonly env?: Record<string, string>
  readonly expected: { readonly value: string; readonly at: unknown } | null
}

const cases: readonly Case[] = [
  {
    why: 'Terraform plans with the profile of its provider block',
    files: { 'main.tf': provider('  profile = "dev"') },
    run: ['terraform', 'plan'],
    expected: { value: 'dev', at: { file: '/w/main.tf', line: 2, column: 3 } },
  },
  {
    why: 'the block without an alias is the default one, wherever it stands',
    files: { 'a.tf': provider('  alias = "x"\n  profile = "other"') + provider('  profile = "dev"') },
    run: ['terraform', 'apply'],
    expected: { value: 'dev', at: { file: '/w/a.tf', line: 6, column: 3 } },
  },
  {
    why: 'init works with the backend and not with the provider',
    files: { 'main.tf': backend('profile = "state"') + provider('profile = "dev"') },
    run: ['terraform', 'init'],
    expected: { value: 'state', at: { file: '/w/main.tf', line: 3, column: 1 } },
  },
  {
    why: 'keys in the block outrank its profile',
    files: { 'main.tf': provider('profile = "dev"\naccess_key = "AKIAIOSFODNN7EXAMPLE"') },
    run: ['terraform', 'plan'],
    expected: null,
  },
  {
    why: 'a variable takes its default',
    files: { 'main.tf': provider('profile = var.p'), 'v.tf': 'variable "p" {\n  default = "dev"\n}' },
    run: ['terraform', 'plan'],
    expected: { value: 'dev', at: { file: '/w/v.tf', line: 2, column: 3 } },
  },
  {
    why: 'terraform.tfvars outranks TF_VAR_, and that the default',
    files: {
      'main.tf': provider('profile = "${var.p}"'),
      'v.tf': 'variable p {\n  default = "one"\n}',
      'terraform.tfvars': '# mine\np = "three"\n',
    },
    env: { TF_VAR_p: 'two' },
    run: ['terraform', 'plan'],
    expected: { value: 'three', at: { file: '/w/terraform.tfvars', line: 2, column: 1 } },
  },
  {
    why: 'of TF_VAR_ the variable is named',
    files: { 'main.tf': provider('profile = var.p') },
    env: { TF_VAR_p: 'two' },
    run: ['tofu', 'plan'],
    expected: { value: 'two', at: { variable: 'TF_VAR_p' } },
  },
  {
    why: 'locals lead on to variables, and circles end',
    files: { 'main.tf': `locals {\n  p = local.q\n  q = local.p\n}\n${provider('profile = local.p')}` },
    run: ['terraform', 'plan'],
    expected: null,
  },
  {
    why: 'what is computed is not guessed',
    files: { 'main.tf': provider('profile = lookup(var.profiles, terraform.workspace)') },
    run: ['terraform', 'plan'],
    expected: null,
  },
  {
    why: '-chdir leads to another directory',
    files: { 'infra/main.tf': provider('profile = "dev"') },
    run: ['terraform', '-chdir=infra', 'plan'],
    expected: { value: 'dev', at: { file: '/w/infra/main.tf', line: 2, column: 1 } },
  },
  {
    why: 'JSON syntax is Terraform too',
    files: { 'main.tf.json': '{\n "provider": {"aws": [{"region": "x"},\n  {"profile": "dev", "alias": "a"}]}}' },
    run: ['terraform', 'plan'],
    expected: null,
  },
  {
    why: 'JSON syntax with one block',
    files: { 'main.tf.json': '{\n "provider": {"aws": {\n  "profile": "dev"}}}' },
    run: ['terraform', 'plan'],
    expected: { value: 'dev', at: { file: '/w/main.tf.json', line: 3, column: 3 } },
  },
  {
    why: 'Serverless names its profile in serverless.yml',
    files: { 'serverless.yml': 'service: s\nprovider:\n  name: aws\n  profile: dev\n' },
    run: ['serverless', 'deploy'],
    expected: { value: 'dev', at: { file: '/w/serverless.yml', line: 4, column: 3 } },
  },
  {
    why: 'variables of Serverless fall back from one to the next',
    files: {
      'serverless.yml':
        "provider:\n  profile: ${opt:aws-profile, env:MINE, self:custom.profiles.${opt:stage, 'dev'}}\ncustom:\n  profiles:\n    dev: one\n    prod: two\n",
    },
    run: ['sls', 'deploy', '--stage', 'prod'],
    expected: { value: 'two', at: { file: '/w/serverless.yml', line: 2, column: 3 } },
  },
  {
    why: 'keys in the environment come after the profile in Serverless, and replace it',
    files: { 'serverless.yml': 'provider:\n  profile: dev\n' },
    env: { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'x' },
    run: ['serverless', 'deploy'],
    expected: null,
  },
  {
    why: 'YAML with tags of CloudFormation is read all the same',
    files: { 'serverless.yml': 'resources:\n  a: !Ref b\n  c: !Sub "${d}"\nprovider: {profile: dev}\n' },
    run: ['serverless', 'info'],
    expected: { value: 'dev', at: { file: '/w/serverless.yml', line: 4, column: 12 } },
  },
  {
    why: 'SAM takes the parameters of the command',
    files: {
      'samconfig.toml':
        'version = 0.1\n[default.global.parameters]\nprofile = "all"\n[default.deploy.parameters]\nprofile = "dev" # mine\n',
    },
    run: ['sam', 'deploy', '--guided'],
    expected: { value: 'dev', at: { file: '/w/samconfig.toml', line: 5, column: 1 } },
  },
  {
    why: 'SAM falls back on its global parameters, of the environment that is named',
    files: {
      'samconfig.toml':
        '[default.global.parameters]\nprofile = "all"\n[prod.global.parameters]\nprofile = "p"\n[prod.deploy.parameters]\nstack_name = "s"\n',
    },
    run: ['sam', 'deploy', '--config-env', 'prod'],
    expected: { value: 'p', at: { file: '/w/samconfig.toml', line: 4, column: 1 } },
  },
  {
    why: 'the CDK names its profile in cdk.json',
    files: { 'cdk.json': '{\n  "app": "node x",\n  "profile": "dev"\n}' },
    run: ['cdk', 'deploy'],
    expected: { value: 'dev', at: { file: '/w/cdk.json', line: 3, column: 3 } },
  },
  {
    why: 'of the user the CDK has a file as well',
    files: { '/h/.cdk.json': '{"profile":"mine"}', 'cdk.json': '{"app":"x"}' },
    run: ['cdk', 'deploy'],
    expected: { value: 'mine', at: { file: '/h/.cdk.json', line: 1, column: 2 } },
  },
  {
    why: 'Terragrunt keeps the backend in remote_state',
    files: {
      'terragrunt.hcl':
        'remote_state {\n  backend = "s3"\n  config = {\n    bucket = "b"\n    profile = "state"\n  }\n}\n',
    },
    run: ['terragrunt', 'init'],
    expected: { value: 'state', at: { file: '/w/terragrunt.hcl', line: 5, column: 5 } },
  },
  {
    why: 'a file for the backend is given to init',
    files: { 'main.tf': backend('profile = "block"'), 'env/prod.tfbackend': 'bucket = "b"\nprofile = "prod"\n' },
    run: ['terraform', 'init', '-backend-config=env/prod.tfbackend'],
    expected: { value: 'prod', at: { file: '/w/env/prod.tfbackend', line: 2, column: 1 } },
  },
  {
    why: 'Pulumi keeps it with the stack',
    files: { 'Pulumi.yaml': 'name: x\n', 'Pulumi.dev.yaml': 'config:\n  aws:profile: dev\n  aws:region: x\n' },
    run: ['pulumi', 'up'],
    expected: { value: 'dev', at: { file: '/w/Pulumi.dev.yaml', line: 2, column: 3 } },
  },
  {
    why: 'of two stacks the one that is named counts',
    files: { 'Pulumi.dev.yaml': 'config:\n  aws:profile: dev\n', 'Pulumi.prod.yaml': 'config:\n  aws:profile: p\n' },
    run: ['pulumi', 'up', '--stack', 'org/x/prod'],
    expected: { value: 'p', at: { file: '/w/Pulumi.prod.yaml', line: 2, column: 3 } },
  },
  {
    why: 'the EB CLI has a file of its own',
    files: { '.elasticbeanstalk/config.yml': 'global:\n  profile: eb-cli\n' },
    run: ['eb', 'deploy'],
    expected: { value: 'eb-cli', at: { file: '/w/.elasticbeanstalk/config.yml', line: 2, column: 3 } },
  },
  {
    why: '.NET names its profile in appsettings.json',
    files: { 'appsettings.json': '{\n  "AWS": {"Profile": "dev"}\n}' },
    run: ['dotnet', 'run'],
    expected: { value: 'dev', at: { file: '/w/appsettings.json', line: 2, column: 11 } },
  },
  {
    why: 'a script of npm names one before its command',
    files: { 'package.json': '{\n "scripts": {\n  "deploy": "AWS_PROFILE=dev cdk deploy"}}' },
    run: ['npm', 'run', 'deploy'],
    expected: { value: 'dev', at: { file: '/w/package.json', line: 3, column: 3 } },
  },
  {
    why: 'or behind it',
    files: { 'package.json': '{"scripts": {"deploy": "aws s3 sync . s3://b --profile prod && true"}}' },
    run: ['yarn', 'deploy'],
    expected: { value: 'prod', at: { file: '/w/package.json', line: 1, column: 14 } },
  },
  {
    why: 'what a script computes is not guessed',
    files: { 'package.json': '{"scripts": {"deploy": "AWS_PROFILE=$STAGE cdk deploy", "toString": 1}}' },
    run: ['npm', 'run', 'deploy'],
    expected: null,
  },
  { why: 'other programs have no such files', files: { 'cdk.json': '{"profile":"x"}' }, run: ['node'], expected: null },
]

describe('the profile that a program picks by its own files', () => {
  test.each(cases.map((each) => [each.why, each] as const))('%s', async (_why, { files, run, env, expected }) => {
    const machine = at(files, env === undefined ? {} : { env })
    const [program, ...args] = run
    expect(await projectProfile(machine, program, args)).toEqual(expected)
  })
})

describe('Terraform files', () => {
  test('keep keys and tokens hidden, with their places', () => {
    const machine = at({
      'main.tf': provider('access_key = "AKIAIOSFODNN7EXAMPLE"\nsecret_key = "abc"\ntoken = "def"'),
    })
    const [block] = readTerraform(machine)!.providers
    expect(block!.secretAccessKey!.value.reveal()).toBe('abc')
    expect(JSON.stringify(block)).not.toContain('abc')
    expect(JSON.stringify(block)).not.toContain('def')
    expect(block!.sessionToken!.at).toEqual({ file: '/w/main.tf', line: 4, column: 1 })
  })

  test('tell of the backend that init has kept', () => {
    const state = {
      version: 3,
      backend: {
        type: 's3',
        config: {
          access_key: null,
          bucket: 'b',
          profile: 'old',
          assume_role: { role_arn: 'arn:aws:iam::123456789012:role/state' },
          shared_credentials_files: ['/x/credentials'],
        },
        hash: 1,
      },
    }
    const machine = at({ '.terraform/terraform.tfstate': JSON.stringify(state, null, 1) })
    const { kept } = readTerraform(machine)!
    expect(kept).toMatchObject({
      profile: { value: 'old', at: { file: '/w/.terraform/terraform.tfstate', line: 8, column: 4 } },
      role: { value: 'arn:aws:iam::123456789012:role/state' },
      accessKeyId: null,
      files: [{ value: '/x/credentials' }],
    })
  })

  test('are found in no directory without any', () => {
    expect(readTerraform(at({ 'readme.md': 'x' }))).toBeNull()
    expect(readTerraform(at({ 'main.tf': 'resource "x" "y" {}' }))).toBeNull()
  })

  test.each<[string, string | Uint8Array]>([
    ['binary', new Uint8Array([0x70, 0, 1, 2, 3])],
    ['larger than 2 MiB', `${'#'.repeat(3 * 1024 * 1024)}\nprovider "aws" {\n profile = "x"\n}`],
    ['broken JSON', '{"provider": {'],
  ])('are passed over when they are %s', (_what, content) => {
    const machine = recordedMachine({ cwd: '/w', files: { '/w/a.tf': content, '/w/b.tf.json': content } })
    expect(readTerraform(machine)).toBeNull()
  })

  test('may begin with a byte order mark', () => {
    expect(readTerraform(at({ 'a.tf': `\ufeff${provider('profile="x"')}` }))!.providers[0]!.profile).toEqual({
      value: 'x',
      at: { file: '/w/a.tf', line: 2, column: 1 },
    })
  })

  test('nested beyond reason are no danger', () => {
    const deep = 100_000
    const machine = at({
      'a.tf': 'a {'.repeat(deep),
      'b.tf.json': `{"provider":{"aws":{"x":${'['.repeat(deep)}${']'.repeat(deep)}}}}`,
    })
    expect(readTerraform(machine)!.providers).toHaveLength(1)
  })
})
