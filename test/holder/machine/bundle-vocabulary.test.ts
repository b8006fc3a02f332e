import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { isPublicWord, vocabulary } from '../../../src/holder/machine/vocabulary.ts'
import { wordsOfTheProgram } from './words-of-the-program.ts'

/* `COUNTERSIGN_VOCABULARY=write npx vitest run bundle-vocabulary` brings the list up to date. */
const file = fileURLToPath(new URL('../../../src/holder/machine/vocabulary.ts', import.meta.url))

test.runIf(process.env['COUNTERSIGN_VOCABULARY'] === 'write')('the vocabulary of bundles is written', () => {
  writeFileSync(file, moduleOf(wordsOfTheProgram()))
})

test('a bundle keeps the words that the rules of the program know', () => {
  const unknown = wordsOfTheProgram().filter((word) => !isPublicWord(word))
  // New rules bring new words; that a few are not in the list yet hides them in bundles, and breaks nothing else.
  expect(unknown.length, `not in the vocabulary: ${unknown.join(' ')}`).toBeLessThan(vocabulary.size / 8)
})

test.each(['alice', 'acme', 'hunter2', 'summer2026', 'AKIAQRSTUVWXYZ234567', '123456', 'tq8zLkPw'])(
  'a bundle does not keep %s',
  (word) => {
    expect(isPublicWord(word)).toBe(false)
  },
)

function moduleOf(words: readonly string[]): string {
  const lines: string[] = []
  let line = ''
  for (const word of words) {
    if (line.length + word.length > 115) {
      lines.push(line)
      line = ''
    }
    line += line === '' ? word : ` ${word}`
  }
  return `/*
 * Written by test/holder/machine/bundle-vocabulary.test.ts from the literals of this program. A word of a machine's texts that
 * stands here may stand in a bundle: all others are made up.
 */
const words = \`
${[...lines, line].join('\n')}
\`

/** In small letters. */
export const vocabulary: ReadonlySet<string> = new Set(words.trim().split(/\\s+/))

const regionPart =
  /^(us|eu|ap|ca|sa|me|af|il|mx|cn|gov|iso|isob|isoe|isof|east|west|north|south|central|northeast|southeast|northwest|southwest)$/i

/** What every object of JavaScript has by itself: its SDKs find these as if they were settings. */
const objectMember = /^(constructor|toString|valueOf|hasOwnProperty|isPrototypeOf|propertyIsEnumerable|toLocaleString|proto)$/

/** Whether everybody may see a word: rules of this program know it, or it is a short number or a part of a region's name. */
export function isPublicWord(word: string): boolean {
  return (
    vocabulary.has(word.toLowerCase()) ||
    regionPart.test(word) ||
    objectMember.test(word) ||
    // Ports, durations, parts of dates; a one-time code has six digits.
    /^\\d{1,5}$/.test(word) ||
    /^[A-Za-z]\\d{0,2}$/.test(word) ||
    /^\\d{1,4}T\\d{1,2}$/.test(word) ||
    /^\\d{1,9}(Z|UTC|GMT)$/.test(word) ||
    /^20\\d{6}(T\\d{6}Z?)?$/.test(word)
  )
}
`
}
