/** Whether `part` stands in `bytes` at this place. For a few dozen bytes this loop costs less than `Buffer.compare` and the views that it needs. */
export function holdsAt(bytes: Uint8Array, at: number, part: Uint8Array): boolean {
  if (bytes.length < at + part.length) return false
  for (let index = 0; index < part.length; index++) if (bytes[at + index] !== part[index]) return false
  return true
}
