import type { Call } from './terminal.ts'

/** Whether the result is for a program. */
export function wantsJson(call: Call): boolean {
  return call.flags.on('json') || call.flags.text('output') === 'json'
}

/** One JSON document on stdout, indented, with a line end. */
export function writeJson(call: Call, value: unknown): void {
  call.terminal.out(`${jsonText(value, 2)}\n`)
}

/**
 * JSON that a terminal may show: signs that steer one, and those that are not to be seen, are escaped (RFC 8259 §7 allows it for
 * every character), so that a reader gets the very same texts. JSON itself escapes only those below U+0020.
 */
export function jsonText(value: unknown, indent = 0): string {
  return JSON.stringify(value, null, indent).replace(steering, escaped)
}

const steering = /[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}]/gu

function escaped(sign: string): string {
  return sign
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')
}
