import type { Tag } from '../model/entities.ts'
import { quotas } from './quotas.ts'
import { invalidInput, overLimit, overQuota, type Refused } from './sentences.ts'

/** A tag as it stands on the wire. */
export interface WireTag {
  readonly Key: string
  readonly Value: string
}

/** Keys of users', roles' and sessions' tags compare without case, those of policies and devices with it (`authority.md` §4.2). */
export type TagCase = 'caseless' | 'cased'

export function sameKey(key: string, compare: TagCase): string {
  return compare === 'caseless' ? key.toLowerCase() : key
}

/** Why these tags cannot be set at all: a key given twice, or one of the reserved prefix. Null when they can. */
export function faultOfTags(tags: readonly WireTag[], compare: TagCase): Refused | null {
  // The prefix first, with either sentence as AWS was recorded (radkawar/stackd, `testdata/aws/iam/tag_inputs.json`, September 2026).
  if (tags.some((tag) => /^aws:/i.test(tag.Key)))
    return invalidInput('Tag keys beginning with aws: are reserved for system use.')
  const keys = tags.map((tag) => sameKey(tag.Key, compare))
  if (new Set(keys).size !== keys.length)
    return invalidInput(
      `Duplicate tag keys found.${compare === 'caseless' ? ' Please note that Tag keys are case insensitive.' : ''}`,
    )
  return null
}

/** The tags of a new entity. */
export function newTags(tags: readonly WireTag[] | undefined, compare: TagCase): readonly Tag[] | Refused {
  return mergedTags([], tags ?? [], compare, '')
}

/** Present tags with new ones put over them: the same key takes the new value (and, without case, the new spelling). */
export function mergedTags(
  present: readonly Tag[],
  added: readonly WireTag[],
  compare: TagCase,
  holder: string,
): readonly Tag[] | Refused {
  const fault = faultOfTags(added, compare)
  if (fault !== null) return fault
  const merged = new Map(present.map((tag) => [sameKey(tag.key, compare), tag]))
  for (const { Key, Value } of added) merged.set(sameKey(Key, compare), { key: Key, value: Value })
  if (merged.size > quotas.tagsPerEntity) {
    // Recorded of AWS for providers, in February 2026 (localstack, `test_iam_oidc.snapshot.json`).
    if (holder.endsWith('Provider')) return overLimit('The number of tags has reached the maximum limit.')
    return overQuota(`TagsPer${holder}`, quotas.tagsPerEntity)
  }
  return [...merged.values()]
}

/** Taking away what is not there succeeds. */
export function tagsWithout(present: readonly Tag[], keys: readonly string[], compare: TagCase): readonly Tag[] {
  const gone = new Set(keys.map((key) => sameKey(key, compare)))
  return present.filter((tag) => !gone.has(sameKey(tag.key, compare)))
}

export function wireTags(tags: readonly Tag[]): readonly WireTag[] {
  return tags.map(({ key, value }) => ({ Key: key, Value: value }))
}

/** As providers show theirs (radkawar/stackd, `internal/services/iam/testdata/federation/*.json`, September 2026). */
export function sortedByKey(tags: readonly Tag[]): readonly Tag[] {
  return tags.toSorted((a, b) => (a.key < b.key ? -1 : 1))
}

/** An entity without tags shows none at all, not an empty list (`authority.md` §1.8). */
export function shownTags(tags: readonly Tag[]): readonly WireTag[] | undefined {
  return tags.length === 0 ? undefined : wireTags(tags)
}

/** `aws:RequestTag/…` and `aws:TagKeys` of a request that sets or removes tags. */
export function tagConditions(
  tags: readonly WireTag[] | undefined,
  keys: readonly string[] = (tags ?? []).map((tag) => tag.Key),
): ReadonlyMap<string, readonly string[]> {
  const conditions = new Map<string, readonly string[]>()
  for (const { Key, Value } of tags ?? []) conditions.set(`aws:requesttag/${Key.toLowerCase()}`, [Value])
  if (keys.length > 0) conditions.set('aws:tagkeys', keys)
  return conditions
}
