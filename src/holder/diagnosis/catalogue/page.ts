import { type CauseId, causeNumbers } from '../../../cause-ids.ts'
import { type AnswerFamily, familiesOf } from '../answers.ts'
import { type Column, suspects } from '../error-text/suspects.ts'
import type { Commands } from '../shells.ts'
import { byGrade, type Cure, conditional, type Entry, type Grade, type Symptom } from './entry.ts'
import { catalogue, families, familyOf } from './index.ts'
import { questions } from './questions.ts'

/** Causes that the lab cannot make happen, with the reason. */
type Unplayable = Readonly<Partial<Record<CauseId, string>>>

/** All files of `docs/causes` by name. */
export function pages(unplayable: Unplayable): ReadonlyMap<string, string> {
  const ids = families.flatMap((family) => family.ids)
  return new Map([
    ['README.md', indexPage()],
    ...ids.map((id): [string, string] => [`${id}.md`, pageOf(id, unplayable[id] === undefined)]),
  ])
}

/** The page of a cause in `docs/causes`, as Markdown: found by its error text, read with tired eyes. */
function pageOf(id: CauseId, isPlayable: boolean): string {
  const entry = catalogue[id]
  return lines([
    `# ${entry.title}`,
    '',
    [`\`${id}\``, causeNumbers[id], familyOf(id)].filter((part) => part !== null).join(' · '),
    '',
    entry.story,
    ...section('What you see', symptomsOf(entry)),
    ...section('Fix it', entry.fixes.flatMap(fixOf)),
    ...section('Make sure that it is this', evidenceOf(entry)),
    ...section('Easily taken for it', lookAlikesOf(entry)),
    ...section('So that it does not come back', bullets(entry.prevention)),
    ...section('Where this is known from', bullets(entry.sources.map(sourceOf))),
    '',
    [
      '`countersign check` finds out what is wrong on your machine.',
      `\`countersign explain ${causeNumbers[id] ?? id}\` tells this in the terminal.`,
      ...(isPlayable ? [`\`countersign lab ${id}\` makes it happen for real, without an AWS account.`] : []),
      '[All causes](README.md)',
    ].join(' '),
  ])
}

/** The index of `docs/causes`: by what is printed, and by family. */
function indexPage(): string {
  return lines([
    '# Why AWS refuses your credentials',
    '',
    'Every cause that is known, one page each: what you see, how to fix it, how to be sure, and what is easily taken for it. `countersign check` finds out which one it is; `countersign explain` reads an error that you paste. The pages are made from `src/holder/diagnosis/catalogue` by `npm run causes`.',
    ...section('By the text that you see', bySymptom()),
    ...section('What AWS can be asked', [
      '| | Ask | It tells |',
      '| --- | --- | --- |',
      ...Object.entries(questions).map(
        ([number, { by, tells }]) => `| ${number} | ${by.replaceAll('|', '\\|')} | ${tells} |`,
      ),
      '',
      'None of these questions changes anything.',
    ]),
    ...section(
      'By family',
      families.flatMap(({ title, ids }, index) => [
        ...(index === 0 ? [] : ['']),
        `### ${title}`,
        '',
        ...ids.map(inIndex),
      ]),
    ),
  ])
}

function inIndex(id: CauseId): string {
  return `- ${causeNumbers[id] === null ? '' : `${causeNumbers[id]} `}${link(id)}`
}

function link(id: CauseId): string {
  return `[${catalogue[id].title}](${id}.md)`
}

/** What people see, in the words of the page, with the step of AWS's checks that each belongs to. */
const pictures: readonly (readonly [AnswerFamily, string, string])[] = [
  [
    'not-accepted',
    'The key or the session is not accepted',
    'The message does not tell why. Look at the first four letters of the key id, and whether a session token is sent with it: that divides the causes at once.',
  ],
  [
    'expired',
    'Something has expired',
    'The session was genuine and is past its end. “Signature expired” is another matter: see the clock.',
  ],
  [
    'signature',
    'The signature does not match',
    'AWS knows the key id. Either the secret is not the one of that key, or the request changed after it was signed.',
  ],
  ['clock', 'The time in the request is not accepted', 'Key and secret were not looked at.'],
  [
    'malformed',
    'The header cannot be read',
    'What the message quotes is the trace: it is the part that AWS could not read.',
  ],
  ['missing', 'No signature arrived', 'The request had no credentials in it.'],
  ['nothing-sent', 'The client stopped before it sent anything', 'No request was made; the cause is on your machine.'],
  ['denied', 'The credentials are accepted, and the answer is no', 'AWS knows who you are: new keys do not help.'],
]

