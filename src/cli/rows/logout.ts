import type { VerbRow } from './row.ts'

export const logoutRow: VerbRow = {
  name: 'logout',
  operands: '[PROFILE]',
  maxOperands: 1,
  says: 'take away exactly what login has made',
  more: [
    'Removes the profile, the keys and the cached tokens that login wrote for PROFILE, and ends the session of IAM Identity ' +
      'Center at its portal. Everything else in the files stays byte for byte. A session of STS cannot be ended before its time; ' +
      'only the copies on this computer go.',
    'Without PROFILE: what login made for the profile in use.',
  ],
  flags: [{ name: 'all', says: 'for every profile that login was used with' }],
  examples: [
    ['countersign logout dev', 'end what countersign login dev began'],
    ['countersign logout --all --dry-run', 'look at what would go, for all profiles'],
  ],
}
