import type { AwsFile, AwsFiles } from '../files/aws-files.ts'
import type { BrokenSource, SourceAnswer } from './answer.ts'
import type { Place, ProviderName } from './credential.ts'
import type { CredentialPlan } from './plan.ts'
import { fileRefusal, type SourceGround } from './settings.ts'

/** One place that credentials come from, as one SDK asks it. `Ground` is what that SDK's sources may know. */
export interface Source<Ground = SourceGround> {
  readonly provider: ProviderName
  /** Looks at local evidence only: it neither runs a process nor sends a request. */
  ask(ground: Ground): SourceAnswer
}

/** There is nothing of this kind here. */
export function absent(because: string, at?: Place): SourceAnswer {
  return { outcome: 'absent', because, at }
}

/** It may be there, but a variable or setting forbids to ask. */
export function switchedOff(because: string, at?: Place): SourceAnswer {
  return { outcome: 'absent', because, at, reason: 'disabled' }
}

/** It is there, and asking it means a call or a process. */
export function deferred(because: string, at?: Place, plan?: CredentialPlan): SourceAnswer {
  return { outcome: 'deferred', because, at, plan }
}

/** It is there and cannot be used; `says` is `ErrorClass: message`. */
export function broken(reason: BrokenSource['reason'], says: string, because: string, at?: Place): SourceAnswer {
  return { outcome: 'broken', error: { reason, says }, because, at }
}

/** It is there and cannot be used, but the SDK keeps that to itself and asks its next source. */
export function passedOver(reason: BrokenSource['reason'], says: string, because: string, at?: Place): SourceAnswer {
  return { outcome: 'broken', error: { reason, says, goesOn: true }, because, at }
}

/** The files cannot be read, so that no source that needs them can be asked; null when they can. */
export function refusedFiles(files: AwsFiles): SourceAnswer | null {
  return refusedFile(files.config) ?? refusedFile(files.credentials)
}

/** The same for one file. */
export function refusedFile(file: Pick<AwsFile, 'path' | 'written' | 'reading'>): SourceAnswer | null {
  const refusal = fileRefusal(file)
  const [problem] = file.reading.problems
  if (refusal === null || problem === undefined) return null
  return broken(refusal.reason, refusal.says, `${file.path} cannot be read: ${problem.says}`, refusal.at)
}
