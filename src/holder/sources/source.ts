import type { BrokenSource, Place, ProviderName, SourceAnswer } from './credential.ts'
import type { SourceGround } from './settings.ts'

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
