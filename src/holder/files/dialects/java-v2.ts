import type { Grammar } from '../documents.ts'
import type { FileRole } from '../locate.ts'
import { javaBlanks, trimJava } from './java-text.ts'
import { type SpecRefusal, specGrammar } from './sdk-spec.ts'
import type { SpecSectionRules } from './sdk-spec-sections.ts'

const words: Readonly<Record<SpecRefusal, string>> = {
  'setting-before-header': 'Expected a profile definition',
  'continuation-before-header': 'Expected a profile or property definition',
  'continuation-before-setting': 'Expected a profile or property definition',
  'header-not-closed': "Profile definition must end with ']'",
  'setting-without-delimiter': "Expected an '=' sign defining a property",
  'setting-without-key': 'Property did not have a name',
  'sub-setting-without-delimiter': "Expected an '=' sign defining a property",
  'sub-setting-without-key': 'Property did not have a name',
}

function isIdentifier(name: string): boolean {
  return /^[A-Za-z0-9_\-/.%@:+]*$/.test(name)
}

/** Prefixes that stand before a name, each with a blank or tab behind it. */
const prefix = /^(profile|sso-session|services)[ \t]/

/** What a header means (`parseProfileDefinition`, `parseSpecialProfileDefinition`). The empty name is one too. */
export const javaV2Sections: SpecSectionRules = {
  split(text) {
    const inner = trimJava(text)
    const found = prefix.exec(inner)?.[1] ?? null
    return { prefix: found, name: found === null ? inner : trimJava(inner.slice(found.length)) }
  },
  isIdentifier,
}

/**
 * The grammar of the AWS SDK for Java 2, one for each file: what stands below a header that means nothing in that file is not
 * even looked at. Source: aws-sdk-java-v2 profiles `ProfileFileReader`.
 */
export const javaV2Grammars: Readonly<Record<FileRole, Grammar>> = {
  config: grammarOf('config'),
  credentials: grammarOf('credentials'),
}

function grammarOf(role: FileRole): Grammar {
  return specGrammar({
    name: `java-v2 ${role}`,
    foldKey: (key) => key,
    loneCarriageEndsLine: true,
    blanks: javaBlanks,
    emptyLine: ' \t',
    indents: ' \t',
    readsIndentedHeaders: false,
    beforeComment: /[ \t]/,
    byteOrderMark: 'kept',
    notUtf8: 'replaced',
    passesOverSection: (text) => !isMeant(role, text),
    ...(role === 'config' ? { passesOverLater: { after: isDefaultWith('profile'), later: isDefaultWith(null) } } : {}),
    passesOverKey: (key) => !isIdentifier(key),
    commentsInBlocks: 'kept',
    words: (refusal, line) => `IllegalArgumentException: ${words[refusal]} on line ${line}`,
  })
}

function isDefaultWith(prefix: string | null): (text: string) => boolean {
  return (text) => {
    const header = javaV2Sections.split(text)
    return header.name === 'default' && header.prefix === prefix
  }
}

function isMeant(role: FileRole, text: string): boolean {
  const { prefix, name } = javaV2Sections.split(text)
  if (!isIdentifier(name)) return false
  return role === 'credentials' ? prefix === null : prefix !== null || name === 'default'
}
