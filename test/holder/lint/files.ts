import type { Finding, LintReport } from '../../../src/holder/lint/index.ts'
import { lint } from '../../../src/holder/lint/index.ts'
import type { Machine } from '../../../src/holder/machine/machine.ts'
import { type RecordedFile, recordedMachine } from '../../../src/holder/machine/recorded.ts'

/** The AWS files of a machine; `EACCES` is one that may not be read. */
export interface Files {
  readonly config?: string | Uint8Array
  readonly credentials?: string | Uint8Array
  readonly mode?: number
  readonly others?: Readonly<Record<string, string>>
}

export const home = '/home/u'
export const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'
export const keys = `aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = ${secret}\n`
export const role = 'arn:aws:iam::123456789012:role/R'

export function machineOf({ config, credentials, mode = 0o600, others }: Files): Machine {
  const recorded = (content: string | Uint8Array): RecordedFile =>
    content === 'EACCES' ? { unreadable: 'permission' } : { bytes: content, mode }
  return recordedMachine({
    env: { HOME: home },
    files: {
      ...(config === undefined ? {} : { [`${home}/.aws/config`]: recorded(config) }),
      ...(credentials === undefined ? {} : { [`${home}/.aws/credentials`]: recorded(credentials) }),
      ...others,
    },
    cwd: '/desk',
    userHome: home,
  })
}

export function linted(files: Files): LintReport {
  return lint(machineOf(files))
}

/** Findings with their place in short: `credentials:3:1`. */
export function found(files: Files): readonly (Finding & { readonly place: string })[] {
  return linted(files).findings.map((finding) => {
    const { file, line, column } = finding.at
    return { ...finding, place: `${file.split('/').at(-1)}:${line}:${column}` }
  })
}

/** The one finding of a rule. */
export function only(rule: Finding['rule'], files: Files): Finding {
  const all = linted(files).findings.filter((finding) => finding.rule === rule)
  if (all.length !== 1) throw new Error(`${all.length} findings of ${rule}`)
  return all[0]!
}

/** What a rule says that some SDK does, e.g. `stop: …`; null when it does not break. */
export function doing(finding: Finding, sdk: string): string | null {
  return finding.breaks?.find(({ sdks }) => sdks.some((name) => name === sdk))?.how ?? null
}
