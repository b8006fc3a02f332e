import { createHash } from 'node:crypto'
import type { ActionContext } from './grid.ts'
import { invalidParameter, type Refused } from './sentences.ts'

const BINDING_BYTES = 9
const LONGEST_KEY_BYTES = 200

export interface PageRequest {
  readonly Marker?: string | undefined
  readonly MaxItems?: number | undefined
}

export interface Page<T> {
  readonly items: readonly T[]
  readonly end: { readonly IsTruncated: boolean; readonly Marker?: string }
}

/**
 * One page of a list, sorted by `keyOf` (`authority.md` §1.9): at most `MaxItems` (default 100) items after the marker. The marker
 * tells the key of the last item given, so nothing is passed over when items come or go between pages, and is bound to
 * account, operation and filters: a foreign one is refused (`ValidationError`).
 */
export function page<T>(
  context: Pick<ActionContext, 'account'>,
  operation: string,
  request: PageRequest & object,
  items: readonly T[],
  keyOf: (item: T) => string,
): Page<T> | Refused {
  const { Marker: marker, MaxItems: maxItems, ...filters } = request
  const binding = bindingOf(context.account, operation, filters)
  const after = marker === undefined ? '' : keyAfter(marker, binding)
  if (after === null) return invalidParameter('Invalid Marker.')
  const sorted = inOrder(items.map((item) => ({ item, key: boundedKey(keyOf(item)) })))
  const start = marker === undefined ? 0 : firstAfter(sorted, after)
  const end = start + (maxItems ?? 100)
  const given = sorted.slice(start, end)
  const last = given.at(-1)
  return {
    items: given.map(({ item }) => item),
    end:
      last === undefined || end >= sorted.length
        ? { IsTruncated: false }
        : { IsTruncated: true, Marker: Buffer.concat([binding, Buffer.from(last.key)]).toString('base64url') },
  }
}

function bindingOf(account: string, operation: string, filters: object): Buffer {
  const told = Object.entries(filters)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256')
    .update(JSON.stringify([account, operation, told]))
    .digest()
    .subarray(0, BINDING_BYTES)
}

function keyAfter(marker: string, binding: Buffer): string | null {
  const bytes = Buffer.from(marker, 'base64url')
  // Buffer drops what is not base64url: only a marker that comes out the same again is one of ours.
  if (bytes.toString('base64url') !== marker || bytes.length <= BINDING_BYTES) return null
  return bytes.subarray(0, BINDING_BYTES).equals(binding) ? bytes.subarray(BINDING_BYTES).toString() : null
}

/** Keys too long for a marker of 320 characters keep their beginning and are told apart by a digest. */
function boundedKey(key: string): string {
  if (Buffer.byteLength(key) <= LONGEST_KEY_BYTES) return key
  return `${[...key].slice(0, 40).join('')}\uffff${createHash('sha256').update(key).digest('base64url').slice(0, 22)}`
}

function inOrder<K extends { readonly key: string }>(items: K[]): K[] {
  // The directory's lists mostly come sorted: looking is cheaper than sorting 100,000 names for each page.
  const sorted = items.every((item, index) => index === 0 || items[index - 1]!.key <= item.key)
  return sorted ? items : items.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
}

function firstAfter(items: readonly { readonly key: string }[], after: string): number {
  let low = 0
  let high = items.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (items[middle]!.key <= after) low = middle + 1
    else high = middle
  }
  return low
}

/** The order of names whatever their case; equal ones by the case. */
export function nameKey(name: string): string {
  return name.toLowerCase()
}
