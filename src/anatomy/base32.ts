/*
 * RFC 4648 §6 without padding, the alphabet of access key ids and unique ids. Only what those need: whole characters of five
 * bits over big integers.
 */
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** The number that a base32 text stands for; the text must be of the alphabet. */
export function base32ToNumber(text: string): bigint {
  let number = 0n
  for (const character of text) number = (number << 5n) | BigInt(alphabet.indexOf(character))
  return number
}

/** The last `length` base32 digits of a number. */
export function numberToBase32(number: bigint, length: number): string {
  let text = ''
  for (let rest = number, index = 0; index < length; index++, rest >>= 5n) text = alphabet[Number(rest & 31n)] + text
  return text
}
