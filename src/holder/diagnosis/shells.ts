import type { Shell } from './verdict.ts'

/** Command lines per shell. */
export type Commands = Readonly<Record<Shell, readonly string[]>>

export const noCommands: Commands = { bash: [], fish: [], powershell: [], cmd: [] }

/**
 * One word as that shell reads it back unchanged. Plain words stay as they are.
 * cmd.exe has no quoting for `%` at the prompt; it is left as it is.
 */
export function quote(shell: Shell, word: string): string {
  if (/^[A-Za-z0-9_@+=:,./-]+$/.test(word) && !(shell === 'powershell' && /^[@-]|,/.test(word))) return word
  switch (shell) {
    case 'bash':
      return `'${word.replaceAll("'", "'\\''")}'`
    case 'fish':
      return `'${word.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
    case 'powershell':
      return `'${word.replaceAll("'", "''")}'`
    case 'cmd':
      return `"${word.replaceAll('"', '\\"')}"`
  }
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

/** Sets a variable of the running shell to a text that is no secret. */
export function setVariable(name: string, value: string): Commands {
  return {
    bash: [`export ${name}=${quote('bash', value)}`],
    fish: [`set -gx ${name} ${quote('fish', value)}`],
    powershell: [`$Env:${name} = '${value.replaceAll("'", "''")}'`],
    cmd: [`set "${name}=${value}"`],
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

/** Deletes lines `from` to `to` (1-based, both included) of a file; a copy `.bak` stays beside it on POSIX shells. */
export function deleteLines(file: HomePath, from: number, to: number = from): Commands {
  const range = from === to ? `${from}d` : `${from},${to}d`
  const keep = `Where-Object { $_.ReadCount -lt ${from} -or $_.ReadCount -gt ${to} }`
  const posix = (shell: Shell) => [`sed -i.bak '${range}' ${pathWord(shell, file)}`]
  const powershell = pathWord('powershell', file)
  const inCmd = `'${pathWord('cmd', file).slice(1, -1).replaceAll("'", "''")}'`
  return {
    bash: posix('bash'),
    fish: posix('fish'),
    powershell: [`(Get-Content ${powershell}) | ${keep} | Set-Content ${powershell}`],
    cmd: [`powershell -NoProfile -Command "(Get-Content ${inCmd}) | ${keep} | Set-Content ${inCmd}"`],
  }
}

/** Rewrites one line (1-based) of a file to a text that is no secret, e.g. a section header. */
export function replaceLine(file: HomePath, line: number, text: string): Commands {
  const sed = text.replace(/[\\&|]/g, '\\$&')
  const posix = (shell: Shell) => [`sed -i.bak ${quote(shell, `${line}s|.*|${sed}|`)} ${pathWord(shell, file)}`]
  const words = `'${text.replaceAll("'", "''")}'`
  const map = `ForEach-Object { if ($_.ReadCount -eq ${line}) { ${words} } else { $_ } }`
  const powershell = pathWord('powershell', file)
  const inCmd = `'${pathWord('cmd', file).slice(1, -1).replaceAll("'", "''")}'`
  return {
    bash: posix('bash'),
    fish: posix('fish'),
    powershell: [`(Get-Content ${powershell}) | ${map} | Set-Content ${powershell}`],
    cmd: [`powershell -NoProfile -Command "(Get-Content ${inCmd}) | ${map} | Set-Content ${inCmd}"`],
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
