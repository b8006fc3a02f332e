import type { Shell } from './verdict.ts'

/** Command lines per shell. */
export type Commands = Readonly<Record<Shell, readonly string[]>>

export const noCommands: Commands = { bash: [], fish: [], powershell: [], cmd: [] }

/**
 * One word as that shell reads it back unchanged. Plain words stay as they are.
 * cmd.exe has no quoting for `%` at the prompt; it is left as it is.
 */
export function quote(shell: Shell, word: string): string {
  // PowerShell takes a leading @ and commas for its own, and cuts words such as -a.b in two.
  const ofPowershell = /^@|,|^-(?!-?[A-Za-z][A-Za-z0-9-]*$)/
  if (/^[A-Za-z0-9_@+=:,./-]+$/.test(word) && !(shell === 'powershell' && ofPowershell.test(word))) return word
  switch (shell) {
    case 'bash':
      return `'${word.replaceAll("'", "'\\''")}'`
    case 'fish':
      return `'${word.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
    case 'powershell':
      return powershellText(word)
    case 'cmd':
      return `"${word.replaceAll('"', '\\"')}"`
  }
}

/** A verbatim string: every sign that PowerShell takes for a single quote is doubled (about_Quoting_Rules; tokenizer `IsSingleQuote`). */
function powershellText(text: string): string {
  return `'${text.replace(/['\u2018-\u201b]/g, '$&$&')}'`
}

/**
 * `set "NAME=VALUE"` as cmd.exe reads it back: `set` takes all up to the last quote of the line. A quote in the value opens what the
 * one before it closed, and what then stands outside of quotes and would be read by cmd gets its `^`. For `%` there is no sign that
 * holds both at the prompt and in `for /f`; it is left as it is.
 */
function cmdSet(name: string, value: string): string {
  let isQuoted = true
  const written = [...value].map((sign) => {
    if (sign === '"') isQuoted = !isQuoted
    return !isQuoted && /[&|<>^()]/.test(sign) ? `^${sign}` : sign
  })
  return `set "${name}=${written.join('')}"`
}

/** The same command in all shells; each word is quoted as the shell needs it. */
export function command(...words: readonly string[]): Commands {
  const line = (shell: Shell) => [words.map((word) => quote(shell, word)).join(' ')]
  return { bash: line('bash'), fish: line('fish'), powershell: line('powershell'), cmd: line('cmd') }
}

/** A line that every shell reads alike (no quoting needed). */
export function everywhere(...lines: readonly string[]): Commands {
  return { bash: lines, fish: lines, powershell: lines, cmd: lines }
}

/** Several steps one after the other. */
export function sequence(...steps: readonly Commands[]): Commands {
  return {
    bash: steps.flatMap((step) => step.bash),
    fish: steps.flatMap((step) => step.fish),
    powershell: steps.flatMap((step) => step.powershell),
    cmd: steps.flatMap((step) => step.cmd),
  }
}

/**
 * Several steps as one line, each after the success of the one before. What asks for input must stand on one line: of two
 * pasted lines the second would be read as the answer to the first.
 */
export function inOneLine(...steps: readonly Commands[]): Commands {
  const { bash, fish, powershell, cmd } = sequence(...steps)
  return {
    bash: [bash.join(' && ')],
    fish: [fish.join('; and ')],
    powershell: [powershell.join('; ')],
    cmd: [cmd.join(' && ')],
  }
}

/** Several steps on one line, each whatever became of the one before: the first may ask for input. */
export function oneAfterTheOther(...steps: readonly Commands[]): Commands {
  const { bash, fish, powershell, cmd } = sequence(...steps)
  return {
    bash: [bash.join('; ')],
    fish: [fish.join('; ')],
    powershell: [powershell.join('; ')],
    cmd: [cmd.join(' & ')],
  }
}

/** Takes variables out of the running shell. Names are environment variable names. */
export function unsetVariables(names: readonly string[]): Commands {
  if (names.length === 0) return noCommands
  return {
    bash: [`unset ${names.join(' ')}`],
    fish: [names.map((name) => `set -e ${name}`).join('; ')],
    powershell: [`Remove-Item ${names.map((name) => `Env:${name}`).join(',')} -ErrorAction SilentlyContinue`],
    cmd: names.map((name) => `set ${name}=`),
  }
}

/** Sets a variable of the running shell to a text of one line. Where people see it, it is no secret. */
export function setVariable(name: string, value: string): Commands {
  return {
    bash: [`export ${name}=${quote('bash', value)}`],
    fish: [`set -gx ${name} ${quote('fish', value)}`],
    powershell: [`$Env:${name} = ${powershellText(value)}`],
    cmd: [cmdSet(name, value)],
  }
}

