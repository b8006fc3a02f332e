import { durationFlag } from './flags.ts'
import type { VerbRow } from './row.ts'

export const processRow: VerbRow = {
  name: 'process',
  operands: '[PROFILE]',
  maxOperands: 1,
  says: 'print the credentials of a profile for credential_process of an SDK',
  more: [
    'Prints the JSON that AWS SDKs read ("Sourcing credentials with an external process") on stdout, and nothing else. A key in the ' +
      'vault is used where the profile says credential_process = countersign process NAME, or has no other source.',
    'A profile with mfa_serial and no role_arn is used through a session that is made with a one-time code. Codes are asked at the ' +
      'terminal itself, also when an SDK has captured the output, or made from the seed that the vault holds of the device. Sessions are ' +
      'kept encrypted until 15 minutes before their end.',
    'The vault is the keychain of the system where one answers, else a file that is encrypted with age; COUNTERSIGN_VAULT=keychain or ' +
      'file decides. The passphrase of the file is asked for, or comes from COUNTERSIGN_VAULT_PASSPHRASE or the file that ' +
      'COUNTERSIGN_VAULT_PASSPHRASE_FILE names; or COUNTERSIGN_VAULT_IDENTITY names a file of age identities.',
  ],
  flags: [durationFlag, { name: 'no-cache', says: 'make a new session, and keep it nowhere' }],
  examples: [
    ['countersign process dev', 'the credentials of the profile dev, as JSON'],
    ['aws configure set credential_process "countersign process dev" --profile dev', 'let every SDK get them this way'],
    ['countersign process dev --duration 1h --no-cache', 'a new session of an hour'],
  ],
}
