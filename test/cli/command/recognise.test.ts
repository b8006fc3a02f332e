import { describe, expect, test } from 'vitest'
import { type Recognised, recognise } from '../../../src/cli/command/recognise.ts'
import { type Recording, recordedMachine } from '../../../src/holder/machine/recorded.ts'

/** A machine on which nothing is run; the AWS CLI is a file of some directory of PATH. */
const home = '/u/ada'
/** Home of root; written apart, because no path of a computer may stand in a test. */
const root = '/root'
const usual: Recording = { env: { HOME: home, USER: 'ada', PATH: '/usr/bin' }, cwd: `${home}/app`, userHome: home }

async function seen(line: string | readonly string[], recording: Recording = {}): Promise<Recognised> {
  const words = typeof line === 'string' ? line.split(' ') : line
  const machine = recordedMachine({ ...usual, ...recording, env: { ...usual.env, ...recording.env } })
  return await recognise(machine, words, null, false)
}

const files = (entries: Record<string, string>) => ({ files: entries })

describe('the SDK of a program', () => {
  test.each([
    ['aws s3 ls', 'aws', 'aws-cli-v2'],
    ['/usr/local/bin/aws s3 ls', 'aws', 'aws-cli-v2'],
    ['terraform apply', 'terraform', 'terraform'],
    ['tofu plan', 'tofu', 'terraform'],
    ['terragrunt apply', 'terragrunt', 'terraform'],
    ['python3.12 app.py', 'python3.12', 'boto3'],
    ['python -m pytest', 'pytest', 'boto3'],
    ['python3 -m awscli s3 ls', 'awscli', 'aws-cli-v2'],
    ['poetry run python app.py', 'python', 'boto3'],
    ['uv run --with boto3 app.py', 'python', 'boto3'],
    ['uvx --from awscli aws s3 ls', 'aws', 'aws-cli-v2'],
    ['sam deploy', 'sam', 'boto3'],
    ['cdk deploy', 'cdk', 'js-v3'],
    ['npx cdk@2 deploy', 'cdk@2', 'js-v3'],
    ['npx aws-cdk deploy', 'aws-cdk', 'js-v3'],
    ['eksctl get cluster', 'eksctl', 'go-v2'],
    ['cargo run', 'cargo', 'rust'],
    ['bundle exec rails s', 'rails', 'ruby'],
    ['php artisan tinker', 'php', 'php'],
    ['composer install', 'composer', 'php'],
    ['dotnet run', 'dotnet', 'dotnet'],
    ['make deploy', null, null],
  ] as const)('%s: %s, %s', async (line, program, sdk) => {
    expect(await seen(line)).toMatchObject({ program, sdk })
  })

  test.each([
    ['node app.js', '{"dependencies":{"@aws-sdk/client-s3":"3"}}', 'js-v3'],
    ['node src/app.js', '{"dependencies":{"aws-sdk":"2"}}', 'js-v2'],
    ['tsx app.ts', '{"dependencies":{"@aws-sdk/client-s3":"3","aws-sdk":"2"}}', null],
    ['bun run index.ts', '{"dependencies":{}}', null],
  ] as const)('%s with %s: %s', async (line, manifest, sdk) => {
    expect((await seen(line, files({ [`${home}/app/package.json`]: manifest }))).sdk).toBe(sdk)
  })

  test('of Node is what is installed, where package.json names none', async () => {
    const found = await seen(
      'node app.js',
      files({ '/u/ada/app/package.json': '{}', '/u/ada/app/node_modules/aws-sdk/package.json': '{}' }),
    )
    expect(found.sdk).toBe('js-v2')
  })

  test.each([
    ['go run .', 'go.mod', 'require github.com/aws/aws-sdk-go-v2 v1.30.0', 'go-v2'],
    ['go run ./cmd', 'go.mod', 'require github.com/aws/aws-sdk-go v1.55.5', 'go-v1'],
    ['mvn spring-boot:run', 'pom.xml', '<groupId>software.amazon.awssdk</groupId>', 'java-v2'],
    ['mvn test', 'pom.xml', '<groupId>com.amazonaws</groupId>', 'java-v1'],
    ['./gradlew run', 'build.gradle.kts', 'implementation("aws.sdk.kotlin:s3:1.0")', 'kotlin'],
  ] as const)('%s by %s', async (line, name, text, sdk) => {
    expect((await seen(line, files({ [`${home}/app/${name}`]: text }))).sdk).toBe(sdk)
  })

  test.each([
    ['\x7fELF...path\tcmd/app\ndep\tgithub.com/aws/aws-sdk-go-v2\tv1.30.0', 'go-v2'],
    ['\x7fELF...dep\tgithub.com/aws/aws-sdk-go\tv1.55.5', 'go-v1'],
    ['\x7fELF...aws-sdk-rust/1.3.3', 'rust'],
    ['MZ...aws-sdk-cpp/1.11', 'cpp'],
    ['\x7fELF nothing of AWS', null],
  ] as const)('of a compiled program is what its bytes say: %j', async (bytes, sdk) => {
    const found = await seen('./app x', files({ [`${home}/app/app`]: bytes }))
    expect(found).toMatchObject({ sdk, program: sdk === null ? null : 'app' })
  })

  test('of a jar is what its directory of classes says', async () => {
    const found = await seen(
      'java -jar app.jar',
      files({ '/u/ada/app/app.jar': 'PK..BOOT-INF/lib/aws-core-2.25.1.jar' }),
    )
    expect(found.sdk).toBe('java-v2')
  })

  test('of a script is that of its first line', async () => {
    const script = { '/u/ada/app/report': '#!/usr/bin/env python3\nimport boto3\n' }
    expect(await seen('./report --now', files(script))).toMatchObject({ program: 'python3', sdk: 'boto3' })
  })

  test('of an AWS CLI in a virtual environment is by what pip installed beside it', async () => {
    const venv = '/u/ada/app/venv'
    const found = await seen(
      `${venv}/bin/aws s3 ls`,
      files({
        [`${venv}/bin/aws`]: '#!python',
        [`${venv}/lib/python3.12/site-packages/awscli-1.45.1.dist-info/METADATA`]: '',
      }),
    )
    expect(found.sdk).toBe('aws-cli-v1')
  })
})

