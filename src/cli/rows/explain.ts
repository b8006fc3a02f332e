import { machineFlag, sdkFlag } from './flags.ts'
import type { VerbRow } from './row.ts'

export const explainRow: VerbRow = {
  name: 'explain',
  operands: '[TEXT|CODE|CAUSE|-]',
  maxOperands: Number.POSITIVE_INFINITY,
  says: 'explain a pasted error message or error code, with this machine as evidence',
  more: [
    'Takes the message as the AWS CLI, an SDK or a tool printed it (quote it), only its code, or - to read it from stdin.',
    'With the id or number of a cause (stale-session-token, C20) it tells what is known of that cause: how it shows, how to ' +
      'tell it from others, and what cures it.',
    'Exit code: 1 when the cause is proven or likely, 0 when causes are only possible, 3 when the text is not understood.',
  ],
  flags: [
    sdkFlag,
    machineFlag,
    {
      name: 'ask',
      says: 'ask AWS too, read-only: does it accept the credentials of this machine now, and what does it say',
    },
  ],
  examples: [
    ['countersign explain InvalidClientTokenId', 'what this code can mean'],
    ['aws s3 ls 2>&1 | countersign explain -', 'explain what a command has just printed'],
    ['countersign explain C20', 'what is known of one cause'],
  ],
}
