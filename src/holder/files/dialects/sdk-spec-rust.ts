import type { Grammar } from '../documents.ts'
import { type SpecRefusal, specGrammar } from './sdk-spec.ts'
import type { SpecSectionRules } from './sdk-spec-sections.ts'

const words: Readonly<Record<SpecRefusal, string>> = {
  'setting-before-header': 'Expected a profile definition',
  'continuation-before-header': 'Expected a profile definition',
  'continuation-before-setting': 'Expected a property definition, found continuation',
  'header-not-closed': "Profile definition must end with ']'",
  'setting-without-delimiter': "Expected an '=' sign defining a property",
  'setting-without-key': 'Property did not have a name',
  'sub-setting-without-delimiter': "Expected an '=' sign defining a sub-property",
  'sub-setting-without-key': 'Sub-property did not have a name',
}

/** `char::is_whitespace`: Unicode's White_Space. */
const rustWhitespace = String.raw`\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000`

/**
 * The grammar of the SDK for Rust. Source: smithy-rs aws/rust-runtime/aws-runtime/src/env_config/parse.rs and source.rs
 * (`file_contents_to_string`: what is not UTF-8 is read as an empty file).
 */
export const rustGrammar: Grammar = specGrammar({
  name: 'rust',
  foldKey: (key) => key.replace(/[A-Z]+/g, (capitals) => capitals.toLowerCase()),
  loneCarriageEndsLine: false,
  blanks: ' \t',
  indents: ' \t',
  readsIndentedHeaders: false,
  beforeComment: new RegExp(`[${rustWhitespace}]`),
  byteOrderMark: 'kept',
  notUtf8: 'empty',
  words: (refusal, line) => `on line ${line}:\n  ${words[refusal]}`,
})

const isWhitespace = new RegExp(`[${rustWhitespace}]`)

/** What a header means (normalize.rs `SectionPair`, `validate_identifier`). The empty name is one too. */
export const rustSections: SpecSectionRules = {
  split(text) {
    const usual = /^profile ([\w\-/.%@:+]+)$/.exec(text)?.[1]
    if (usual !== undefined) return { prefix: 'profile', name: usual }
    const inner = trimmed(text, (character) => character === ' ' || character === '\t')
    const blank = inner.search(/[ \t]/)
    if (blank < 0) return { prefix: null, name: trimRust(inner) }
    return { prefix: trimRust(inner.slice(0, blank)), name: trimRust(inner.slice(blank + 1)) }
  },
  isIdentifier: (name) => /^[A-Za-z0-9_\-/.%@:+]*$/.test(name),
}

/** `str::trim`. */
export function trimRust(text: string): string {
  return trimmed(text, (character) => isWhitespace.test(character))
}

function trimmed(text: string, isBlank: (character: string) => boolean): string {
  let [start, end] = [0, text.length]
  while (start < end && isBlank(text[start]!)) start += 1
  while (end > start && isBlank(text[end - 1]!)) end -= 1
  return text.slice(start, end)
}
