import type { Chooser } from '../../../../src/lab/chooser.ts'

/** What hands and editors do to an AWS file. Its meaning may change by it: a repair has to keep its promises whatever it meets. */
interface Disfigurement {
  readonly name: string
  readonly of: (text: string, random: Chooser) => string
}

const lines = (text: string) => text.split('\n')
const isHeader = (line: string) => /^\s*\[/.test(line)
const isSetting = (line: string) => /^\s*[A-Za-z_][\w-]*\s*[=:]/.test(line)
const each = (of: (line: string, random: Chooser) => string) => (text: string, random: Chooser) =>
  lines(text)
    .map((line) => of(line, random))
    .join('\n')
const settings = (of: (line: string, random: Chooser) => string, oneOf = 2) =>
  each((line, random) => (isSetting(line) && random.number(oneOf) === 0 ? of(line, random) : line))

const comments = [
  '# mine',
  '; old',
  '#',
  '# [default]',
  '# aws_session_token = gone',
  '; schlüssel für später',
  '  # indented',
  '\t; tab',
]
const inserts = ['', '   ', '\t', ...comments]

export const disfigurements: readonly Disfigurement[] = [
  { name: 'crlf', of: (text) => text.replace(/\r?\n/g, '\r\n') },
  {
    name: 'mixed-ends',
    of: each((line, random) => (random.number(2) === 0 && !line.endsWith('\r') ? `${line}\r` : line)),
  },
  { name: 'bom', of: (text) => `\ufeff${text}` },
  {
    name: 'comments',
    of: each((line, random) => (random.number(2) === 0 ? `${random.one(comments)}\n${line}` : line)),
  },
  {
    name: 'blanks-between',
    of: each((line, random) => (random.number(3) === 0 ? `${random.one(inserts)}\n${line}` : line)),
  },
  {
    name: 'indent-settings',
    of: settings((line, random) => random.one([' ', '  ', '    ', '\t']) + line.trimStart(), 1),
  },
  { name: 'indent-some', of: settings((line, random) => random.one([' ', '  ', '\t']) + line, 4) },
  {
    name: 'indent-headers',
    of: each((line, random) => (isHeader(line) && random.number(2) === 0 ? `  ${line}` : line)),
  },
  {
    name: 'trailing-blanks',
    of: each((line, random) => (random.number(2) === 0 ? `${line}${random.one([' ', '  ', '\t'])}` : line)),
  },
  { name: 'no-final-newline', of: (text) => text.replace(/[\r\n]+$/, '') },
  { name: 'many-final-newlines', of: (text) => `${text}\n\n\n` },
  { name: 'capitals', of: settings((line) => line.replace(/^\s*[\w-]+/, (key) => key.toUpperCase())) },
  { name: 'colons', of: settings((line) => line.replace(/\s*=\s*/, ': ')) },
  { name: 'tight', of: settings((line) => line.replace(/\s*=\s*/, '=')) },
  { name: 'wide', of: settings((line) => line.replace(/\s*=\s*/, '\t =   ')) },
  { name: 'unicode', of: (text) => `# Zugänge für 東京 🗝\n${text}\n[пользователь]\nregion = eu-west-1\n` },
  { name: 'latin1-comment', of: (text) => `# caf\u00e9\n${text}` },
  { name: 'long-line', of: (text) => `# ${'x'.repeat(20_000)}\n${text}` },
  {
    name: 'nested',
    of: each((line, random) =>
      isHeader(line) && random.number(2) === 0
        ? `${line}\ns3 =\n    max_concurrent_requests = 20\n    aws_session_token = no\n`
        : line,
    ),
  },
  {
    name: 'nested-last',
    of: (text) => `${text.replace(/\n*$/, '\n')}s3 =\n  addressing_style = path\n  region = x\n`,
  },
  {
    name: 'twice',
    of(text, random) {
      const headers = lines(text).filter(isHeader)
      return headers.length === 0 ? text : `${text.replace(/\n*$/, '\n')}\n${random.one(headers)}\noutput = json\n`
    },
  },
  {
    name: 'split',
    of(text, random) {
      // The same section once more in the middle of itself.
      const all = lines(text)
      const at = all.findIndex((line) => isSetting(line))
      const header = all.slice(0, at + 1).findLast(isHeader)
      return at < 0 || header === undefined || random.number(2) === 0
        ? text
        : all.toSpliced(at + 1, 0, '', header).join('\n')
    },
  },
  {
    name: 'blank-headers',
    of: each((line, random) => (random.number(2) === 0 ? line.replace(/^\[(.*)\]/, '[ $1 ]') : line)),
  },
  { name: 'tab-headers', of: each((line) => line.replace(/^\[profile /, '[profile\t')) },
  { name: 'quoted-headers', of: each((line) => line.replace(/^\[profile ([^"\]]+)\]/, '[profile "$1"]')) },
  {
    name: 'header-comments',
    of: each((line, random) => (isHeader(line) && random.number(2) === 0 ? `${line.trimEnd()} # here` : line)),
  },
  { name: 'empty-sections', of: (text) => `[empty]\n\n${text}\n[also empty]\n` },
  { name: 'headless', of: (text) => `region = eu-west-1\n${text}` },
  {
    name: 'junk',
    of: (text, random) =>
      lines(text)
        .toSpliced(random.number(lines(text).length), 0, 'what is this')
        .join('\n'),
  },
  {
    name: 'continued',
    of: (text, random) =>
      lines(text)
        .toSpliced(1 + random.number(lines(text).length), 0, '    and more = 1')
        .join('\n'),
  },
  { name: 'form-feed', of: (text) => text.replace('\n', '\n\f\n') },
  {
    name: 'lone-cr',
    of: (text, random) =>
      lines(text)
        .toSpliced(random.number(lines(text).length), 0, '# a\r# b')
        .join('\n'),
  },
]

/** A few of them, one after the other; with their names. */
export function disfigure(
  text: string,
  random: Chooser,
  most = 4,
): { readonly bytes: Uint8Array; readonly names: readonly string[] } {
  const names: string[] = []
  let now = text
  for (let left = random.number(most + 1); left > 0; left -= 1) {
    const { name, of } = random.one(disfigurements)
    if (names.includes(name)) continue
    names.push(name)
    now = of(now, random)
  }
  const bytes =
    names.includes('latin1-comment') && !/[^\0-\xff]/.test(now) ? Buffer.from(now, 'latin1') : Buffer.from(now)
  return { bytes, names }
}
