import { CountersignError } from '../errors.ts'
import type { Call } from './terminal.ts'

export async function console(_call: Call): Promise<number> {
  throw new CountersignError('usage', 'console is being built.')
}