/** Cleans a variable in place, so that the value itself never has to be typed or shown. */
export function cleanVariable(name: string, how: 'whitespace' | 'quotes' | 'comment' | 'invisible'): Commands {
  const perl = { whitespace: '[:space:]', quotes: '"\\047`', comment: '', invisible: '' }[how]
  switch (how) {
    case 'whitespace':
      return {
        bash: [`export ${name}="$(printf %s "$${name}" | tr -d '${perl}')"`],
        fish: [`set -gx ${name} (string replace -ra '\\s' '' -- $${name} | string collect)`],
        powershell: [`$Env:${name} = $Env:${name} -replace '\\s',''`],
        cmd: [`for /f "tokens=1" %i in ("%${name}%") do set "${name}=%i"`],
      }
    case 'quotes':
      return {
        bash: [`export ${name}="$(printf %s "$${name}" | tr -d '${perl}')"`],
        fish: [`set -gx ${name} (string trim -c '"\\'\`' -- $${name})`],
        powershell: [`$Env:${name} = $Env:${name}.Trim("\`"'\`\`")`],
        cmd: [`set ${name}=%${name}:"=%`],
      }
    case 'comment':
      return {
        bash: [`export ${name}="\${${name}%%[[:space:]][#;]*}"`],
        fish: [`set -gx ${name} (string replace -r '\\s+[#;].*' '' -- $${name})`],
        powershell: [`$Env:${name} = $Env:${name} -replace '\\s+[#;].*',''`],
        cmd: [`for /f "tokens=1" %i in ("%${name}%") do set "${name}=%i"`],
      }
    case 'invisible':
      return {
        bash: [`export ${name}="$(printf %s "$${name}" | LC_ALL=C tr -cd '!-~')"`],
        fish: [`set -gx ${name} (string replace -ra '[^!-~]' '' -- $${name})`],
        powershell: [`$Env:${name} = $Env:${name} -replace '[^!-~]',''`],
        cmd: [`powershell -NoProfile -Command "$Env:${name} -replace '[^!-~]',''"`],
      }
  }
}

/** How a path is written in each shell, with the home directory in the shell's own notation where it lies below it. */
export interface HomePath {
  /** Absolute path as the machine knows it. */
  readonly path: string
  /** The same with `~` for the home directory, for people and for JSON. */
  readonly shown: string
}

/** Shortens `path` by the home directory. Both separators are understood. */
export function homePath(path: string, home: string | null): HomePath {
  const bare = home === null ? '' : home.replace(/[\\/]+$/, '')
  if (bare.length > 1 && path.startsWith(bare) && /^[\\/]/.test(path.slice(bare.length))) {
    return { path, shown: `~${path.slice(bare.length)}` }
  }
  return { path, shown: path }
}

/** The path as a word of that shell's command line. */
function pathWord(shell: Shell, { shown }: HomePath): string {
  if (!shown.startsWith('~')) return quote(shell, shown)
  const rest = shown.slice(2)
  switch (shell) {
    case 'bash':
    case 'fish':
      return `~/${quote(shell, rest.replaceAll('\\', '/'))}`
    case 'powershell':
      return `"$HOME${shown.slice(1).replace(/[`"$]/g, '`$&')}"`
    case 'cmd':
      return `"%USERPROFILE%\\${rest.replaceAll('/', '\\')}"`
  }
}

/** A command of POSIX systems whose last word is a file. */
export function commandOnFile(file: HomePath, ...words: readonly string[]): Pick<Commands, 'bash' | 'fish'> {
  const line = (shell: Shell) => [[...words.map((word) => quote(shell, word)), pathWord(shell, file)].join(' ')]
  return { bash: line('bash'), fish: line('fish') }
}

/** Reads a start-up file in the running shell; null for `cmd`, which has none. */
export function readStartup(file: HomePath): Pick<Commands, 'bash' | 'fish' | 'powershell'> {
  return {
    bash: [`. ${pathWord('bash', file)}`],
    fish: [`source ${pathWord('fish', file)}`],
    powershell: [`. ${pathWord('powershell', file)}`],
  }
}

/** Opens a file in the shell's usual editor. */
export function editFile(file: HomePath): Commands {
  return {
    bash: [`"\${EDITOR:-vi}" ${pathWord('bash', file)}`],
    fish: [`eval (set -q EDITOR; and echo $EDITOR; or echo vi) ${pathWord('fish', file)}`],
    powershell: [`notepad ${pathWord('powershell', file)}`],
    cmd: [`notepad ${pathWord('cmd', file)}`],
  }
}
