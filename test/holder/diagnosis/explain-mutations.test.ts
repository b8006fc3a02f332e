import { describe, expect, test } from 'vitest'
import type { ErrorSeen } from '../../../src/holder/diagnosis/error-text/index.ts'
import { explainError } from '../../../src/holder/diagnosis/index.ts'
import { runs } from '../../runs.ts'
import { chance, type PostedText, postedTexts } from './corpus.ts'

const seed = 20261128

/** Of what was recorded, every eleventh: the SDKs' ways to print repeat themselves. */
const texts = postedTexts.filter(({ family }, index) => !family.startsWith('recorded-') || index % 11 === 0)

/** What happens to a text on its way into a terminal, a log, a chat or a ticket. */
interface Mutation {
  readonly name: string
  readonly apply: (text: string, random: () => number, posted: PostedText) => string
  /** Something is gone for good: a field may be missing, but must not be another. */
  readonly loses?: boolean
}

const pick = <T>(list: readonly T[], random: () => number): T => list[Math.floor(random() * list.length)]!
const byLine = (text: string, change: (line: string, index: number) => string) =>
  text.split('\n').map(change).join('\n')
const two = (n: number) => String(n).padStart(2, '0')

/** A terminal cuts at its width, wherever that is. */
function wrapHard(text: string, width: number): string {
  return byLine(text, (line) => line.match(new RegExp(`.{1,${width}}`, 'gu'))?.join('\n') ?? line)
}

/** An editor, a chat or `fold -s` cuts between words; a word that is too long stands alone. */
function wrapWords(text: string, width: number, indent = ''): string {
  return byLine(text, (line) => {
    const lines: string[] = []
    let now = ''
    for (const word of line.split(/(?<= )(?=\S)/)) {
      if (now !== '' && now.length + word.trimEnd().length > width) {
        lines.push(now.trimEnd())
        now = indent
      }
      now += word
    }
    return [...lines, now].join('\n')
  })
}

function htmlEscape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}

type Prefix = (second: number) => string
const prefixes: readonly Prefix[] = [
  (s) => `2026-03-05T10:${two(s)}:07.123Z `,
  (s) => `2026-03-05T10:${two(s)}:07.1234567Z `,
  (s) => `2026-03-05 10:${two(s)}:07,123 ERROR [main] `,
  (s) => `[2026-03-05 10:${two(s)}:07] ERROR: `,
  (s) => `Mar  5 10:${two(s)}:07 build-7 app[2811]: `,
  (s) => `2026-03-05T10:${two(s)}:07+0000 build-7 systemd[1]: `,
  () => 'app-1     | ',
  () => 'worker_2  | ',
  (s) => `E0305 10:${two(s)}:07.123456       1 main.go:42] `,
  (s) => `2026/03/05 10:${two(s)}:07 `,
  (s) => `[10:${two(s)}:07] `,
  (s) => `2026-03-05 10:${two(s)}:07.123 [error] `,
  () => '[pod/web-5d9c7/app] ',
  (s) => `10:${two(s)}:07.123 ERROR 1 --- [nio-8080-exec-1] c.a.web.Upload : `,
]

const noise = [
  'Starting server on port 8080',
  'npm run deploy',
  '> app@1.0.0 deploy',
  'GET /health 200 3ms',
  'INFO: loaded 12 routes from config.yaml',
  'done in 3.2s',
  'warning: 2 packages are out of date',
  '[cache] hit ratio 0.93',
  'Retrying in 5 seconds (attempt 2 of 5)',
  'http://127.0.0.1:8080/metrics scraped',
]

