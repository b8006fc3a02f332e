import { mostSteps, type Step } from './assignment.ts'

/**
 * What a script of csh or tcsh does to variables, in order: `setenv NAME value`, `unsetenv NAME`, `source FILE` (tcsh(1)). What
 * stands behind a condition is marked.
 *
 * @param home put in for `~` and `$HOME`; null where it is unknown
 */
export function readCShell(text: string, home: string | null): readonly Step[] {
  const steps: Step[] = []
  let depth = 0
  let offset = 0
  for (const line of text.split('\n')) {
    for (const command of commandsOf(line)) {
      const words = wordsOf(command.text, home)
      const [first] = words
      if (first === undefined || steps.length >= mostSteps) continue
      if (/^(endif|end|endsw)$/.test(first.raw)) depth = Math.max(0, depth - 1)
      const step = stepOf(words, offset + command.at, depth > 0)
      if (step !== null) steps.push(step)
      if (/^(foreach|while|switch)$/.test(first.raw) || (/^if\b/.test(first.raw) && /\bthen\s*$/.test(command.text)))
        depth += 1
    }
    offset += line.length + 1
  }
  return steps
}

interface Word {
  readonly at: number
  readonly raw: string
  readonly value: string | null
}

function stepOf(words: readonly Word[], offset: number, isConditional: boolean): Step | null {
  const isIf = /^if\b/.test(words[0]!.raw)
  const at = isIf ? words.findIndex(({ raw }) => /^(setenv|unsetenv|source)$/.test(raw)) : 0
  const [command, name, value, ...more] = words.slice(Math.max(0, at))
  const conditional = isConditional || isIf
  if (name === undefined || name.value === null) return null
  const shared = { name: name.value, offset: offset + name.at, isConditional: conditional, isExported: true }
  switch (command?.raw) {
    case 'setenv':
      return { ...shared, effect: 'sets', value: value === undefined ? '' : more.length > 0 ? null : value.value }
    case 'unsetenv':
      return { ...shared, effect: 'removes', value: null }
    case 'source':
      return { includes: name.value, isConditional: conditional }
    default:
      return null
  }
}

/** The commands of a line, without its comment. */
function commandsOf(line: string): readonly { readonly text: string; readonly at: number }[] {
  const commands: { text: string; at: number }[] = []
  let start = 0
  const pattern = /\\.|'[^']*'|"[^"]*"|`[^`]*`|(;)|((?<=^|\s)#.*)/g
  for (const match of line.matchAll(pattern)) {
    if (match[1] === undefined && match[2] === undefined) continue
    commands.push({ text: line.slice(start, match.index), at: start })
    start = match.index + match[0].length
  }
  commands.push({ text: line.slice(start), at: start })
  return commands
}

function wordsOf(text: string, home: string | null): readonly Word[] {
  const words: Word[] = []
  for (const match of text.matchAll(/(?:\\.|'[^']*'|"[^"]*"|`[^`]*`|[^\s'"`\\])+/g)) {
    words.push({ at: match.index, raw: match[0], value: literalOf(match[0], home) })
  }
  return words
}

function literalOf(raw: string, home: string | null): string | null {
  let isComputed = false
  const tilde = raw.replace(/^~(?=\/|$)/, () => home ?? '~')
  const value = tilde.replace(
    /\\(.)|'([^']*)'|"([^"]*)"|`[^`]*`|\$(HOME\b|\{HOME\})?|[*?[{]/g,
    (_, escaped?: string, single?: string, double?: string, homeName?: string) => {
      if (escaped !== undefined) return escaped
      if (single !== undefined) return single
      if (double !== undefined && !/[$`]/.test(double)) return double
      if (double !== undefined && home !== null && /^[^$`]*\$(HOME\b|\{HOME\})[^$`]*$/.test(double))
        return double.replace(/\$(HOME\b|\{HOME\})/, () => home)
      if (homeName !== undefined && home !== null) return home
      isComputed = true
      return ''
    },
  )
  return isComputed ? null : value
}
