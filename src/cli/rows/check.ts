import { machineFlag, sdkFlag } from './flags.ts'
import type { VerbRow } from './row.ts'

export const checkRow: VerbRow = {
  name: 'check',
  operands: '[PROFILE]',
  maxOperands: 1,
  runs: true,
  says: 'find the credential in use, ask AWS about it, name what is wrong and how to cure it',
  more: [
    'Finds the credential that the AWS CLI would use here, looks at it closely, then asks STS GetCallerIdentity (which ' +
      'needs no permission and changes nothing). When it is refused, a few more harmless questions find out why.',
    'A secret never leaves this machine: AWS gets a signature, as in every AWS call.',
    'With a command after "--": runs it as if it stood alone, with its terminal, its streams and its exit code. When AWS ' +
      'refuses it, the cause is said on stderr after its own output, found by the rules of its own SDK and in the environment ' +
      'that it has behind env, sudo, sh -c or docker run; else nothing is said. --json puts one line of JSON there. PROFILE ' +
      'is for a command that chooses its profile where it cannot be seen.',
  ],
  flags: [
    sdkFlag,
    { name: 'all-profiles', says: 'every profile, side by side, in one table (with --json one line each)' },
    {
      name: 'bundle',
      value: 'FILE',
      says: 'write what was looked at, without its values, as a file to send to somebody',
    },
    machineFlag,
  ],
  examples: [
    ['countersign', 'check whatever is in use here'],
    ['countersign check dev', 'check the profile dev'],
    ['countersign check --all-profiles', 'which of my profiles are well?'],
    ['countersign check -- aws s3 ls', 'run it; when AWS refuses it, say why'],
    ['countersign check --sdk all', 'does what works in one SDK work in the others?'],
    ['countersign check --offline --json', 'local evidence only, for a program'],
    ['countersign check --bundle case.json', 'a file for somebody who helps, without secrets'],
  ],
}
