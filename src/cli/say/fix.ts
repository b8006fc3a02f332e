import { redactWords } from '../../anatomy/redact.ts'
import type { Recovered } from '../../holder/changes/index.ts'
import { noCommands } from '../../holder/diagnosis/shells.ts'
import type { Finding, Shell, Verdict } from '../../holder/diagnosis/verdict.ts'
import { type Applied, isWell, type Loss, type RepairProposal, type RepairStep } from '../../holder/repair/index.ts'
import { diffLines, shownChange } from './diff.ts'
import { harmless, legible, mark, page, paint, placeText, shortPath, wrap } from './page.ts'
import { sdkNames } from './sources.ts'
import { type Sight, sentence, shortened, verdictLine, verdictText } from './verdict.ts'

/** What is wrong and what would be done about it: causes, diff, calls, lines for the shell, and what the copy has proved. */
export function proposalText(sight: Sight, proposal: RepairProposal, shell: Shell): string {
  const lines = proposal.steps.flatMap((step, index) => [...(index === 0 ? [] : ['']), ...stepLines(sight, step)])
  for (const change of proposal.files) lines.push('', ...diffLines(sight, shownChange(change)))
  if (proposal.calls.length > 0) {
    lines.push('', '  AWS is asked to:')
    for (const { says } of proposal.calls) lines.push(...wrap(sight.look, `  ${mark(sight.look, 'item')} `, says))
  }
  const commands = shellLinesOf(proposal, shell)
  if (commands.length > 0) lines.push('', ...shellText(sight, commands))
  return page([...lines, '', ...proofLines(sight, proposal)])
}

function stepLines({ look, machine }: Sight, { finding, losses }: RepairStep): string[] {
  const sign = mark(look, finding.certainty === 'possible' ? 'doubt' : 'bad')
  const place = finding.evidence.find(({ at }) => at !== null && !('probe' in at))
  // The diff shows where, as far as it is a file.
  const where = place === undefined || finding.fix.edits.length > 0 ? '' : placeText(machine, place.at)
  return [
    ...wrap(look, `${sign} `, sentence(finding.title), 2),
    ...(where === '' ? [] : [`  ${paint(look, 'command', harmless(where))}`]),
    ...wrap(look, `  ${mark(look, 'arrow')} `, shortened(machine, sentence(finding.fix.says))),
    ...(losses.length === 0 ? [] : wrap(look, `  ${mark(look, 'doubt')} `, `But ${lossWords(losses)}.`)),
  ]
}

/** What others would lose, as a clause. */
function lossWords(losses: readonly Loss[]): string {
  const [first] = losses
  const clients = [...new Set(losses.map(({ sdk }) => sdkNames[sdk]))].join(', ')
  const profiles = [...new Set(losses.map(({ profile }) => profile))].filter((profile) => profile !== null)
  const where = profiles.length === 0 ? '' : ` for profile ${profiles.map((name) => `"${name}"`).join(', ')}`
  return first === undefined ? '' : `with it ${clients} would no longer find the credentials found now${where}`
}

/** All lines that the running shell has to carry out, in order. */
export function shellLinesOf({ steps }: Pick<RepairProposal, 'steps'>, shell: Shell): readonly string[] {
  return steps.flatMap(({ finding }) => (finding.fix.shellLines ?? noCommands)[shell])
}

function shellText({ look }: Sight, commands: readonly string[]): string[] {
  return [
    '  In this shell, which no other program can change:',
    ...commands.map((line) => `      ${paint(look, 'command', harmless(line))}`),
  ]
}

function proofLines(sight: Sight, proposal: RepairProposal): string[] {
  const { look } = sight
  switch (proposal.result) {
    case 'cured':
      return wrap(look, `  ${mark(look, 'good')} `, `Tried on a copy of this machine: ${wellWords(proposal.after)}`, 4)
    case 'better':
    case 'reveals':
      return wrap(
        look,
        `  ${mark(look, 'doubt')} `,
        `Tried on a copy of this machine: that is cured, and something else is left: ${restWords(sight, proposal.after)}`,
        4,
      )
    default:
      return wrap(look, `  ${mark(look, 'doubt')} `, 'Whether it helps shows once AWS has been asked.', 4)
  }
}

function wellWords({ status, identity, because }: Verdict): string {
  if (identity !== null) return `you are ${identity.arn}.`
  return status === 'valid'
    ? 'AWS accepts it.'
    : `nothing speaks against it any more (AWS was not asked: ${because ?? '--offline'}).`
}

function restWords(sight: Sight, verdict: Verdict): string {
  const plain = { ...sight, look: { ...sight.look, colour: false } }
  return verdictLine(plain, verdict, verdict.reply === null)
    .trim()
    .replace(/^\S+ /, '')
}