const mutations: readonly Mutation[] = [
  { name: 'wrapped by a terminal of 80 columns', apply: (text) => wrapHard(text, 80) },
  { name: 'wrapped by a terminal of 120 columns', apply: (text) => wrapHard(text, 120) },
  { name: 'wrapped between words at 80', apply: (text) => wrapWords(text, 80) },
  { name: 'wrapped between words at 72, indented', apply: (text) => wrapWords(text, 72, '    ') },
  {
    name: 'ANSI colours',
    apply: (text, random) =>
      byLine(
        text,
        (line) =>
          `\u001b[${pick(['31', '1;31', '38;5;196', '0', '38;2;255;0;0'], random)}m${line.replace(/ (\w+)/, ' \u001b[1m$1\u001b[22m')}\u001b[0m\u001b[K`,
      ),
  },
  {
    name: 'log prefix on each line',
    apply: (text, random) => {
      const prefix = pick(prefixes, random)
      return byLine(text, (line, index) => `${prefix(index % 60)}${line}`)
    },
  },
  {
    name: 'prefixes and wraps',
    apply: (text, random) => {
      const prefix = pick(prefixes, random)
      return byLine(wrapHard(text, 80), (line, index) => `${prefix(index % 60)}${line}`)
    },
  },
  {
    name: 'escaped in JSON',
    apply: (text) => `{"level":"error","ts":1772704207.12,"msg":${JSON.stringify(text)},"caller":"main.go:42"}`,
  },
  { name: 'a JSON string', apply: (text) => JSON.stringify(text) },
  {
    name: 'escaped twice in JSON',
    apply: (text) => JSON.stringify({ log: JSON.stringify({ message: text }), stream: 'stderr' }),
  },
  {
    name: 'docker’s JSON lines',
    apply: (text) =>
      byLine(text, (line) =>
        JSON.stringify({ log: `${line}\n`, stream: 'stderr', time: '2026-03-05T10:10:07.123456789Z' }),
      ),
  },
  { name: 'escaped in HTML', apply: (text) => `<pre>${htmlEscape(text)}</pre>` },
  { name: 'HTML with line breaks', apply: (text) => `<p>${htmlEscape(text).replaceAll('\n', '<br>\n')}</p>` },
  { name: 'escaped in XML, twice', apply: (text) => `<failure message="x">${htmlEscape(htmlEscape(text))}</failure>` },
  {
    name: 'cut at the end',
    apply: (text, random, posted) => {
      const start = messageStart(text, posted)
      return text.slice(0, Math.max(start, Math.floor(start + (text.length - start) * (0.5 + random() * 0.45))))
    },
    loses: true,
  },
  {
    name: 'quoted in an e-mail',
    apply: (text) => `On Thu, Ada wrote:\n${byLine(text, (line) => `> ${line}`)}\nIs that the key?`,
  },
  { name: 'quoted twice and wrapped', apply: (text) => byLine(wrapWords(text, 72), (line) => `> > ${line}`) },
  { name: 'in a code fence', apply: (text) => `Hi, we get this:\n\n\`\`\`text\n${text}\n\`\`\`\n\nWhat now?` },
  { name: 'in a list, indented', apply: (text) => `1. Run it\n${byLine(text, (line) => `       ${line}`)}\n2. Fails` },
  { name: 'CRLF', apply: (text) => text.replaceAll('\n', '\r\n') },
  { name: 'tabs to blanks', apply: (text) => text.replaceAll('\t', '        ') },
  {
    name: 'no-break blanks and curly quotes',
    apply: (text) => text.replace(/ /g, (blank, at: number) => (at % 7 === 0 ? '\u00a0' : blank)),
  },
  {
    name: 'noise around it',
    apply: (text, random) =>
      [
        ...Array.from({ length: 5 }, () => pick(noise, random)),
        text,
        ...Array.from({ length: 5 }, () => pick(noise, random)),
      ].join('\n'),
  },
  { name: 'in a URL', apply: (text) => `https://ops.example/?error=${encodeURIComponent(text)}` },
  { name: 'in a table of CSV', apply: (text) => `"10:10:07","${text.replaceAll('"', '""')}","app"` },
  { name: 'as a diff', apply: (text) => byLine(text, (line) => `+${line}`) },
  { name: 'found by grep', apply: (text) => byLine(text, (line, index) => `app.log:${index + 1}:${line}`) },
  {
    name: 'a log of a form that nobody knows',
    apply: (text) => byLine(text, (line, index) => `<7> 03-05 10:${two(index % 60)} EST {2811} upl/7 ~ ${line}`),
  },
  { name: 'in a block of YAML', apply: (text) => `message: |\n${byLine(text, (line) => `    ${line}`)}` },
  { name: 'on one line', apply: (text) => text.replace(/\s*\n\s*/g, ' ') },
]

