import type { VerbRow } from './row.ts'

export const rotateRow: VerbRow = {
  name: 'rotate',
  operands: '[PROFILE]',
  maxOperands: 1,
  says: 'replace a long-term key: the new one is proven to work before the old one goes',
  more: [
    'Makes a new key, waits until AWS knows it, writes it everywhere the old one stands (every profile of both AWS files, the ' +
      'keychain, .env files and start-up files), proves that the profile works with it, makes the old key inactive and proves ' +
      'that once more. If anything fails on the way, all of it is taken back; after a crash the next run goes on from there.',
    'The old key stays inactive until the next rotation, or until --delete-after has passed and rotate is run again. A user can ' +
      'have two keys: an inactive other one is deleted to make room, after you were asked; one that is active only with ' +
      '--delete-other.',
    'IAM is asked with the key itself, which needs iam:ListAccessKeys, iam:CreateAccessKey, iam:UpdateAccessKey and ' +
      'iam:DeleteAccessKey on its own user; --with-profile lets another profile ask.',
  ],
  flags: [
    { name: 'all', says: 'the keys of all profiles, each once' },
    { name: 'older-than', value: 'AGE', says: 'only keys of that age or more, such as 90d' },
    { name: 'delete-after', value: 'TIME', says: 'delete the old key only after that time (12h, 7d); now: at once' },
    { name: 'delete-other', says: "leave to delete the user's other key, although it is active" },
    { name: 'finish', says: 'only delete the old keys of earlier rotations whose time has come' },
  ],
  examples: [
    ['countersign rotate dev', 'a new key for the profile dev'],
    ['countersign rotate --all --older-than 90d --yes', 'what a scheduled job would run'],
    ['countersign rotate dev --dry-run', 'which key it is, and where it stands'],
    ['countersign rotate dev --delete-after now', 'the old key is gone at the end'],
  ],
}