describe('flags of a program', () => {
  test.each([
    ['aws --profile dev s3 ls', { profile: 'dev' }],
    ['aws s3 ls --profile=dev --region eu-west-1', { profile: 'dev', region: 'eu-west-1' }],
    ['aws s3 ls --endpoint-url http://127.0.0.1:9000', { endpointUrl: 'http://127.0.0.1:9000' }],
    ['aws s3 ls --no-sign-request', { credentials: 'unsigned' }],
    ['sam deploy --profile dev', { profile: 'dev' }],
    ['cdk deploy --profile dev', { profile: 'dev' }],
    ['serverless deploy -s prod --aws-profile dev', { profile: 'dev' }],
    ['sls deploy --aws-profile=dev -r eu-west-1', { profile: 'dev', region: 'eu-west-1' }],
    ['eksctl create cluster -p dev', { profile: 'dev' }],
    // It is no profile of AWS there.
    ['kubectl get pods --profile cpu', { profile: null }],
    ['rclone ls s3:', { credentials: 'elsewhere' }],
  ] as const)('%s', async (line, found) => {
    expect(await seen(line)).toMatchObject(found)
  })

  test('a profile that the code names counts, when this machine has it', async () => {
    const machine = files({
      '/u/ada/.aws/config': '[profile dev]\nregion = eu-west-1\n',
      '/u/ada/app/a.py': 'boto3.Session(profile_name="dev")',
      '/u/ada/app/b.js': "fromIni({ profile: 'dev' })",
      '/u/ada/app/c.py': 'boto3.Session(profile_name="other")',
    })
    expect(await seen('python3 a.py', machine)).toMatchObject({ profile: 'dev', notes: ['named in its code'] })
    expect((await seen('node b.js', machine)).profile).toBe('dev')
    expect((await seen('python3 c.py', machine)).profile).toBeNull()
    expect((await seen(['python3', '-c', 'Session(profile_name="dev")'], machine)).profile).toBe('dev')
  })

  test('the block of Terraform names the profile, also behind -chdir', async () => {
    const machine = files({
      '/u/ada/app/infra/main.tf': 'provider "aws" {\n  profile = "dev"\n  region = "eu-west-1"\n}\n',
    })
    expect(await seen('terraform -chdir=infra plan', machine)).toMatchObject({
      profile: 'dev',
      region: 'eu-west-1',
      credentials: 'chain',
      machine: { cwd: '/u/ada/app/infra' },
    })
  })

  test('keys in the block of Terraform are nowhere in a chain', async () => {
    const machine = files({
      '/u/ada/app/main.tf': 'provider "aws" {\n  access_key = "AKIDEXAMPLE"\n  secret_key = "x"\n}\n',
    })
    expect((await seen('terraform plan', machine)).credentials).toBe('elsewhere')
  })
})

