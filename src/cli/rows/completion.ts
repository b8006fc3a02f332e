import type { VerbRow } from './row.ts'

export const completionRow: VerbRow = {
  name: 'completion',
  operands: 'bash|zsh|fish|powershell',
  maxOperands: 1,
  runs: true,
  says: 'what makes your shell complete verbs, flags, profiles and causes',
  more: [
    'Prints a short script on stdout. Load it from a start-up file of your shell, as in the examples; it asks countersign at ' +
      'each Tab, so that new profiles and verbs are known at once.',
    'With words after "--" it prints what may complete the last of them: that is what the script asks.',
  ],
  flags: [],
  examples: [
    ['source <(countersign completion bash)', 'in ~/.bashrc (macOS: ~/.bash_profile)'],
    ['source <(countersign completion zsh)', 'in ~/.zshrc, after compinit'],
    ['countersign completion fish > ~/.config/fish/completions/countersign.fish', 'once, for fish'],
    ['countersign completion powershell | Out-String | Invoke-Expression', 'in $PROFILE'],
  ],
}
