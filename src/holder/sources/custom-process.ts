import { shellSplit } from '../files/dialects/python.ts'
import type { SourceAnswer } from './answer.ts'
import type { ProcessPlan } from './plan.ts'
import { profileSettings, type Setting, type SourceGround } from './settings.ts'
import { absent, broken, deferred, refusedFiles, type Source } from './source.ts'

/** `credential_process` (botocore `ProcessProvider`): no shell, the command is split as a POSIX shell would split it. */
export const customProcess: Source = {
  provider: 'custom-process',
  ask({ machine, files, profile }) {
    const refusal = refusedFiles(files)
    if (refusal !== null) return refusal
    const command = profileSettings(files, profile)?.get('credential_process')
    if (command === undefined) return absent(`[${profile}] has no credential_process`)
    // On Windows the line is split by the rules of the C runtime, which has no errors.
    return machine.platform === 'win32' ? asked(profile, command) : posixProcess(profile, command)
  },
}

function posixProcess(profile: SourceGround['profile'], command: Setting): SourceAnswer {
  const split = shellSplit(command.value)
  const because = `the credential_process of [${profile}] cannot be run`
  if (split.kind === 'error') return broken('process-failed', `ValueError: ${split.says}`, because, command.at)
  if (split.words.length === 0) {
    return broken('process-failed', 'IndexError: list index out of range', `${because}: it is empty`, command.at)
  }
  return asked(profile, command)
}

function asked(profile: string, command: Setting): SourceAnswer {
  const plan: ProcessPlan = { kind: 'process', profile, command: command.value, run: 'words', at: command.at }
  return deferred(`the credential_process of [${profile}] would be run`, command.at, plan)
}