/** A cut leaves the beginning of the message: 30 characters from where its known words begin. */
function messageStart(text: string, { error }: PostedText): number {
  const words =
    /security token included|Access Key Id you|provided token|not able to validate|request signature we|operation(?: \([^)]{0,40}\))?: |Signature (?:expired|not)|not authorized to|authorization header is|slash-delimited|key=value|missing Authentication|MultiFactor|(?:current|server's) time is too|Unable to l|could not be |could not load|no valid |No AWS |Authentication Credentials|basic auth|authorization token|header content|AWS calls for|has length|Access Denied/i.exec(
      text,
    )
  const code = typeof error.code === 'string' ? text.lastIndexOf(error.code) : -1
  return Math.min(
    text.length,
    Math.max(words === null ? 0 : words.index + words[0].length, code < 0 ? 0 : code + error.code!.toString().length) +
      30,
  )
}

type Field = Exclude<keyof ErrorSeen, 'message'>
const fields: readonly Field[] = ['code', 'service', 'operation', 'status', 'client']

interface Reading {
  readonly error: ErrorSeen | null
  readonly top: string | null
}

async function reading(text: string): Promise<Reading> {
  const { error, causes } = await explainError(text)
  return { error, top: causes[0]?.id ?? null }
}

/** What of a reading was not kept. */
function lost(before: Reading, after: Reading, mutation: Mutation, { top }: PostedText): readonly string[] {
  const gone: string[] = []
  for (const field of fields) {
    const was = before.error?.[field] ?? null
    const is = after.error?.[field] ?? null
    if (
      was !== is &&
      !(mutation.loses && (is === null || is === 'json' || is === 'xml') && was !== null && field !== 'code')
    )
      gone.push(`${field} ${was} → ${is}`)
  }
  if (after.top !== before.top && !top.includes(after.top)) gone.push(`cause ${before.top} → ${after.top}`)
  return gone
}

describe(`explain keeps its reading (seed ${seed})`, async () => {
  const before = await Promise.all(texts.map(({ text }) => reading(text)))
  const rates = new Map<string, { kept: number; all: number }>()

  test.each(mutations.map((each, number) => [each.name, each, number] as const))(
    'of at least 95 %% of the texts: %s',
    async (name, mutation, number) => {
      const random = chance(seed)
      const failures: string[] = []
      // It has to be done in seconds: each text meets a part of the mutations, and all that lose a part of it.
      const due = [...texts.entries()].filter(([index]) => mutation.loses || (index + number) % runs(5, 10) === 0)
      for (const [index, posted] of due) {
        const text = mutation.apply(posted.text, random, posted)
        const gone = lost(before[index]!, await reading(text), mutation, posted)
        if (gone.length > 0) failures.push(`${posted.family}: ${posted.name}: ${gone.join('; ')}`)
      }
      const kept = due.length - failures.length
      rates.set(name, { kept, all: due.length })
      expect(kept / due.length, failures.join('\n')).toBeGreaterThanOrEqual(0.95)
    },
  )

  test('and of at least 95 % of all', () => {
    const sum = [...rates.values()].reduce((total, { kept, all }) => ({
      kept: total.kept + kept,
      all: total.all + all,
    }))
    const table = [...rates].map(
      ([name, { kept, all }]) => `${name.padEnd(40)} ${kept}/${all}  ${((100 * kept) / all).toFixed(1)} %`,
    )
    console.info(
      [...table, `${'all'.padEnd(40)} ${sum.kept}/${sum.all}  ${((100 * sum.kept) / sum.all).toFixed(1)} %`].join('\n'),
    )
    expect(sum.kept / sum.all).toBeGreaterThanOrEqual(0.95)
  })
})
