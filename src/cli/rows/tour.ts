import { portFlag } from './flags.ts'
import type { VerbRow } from './row.ts'

export const tourRow: VerbRow = {
  name: 'tour',
  operands: '',
  maxOperands: 0,
  says: 'see it all happen in six steps on this machine, without an AWS account',
  more: [
    'Starts an authority, makes a user with a key and a second factor, brings about "The security token included in the ' +
      'request is invalid" for real, explains it, repairs it and proves that it is gone. Then goes on serving until Ctrl-C.',
  ],
  flags: [
    { name: 'once', says: 'end after the last step; exit code 0 only when every step came out as told' },
    portFlag,
  ],
  examples: [
    ['countersign tour', 'the six steps, then an authority to play with'],
    ['countersign tour --once', 'the six steps, and no more'],
  ],
}
