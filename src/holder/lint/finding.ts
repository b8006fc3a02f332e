import type { SdkName } from '../chains/trace.ts'

/** Where a defect stands: from a character to before another, lines and columns from 1. */
export interface Region {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly endLine: number
  readonly endColumn: number
}

/** Text to put in place of a region. The text never holds a secret. */
export interface TextEdit extends Region {
  readonly text: string
  /** The file is written anew as UTF-8 without a mark; what it was before. */
  readonly bytes?: 'byte-order-mark' | 'utf-16' | 'latin1' | undefined
}

/** What some SDKs make of a defect. */
export interface Breaks {
  readonly sdks: readonly SdkName[]
  /** A clause that ends "they …", e.g. `stop: ConfigParseError: …` or `find no credentials`. No secret in it. */
  readonly how: string
}

/** One defect of the AWS files. */
export interface Finding {
  readonly rule: RuleId
  readonly level: 'error' | 'warning' | 'note'
  readonly at: Region
  /** The profile that the place belongs to, as it is meant; null for what belongs to none. */
  readonly profile: string | null
  /** What is wrong, in one sentence. No secret in it. */
  readonly says: string
  /** Who breaks and how, by asking each SDK's own rules; null when there were too many findings to ask for. */
  readonly breaks: readonly Breaks[] | null
  /** The one cure, in one sentence. */
  readonly cure: string
  /** The cure as edits, where it is safe: nothing is lost, and no SDK that worked with the defect works otherwise. */
  readonly fix: { readonly edits: readonly TextEdit[] } | null
}

/** The rules, with what each is about. */
export const rules = {
  'byte-order-mark': 'The file begins with an invisible mark.',
  'utf-16': 'The file is UTF-16, not UTF-8.',
  'not-utf-8': 'A byte is no UTF-8.',
  'nul-byte': 'The file has a NUL byte in it.',
  'carriage-return': 'A line ends with a carriage return alone.',
  unreadable: 'The file cannot be read.',
  permissions: 'Other users of the computer can read the file.',
  'open-header': 'A header has no closing bracket.',
  'text-after-header': 'Text stands behind a header.',
  'indented-header': 'Blanks stand before a header.',
  'header-spelling': 'A header looks like a profile but is none.',
  'profile-prefix': 'A header has the word profile where it must not, or lacks it.',
  'duplicate-section': 'A section stands twice.',
  'default-twice': 'Both [default] and [profile default] are there.',
  'inherited-section': '[DEFAULT] is no profile.',
  'line-before-section': 'A line stands before any section.',
  'not-a-setting': 'A line is neither a setting nor a comment.',
  'no-key': 'A line has a value but no key.',
  'duplicate-key': 'A key stands twice in a section.',
  'colon-delimiter': 'A key and its value are parted by a colon.',
  'indented-key': 'Blanks stand before a key.',
  'continued-value': 'An indented line goes on with the value above.',
  'key-case': 'A key has capitals in it.',
  'unknown-key': 'A key looks like another one.',
  'inline-comment': 'A comment stands behind a value.',
  'quoted-value': 'Quotes stand around a value.',
  'invisible-character': 'A value has an invisible character in it.',
  'empty-value': 'A key has no value.',
  'odd-value': 'A value has signs in it that not every SDK can read.',
  'access-key-id-shape': 'An access key id does not look like one.',
  'secret-shape': 'A secret access key does not look like one.',
  'session-token-shape': 'A session token does not look like one.',
  'session-without-token': 'A temporary key has no session token.',
  'token-of-another-key': 'A session token stands beside a long-term key.',
  expired: 'A session is over.',
  'partial-pair': 'A pair of keys is not whole.',
  'pair-in-two-files': 'A pair of keys stands in two files.',
  'role-without-source': 'A role has no source of credentials.',
  'two-role-sources': 'A role has two sources of credentials.',
  'source-without-role': 'A source of credentials has no role.',
  'source-profile-missing': 'A source profile does not exist.',
  'source-profile-empty': 'A source profile holds no credentials.',
  'role-loop': 'Source profiles lead back to where they came from.',
  'credential-source': 'credential_source is none of the three that exist.',
  'mfa-prompt': 'A role needs a one-time code.',
  'mixed-sources': 'A profile has several sources of credentials.',
  'sso-session-missing': 'An sso-session does not exist.',
  'sso-incomplete': 'A setting of IAM Identity Center is missing.',
  'sso-conflict': 'A profile and its sso-session do not agree.',
  'services-missing': 'A services section does not exist.',
  'token-file-missing': 'A web identity token file does not exist.',
  'arn-shape': 'An ARN does not look like one.',
  'account-shape': 'An account id is not twelve digits.',
  'region-shape': 'A region is none.',
  'url-shape': 'An address is no URL.',
  'number-shape': 'A number is none, or out of its range.',
  'choice-shape': 'A value is none of those that exist.',
} as const

export type RuleId = keyof typeof rules
