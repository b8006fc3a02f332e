import { type CauseId, causeNumbers } from '../../cause-ids.ts'
import {
  byGrade,
  type Cure,
  conditional,
  type Entry,
  type Grade,
  plain,
} from '../../holder/diagnosis/catalogue/entry.ts'
import { catalogue, familyOf } from '../../holder/diagnosis/catalogue/index.ts'
import { detectShell } from '../shell.ts'
import { capital, harmless, legible, mark, page, paint, visibleWidth, wrap } from './page.ts'
import { type Sight, sentence } from './verdict.ts'

/** `explain CAUSE`: what it is, how to tell, and last, where the eye rests, the cure for the person's own shell. */
export function causeText(sight: Sight, id: CauseId, isPlayable: boolean): string {
  const { look } = sight
  const entry = catalogue[id]
  const name = [id, causeNumbers[id], familyOf(id)].filter((part) => part !== null).join(' · ')
  return page([
    ...wrap(look, '', plain(entry.title)).map((line) => paint(look, 'strong', line)),
    ...wrap(look, '', name).map((line) => paint(look, 'quiet', line)),
    '',
    ...wrap(look, '  ', plain(entry.story)),
    '',
    '  What you see:',
    ...symptomLines(sight, entry),
    '',
    '  How to tell:',
    ...tellingLines(sight, entry),
    '',
    '  Easily taken for it:',
    ...entry.lookAlikes.flatMap((other) => {
      const number = causeNumbers[other.id]
      const called = number === null ? other.id : `${other.id} (${number})`
      return wrap(look, `  ${mark(look, 'item')} `, `${called}: ${plain(other.says)}`)
    }),
    '',
    ...entry.fixes.flatMap((cure, index) => [...(index === 0 ? [] : ['']), ...cureLines(sight, cure)]),
    ...(isPlayable ? ['', paint(look, 'quiet', `  see it happen: countersign lab ${id}`)] : []),
  ])
}

/** The one line of `--quiet`. */
export function causeLine({ look }: Sight, id: CauseId): string {
  return page([legible(look, `${plain(catalogue[id].title)}: ${plain(catalogue[id].fixes[0].says)}`)])
}

/** The first texts suffice for knowing them again. */
const mostSymptoms = 3

function symptomLines({ look }: Sight, { symptoms }: Entry): readonly string[] {
  const more = symptoms.length - mostSymptoms
  return [
    ...symptoms.slice(0, mostSymptoms).flatMap(({ code, text }) => {
      const line = code === null || text.includes(code) ? text : `${code}: ${text}`
      return wrap(look, `  ${mark(look, 'item')} `, line)
    }),
    ...(more > 0 ? [`    and ${more} more`] : []),
  ]
}

const gradeWords: Readonly<Record<Grade, string>> = { proves: 'certain', strong: 'very likely', hint: 'possible' }

function tellingLines({ look }: Sight, { signs, probes, excludedBy }: Entry): readonly string[] {
  const item = (label: string, says: string) => wrap(look, `  ${mark(look, 'item')} `, `${label}: ${plain(says)}`)
  return [
    ...byGrade(signs).flatMap(({ grade, says }) => item(gradeWords[grade], says)),
    ...probes.flatMap(({ says }) => item('AWS, asked', says)),
    ...excludedBy.flatMap((says) => item('not this when', says)),
  ]
}

function cureLines({ look, machine }: Sight, { when, says, commands }: Cure): readonly string[] {
  const arrow = `  ${paint(look, 'good', mark(look, 'arrow'))} `
  const words = when === null ? capital(plain(says)) : plain(conditional(when, says))
  const lines = wrap(look, arrow, sentence(words), visibleWidth(arrow))
  const own = commands[detectShell(machine)]
  return own.length === 0
    ? lines
    : [...lines, '', ...own.map((line) => `      ${paint(look, 'command', harmless(line))}`)]
}
