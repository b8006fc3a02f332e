import type { Written } from '../../holder/configure/index.ts'
import { profileWord } from '../../holder/login/shell-word.ts'
import type { Machine } from '../../holder/machine/machine.ts'
import type { Look } from '../terminal.ts'
import { legible, mark, page, paint, shortPath, wrap } from './page.ts'

interface Sight {
  readonly look: Look
  readonly machine: Machine
}

/** What was written, or would be: one line for each section of a file. For stderr. */
export function writtenText(
  { look, machine }: Sight,
  written: readonly Written[],
  { isDry, isSame }: { readonly isDry: boolean; readonly isSame: boolean },
): string {
  if (written.length === 0) return page(wrap(look, '', 'There was nothing to take away.'))
  if (isSame) return page(wrap(look, '', 'It stood there already: nothing was changed.'))
  const groups = new Map<string, Written[]>()
  for (const line of written) {
    const name = `${line.what} ${line.stale} ${line.section} ${line.file}`
    groups.set(name, [...(groups.get(name) ?? []), line])
  }
  const verbs = isDry ? { set: 'would write', unset: 'would take away' } : { set: 'wrote', unset: 'took away' }
  return page([
    ...[...groups.values()].flatMap((lines) => {
      const [{ what, section, file, stale }] = lines as [Written, ...Written[]]
      const keys = [...new Set(lines.map(({ key, nested }) => (nested === null ? key : `${key}.${nested}`)))].join(', ')
      const where = `[${section}] of ${shortPath(machine, file)}`
      const why = stale ? ', left over from another session' : ''
      return wrap(
        look,
        `${mark(look, 'good')} `,
        `${verbs[what]} ${keys} ${what === 'set' ? 'in' : 'from'} ${where}${why}`,
        2,
      )
    }),
    ...(isDry ? wrap(look, '', 'Nothing was changed (--dry-run).') : []),
  ])
}

/** Things to know, one paragraph each. For stderr. */
export function noteText(look: Look, notes: readonly string[]): string {
  return page(notes.flatMap((note) => wrap(look, `${mark(look, 'item')} `, note, 2)))
}

/** What a person would do next with a profile that has just been made. */
export function nextText(look: Look, profile: string): string {
  return page(['', `  ${paint(look, 'command', legible(look, `countersign check ${profileWord(profile)}`))}`])
}

/** The end of a key id, as the AWS CLI shows it (`mask_value`); of a secret that stands in its place nothing. */
export function endOfKeyId(id: string): string {
  const isId = /^[A-Z0-9]+$/.test(id) || id.length < 16
  return '*'.repeat(16) + (isId ? id.slice(-4) : '****')
}

/** What stands for a secret: as wide as a key id in the same column. */
export const noSecret = '*'.repeat(20)

/** The table of `configure list`, in the very columns of the AWS CLI (list.py: `'%10s %24s %16s    %s\n'`). */
export function listText(look: Look, rows: readonly (readonly [string, string, string, string])[]): string {
  return page(
    [['Name', 'Value', 'Type', 'Location'], ['----', '-----', '----', '--------'], ...rows].map((row) => {
      const [name = '', value = '', type = '', location = ''] = row.map((text) => legible(look, text))
      return `${name.padStart(10)} ${value.padStart(24)} ${type.padStart(16)}    ${location}`
    }),
  )
}
