import { describe, expect, test } from 'vitest'
import { diagnose, explainError } from '../../../src/holder/diagnosis/index.ts'
import type { Finding } from '../../../src/holder/diagnosis/verdict.ts'
import { home, hours, idOf, type KnownKey, type Laid, machine, now, secretOf, section, tokenOf } from './stand-in.ts'

/*
 * What did not reach the process, or reached it from another day. Each broken machine stands beside healthy or merely
 * different ones, of which the same must not be said.
 */
const old = { id: idOf('AKIA', 1), secret: secretOf(1) }
const good = { id: idOf('AKIA', 2), secret: secretOf(2) }
const keys: Readonly<Record<string, KnownKey>> = {
  [old.id]: { secret: old.secret, state: 'deleted' },
  [good.id]: { secret: good.secret },
}
const variables = ({ id, secret }: { id: string; secret: string }, token?: string) => ({
  AWS_ACCESS_KEY_ID: id,
  AWS_SECRET_ACCESS_KEY: secret,
  ...(token === undefined ? {} : { AWS_SESSION_TOKEN: token }),
})
const exportsOf = ({ id, secret }: { id: string; secret: string }) =>
  `export AWS_ACCESS_KEY_ID=${id}\nexport AWS_SECRET_ACCESS_KEY='${secret}'\n`
/** Where Linux keeps the homes of people, and that of root. */
const [homes, root] = ['/home', '/root']
const bash = { SHELL: '/bin/bash', TERM: 'xterm' }
const written = (bytes: string, modifiedAt = hours(-1)) => ({ bytes, modifiedAt })
const running = (name: string, startedAt: Date | null = hours(-5), id = 10) => ({ id, name, startedAt })

interface Case {
  readonly why: string
  readonly laid: Laid
  readonly profile?: string
  /** Each finding that is expected first, as `id certainty`; null: the catalogue's other causes, and none of this family. */
  readonly first: string | null
  readonly says?: RegExp
  readonly cures?: RegExp
}

const family = new Set([
  'stale-process',
  'frozen-in-app',
  'dotenv-overrides',
  'old-environment',
  'environment-dropped',
  'docker-environment',
  'ci-secret-missing',
  'two-homes',
  'container-uri-not-inherited',
])

