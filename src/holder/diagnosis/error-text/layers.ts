import { completed } from './sentences.ts'
import { type PastedLine, unwrappings } from './wraps.ts'

/**
 * The readings of a pasted text, the least changed first: as it is but without colours, margins and escapes; then with lines
 * joined that a terminal or an editor had cut. Each is a whole text with `\n` as line end. The input is at most 100,000 characters.
 */
export function layersOf(pasted: string): readonly string[] {
  const plain = unescaped(withoutMarkup(withoutContainer(withoutControls(pasted))))
  const lines = withoutMargins(plain.split('\n'))
  const bare = lines.map(({ text }) => text).join('\n')
  return [...new Set([bare, ...unwrappings(lines), ...otherEncodings(bare), plain].map(completed))]
}

/** What may be an encoding and may be meant so: only a better reading tells. */
function otherEncodings(text: string): readonly string[] {
  const found: string[] = []
  if (/%(?:20|0A|3A).{0,200}%(?:20|0A|3A|28)|\w\+\w{1,40}\+\w{1,40}\+\w/.test(text)) found.push(decodedUrl(text))
  if (/[^",]""[^",]/.test(text)) found.push(text.replaceAll('""', '"'))
  return found
}

function decodedUrl(text: string): string {
  const blanks = text.includes('%20') ? text : text.replaceAll('+', ' ')
  return blanks.replace(/%([0-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

/** ECMA-48 control sequences (`CSI … final`, OSC titles and links), carriage returns, blanks and quotes that word processors make. */
export function withoutControls(text: string): string {
  return text
    .replace(/\u001b\[[0-?]{0,30}[ -/]{0,5}[@-~]/g, '')
    .replace(/\u001b\][^\u0007\u001b\n]{0,2000}(?:\u0007|\u001b\\)/g, '')
    .replace(/(?:\u241b|\\u001b|\\x1b|\\e|\\033)\[[0-9;]{0,20}[mK]/gi, '')
    .replace(/\r\n?/g, '\n')
    .replace(/[\u00a0\u2007\u202f\u3000]/g, ' ')
    .replace(/[\u200b-\u200d\u2060\ufeff]/g, '')
    .replace(/[“”„]/g, '"')
    .replace(/[‘’‚]/g, "'")
}

/** Docker's own log files: each line of output is an object. */
function withoutContainer(text: string): string {
  if (!text.includes('{"log":"')) return text
  return text.replace(
    /^\{"log":"((?:[^"\\\n]|\\.){0,20000})","stream":"\w{1,10}".{0,300}\}$/gm,
    (all, log: string) => parsedString(log)?.replace(/\n$/, '') ?? all,
  )
}

function parsedString(inner: string): string | null {
  try {
    return JSON.parse(`"${inner}"`) as string
  } catch {
    return null
  }
}

const namedEntities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  ldquo: '"',
  rdquo: '"',
  lsquo: "'",
  rsquo: "'",
}

/** HTML around a text: the tags that set it, and the entities of a text that was escaped for a page, perhaps twice. */
function withoutMarkup(text: string): string {
  let now = text
  for (
    let round = 0;
    round < 3 && /&(?:quot|lt|gt|apos|nbsp|[lr][sd]quo|#x?[0-9a-f]{2,4}|amp;#?\w{2,6});/i.test(now);
    round += 1
  )
    now = now.replace(
      /&(?:(amp|lt|gt|quot|apos|nbsp|[lr][sd]quo)|#(\d{2,5})|#x([0-9a-f]{2,4}));/gi,
      (all, name, decimal, hex) =>
        name !== undefined
          ? (namedEntities[String(name).toLowerCase()] ?? all)
          : String.fromCharCode(decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal)),
    )
  // AWS's own elements begin with a capital.
  return now
    .replace(/<br ?\/?>\n?/g, '\n')
    .replace(/<\/?(?:p|pre|div|span|td|tr|li|ul|b|em|strong|code|samp|blockquote)(?: [^<>]{0,200})?>/g, '')
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  r: '',
  t: '\t',
  b: '',
  f: '',
  '"': '"',
  "'": "'",
  '`': '`',
  '/': '/',
  '\\': '\\',
}

/** What stands in a string of JSON, of a program or of a log, perhaps in several layers. Windows paths stay as they are. */
function unescaped(text: string): string {
  if (!text.includes('\\')) return text
  return text.split('\n').map(unescapedLine).join('\n')
}

function unescapedLine(line: string): string {
  let now = line
  for (let round = 0; round < 4 && isEscaped(now); round += 1)
    now = now.replace(/\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([nrtbf"'`/\\]))/g, (_, unicode, byte, one) =>
      one !== undefined ? escapes[one]! : String.fromCharCode(Number.parseInt(unicode ?? byte, 16)),
    )
  return now
}

const validEscape = /\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[nrtbf"'`/\\])/g

/** Each backslash is one of an escape that a string may have, and one at least is more than half of a path. */
function isEscaped(line: string): boolean {
  return (
    /\\["'`nrtu/\\]/.test(line) &&
    !/(?:^|[^\w\\])[A-Za-z]:\\[^\\]/.test(line) &&
    !line.replace(validEscape, '').includes('\\')
  )
}

const date = String.raw`\d{4}[-/.]\d\d[-/.]\d\d`
const time = String.raw`\d\d:\d\d:\d\d(?:[.,]\d{1,9})?`
const zone = String.raw`(?: ?(?:Z|UTC|GMT|[+-]\d\d:?\d\d))?`

/** What loggers, container runtimes and journals write before a line. Each is cut off once, in any order. */
const margins: readonly RegExp[] = [
  new RegExp(`^\\[?${date}[T ]${time}${zone}\\]?[:,]?\\s{1,3}`),
  new RegExp(`^\\[?${time}${zone}\\]?:?\\s{1,3}`),
  new RegExp(`^(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \\d]\\d ${time} [\\w.-]{1,60} `),
  new RegExp(`^[IWEF]\\d{4} ${time}\\s{1,8}\\d{1,8} [\\w./-]{1,80}:\\d{1,6}\\] `),
  /^[\w./@-]{1,60}(?:\[\d{1,8}\]): /,
  /^[\w.-]{1,40} {0,20}\| /,
  /^\[(?:pod\/)?[\w./-]{3,120}\] /,
  /^(?:stdout|stderr) [FP] /,
  /^##\[error\]/,
]

/** A level, a thread and a logger's name stand behind a time only. */
const afterTime: readonly RegExp[] = [
  /^\[?(?:TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL|CRITICAL|error|warn|info|debug)\]?:?\s{1,4}/,
  /^\d{1,8} --- \[[^\]\n]{1,60}\] [\w.$/-]{1,80} {0,40}: /,
  /^\[[\w .:#/-]{1,60}\]:? /,
  /^[\w.-]{1,60} (?=[\w.-]{1,60}\[\d)/,
]

function withoutMargins(lines: readonly string[]): readonly PastedLine[] {
  const bare = lines.map((line) => (line.trim() === '' ? '' : withoutKnownMargin(line)))
  const shared = sharedMargin(bare)
  return bare.map((text, index) => ({ text: text.slice(shared), width: lines[index]!.trimEnd().length }))
}

function withoutKnownMargin(line: string): string {
  let text = line.replace(/^[ \t]{0,3}(?:>[ \t]?){1,10}/, '').replace(/^[ \t]{0,8}[│┃▌║](?: |$)/, '')
  for (let piece = 0; piece < 6; piece += 1) {
    const dated = text.length < line.length
    const margin = [...margins, ...(dated ? afterTime : [])].find((each) => each.test(text))
    if (margin === undefined) break
    text = text.replace(margin, '')
  }
  return text
}

/** How the lines of a log begin whose form nobody knows: numbers and few short words, one name, or marks alone. */
const unknownMargin =
  /^(?=.{0,24}0)(?:[^A-Za-z]{0,30}[A-Za-z]{1,16}){0,4}[^A-Za-z]{0,30}$|^(?:[A-Z]{4,8} +)?[\w./-]{1,24}[:|] $|^[^A-Za-z]{1,12}$/

/** How much all lines begin alike, but for the digits; lines that are the same are one. */
function sharedMargin(lines: readonly string[]): number {
  const shapes = [...new Set(lines.filter((line) => line !== '').map((line) => line.slice(0, 72).replace(/\d/g, '0')))]
  if (shapes.length < 3) return 0
  let length = shapes[0]!.length
  for (const shape of shapes) {
    let same = 0
    while (same < length && shape[same] === shapes[0]![same]) same += 1
    length = same
  }
  const margin = /^.*[ :|\]>+*#/-]/.exec(shapes[0]!.slice(0, length))?.[0] ?? ''
  return unknownMargin.test(margin) ? margin.length : 0
}