/** What there is to say when nothing can be done by itself: what `check` says, and why that is all. */
export function nothingText(
  sight: Sight,
  { before, needProfile, inVain, costly }: RepairProposal,
  offline: boolean,
): string {
  const lines = [verdictText(sight, before, offline).trimEnd(), '']
  const [first] = needProfile
  if (first !== undefined)
    lines.push(
      ...wrap(
        sight.look,
        '',
        `With --with-profile NAME a profile that may do so would be asked to: ${(first.fix.calls ?? []).map(({ says }) => says).join(', ')}.`,
      ),
    )
  else if (costly[0] !== undefined) {
    const { finding, losses } = costly[0]
    lines.push(
      ...wrap(
        sight.look,
        '',
        `Nothing was changed: there is a cure, but ${lossWords(losses)}. If that is no matter: countersign fix ${finding.id}`,
      ),
    )
  } else if (inVain.length > 0)
    lines.push(
      ...wrap(
        sight.look,
        '',
        `Nothing was changed: on a copy of this machine the cure of ${inVain.map(({ id }) => id).join(', ')} did not help.`,
      ),
    )
  else
    lines.push(
      ...wrap(sight.look, '', 'Nothing was changed: this needs you. Do what is said above, then: countersign check'),
    )
  return page(lines)
}

/** The cause that was asked for is not there. */
export function notFoundText(sight: Sight, cause: string, verdict: Verdict, offline: boolean): string {
  const says = `${cause} is not what is wrong here; nothing was changed.`
  return page([
    ...wrap(sight.look, `${mark(sight.look, 'doubt')} `, says),
    '',
    verdictText(sight, verdict, offline).trimEnd(),
  ])
}

/** What came of it. */
export function appliedText(
  sight: Sight,
  { id, after }: Extract<Applied, { kind: 'applied' }>,
  told: { readonly shell: 'given' | 'to-run' | 'none'; readonly helped: boolean },
): string {
  const { look } = sight
  const undo = id === null ? '' : ` "countersign undo" takes it back (change ${id}).`
  const rest = ['', verdictText(sight, after, after.reply === null).trimEnd()]
  if (told.shell === 'to-run') {
    const then = isWell(after) ? 'then all is well here.' : 'then something else is left:'
    const says = `${id === null ? '' : 'Done. '}Run the lines above in this shell; ${then}${undo}`
    return page([...wrap(look, `${mark(look, 'doubt')} `, says, 2), ...(isWell(after) ? [] : rest)])
  }
  const shell = told.shell === 'given' ? ' Your shell carries its lines out now.' : ''
  if (isWell(after)) return page(wrap(look, `${mark(look, 'good')} `, `Done: ${wellWords(after)}${shell}${undo}`, 2))
  const says = told.helped ? 'Done. Something else is left:' : 'Done, but it did not help yet:'
  return page([...wrap(look, `${mark(look, 'doubt')} `, `${says}${shell}${undo}`, 2), ...rest])
}

export function failedText(sight: Sight, { call, because, left }: Extract<Applied, { kind: 'failed' }>): string {
  const { look } = sight
  const says = because.kind === 'failed' ? redactWords(because.says) : because.because
  return page([
    ...wrap(look, `${mark(look, 'bad')} `, `AWS did not ${call.says}: ${legible(look, says)}. No file was changed.`, 2),
    ...left.flatMap((each) => wrap(look, '  ', `This was done before, and could not be taken back: ${each.says}.`)),
  ])
}

/** What the next run has made of one that was interrupted. */
export function recoveredText({ look, machine }: Sight, recovered: readonly Recovered[]): string {
  const words: Readonly<Record<Recovered['outcome'], string>> = {
    finished: 'it was complete, and is kept',
    'taken-back': 'what it had begun was taken back',
    kept: 'a file was changed since, so it is left as it is: see countersign undo --dry-run',
    stuck: 'a file cannot be written now, so it is tried again next time',
  }
  return page(
    recovered.flatMap(({ id, verb, outcome, files }) =>
      wrap(
        look,
        `${mark(look, 'doubt')} `,
        `Change ${id} (${verb}) was interrupted; ${words[outcome]}. Files: ${files.map((file) => shortPath(machine, file)).join(', ')}`,
      ),
    ),
  )
}

/** `--quiet`: one line. */
export function fixLine(sight: Sight, says: string, causes: readonly Finding[]): string {
  return page([
    legible(sight.look, `${says}${causes.length === 0 ? '' : `: ${causes.map(({ id }) => id).join(', ')}`}`),
  ])
}