const cases: readonly Case[] = [
  {
    why: 'A .env file has the new key; the old one is exported.',
    laid: { env: { ...bash, ...variables(old) }, cwd: '/p', files: { '/p/.env': `AWS_ACCESS_KEY_ID=${good.id}\n` } },
    first: 'dotenv-overrides likely',
    says: /\/p\/\.env:1 has AKIA….{4}/,
    cures: /unset AWS_ACCESS_KEY_ID/,
  },
  {
    why: 'A .env file has the same key as the environment: it has been loaded, and is as wrong.',
    laid: { env: { ...bash, ...variables(old) }, cwd: '/p', files: { '/p/.env': `AWS_ACCESS_KEY_ID=${old.id}\n` } },
    first: null,
  },
  {
    why: 'A .env file holds an example only.',
    laid: {
      env: { ...bash, ...variables(old) },
      cwd: '/p',
      files: { '/p/.env': 'AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE\n' },
    },
    first: null,
  },
  {
    why: 'The keys stand in a .env file that nothing has loaded.',
    laid: {
      env: bash,
      cwd: '/p',
      files: { '/p/.env': `AWS_ACCESS_KEY_ID="${good.id}"\nAWS_SECRET_ACCESS_KEY="${good.secret}"\n` },
    },
    first: 'dotenv-overrides likely',
    cures: /set -a; \. \.\/\.env; set \+a/,
  },
  {
    why: '.bashrc was changed after this shell was started.',
    laid: {
      env: { ...bash, ...variables(old) },
      files: { [`${home}/.bashrc`]: written(exportsOf(good)) },
      processes: [running('node', now), running('bash'), running('tmux: server', hours(-9))],
    },
    first: 'old-environment likely',
    says: /tmux: server was started .* before the file was written/,
    cures: /^\. ~\/\.bashrc$/m,
  },
  {
    why: 'This shell has read .bashrc and was given another key by hand since: opening a new one is no cure.',
    laid: {
      env: { ...bash, ...variables(old) },
      files: { [`${home}/.bashrc`]: written(exportsOf(good), hours(-9)) },
      processes: [running('node', now), running('bash')],
    },
    first: null,
  },
  {
    why: 'The start-up file is that of another shell.',
    laid: { env: { ...bash, ...variables(old) }, files: { [`${home}/.zshrc`]: written(exportsOf(good)) } },
    first: null,
  },
  {
    why: 'The start-up file sets another key only perhaps.',
    laid: {
      env: { ...bash, ...variables(old) },
      files: { [`${home}/.bashrc`]: written(`if [ -n "$WORK" ]; then\n${exportsOf(good)}fi\n`) },
    },
    first: null,
  },
  {
    why: 'fish keeps a universal variable, which the old shell has not got yet.',
    laid: {
      env: { SHELL: '/usr/bin/fish', TERM: 'xterm' },
      files: { [`${home}/.config/fish/fish_variables`]: written('# VERSION: 3.0\nSETUVAR --export AWS_PROFILE:dev\n') },
      processes: [running('node', now), running('fish')],
    },
    first: 'old-environment likely',
    says: /fish_variables:2 sets AWS_PROFILE/,
    cures: /exec fish -l/,
  },
  {
    why: 'setx has stored a new key, and this window is older.',
    laid: {
      platform: 'win32',
      userHome: 'C:\\u\\a',
      env: { USERPROFILE: 'C:\\u\\a', ...variables(old) },
      run: {
        'reg query HKCU\\Environment': {
          kind: 'ended',
          exitCode: 0,
          signal: null,
          stdout: `\r\nHKEY_CURRENT_USER\\Environment\r\n    AWS_ACCESS_KEY_ID    REG_SZ    ${good.id}\r\n`,
          stderr: '',
        },
      },
    },
    first: 'old-environment likely',
    says: /HKCU\\Environment\\AWS_ACCESS_KEY_ID gives/,
  },
  {
    why: 'AWS_PROFILE was corrected in .zshrc, and the terminal is older.',
    laid: {
      platform: 'darwin',
      env: { SHELL: '/bin/zsh', TERM: 'xterm', AWS_PROFILE: 'dve' },
      credentials: section('team', good.id, good.secret),
      files: { [`${home}/.zshrc`]: written('export AWS_PROFILE=team\n') },
      processes: [running('-zsh'), running('Terminal', hours(-9))],
    },
    // That there is no such profile is certain; that it was corrected stands beside it.
    first: 'profile-not-found proven',
  },
  {
    why: 'sudo looks into root’s home, and the person’s own has the profile.',
    laid: {
      userHome: '/root',
      env: { HOME: '/root', SUDO_USER: 'bob' },
      files: {
        '/etc/passwd': 'root:x:0:0::/root:/bin/sh\nbob:x:1000:1000::/homes/bob:/bin/bash\n',
        '/homes/bob/.aws/credentials': section('default', good.id, good.secret),
      },
    },
    first: 'environment-dropped likely',
    says: /\/homes\/bob\/\.aws\/credentials has the profile "default"/,
    cures: /sudo AWS_SHARED_CREDENTIALS_FILE=\/homes\/bob\/\.aws\/credentials/,
  },
  {
    why: 'sudo uses an old key of root’s, and the person’s own is another.',
    laid: {
      userHome: '/root',
      env: { HOME: '/root', SUDO_USER: 'bob' },
      files: {
        [`${root}/.aws/credentials`]: section('default', old.id, old.secret),
        [`${homes}/bob/.aws/credentials`]: section('default', good.id, good.secret),
      },
    },
    first: 'environment-dropped likely',
  },
  {
    why: 'sudo, and the person’s own home has the same key: it is the key itself.',
    laid: {
      userHome: '/root',
      env: { HOME: '/root', SUDO_USER: 'bob' },
      files: {
        [`${root}/.aws/credentials`]: section('default', old.id, old.secret),
        [`${homes}/bob/.aws/credentials`]: section('default', old.id, old.secret),
      },
    },
    first: null,
  },
  {
    why: 'cron does not read .bashrc.',
    laid: {
      env: { SHELL: '/bin/sh', PATH: '/usr/bin:/bin', LOGNAME: 'alice' },
      files: { [`${home}/.bashrc`]: written(exportsOf(good), hours(-99)) },
      processes: [running('node', now), running('sh', now), running('cron', hours(-99))],
    },
    first: 'environment-dropped likely',
    says: /\.bashrc:1 sets AWS_ACCESS_KEY_ID; cron does not read that file/,
    cures: /crontab -e/,
  },
  {
    why: 'sudo keeps the home, and drops the variables.',
    laid: {
      platform: 'darwin',
      userHome: '/Users/alice',
      env: { HOME: '/Users/alice', SUDO_USER: 'alice', TERM: 'xterm', SHELL: '/bin/zsh' },
      files: { '/Users/alice/.zshrc': written('export AWS_PROFILE=team\n', hours(-99)) },
    },
    first: 'environment-dropped likely',
    says: /sudo does not read that file/,
    cures: /sudo --preserve-env=AWS_ACCESS_KEY_ID/,
  },
  {
    why: 'A service of systemd does not read the person’s start-up files.',
    laid: {
      env: { INVOCATION_ID: '0123' },
      files: {
        [`${home}/.bashrc`]: written('export AWS_PROFILE=team\n', hours(-99)),
        '/proc/self/cgroup': '0::/system.slice/shop.service\n',
      },
    },
    first: 'environment-dropped likely',
    cures: /sudo systemctl edit shop\.service/,
  },
  {
    why: 'The start-up file now fetches the key from a store, and the shell is older.',
    laid: {
      env: bash,
      files: { [`${home}/.bashrc`]: written('export AWS_ACCESS_KEY_ID="$(pass aws/id)"\n') },
      processes: [running('node', now), running('bash')],
    },
    first: 'old-environment likely',
  },
  {
    why: 'AWS_PROFILE names a profile whose key is refused, and .bashrc names another since.',
    laid: {
      env: { ...bash, AWS_PROFILE: 'was' },
      credentials: section('was', old.id, old.secret) + section('is', good.id, good.secret),
      files: { [`${home}/.bashrc`]: written('export AWS_PROFILE=is\n') },
      processes: [running('node', now), running('bash')],
    },
    first: 'old-environment likely',
  },
  {
    why: 'In a container ~/.aws is mounted for root, and the program runs as another user.',
    laid: {
      env: { HOME: '/homes/app' },
      userHome: '/homes/app',
      files: { '/.dockerenv': '', [`${root}/.aws/credentials`]: section('default', good.id, good.secret) },
    },
    first: 'two-homes likely',
    says: /the home of root in this container/,
  },
  {
    why: 'An editor from the menu has read no start-up file.',
    laid: {
      platform: 'darwin',
      env: { SHELL: '/bin/zsh' },
      files: { [`${home}/.zshrc`]: written('export AWS_PROFILE=team\n', hours(-99)) },
      processes: [
        running('node', now),
        running('Code Helper (Plugin)'),
        running('Code'),
        running('launchd', hours(-999)),
      ],
    },
    first: 'environment-dropped likely',
    says: /\.zshrc:1 sets AWS_PROFILE; Code Helper \(Plugin\) does not read that file/,
  },
  {
    why: 'A variable of the shell that is not exported.',
    laid: {
      env: bash,
      files: { [`${home}/.bashrc`]: `AWS_ACCESS_KEY_ID=${good.id}\nAWS_SECRET_ACCESS_KEY=${good.secret}\n` },
    },
    first: 'environment-dropped likely',
    says: /\.bashrc:1 sets AWS_ACCESS_KEY_ID without export/,
  },
  {
    why: 'The export stands in the file of another shell.',
    laid: { env: { SHELL: '/usr/bin/fish', TERM: 'xterm' }, files: { [`${home}/.bashrc`]: exportsOf(good) } },
    first: 'environment-dropped likely',
    says: /is set for bash, and your shell is fish/,
  },
  {
    why: 'A container without anything in it: much runs in containers to which nobody meant to give any.',
    laid: { files: { '/.dockerenv': '' } },
    first: 'no-credentials proven',
  },
  {
    why: 'docker -e passed a variable that was empty outside.',
    laid: { env: { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' }, files: { '/.dockerenv': '' } },
    first: 'docker-environment likely',
    says: /AWS_ACCESS_KEY_ID was passed in, but it is empty/,
    cures: /docker run --rm -e AWS_ACCESS_KEY_ID/,
  },
  {
    why: 'A container whose key is refused has got its variables.',
    laid: { env: variables(old), files: { '/.dockerenv': '' } },
    first: null,
  },
  {
    why: 'A secret of the build server that does not exist is an empty variable.',
    laid: {
      env: {
        CI: 'true',
        GITLAB_CI: 'true',
        CI_COMMIT_REF_PROTECTED: 'false',
        AWS_ACCESS_KEY_ID: '',
        AWS_SECRET_ACCESS_KEY: '',
      },
    },
    first: 'ci-secret-missing likely',
    says: /The branch is not protected/,
  },
  {
    why: 'One of two secrets does not exist.',
    laid: { env: { GITHUB_ACTIONS: 'true', AWS_ACCESS_KEY_ID: good.id, AWS_SECRET_ACCESS_KEY: '' } },
    first: 'ci-secret-missing likely',
    says: /AWS_SECRET_ACCESS_KEY is set, but to nothing/,
  },
  {
    why: 'The pipeline passes its own syntax instead of the secret.',
    laid: { env: { TF_BUILD: 'True', AWS_ACCESS_KEY_ID: '$(AwsKey)', AWS_SECRET_ACCESS_KEY: '$(AwsSecret)' } },
    first: 'ci-secret-missing proven',
  },
  {
    why: 'A build from a fork, by the event that GitHub describes.',
    laid: {
      env: {
        GITHUB_ACTIONS: 'true',
        GITHUB_EVENT_NAME: 'pull_request',
        GITHUB_EVENT_PATH: '/e.json',
        AWS_ACCESS_KEY_ID: '',
        AWS_SECRET_ACCESS_KEY: '',
      },
      files: { '/e.json': '{"pull_request":{"head":{"repo":{"fork":true}}}}' },
    },
    first: 'ci-secret-missing likely',
    says: /from a fork, which gets no secrets/,
  },
  {
    why: 'On a build server a key that is refused was there all the same.',
    laid: { env: { CI: 'true', ...variables(old) } },
    first: null,
  },
  {
    why: 'WSL reads the Linux home; the Windows one has another key.',
    laid: {
      env: { WSL_DISTRO_NAME: 'Ubuntu' },
      credentials: section('default', old.id, old.secret),
      files: { '/mnt/c/Users/Alice/.aws/credentials': section('default', good.id, good.secret) },
    },
    first: 'two-homes likely',
    says: /your home in Windows is \/mnt\/c\/Users\/Alice/,
    cures: /AWS_SHARED_CREDENTIALS_FILE=\/mnt\/c\/Users\/Alice\/\.aws\/credentials/,
  },
  {
    why: 'WSL, and both homes have the same key.',
    laid: {
      env: { WSL_DISTRO_NAME: 'Ubuntu' },
      credentials: section('default', old.id, old.secret),
      files: { '/mnt/c/Users/Alice/.aws/credentials': section('default', old.id, old.secret) },
    },
    first: null,
  },
  {
    why: 'A snap has a home of its own.',
    laid: {
      env: { HOME: '/homes/a/snap/x/1', SNAP_REAL_HOME: '/homes/a' },
      userHome: '/homes/a',
      files: { '/homes/a/.aws/config': '[default]\nsso_session = my\n' },
    },
    first: 'two-homes likely',
  },
  {
    why: 'Laravel’s cached configuration has the refused key.',
    laid: {
      env: { ...bash, ...variables(old) },
      cwd: '/p',
      files: { '/p/bootstrap/cache/config.php': `<?php return ['key' => '${old.id}'];` },
    },
    first: 'frozen-in-app likely',
    cures: /php artisan config:clear/,
  },
  {
    why: 'cron in a task does not know the address of its role’s credentials.',
    laid: {
      files: { '/proc/1/environ': 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/v2/credentials/1\0' },
    },
    first: 'container-uri-not-inherited proven',
    cures: /\/proc\/1\/environ/,
  },
  {
    why: 'Keys in the definition of a task hide its role.',
    laid: { env: { ...variables(old), AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/v2/credentials/1' } },
    first: 'container-uri-not-inherited likely',
  },
]

async function causesOf({ laid, profile }: Pick<Case, 'laid' | 'profile'>): Promise<readonly Finding[]> {
  return (await diagnose(machine({ ...laid, sts: { keys } }).machine, { profile })).causes
}

describe('what did not reach the process', () => {
  test.each(cases)('$why', async ({ laid, profile, first, says, cures }) => {
    const causes = await causesOf({ laid, ...(profile === undefined ? {} : { profile }) })
    if (first === null) {
      expect(causes.length).toBeGreaterThan(0)
      expect(causes.map(({ id }) => id).filter((id) => family.has(id))).toEqual([])
      return
    }
    const [top] = causes
    expect(`${top?.id} ${top?.certainty}`).toBe(first)
    const words = [top!.title, ...top!.evidence.map((each) => each.says)].join('\n')
    if (says !== undefined) expect(words).toMatch(says)
    if (cures !== undefined) expect(Object.values(top!.fix.commands).flat().join('\n')).toMatch(cures)
    expect(words + JSON.stringify(top!.fix)).not.toContain(good.secret)
  })

  test('that AWS_PROFILE was corrected since is told beside the missing profile', async () => {
    const { laid } = cases.find(({ why }) => why.startsWith('AWS_PROFILE was corrected'))!
    const causes = await causesOf({ laid })
    expect(causes.map(({ id, certainty }) => `${id} ${certainty}`)).toContain('old-environment likely')
  })
})

describe('a session that was renewed on disk', () => {
  const session = { id: idOf('ASIA', 5), secret: secretOf(5), token: tokenOf(5, { createdAt: hours(-13) }) }
  const renewed = { id: idOf('ASIA', 6), secret: secretOf(6), token: tokenOf(6, { createdAt: hours(-0.5) }) }
  const sts = {
    keys: {
      [session.id]: { secret: session.secret, token: session.token, expired: true },
      [renewed.id]: { secret: renewed.secret, token: renewed.token },
    },
  }
  const file = written(section('default', renewed.id, renewed.secret, renewed.token), hours(-0.5))
  const laid = (processes: Laid['processes']): Laid => ({
    env: { ...bash, ...variables(session, session.token) },
    files: { [`${home}/.aws/credentials`]: file },
    ...(processes === undefined ? {} : { processes }),
    sts,
  })

  test('an editor that was started before has the old one', async () => {
    const { causes } = await diagnose(machine(laid([running('node', now), running('code', hours(-13))])).machine)
    expect(causes.map(({ id, certainty }) => `${id} ${certainty}`)).toEqual(['stale-process likely'])
    expect(causes[0]!.title).toMatch(/is still in code;/)
  })

  test('a program behind a shell has it only where its own environment shows that', async () => {
    const processes = [running('node', now), running('bash', hours(-13)), running('gnome-terminal-', hours(-99), 77)]
    const { causes } = await diagnose(machine(laid(processes)).machine)
    expect(causes.map(({ id }) => id)).not.toContain('stale-process')
    const environ = `PATH=/bin\0AWS_ACCESS_KEY_ID=${session.id}\0`
    const files = { ...laid(processes).files, '/proc/77/environ': environ }
    const shown = await diagnose(machine({ ...laid(processes), files }).machine)
    expect(shown.causes.map(({ id, certainty }) => `${id} ${certainty}`)).toEqual(['stale-process proven'])
  })

  test('without such a program it is a matter of this shell', async () => {
    for (const processes of [
      undefined,
      [running('node', now), running('bash', hours(-13)), running('systemd', hours(-99))],
    ]) {
      const { causes } = await diagnose(machine(laid(processes)).machine)
      expect(causes.map(({ id }) => id)).not.toContain('stale-process')
    }
  })

  test('a pasted error of an expired session, while the stored one is good, is of a program that has an old one', async () => {
    const text =
      'An error occurred (ExpiredToken) when calling the PutObject operation: The provided token has expired.'
    const good = section(
      'default',
      renewed.id,
      renewed.secret,
      renewed.token,
      `x_security_token_expires = ${hours(5).toISOString()}\n`,
    )
    const { causes } = await explainError(text, { machine: machine({ credentials: good }).machine })
    expect(`${causes[0]?.id} ${causes[0]?.certainty}`).toBe('stale-process likely')
    const over = section(
      'default',
      renewed.id,
      renewed.secret,
      renewed.token,
      `x_security_token_expires = ${hours(-5).toISOString()}\n`,
    )
    const other = await explainError(text, { machine: machine({ credentials: over }).machine })
    expect(other.causes.map(({ id }) => id)).not.toContain('stale-process')
  })
})

describe('a compose file', () => {
  const text =
    'An error occurred (InvalidClientTokenId) when calling the GetCallerIdentity operation: The security token included in the request is invalid.'
  const session = { id: idOf('ASIA', 7), secret: secretOf(7) }
  const compose = (more: string) =>
    `services:\n  web:\n    environment:\n      - AWS_ACCESS_KEY_ID\n      - AWS_SECRET_ACCESS_KEY\n${more}`

  test('that passes a temporary key without its token is named for an error from the container', async () => {
    const laid = (more: string): Laid => ({
      env: variables(session, tokenOf(7)),
      cwd: '/p',
      files: { '/p/compose.yaml': compose(more) },
    })
    const { causes } = await explainError(text, { machine: machine(laid('')).machine })
    expect(causes.map(({ id, certainty }) => `${id} ${certainty}`)).toContain('docker-environment likely')
    const whole = await explainError(text, { machine: machine(laid('      - AWS_SESSION_TOKEN\n')).machine })
    expect(whole.causes.map(({ id }) => id)).not.toContain('docker-environment')
  })
})

describe('the file that sets a variable again', () => {
  const token = tokenOf(9)
  const laid: Laid = {
    env: { ...bash, ...variables(good, token) },
    files: { [`${home}/.bashrc`]: `# work\n${exportsOf(good)}export AWS_SESSION_TOKEN="${token}"\n` },
  }

  test('is named with its line where the cure is to take the variable away', async () => {
    const [first] = await causesOf({ laid })
    expect(first?.id).toBe('stale-session-token')
    expect(first?.evidence.map(({ says }) => says)).toContain(
      '~/.bashrc:4 sets AWS_SESSION_TOKEN again in each new shell',
    )
    expect(first?.fix.says).toMatch(/make a comment of line 4 of ~\/\.bashrc, or it comes back/)
    expect(JSON.stringify(first)).not.toContain('AWS_ACCESS_KEY_ID again')
    // The first asks for consent: a second line would be read as the answer.
    expect(first?.fix.commands.bash).toEqual(['countersign fix stale-session-token; unset AWS_SESSION_TOKEN'])
    expect(first?.fix.edits).toMatchObject([{ kind: 'replace-lines', file: `${home}/.bashrc`, line: 4 }])
    expect(JSON.stringify(first)).not.toContain(token)
  })

  test('is not named when it sets another value, or is that of another shell', async () => {
    for (const env of [
      { ...laid.env, AWS_SESSION_TOKEN: tokenOf(10) },
      { ...laid.env, SHELL: '/bin/zsh' },
    ]) {
      const [first] = await causesOf({ laid: { ...laid, env } })
      expect(first?.id).toBe('stale-session-token')
      expect(JSON.stringify(first)).not.toContain('AWS_SESSION_TOKEN again')
    }
  })

  test('of fish is erased there, and of Windows in the registry', async () => {
    const fish: Laid = {
      env: { ...laid.env, SHELL: '/usr/bin/fish' },
      files: {
        [`${home}/.config/fish/fish_variables`]: `# VERSION: 3.0\nSETUVAR --export AWS_SESSION_TOKEN:${[...token].map((c) => (/[A-Za-z0-9/_]/.test(c) ? c : `\\x${c.charCodeAt(0).toString(16)}`)).join('')}\n`,
      },
    }
    expect((await causesOf({ laid: fish }))[0]?.fix.commands.fish).toContain('set -eU AWS_SESSION_TOKEN')
    const windows: Laid = {
      platform: 'win32',
      userHome: 'C:\\u\\a',
      env: { USERPROFILE: 'C:\\u\\a', ...variables(good, token) },
      run: {
        'reg query HKCU\\Environment': {
          kind: 'ended',
          exitCode: 0,
          signal: null,
          stdout: `\r\n    AWS_SESSION_TOKEN    REG_SZ    ${token}\r\n`,
          stderr: '',
        },
      },
    }
    const [first] = await causesOf({ laid: windows })
    expect(first?.fix.commands.cmd).toContain('reg delete HKCU\\Environment /f /v AWS_SESSION_TOKEN')
    expect(first?.fix.commands.powershell).toContain(
      "[Environment]::SetEnvironmentVariable('AWS_SESSION_TOKEN', $null, 'User')",
    )
  })
})

describe('machines on which nothing is wrong', () => {
  const settings: readonly (readonly [string, Laid])[] = [
    [
      'start-up files set the same good values',
      { env: { ...bash, ...variables(good) }, files: { [`${home}/.bashrc`]: exportsOf(good) } },
    ],
    [
      'start-up files set other values',
      { env: { ...bash, ...variables(good) }, files: { [`${home}/.bashrc`]: exportsOf(old) } },
    ],
    [
      '.env and compose files stand around',
      {
        env: { ...bash, ...variables(good) },
        cwd: '/p',
        files: {
          '/p/.env': `AWS_ACCESS_KEY_ID=${old.id}\n`,
          '/p/compose.yaml': 'services: {a: {environment: [AWS_ACCESS_KEY_ID]}}\n',
        },
      },
    ],
    [
      'it is a container, a build server, a sudo',
      { env: { ...bash, CI: 'true', SUDO_USER: 'bob', ...variables(good) }, files: { '/.dockerenv': '' } },
    ],
    [
      'another home has another key',
      {
        credentials: section('default', good.id, good.secret),
        files: { '/mnt/c/Users/A/.aws/credentials': section('default', old.id, old.secret) },
      },
    ],
  ]
  test.each(settings)('%s', async (_, laid) => {
    expect(await causesOf({ laid })).toEqual([])
    expect((await diagnose(machine({ ...laid, sts: { keys } }).machine, { offline: true })).causes).toEqual([])
  })
})
