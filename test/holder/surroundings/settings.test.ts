import { describe, expect, test } from 'vitest'
import { type Recording, recordedMachine } from '../../../src/holder/machine/recorded.ts'
import { readCompose } from '../../../src/holder/surroundings/compose.ts'
import {
  readCrontab,
  readPamEnvironment,
  readSystemdEnvironmentFile,
} from '../../../src/holder/surroundings/environment-files.ts'
import { readPropertyList } from '../../../src/holder/surroundings/launchd.ts'
import { readPowershell } from '../../../src/holder/surroundings/powershell.ts'
import { readSettings } from '../../../src/holder/surroundings/settings.ts'
import { readUnit, unitOfCgroup } from '../../../src/holder/surroundings/systemd.ts'

/*
 * Where settings are found on a machine, each with its place. That the files are read as their readers do it is shown in
 * recorded.test.ts, where those could be asked; where not, each rule stands here with its source.
 */
const home = '/h'

async function told(recording: Recording): Promise<readonly string[]> {
  const settings = await readSettings(recordedMachine({ env: { HOME: home }, userHome: home, ...recording }))
  return settings.map(({ name, effect, value, at, carrier, reader, isConditional, isExported }) => {
    const place = 'file' in at ? ('line' in at ? `${at.file}:${at.line}:${at.column}` : at.file) : 'nowhere'
    const what = effect === 'sets' ? `${name}=${value === null ? '(computed)' : value.reveal()}` : `${effect} ${name}`
    const marks = `${isConditional ? ' perhaps' : ''}${isExported ? '' : ' hidden'}`
    return `${place} ${carrier}${reader === null ? '' : `/${reader}`} ${what}${marks}`
  })
}

