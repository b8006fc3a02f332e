import { createHash } from 'node:crypto'

/*
 * Start-up scripts as people write them and as nobody does, made from a number: the same number makes the same script. The
 * recorder gives them to the real shells.
 */
export type Shell = 'bash' | 'dash' | 'zsh' | 'fish' | 'tcsh'

export const names = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE', 'AWS_REGION', 'AWS_CONFIG_FILE']

class Dice {
  #state: number
  constructor(seed: number) {
    this.#state = createHash('sha256').update(String(seed)).digest().readUInt32LE()
  }
  below(count: number): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0
    return Math.floor((this.#state / 2 ** 32) * count)
  }
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!
  }
}

const values = ['AKIAMADEUP', 'se/cr+et=', 'two words', "it's", 'a"b', 'c\\d', 'x#y', 'x #y', '$5', '', '~/c', 'ü', 'a;b', '(p)', '%d!']

export function script(shell: Shell, seed: number): string {
  const dice = new Dice(seed)
  const lines: string[] = []
  for (let count = 2 + dice.below(5); count > 0; count -= 1) lines.push(statement(shell, dice, 0))
  return `${lines.join('\n')}\n`
}

function statement(shell: Shell, dice: Dice, depth: number): string {
  if (shell === 'fish') return fish(dice, depth)
  if (shell === 'tcsh') return tcsh(dice)
  const name = dice.pick(names)
  const inner = (): string => statement(shell, dice, depth + 1)
  const simple: (() => string)[] = [
    () => `export ${name}=${word(shell, dice)}`,
    () => `export ${name}=${word(shell, dice)}`,
    () => `${name}=${word(shell, dice)}; export ${name}`,
    () => `${name}=${word(shell, dice)}`,
    () => `unset ${name}`,
    () => `export ${name}=${word(shell, dice)} # export ${name}=no`,
    () => `export ${name}=${word(shell, dice)} AWS_ACCESS_KEY_ID=${word(shell, dice)}`,
    () => `  export   "${name}=plain"`,
    () => `# export ${name}=comment`,
    () => `${name}=prefix true`,
    () => `alias a='export ${name}=alias'`,
    () => `KEPT=${word(shell, dice)}; export ${name}=$KEPT`,
    () => `export ${name}="$HOME/aws"`,
    () => `export ${name}=~/aws`,
    () => `export ${name}="$(echo computed)"`,
    () => `export ${name}=\`echo computed\``,
    () => `export ${name}=\${NONE:-fallback}`,
    () => `export ${name}=one\\\ntwo`,
    () => `cat > /dev/null <<EOF\nexport ${name}=document\nEOF`,
    () => `cat > /dev/null <<-'E F'\n\texport ${name}=document\n\tE F`,
    () => `set -a; ${name}=${word(shell, dice)}; set +a`,
    () => `export ${name}=${word(shell, dice)} 2>/dev/null`,
    () => `: \${OTHER:=export ${name}=no}`,
    () => `echo "export ${name}=text" > /dev/null`,
    () => `command export ${name}=${shell === 'dash' ? 'plain' : word(shell, dice)}`,
    () => `export ${name}=$((1 + 2))`,
  ]
  if (shell !== 'dash') {
    simple.push(
      () => `declare -x ${name}=${word(shell, dice)}`,
      () => `typeset -gx ${name}=${word(shell, dice)}`,
      () => `export ${name}=$'a\\tb\\x41\\'c'`,
      () => `if [[ -n x && 1 < 2 ]]; then export ${name}=double; fi`,
      () => `(( 1 < 2 )) && export ${name}=arithmetic`,
      () => `${name}+=more`,
    )
  }
  if (depth > 2) return dice.pick(simple)()
  const nested: (() => string)[] = [
    () => `if true; then\n${inner()}\nelse\n${inner()}\nfi`,
    () => `if false; then ${oneLine(inner())}; fi`,
    () => `{\n${inner()}\n}`,
    () => `(\n${inner()}\n)`,
    () => `f${depth}() {\n${inner()}\n}`,
    () => `f${depth}() {\n${inner()}\n}\nf${depth}`,
    () => `for i in 1 2; do\n${inner()}\ndone`,
    () => `case x in\n x) ${oneLine(inner())} ;;\n (y|z)\n${inner()}\n;;\nesac`,
    () => `true && ${oneLine(inner())}`,
    () => `false || ${oneLine(inner())}`,
    () => `export A=1 && export ${name}=${word(shell, dice)}`,
    () => `true | export ${name}=${word(shell, dice)} | cat`,
    () => `while false; do\n${inner()}\ndone`,
  ]
  return dice.below(10) < 6 ? dice.pick(simple)() : dice.pick(nested)()
}

