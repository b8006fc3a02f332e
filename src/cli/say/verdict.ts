import { redactWords } from '../../anatomy/redact.ts'
import { type CauseId, causeNumbers } from '../../cause-ids.ts'
import type { ChainStep } from '../../holder/chains/trace.ts'
import type { Certainty, Evidence, Finding, Fix, ReplySeen, Verdict } from '../../holder/diagnosis/verdict.ts'
import { homeOf } from '../../holder/files/expand.ts'
import type { Machine } from '../../holder/machine/machine.ts'
import type { Place } from '../../holder/sources/credential.ts'
import { detectShell } from '../shell.ts'
import type { Look } from '../terminal.ts'
import {
  capital,
  harmless,
  legible,
  mark,
  padded,
  page,
  paint,
  placeText,
  shortPath,
  visibleWidth,
  wrap,
} from './page.ts'
import { credentialText, instantText, sdkNames, sourceText } from './sources.ts'

/** What `check` needs to speak: how text may look, and whose paths, shell and clock the words are about. */
export interface Sight {
  readonly look: Look
  readonly machine: Machine
}

/**
 * The whole answer of `check` as text: the first screen ends the search. Says what is wrong, where, why that is sure and
 * which command cures it; then how the credential was chosen and what AWS answered.
 */
export function verdictText(sight: Sight, verdict: Verdict, offline: boolean): string {
  if (verdict.status === 'valid') return validText(sight, verdict)
  const [first, ...rest] = verdict.causes
  // Beside a proven cause, what is merely possible only distracts.
  const others = first === undefined ? [] : othersBeside(first, rest)
  const lines =
    first === undefined
      ? unexplained(sight, verdict, offline)
      : findingLines(sight, { ...first, title: titleOfAll(verdict.causes) }, 'full')
  if (others.length > 0) lines.push('', ...otherLines(sight, others, first!))
  const chosen = chosenLines(sight, verdict)
  if (chosen.length > 0) lines.push('', ...chosen)
  if (verdict.reply !== null) lines.push('', ...replyLines(sight, verdict.reply))
  else if (offline && verdict.status === 'unverified')
    lines.push('', ...wrap(sight.look, '', 'AWS was not asked (--offline).'))
  if (first !== undefined && first.certainty !== 'possible') lines.push('', moreAbout(sight, first.id))
  return page(lines)
}

/** Where everything that is known of a cause can be read. */
export function moreAbout({ look }: Pick<Sight, 'look'>, id: CauseId): string {
  return paint(look, 'quiet', `  more: countersign explain ${causeNumbers[id] ?? id}`)
}

/** What is wrong in a few words, for a table. */
export function verdictWords(verdict: Verdict): string {
  const [first] = verdict.causes
  if (first !== undefined) return titleOfAll(verdict.causes)
  if (verdict.reply !== null) return `AWS answers ${verdict.reply.code}`
  const stop = verdict.chain.find(({ outcome }) => outcome === 'broken')
  return verdict.because ?? (stop === undefined ? 'no credentials' : redactWords(stop.because))
}

/** The one line of `--quiet`. */
export function verdictLine(sight: Sight, verdict: Verdict, offline: boolean): string {
  if (verdict.status === 'valid') return page([validText(sight, verdict).split('\n')[0]!])
  const first = verdict.causes[0]
  const wide = { ...sight, look: { ...sight.look, columns: 10_000 } }
  return page(
    first === undefined
      ? [unexplained(wide, verdict, offline)[0]!]
      : [headline(sight, { ...first, title: titleOfAll(verdict.causes) })],
  )
}

function validText({ look, machine }: Sight, verdict: Verdict): string {
  const { credential, identity } = verdict
  const who = identity === null ? 'accepted by AWS' : `You are ${identity.arn}`
  const from =
    credential === null ? '' : `, by ${credentialText(credential)} from ${sourceText(machine, credential.source)}`
  const lines = [`${mark(look, 'good')} ${legible(look, `${who}${from}.`)}`]
  if (credential?.expiration != null)
    lines.push(...wrap(look, '  ', `The session ends ${instantText(machine, credential.expiration)}.`))
  return page(lines)
}

