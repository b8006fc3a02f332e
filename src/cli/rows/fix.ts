import { sdkFlag } from './flags.ts'
import type { VerbRow } from './row.ts'

export const fixRow: VerbRow = {
  name: 'fix',
  operands: '[CAUSE]',
  maxOperands: 1,
  says: 'repair what check finds: planned, proved on a copy, shown, applied when you agree',
  more: [
    'Looks as check does, plans the cure of every cause that needs no human hand, and tries it on a copy of this machine: only ' +
      'what is proved to help is offered. Shows each change line by line (secrets are masked), asks, applies all of it or ' +
      'nothing, and looks again. "countersign undo" takes it back, byte for byte.',
    'Variables of the running shell are out of reach for any program: fix prints the lines to run. With "countersign ' +
      'shell-init" the shell runs them by itself.',
    'With a cause (stale-session-token, C20) only that one is cured. --with-profile NAME lets that other profile make a call of ' +
      'AWS that a cure needs, such as switching a key on again.',
    'Exit code: 0 when all is well now, 1 when something is still wrong (with --dry-run: when there is something to do), 3 when ' +
      'AWS could not be asked.',
  ],
  flags: [sdkFlag],
  examples: [
    ['countersign fix', 'repair whatever keeps the credentials in use here from working'],
    ['countersign fix --dry-run', 'only show what it would change'],
    ['countersign fix C20 --profile dev --yes', 'one cause, in one profile, without a question'],
  ],
}
