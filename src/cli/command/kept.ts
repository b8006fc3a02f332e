/** What is kept of the output of a command: how it began and how it ended. */
const headBytes = 64 * 1024
const tailBytes = 192 * 1024

export interface Kept {
  add(bytes: Uint8Array): void
  /** The last bytes as text, at most `tailBytes`. */
  tail(): string
  /** The first bytes as text when they are not in the tail already; empty else. */
  head(): string
}

/** Keeps the first 64 KiB and the last 192 KiB of a stream, in memory of that size however much comes. */
export function keepOutput(): Kept {
  const head = new Uint8Array(headBytes)
  const ring = new Uint8Array(tailBytes)
  let total = 0
  return {
    add(bytes) {
      if (total < headBytes) head.set(bytes.subarray(0, headBytes - total), total)
      const last = bytes.subarray(Math.max(0, bytes.length - tailBytes))
      const at = (total + bytes.length - last.length) % tailBytes
      const first = last.subarray(0, tailBytes - at)
      ring.set(first, at)
      ring.set(last.subarray(first.length), 0)
      total += bytes.length
    },
    tail() {
      if (total <= tailBytes) return decode(ring.subarray(0, total))
      const at = total % tailBytes
      const whole = new Uint8Array(tailBytes)
      whole.set(ring.subarray(at), 0)
      whole.set(ring.subarray(0, at), tailBytes - at)
      return decode(whole)
    },
    head: () => (total <= tailBytes ? '' : decode(head)),
  }
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes)
}
