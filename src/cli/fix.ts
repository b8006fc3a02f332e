import { CountersignError } from '../errors.ts'
import type { Call } from './terminal.ts'

export async function fix(_call: Call): Promise<number> {
  throw new CountersignError('usage', 'fix is being built.')
}
