import type { Call } from './terminal.ts'

/** Whether the result is for a program. */
export function wantsJson(call: Call): boolean {
  return call.flags.on('json') || call.flags.text('output') === 'json'
}

/** One JSON document on stdout, indented, with a line end. */
export function writeJson(call: Call, value: unknown): void {
  call.terminal.out(`${JSON.stringify(value, null, 2)}\n`)
}
