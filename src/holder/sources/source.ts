import type { AwsFile, AwsFiles } from '../files/aws-files.ts'
import type { BrokenSource, Place, ProviderName, SourceAnswer } from './credential.ts'
import { fileRefusal, type SourceGround } from './settings.ts'

/** One place that credentials come from. */
export interface Source {
  readonly provider: ProviderName
  /** Looks at local evidence only: it neither runs a process nor sends a request. */
  ask(ground: SourceGround): SourceAnswer
}

/** There is nothing of this kind here. */
export function absent(because: string, at?: Place): SourceAnswer {
  return { outcome: 'absent', because, at }
}

/** It is there, and asking it means a call or a process. */
export function deferred(because: string, at?: Place): SourceAnswer {
  return { outcome: 'deferred', because, at }
}

/** It is there and cannot be used; `says` is `ErrorClass: message`. */
export function broken(reason: BrokenSource['reason'], says: string, because: string, at?: Place): SourceAnswer {
  return { outcome: 'broken', error: { reason, says }, because, at }
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
