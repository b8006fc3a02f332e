import type { FileEdit } from '../files/edit.ts'
import { pathKey } from '../machine/paths.ts'
import type { Setting } from '../surroundings/settings.ts'
import { readWritten } from '../surroundings/written.ts'
import { hiddenLines } from './causes/hidden.ts'
import type { Scene } from './scene.ts'
import { quote } from './shells.ts'

/*
 * Edits of text files that set variables: start-up files of shells, `.envrc`, `environment.d`. Only lines that do nothing else are
 * touched, so that nothing else of the file changes its meaning. A line that goes becomes a comment.
 */

/** A line that does nothing but set variables. */
interface SettingLine {
  readonly names: readonly string[]
  /** What stands before and after the one value; null where several are set. */
  readonly around: readonly [before: string, after: string] | null
  /** A value as that reader takes it. */
  readonly written: (value: string) => string
}

// A word of a POSIX shell: whole quotes, substitutions without brackets in them, and plain characters.
const word = String.raw`(?:'[^']*'|"(?:[^"\\]|\\.)*"|\$\([^()]*\)|\\.|[^\s'"\\;&|<>()${'`'}#]|(?<=\S)#)*`
const posixLine = new RegExp(
  String.raw`^(\s*(?:export\s+|(?:typeset|declare)\s+-[A-Za-z]*x[A-Za-z]*\s+)?)((?:[A-Za-z_]\w*=${word}[ \t]*)+)(;?[ \t]*(?:#.*)?)$`,
)

function readPosix(text: string): SettingLine | null {
  const [, before = '', assignments = '', after = ''] = posixLine.exec(text) ?? []
  const pieces = assignments.match(new RegExp(String.raw`[A-Za-z_]\w*=${word}`, 'g')) ?? []
  if (pieces.length === 0 || text.endsWith('\\')) return null
  const names = pieces.map((piece) => piece.slice(0, piece.indexOf('=')))
  const [only] = pieces
  const tail = assignments.slice(only!.length)
  return {
    names,
    around: pieces.length === 1 ? [`${before}${names[0]}=`, tail + after] : null,
    written: (value) => quote('bash', value),
  }
}

function readFish(text: string): SettingLine | null {
  // Of one statement alone: what follows `;` or `|`, or is computed, is another one.
  const [, before, name, after = ''] =
    /^(\s*set\s+(?:-{1,2}[\w-]+\s+)+([A-Za-z_]\w*)\s+)(?:'[^']*'|"[^"$]*"|[^\s'";&|()#$]+)(\s*(?:#.*)?)$/.exec(text) ??
    []
  if (
    before === undefined ||
    name === undefined ||
    /^\s*set\s+(?:\S+\s+)*-{1,2}(?:e|erase|q|query|U|universal)\b/.test(text)
  )
    return null
  return { names: [name], around: [before, after], written: (value) => quote('fish', value) }
}

function readPowershell(text: string): SettingLine | null {
  const [, before, name, after = ''] =
    /^(\s*\$env:([A-Za-z_]\w*)\s*=\s*)(?:'[^']*'|"[^"`$]*")(\s*;?\s*(?:#.*)?)$/i.exec(text) ?? []
  if (before === undefined || name === undefined) return null
  return { names: [name], around: [before, after], written: (value) => `'${value.replaceAll("'", "''")}'` }
}

function readTcsh(text: string): SettingLine | null {
  const [, before, name, after = ''] =
    /^(\s*setenv\s+([A-Za-z_]\w*)\s+)(?:'[^']*'|"[^"$`!]*"|[^\s'";&|<>()`#$!]+)(\s*(?:#.*)?)$/.exec(text) ?? []
  if (before === undefined || name === undefined) return null
  return { names: [name], around: [before, after], written: (value) => quote('bash', value) }
}

