import type { FileRole } from './locate.ts'

/** What a dialect makes of one file: the same shape for every SDK, so that their answers can be compared. */
export interface FileReadingByDialect {
  /** Sections in the order of the file, by the text between their brackets; merged or not as the dialect says. */
  readonly sections: readonly Section[]
  /** The section whose entries every other one inherits (Python's `[DEFAULT]`); null where there is none. */
  readonly inherited: Section | null
  /** What this dialect refuses, in the order of the file. Sections and entries are read on past it, as far as they make sense. */
  readonly problems: readonly SyntaxProblem[]
}

export interface Section {
  /** The text between the brackets, as it stands. */
  readonly name: string
  /** Where the header's `[` stands. */
  readonly line: number
  readonly column: number
  /** By the key as the dialect compares it, e.g. in lower case. Of a key written twice, the first. */
  readonly entries: ReadonlyMap<string, Entry>
  /** Entries whose key stands in this section before. */
  readonly repeated: readonly Entry[]
}

export interface Entry {
  /** The key as it is compared. */
  readonly key: string
  /** The key as it stands. */
  readonly keyText: string
  /** The value as the SDK would use it. Lines of a continued value are joined with `\n`. */
  readonly value: string
  /** The value as it stands, from the delimiter to the end of its last line; it may hold a secret. */
  readonly rawValue: string
  /** Settings of an indented block below an empty value (`s3 =` …), or null. */
  readonly nested: ReadonlyMap<string, string> | null
  /** Where the value begins; where it would begin, if it is empty. */
  readonly line: number
  readonly column: number
  /** Where the key begins. */
  readonly keyLine: number
  readonly keyColumn: number
  /** The last line that belongs to the value. */
  readonly lastLine: number
}

export interface SyntaxProblem {
  readonly kind:
    | 'no-section-yet'
    /** An indented line below a header that continues nothing. */
    | 'no-setting-yet'
    /** A header without its `]`. */
    | 'open-header'
    /** A header whose name the SDK refuses. */
    | 'reserved-name'
    | 'duplicate-section'
    | 'duplicate-key'
    | 'no-delimiter'
    | 'no-key'
    | 'broken-block'
    | 'byte-order-mark'
    | 'utf-16'
    | 'not-utf-8'
    | 'too-large'
  readonly line: number
  readonly column: number
  /** One plain sentence without any value of the file, e.g. `[default] stands twice (first on line 1)`. */
  readonly says: string
  /** The same in the words of the SDK that refuses the file, where they depend on more than the kind. */
  readonly sdkSays?: string | undefined
}

/** One setting of a profile, with its place. */
export interface Setting {
  readonly value: string
  /** The value as it stands when the dialect changed more than blanks at its ends; it may hold a secret. */
  readonly raw: string | undefined
  readonly nested: ReadonlyMap<string, string> | null
  readonly at: { readonly file: string; readonly line: number; readonly column: number }
  readonly role: FileRole
}

export type Settings = ReadonlyMap<string, Setting>
