import type { VerbRow } from './row.ts'

export const labRow: VerbRow = {
  name: 'lab',
  operands: '[CAUSE]',
  maxOperands: 1,
  says: 'make a cause happen for real, and see whether check finds it',
  more: [
    'Starts an authority in memory, breaks one credential in one way, runs the diagnosis on it and holds the result against ' +
      "the authority's own log. Nothing leaves this machine; your own AWS files are not touched.",
    'Then it does what "countersign fix" would do, on a machine in memory: the same request must be accepted; and what "undo" ' +
      'would do: every byte must be as before, and the request be refused in the same way.',
    'Exit code: 0 when the cause was named (and cured and undone, where fix can cure it), 1 when not.',
  ],
  flags: [
    { name: 'list', says: 'the causes that can be made to happen, and why the others cannot' },
    { name: 'all', says: 'all of them, with the score' },
  ],
  examples: [
    ['countersign lab stale-session-token', 'the best-known of all'],
    ['countersign lab --all', 'the score'],
  ],
}