function unexplained({ look, machine }: Sight, verdict: Verdict, offline: boolean): string[] {
  const { credential, reply } = verdict
  const key = credential === null ? 'a credential' : credentialText(credential)
  const from = credential === null ? '' : ` from ${sourceText(machine, credential.source)}`
  switch (verdict.status) {
    case 'rejected': {
      const lines = wrap(
        look,
        `${mark(look, 'bad')} `,
        `AWS refuses ${key}${from}${reply ? `: ${reply.code}` : ''}.`,
        2,
      )
      return [...lines, '', ...wrap(look, '  ', 'Nothing on this machine and no question to AWS told why.')]
    }
    case 'unusable': {
      const stop = verdict.chain.find(({ outcome }) => outcome === 'broken')
      const why = stop === undefined ? '' : `: ${shortened(machine, stop.because)}`
      return wrap(look, `${mark(look, 'bad')} `, `${capital(key)}${from} cannot be used${why}.`, 2)
    }
    case 'absent':
      return wrap(look, `${mark(look, 'bad')} `, 'There are no AWS credentials here.', 2)
    default: {
      const why = verdict.because == null ? '' : `: ${verdict.because.replace(/\.$/, '')}`
      const says = offline
        ? `${capital(sdkNames[verdict.sdk])} would use ${key}${from}. Nothing on this machine speaks against it.`
        : `Could not tell whether AWS accepts ${key}${from}${why}.`
      return wrap(look, `${mark(look, 'doubt')} `, says, 2)
    }
  }
}

const sureness: Readonly<Record<Certainty, { mark: 'bad' | 'doubt'; why: string; word: string }>> = {
  proven: { mark: 'bad', why: 'Why we are sure', word: 'certain' },
  likely: { mark: 'bad', why: 'What makes this very likely (not proven)', word: 'very likely' },
  possible: { mark: 'doubt', why: 'What fits this (one possibility, not proven)', word: 'possible' },
}

/** What AWS answers alike, and what the headline must not pretend to tell apart. */
const alike: readonly CauseId[] = ['key-inactive', 'key-deleted', 'key-unknown']

const isOpen = ({ id, certainty }: Finding): boolean => certainty === 'possible' && alike.includes(id)

const titleOfAlike = 'AWS does not accept this key id: it is switched off, deleted or mistyped'

/** The title of the first cause; of those that nothing tells apart one title for all. */
function titleOfAll(causes: readonly Finding[]): string {
  const [first] = causes
  const open = causes.filter(isOpen)
  return open.length > 1 && open[0] === first ? titleOfAlike : (first?.title ?? '')
}

/**
 * What is worth a line beside the first cause. A proven one leaves no room for what is merely possible; what nothing tells
 * apart stands there once, unless it is what the person has to choose from.
 */
export function othersBeside(first: Finding, rest: readonly Finding[]): readonly Finding[] {
  const others = first.certainty === 'proven' ? rest.filter(({ certainty }) => certainty !== 'possible') : rest
  const open = others.filter(isOpen)
  if (isOpen(first) || open.length < 2) return others
  const title = open.some(({ id }) => id === 'key-unknown') ? titleOfAlike : 'The access key is switched off or deleted'
  return others.flatMap((finding) => {
    if (!isOpen(finding)) return [finding]
    return finding === open[0] ? [{ ...finding, title, fix: fixOfAlike(open) }] : []
  })
}

function fixOfAlike(open: readonly Finding[]): Fix {
  // How to know which of them it is stands in each of their cures, where it can be known.
  const which = open.map(({ fix }) => /To know which it is: .*/.exec(fix.says)?.[0]).find((says) => says !== undefined)
  const says = 'Look in IAM (your user, Security credentials) whether this key is there and active; else make a new one'
  return { says: which === undefined ? says : `${says}. ${which}`, automatic: false, commands: noCommands, edits: [] }
}

