import { pythonJson } from '../../holder/files/dialects/python-json.ts'
import { sha1Hex } from '../../holder/files/digest.ts'
import type { FileReading } from '../../holder/machine/machine.ts'
import { callAws } from '../caller.ts'
import type { Scenario } from '../scenario.ts'
import { labHome, type Scene } from '../scene.ts'
import { type KeyPair, type Stage, sessionIn, type UserMade } from '../stage.ts'
import type { Chosen } from '../variation.ts'
import { everyShape, type Holding, holdingOf, section, standing, variables } from '../wallet.ts'

/** A pair whose key has been deleted since: what an old copy holds. */
async function deletedPair(stage: Stage, { choose }: Chosen): Promise<UserMade> {
  const old = await stage.user(choose.user())
  await stage.ask('iam', 'DeleteAccessKey', { UserName: old.name, AccessKeyId: old.accessKeyId })
  return old
}

function exportsOf(holding: Holding): string {
  return Object.entries(variables(holding))
    .map(([name, value]) => `export ${name}=${value}\n`)
    .join('')
}

function dotenvOf(holding: Holding): string {
  return exportsOf(holding).replaceAll('export ', '')
}

/** A profile that assumes a role with the pair of another one. */
function roleProfile(name: string, role: string, source: string, more = ''): string {
  return `[profile ${name}]\nrole_arn = ${role}\nsource_profile = ${source}\n${more}`
}

/** The pair that the program itself took, past the AWS files and variables. */
function pairIn({ notes }: Scene): KeyPair {
  return { accessKeyId: notes!.accessKeyId!, secretAccessKey: notes!.secretAccessKey! }
}

function textOf(reading: FileReading): string {
  return reading.kind === 'found' ? new TextDecoder().decode(reading.bytes) : ''
}

const ended = (exitCode: number, stdout: string, stderr: string) =>
  ({ kind: 'ended', exitCode, signal: null, stdout, stderr }) as const

