import type { Scene } from '../scene.ts'
import type { Certainty, Finding } from '../verdict.ts'
import { absentCauses } from './absent.ts'
import type { Cause } from './cause.ts'
import { clockCauses } from './clock.ts'
import { keyPairCauses } from './key-pair.ts'
import { mangledCauses } from './mangled.ts'
import { placeCauses } from './place.ts'
import { sessionCauses } from './session.ts'

/** The catalogue. Within one certainty the order here is the order in which findings are told. */
const causes: readonly Cause[] = [
  ...clockCauses,
  ...placeCauses.slice(0, 1),
  ...absentCauses.slice(0, -1),
  ...keyPairCauses.slice(0, 3),
  ...mangledCauses,
  ...sessionCauses,
  ...keyPairCauses.slice(3),
  ...placeCauses.slice(1),
  ...absentCauses.slice(-1),
]

const rank: Readonly<Record<Certainty, number>> = { proven: 0, likely: 1, possible: 2 }

/** The one loop: every cause that the answer does not exclude looks at the scene. Most certain first. */
export function findCauses(scene: Scene): readonly Finding[] {
  const found = causes.flatMap((cause): Finding[] => {
    if (!isOpen(cause, scene)) return []
    const finding = cause.look(scene)
    return finding === null ? [] : [{ id: cause.id, ...finding }]
  })
  return sortFindings(found)
}

function isOpen({ failsAt }: Cause, { refusal }: Scene): boolean {
  return failsAt === 'always' || refusal === null || refusal.families.some((family) => failsAt.includes(family))
}

/** Most certain first, otherwise in the order given. */
export function sortFindings(findings: readonly Finding[]): readonly Finding[] {
  return findings
    .map((finding, index) => ({ finding, index }))
    .sort((a, b) => rank[a.finding.certainty] - rank[b.finding.certainty] || a.index - b.index)
    .map(({ finding }) => finding)
}
