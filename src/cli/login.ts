import { CountersignError } from '../errors.ts'
import type { Call } from './terminal.ts'

export async function login(_call: Call): Promise<number> {
  throw new CountersignError('usage', 'login is being built.')
}
