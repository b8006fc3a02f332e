import { CountersignError } from '../errors.ts'
import type { Call } from './terminal.ts'

export async function exec(_call: Call): Promise<number> {
  throw new CountersignError('usage', 'exec is being built.')
}
