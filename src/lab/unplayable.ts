import type { CauseId } from '../cause-ids.ts'

/** Causes that the lab cannot make happen, each with the reason as the rest of a sentence that begins with "it". */
export const unplayable: Readonly<Partial<Record<CauseId, string>>> = {}
