/** Derived signing keys by access key id and scope, so that a known caller costs one HMAC instead of five. */
export interface SigningKeys<K> {
  /** The derived key for this scope, from memory or from `derive`; a changed secret never meets a key of the old one. */
  of(accessKeyId: string, secret: string, scope: string, derive: () => K): K
  /** For a key that is gone. */
  forget(accessKeyId: string): void
}

interface Entry<K> {
  readonly secret: string
  readonly byScope: Map<string, K>
}

/** One key signs for one day, a few regions and two services; more scopes than this is somebody trying to fill memory. */
const maxScopes = 8

/**
 * `limit` is the number of access keys remembered; the one longest unused goes first.
 * Source of the rule: AWS, "Signature Version 4: derive a signing key" (a derived key is good for its scope only).
 */
export function createSigningKeys<K>(limit = 10_000): SigningKeys<K> {
  const entries = new Map<string, Entry<K>>()
  let latest = ''

  return {
    of(accessKeyId, secret, scope, derive) {
      let entry = entries.get(accessKeyId)
      if (entry === undefined || entry.secret !== secret) {
        entry = { secret, byScope: new Map() }
        entries.delete(accessKeyId)
        entries.set(accessKeyId, entry)
        if (entries.size > limit) entries.delete(entries.keys().next().value!)
      } else if (latest !== accessKeyId) {
        // A Map keeps its order of insertion: putting it back at the end makes it the most recent one.
        entries.delete(accessKeyId)
        entries.set(accessKeyId, entry)
      }
      latest = accessKeyId
      let key = entry.byScope.get(scope)
      if (key === undefined) {
        if (entry.byScope.size >= maxScopes) entry.byScope.delete(entry.byScope.keys().next().value!)
        entry.byScope.set(scope, (key = derive()))
      }
      return key
    },
    forget(accessKeyId) {
      entries.delete(accessKeyId)
    },
  }
}
