import { foreignWords, type PastChange, type UndoneFile, type UndoPlan } from '../../holder/changes/index.ts'
import { diffLines, shownChange } from './diff.ts'
import { harmless, legible, mark, page, paint, shortPath, wrap } from './page.ts'
import { instantText } from './sources.ts'
import type { Sight } from './verdict.ts'
import { shortened } from './verdict.ts'

/** What taking a change back would do. */
export function planText(sight: Sight, plan: UndoPlan, merge: boolean): string {
  const { look, machine } = sight
  const { entry, files, calls, lasting } = plan
  const lines = [
    legible(look, `Taking back change ${entry.id}: ${entry.verb}, ${instantText(machine, entry.at)}`),
    ...wrap(look, '  ', shortened(machine, entry.says)),
  ]
  if (entry.caution !== null) lines.push(...wrap(look, `  ${mark(look, 'doubt')} `, entry.caution, 4))
  for (const file of files) lines.push('', ...fileLines(sight, file, merge))
  if (calls.length > 0) {
    lines.push('', '  AWS is asked to:')
    for (const { says } of calls) lines.push(...wrap(look, `  ${mark(look, 'item')} `, says))
  }
  for (const { says } of lasting)
    lines.push('', ...wrap(look, `  ${mark(look, 'doubt')} `, `This cannot be taken back: ${says}.`, 4))
  return page([...lines, ''])
}

function fileLines(sight: Sight, file: UndoneFile, merge: boolean): string[] {
  const { look, machine } = sight
  const path = paint(look, 'command', harmless(shortPath(machine, file.path)))
  if (file.change !== null) return diffLines(sight, shownChange(file.change))
  if (file.state === 'back-already') return [`  ${path} is as it was before already.`]
  const short = shortPath(machine, file.path)
  const since = foreignWords[file.state] ?? ''
  const told = (says: string) => wrap(look, `  ${mark(look, 'doubt')} `, `${short} ${since} since ${says}`, 4)
  if (file.merged === null)
    return [
      ...told('the change, so it is left as it is. What there would be to put back:'),
      ...diffLines(sight, shownChange(file.back)).slice(1),
    ]
  return [
    ...told(
      merge
        ? 'the change in other lines, which stay:'
        : 'the change, so it is left as it is. With --merge these lines would be put back, and what was changed since would stay:',
    ),
    ...diffLines(sight, shownChange(file.merged)).slice(1),
  ]
}

export function undoneText({ look }: Sight, { entry }: UndoPlan, id: number | null): string {
  const says =
    id === null
      ? `Nothing was to be done: all is as it was before change ${entry.id}.`
      : `Change ${entry.id} is taken back. "countersign undo" makes it again (change ${id}).`
  return page(wrap(look, `${mark(look, 'good')} `, says, 2))
}

/** The changes that are kept, newest first. */
export function changesText({ look, machine }: Sight, past: readonly PastChange[]): string {
  if (past.length === 0) return 'Nothing was changed yet that could be taken back.\n'
  const width = String(past[0]!.entry.id).length
  return page(
    past.flatMap(({ entry, undoneBy }) => {
      const number = String(entry.id).padStart(width)
      const head = `${number}  ${instantText(machine, entry.at)}  ${entry.verb}`
      const isCut = entry.state === 'done' ? '' : ' (interrupted while AWS was asked)'
      const state = undoneBy === null ? isCut : ` (taken back by ${undoneBy})`
      return [
        `${paint(look, 'strong', legible(look, head))}${paint(look, 'quiet', state)}`,
        ...wrap(look, ' '.repeat(width + 2), shortened(machine, entry.says)),
      ]
    }),
  )
}