/** What may stand behind an operator on the same line. */
function oneLine(text: string): string {
  return text.includes('\n') || text.includes('#') ? 'export AWS_REGION=line' : text
}

function word(shell: Shell, dice: Dice): string {
  const value = dice.pick(values)
  const single = `'${value.replaceAll("'", "'\\''")}'`
  const double = `"${value.replace(/[\\"$`]/g, '\\$&')}"`
  const bare = value.replace(/[^\w/=.+ü]/g, '\\$&')
  const forms = [single, double, bare, `${double}${single}`, `"${value.replace(/[\\"$`]/g, '')}"`]
  return dice.pick(shell === 'dash' ? [single, double, bare] : forms)
}

function fish(dice: Dice, depth: number): string {
  const name = dice.pick(names)
  const value = dice.pick(values)
  const single = `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
  const double = `"${value.replace(/[\\"$]/g, '\\$&')}"`
  const bare = value === '' ? "''" : value.replace(/[^\w/=.+ü]/g, '\\$&')
  const word = dice.pick([single, double, bare, `${single}${double}`])
  const inner = (): string => fish(dice, depth + 1)
  const simple = [
    () => `set -gx ${name} ${word}`,
    () => `set -x ${name} ${word}`,
    () => `set --global --export ${name} ${word}`,
    () => `set -gx ${name} ${word} # set -gx ${name} no`,
    () => `export ${name}=${word}`,
    () => `set -g ${name} ${word}`,
    () => `set -e ${name}`,
    () => `set -ge ${name}`,
    () => `set -q ${name}; or set -gx ${name} ${word}`,
    () => `# set -gx ${name} comment`,
    () => `set -gx ${name} (echo computed)`,
    () => `set -gx ${name} "$HOME/aws"`,
    () => `set -gx ${name} ~/aws`,
    () => `set -gx ${name} a\\tb\\x41\\n`,
    () => `set -gx ${name} one two`,
    () => `echo "set -gx ${name} text" > /dev/null`,
    () => `alias a='set -gx ${name} alias'`,
    () => `set -gx ${name} one\\\ntwo`,
    () => `test 1 = 1; and set -gx ${name} ${word}`,
    () => `set -gx ${name}; set -gx AWS_REGION ${word}`,
  ]
  const nested = [
    () => `if true\n${inner()}\nelse\n${inner()}\nend`,
    () => `begin\n${inner()}\nend`,
    () => `function f${depth}\n${inner()}\nend`,
    () => `for i in 1 2\n${inner()}\nend`,
    () => `switch x\ncase x\n${inner()}\nend`,
    () => `if false; set -gx ${name} no; end`,
  ]
  return depth > 2 || dice.below(10) < 7 ? dice.pick(simple)() : dice.pick(nested)()
}

function tcsh(dice: Dice): string {
  const name = dice.pick(names)
  const value = dice.pick(values).replace(/[!ü]/g, '')
  const single = `'${value.replaceAll("'", `'"'"'`)}'`
  const double = `"${value.replace(/["$\\]/g, '')}"`
  const word = dice.pick([single, double])
  return dice.pick([
    () => `setenv ${name} ${word}`,
    () => `setenv ${name} ${word} # setenv ${name} no`,
    () => `setenv ${name} ${word}; setenv AWS_REGION 'second'`,
    () => `unsetenv ${name}`,
    () => `# setenv ${name} comment`,
    () => `if (1) setenv ${name} ${word}`,
    () => `if (1) then\n  setenv ${name} ${word}\nendif`,
    () => `if (0) then\n  setenv ${name} ${word}\nelse\n  setenv ${name} other\nendif`,
    () => `setenv ${name} "$HOME/aws"`,
    () => `setenv ${name} ~/aws`,
    () => `setenv ${name} \`echo computed\``,
    () => `setenv ${name}`,
    () => `set ${name} = shell`,
    () => `alias a 'setenv ${name} alias'`,
  ])()
}
