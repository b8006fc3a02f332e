import { type Call, exitCode } from './terminal.ts'

/** `configure`: see the row. */
export async function configure(_call: Call): Promise<number> {
  return exitCode.usage
}
