import { withoutSecretShapes } from '../../../anatomy/redact.ts'
import type { CauseId } from '../../../cause-ids.ts'
import type { ProbeName } from '../probes/question.ts'
import type { Scene } from '../scene.ts'
import type { Certainty, Finding, Fix } from '../verdict.ts'
import { absentCauses, profileCauses } from './absent.ts'
import { type Cause, withCommands } from './cause.ts'
import { clockCauses } from './clock.ts'
import { keyPairCauses, secretCauses } from './key-pair.ts'
import { mangledCauses } from './mangled.ts'
import { placeCauses, shadowCauses } from './place.ts'
import { plannedCauses } from './planned.ts'
import { refusedKeyCauses } from './refused-key.ts'
import { sessionCauses } from './session.ts'

/** The catalogue. Within one certainty the order here is the order in which findings are told: closest to the cure first. */
const causes: readonly Cause[] = [
  ...clockCauses,
  ...shadowCauses,
  ...absentCauses,
  ...plannedCauses,
  ...keyPairCauses,
  ...mangledCauses,
  ...sessionCauses,
  ...secretCauses,
  ...refusedKeyCauses,
  ...placeCauses,
  ...profileCauses,
]

const rank: Readonly<Record<Certainty, number>> = { proven: 0, likely: 1, possible: 2 }

/** The one loop: every cause that the answer does not exclude looks at the scene, `more` after the catalogue. Most certain first. */
export function findCauses(scene: Scene, more: readonly Cause[] = []): readonly Finding[] {
  const found = withoutReplaced(
    [...causes, ...more].flatMap((cause): Finding[] => {
      if (!isOpen(cause, scene)) return []
      const finding = cause.look(scene)
      return finding === null ? [] : [withCommands({ id: cause.id, ...finding }, scene, cause.isFact === true)]
    }),
    more,
  )
  return mergeFindings(isExplained(scene, found) ? found.filter(({ certainty }) => certainty !== 'possible') : found)
}

/** Without what other findings stand in place of; `more` are the causes beside the catalogue. */
export function withoutReplaced(findings: readonly Finding[], more: readonly Cause[]): readonly Finding[] {
  const surely = new Set(findings.filter(({ certainty }) => certainty !== 'possible').map(({ id }) => id))
  const replaced = new Set<CauseId>(
    [...causes, ...more].flatMap(({ id, insteadOf }) => (insteadOf !== undefined && surely.has(id) ? insteadOf : [])),
  )
  return replaced.size === 0 ? findings : findings.filter(({ id }) => !replaced.has(id))
}

/** A proven cause takes the mere possibilities away, unless an experiment showed that something is wrong besides it. */
function isExplained({ outcomes }: Scene, found: readonly Finding[]): boolean {
  // That there is nothing is certain, and explains nothing.
  if (!found.some(({ id, certainty }) => certainty === 'proven' && id !== 'no-credentials')) return false
  return ![...deeper].some((name) => outcomes.get(name)?.kind === 'refused')
}

/** Experiments that take one fault away: refused all the same, there is another one. */
const deeper: ReadonlySet<ProbeName> = new Set([
  'sts-without-token',
  'sts-with-cleaned-values',
  'sts-at-server-time',
  'sts-with-swapped-values',
])

function isOpen({ failsAt, isFact }: Cause, { refusal }: Scene): boolean {
  if (failsAt === 'always' || refusal === null || (isFact && refusal.from === 'probe')) return true
  return refusal.families.some((family) => failsAt.includes(family))
}

/** Most certain first, otherwise in the order given. With a reason for it, that there is nothing is no second cause. */
export function sortFindings(findings: readonly Finding[]): readonly Finding[] {
  const hasReason = findings.some(({ id, certainty }) => id !== 'no-credentials' && certainty !== 'possible')
  return findings
    .filter(({ id }) => id !== 'no-credentials' || !hasReason)
    .map((finding, index) => ({ finding, index }))
    .sort((a, b) => rank[a.finding.certainty] - rank[b.finding.certainty] || a.index - b.index)
    .map(({ finding }) => finding)
}

/** One finding per cause: the more certain one, with the evidence of both. Most certain first. */
export function mergeFindings(...lists: readonly (readonly Finding[])[]): readonly Finding[] {
  const byId = new Map<string, Finding>()
  for (const finding of lists.flat()) {
    const known = byId.get(finding.id)
    if (known === undefined) {
      byId.set(finding.id, finding)
      continue
    }
    const [stronger, weaker] = sortFindings([known, finding])
    const evidence = [...stronger!.evidence, ...(weaker!.certainty === 'possible' ? [] : weaker!.evidence)]
    const fix = cures(weaker!) > cures(stronger!) ? weaker!.fix : stronger!.fix
    byId.set(finding.id, {
      ...stronger!,
      evidence: evidence.filter((each, index) => evidence.findIndex(({ says }) => says === each.says) === index),
      fix,
    })
  }
  return sortFindings([...byId.values()].map(withoutSecrets))
}

/** How much of its cure a finding brings along: only words, what a person may type, or what is done for them. */
function cures({ fix }: Finding): number {
  return fix.edits.length > 0 || fix.calls !== undefined ? 2 : fix.commands.bash.length > 0 ? 1 : 0
}

/** People paste a secret where the name of a profile or of a region belongs, and findings name those. */
function withoutSecrets(finding: Finding): Finding {
  const { title, evidence, fix } = finding
  const hide = withoutSecretShapes
  const lines = (commands: readonly string[]) => commands.map(hide)
  const hidden = ({ bash, fish, powershell, cmd }: Fix['commands']): Fix['commands'] => ({
    bash: lines(bash),
    fish: lines(fish),
    powershell: lines(powershell),
    cmd: lines(cmd),
  })
  const { shellLines } = fix
  const own = shellLines === undefined ? {} : { shellLines: hidden(shellLines) }
  return {
    ...finding,
    title: hide(title),
    evidence: evidence.map(({ says, at }) => ({ says: hide(says), at })),
    fix: { ...fix, says: hide(fix.says), commands: hidden(fix.commands), ...own },
  }
}
