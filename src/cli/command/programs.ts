import type { SdkName } from '../../holder/chains/trace.ts'
import { goSdk, javaSdk, javascriptSdk } from './projects.ts'
import type { View } from './view.ts'

/** A known program: by whose rules it finds credentials, and which of its flags say so otherwise. */
export interface Program {
  readonly names: readonly string[]
  /** Null: nothing is known without looking at what it runs. */
  readonly sdk: SdkName | null | ((view: View) => SdkName | null)
  /** True when the SDK is the program's own; false when it is that of whatever it runs. */
  readonly isOwn: boolean
  readonly profile?: readonly string[]
  readonly region?: readonly string[]
  readonly endpointUrl?: readonly string[]
  /** A flag by which it sends unsigned requests: then no credentials are used at all. */
  readonly unsigned?: readonly string[]
  /** It keeps keys of its own where no SDK looks. */
  readonly ownKeys?: true
  /** It runs tests: a loose word in its output is part of a test. */
  readonly tests?: true
}

const usualFlags = { profile: ['--profile'], region: ['--region'] } as const

export const programs: readonly Program[] = [
  // The version of the AWS CLI is found apart (`cliVersion`).
  {
    names: ['aws', 'awscli'],
    sdk: 'aws-cli-v2',
    isOwn: true,
    ...usualFlags,
    endpointUrl: ['--endpoint-url'],
    unsigned: ['--no-sign-request'],
  },
  { names: ['terraform', 'tofu', 'terragrunt'], sdk: 'terraform', isOwn: true },

  // Tools that have one SDK inside.
  { names: ['sam', 'aws-sam-cli', 'eb', 'awsebcli', 'chalice'], sdk: 'boto3', isOwn: true, ...usualFlags },
  { names: ['prowler', 'aws-shell'], sdk: 'boto3', isOwn: true, profile: ['--profile', '-p'] },
  {
    names: ['ansible', 'ansible-playbook', 'ansible-inventory', 'zappa', 'sceptre', 'taskcat'],
    sdk: 'boto3',
    isOwn: true,
  },
  { names: ['cdk', 'aws-cdk'], sdk: 'js-v3', isOwn: false, profile: ['--profile'] },
  // Up to version 3 it has the SDK for JavaScript v2, from version 4 on v3.
  {
    names: ['serverless', 'sls', 'osls'],
    sdk: 'js-v3',
    isOwn: false,
    profile: ['--aws-profile'],
    region: ['--region', '-r'],
  },
  { names: ['amplify', 'ampx', 'sst'], sdk: 'js-v3', isOwn: false, profile: ['--profile'] },
  { names: ['eksctl'], sdk: 'go-v2', isOwn: true, profile: ['--profile', '-p'], region: ['--region', '-r'] },
  { names: ['sops'], sdk: 'go-v2', isOwn: false, profile: ['--aws-profile'] },
  { names: ['aws-nuke'], sdk: 'go-v2', isOwn: false, profile: ['--profile'] },
  {
    names: ['pulumi', 'packer', 'aws-iam-authenticator', 'kops', 'copilot', 'velero', 'docker-credential-ecr-login'],
    sdk: 'go-v2',
    isOwn: false,
  },
  {
    names: ['s5cmd'],
    sdk: 'go-v1',
    isOwn: true,
    profile: ['--profile'],
    endpointUrl: ['--endpoint-url'],
    unsigned: ['--no-sign-request'],
  },
  { names: ['rclone', 's3cmd', 's4cmd', 'mc', 'restic', 's3fs'], sdk: null, isOwn: false, ownKeys: true },
  // Their token comes from another program (`tokenProgram`).
  { names: ['kubectl', 'helm', 'helmfile', 'k9s', 'flux', 'stern', 'oc'], sdk: null, isOwn: false },

  // Languages: the SDK is that of the program that they run.
  {
    names: [
      'node',
      'nodejs',
      'tsx',
      'ts-node',
      'bun',
      'deno',
      'nodemon',
      'pm2',
      'next',
      'vite',
      'nest',
      'npm',
      'pnpm',
      'yarn',
    ],
    sdk: javascriptSdk,
    isOwn: false,
  },
  { names: ['jest', 'vitest', 'mocha', 'ava', 'playwright', 'cypress'], sdk: javascriptSdk, isOwn: false, tests: true },
  {
    names: [
      'python',
      'pypy',
      'ipython',
      'jupyter',
      'uvicorn',
      'gunicorn',
      'flask',
      'django-admin',
      'celery',
      'airflow',
      'dbt',
      'streamlit',
      'uv',
      'poetry',
      'prefect',
      'dagster',
      'luigi',
      'scrapy',
      'mlflow',
      'dvc',
    ],
    sdk: 'boto3',
    isOwn: false,
  },
  { names: ['pytest', 'tox', 'nox', 'unittest', 'behave'], sdk: 'boto3', isOwn: false, tests: true },
  {
    names: ['java', 'mvn', 'mvnw', 'gradle', 'gradlew', 'sbt', 'spring', 'kotlin', 'scala', 'jbang', 'lein', 'clojure'],
    sdk: javaSdk,
    isOwn: false,
  },
  { names: ['go', 'air'], sdk: goSdk, isOwn: false },
  { names: ['cargo'], sdk: 'rust', isOwn: false },
  {
    names: ['ruby', 'bundle', 'rails', 'rake', 'irb', 'sidekiq', 'puma', 'jekyll', 'kitchen', 'knife'],
    sdk: 'ruby',
    isOwn: false,
  },
  { names: ['rspec', 'minitest'], sdk: 'ruby', isOwn: false, tests: true },
  { names: ['php', 'composer', 'artisan', 'symfony', 'drush', 'wp'], sdk: 'php', isOwn: false },
  { names: ['phpunit', 'pest'], sdk: 'php', isOwn: false, tests: true },
  { names: ['dotnet', 'pwsh', 'powershell'], sdk: 'dotnet', isOwn: false },
]

/** Names with a version behind them, such as `python3.12` and `ruby3.3`. */
const versioned = /^(python|pypy|ruby|php|node|bun|java|pip|go)-?\d+(\.\d+)*$/

const byName = new Map(programs.flatMap((program) => program.names.map((name) => [name, program] as const)))

/** The row of a program by its name in small letters, without path and extension; null when it is not known. */
export function programNamed(name: string): Program | null {
  const bare = versioned.exec(name)?.[1] ?? name.replace(/@[\w.^~-]+$/, '')
  return byName.get(bare) ?? null
}
