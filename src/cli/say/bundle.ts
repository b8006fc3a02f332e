import type { Bundle } from '../../holder/machine/bundle.ts'
import type { Machine } from '../../holder/machine/machine.ts'
import type { Look } from '../terminal.ts'
import { mark, page, shortPath, wrap } from './page.ts'
import { counted } from './sources.ts'

interface Sight {
  readonly look: Look
  readonly machine: Machine
}

/** What a bundle that was just written holds, and what to do with it. */
export function bundleText(
  { look, machine }: Sight,
  { file, size, bundle, differences }: { file: string; size: number; bundle: Bundle; differences: readonly string[] },
): string {
  const path = shortPath(machine, file)
  const found = bundle.files.filter(({ state }) => state === 'found').length
  const there = [
    counted(Object.keys(bundle.variables).length, 'variable'),
    counted(found, 'file'),
    ...(bundle.programs.length > 0 ? [`what ${counted(bundle.programs.length, 'program')} printed`] : []),
    ...(bundle.replies.length > 0 ? [`${counted(bundle.replies.length, 'answer')} of the network`] : []),
  ]
  return page([
    ...wrap(
      look,
      '',
      `Written to ${path}: ${Math.max(1, Math.round(size / 1024))} kB, readable by you alone (mode 0600).`,
    ),
    ...wrap(
      look,
      '  ',
      `It holds ${there.slice(0, -1).join(', ')}${there.length > 1 ? ' and ' : ''}${there.at(-1)}, with every secret and every word that Countersign does not know replaced by made-up ones. Its first lines say what is kept. Look at it before you send it: it is text.`,
    ),
    ...wrap(look, '  ', `To replay it elsewhere: countersign check --machine ${path}`),
    ...(differences.length === 0
      ? []
      : [
          '',
          ...wrap(
            look,
            `${mark(look, 'doubt')} `,
            `Replayed here, it does not say quite the same: ${differences.join('; ')}. Send the output of check along with it.`,
          ),
        ]),
  ])
}

/** That a recorded machine is looked at, and not this one. */
export function replayText({ look }: Sight, file: string, at: Date): string {
  const instant = at.toISOString().replace(/\.\d{3}Z$/, 'Z')
  return page(wrap(look, '', `The machine recorded in ${file} at ${instant}; this computer is not looked at.`))
}