/** What the program sees of some variables. */
async function environment(line: string | readonly string[], names: readonly string[], recording: Recording = {}) {
  const found = await seen(line, recording)
  return [found.program, ...names.map((name) => found.machine.env(name) ?? null)]
}

describe('what stands around a program', () => {
  const keys: Recording = { env: { AWS_PROFILE: 'dev', AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE' } }

  test.each([
    ['env AWS_PROFILE=ops aws s3 ls', ['aws', 'ops', 'AKIDEXAMPLE', home]],
    ['env -u AWS_PROFILE aws s3 ls', ['aws', null, 'AKIDEXAMPLE', home]],
    ['env -i AWS_PROFILE=ops aws s3 ls', ['aws', 'ops', null, null]],
    ['env - AWS_PROFILE=ops aws s3 ls', ['aws', 'ops', null, null]],
    ['sudo aws s3 ls', ['aws', null, null, '/root']],
    ['sudo -E aws s3 ls', ['aws', 'dev', 'AKIDEXAMPLE', home]],
    ['sudo -EH aws s3 ls', ['aws', 'dev', 'AKIDEXAMPLE', '/root']],
    ['sudo --preserve-env=AWS_PROFILE aws s3 ls', ['aws', 'dev', null, '/root']],
    ['sudo AWS_PROFILE=ops aws s3 ls', ['aws', 'ops', null, '/root']],
    ['sudo -u build -- aws s3 ls', ['aws', null, null, '/var/build']],
    ['time -p nohup nice -n 5 timeout -k 3 10m aws s3 ls', ['aws', 'dev', 'AKIDEXAMPLE', home]],
    ['xargs -n 1 -P4 aws s3 rm', ['aws', 'dev', 'AKIDEXAMPLE', home]],
    ['cross-env AWS_PROFILE=ops node app.js', ['node', 'ops', 'AKIDEXAMPLE', home]],
    ['watch -n 5 aws s3 ls', ['aws', 'dev', 'AKIDEXAMPLE', home]],
  ] as const)('%s', async (line, found) => {
    const passwd = { files: { '/etc/passwd': 'root:x:0:0::/root:/bin/sh\nbuild:x:9:9::/var/build:/bin/sh\n' } }
    expect(await environment(line, ['AWS_PROFILE', 'AWS_ACCESS_KEY_ID', 'HOME'], { ...keys, ...passwd })).toEqual(found)
  })

  test('macOS lets sudo keep the home', async () => {
    expect(await environment('sudo aws s3 ls', ['AWS_PROFILE', 'HOME'], { ...keys, platform: 'darwin' })).toEqual([
      'aws',
      null,
      home,
    ])
  })

  test('files of another user that are closed to us are not guessed at', async () => {
    const closed: Recording = { files: { [`${root}/.aws/credentials`]: { unreadable: 'permission' } } }
    expect((await seen('sudo aws s3 ls', closed)).credentials).toBe('elsewhere')
  })

  test.each([
    ['aws-vault exec dev -- aws s3 ls', 'aws'],
    ['aws-vault exec --duration=1h dev aws s3 ls', 'aws'],
    ['op run --env-file .env -- python app.py', 'python'],
    ['ssh -p 22 host aws s3 ls', 'aws'],
    ['kubectl exec -it pod -c app -- aws s3 ls', 'aws'],
    ['docker exec -it box aws s3 ls', 'aws'],
  ] as const)('%s: its credentials cannot be seen', async (line, program) => {
    expect(await seen(line)).toMatchObject({ program, credentials: 'elsewhere' })
  })

  // As dotenv-cli 11, env-cmd 11, dotenvx 2.38, python-dotenv 1.2, Pipenv 2026.10 and uv 0.13 did when they were run.
  test('files of variables: what each loader lets win', async () => {
    const dotenv = { '/u/ada/app/.env': 'AWS_PROFILE=file\nAWS_REGION="eu-west-1"\n' }
    const with_ = (line: string) =>
      environment(line, ['AWS_PROFILE', 'AWS_REGION'], { env: { AWS_PROFILE: 'shell' }, files: dotenv })
    expect(await with_('dotenv -- aws s3 ls')).toEqual(['aws', 'shell', 'eu-west-1'])
    expect(await with_('dotenv -o -- aws s3 ls')).toEqual(['aws', 'file', 'eu-west-1'])
    expect(await with_('dotenv -v AWS_PROFILE=own -- aws s3 ls')).toEqual(['aws', 'own', 'eu-west-1'])
    expect(await with_('dotenvx run -- aws s3 ls')).toEqual(['aws', 'shell', 'eu-west-1'])
    expect(await with_('dotenvx run --overload -- aws s3 ls')).toEqual(['aws', 'file', 'eu-west-1'])
    expect(await with_('env-cmd --no-override aws s3 ls')).toEqual(['aws', 'shell', 'eu-west-1'])
    expect(await with_('dotenv run -- aws s3 ls')).toEqual(['aws', 'file', 'eu-west-1'])
    expect(await with_('dotenv run --no-override aws s3 ls')).toEqual(['aws', 'shell', 'eu-west-1'])
    expect(await with_('pipenv run aws s3 ls')).toEqual(['aws', 'file', 'eu-west-1'])
    expect(await with_('env-cmd aws s3 ls')).toEqual(['aws', 'file', 'eu-west-1'])
    expect(await with_('uv run --env-file .env aws s3 ls')).toEqual(['aws', 'shell', 'eu-west-1'])
  })

  test.each([
    ['node --env-file=.env app.js', '', 'shell', 'eu-west-1'],
    ['node --env-file .env app.js', '', 'shell', 'eu-west-1'],
    ['python3 app.py', 'from dotenv import load_dotenv\nload_dotenv()', 'shell', 'eu-west-1'],
    ['python3 app.py', 'load_dotenv(override=True)', 'file', 'eu-west-1'],
    ['node app.js', "import 'dotenv/config'", 'shell', 'eu-west-1'],
    ['node app.js', "require('dotenv').config({ override: true })", 'file', 'eu-west-1'],
    ['ruby app.rb', "require 'dotenv'\nDotenv.load", 'shell', 'eu-west-1'],
    ['bun app.js', '', 'shell', 'eu-west-1'],
    ['php artisan migrate', '', 'shell', 'eu-west-1'],
    ['node app.js', 'console.log(1)', 'shell', null],
    ['python3 app.py', '# dotenv is not for us', 'shell', null],
  ])('%s with %j: what its code loads', async (line, code, profile, region) => {
    const script = line.split(' ').at(-1)!
    const found = await environment(line, ['AWS_PROFILE', 'AWS_REGION'], {
      env: { AWS_PROFILE: 'shell' },
      files: { '/u/ada/app/.env': 'AWS_PROFILE=file\nAWS_REGION=eu-west-1\n', [`/u/ada/app/${script}`]: code },
    })
    expect(found.slice(1)).toEqual([profile, region])
  })

  test('direnv puts what .envrc exports over what is there', async () => {
    const envrc = { '/u/ada/app/.envrc': 'export AWS_PROFILE=ops\nLOCAL=1\n' }
    expect(await environment('direnv exec . aws s3 ls', ['AWS_PROFILE', 'LOCAL'], { ...keys, files: envrc })).toEqual([
      'aws',
      'ops',
      null,
    ])
  })

  test('what an .envrc computes is not guessed at', async () => {
    const envrc = { '/u/ada/app/.envrc': 'export AWS_PROFILE=$(cat profile)\n' }
    expect((await seen('direnv exec . aws s3 ls', { files: envrc })).credentials).toBe('elsewhere')
  })
})

describe('lines of a shell', () => {
  test.each([
    ['AWS_PROFILE=ops aws s3 ls', 'aws', 'ops'],
    ['export AWS_PROFILE=ops; echo hi; aws s3 ls | jq .', 'aws', 'ops'],
    ['cd infra && AWS_PROFILE="ops" terraform plan -no-color 2>&1 | tee log', 'terraform', 'ops'],
    ['P=ops; AWS_PROFILE=$P aws s3 ls', 'aws', 'ops'],
    ['AWS_PROFILE=ops; aws s3 ls', 'aws', 'ops'],
    ['OTHER=ops; aws s3 ls', 'aws', 'dev'],
    ['(export AWS_PROFILE=ops); aws s3 ls', 'aws', 'dev'],
    ['unset AWS_PROFILE; aws s3 ls', 'aws', null],
    ['if ! aws s3 ls; then exit 1; fi', 'aws', 'dev'],
    ['set -a; . ./vars; set +a; aws s3 ls', 'aws', 'sourced'],
    ['sleep 1; sudo -E env AWS_PROFILE=ops nohup aws s3 ls >/dev/null', 'aws', 'ops'],
    ['make all && python3 app.py', 'python3', 'dev'],
  ] as const)('sh -c %j', async (line, program, profile) => {
    const vars = { '/u/ada/app/vars': 'AWS_PROFILE=sourced\n' }
    const found = await seen(['sh', '-c', line], { env: { AWS_PROFILE: 'dev' }, files: vars })
    expect([found.program, found.machine.env('AWS_PROFILE') ?? null]).toEqual([program, profile])
  })

  test('cd moves the working directory of what follows', async () => {
    const found = await seen(['bash', '-lc', 'cd infra && terraform plan'])
    expect(found.machine.cwd).toBe('/u/ada/app/infra')
  })

  test('a script is read as its lines', async () => {
    const script = {
      '/u/ada/app/deploy.sh':
        '#!/bin/bash\nset -e\nexport AWS_PROFILE=ops\nnpm ci\ncdk deploy --profile "$AWS_PROFILE"\n',
    }
    expect(await seen('./deploy.sh prod', { files: script })).toMatchObject({ program: 'cdk', profile: 'ops' })
    expect(await seen('bash -x deploy.sh', { files: script })).toMatchObject({ program: 'cdk', profile: 'ops' })
  })

  test('an argument of a script is not guessed at', async () => {
    const script = { '/u/ada/app/deploy.sh': '#!/bin/sh\naws --profile "$1" s3 ls\n' }
    expect(await seen('./deploy.sh prod', { files: script })).toMatchObject({
      program: 'aws',
      profile: null,
      credentials: 'elsewhere',
    })
  })

  test.each([
    ['npm run deploy', 'cdk', 'ops'],
    ['npm run deploy -- --profile mine', 'cdk', 'mine'],
    ['yarn deploy', 'cdk', 'ops'],
    ['pnpm run deploy', 'cdk', 'ops'],
    ['npm test', 'vitest', null],
    ['npm run absent', 'npm', null],
  ] as const)('%s: the script of package.json', async (line, program, profile) => {
    const manifest = {
      '/u/ada/app/package.json': '{"scripts":{"deploy":"cdk deploy --profile ops","test":"vitest run"}}',
    }
    expect(await seen(line, { files: manifest })).toMatchObject({ program, profile })
  })

  test('the SDK in the error chooses among the programs of a line', async () => {
    const machine = recordedMachine(usual)
    const line = ['sh', '-c', 'python3 prepare.py && terraform apply']
    expect((await recognise(machine, line, 'terraform', false)).program).toBe('terraform')
    expect((await recognise(machine, line, 'boto3', false)).program).toBe('python3')
  })

  test('the prompt of Windows: set before the program', async () => {
    const windows: Recording = {
      platform: 'win32',
      cwd: 'C:\\app',
      env: { USERPROFILE: 'C:\\Users\\ada', Path: 'C:\\bin' },
    }
    const found = await seen(['cmd.exe', '/d', '/c', 'set AWS_PROFILE=ops&& aws.exe s3 ls'], windows)
    expect([found.program, found.machine.env('aws_profile')]).toEqual(['aws', 'ops'])
  })
})

describe('the inside of a container', () => {
  const host: Recording = {
    env: { AWS_PROFILE: 'dev', AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_REGION: 'eu-west-1' },
    files: {
      '/u/ada/.aws/credentials': '[dev]\naws_access_key_id = AKIDEXAMPLE\n',
      '/u/ada/app/vars': '# ours\nAWS_PROFILE=file\nAWS_REGION\n',
    },
  }
  const names = ['AWS_PROFILE', 'AWS_ACCESS_KEY_ID', 'AWS_REGION', 'HOME']

  test.each([
    ['docker run amazon/aws-cli s3 ls', ['aws', null, null, null, '/root']],
    [
      'docker run --rm -it -e AWS_PROFILE -eAWS_REGION=us-east-1 python:3 python app.py',
      ['python', 'dev', null, 'us-east-1', '/root'],
    ],
    [
      'podman run --env AWS_ACCESS_KEY_ID --env-file vars image node app.js',
      ['node', 'file', 'AKIDEXAMPLE', 'eu-west-1', '/root'],
    ],
    ['docker --context x container run -u 1000 image aws s3 ls', ['aws', null, null, null, '/']],
    ['docker run --entrypoint aws -e HOME=/h image s3 ls', ['aws', null, null, null, '/h']],
    [
      'docker run --network host --name x -p 80:80 hashicorp/terraform:1.9 plan',
      ['terraform', null, null, null, '/root'],
    ],
    ['docker run image sh -c aws', ['aws', null, null, null, '/root']],
  ] as const)('%s', async (line, found) => {
    expect(await environment(line, names, host)).toEqual(found)
  })

  test('holds of the files only what is mounted', async () => {
    const read = async (line: string, path: string) => (await seen(line, host)).machine.readFile(path).kind
    const mounted = `docker run -v /u/ada/.aws:${root}/.aws:ro amazon/aws-cli s3 ls`
    expect(await read(mounted, `${root}/.aws/credentials`)).toBe('found')
    expect(await read(mounted, '/u/ada/.aws/credentials')).toBe('absent')
    expect(
      await read(
        `docker run --mount type=bind,source=/u/ada/.aws,target=${root}/.aws amazon/aws-cli s3 ls`,
        `${root}/.aws/credentials`,
      ),
    ).toBe('found')
    expect(await read(`docker run -v aws:${root}/.aws amazon/aws-cli s3 ls`, `${root}/.aws/credentials`)).toBe('absent')
    expect(await read('docker run amazon/aws-cli s3 ls', `${root}/.aws/credentials`)).toBe('absent')
  })

  test('is told in one clause, names only', async () => {
    const { notes } = await seen(`docker run -e AWS_PROFILE -v /u/ada/.aws:${root}/.aws amazon/aws-cli s3 ls`, host)
    expect(notes).toEqual([`inside the container, with AWS_PROFILE given to it and ${root}/.aws mounted`])
  })

  test('of a Compose service has what its file gives it', async () => {
    const compose = `services:
  app:
    image: python:3
    command: python app.py
    environment:
      - AWS_PROFILE
      - AWS_REGION=us-east-2
    volumes:
      - ~/.aws:${root}/.aws
`
    const machine = { ...host, files: { ...host.files, '/u/ada/app/compose.yaml': compose } }
    const found = await seen('docker compose run --rm app', machine)
    expect(names.map((name) => found.machine.env(name) ?? null)).toEqual(['dev', null, 'us-east-2', '/root'])
    expect([found.program, found.machine.readFile(`${root}/.aws/credentials`).kind]).toEqual(['python', 'found'])
    expect((await seen('docker-compose up', machine)).program).toBe('python')
  })
})

test('kubectl is looked at through the program that gets its token', async () => {
  const kubeconfig = `current-context: eks
contexts:
  - name: eks
    context: { cluster: c, user: me }
users:
  - name: me
    user:
      exec:
        command: aws
        args: [--region, eu-west-1, eks, get-token, --cluster-name, c]
        env:
          - { name: AWS_PROFILE, value: ops }
`
  const machine = { files: { '/u/ada/.kube/config': kubeconfig } }
  const found = await seen('kubectl get pods', machine)
  expect(found).toMatchObject({ program: 'aws', sdk: 'aws-cli-v2', region: 'eu-west-1' })
  expect([found.machine.env('AWS_PROFILE'), found.own]).toEqual(['ops', ['AWS_PROFILE']])
  expect((await seen('kubectl --context other get pods', machine)).program).toBe('kubectl')
})
