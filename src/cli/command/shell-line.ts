import { homeOf } from '../../holder/files/expand.ts'
import { absolutePath, pathRules } from '../../holder/machine/paths.ts'
import { isAssignment } from '../../holder/surroundings/assignment.ts'
import { readShellScript } from '../../holder/surroundings/posix-shell.ts'
import { type Token, tokenize } from '../../holder/surroundings/posix-words.ts'
import { readWritten } from '../../holder/surroundings/written.ts'
import { changed, unknownWord, type View } from './view.ts'

type Word = Extract<Token, { kind: 'word' }>

/** More commands than these are no line that somebody wrote to run one program. */
const mostCommands = 200

const keywords = /^(if|then|else|elif|fi|while|until|do|done|!|\{|\}|time)$/

/**
 * The simple commands of a shell's line or script, in order, each with the machine as it sees it: after `export`, `unset`, `cd`,
 * `set -a; . FILE` and the assignments before its own words. Conditions and loops are read as if each command were run once;
 * nothing is run.
 */
export function commandsOf(view: View, line: string): readonly View[] {
  const reader = new Reader(view)
  const words: Word[] = []
  const tokens = tokenize(line)
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at]!
    if (token.kind === 'word') words.push(token)
    else if (/[<>]/.test(token.text) && token.text !== '<(') {
      // The number of a descriptor right before it, and the file after it.
      const last = words.at(-1)
      if (last !== undefined && /^\d+$/.test(last.raw) && last.offset + last.raw.length === token.offset) words.pop()
      if (tokens[at + 1]?.kind === 'word') at += 1
    } else {
      reader.command(words.splice(0))
      if (token.text === '(') reader.enter()
      if (token.text === ')') reader.leave()
    }
  }
  reader.command(words)
  return reader.found
}

class Reader {
  readonly found: View[] = []
  #here: View
  #outside: View[] = []
  #variables = new Map<string, string>()
  #exportsAll = false

  constructor(view: View) {
    this.#here = view
  }

  enter(): void {
    this.#outside.push(this.#here)
  }

  leave(): void {
    this.#here = this.#outside.pop() ?? this.#here
  }

  command(words: readonly Word[]): void {
    let at = 0
    while (at < words.length && keywords.test(words[at]!.raw)) at += 1
    const own: [string, string][] = []
    for (; at < words.length && /^[A-Za-z_]\w*=/.test(words[at]!.raw); at += 1) own.push(this.#assignment(words[at]!))
    const [name, ...args] = words.slice(at).flatMap((word) => this.#expanded(word))
    if (name === undefined) {
      for (const [variable, value] of own) this.#set(variable, value)
      return
    }
    if (this.#changes(name, args)) return
    if (this.found.length >= mostCommands) return
    const inside = own.length === 0 ? this.#here : changed(this.#here, { env: Object.fromEntries(own) })
    this.found.push({ ...inside, words: [name, ...args] })
  }

  /** Commands of the shell that change what comes after them. */
  #changes(name: string, args: readonly string[]): boolean {
    switch (name) {
      case 'export':
      case 'declare':
      case 'typeset':
        if (name !== 'export' && !args.some((word) => /^-\w*x/.test(word))) return true
        for (const word of args) {
          const match = /^([A-Za-z_]\w*)(?:=([\s\S]*))?$/.exec(word)
          const value = match === null ? undefined : (match[2] ?? this.#variables.get(match[1]!))
          if (value !== undefined) this.#export(match![1]!, value)
        }
        return true
      case 'unset':
        for (const word of args) {
          this.#variables.delete(word)
          if (/^[A-Za-z_]\w*$/.test(word)) this.#here = changed(this.#here, { env: { [word]: null } })
        }
        return true
      case 'cd':
      case 'pushd': {
        const directory = args.find((word) => !word.startsWith('-')) ?? homeOf(this.#here.machine)
        if (directory !== null && !directory.includes(unknownWord))
          this.#here = changed(this.#here, {
            cwd: pathRules(this.#here.machine).resolve(this.#here.machine.cwd, directory),
          })
        return true
      }
      case 'set':
        if (args.some((word) => /^-\w*a/.test(word)) || args.join(' ').includes('-o allexport')) this.#exportsAll = true
        if (args.some((word) => /^\+\w*a/.test(word)) || args.join(' ').includes('+o allexport'))
          this.#exportsAll = false
        return true
      case '.':
      case 'source':
        if (args[0] !== undefined) this.#source(args[0])
        return true
      default:
        return /^(:|true|false|echo|printf|test|\[|\[\[|read|shift|trap|wait|exit|return|local|readonly|umask|ulimit|sleep)$/.test(
          name,
        )
    }
  }

  #source(file: string): void {
    const { machine } = this.#here
    const written = readWritten(machine, absolutePath(machine, file))
    if (written === null) return
    const env: Record<string, string | null> = {}
    for (const step of readShellScript(written.text, homeOf(machine)).filter(isAssignment)) {
      const value = step.effect === 'sets' ? (step.value ?? unknownWord) : null
      if (step.effect === 'passes-on') continue
      if (value === null) this.#variables.delete(step.name)
      else this.#variables.set(step.name, value)
      if (value === null || step.isExported || this.#exportsAll || machine.env(step.name) !== undefined)
        env[step.name] = value
    }
    this.#here = changed(this.#here, { env })
  }

  #set(name: string, value: string): void {
    this.#variables.set(name, value)
    // A variable that came with the environment stays in it.
    if (this.#exportsAll || this.#here.machine.env(name) !== undefined) this.#export(name, value)
  }

  #export(name: string, value: string): void {
    this.#variables.set(name, value)
    this.#here = changed(this.#here, { env: { [name]: value } })
  }

  #assignment(word: Word): [string, string] {
    const text = this.#text(word)
    const equals = text.indexOf('=')
    return [text.slice(0, equals), text.slice(equals + 1)]
  }

  #expanded(word: Word): readonly string[] {
    const [only] = word.segments
    const text = this.#text(word)
    // An unquoted variable becomes as many words as it has, also none.
    if (word.segments.length === 1 && only !== undefined && 'variable' in only && !only.isQuoted)
      return text.split(/\s+/).filter((part) => part !== '')
    return [text]
  }

  #text({ segments }: Word): string {
    return segments
      .map((segment) => {
        if ('text' in segment) return segment.text
        if ('variable' in segment)
          return this.#variables.get(segment.variable) ?? this.#here.machine.env(segment.variable) ?? ''
        return unknownWord
      })
      .join('')
  }
}