const noCommands: Fix['commands'] = { bash: [], fish: [], powershell: [], cmd: [] }

/** The same finding without the commands that stand on the screen already. */
export function withoutRepeated(finding: Finding, above: Finding): Finding {
  const isSame = finding.fix.commands.bash.join('\n') === above.fix.commands.bash.join('\n')
  return isSame ? { ...finding, fix: { ...finding.fix, commands: noCommands } } : finding
}

function headline({ look }: Sight, finding: Finding): string {
  const sign = mark(look, sureness[finding.certainty].mark)
  return `${sign} ${paint(look, 'strong', legible(look, sentence(finding.title)))}`
}

/** One cause: headline, where, why, cure. `short` leaves the evidence out but for the first place. */
export function findingLines(sight: Sight, finding: Finding, extent: 'full' | 'short'): string[] {
  const { look, machine } = sight
  const sign = mark(look, sureness[finding.certainty].mark)
  const lines = wrap(look, `${sign} `, sentence(finding.title), visibleWidth(sign) + 1).map((line, index) =>
    index === 0 ? `${sign} ${paint(look, 'strong', line.slice(sign.length + 1))}` : paint(look, 'strong', line),
  )
  // What is nowhere has no place.
  const where = finding.id === 'no-credentials' ? undefined : placeToLookAt(finding)
  const place = where === undefined ? '' : placeText(machine, where.at)
  if (place !== '') lines.push(`  ${paint(look, 'command', harmless(place))}`)
  if (extent === 'full') {
    if (finding.evidence.length > 0) lines.push('', `  ${sureness[finding.certainty].why}:`)
    for (const each of finding.evidence) lines.push(...evidenceLines(sight, each, where))
  } else if (finding.evidence[0] !== undefined)
    lines.push(...wrap(look, '  ', shortened(machine, sentence(finding.evidence[0].says))))
  return [...lines, '', ...fixLines(sight, finding.fix, extent)]
}

/** Of all places in the evidence the one that the cure is about; else the first. */
function placeToLookAt({ evidence, fix }: Finding): Evidence | undefined {
  const placed = evidence.filter(({ at }) => at !== null && !('probe' in at))
  const cure = [fix.says, ...fix.commands.bash].join(' ')
  const isCured = ({ at }: Evidence) =>
    at !== null &&
    ('variable' in at
      ? new RegExp(`\\b${at.variable}\\b`).test(cure)
      : 'line' in at && new RegExp(`\\bline ${at.line}\\b`).test(cure))
  return placed.find(isCured) ?? placed[0]
}

function evidenceLines({ look, machine }: Sight, evidence: Evidence, shown: Evidence | undefined): string[] {
  const says = shortened(machine, sentence(evidence.says))
  const place = evidence === shown || tells(machine, says, evidence.at) ? '' : placeText(machine, evidence.at)
  return wrap(look, `  ${mark(look, 'item')} `, place === '' ? says : `${says} (${place})`)
}

/** Whether a sentence names the place already. */
function tells(machine: Machine, says: string, at: Place | null): boolean {
  if (at === null || 'probe' in at) return true
  if ('variable' in at) return says.includes(at.variable)
  return says.includes('line' in at ? `${shortPath(machine, at.file)}:${at.line}` : shortPath(machine, at.file))
}

function fixLines({ look, machine }: Sight, fix: Fix, extent: 'full' | 'short'): string[] {
  const commands = fix.commands[detectShell(machine)] ?? []
  const arrow = extent === 'full' ? `  ${paint(look, 'good', mark(look, 'arrow'))} ` : '  '
  const lines = wrap(look, arrow, shortened(machine, sentence(fix.says)), visibleWidth(arrow))
  if (commands.length === 0) return lines
  const gap = extent === 'full' ? [''] : []
  return [...lines, ...gap, ...commands.map((line) => `      ${paint(look, 'command', harmless(line))}`)]
}

/** More than these would bury the first. */
const mostOthers = 3

