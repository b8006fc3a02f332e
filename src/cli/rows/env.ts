import { shellFlag } from './flags.ts'
import type { VerbRow } from './row.ts'

export const envRow: VerbRow = {
  name: 'env',
  operands: '[PROFILE]',
  maxOperands: 1,
  says: 'lines that put the credentials of a profile into the environment of a shell, or take them out',
  more: [
    'Really gets the credentials, whatever they come from (keys, a role, SSO, a program; a one-time code is asked for), and prints ' +
      'lines for the shell: the credentials, when they end, the region, and the endpoint where the profile has one. What would ' +
      'lead a program elsewhere, such as AWS_PROFILE or an old session token, is taken away.',
    'Each shell reads them in its own way: see the examples. With "countersign shell-init" in the start-up file of the shell, ' +
      '"countersign env dev" alone does it.',
    'The lines hold secrets. Before they are shown on a screen you are asked; --yes gives leave.',
  ],
  flags: [shellFlag, { name: 'unset', says: 'lines that take all of it out again' }],
  examples: [
    ['eval "$(countersign env dev)"', 'bash, zsh, sh: this shell uses dev from now on'],
    ['countersign env dev | source', 'the same in fish'],
    ['countersign env dev | Invoke-Expression', 'in PowerShell'],
    [`for /f "delims=" %i in ('countersign env dev') do @%i`, 'in cmd.exe'],
    ['eval "$(countersign env --unset)"', 'and now no credentials at all'],
    ['countersign env dev --shell dotenv > .env', 'a file for docker run --env-file and its like'],
  ],
}
