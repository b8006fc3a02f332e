import { type CauseId, causeNumbers } from '../../../cause-ids.ts'
import type { Json } from '../json.ts'
import { plain } from './entry.ts'
import { catalogue, familyOf } from './index.ts'

/**
 * The object of `explain CAUSE --json` (schema `countersign.cause/1`). Every member is always there; `unplayable` says why the
 * lab cannot make it happen, null where it can.
 */
export function causeJson(id: CauseId, unplayable: string | null): { readonly [key: string]: Json } {
  const { title, story, symptoms, signs, probes, excludedBy, lookAlikes, fixes, prevention, sources } = catalogue[id]
  return {
    schema: 'countersign.cause/1',
    id,
    number: causeNumbers[id],
    family: familyOf(id),
    title: plain(title),
    story: plain(story),
    symptoms: symptoms.map(({ from, code, text }) => ({ from, code, text })),
    signs: signs.map(({ grade, says }) => ({ grade, says: plain(says) })),
    probes: probes.map(({ probe, name, says }) => ({ probe, name, says: plain(says) })),
    excludedBy: excludedBy.map(plain),
    lookAlikes: lookAlikes.map((other) => ({ id: other.id, says: plain(other.says) })),
    fixes: fixes.map(({ when, says, commands }) => ({
      when: when === null ? null : plain(when),
      says: plain(says),
      commands: {
        bash: commands.bash,
        fish: commands.fish,
        powershell: commands.powershell,
        cmd: commands.cmd,
      },
    })),
    prevention: prevention.map(plain),
    unplayable,
    sources: sources.map(({ title: name, url }) => ({ title: name, url })),
  }
}
