import { CountersignError } from '../errors.ts'
import type { Call } from './terminal.ts'

export async function undo(_call: Call): Promise<number> {
  throw new CountersignError('usage', 'undo is being built.')
}
