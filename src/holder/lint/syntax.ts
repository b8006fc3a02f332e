import type { AwsFiles } from '../files/aws-files.ts'
import { headerForProfile, oddSections } from '../files/aws-files.ts'
import type { MeantLine, MeantSetting } from './lines.ts'
import type { Draft, Page, PageSection } from './page.ts'
import { asComment, edit, keyRegion, lineRegion, profileOf, regionOf, settingsIn, withoutLine } from './page.ts'
import { knownKeys, meantKey } from './spelling.ts'

/** What is wrong with headers, lines and keys, wherever they stand. */
export function syntaxDrafts(pages: readonly Page[], files: AwsFiles): readonly Draft[] {
  const misspelt = oddSections(files)
  return pages.flatMap((page) => [
    ...headers(page),
    ...prefixes(page, misspelt),
    ...duplicateSections(page),
    ...page.sections.flatMap((section) => [
      ...oddLines(page, section),
      ...settingsIn(section).flatMap((setting) => keys(page, section, setting)),
      ...duplicateKeys(page, section),
    ]),
  ])
}

type Header = Extract<MeantLine, { kind: 'header' }>

function headers(page: Page): readonly Draft[] {
  return page.sections.flatMap((section, index): readonly Draft[] => {
    const { header } = section
    if (header === null) return []
    const profile = profileOf(section)
    const at = lineRegion(page, header)
    const above = page.sections[index - 1]
    if (!header.isClosed) {
      const end = regionOf(page, header.line, at.endColumn, at.endColumn)
      return [
        {
          rule: 'open-header',
          level: 'error',
          at,
          profile,
          says: `The header [${header.name} has no closing bracket.`,
          cure: 'Put a ] at the end of the line.',
          asks: 'mend',
          mend: [edit(end, ']')],
          isCure: true,
          alsoProfile: above === undefined ? null : profileOf(above),
        },
      ]
    }
    const drafts: Draft[] = []
    if (header.tail !== '') drafts.push(tailDraft(page, header, profile))
    if (header.column > 1) {
      drafts.push({
        rule: 'indented-header',
        level: 'warning',
        at: regionOf(page, header.line, 1, header.column),
        profile,
        says: `Blanks stand before [${header.name}].`,
        cure: 'Begin the line with the bracket.',
        asks: 'mend',
        mend: [edit(regionOf(page, header.line, 1, header.column), '')],
        isCure: true,
      })
    }
    if (section.meaning.kind === 'inherited') {
      drafts.push({
        rule: 'inherited-section',
        level: 'warning',
        at,
        profile: 'default',
        says: '[DEFAULT] in capitals is no profile: to the AWS CLI and boto3 every other section has its settings too.',
        cure: 'Write [default] when the default profile is meant.',
        asks: 'mend',
        mend: [edit(regionOf(page, header.line, header.nameColumn, header.nameColumn + header.name.length), 'default')],
      })
    }
    return drafts
  })
}

