import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const source = fileURLToPath(new URL('../../../src', import.meta.url))

/**
 * The words that stand in the program's own literals: names of settings, variables, members, programs and errors that its rules
 * know, whole words in small letters. Sentences for people are left out.
 */
export function wordsOfTheProgram(): readonly string[] {
  const words = new Set<string>()
  for (const file of [...filesIn(join(source, 'holder')), ...filesIn(join(source, 'anatomy'))]) {
    // The catalogue is prose; what the rules know stands beside them.
    if (/vocabulary\.ts$|[/\\]catalogue[/\\]/.test(file)) continue
    const code = readFileSync(file, 'utf8')
      .replace(/\/\*[\s\S]*?\*\//g, '')
      .replace(/(^|[^:'"`\\])\/\/.*$/gm, '$1')
    for (const literal of literalsIn(code)) {
      for (const word of literal.match(/[A-Za-z][A-Za-z0-9]*/g) ?? []) {
        // A long one with digits in it is an alphabet or a value, no word.
        if (word.length >= 2 && word.length <= 48 && !/[0-9].*[a-z].*[0-9]/i.test(word)) words.add(word.toLowerCase())
      }
    }
  }
  return [...words].filter((word) => !/^(wjalr|je7mtg)|^abcdefgh/.test(word)).sort()
}

function* literalsIn(code: string): Generator<string> {
  const literal =
    /'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`|(?<=[=(,:|&!?[]\s*)\/((?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+)\/[dgimsuy]*/g
  for (const [, text, template, pattern] of code.matchAll(literal)) {
    if (pattern !== undefined) yield pattern.replace(/\\[dwsSDWbBnrtpfv0]|\\[ux][0-9a-fA-F]{2,4}/g, ' ')
    else {
      const written = text ?? template ?? ''
      const isSentence = /^\W*\w+ \w+ \w+/.test(written) || /[a-z] [a-z]+ [a-z]/.test(written)
      if (!isSentence && !written.endsWith('.ts')) yield written.replace(/\$\{[^}]*\}/g, ' ')
    }
  }
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory()
      ? filesIn(join(folder, entry.name))
      : entry.name.endsWith('.ts')
        ? [join(folder, entry.name)]
        : [],
  )
}
