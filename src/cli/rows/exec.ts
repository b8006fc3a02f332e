import { durationFlag } from './flags.ts'
import type { VerbRow } from './row.ts'

export const execRow: VerbRow = {
  name: 'exec',
  operands: '[PROFILE]',
  maxOperands: 1,
  runs: true,
  says: 'run a command with the credentials of a profile, and with no others',
  more: [
    'Gets the credentials and starts the command with them in its environment; nothing is written to a file. Its terminal, its ' +
      'streams, its signals and its exit code are its own (127: no such command, 126: it cannot be run).',
    '--server ecs or imds: instead of keys the command gets the address of a server on this computer, which hands out ' +
      'credentials and renews them for as long as the command runs: for containers and long jobs. ecs asks for a token that only ' +
      'the command knows. imds speaks as on EC2 (version 2 only), and other programs of the same user could ask it too. A default profile ' +
      'with credentials would win over a server: where there is one, the command does not see your AWS files.',
    'Inside such a command another exec is refused, because the inner one would start from the outer credentials; --nested ' +
      'takes the credentials away first and starts from your files.',
  ],
  flags: [
    {
      name: 'server',
      value: 'KIND',
      oneOf: ['ecs', 'imds'],
      says: 'hand the credentials out by a local server: ecs or imds',
    },
    durationFlag,
    { name: 'nested', says: 'go on although this is inside another countersign exec' },
  ],
  examples: [
    ['countersign exec dev -- aws s3 ls', 'list the buckets of dev'],
    ['countersign exec dev -- bash', 'a shell with these credentials'],
    ['countersign exec prod --server ecs -- terraform apply', 'a long run, renewed on the way'],
  ],
}
