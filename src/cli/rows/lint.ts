import type { VerbRow } from './row.ts'

export const lintRow: VerbRow = {
  name: 'lint',
  operands: '',
  maxOperands: 0,
  says: 'every defect of the AWS files, which SDKs it breaks and how, and the cure',
  more: [
    'Looks at the config and the credentials file line by line, and asks the rules of every SDK what they make of each defect. ' +
      'Nothing is run, nothing is sent, no file is changed.',
    'Exit code: 1 when there are errors or warnings, 0 when there are none (notes do not count).',
  ],
  flags: [
    {
      name: 'format',
      value: 'FORMAT',
      oneOf: ['text', 'json', 'sarif'],
      says: 'text, json, or sarif (2.1.0) for editors and code scanning',
    },
  ],
  examples: [
    ['countersign lint', 'what is wrong with my AWS files'],
    ['countersign lint --quiet', 'one line for each defect'],
    ['countersign lint --format sarif', 'the same for an editor'],
  ],
}
