/** What a stranger may take of the authority. Times in milliseconds, sizes in bytes. */
export interface Limits {
  readonly headTime: number
  readonly requestTime: number
  readonly idleTime: number
  readonly headSize: number
  readonly bodySize: number
  /** A body up to this size is read of anybody; more only of those whose key is known here. */
  readonly freeBodySize: number
  /** What all larger bodies together may take. */
  readonly allBodies: number
  readonly connections: number
  /** The store's silence after which nothing is answered any more. */
  readonly storeSilence: number
  /** How long a body that nobody wants is still let in, so that its sender gets to read the answer. */
  readonly lingerTime: number
  /** Streams of events that are open at once, and how often each is looked after. */
  readonly streams: number
  /** So many of them may one person have: a browser opens six at most. */
  readonly streamsOfOne: number
  readonly streamBeat: number
  /** How long a stop waits for what has begun. */
  readonly stopTime: number
}

export const defaultLimits: Limits = {
  headTime: 10_000,
  requestTime: 60_000,
  // Longer than the SDKs keep an idle connection, so that it is they who close it.
  idleTime: 65_000,
  // A session token, tags and policies included, is bounded far below.
  headSize: 65_536,
  // Above the largest modelled member, SAML metadata of 10,000,000 characters (`authority.md` §1.1).
  bodySize: 11 * 1_048_576,
  freeBodySize: 65_536,
  allBodies: 256 * 1_048_576,
  connections: 4_096,
  storeSilence: 15_000,
  lingerTime: 1_000,
  streams: 256,
  streamsOfOne: 16,
  streamBeat: 15_000,
  stopTime: 10_000,
}
