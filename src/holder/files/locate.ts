import type { Machine } from '../machine/machine.ts'
import { absolutePath } from '../machine/paths.ts'
import { expandHome, expandVariables } from './expand.ts'

export type FileRole = 'config' | 'credentials'

export interface FileLocation {
  /** Absolute, in the machine's own spelling. */
  readonly path: string
  /** As the SDK writes it in its messages: expanded, but neither made absolute nor normalised. */
  readonly written: string
  readonly from: 'default' | { readonly variable: string }
}

/** Where a file is looked for: the variable that moves it, and where it is otherwise. */
const places: Readonly<Record<FileRole, { readonly variable: string; readonly otherwise: string }>> = {
  config: { variable: 'AWS_CONFIG_FILE', otherwise: '~/.aws/config' },
  credentials: { variable: 'AWS_SHARED_CREDENTIALS_FILE', otherwise: '~/.aws/credentials' },
}

/**
 * Where botocore, boto3 and the AWS CLI look for a file. A variable that is set but empty names the empty path, which is no
 * file. Sources: botocore configprovider.py `BOTOCORE_DEFAUT_SESSION_VARIABLES`, configloader.py `raw_config_parse`.
 */
export function locateAwsFile(machine: Machine, role: FileRole): FileLocation {
  const { variable, otherwise } = places[role]
  const named = machine.env(variable)
  const location = expandedPath(machine, named ?? otherwise)
  return { ...location, from: named === undefined ? 'default' : { variable } }
}

/** A path as botocore takes it from a variable: `$NAME` first, then `~`. */
export function expandedPath(machine: Machine, path: string): Pick<FileLocation, 'path' | 'written'> {
  const written = expandHome(machine, expandVariables(machine, path))
  return { written, path: written === '' ? '' : absolutePath(machine, written) }
}