describe('settings of a machine', () => {
  test('start-up files of every shell, each with its line', async () => {
    const files = {
      '/etc/profile.d/aws.sh': 'export AWS_REGION=eu-west-1\n',
      [`${home}/.bash_profile`]: '. ~/.bashrc\n. "$HOME/.aws_env"\n',
      [`${home}/.profile`]: 'export AWS_PROFILE=never-read\n',
      [`${home}/.bashrc`]:
        '# mine\nexport AWS_PROFILE=dev EDITOR=vi\n[ -f x ] && export AWS_REGION=us-east-1\nAWS_CONFIG_FILE=~/x\n',
      [`${home}/.aws_env`]: 'export AWS_ACCESS_KEY_ID="$(pass aws)"\n',
      [`${home}/.zshrc`]: 'unset AWS_PROFILE\n',
      [`${home}/.config/fish/config.fish`]: 'set -gx AWS_PROFILE fishy\n',
      [`${home}/.config/fish/fish_variables`]: '# VERSION: 3.0\nSETUVAR --export AWS_REGION:eu\\x2dwest\\x2d1\n',
      [`${home}/.cshrc`]: 'setenv AWS_PROFILE c\n',
      [`${home}/.config/powershell/profile.ps1`]: "$env:AWS_PROFILE = 'p'\n",
    }
    expect(await told({ files })).toEqual([
      '/etc/profile.d/aws.sh:1:8 shell-startup/bash AWS_REGION=eu-west-1',
      '/h/.bashrc:2:8 shell-startup/bash AWS_PROFILE=dev',
      '/h/.bashrc:3:20 shell-startup/bash AWS_REGION=us-east-1 perhaps',
      '/h/.bashrc:4:1 shell-startup/bash AWS_CONFIG_FILE=/h/x hidden',
      '/h/.aws_env:1:8 shell-startup/bash AWS_ACCESS_KEY_ID=(computed)',
      '/h/.zshrc:1:7 shell-startup/zsh removes AWS_PROFILE',
      '/h/.config/fish/fish_variables:2:18 shell-startup/fish AWS_REGION=eu-west-1',
      '/h/.config/fish/config.fish:1:9 shell-startup/fish AWS_PROFILE=fishy',
      '/h/.cshrc:1:8 shell-startup/tcsh AWS_PROFILE=c',
      '/h/.config/powershell/profile.ps1:1:6 shell-startup/powershell AWS_PROFILE=p',
    ])
  })

  test('what stands in the files that another one reads with everything exported counts as exported', async () => {
    const files = { [`${home}/.bashrc`]: 'set -a\n. ~/.keys\nset +a\n', [`${home}/.keys`]: 'AWS_PROFILE=dev\n' }
    expect(await told({ files })).toEqual(['/h/.keys:1:1 shell-startup/bash AWS_PROFILE=dev'])
  })

  test('files that read each other come to an end', async () => {
    const files = {
      [`${home}/.bashrc`]: '. ~/.bashrc\n. ~/.b\n',
      [`${home}/.b`]: '. ~/.bashrc\nexport AWS_PROFILE=b\n',
    }
    expect(await told({ files })).toEqual(['/h/.b:2:8 shell-startup/bash AWS_PROFILE=b'])
  })

  test('ZDOTDIR and XDG_CONFIG_HOME move the files of zsh and fish', async () => {
    const files = { '/z/.zshrc': 'export AWS_PROFILE=z\n', '/c/fish/conf.d/aws.fish': 'set -x AWS_PROFILE f\n' }
    expect(await told({ files, env: { HOME: home, ZDOTDIR: '/z', XDG_CONFIG_HOME: '/c' } })).toEqual([
      '/z/.zshrc:1:8 shell-startup/zsh AWS_PROFILE=z',
      '/c/fish/conf.d/aws.fish:1:8 shell-startup/fish AWS_PROFILE=f',
    ])
  })

  test('the files of a login, of the project and of jobs', async () => {
    const files = {
      '/etc/environment': 'AWS_REGION="eu-west-1"\n',
      [`${home}/.config/environment.d/aws.conf`]: "AWS_PROFILE='d'\n",
      '/p/.envrc': 'export AWS_PROFILE=direnv\n',
      '/p/app/.env': 'AWS_PROFILE="one" # first\n',
      '/p/app/.env.local': 'export AWS_PROFILE=two\n',
      '/p/app/.env.example': 'AWS_PROFILE=example\n',
      '/etc/crontab': 'SHELL=/bin/sh\nAWS_PROFILE = "cron"\n17 * * * * root AWS_PROFILE=x run\n',
      '/var/spool/cron/crontabs/alice': 'AWS_REGION=eu\n',
      '/proc/self/cgroup': '0::/system.slice/shop.service\n',
      '/etc/systemd/system/shop.service':
        '[Unit]\nEnvironment=AWS_PROFILE=no\n[Service]\nEnvironment="AWS_PROFILE=unit" AWS_REGION=a\nEnvironmentFile=-/etc/shop.env\n',
      '/etc/systemd/system/shop.service.d/more.conf': '[Service]\nPassEnvironment=AWS_SESSION_TOKEN\n',
      '/etc/shop.env': '# keys\nAWS_ACCESS_KEY_ID="quoted"\n',
      '/proc/1/environ': 'PATH=/bin\0AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/v2/x\0',
    }
    expect(await told({ files, cwd: '/p/app', env: { HOME: home, USER: 'alice' } })).toEqual([
      '/etc/environment:1:1 login AWS_REGION=eu-west-1',
      '/h/.config/environment.d/aws.conf:1:1 login AWS_PROFILE=d',
      '/p/.envrc:1:8 direnv AWS_PROFILE=direnv',
      '/p/app/.env:1:1 dotenv AWS_PROFILE=one',
      '/p/app/.env.local:1:8 dotenv AWS_PROFILE=two',
      '/etc/systemd/system/shop.service:4:14 systemd/shop.service AWS_PROFILE=unit',
      '/etc/systemd/system/shop.service:4:32 systemd/shop.service AWS_REGION=a',
      '/etc/shop.env:2:1 systemd/shop.service AWS_ACCESS_KEY_ID=quoted',
      '/etc/systemd/system/shop.service.d/more.conf:2:17 systemd/shop.service passes-on AWS_SESSION_TOKEN',
      '/var/spool/cron/crontabs/alice:1:1 cron AWS_REGION=eu',
      '/etc/crontab:2:1 cron AWS_PROFILE=cron',
      '/proc/1/environ first-process AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/v2/x',
    ])
  })

  test('compose files with their service', async () => {
    const compose = `x-aws: &aws
  AWS_REGION: eu-west-1
services:
  web:
    environment:
      <<: *aws
      AWS_PROFILE: "dev"
      AWS_ACCESS_KEY_ID: \${AWS_ACCESS_KEY_ID}
      AWS_SECRET_ACCESS_KEY:
      AWS_CONFIG_FILE: \${CONF:-/x}
    env_file: [./web.env, {path: more.env, required: false}]
  worker:
    environment:
      - AWS_PROFILE=a$$b
      - "AWS_SESSION_TOKEN"
`
    const files = { '/p/compose.yaml': compose, '/p/web.env': "AWS_MAX_ATTEMPTS='3'\n" }
    expect(await told({ files, cwd: '/p' })).toEqual([
      '/p/web.env:1:1 compose/web AWS_MAX_ATTEMPTS=3',
      '/p/compose.yaml:2:3 compose/web AWS_REGION=eu-west-1',
      '/p/compose.yaml:7:7 compose/web AWS_PROFILE=dev',
      '/p/compose.yaml:8:7 compose/web passes-on AWS_ACCESS_KEY_ID',
      '/p/compose.yaml:9:7 compose/web passes-on AWS_SECRET_ACCESS_KEY',
      '/p/compose.yaml:10:7 compose/web AWS_CONFIG_FILE=(computed)',
      '/p/compose.yaml:14:9 compose/worker AWS_PROFILE=a$b',
      '/p/compose.yaml:15:10 compose/worker passes-on AWS_SESSION_TOKEN',
    ])
  })

  test('a compose file that is no YAML, or that blows itself up, says nothing and costs little', async () => {
    expect(await readCompose('services: [}')).toEqual([])
    const layers = Array.from({ length: 30 }, (_, at) => `l${at + 1}: &l${at + 1}\n  <<: [*l${at}, *l${at}]\n`)
    const bomb = `l0: &l0 {AWS_REGION: x}\n${layers.join('')}services:\n  web:\n    environment: *l30\n`
    const [service] = await readCompose(bomb)
    expect(service?.assignments.length ?? 0).toBeLessThanOrEqual(2000)
  })

  test('on Windows the registry is asked, machine before user, and profiles of PowerShell are read', async () => {
    const answer = (stdout: string) => ({ kind: 'ended', exitCode: 0, signal: null, stdout, stderr: '' }) as const
    const machine = 'reg query HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment'
    const recording: Recording = {
      platform: 'win32',
      env: { USERPROFILE: 'C:\\Users\\a' },
      userHome: 'C:\\Users\\a',
      files: {
        'C:\\Users\\a\\Documents\\PowerShell\\Microsoft.PowerShell_profile.ps1': "$Env:AWS_PROFILE='x'\r\n",
        'C:\\Users\\a\\.bashrc': 'export AWS_PROFILE=git-bash\n',
      },
      run: {
        'reg query HKCU\\Environment': answer(
          '\r\nHKEY_CURRENT_USER\\Environment\r\n    Path    REG_EXPAND_SZ    %USERPROFILE%\\bin\r\n    AWS_PROFILE    REG_SZ    my team\r\n    AWS_REGION    REG_SZ    \r\n\r\n',
        ),
        [machine]: answer('\r\nHKEY\r\n    Aws_Config_File    REG_EXPAND_SZ    %USERPROFILE%\\c\r\n'),
      },
    }
    expect(await told(recording)).toEqual([
      'C:\\Users\\a\\Documents\\PowerShell\\Microsoft.PowerShell_profile.ps1:1:6 shell-startup/powershell AWS_PROFILE=x',
      'C:\\Users\\a\\.bashrc:1:8 shell-startup/bash AWS_PROFILE=git-bash',
      'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment\\Aws_Config_File windows-machine Aws_Config_File=(computed)',
      'HKCU\\Environment\\AWS_PROFILE windows-user AWS_PROFILE=my team',
      'HKCU\\Environment\\AWS_REGION windows-user AWS_REGION=',
    ])
  })

  test('on macOS the jobs of launchd are read, and nothing of Linux', async () => {
    const plist =
      '<?xml version="1.0"?>\n<plist><dict>\n<key>Label</key><string>x</string>\n<key>EnvironmentVariables</key>\n<dict>\n<key>AWS_PROFILE</key>\n<string>a&amp;b</string>\n</dict>\n</dict></plist>\n'
    const files = { [`${home}/Library/LaunchAgents/x.plist`]: plist, '/etc/environment': 'AWS_PROFILE=linux\n' }
    expect(await told({ platform: 'darwin', files })).toEqual([
      '/h/Library/LaunchAgents/x.plist:6:6 launchd/x.plist AWS_PROFILE=a&b',
    ])
  })

  test('files that are huge, binary or unreadable say nothing', async () => {
    const files = {
      [`${home}/.bashrc`]: `export AWS_PROFILE=x\n${'#'.repeat(600_000)}`,
      [`${home}/.zshrc`]: 'export AWS_PROFILE=x\0\n',
      [`${home}/.cshrc`]: { unreadable: 'permission' } as const,
    }
    expect(await told({ files })).toEqual([])
  })
})

