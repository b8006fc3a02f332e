import type { Machine } from '../machine/machine.ts'

/** How this program was started: absolute paths, links followed. */
export interface Program {
  readonly node: string
  readonly script: string
}

/**
 * The line for `credential_process` that asks this program for a profile, from any directory and whatever `PATH` is: programs that
 * are started from a desktop have another one. Or why there can be none.
 *
 * Words are in double quotes where they need any, since `sh -c` (Go, Java, JavaScript, Rust, PHP, Ruby), Python's `shlex` and the
 * rules of Windows all read those alike (AWS SDKs and Tools Reference Guide, "Process credential provider": paths with blanks).
 */
export function processLine(
  machine: Pick<Machine, 'platform' | 'readFile'>,
  { node, script }: Program,
  profile: string,
):
  | { readonly kind: 'line'; readonly line: string }
  | { readonly kind: 'refused'; readonly says: string; readonly hint: string } {
  if (/[\\/](_npx|_cacache|dlx-[^\\/]+|bunx-[^\\/]+)[\\/]/.test(script))
    return refused(
      'This program was started by npx from a directory that is emptied again, so that no profile can rely on it.',
      'Install it first: npm install --global countersign',
    )
  const words = [lastingNode(machine, node), script, 'process', profile]
  const unsafe = machine.platform === 'win32' ? /["%\r\n]/ : /["$`\\\r\n]/
  const odd = words.find((word) => unsafe.test(word) || /\s[#;]/.test(word) || word.startsWith('-'))
  if (odd !== undefined)
    return refused(
      odd === profile
        ? `The name of the profile ${profile} has signs in it that shells read in different ways.`
        : 'The path of this program has signs in it that shells read in different ways.',
      odd === profile ? 'Give the profile another name.' : 'Install it elsewhere.',
    )
  return { kind: 'line', line: words.map((word) => quoted(machine, word)).join(' ') }
}

function quoted({ platform }: Pick<Machine, 'platform'>, word: string): string {
  const isPlain = platform === 'win32' ? /^[\w@+=:,.\\/-]+$/.test(word) : /^[\w@+=:,./-]+$/.test(word)
  return isPlain ? word : `"${word}"`
}

/** Homebrew takes the directory of a version away when the next one comes; its `opt` link stays (docs.brew.sh, "Formula Cookbook"). */
function lastingNode(machine: Pick<Machine, 'readFile'>, node: string): string {
  const cellar = /^(.*)\/Cellar\/([^/]+)\/[^/]+\/(.*)$/.exec(node)
  if (cellar === null) return node
  const linked = `${cellar[1]}/opt/${cellar[2]}/${cellar[3]}`
  return machine.readFile(linked, 1).kind === 'absent' ? node : linked
}

function refused(says: string, hint: string) {
  return { kind: 'refused', says, hint } as const
}
