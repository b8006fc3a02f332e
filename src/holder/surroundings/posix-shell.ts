import { type Assignment, mostSteps, type Step } from './assignment.ts'
import { type Segment, type Token, tokenize } from './posix-words.ts'

/** Blocks in blocks: deeper than that nobody writes, and nothing more is read. */
const mostFrames = 300

type Word = Extract<Token, { kind: 'word' }>

interface Frame {
  readonly kind: 'condition' | 'case' | 'group' | 'subshell' | 'function'
  readonly name: string | null
  /** Where the steps of the pipeline in which it stands begin. */
  readonly elementStart: number
  readonly isConditional: boolean
  isPattern: boolean
}

/**
 * What a start-up script of `sh`, `bash`, `ksh` or `zsh` does to variables, in order. Functions count where they are called;
 * what a subshell or a pipeline does stays there; what stands behind a condition is marked.
 *
 * @param home put in for `~` and `$HOME`; null where it is unknown
 * @param shell zsh runs programs only after the word `command`
 */
export function readShellScript(text: string, home: string | null, shell: 'sh' | 'zsh' = 'sh'): readonly Step[] {
  return new Script(tokenize(text), home, shell === 'zsh').steps()
}

class Script {
  readonly #tokens: readonly Token[]
  readonly #isZsh: boolean
  #at = 0
  #steps: Step[] = []
  /** The steps outside of the function that is being read. */
  #outside: Step[] | null = null
  readonly #frames: Frame[] = []
  readonly #functions = new Map<string, readonly Step[]>()
  readonly #known = new Map<string, string>()
  /** Whether a name is surely exported, or perhaps. */
  readonly #exported = new Map<string, 'surely' | 'perhaps'>()
  #exportsAll = false
  #elementStart = 0
  #isConditional = false
  #isPiped = false
  #pendingFunction: string | null = null
  #isOver = false
  #hasAssigned = false

  constructor(tokens: readonly Token[], home: string | null, isZsh: boolean) {
    this.#tokens = tokens
    this.#isZsh = isZsh
    if (home !== null) this.#known.set('HOME', home)
  }

  steps(): readonly Step[] {
    while (this.#at < this.#tokens.length && !this.#isOver && this.#steps.length < mostSteps) this.#command()
    return this.#outside ?? this.#steps
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#at]
  }

  #isOperator(text: string, ahead = 0): boolean {
    const token = this.#tokens[this.#at + ahead]
    return token?.kind === 'operator' && token.text === text
  }

  #command(): void {
    const token = this.#tokens[this.#at]!
    const frame = this.#frames.at(-1)
    if (frame?.kind === 'case' && frame.isPattern) {
      this.#pattern(frame)
      return
    }
    if (token.kind === 'operator') {
      this.#at += 1
      this.#operator(token.text)
      return
    }
    if (this.#keyword(token)) return
    if (this.#isOperator('(', 1) && this.#isOperator(')', 2)) {
      this.#pendingFunction = token.raw
      this.#at += 3
      return
    }
    this.#simple()
  }

