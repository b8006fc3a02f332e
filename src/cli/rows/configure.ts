import type { VerbRow } from './row.ts'

export const configureRow: VerbRow = {
  name: 'configure',
  operands: '[get|set|unset|list|list-profiles|import|export] [NAME] [VALUE]',
  maxOperands: 12,
  dashedOperand: 2,
  says: 'read and write the AWS files as "aws configure" does, without its traps; keys may go to the keychain',
  more: [
    'configure alone asks for key, secret, region and output format; Enter keeps what is there. get, set, list, list-profiles, ' +
      'import and export-credentials take what "aws configure" takes. NAME is a setting of the profile (region), of another ' +
      'profile (profile.dev.region), a nested one (s3.max_concurrent_requests), or of a section (sso-session.corp.sso_region).',
    'set asks for what is not given: a secret that is typed there does not stay in the history of the shell. With - it is read ' +
      'from stdin. A new long-term key takes the leftovers of the session before it away. unset takes settings away.',
    'import reads the CSV of the AWS console, the JSON of "aws iam create-access-key" and "aws sts", and export lines: from a ' +
      'file or from stdin. With --keychain the key is kept in the keychain, and the profile asks for it with ' +
      'credential_process; without a file the key that the profile has is moved there.',
    'export prints the credentials of the profile for a program or a shell. set-environment keeps a variable in the account of ' +
      'a Windows user. Every write can be taken back with "countersign undo"; --dry-run only shows it.',
  ],
  flags: [
    { name: 'csv', value: 'FILE', says: 'import this file (file://FILE too); - is stdin' },
    { name: 'skip-invalid', says: 'import what can be imported, and leave out what is incomplete' },
    { name: 'profile-prefix', value: 'TEXT', says: 'put this before the names of the profiles that are imported' },
    { name: 'keychain', says: 'keep the imported keys in the keychain, not in the credentials file' },
    {
      name: 'mfa-seed',
      value: 'DEVICE',
      says: 'keep the seed of this virtual MFA device (its ARN) in the keychain: its codes are made from it then',
    },
    {
      name: 'format',
      value: 'FORMAT',
      oneOf: ['process', 'env', 'env-no-export', 'powershell', 'windows-cmd', 'fish'],
      says: 'of export: process (JSON) unless given, env, env-no-export, powershell, windows-cmd, fish',
    },
  ],
  examples: [
    ['countersign configure --profile dev', 'ask for the key, secret, region and output of a profile'],
    ['countersign configure set aws_secret_access_key --profile dev', 'ask for the secret alone, without showing it'],
    ['countersign configure get profile.dev.region', 'what stands there; exit code 1 when nothing does'],
    ['countersign configure import --csv alice_accessKeys.csv --keychain', 'move a downloaded key into the keychain'],
    ['eval "$(countersign configure export --format env)"', 'the credentials for this shell'],
  ],
}
