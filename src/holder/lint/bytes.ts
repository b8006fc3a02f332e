import type { AwsFiles } from '../files/aws-files.ts'
import type { Draft, Page } from './page.ts'
import { edit, regionOf, settingsIn } from './page.ts'

/** What is wrong with the files as such: their bytes, the ends of their lines, who may read them. */
export function byteDrafts(pages: readonly Page[], files: AwsFiles): readonly Draft[] {
  return [
    ...unreadable(files),
    ...pages.flatMap((page) => [...oddities(page), ...carriageReturns(page), ...permissions(page)]),
  ]
}

function unreadable(files: AwsFiles): readonly Draft[] {
  return [files.config, files.credentials].flatMap(({ path, state }): readonly Draft[] => {
    if (state.kind !== 'unreadable') return []
    return [
      {
        rule: 'unreadable',
        level: 'error',
        at: { file: path, line: 1, column: 1, endLine: 1, endColumn: 1 },
        profile: null,
        says: `${path} cannot be read: ${state.detail}.`,
        cure: 'Make it a file that you may read.',
        asks: 'profile',
      },
    ]
  })
}

type Oddity = Page['document']['oddities'][number]

const oddWords: Readonly<Record<Oddity['kind'], Pick<Draft, 'says' | 'cure'>>> = {
  'byte-order-mark': {
    says: 'The file begins with a byte order mark, which nobody sees and some SDKs take for part of the first line.',
    cure: 'Save the file as UTF-8 without a mark.',
  },
  'utf-16': {
    says: 'The file is UTF-16, as some Windows programs write text.',
    cure: 'Save the file as UTF-8 without a mark.',
  },
  'not-utf-8': {
    says: 'A byte here is no UTF-8: the file was written in another encoding.',
    cure: 'Save the file as UTF-8.',
  },
  'nul-byte': { says: 'A NUL byte stands here, which no text has.', cure: 'Take the byte away.' },
}

function oddities(page: Page): readonly Draft[] {
  return page.document.oddities.map(({ kind, line, column }): Draft => {
    const isByte = kind === 'not-utf-8' || kind === 'nul-byte'
    const at = regionOf(page, line, column, isByte ? column + 1 : column)
    const bytes = kind === 'nul-byte' ? undefined : kind === 'not-utf-8' ? 'latin1' : kind
    return {
      rule: kind,
      level: 'error',
      at,
      profile: null,
      ...oddWords[kind],
      asks: 'mend',
      mend: [bytes === undefined ? edit(at, '') : { ...at, text: '', bytes }],
      isCure: !isByte,
    }
  })
}

/** One finding for a file: its lines were mostly written by one program. */
function carriageReturns(page: Page): readonly Draft[] {
  const lines = page.document.lines.filter(({ ending }) => ending === '\r')
  const [first] = lines
  if (first === undefined || page.document.oddities.some(({ kind }) => kind === 'utf-16')) return []
  return [
    {
      rule: 'carriage-return',
      level: 'error',
      at: regionOf(page, first.number, first.text.length + 1, first.text.length + 1),
      profile: null,
      says: `${lines.length === 1 ? 'A line ends' : `${lines.length} lines end`} with a carriage return alone.`,
      cure: 'Save the file with line feeds as line ends.',
      asks: 'mend',
      mend: lines.map(({ number, text }) => ({
        file: page.path,
        line: number,
        column: text.length + 1,
        endLine: number + 1,
        endColumn: 1,
        text: '\n',
      })),
      isCure: true,
    },
  ]
}

function permissions(page: Page): readonly Draft[] {
  const { mode, path } = page
  const secrets = page.sections.some((section) =>
    settingsIn(section).some(({ key }) => /^aws_(secret_access_key|session_token)$/i.test(key)),
  )
  if (mode === null || (mode & 0o077) === 0 || !secrets) return []
  const octal = (mode & 0o777).toString(8).padStart(4, '0')
  return [
    {
      rule: 'permissions',
      level: 'warning',
      at: regionOf(page, 1, 1, 1),
      profile: null,
      says: `The file holds secrets, and other users of this computer may ${(mode & 0o022) === 0 ? 'read' : 'change'} it (mode ${octal}).`,
      cure: `chmod 600 ${/[^\w@%+=:,./-]/.test(path) ? `'${path.replaceAll("'", `'\\''`)}'` : path}`,
      asks: 'nobody',
    },
  ]
}