  #pattern(frame: Frame): void {
    const token = this.#tokens[this.#at]!
    this.#at += 1
    if (token.kind === 'word' && token.raw === 'esac') this.#pop()
    else if (token.kind === 'operator' && token.text === ')') frame.isPattern = false
  }

  #operator(text: string): void {
    switch (text) {
      case '(':
        // `() { … }` is a function without a name in zsh, run on the spot.
        if (this.#isOperator(')')) this.#at += 1
        else this.#push('subshell')
        return
      case ')':
        this.#pop()
        return
      case ';;':
      case ';&':
      case ';;&':
      case ';|': {
        const frame = this.#frames.at(-1)
        if (frame?.kind === 'case') frame.isPattern = true
        this.#endList()
        return
      }
      case '|':
      case '|&':
        this.#steps.length = Math.min(this.#steps.length, this.#elementStart)
        this.#isPiped = true
        return
      case '&':
        this.#steps.length = Math.min(this.#steps.length, this.#elementStart)
        this.#endList()
        return
      case '&&':
      case '||':
        // After an assignment, which does not fail, the next command is run for sure.
        this.#isConditional ||= text === '||' || !this.#hasAssigned
        this.#isPiped = false
        this.#elementStart = this.#steps.length
        return
      default:
        if (text === '\n' || text === ';') this.#endList()
        else if (/[<>]/.test(text)) this.#at += 1
    }
  }

  #endList(): void {
    this.#isConditional = false
    this.#isPiped = false
    this.#elementStart = this.#steps.length
  }

  #push(kind: Frame['kind']): void {
    const isFunction = this.#pendingFunction !== null
    const name = this.#pendingFunction
    this.#pendingFunction = null
    if (this.#frames.length > mostFrames) this.#isOver = true
    this.#frames.push({
      kind: isFunction ? 'function' : kind,
      name,
      elementStart: this.#elementStart,
      isConditional: this.#isConditional || this.#isPiped,
      isPattern: kind === 'case',
    })
    if (isFunction && this.#outside === null) {
      this.#outside = this.#steps
      this.#steps = []
    }
    this.#endList()
  }

  #pop(): void {
    const frame = this.#frames.pop()
    if (frame === undefined) return
    if (frame.kind === 'function' && this.#outside !== null && !this.#isInFunction()) {
      this.#functions.set(frame.name ?? '', this.#steps)
      this.#steps = this.#outside
      this.#outside = null
    }
    if (frame.kind === 'subshell') this.#steps.length = Math.min(this.#steps.length, frame.elementStart)
    this.#elementStart = frame.elementStart
    this.#isConditional = false
  }

  #isInFunction(): boolean {
    return this.#frames.some(({ kind }) => kind === 'function')
  }

  #keyword({ raw }: Word): boolean {
    this.#at += 1
    switch (raw) {
      case 'if':
      case 'while':
      case 'until':
        this.#push('condition')
        return true
      case 'for':
      case 'select':
      case 'repeat':
      case 'foreach':
        this.#push('condition')
        this.#skipLine()
        return true
      case 'case':
        while (this.#at < this.#tokens.length && !this.#isWord('in')) this.#at += 1
        this.#at += 1
        this.#push('case')
        return true
      case '{':
        this.#push('group')
        return true
      case 'fi':
      case 'done':
      case 'esac':
      case '}':
      case 'end':
        this.#pop()
        return true
      case 'then':
      case 'else':
      case 'elif':
      case 'do':
      case '!':
      case 'time':
        return true
      case 'function':
        this.#functionKeyword()
        return true
      case '[[':
        while (this.#at < this.#tokens.length && !this.#isWord(']]') && !this.#isOperator('\n')) this.#at += 1
        this.#at += 1
        return true
      default:
        this.#at -= 1
        return false
    }
  }

  #isWord(raw: string): boolean {
    const token = this.#peek()
    return token?.kind === 'word' && token.raw === raw
  }

  /** `for NAME in …`: up to the body. */
  #skipLine(): void {
    while (this.#at < this.#tokens.length && !this.#isOperator('\n') && !this.#isOperator(';')) this.#at += 1
  }

  #functionKeyword(): void {
    const token = this.#peek()
    if (token?.kind !== 'word' || token.raw === '{') return
    this.#pendingFunction = token.raw
    this.#at += 1
    if (this.#isOperator('(') && this.#isOperator(')', 1)) this.#at += 2
  }

  #simple(): void {
    const words: Word[] = []
    for (let token = this.#peek(); token !== undefined; token = this.#peek()) {
      if (token.kind === 'word') words.push(token)
      else if (/[<>]/.test(token.text)) this.#skipRedirection(words, token)
      else break
      this.#at += 1
    }
    const first = words.findIndex((word) => assignedName(word) === null)
    this.#hasAssigned = first === -1 || /^(export|unset|set)$/.test(words[first]!.raw)
    if (first === -1) {
      for (const word of words) this.#assign(word, this.#exportsAll)
      return
    }
    this.#run(words.slice(first))
  }

  /** The file after it, and the number of the descriptor before it. */
  #skipRedirection(words: Word[], token: Token): void {
    const last = words.at(-1)
    if (last !== undefined && /^\d+$/.test(last.raw) && last.offset + last.raw.length === token.offset) words.pop()
    // The end mark of a here-document is a token as well.
    if (this.#tokens[this.#at + 1]?.kind === 'word') this.#at += 1
  }

  #run(words: readonly Word[]): void {
    const [command, ...rest] = words
    const name = this.#value(command!)
    if (name === 'command' || name === 'builtin' || name === 'noglob') {
      if (rest.length > 0 && !(this.#isZsh && name === 'command')) this.#run(rest)
      return
    }
    switch (name) {
      case 'export':
      case 'declare':
      case 'typeset':
      case 'readonly':
        this.#declare(name, rest)
        return
      case 'unset':
        if (!this.#flags(rest).includes('f')) for (const word of this.#operands(rest)) this.#remove(word)
        return
      case '.':
      case 'source':
        this.#include(rest[0])
        return
      case 'set':
      case 'setopt':
      case 'unsetopt':
        this.#options(name, rest)
        return
      case 'return':
      case 'exit':
      case 'logout':
        this.#stop()
        return
      case 'exec':
        if (rest.length > 0) this.#stop()
        return
      default:
        this.#call(name)
    }
  }

  #stop(): void {
    if (this.#frames.length === 0 && !this.#isConditional && !this.#isPiped) this.#isOver = true
  }

  #call(name: string | null): void {
    const body = name === null ? undefined : this.#functions.get(name)
    if (body === undefined || this.#isInFunction()) return
    const conditional = this.#conditional()
    for (const step of body) {
      if (this.#steps.length < mostSteps)
        this.#steps.push({ ...step, isConditional: step.isConditional || conditional })
    }
  }

  #include(word: Word | undefined): void {
    const includes = word === undefined ? null : this.#value(word)
    if (includes !== null)
      this.#steps.push({ includes, exportsAll: this.#exportsAll, isConditional: this.#conditional() })
  }

  #options(command: string, words: readonly Word[]): void {
    const text = words.map(({ raw }) => raw).join(' ')
    if (command === 'set') {
      if (/(^| )-([a-zA-Z]*a|o allexport)\b/.test(text)) this.#exportsAll = true
      if (/(^| )\+([a-zA-Z]*a|o allexport)\b/.test(text)) this.#exportsAll = false
      return
    }
    if (/(^| )all_?export\b/i.test(text)) this.#exportsAll = command === 'setopt'
  }

  #flags(words: readonly Word[]): string {
    return words
      .filter(({ raw }) => /^-[A-Za-z]+$/.test(raw))
      .map(({ raw }) => raw.slice(1))
      .join('')
  }

  #operands(words: readonly Word[]): readonly Word[] {
    return words.filter(({ raw }) => !/^[-+][A-Za-z]*$|^--$/.test(raw))
  }

  #declare(command: string, words: readonly Word[]): void {
    const flags = this.#flags(words)
    if (/[fp]/.test(flags)) return
    const takesBack = command === 'export' ? flags.includes('n') : words.some(({ raw }) => /^\+[a-zA-Z]*x/.test(raw))
    const exports = command === 'export' || flags.includes('x')
    // In a function a declaration is its own, unless it says otherwise.
    if (this.#isInFunction() && command !== 'export' && command !== 'readonly' && !flags.includes('g')) return
    for (const word of this.#operands(words)) {
      if (takesBack) this.#remove(word)
      else if (assignedName(word) !== null || /=/.test(this.#value(word) ?? '')) this.#assign(word, exports)
      else if (exports) this.#export(this.#value(word))
    }
  }

  /** A name alone: what was assigned to it before is given to programs. */
  #export(name: string | null): void {
    if (name === null) return
    this.#noteExport(name)
    if (this.#conditional() || this.#isApart()) return
    const last = this.#steps.findLastIndex((step) => 'name' in step && step.name === name)
    const step = this.#steps[last]
    if (step !== undefined && 'name' in step && step.effect === 'sets')
      this.#steps[last] = { ...step, isExported: true }
  }

  #noteExport(name: string): void {
    if (this.#isApart()) return
    if (!this.#conditional() && !this.#isInFunction()) this.#exported.set(name, 'surely')
    else if (this.#exported.get(name) !== 'surely') this.#exported.set(name, 'perhaps')
  }

  /** In a subshell or a pipeline, of which the shell itself sees nothing. */
  #isApart(): boolean {
    return this.#isPiped || this.#frames.some(({ kind }) => kind === 'subshell')
  }

  #assign(word: Word, exports: boolean): void {
    const whole = this.#value(word, true)
    const name = assignedName(word) ?? /^([A-Za-z_]\w*)=/.exec(whole ?? '')?.[1] ?? null
    if (name === null || word.segments.some((each) => 'isArray' in each && each.isArray)) return
    const isAppended = word.raw.startsWith(`${name}+=`)
    const value = whole === null || isAppended ? null : whole.slice(whole.indexOf('=') + 1)
    const exported = this.#exported.get(name)
    const isExported = exports || this.#exportsAll || exported !== undefined
    const isConditional = this.#conditional() || (!exports && !this.#exportsAll && exported === 'perhaps')
    if (exports || this.#exportsAll) this.#noteExport(name)
    if (value === null || isConditional) this.#known.delete(name)
    else if (!this.#isApart()) this.#known.set(name, value)
    this.#emit({ name, effect: 'sets', value, offset: word.offset, isConditional, isExported })
  }

  #remove(word: Word): void {
    const name = this.#value(word)?.split('=')[0] ?? null
    if (name === null) return
    const isConditional = this.#conditional()
    this.#known.delete(name)
    if (!isConditional && !this.#isApart()) this.#exported.delete(name)
    else if (this.#exported.has(name)) this.#exported.set(name, 'perhaps')
    this.#emit({ name, effect: 'removes', value: null, offset: word.offset, isConditional, isExported: true })
  }

  #emit(assignment: Assignment): void {
    // A function in a function is only made when the outer one is called, not run.
    const functions = this.#frames.filter(({ kind }) => kind === 'function').length
    if (!this.#isPiped && functions < 2 && this.#steps.length < mostSteps) this.#steps.push(assignment)
  }

  #conditional(): boolean {
    return (
      this.#isConditional ||
      this.#frames.some(({ kind, isConditional }) => kind === 'condition' || kind === 'case' || isConditional)
    )
  }

  /** The text of a word; null when something in it is computed. */
  #value(word: Word, isAssignment = false): string | null {
    let text = ''
    for (const segment of word.segments) {
      const part = this.#part(segment, isAssignment)
      if (part === null) return null
      text += part
    }
    return text
  }

  #part(segment: Segment, isAssignment: boolean): string | null {
    if ('text' in segment) return segment.text
    if ('computed' in segment) return null
    const known = this.#known.get(segment.variable)
    if (known === undefined || this.#isInFunction()) return segment.variable === 'HOME' ? (known ?? null) : null
    return segment.isQuoted || isAssignment || !/[\s*?[]/.test(known) ? known : null
  }
}

/** The name before an unquoted `=` or `+=`; null when the word is no assignment. */
function assignedName({ segments }: Word): string | null {
  const [first] = segments
  if (first === undefined || !('text' in first) || first.isQuoted) return null
  return /^([A-Za-z_]\w*)\+?=/.exec(first.text)?.[1] ?? null
}
