import { CountersignError } from '../errors.ts'
import type { Call } from './terminal.ts'

export async function env(_call: Call): Promise<number> {
  throw new CountersignError('usage', 'env is being built.')
}
