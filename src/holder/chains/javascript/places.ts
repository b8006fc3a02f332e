import type { FileLocation, FileRole } from '../../files/locate.ts'
import type { Machine } from '../../machine/machine.ts'
import { absolutePath, joinPath } from '../../machine/paths.ts'

/** The drive that a `HOMEPATH` without `HOMEDRIVE` is on; the two SDKs write it differently. */
export type DriveOtherwise = 'with-separator' | 'with-slash'

/**
 * The home directory as both SDKs for JavaScript find it, on every platform: `HOME`, `USERPROFILE`, `HOMEDRIVE` with `HOMEPATH`,
 * else what the operating system says. The empty text when nothing says anything.
 *
 * Sources: @smithy/core shared-ini-file-loader/getHomeDir.js; aws-sdk 2 lib/shared-ini/ini-loader.js `getHomeDir`.
 */
export function javascriptHome(machine: Machine, drive: DriveOtherwise): string {
  const named = machine.env('HOME') || machine.env('USERPROFILE')
  if (named !== undefined && named !== '') return named
  const path = machine.env('HOMEPATH')
  if (path === undefined || path === '') return systemHome(machine)
  const given = machine.env('HOMEDRIVE')
  if (drive === 'with-slash') return `${given || 'C:/'}${path}`
  return `${given ?? (machine.platform === 'win32' ? 'C:\\' : 'C:/')}${path}`
}

/** `os.homedir()`: an empty `HOME` is the answer too (libuv `uv_os_homedir`). The empty text when there is none. */
export function systemHome(machine: Machine): string {
  return machine.env(machine.platform === 'win32' ? 'USERPROFILE' : 'HOME') ?? machine.userHome ?? ''
}

const places: Readonly<Record<FileRole, { readonly variable: string; readonly name: string }>> = {
  config: { variable: 'AWS_CONFIG_FILE', name: 'config' },
  credentials: { variable: 'AWS_SHARED_CREDENTIALS_FILE', name: 'credentials' },
}

/**
 * Where v3 reads a file: an empty variable is as if it were not set, and of all abbreviations only a leading `~/` is known.
 * Source: @smithy/core shared-ini-file-loader/loadSharedConfigFiles.js.
 */
export function locateV3(machine: Machine, role: FileRole): FileLocation {
  const { variable, name } = places[role]
  const named = machine.env(variable)
  const home = javascriptHome(machine, 'with-separator')
  if (named === undefined || named === '') return location(machine, joinPath(machine, home, '.aws', name), 'default')
  const written = named.startsWith('~/') ? joinPath(machine, home, named.slice(2)) : named
  return location(machine, written, { variable })
}

/** The config file once more, where it is read for `sso-session`s: there nothing is expanded (loadSsoSessionData.js). */
export function locateV3Sessions(machine: Machine): FileLocation {
  const { variable } = places.config
  const named = machine.env(variable)
  return named === undefined || named === '' ? locateV3(machine, 'config') : location(machine, named, { variable })
}

/** Where v2 reads a file. Both variables count only with the opt-in to the config file; nothing is expanded. */
export function locateV2(machine: Machine, role: FileRole, takesVariable: boolean): FileLocation {
  const { variable, name } = places[role]
  const named = machine.env(variable)
  if (takesVariable && named !== undefined && named !== '') return location(machine, named, { variable })
  return location(machine, joinPath(machine, javascriptHome(machine, 'with-slash'), '.aws', name), 'default')
}

function location(machine: Machine, written: string, from: FileLocation['from']): FileLocation {
  return { written, path: openedPath(machine, written), from }
}

/**
 * The absolute path of what Node opens. POSIX looks at the disk for each part: `none/../x` is no file where `none` is no
 * directory; then this is the empty path.
 */
export function openedPath(machine: Machine, written: string): string {
  if (written === '') return ''
  if (machine.platform === 'win32' || !/(?:^|\/)\.\.(?:\/|$)/.test(written)) return absolutePath(machine, written)
  const parts = (written.startsWith('/') ? written : `${machine.cwd}/${written}`).split('/')
  const isLost = parts.some((part, index) => {
    if (part !== '..') return false
    const above = machine.readFile(absolutePath(machine, parts.slice(0, index).join('/') || '/'))
    return above.kind !== 'unreadable' || above.because !== 'directory'
  })
  return isLost ? '' : absolutePath(machine, written)
}
