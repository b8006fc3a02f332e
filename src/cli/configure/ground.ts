import { CountersignError } from '../../errors.ts'
import { askedRules } from '../../holder/chains/asked.ts'
import type { Trace } from '../../holder/chains/trace.ts'
import { applyChanges } from '../../holder/changes/index.ts'
import { changesOf, markNotes, type Plan } from '../../holder/configure/index.ts'
import { type AwsFiles, readAwsFiles } from '../../holder/files/aws-files.ts'
import { questionOf } from '../question.ts'
import { wantsJson, writeJson } from '../result.ts'
import { noteText, writtenText } from '../say/configure.ts'
import type { Call } from '../terminal.ts'

/** What every part of `configure` begins with. */
export interface Ground {
  readonly files: AwsFiles
  /** As the AWS CLI sees this machine, with the profile that was chosen. */
  readonly trace: Trace
  /** The chosen profile; `default` when none was. */
  readonly profile: string
}

export async function groundOf(call: Call): Promise<Ground> {
  const files = readAwsFiles(call.machine)
  const question = questionOf({ ...call, child: null }, null)
  const trace = (await askedRules('aws-cli-v2')).trace(call.machine, question, files)
  return { files, trace, profile: trace.profile.name }
}

/** The sentence of botocore for a profile that was named and is not there, and for files that it refuses. */
export function refusalOfFiles({ trace }: Ground): string | null {
  if (trace.error === null) return null
  const { reason, says } = trace.error
  return reason === 'profile-not-found' || reason === 'file-syntax' || reason === 'file-unreadable'
    ? says.replace(/^\w+: /, '')
    : null
}

/**
 * Writes what is planned, through the journal, and tells on stderr what was written where. With `--dry-run` it only tells.
 *
 * @param says what is done, as the journal tells it: one clause without secrets
 * @param after what else there is to know of a change that was made, by its number for `undo`
 * @throws CountersignError as `changesOf` and `applyChanges` do
 */
export async function carryOut(
  call: Call,
  files: AwsFiles,
  plan: Plan,
  says: string,
  after: (change: number) => readonly string[] = () => [],
): Promise<void> {
  const { terminal, machine, flags } = call
  const changes = changesOf(machine, files, plan)
  const notes = [...plan.notes, ...markNotes(files, plan)]
  const isDry = flags.on('dry-run')
  if (!isDry && changes.length > 0) {
    if (call.recorded === true)
      throw new CountersignError('usage', 'This machine is a recording: nothing is written to it.')
    const { realDisk } = await import('../../holder/machine/real-disk.ts')
    const change = applyChanges(machine, realDisk(), changes, { verb: 'configure', says })
    if (change !== null) notes.push(...after(change))
  }
  if (wantsJson(call))
    writeJson(call, {
      schema: 'countersign.configure/1',
      written: !isDry && changes.length > 0,
      lines: plan.written.map(({ what, file, section, key, nested, stale }) => ({
        what,
        file,
        section,
        key: nested === null ? key : `${key}.${nested}`,
        stale,
      })),
      notes,
    })
  else if (!flags.on('quiet')) {
    terminal.err(writtenText({ look: terminal.look, machine }, plan.written, { isDry, isSame: changes.length === 0 }))
    terminal.err(noteText(terminal.look, notes))
  }
}
