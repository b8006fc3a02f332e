/** The shells that can complete. */
export const completingShells = ['bash', 'zsh', 'fish', 'powershell'] as const

export type CompletingShell = (typeof completingShells)[number]

/**
 * What each shell must be told once. The script asks `countersign completion SHELL -- WORDS` at each Tab: the first line of the
 * answer says what is completed (`words`, `files`, `directories`, `command`), then follows one word a line, a tab, and what it is.
 */
export const completionScripts: Readonly<Record<CompletingShell, string>> = {
  // Also for bash 3.2, which macOS has: no mapfile, no compopt. An empty COMPREPLY lets readline complete files.
  bash: `# countersign: completion for bash
_countersign() {
  local kind= word says current=\${COMP_WORDS[COMP_CWORD]} program=\${COMP_WORDS[0]}
  [[ $program == "~"/* ]] && program=$HOME/\${program#"~/"}
  COMPREPLY=()
  while IFS=$'\\t' read -r word says; do
    if [[ -z $kind ]]; then kind=$word; continue; fi
    # The words of readline end at "=": only what stands behind it is replaced.
    [[ $word == --*=* && $current != --* ]] && word=\${word#*=}
    COMPREPLY+=("$(printf %q "$word")")
  done < <("$program" completion bash -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  if [[ $kind == command ]] && declare -F _command_offset >/dev/null; then
    local at=0
    while [[ \${COMP_WORDS[at]} != -- ]]; do at=$((at + 1)); done
    _command_offset $((at + 1))
  fi
}
complete -o default -F _countersign countersign
`,
  zsh: `#compdef countersign
# countersign: completion for zsh
_countersign() {
  local -a lines described
  local line at
  lines=("\${(@f)$("\${(Q)words[1]/#\\~\\//$HOME/}" completion zsh -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
  case $lines[1] in
    files) _files ;;
    directories) _files -/ ;;
    command)
      at=\${words[(i)--]}
      words=("\${(@)words[at+1,-1]}")
      (( CURRENT -= at ))
      _normal
      ;;
    words)
      for line in "\${(@)lines[2,-1]}"; do
        described+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
      done
      _describe -t values countersign described
      ;;
  esac
}
if [[ \${funcstack[1]} == _countersign ]]; then
  _countersign "$@"
elif (( $+functions[compdef] )); then
  compdef _countersign countersign
fi
`,
  fish: `# countersign: completion for fish
function __countersign_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program $words[1]
    set -e words[1]
    set -l lines (command $program completion fish -- $words "$current" 2>/dev/null)
    switch "$lines[1]"
        case files
            __fish_complete_path "$current"
        case directories
            __fish_complete_directories "$current"
        case command
            __fish_complete_subcommand --commandline $words[(math (contains -i -- -- $words) + 1)..-1] "$current"
        case words
            set -e lines[1]
            printf '%s\\n' $lines
    end
end
complete -c countersign -f -a '(__countersign_complete)'
`,
  powershell: `# countersign: completion for PowerShell
Register-ArgumentCompleter -Native -CommandName countersign -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -le $cursorPosition } | ForEach-Object { "$_" })
  $program = $words[0]
  $words = @($words | Select-Object -Skip 1)
  # Before 7.3 an empty argument is dropped on its way to a program.
  if ($wordToComplete -eq '') { $words += if ($PSVersionTable.PSVersion -lt [version]'7.3') { '""' } else { '' } }
  $lines = @(& $program completion powershell -- @words 2>$null)
  if ($lines[0] -ne 'words') { return }
  $lines | Select-Object -Skip 1 | ForEach-Object {
    $word, $says = $_ -split "\`t", 2
    if (-not $says) { $says = $word }
    # PowerShell takes typographic quotes for quotes too.
    $quoted = "'" + ($word -replace "['\\u2018-\\u201b]", '$0$0') + "'"
    $text = if ($word -match "[\\s'\`"\\u2018-\\u201e\`$;&|(){}<>@#,]") { $quoted } else { $word }
    [System.Management.Automation.CompletionResult]::new($text, $word, 'ParameterValue', $says)
  }
}
`,
}