const columns: readonly (readonly [Column, string])[] = [
  ['plain', 'A long-term key (AKIA…) without a session token'],
  ['stale', 'A long-term key (AKIA…) with a session token'],
  ['tokenless', 'A temporary key (ASIA…) without a session token'],
  ['session', 'A temporary key (ASIA…) with its session token'],
]

function bySymptom(): readonly string[] {
  const told = pictures.flatMap(([family, title, says], index) => [
    ...(index === 0 ? [] : ['']),
    `### ${title}`,
    '',
    ...block(symptomsAt(family).map(textOf).join('\n')),
    '',
    says,
    ...suspectsAt(family),
  ])
  return [...told, '', '### Texts that say it themselves', '', ...single()]
}

/** The decision table where it has a row, then all others that print such a text, the most common first. */
function suspectsAt(family: AnswerFamily): readonly string[] {
  const row = suspects[family]
  const lists = columns.map(([column, title]): readonly [string, readonly CauseId[]] => [title, row?.[column] ?? []])
  const first = new Set(lists.flatMap(([, ids]) => ids))
  const others = families
    .flatMap(({ ids }) => ids)
    .filter((id) => !first.has(id) && catalogue[id].symptoms.some((each) => stepsOf(each)[0] === family))
    .sort((a, b) => catalogue[b].threads - catalogue[a].threads)
  if (first.size === 0) return ranked(others)
  const [longest] = lists.map(([, ids]) => ids)
  const isOneList = lists.every(([, ids]) => ids.every((id) => longest!.includes(id)))
  const table = isOneList
    ? ranked(longest!)
    : lists.flatMap(([title, ids]) => (ids.length === 0 ? [] : ['', `${title}:`, ...ranked(ids)]))
  if (others.length === 0) return table
  const told = others.map((id) => `- ${link(id)}: ${catalogue[id].fits}.`)
  return [...table, '', `<details><summary>Others that give such a text</summary>`, '', ...told, '', '</details>']
}

function ranked(ids: readonly CauseId[]): readonly string[] {
  return ['', ...ids.map((id) => `1. ${link(id)}`)]
}

/** The texts of a step that several causes print. */
function symptomsAt(family: AnswerFamily): readonly Symptom[] {
  return [...printed().values()]
    .filter(({ symptom, ids }) => ids.length > 1 && stepsOf(symptom)[0] === family)
    .map(({ symptom }) => symptom)
}

function stepsOf({ code, text }: Symptom): readonly AnswerFamily[] {
  // A text that no request answered has no code, or one of the client's own.
  return familiesOf({ code: code?.split(/,? or |, /)[0] ?? 'none', message: text })
}

interface Printed {
  readonly symptom: Symptom
  readonly ids: readonly CauseId[]
}

/** Each text once, with the causes that print it. */
function printed(): ReadonlyMap<string, Printed> {
  const byText = new Map<string, Printed>()
  for (const id of families.flatMap(({ ids }) => ids))
    for (const symptom of catalogue[id].symptoms) {
      const ids = byText.get(textOf(symptom))?.ids ?? []
      if (!ids.includes(id)) byText.set(textOf(symptom), { symptom, ids: [...ids, id] })
    }
  return byText
}

/** Texts that leave one cause, or hardly more. */
function single(): readonly string[] {
  const shown = new Set(pictures.flatMap(([family]) => symptomsAt(family).map(textOf)))
  return [
    '| You see | It is |',
    '| --- | --- |',
    ...[...printed()]
      .filter(([text]) => !shown.has(text))
      .map(([text, { ids }]) => `| \`${text.replaceAll('|', '\\|')}\` | ${ids.map(link).join('<br>')} |`),
  ]
}