function otherLines(sight: Sight, others: readonly Finding[], first: Finding): string[] {
  const lines = [first.certainty === 'proven' ? 'Also found:' : 'It may also be:']
  for (const finding of others.slice(0, mostOthers)) {
    const word = sureness[finding.certainty].word
    const title = `${finding.title} (${word})`
    lines.push('', ...findingLines(sight, { ...withoutRepeated(finding, first), title }, 'short').map(indented))
  }
  const more = others.slice(mostOthers)
  if (more.length > 0) lines.push('', ...wrap(sight.look, '  ', `Less telling: ${more.map(({ id }) => id).join(', ')}`))
  return lines
}

function indented(line: string): string {
  return line === '' ? '' : `  ${line}`
}

/** How the credential was chosen: the winner, what it hides, what was broken on the way to it, what was asked in vain. */
function chosenLines(sight: Sight, verdict: Verdict): string[] {
  const { look } = sight
  const winner = verdict.chain.findIndex((step) => step.outcome === 'found')
  const told = verdict.chain.filter(
    ({ outcome, because }, index, chain) =>
      outcome === 'found' ||
      outcome === 'shadowed' ||
      // A broken file stops every source that reads it; once is enough.
      (outcome === 'broken' && chain.findIndex((step) => step.because === because) === index),
  )
  if (told.length === 0) return []
  const name = sdkNames[verdict.sdk]
  const passed = winner < 0 ? [] : verdict.chain.slice(0, winner).filter((step) => step.outcome === 'absent')
  const width = Math.max(...told.map((step) => step.provider.length))
  return [
    paint(look, 'quiet', winner < 0 ? `Where ${name} stops` : `Where ${name} found it`),
    ...told.flatMap((step) => stepLines(sight, step, width)),
    ...(passed.length === 0
      ? []
      : wrap(look, '     ', `asked before, with nothing in it: ${passed.map((step) => step.provider).join(', ')}`)),
  ]
}

/** One source of a chain: mark, name, what became of it and where. */
export function stepLines({ look, machine }: Sight, step: ChainStep, width: number): string[] {
  const sign = step.outcome === 'found' ? mark(look, 'good') : step.outcome === 'broken' ? mark(look, 'bad') : ' '
  const because = shortened(machine, redactWords(step.because))
  const place = tells(machine, because, step.at) ? '' : placeText(machine, step.at)
  const says = place === '' ? because : `${because} (${place})`
  const outcome = step.outcome === 'absent' || step.outcome === 'found' ? '' : `${step.outcome}: `
  return wrap(look, `  ${padded(sign, 2)} ${padded(step.provider, width)}  `, `${outcome}${says}`)
}

function replyLines({ look }: Sight, reply: ReplySeen): string[] {
  const status = reply.status === null ? '' : ` ${reply.status}`
  const lines = [
    paint(look, 'quiet', `What ${reply.service} ${reply.operation} answered`),
    `  ${legible(look, `${reply.code}${status}`.trim())}`,
  ]
  if (reply.message !== '') lines.push(...wrap(look, '  ', `“${reply.message}”`))
  if (reply.requestId !== null) lines.push(...wrap(look, '  ', `request id ${reply.requestId}`))
  return lines
}

/** A full sentence: capital letter first, stop at the end. A leading file name, variable or key id keeps its letters. */
export function sentence(text: string): string {
  const trimmed = text.trim()
  const first = trimmed.split(' ', 1)[0] ?? ''
  const start = /^[a-z]+[,;]?$/.test(first) ? capital(trimmed) : trimmed
  return /[.!?:…]["”)]?$/.test(start) ? start : `${start}.`
}

/** Prose with the paths below the home directory written `~`. */
export function shortened(machine: Machine, text: string): string {
  const home = homeOf(machine)?.replace(/[\\/]+$/, '') ?? ''
  return home.length < 2 ? text : text.replaceAll(`${home}/`, '~/').replaceAll(`${home}\\`, '~\\')
}
