import { sdkFlag } from './flags.ts'
import type { VerbRow } from './row.ts'

export const chainRow: VerbRow = {
  name: 'chain',
  operands: '[PROFILE]',
  maxOperands: 1,
  says: 'show every place where credentials are looked for, which one wins, and why',
  more: [
    'Lists the sources in the order in which they are asked, also those behind the winner. Nothing is run, nothing is sent.',
    '"Works in the CLI, fails in my app": --sdk all says which credential each of sixteen SDKs and tools would use here, and ' +
      'why one does not take what the others take. The rules are held against what the real SDKs answered; those of .NET, ' +
      'PHP and C++ were read in their source.',
    'With --resolve the winner of the one SDK that is asked is really got: a role is assumed, SSO asked, a credential_process ' +
      'run. --offline and --no-exec forbid the one or the other; then it is only told what would be done. Exit code with ' +
      '--resolve: 0 when there is a credential, 1 when it cannot be had, 3 when that could not be told.',
  ],
  flags: [sdkFlag, { name: 'resolve', says: 'really get the credential of the winner, and show what was done for it' }],
  examples: [
    ['countersign chain', 'which credential is in use, and from where'],
    ['countersign chain --json', 'the same for a program'],
    ['countersign chain --sdk all', 'who uses which credential here'],
    ['countersign chain dev --sdk js-v3', 'where JavaScript looks, with the profile dev'],
    ['countersign chain dev --resolve', 'assume the role of dev, and show until when the session lasts'],
  ],
}