function section(title: string, body: readonly string[]): readonly string[] {
  return body.length === 0 ? [] : ['', `## ${title}`, '', ...body]
}

function bullets(items: readonly string[]): readonly string[] {
  return items.map((item) => `- ${item}`)
}

/** One block: who says it, and below it the text as it is searched for. */
function symptomsOf({ symptoms }: Entry): readonly string[] {
  const speakers = [...new Set(symptoms.map(({ from }) => from))]
  const told = speakers.map((speaker) =>
    [`${speaker}:`, ...symptoms.filter(({ from }) => from === speaker).map((each) => `    ${textOf(each)}`)].join('\n'),
  )
  return block(told.join('\n\n'))
}

/** As the AWS CLI and most SDKs join code and message. */
function textOf({ code, text }: Symptom): string {
  return code === null || text.includes(code) ? text : `${code}: ${text}`
}

function block(text: string, language = 'text'): readonly string[] {
  return [`\`\`\`${language}`, text, '```']
}

function fixOf({ when, says, commands }: Cure, index: number): readonly string[] {
  return [
    ...(index === 0 ? [] : ['']),
    ...(when === null ? [sentence(says)] : [sentence(conditional(when, says))]),
    ...commandsOf(commands),
  ]
}

const shells = [
  ['bash', 'bash, zsh', 'sh'],
  ['fish', 'fish', 'fish'],
  ['powershell', 'PowerShell', 'powershell'],
  ['cmd', 'cmd.exe', 'bat'],
] as const

/** One block for all shells that write it alike; those after the first are folded away. */
function commandsOf(commands: Commands): readonly string[] {
  const groups: { readonly text: string; readonly names: string[]; readonly language: string }[] = []
  for (const [shell, name, language] of shells) {
    const text = commands[shell].join('\n')
    if (text === '') continue
    const known = groups.find((group) => group.text === text)
    if (known === undefined) groups.push({ text, names: [name], language })
    else known.names.push(name)
  }
  const [first, ...others] = groups
  if (first === undefined) return []
  const isForAll = first.names.length === shells.length
  return [
    '',
    ...block(first.text, first.language),
    ...(others.length === 0 && !isForAll ? ['', `(${first.names.join(', ')})`] : []),
    ...(others.length === 0
      ? []
      : [
          '',
          `<details><summary>The same in ${listed(others.flatMap(({ names }) => names))}</summary>`,
          ...others.flatMap(({ text, names, language }) => ['', `${names.join(', ')}:`, '', ...block(text, language)]),
          '',
          '</details>',
        ]),
  ]
}

/** `a, b and c` */
function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

const gradeWords: Readonly<Record<Grade, string>> = {
  proves: 'Proof',
  strong: 'Strong sign',
  hint: 'Hint',
}

function evidenceOf({ signs, probes, excludedBy }: Entry): readonly string[] {
  return [
    ...byGrade(signs).map(({ grade, says }) => `- **${gradeWords[grade]}:** ${says}`),
    ...probes.map(
      ({ probe, name, says }) =>
        `- **Asking AWS** ([${probe}](README.md#what-aws-can-be-asked)${name === null ? '' : `, \`${name}\` of \`countersign check\``}): ${says}`,
    ),
    ...(excludedBy.length === 0 ? [] : ['', 'It is something else when:', '', ...bullets(excludedBy)]),
  ]
}

function lookAlikesOf({ lookAlikes }: Entry): readonly string[] {
  if (lookAlikes.length === 0) return []
  return [
    '| It may be | You can tell by this |',
    '| --- | --- |',
    ...lookAlikes.map(({ id, says }) => `| ${link(id)} | ${capital(says)} |`),
  ]
}

function sourceOf({ title, url }: Entry['sources'][number]): string {
  return url === null ? title : `[${title}](${url})`
}

function sentence(text: string): string {
  return /[.!?:]$/.test(text) ? text : `${text}.`
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}

function lines(all: readonly string[]): string {
  return `${all.join('\n')}\n`
}