/** `environment.d` and `.pam_environment`: one setting on a line, without a comment behind it. */
function readPlain(text: string): SettingLine | null {
  const [, before, name] = /^(\s*([A-Za-z_]\w*)=)[^\\]*$/.exec(text) ?? []
  if (before === undefined || name === undefined) return null
  return { names: [name], around: [before, ''], written: (value) => value }
}

function readerOf({ carrier, reader }: Setting): ((text: string) => SettingLine | null) | null {
  if (carrier === 'direnv') return readPosix
  if (carrier === 'login') return readPlain
  if (carrier !== 'shell-startup') return null
  switch (reader) {
    case 'bash':
    case 'zsh':
      return readPosix
    case 'fish':
      return readFish
    case 'powershell':
      return readPowershell
    case 'tcsh':
      return readTcsh
    default:
      return null
  }
}

/** Files of the person's own: below the home or the working directory. */
function isOwn({ machine, home }: Scene, file: string): boolean {
  const key = pathKey(machine, file)
  return [home, machine.cwd].some((place) => {
    const above = place === null ? '' : pathKey(machine, place).replace(/[\\/]+$/, '')
    return above.length > 1 && key.startsWith(above) && /^[\\/]/.test(key.slice(above.length))
  })
}

/** A line after which a command has to come: without one the file would not be read any more. */
const wantsMore = /(?:[{(|\\`]|&&|\b(?:then|do|else|in))\s*(?:\s#.*)?$/

interface LineFound {
  readonly text: string
  readonly line: SettingLine
  /** The edit that puts another line there. */
  readonly become: (text: string) => FileEdit
}

/** The line of a setting; null where it does anything else, depends on a condition, or is in a file that is not the person's own. */
function lineOf(scene: Scene, setting: Setting): LineFound | null {
  const { at, isConditional } = setting
  if (isConditional || !('line' in at) || !isOwn(scene, at.file) || /[\\/]fish_variables$/.test(at.file)) return null
  const file = readWritten(scene.machine, at.file)
  const lines = file?.text.split('\n').map((line) => line.replace(/\r$/, '')) ?? []
  const text = lines[at.line - 1]
  // A byte order mark is not part of the text that was read.
  if (text === undefined || text.includes('\uFFFD') || (at.line === 1 && isMarked(scene, at.file))) return null
  if (wantsMore.test(lines.slice(0, at.line - 1).findLast((above) => !/^\s*(#|$)/.test(above)) ?? '')) return null
  const line = readerOf(setting)?.(text) ?? null
  const become = (other: string) => hiddenLines({ file: at.file, line: at.line, was: [text], lines: [other] })
  return line === null ? null : { text, line, become }
}

function isMarked({ machine }: Scene, path: string): boolean {
  const reading = machine.readFile(path)
  return reading.kind === 'found' && reading.bytes[0] === 0xef
}

/**
 * The edit of the line of a setting that makes its variables what they are to become: null takes the line away, as a comment.
 * Null where that line cannot be changed alone.
 */
export function settingEdit(
  scene: Scene,
  setting: Setting,
  wanted: ReadonlyMap<string, string | null>,
): FileEdit | null {
  const found = lineOf(scene, setting)
  if (found === null || !found.line.names.every((name) => wanted.has(name))) return null
  const { text, line, become } = found
  const values = line.names.map((name) => wanted.get(name) ?? null)
  if (values.every((value) => value === null)) return become(`# ${text}`)
  const [value] = values
  if (line.around === null || value === null || value === undefined || /[\r\n]/.test(value)) return null
  const [before, after] = line.around
  return become(before + line.written(value) + after)
}

/** The edit that lets programs have what a line of a POSIX shell sets for the shell alone; null where it cannot be changed alone. */
export function exportEdit(scene: Scene, setting: Setting): FileEdit | null {
  const found = setting.reader === 'bash' || setting.reader === 'zsh' ? lineOf(scene, setting) : null
  return found === null ? null : found.become(found.text.replace(/^\s*/, '$&export '))
}
