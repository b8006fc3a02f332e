import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { environment } from '../../cli/program.ts'
import { directory } from './place.ts'

/*
 * The real Secret Service, GNOME Keyring's, on a session bus of its own; skipped where Debian's gnome-keyring and dbus are not installed.
 */
const there = ['dbus-run-session', 'gnome-keyring-daemon'].every(
  (program) => spawnSync(program, ['--version']).status === 0,
)
const source = (path: string) => pathToFileURL(join(import.meta.dirname, '..', '..', '..', 'src', path)).href
const main = join(import.meta.dirname, '..', '..', '..', 'src', 'cli', 'main.ts')

/** Runs a module, and then a line of the shell, on a bus with a keyring that is open or locked. */
function onBus(module: string, line = 'true', keyring: 'open' | 'locked' = 'open') {
  const home = directory()
  const unlock =
    keyring === 'open' ? 'printf x | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; ' : ''
  const script = `${unlock}"$NODE" --input-type=module -e "$MODULE" && { ${line}; }`
  return spawnSync('dbus-run-session', ['--', '/bin/sh', '-c', script], {
    encoding: 'utf8',
    cwd: home,
    env: environment(home, {
      XDG_RUNTIME_DIR: home,
      COUNTERSIGN_VAULT: 'keychain',
      NODE: process.execPath,
      MAIN: main,
      MODULE: module,
    }),
  })
}

const imports = `
  import { Secret } from ${JSON.stringify(source('anatomy/secret.ts'))}
  import { openKeychain } from ${JSON.stringify(source('holder/vault/keychain.ts'))}
  const vault = await openKeychain('linux')
  const key = (id) => ({ kind: 'access-key', accessKeyId: id, secretAccessKey: new Secret('made up ' + id), sessionToken: null })
`

describe.skipIf(!there)('the keyring of the desktop (skipped where there is none)', () => {
  test('keeps items, lists them, and gives them to another process', () => {
    const { stdout, status } = onBus(
      `${imports}
      await vault.put('profile/dev', key('AKIAQRSTUVWXQRSTUVWX'))
      await vault.put('profile/other', key('AKIAXWVUTSRQXWVUTSRQ'))
      await vault.put('profile/other', key('AKIAQRSTUVWXXWVUTSRQ'))
      await vault.put('device/gone', { kind: 'totp-seed', serial: 'gone', seed: new Secret('JBSWY3DPEHPK3PXP') })
      await vault.remove('device/gone')
      await vault.remove('device/gone')
      console.log(JSON.stringify([await vault.names(), (await vault.get('profile/other')).accessKeyId, await vault.get('no')]))`,
      'mkdir .aws && echo "[profile dev]\ncredential_process = countersign process dev" >.aws/config && "$NODE" "$MAIN" process dev',
    )
    const [seen = '', printed = ''] = stdout.split('\n')
    expect(status).toBe(0)
    expect(JSON.parse(seen)).toEqual([['profile/dev', 'profile/other'], 'AKIAQRSTUVWXXWVUTSRQ', null])
    expect(JSON.parse(printed)).toMatchObject({ Version: 1, AccessKeyId: 'AKIAQRSTUVWXQRSTUVWX' })
  })

  test('that is locked, and that nobody unlocks, is an error of its own', () => {
    const { stdout } = onBus(
      `${imports}
      console.log(await vault.put('profile/dev', key('AKIAQRSTUVWXQRSTUVWX')).then(() => 'kept', (error) => error.code))`,
      'true',
      'locked',
    )
    expect(stdout).toBe('vault-locked\n')
  })
})

test('where no bus is there is no keychain', () => {
  const { stdout } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', `${imports}; console.log(vault === null ? 'none' : 'there')`],
    { encoding: 'utf8', env: environment(directory(), { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere' }) },
  )
  expect(process.platform === 'linux' ? stdout : 'none\n').toBe('none\n')
})
