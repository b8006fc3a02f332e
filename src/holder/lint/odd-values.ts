import type { Draft, Page } from './page.ts'
import { edit, profileOf, valueRegion } from './page.ts'

/** Signs that a parser could stumble over; keys, secrets, ARNs, regions and paths have none of them. */
const odd = /[^\w.\-=/+:@,% \t]/g
/** Each of them is asked for, though most are harmless. */
const mostAsked = 40

/**
 * Values with signs in them that mean something to one parser or another. Nobody can tell by looking: every SDK is asked with
 * the signs and without them, and where none breaks there is no finding. Lines that have a finding already are left to that.
 */
export function oddValueDrafts(pages: readonly Page[], found: readonly Draft[]): readonly Draft[] {
  const taken = new Set(found.map(({ at }) => `${at.file}:${at.line}`))
  return pages
    .flatMap((page) => page.sections.flatMap((section) => ofSection(page, section, taken)))
    .slice(0, mostAsked)
}

function ofSection(page: Page, section: Page['sections'][number], taken: ReadonlySet<string>): readonly Draft[] {
  return section.lines.flatMap((line): readonly Draft[] => {
    if (line.kind !== 'setting' && line.kind !== 'nested') return []
    if (section.header === null || taken.has(`${page.path}:${line.line}`)) return []
    const plain = line.written.replace(odd, 'x')
    if (plain === line.written) return []
    const at = valueRegion(page, line)
    return [
      {
        rule: 'odd-value',
        level: 'error',
        at,
        profile: profileOf(section),
        says: `The value of ${line.key} has signs in it that not every SDK can read.`,
        cure:
          line.key.toLowerCase() === 'credential_process'
            ? 'Put the command into a script, and name that.'
            : 'Write it without brackets, quotes and other signs.',
        asks: 'reading',
        mend: [edit(at, plain)],
      },
    ]
  })
}
