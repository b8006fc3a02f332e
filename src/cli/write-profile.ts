import { CountersignError } from '../errors.ts'
import { applyChanges, planEdits } from '../holder/changes/index.ts'
import { headerForProfile, readAwsFiles } from '../holder/files/aws-files.ts'
import type { FileEdit } from '../holder/files/edit.ts'
import type { Disk } from '../holder/machine/disk.ts'
import type { Machine } from '../holder/machine/machine.ts'

/** What `--write-profile` is about to write. */
export interface ProfilePlan {
  readonly name: string
  readonly files: readonly string[]
  readonly edits: readonly FileEdit[]
}

/** Where a new profile asks; an authority answers for any region. */
const region = 'us-east-1'

/** @throws `usage` for what no AWS file and no shell takes without quotes */
export function checkProfileName(name: string): void {
  if (!/^[A-Za-z0-9_@+=.,/-]+$/.test(name))
    throw new CountersignError('usage', '--write-profile takes a name of letters, digits and _ @ + = . , / -')
}

/**
 * Plans the lossless edits that make a profile of the root key: the pair in the credentials file, endpoint and region in the
 * config file. A profile that holds other credentials is left alone.
 * @throws `usage` when the name is taken, `file-unreadable` for a file that AWS tools could not read either
 */
export function planProfile(
  machine: Machine,
  name: string,
  authority: {
    readonly url: string
    readonly root: { readonly accessKeyId: string; readonly secretAccessKey: string }
  },
): ProfilePlan {
  if (authority.root.accessKeyId === '')
    throw new CountersignError(
      'usage',
      'The root user has no access key any more: there is nothing to write as a profile.',
    )
  const files = readAwsFiles(machine)
  for (const file of [files.config, files.credentials])
    if (file.path === '' || file.state.kind === 'unreadable' || file.reading.problems.length > 0)
      throw new CountersignError(
        'file-unreadable',
        `${file.path === '' ? `The ${file.role} file has no path` : `${file.path} cannot be read as an AWS file`}; the profile was not written.`,
        { data: { path: file.path } },
      )
  const header = headerForProfile(name)
  refuseTakenName(files, name, header, authority.root.accessKeyId)
  const inCredentials = { file: files.credentials.path, section: name }
  const inConfig = { file: files.config.path, section: header }
  const { accessKeyId, secretAccessKey } = authority.root
  return {
    name,
    files: [files.credentials.path, files.config.path],
    edits: [
      { kind: 'set', ...inCredentials, key: 'aws_access_key_id', value: accessKeyId },
      { kind: 'set', ...inCredentials, key: 'aws_secret_access_key', value: secretAccessKey },
      { kind: 'set', ...inConfig, key: 'endpoint_url', value: authority.url },
      { kind: 'set', ...inConfig, key: 'region', value: region },
    ],
  }
}

function refuseTakenName(
  files: ReturnType<typeof readAwsFiles>,
  name: string,
  header: string,
  accessKeyId: string,
): void {
  const ours = (section: { entries: ReadonlyMap<string, { value: string }> }) =>
    section.entries.get('aws_access_key_id')?.value === accessKeyId
  const inCredentials = files.credentials.reading.sections.find((section) => section.name === name)
  const inConfig = files.config.reading.sections.find((section) => section.name === header)
  const taken = inCredentials === undefined ? inConfig !== undefined : !ours(inCredentials)
  if (taken)
    throw new CountersignError(
      'usage',
      `There is a profile ${name} already, with something else in it. It was not touched: choose another name.`,
    )
}

/** Writes a plan; each file changes as a whole or not at all, and `undo` can take it back. */
export function writePlan(machine: Machine, disk: Disk, plan: ProfilePlan): void {
  applyChanges(machine, disk, planEdits(machine, plan.edits), {
    verb: 'serve --write-profile',
    says: `write the profile ${plan.name}`,
  })
}