function tailDraft(page: Page, header: Header, profile: string | null): Draft {
  const isComment = /^[#;]/.test(header.tail)
  const at = regionOf(page, header.line, header.tailColumn, header.tailColumn + header.tail.length)
  const bracket = header.nameColumn + header.name.length + 1
  const whole = regionOf(page, header.line, bracket, header.text.length + 1)
  return {
    rule: 'text-after-header',
    level: isComment ? 'warning' : 'error',
    at,
    profile,
    says: isComment
      ? `A comment stands behind [${header.name}] in the same line.`
      : `Text stands behind [${header.name}] in the same line.`,
    cure: isComment ? 'Put the comment in a line of its own.' : 'Take the text away.',
    asks: 'mend',
    mend: isComment
      ? [edit(regionOf(page, header.line, 1, 1), `${header.tail}\n`), edit(whole, '')]
      : [edit(whole, '')],
    isCure: isComment,
  }
}

function prefixes(page: Page, misspelt: ReturnType<typeof oddSections>): readonly Draft[] {
  return page.sections.flatMap((section): readonly Draft[] => {
    const { header } = section
    const odd = misspelt.find(({ file, line }) => file === page.path && line === header?.line)
    if (header === null || odd === undefined || !header.isClosed) return spelling(page, section)
    const at = lineRegion(page, header)
    const name = regionOf(page, header.line, header.nameColumn, header.nameColumn + header.name.length)
    const says =
      odd.kind === 'prefix-in-credentials'
        ? `In the credentials file [${odd.section}] is a profile that is literally called "${odd.section}".`
        : odd.kind === 'prefix-missing-in-config'
          ? `In the config file [${odd.section}] is no profile: the header of a profile begins with the word profile.`
          : `[${odd.section}] is not the profile ${odd.profile} that it looks like.`
    return [
      {
        rule: odd.kind === 'blank-or-case' ? 'header-spelling' : 'profile-prefix',
        level: 'error',
        at,
        profile: odd.profile,
        says,
        cure: `Write [${odd.shouldBe}].`,
        asks: 'mend',
        mend: [edit(name, odd.shouldBe)],
        isCure: true,
      },
    ]
  })
}

/** Headers that the AWS CLI takes and others do not: more blanks than one, blanks at the ends, quotes that are not needed. */
function spelling(page: Page, section: PageSection): readonly Draft[] {
  const { header, meaning } = section
  if (header === null || !header.isClosed || meaning.kind === 'inherited' || meaning.kind === 'other') return []
  if (meaning.kind === 'none') return []
  const isProfile = meaning.kind === 'profile'
  const plain = /^[\w@%+:,./-]+$/.test(meaning.name)
  const isPrefixed = /^\s*(profile|sso[-_]session|services)\s/i.test(header.name)
  const wanted = !isProfile
    ? `${meaning.kind} ${meaning.name}`
    : !isPrefixed || page.role === 'credentials'
      ? meaning.name
      : meaning.name === 'default'
        ? 'profile default'
        : headerForProfile(meaning.name)
  if (header.name === wanted) return []
  const at = lineRegion(page, header)
  const name = regionOf(page, header.line, header.nameColumn, header.nameColumn + header.name.length)
  return [
    {
      rule: 'header-spelling',
      level: 'warning',
      at,
      profile: isProfile ? meaning.name : null,
      says: `[${header.name}] has blanks or quotes in it that not every SDK takes.`,
      cure: plain ? `Write [${wanted}].` : 'Give the profile a name without blanks.',
      asks: 'mend',
      mend: [edit(name, wanted)],
      isCure: plain,
    },
  ]
}

function duplicateSections(page: Page): readonly Draft[] {
  const first = new Map<string, Header>()
  return page.sections.flatMap((section): readonly Draft[] => {
    const { header, meaning } = section
    if (header === null || meaning.kind === 'inherited' || meaning.kind === 'none' || meaning.kind === 'other')
      return []
    const key = `${meaning.kind} ${meaning.name}`
    const before = first.get(key)
    if (before === undefined) {
      first.set(key, header)
      return []
    }
    const isDefault = meaning.kind === 'profile' && meaning.name === 'default'
    const isMixed = isDefault && before.name.trim() !== header.name.trim()
    const says = isMixed
      ? `[${header.name}] and [${before.name}] (line ${before.line}) are the same profile, and the SDKs do not agree which one counts.`
      : `[${header.name}] stands twice (first on line ${before.line}).`
    return [
      {
        rule: isMixed ? 'default-twice' : 'duplicate-section',
        level: 'error',
        at: lineRegion(page, header),
        profile: profileOf(section),
        says,
        cure: `Put the settings of both under the header on line ${before.line}, and take this one away.`,
        asks: 'mend',
        // Looked past by taking the second section away: what the first holds is what its reader sees first.
        mend: [header, ...section.lines].map(({ line }) => withoutLine(page, line)),
      },
    ]
  })
}

function oddLines(page: Page, section: PageSection): readonly Draft[] {
  const profile = profileOf(section)
  return section.lines.flatMap((line): readonly Draft[] => {
    const at = lineRegion(page, line)
    if (section.header === null && (line.kind === 'setting' || line.kind === 'other')) {
      return [
        {
          rule: 'line-before-section',
          level: 'error',
          at,
          profile,
          says: 'This line stands before any [section] and belongs to no profile.',
          cure: 'Put a header above it, or take it away.',
          asks: 'mend',
          mend: [asComment(page, line.line)],
          isCure: line.kind === 'other',
        },
      ]
    }
    if (line.kind === 'other') {
      return [
        {
          rule: 'not-a-setting',
          level: 'error',
          at,
          profile,
          says: 'This line is neither a [section] nor a setting nor a comment.',
          cure: 'Take it away, or put a # before it.',
          asks: 'mend',
          mend: [asComment(page, line.line)],
          isCure: true,
        },
      ]
    }
    if (line.kind === 'continuation') {
      return [
        {
          rule: 'continued-value',
          level: 'warning',
          at,
          profile,
          says: 'This line is indented, so that some SDKs take it for more of the value above.',
          cure: 'Write the value in one line, or take this line away.',
          asks: 'mend',
          mend: [withoutLine(page, line.line)],
        },
      ]
    }
    return []
  })
}

function keys(page: Page, section: PageSection, setting: MeantSetting): readonly Draft[] {
  const profile = profileOf(section)
  const { line, column, key } = setting
  const drafts: Draft[] = []
  if (key === '') {
    return [
      {
        rule: 'no-key',
        level: 'error',
        at: lineRegion(page, setting),
        profile,
        says: 'This line begins with its delimiter and has no key.',
        cure: 'Write the key before it, or take the line away.',
        asks: 'mend',
        mend: [asComment(page, line)],
      },
    ]
  }
  if (column > 1) {
    const blanks = regionOf(page, line, 1, column)
    drafts.push({
      rule: 'indented-key',
      level: 'error',
      at: blanks,
      profile,
      says: `Blanks stand before ${key}, so that some SDKs take the line for more of the value above.`,
      cure: 'Begin the line with the key.',
      asks: 'mend',
      mend: [edit(blanks, '')],
      isCure: true,
    })
  }
  if (setting.delimiter === ':') {
    const at = regionOf(page, line, setting.delimiterColumn, setting.delimiterColumn + 1)
    drafts.push({
      rule: 'colon-delimiter',
      level: 'error',
      at,
      profile,
      says: `${key} and its value are parted by a colon.`,
      cure: 'Write = in place of the colon.',
      asks: 'mend',
      mend: [edit(at, setting.text[setting.delimiterColumn - 2] === ' ' ? '=' : ' =')],
      isCure: true,
    })
  }
  const misspelt = spelt(page, profile, setting)
  return misspelt === null ? drafts : [...drafts, misspelt]
}

function spelt(page: Page, profile: string | null, setting: MeantSetting): Draft | null {
  const { key } = setting
  const folded = key.toLowerCase()
  const at = keyRegion(page, setting)
  if (key !== folded && knownKeys.includes(folded)) {
    return {
      rule: 'key-case',
      level: 'warning',
      at,
      profile,
      says: `${key} is written with capitals, which not every SDK takes for ${folded}.`,
      cure: `Write ${folded}.`,
      asks: 'mend',
      mend: [edit(at, folded)],
      isCure: true,
    }
  }
  const meant = meantKey(key)
  if (meant === null) return null
  return {
    rule: 'unknown-key',
    level: 'warning',
    at,
    profile,
    says: `${key} is no setting of the AWS files. ${meant} is probably meant.`,
    cure: `Write ${meant}.`,
    asks: 'mend',
    mend: [edit(at, meant)],
    isCure: true,
  }
}

function duplicateKeys(page: Page, section: PageSection): readonly Draft[] {
  const settings = settingsIn(section)
  const last = new Map(settings.map((setting) => [setting.key.toLowerCase(), setting]))
  return settings.flatMap((setting): readonly Draft[] => {
    const later = last.get(setting.key.toLowerCase())
    if (setting.key === '' || later === undefined || later === setting) return []
    const isSame = later.written === setting.written
    return [
      {
        rule: 'duplicate-key',
        level: 'error',
        at: keyRegion(page, setting),
        profile: profileOf(section),
        says: `${setting.key} stands twice in this section (again on line ${later.line})${isSame ? ', with one value' : ', with another value'}.`,
        cure: isSame ? 'Take one of the two lines away.' : 'Keep the one that is meant: most SDKs use the last.',
        asks: 'mend',
        mend: [withoutLine(page, setting.line)],
        isCure: isSame,
      },
    ]
  })
}
