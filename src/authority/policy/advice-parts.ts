import type { DocumentKind, Statement } from './document.ts'
import type { JsonNode } from './json.ts'
import type { Span } from './places.ts'

/** Something that a policy may say, but that hardly anybody means. */
export interface Advice {
  /** Ours, in the field's words: `pass-role-on-all`. */
  readonly code: string
  /** One sentence that says what is so and what to do. */
  readonly says: string
  readonly span: Span
}

/** A statement with the place of each of its parts. */
export interface Placed {
  readonly kind: DocumentKind
  readonly text: string
  readonly statement: Statement
  readonly node: JsonNode
  /** Does `${…}` stand for a value in this document? */
  readonly variables: boolean
}