describe('readers that could not be asked here', () => {
  // about_Environment_Variables, about_Quoting_Rules, about_Comments.
  test.each([
    [`$Env:AWS_PROFILE = 'it''s'`, `AWS_PROFILE=it's`],
    [`\${env:AWS_PROFILE} = "a\`"b"`, 'AWS_PROFILE=a"b'],
    [`$env:AWS_PROFILE="$x"`, 'AWS_PROFILE=null'],
    [`$env:AWS_PROFILE = "$HOME\\x"`, 'AWS_PROFILE=/h\\x'],
    [`$env:AWS_PROFILE = 'a' + 'b'`, 'AWS_PROFILE=null'],
    [`$env:AWS_PROFILE = Get-Content x`, 'AWS_PROFILE=null'],
    [`$env:AWS_PROFILE = $null`, 'removes AWS_PROFILE'],
    [`Remove-Item Env:AWS_PROFILE -ErrorAction Ignore`, 'removes AWS_PROFILE'],
    [`Set-Item -Path Env:AWS_PROFILE -Value dev`, 'AWS_PROFILE=dev'],
    [`[System.Environment]::SetEnvironmentVariable('AWS_PROFILE', 'dev')`, 'AWS_PROFILE=dev'],
    [`[Environment]::SetEnvironmentVariable("AWS_PROFILE","dev","Process")`, 'AWS_PROFILE=dev'],
    [`[Environment]::SetEnvironmentVariable('AWS_PROFILE','dev','User')`, ''],
    [`# $env:AWS_PROFILE = 'x'`, ''],
    [`<# $env:AWS_PROFILE = 'x'\n#>`, ''],
    [`Write-Host "$env:AWS_PROFILE = 'x'"`, ''],
    [`if ($env:AWS_PROFILE -eq 'x') { }`, ''],
    [`if ($env:AWS_PROFILE == 'x') { }`, ''],
    [`function dev { $env:AWS_PROFILE = 'x' }`, ''],
    [`if (Test-Path x) { $env:AWS_PROFILE = 'x' }`, 'AWS_PROFILE=x perhaps'],
    [`$env:AWS_PROFILE = 'x' # why`, 'AWS_PROFILE=x'],
    [`$env:AWS_PROFILE = 'x'; $env:AWS_REGION = 'y'`, 'AWS_PROFILE=x, AWS_REGION=y'],
  ])('PowerShell: %s', (text, expected) => {
    const steps = readPowershell(text, home).flatMap((step) => ('name' in step ? [step] : []))
    expect(
      steps
        .map(
          (step) =>
            (step.effect === 'removes' ? `removes ${step.name}` : `${step.name}=${step.value}`) +
            (step.isConditional ? ' perhaps' : ''),
        )
        .join(', '),
    ).toBe(expected)
    for (const step of steps) expect(text.slice(step.offset, step.offset + step.name.length)).toBe(step.name)
  })

  // systemd.exec(5), the example of Environment=: VAR1 is "word1 word2", VAR2 is "word3", VAR3 is "$word 5 6".
  test('a unit file: the example of the manual, continuations, specifiers, the empty setting', () => {
    const values = (text: string) =>
      readUnit(`[Service]\n${text}`).assignments.map(({ name, value }) => `${name}=${value}`)
    expect(values('Environment="VAR1=word1 word2" VAR2=word3 "VAR3=$word 5 6"')).toEqual([
      'VAR1=word1 word2',
      'VAR2=word3',
      'VAR3=$word 5 6',
    ])
    expect(values('Environment=A=1 \\\n# a comment between\n  B=2')).toEqual(['A=1', 'B=2'])
    expect(values('Environment=A=%h/x\nEnvironment=B=50%%')).toEqual(['A=null', 'B=50%'])
    expect(values('Environment=A=1\nEnvironment=\nEnvironment=B=2')).toEqual(['B=2'])
  })

  test.each([
    ['0::/system.slice/shop.service\n', { unit: 'shop.service', isOfUser: false }],
    [
      '0::/user.slice/user-1000.slice/user@1000.service/app.slice/sync.service\n',
      { unit: 'sync.service', isOfUser: true },
    ],
    ['0::/user.slice/user-1000.slice/session-3.scope\n', null],
    ['0::/user.slice/user-1000.slice/user@1000.service\n', null],
    ['0::/user.slice/user-1000.slice/user@1000.service/app.slice/vte-spawn-1.scope\n', null],
    ['9:name=systemd:/system.slice/old.service\n8:pids:/x\n', { unit: 'old.service', isOfUser: false }],
    ['0::/\n', null],
  ])('the service of a process by its cgroup: %j', (text, expected) => {
    expect(unitOfCgroup(text)).toEqual(expected)
  })

  // crontab(5): "leading and trailing blanks of the value are dropped, matching quotes keep them".
  test('a crontab', () => {
    const read = readCrontab('A = b c \n"D" = "e "\n# X=y\n* * * * * A=b run\n')
    expect(read.map(({ name, value }) => [name, value])).toEqual([
      ['A', 'b c'],
      ['D', 'e '],
    ])
  })

  // Linux-PAM modules/pam_env/pam_env.c, _parse_env_file.
  test('/etc/environment', () => {
    const read = readPamEnvironment(`A="b c"\nexport B='d'\nC=e#f\n# D=g\nE=h=i\n`)
    expect(read.map(({ name, value }) => [name, value])).toEqual([
      ['A', 'b c'],
      ['B', 'd'],
      ['C', 'e'],
      ['E', 'h=i'],
    ])
  })

  test('an EnvironmentFile keeps an empty value, and a # inside of one', () => {
    const read = readSystemdEnvironmentFile('A=\nB=x # y\n')
    expect(read.map(({ name, value }) => [name, value])).toEqual([
      ['A', ''],
      ['B', 'x # y'],
    ])
  })

  test('a binary property list gives nothing', () => {
    expect(readPropertyList('bplist00Ó')).toEqual([])
  })
})
