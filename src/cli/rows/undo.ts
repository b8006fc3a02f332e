import type { VerbRow } from './row.ts'

export const undoRow: VerbRow = {
  name: 'undo',
  operands: '[CHANGE]',
  maxOperands: 1,
  says: 'take back the last change that countersign made to your files, or that of a number',
  more: [
    'Every change of fix, login, configure, rotate and serve is kept for a while, with the bytes from before: undo restores ' +
      'bytes, permissions and times. An undo is a change, too: undo once more, and the change is there again.',
    'A file that somebody has changed since is never overwritten; --dry-run shows what there would be to put back. --merge puts back only the lines of that change, where both ' +
      'changed other lines.',
    'What is kept holds the old secrets: for you alone to read, the last 100 changes. --forget removes it.',
  ],
  flags: [
    { name: 'list', says: 'the changes that can be taken back, newest first' },
    { name: 'merge', says: 'keep what was changed since in other lines' },
    {
      name: 'forget',
      says: 'remove what is kept of all changes, or of the one with that number, and change nothing else',
    },
  ],
  examples: [
    ['countersign undo', 'take back the last change'],
    ['countersign undo --list', 'what was changed, and when'],
    ['countersign undo 7 --dry-run', 'what taking back change 7 would do'],
  ],
}
