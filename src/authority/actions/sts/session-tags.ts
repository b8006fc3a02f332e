import type { Tag } from '../../model/entities.ts'
import type { Principal } from '../../model/principal.ts'
import { quotas } from '../quotas.ts'
import { invalidInput, isRefused, type Refused } from '../sentences.ts'
import { faultOfTags, mergedTags, sameKey, type WireTag } from '../tags.ts'

export interface TagInput {
  readonly Tags?: readonly WireTag[] | undefined
  readonly TransitiveTagKeys?: readonly string[] | undefined
}

/** The tags that a new role session has, and those of them that will be handed down its chain. */
export interface SessionTags {
  readonly all: readonly Tag[]
  readonly inherited: readonly Tag[]
  readonly transitiveKeys: readonly string[]
}

/**
 * Puts the tags of the request to those that the caller's session hands down (`authority.md` §3.3 "Session tags"). An inherited tag
 * cannot be set anew, and only a tag of this request can be declared transitive.
 */
export function sessionTagsOf(input: TagInput, principal: Principal): SessionTags | Refused {
  const given = input.Tags ?? []
  const fault = faultOfTags(given, 'caseless')
  if (fault !== null) return fault
  const inherited = inheritedTags(principal)
  const handedDown = new Set(inherited.map((tag) => sameKey(tag.key, 'caseless')))
  if (given.some((tag) => handedDown.has(sameKey(tag.Key, 'caseless'))))
    return invalidInput(
      "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
    )
  const requested = new Set(given.map((tag) => sameKey(tag.Key, 'caseless')))
  const transitive = input.TransitiveTagKeys ?? []
  if (transitive.some((key) => !requested.has(sameKey(key, 'caseless'))))
    return invalidInput('The specified transitive tag key must be included in the requested tags.')
  const all = mergedTags(inherited, given, 'caseless', 'Session')
  // Inherited and given tags together are measured like those of one request.
  if (isRefused(all)) return { refused: { reason: 'constraints', violations: [tooMany] } }
  return { all, inherited, transitiveKeys: [...inherited.map((tag) => tag.key), ...new Set(transitive)] }
}

const tooMany = {
  path: 'tags',
  value: undefined,
  clause: `Member must have length less than or equal to ${quotas.tagsPerEntity}`,
} as const

function inheritedTags(principal: Principal): readonly Tag[] {
  if (principal.type !== 'role') return []
  const keys = new Set(principal.session.transitiveTagKeys.map((key) => sameKey(key, 'caseless')))
  return principal.session.tags.filter((tag) => keys.has(sameKey(tag.key, 'caseless')))
}