/** Another source won than the one that was meant, or the one that was meant is broken. */
export const source: readonly Scenario[] = [
  {
    cause: 'environment-shadows-profile',
    why: 'AWS_PROFILE selects a good profile, but key variables of an old key are set, and they win.',
    logged: 'key-deleted',
    shapes: ['long-term'],
    places: ['environment'],
    async prepare(stage, chosen) {
      const old = await deletedPair(stage, chosen)
      const good = await stage.user(chosen.choose.user())
      const name = chosen.choose.profile()
      return { env: { ...variables(old), AWS_PROFILE: name }, credentials: section(name, good) }
    },
  },
  {
    cause: 'environment-shadows-profile',
    name: 'start-up',
    why: 'The start-up file exports an old pair in each new shell, and it goes before the profile that was set up since.',
    logged: 'key-deleted',
    shapes: ['long-term'],
    places: ['environment'],
    async prepare(stage, chosen) {
      const old = await deletedPair(stage, chosen)
      const good = await stage.user(chosen.choose.user())
      const bashrc = `# AWS\n${exportsOf(old)}export EDITOR=vi\n`
      return { env: variables(old), credentials: section('default', good), files: { [`${labHome}/.bashrc`]: bashrc } }
    },
  },
  {
    cause: 'wrong-profile',
    why: 'The keys stand in a named profile, and the command was run without --profile.',
    logged: null,
    shapes: everyShape,
    places: ['named-profile'],
    async prepare(stage, chosen) {
      const { holding } = await holdingOf(stage, chosen)
      return { credentials: section(chosen.choose.profile(), holding) }
    },
  },
  {
    cause: 'source-profile-broken',
    why: 'The profile assumes a role with the keys of another profile, and those were deleted long ago.',
    logged: 'key-deleted',
    shapes: ['long-term'],
    places: ['named-profile'],
    async prepare(stage, chosen) {
      const old = await deletedPair(stage, chosen)
      const [name, from] = [chosen.choose.profile(), chosen.choose.profile()]
      const role = await stage.role('target')
      return { config: roleProfile(name, role, from), credentials: section(from, old), profile: name }
    },
  },
  {
    cause: 'source-profile-broken',
    name: 'absent',
    why: 'The profile from which the role is to be assumed was renamed.',
    logged: null,
    shapes: ['long-term'],
    places: ['named-profile'],
    async prepare(stage, chosen) {
      const { user } = await holdingOf(stage, chosen, ['sts:AssumeRole'])
      const [name, from] = [chosen.choose.profile(), chosen.choose.profile()]
      const role = await stage.role('target')
      return { config: roleProfile(name, role, `${from}x`), credentials: section(from, user), profile: name }
    },
  },
  {
    cause: 'duration-too-long',
    name: 'profile',
    why: 'The profile asks for a session of the role that is longer than the role gives.',
    logged: 'duration-too-long',
    shapes: ['long-term'],
    places: ['named-profile'],
    async prepare(stage, chosen) {
      const { user } = await holdingOf(stage, chosen, ['sts:AssumeRole'])
      const name = chosen.choose.profile()
      const role = await stage.role('target')
      const config = roleProfile(name, role, 'default', 'duration_seconds = 28800\n')
      return { config, credentials: section('default', user), profile: name }
    },
  },
  {
    cause: 'process-failed',
    why: 'The program that hands out the credentials is not logged in: it prints an error, or nothing of use.',
    logged: null,
    shapes: ['temporary'],
    places: ['default-profile', 'named-profile'],
    async prepare(_stage, chosen) {
      const line = '/usr/local/bin/vend --account work'
      const failed = chosen.choose.one([
        ended(1, '', 'error: your login is over\n'),
        ended(0, 'login needed\n', ''),
        ended(0, '{"AccessKeyId": "none"}\n', ''),
      ])
      return configured(chosen, `credential_process = ${line}\n`, { run: { [line]: failed } })
    },
  },
  {
    cause: 'role-cache-stale',
    why: 'The AWS CLI still holds a session of a role that was deleted and made anew.',
    logged: 'session-parent-gone',
    shapes: ['temporary'],
    places: ['named-profile'],
    async prepare(stage, chosen) {
      const user = await stage.user(chosen.choose.user(), ['sts:AssumeRole'])
      const role = await stage.role('target')
      const made = await stage.ask('sts', 'AssumeRole', { RoleArn: role, RoleSessionName: 'lab' }, user)
      const { accessKeyId, secretAccessKey, sessionToken } = sessionIn(made)
      const Expiration = made.text('Expiration')
      const held = {
        AccessKeyId: accessKeyId,
        SecretAccessKey: secretAccessKey,
        SessionToken: sessionToken,
        Expiration,
      }
      await stage.ask('iam', 'DeleteRole', { RoleName: 'target' })
      await stage.role('target')
      const name = chosen.choose.profile()
      const file = `${labHome}/.aws/cli/cache/${sha1Hex(pythonJson({ RoleArn: role }))}.json`
      return {
        config: roleProfile(name, role, 'default'),
        credentials: section('default', user),
        files: { [file]: JSON.stringify({ Credentials: held }) },
        profile: name,
      }
    },
  },
  {
    cause: 'dotenv-overrides',
    why: 'The .env file holds the new keys; old ones are exported, and dotenv does not put its own over them.',
    logged: 'key-deleted',
    shapes: ['long-term'],
    places: ['environment'],
    async prepare(stage, chosen) {
      const old = await deletedPair(stage, chosen)
      const good = await stage.user(chosen.choose.user())
      const cwd = `${labHome}/app`
      return { env: variables(old), cwd, files: { [`${cwd}/.env`]: dotenvOf(good) } }
    },
  },
  {
    cause: 'dotenv-overrides',
    name: 'not-loaded',
    why: 'The keys stand in the .env file of the program, and the AWS CLI was run beside it, which reads no such file.',
    logged: null,
    shapes: everyShape,
    places: ['environment'],
    async prepare(stage, chosen) {
      const { holding } = await holdingOf(stage, chosen)
      const cwd = `${labHome}/app`
      return { cwd, files: { [`${cwd}/.env`]: `APP=shop\n${dotenvOf(holding)}` } }
    },
  },
  {
    cause: 'old-environment',
    why: 'The new keys were written into .bashrc, and this shell was started before.',
    logged: 'key-deleted',
    shapes: ['long-term'],
    places: ['environment'],
    async prepare(stage, chosen) {
      const old = await deletedPair(stage, chosen)
      const good = await stage.user(chosen.choose.user())
      return { env: variables(old), files: { [`${labHome}/.bashrc`]: exportsOf(good) } }
    },
  },
  {
    cause: 'environment-dropped',
    why: 'The command was run with sudo, which leaves out the variables and looks into root’s home.',
    logged: null,
    shapes: everyShape,
    places: ['default-profile'],
    async prepare(stage, chosen) {
      const { holding } = await holdingOf(stage, chosen)
      const env = { HOME: '/root', SUDO_USER: 'alice', SUDO_UID: '1000', SUDO_COMMAND: '/usr/bin/aws', USER: 'root' }
      return { env, credentials: section('default', holding) }
    },
  },
  {
    cause: 'environment-dropped',
    name: 'export',
    why: 'The start-up file sets the variables for the shell alone: nobody wrote export before them.',
    logged: null,
    shapes: everyShape,
    places: ['environment'],
    async prepare(stage, chosen) {
      const { holding } = await holdingOf(stage, chosen)
      return { files: { [`${labHome}/.bashrc`]: dotenvOf(holding) } }
    },
  },
  {
    cause: 'ci-secret-missing',
    why: 'The build server has no secret of that name, so the variables are there and empty.',
    logged: null,
    shapes: ['long-term'],
    places: ['environment'],
    prepare: async () => ({
      env: {
        CI: 'true',
        GITHUB_ACTIONS: 'true',
        GITHUB_EVENT_NAME: 'pull_request',
        AWS_ACCESS_KEY_ID: '',
        AWS_SECRET_ACCESS_KEY: '',
      },
    }),
  },
  {
    cause: 'two-homes',
    why: 'In WSL the old keys stand in the Linux home; the new ones were written in the Windows one.',
    logged: 'key-deleted',
    shapes: ['long-term'],
    places: ['default-profile'],
    async prepare(stage, chosen) {
      const old = await deletedPair(stage, chosen)
      const good = await stage.user(chosen.choose.user())
      return {
        env: { WSL_DISTRO_NAME: 'Ubuntu' },
        credentials: section('default', old),
        files: {
          '/mnt/c/Users/alice/.aws/credentials': section('default', good),
          '/proc/version': 'Linux version 5.15.153.1-microsoft-standard-WSL2\n',
        },
      }
    },
  },
  {
    cause: 'stale-process',
    why: 'The file holds a new session; the program was started before that, with the old one in its environment.',
    logged: 'session-expired',
    shapes: ['temporary'],
    places: ['environment'],
    async prepare(stage, chosen) {
      const user = await stage.user(chosen.choose.user())
      const old = await stage.session(user, 900)
      const fresh = section('default', await stage.session(user))
      const later = 3600
      stage.authority.clock({ offset: later })
      const now = stage.outside.now().getTime() + later * 1000
      return {
        env: variables(old),
        files: { [`${labHome}/.aws/credentials`]: { bytes: fresh, modifiedAt: new Date(now - 60_000) } },
        processes: [{ id: 4711, name: 'node', startedAt: new Date(now - 3_500_000) }],
        clockOffset: later,
      }
    },
  },
  {
    cause: 'frozen-in-app',
    why: 'Laravel’s cached configuration still holds the old key.',
    logged: 'key-deleted',
    shapes: ['long-term'],
    places: ['environment'],
    async prepare(stage, chosen) {
      const old = await deletedPair(stage, chosen)
      const cwd = `${labHome}/shop`
      const cached = `<?php return array('services' => array('ses' => array('key' => '${old.accessKeyId}', 'secret' => '${old.secretAccessKey}')));\n`
      return standing(chosen, old, {
        cwd,
        files: { [`${cwd}/bootstrap/cache/config.php`]: cached, [`${cwd}/artisan`]: '#!/usr/bin/env php\n' },
      })
    },
  },
  {
    cause: 'token-property-name',
    why: 'Laravel’s configuration has a session’s key and secret, but its token under a name that nobody reads.',
    logged: 'session-token-missing',
    shapes: ['temporary'],
    places: ['environment'],
    async prepare(stage, chosen) {
      const { accessKeyId, secretAccessKey, sessionToken } = await stage.session(await stage.user(chosen.choose.user()))
      const cwd = `${labHome}/shop`
      const ses =
        "    'ses' => [\n        'key' => env('AWS_ACCESS_KEY_ID'),\n        'secret' => env('AWS_SECRET_ACCESS_KEY'),\n        'session_token' => env('AWS_SESSION_TOKEN'),\n        'region' => 'us-east-1',\n    ],\n"
      return {
        cwd,
        notes: { accessKeyId, secretAccessKey },
        files: {
          [`${cwd}/.env`]: dotenvOf({ accessKeyId, secretAccessKey, sessionToken }),
          [`${cwd}/artisan`]: '#!/usr/bin/env php\n',
          [`${cwd}/config/services.php`]: `<?php\n\nreturn [\n${ses}];\n`,
        },
      }
    },
    act: ({ machine, endpoint, scene }) => {
      const read = (file: string) => textOf(machine.readFile(`${labHome}/shop/${file}`))
      // Laravel hands on what stands under "token", and nothing else.
      const name = /'token' => env\('(\w+)'\)/.exec(read('config/services.php'))?.[1]
      const sessionToken = name === undefined ? undefined : new RegExp(`^${name}=(.*)$`, 'm').exec(read('.env'))?.[1]
      return callAws(machine, endpoint.sts, { ...pairIn(scene), sessionToken }, 'sts', 'GetCallerIdentity')
    },
    sdk: 'php',
    seen: 'php',
  },
  {
    cause: 'terraform-backend',
    why: 'The provider block has the right profile; the S3 backend was set up with another one whose key is gone.',
    logged: 'key-deleted',
    shapes: ['long-term'],
    places: ['named-profile'],
    sdk: 'terraform',
    async prepare(stage, chosen) {
      const old = await deletedPair(stage, chosen)
      const good = await stage.user(chosen.choose.user())
      const [backend, provider] = [chosen.choose.profile(), chosen.choose.profile()]
      const cwd = `${labHome}/infra`
      const main = `terraform {\n  backend "s3" {\n    bucket  = "state"\n    key     = "terraform.tfstate"\n    region  = "us-east-1"\n    profile = "${backend}"\n  }\n}\n\nprovider "aws" {\n  region  = "us-east-1"\n  profile = "${provider}"\n}\n`
      const credentials = section(backend, old) + section(provider, good)
      return { cwd, files: { [`${cwd}/main.tf`]: main }, credentials, profile: backend }
    },
    act: ({ call }) => call('sts', 'GetCallerIdentity'),
    seen: 'terraform',
  },
  {
    cause: 'sdk-store-shadows',
    why: 'The AWS Toolkit’s own store has a profile of the same name with an old key, and .NET looks there first.',
    logged: 'key-deleted',
    shapes: ['long-term'],
    places: ['default-profile'],
    sdk: 'dotnet',
    async prepare(stage, chosen) {
      const old = await deletedPair(stage, chosen)
      const good = await stage.user(chosen.choose.user())
      const local = 'C:\\Users\\alice\\AppData\\Local'
      // Its values are encrypted for the Windows user: nobody else can read them.
      const sealed = '01000000D08C9DDF0115D1118C7A00C04FC297EB'
      const entry = { DisplayName: 'default', ProfileType: 'AWS', AWSAccessKey: sealed, AWSSecretKey: sealed }
      return {
        platform: 'win32',
        env: { USERPROFILE: 'C:\\Users\\alice', LOCALAPPDATA: local },
        cwd: 'C:\\Users\\alice',
        files: {
          'C:\\Users\\alice\\.aws\\credentials': section('default', good),
          [`${local}\\AWSToolkit\\RegisteredAccounts.json`]: JSON.stringify({
            'b1946ac9-2d0a-4b0e-9a11-5b8b6f1c7d20': entry,
          }),
        },
        notes: { accessKeyId: old.accessKeyId, secretAccessKey: old.secretAccessKey },
      }
    },
    act: ({ machine, endpoint, scene }) => callAws(machine, endpoint.sts, pairIn(scene), 'sts', 'GetCallerIdentity'),
    seen: 'dotnet',
  },
]

/** Settings in the config file, in the default section or in a profile that the command asks for. */
function configured({ place, choose }: Chosen, lines: string, more: Scene): Scene {
  if (place === 'default-profile') return { ...more, config: `[default]\n${lines}` }
  const name = choose.profile()
  return { ...more, config: `[profile ${name}]\n${lines}`, profile: name }
}
