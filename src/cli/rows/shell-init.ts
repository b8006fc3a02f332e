import type { VerbRow } from './row.ts'

export const shellInitRow: VerbRow = {
  name: 'shell-init',
  operands: 'SHELL',
  maxOperands: 1,
  says: 'a function for your shell, so that env, login, fix and rotate act on the shell that you are in',
  more: [
    'A program cannot change the environment of the shell that started it. This prints a small function for bash, zsh, fish or ' +
      'powershell that runs countersign and then carries out, in the shell itself, the lines that it has left for it.',
    'One line in the start-up file of the shell is enough: see the examples. What is captured, as by $(countersign env dev), is ' +
      'printed as before. In PowerShell write the -- before a command in quotes: functions do not see a bare one.',
  ],
  flags: [],
  examples: [
    ['eval "$(countersign shell-init bash)"', 'for ~/.bashrc'],
    ['eval "$(countersign shell-init zsh)"', 'for ~/.zshrc'],
    ['countersign shell-init fish | source', 'for ~/.config/fish/config.fish'],
    ['countersign shell-init powershell | Out-String | Invoke-Expression', 'for $PROFILE'],
  ],
}
