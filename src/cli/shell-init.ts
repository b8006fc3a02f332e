import { CountersignError } from '../errors.ts'
import type { Call } from './terminal.ts'

export async function shellInit(_call: Call): Promise<number> {
  throw new CountersignError('usage', 'shell-init is being built.')
}
