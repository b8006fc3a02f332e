import { quote } from '../../holder/diagnosis/shells.ts'

export const initShells = ['bash', 'zsh', 'fish', 'powershell'] as const

export type InitShell = (typeof initShells)[number]

/** The verbs that leave lines for the shell. */
const verbs = ['env', 'fix', 'undo', 'login', 'logout', 'rotate'] as const

/**
 * The function that runs the program and then carries out, in the shell itself, what it has left in a file that only the person may
 * read. The exit code stays the program's. `program` and its first arguments are written out whole, so that PATH may change later.
 *
 * It prints what it was asked for when its output is captured, `$(countersign env dev)`: what is changed in a subshell is lost.
 */
export function initText(shell: InitShell, program: readonly string[]): string {
  const words = (of: 'bash' | 'fish' | 'powershell') => program.map((word) => quote(of, word)).join(' ')
  switch (shell) {
    case 'bash':
    case 'zsh':
      return posixFunction(shell, words('bash'))
    case 'fish':
      return fishFunction(words('fish'))
    case 'powershell':
      return powershellFunction(words('powershell'))
  }
}

/**
 * Names are local, and each step minds `set -e` (`|| …`), `set -u` (nothing is read unset), `noclobber` (the program writes the file) and
 * aliases (`command`; the word `function`, behind which none is expanded). macOS has bash 3.2. `mktemp` makes files 0600.
 */
function posixFunction(shell: 'bash' | 'zsh', program: string): string {
  // Zsh has options under which an ordinary function is read otherwise: here all stand as they came.
  const start = shell === 'zsh' ? '  emulate -L zsh\n' : ''
  const depth = shell === 'zsh' ? 'ZSH_SUBSHELL' : 'BASH_SUBSHELL'
  return `# countersign: acts on this shell. From: countersign shell-init ${shell}
unalias countersign 2>/dev/null || :
function countersign {
${start}  local __countersign_word __countersign_file='' __countersign_code=0
  for __countersign_word in "$@"; do
    case "$__countersign_word" in
      --) break ;;
      ${verbs.join('|')}) __countersign_file=wanted; break ;;
    esac
  done
  # Captured output is for whoever captures it.
  if [ "\${${depth}:-0}" -gt 0 ] && [ ! -t 1 ]; then __countersign_file=''; fi
  if [ -n "$__countersign_file" ]; then
    __countersign_file="$(command mktemp "\${TMPDIR:-/tmp}/countersign-shell.XXXXXXXX")" || return 70
    COUNTERSIGN_SHELL=${shell} COUNTERSIGN_SHELL_FILE="$__countersign_file" ${program} "$@" || __countersign_code=$?
    if [ -s "$__countersign_file" ]; then
      set -- "$(command cat "$__countersign_file")"
      command rm -f "$__countersign_file"
      eval "$1"
    else
      command rm -f "$__countersign_file"
    fi
  else
    ${program} "$@" || __countersign_code=$?
  fi
  return "$__countersign_code"
}
`
}

function fishFunction(program: string): string {
  return `# countersign: acts on this shell. From: countersign shell-init fish
function countersign --description 'countersign, acting on this shell'
    set -l wanted no
    for word in $argv
        switch $word
            case --
                break
            case ${verbs.join(' ')}
                set wanted yes
                break
        end
    end
    # Captured output is for whoever captures it.
    if test $wanted = no; or status is-command-substitution
        ${program} $argv
        return $status
    end
    set -l directory /tmp
    set -q TMPDIR; and set directory $TMPDIR
    set -l file (command mktemp $directory/countersign-shell.XXXXXXXX)
    or return 70
    COUNTERSIGN_SHELL=fish COUNTERSIGN_SHELL_FILE=$file ${program} $argv
    set -l code $status
    if test -s $file
        source $file
    end
    command rm -f $file
    return $code
end
`
}

/** `$LASTEXITCODE` is the program's, as after any program. */
function powershellFunction(program: string): string {
  return `# countersign: acts on this shell. From: countersign shell-init powershell
function countersign {
    $wanted = $false
    foreach ($word in $args) {
        if ($word -ceq '--') { break }
        if (@(${verbs.map((verb) => `'${verb}'`).join(', ')}) -ccontains $word) { $wanted = $true; break }
    }
    if (-not $wanted) {
        & ${program} @args
        return
    }
    # New-TemporaryFile is readable by its owner alone on Windows; elsewhere it is made so.
    $file = (New-TemporaryFile).FullName
    $before = @($Env:COUNTERSIGN_SHELL, $Env:COUNTERSIGN_SHELL_FILE)
    try {
        if ($PSVersionTable.PSVersion.Major -ge 6 -and -not $IsWindows) { chmod 600 $file }
        $Env:COUNTERSIGN_SHELL = 'powershell'
        $Env:COUNTERSIGN_SHELL_FILE = $file
        & ${program} @args
        $code = $LASTEXITCODE
        $lines = [System.IO.File]::ReadAllText($file)
        if ($lines) { . ([ScriptBlock]::Create($lines)) }
        $global:LASTEXITCODE = $code
    }
    finally {
        $Env:COUNTERSIGN_SHELL, $Env:COUNTERSIGN_SHELL_FILE = $before
        Remove-Item -LiteralPath $file -Force -ErrorAction SilentlyContinue
    }
}
`
}
