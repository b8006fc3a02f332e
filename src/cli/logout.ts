import { CountersignError } from '../errors.ts'
import type { Call } from './terminal.ts'

export async function logout(_call: Call): Promise<number> {
  throw new CountersignError('usage', 'logout is being built.')
}
