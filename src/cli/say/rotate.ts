import { maskAccessKeyId } from '../../anatomy/access-key-id.ts'
import type { Machine } from '../../holder/machine/machine.ts'
import type { Due, KeySeen, NoSubject, NotRotated, Rotated, Subject } from '../../holder/rotation/index.ts'
import type { Look } from '../terminal.ts'
import { legible, mark, padded, page, paint, placeText, shortPath, wrap } from './page.ts'

/** What is to be done about one profile. */
export interface Planned {
  readonly state: 'rotate' | 'young' | 'finish' | 'not-possible'
  readonly subject: Subject | null
  /** Why it is not possible; null when it is. */
  readonly reason: NoSubject | null
  /** Old keys of earlier rotations whose time has come. */
  readonly due: readonly string[]
  /** Keys that have to go first. */
  readonly deletes: readonly KeySeen[]
}

interface Ground {
  readonly look: Look
  readonly machine: Machine
}

const dayMs = 86_400_000

export function planText(ground: Ground, plans: readonly Planned[]): string {
  if (plans.length === 0)
    return page(wrap(ground.look, '', 'No profile has a long-term key of its own: there is nothing to rotate.'))
  return page(plans.flatMap((plan) => planLines(ground, plan)))
}

function planLines(ground: Ground, { state, subject, reason, due, deletes }: Planned): readonly string[] {
  const { look, machine } = ground
  if (subject === null || state === 'not-possible') {
    const { profile, because, hint } = reason!
    return [
      ...wrap(look, `${mark(look, 'bad')} `, `${profile} cannot be rotated: ${because}.`),
      ...(hint === null ? [] : wrap(look, '  ', hint)),
    ]
  }
  const key = subject.keys.find(({ id }) => id === subject.pair.accessKeyId)
  const days = key?.createdAt == null ? null : Math.floor((machine.now().getTime() - key.createdAt.getTime()) / dayMs)
  const age = days === null ? '' : days === 0 ? ', made today' : days === 1 ? ', a day old' : `, ${days} days old`
  const head = `${paint(look, 'strong', legible(look, subject.profile))}  ${legible(look, `${maskAccessKeyId(subject.pair.accessKeyId)} of ${subject.arn}${age}`)}`
  const row = (name: string, text: string) => wrap(look, `  ${paint(look, 'quiet', padded(name, 9))} `, text)
  const goes = (ids: readonly string[]) =>
    ids.length === 0 ? [] : row('deleted', `${ids.map(maskAccessKeyId).join(', ')}, for good`)
  if (state === 'young') return [head, ...row('kept', 'it is younger than --older-than'), ...goes(due)]
  if (state === 'finish') return [head, ...(due.length === 0 ? row('nothing', 'no old key of it is due') : goes(due))]
  const resumes =
    subject.begun === null ? [] : row('goes on', `with the rotation that began at ${subject.begun.begunAt}`)
  return [
    head,
    ...resumes,
    ...goes([...due, ...deletes.map(({ id }) => id)]),
    ...placeTexts(ground, subject).flatMap((text, at) => row(at === 0 ? 'written' : '', text)),
    ...subject.places.elsewhere.flatMap((at) =>
      row('not', `${placeText(machine, at)}: it stands there in a form that is not changed from here`),
    ),
  ]
}

function placeTexts({ machine }: Ground, { places, vaultNames }: Subject): readonly string[] {
  return [
    ...vaultNames.map((name) => `${name} in the vault`),
    ...places.sections.map(({ file, section, line }) => `${shortPath(machine, file)}:${line} [${section}]`),
    ...new Set(places.lines.map(({ file, line }) => `${shortPath(machine, file)}:${line}`)),
    ...places.variables.map(({ name }) => `the variable ${name} of this shell`),
  ]
}

export function resultText(
  { look }: Ground,
  { profile, arn }: Subject,
  deleted: readonly Due[],
  result: Rotated | NotRotated | null,
): string {
  const gone = deleted.flatMap(({ id, outcome, because }) =>
    outcome === 'kept'
      ? wrap(look, `${mark(look, 'doubt')} `, `The old key ${maskAccessKeyId(id)} was not deleted: ${because}.`)
      : wrap(look, `${mark(look, 'good')} `, `The old key ${maskAccessKeyId(id)} is deleted.`),
  )
  if (result === null) return page(gone)
  if (result.kind === 'not-rotated')
    return page([
      ...gone,
      ...wrap(look, `${mark(look, 'bad')} `, `The key of ${profile} was not replaced: ${result.because}.`),
      ...(result.left.length === 0
        ? wrap(look, '  ', 'What was done is taken back; the old key works as before.')
        : result.left.flatMap((says) => wrap(look, '  ', says))),
    ])
  const old =
    result.old === 'deleted'
      ? `the old one, ${maskAccessKeyId(result.oldId)}, is deleted`
      : `the old one, ${maskAccessKeyId(result.oldId)}, is inactive and ${result.deleteAt === null ? 'goes with the next rotation' : `may go from ${result.deleteAt.toISOString()}`}`
  return page([
    ...gone,
    ...wrap(
      look,
      `${mark(look, 'good')} `,
      `${profile} works with its new key ${maskAccessKeyId(result.newId)} (${arn}); ${old}.`,
    ),
    ...(result.old === 'inactive' ? wrap(look, '  ', `To delete it: countersign rotate ${profile} --finish`) : []),
  ])
}

/** What a person must do where no function of `shell-init` waits. */
export function shellText(look: Look, variables: readonly { readonly name: string }[]): string {
  const names = variables.map(({ name }) => name).join(' and ')
  return page(
    wrap(
      look,
      `${mark(look, 'doubt')} `,
      `This shell still has the old key in ${names}: start a new one, or unset them.`,
    ),
  )
}
