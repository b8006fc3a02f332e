import { sdkFlag } from './flags.ts'
import type { VerbRow } from './row.ts'

export const whoamiRow: VerbRow = {
  name: 'whoami',
  operands: '[PROFILE]',
  maxOperands: 1,
  says: 'who AWS says you are: account, ARN, kind of principal, session, expiry',
  more: ['Asks STS GetCallerIdentity, and IAM for the alias of the account where that is allowed.'],
  flags: [sdkFlag],
  examples: [
    ['countersign whoami dev', 'who the profile dev is'],
    ['countersign whoami --json', 'the same for a program, of whatever is in use here'],
  ],
}
