import { describe, expect, test } from 'vitest'
import { knownSdks, traceChain } from '../../../src/holder/chains/index.ts'
import { abridged, askedNames } from '../../../src/holder/files/abridged.ts'
import { readAwsFiles } from '../../../src/holder/files/aws-files.ts'
import { documentsOf } from '../../../src/holder/files/documents.ts'
import { parseIni } from '../../../src/holder/files/syntax.ts'
import { machineOf } from '../../truth/agreement.ts'
import { readStates } from '../../truth/record/store.ts'

const now = new Date('2026-11-28T12:00:00Z')
const crowd = (prefix: string) =>
  Array.from(
    { length: 80 },
    (_, n) => `[${prefix}crowd-${n}]\nregion = eu-west-1\nrole_arn = arn:aws:iam::123456789012:role/r${n}\n`,
  ).join('')

describe('a large file of which only a part is read', () => {
  const states = readStates().filter(
    ({ files }, index) =>
      index % 40 === 0 &&
      Object.entries(files).every(([, content]) => content !== null && !content.startsWith('base64:')),
  )

  test('gives every SDK the answer that the whole file gives', { timeout: 120_000 }, () => {
    expect(states.length).toBeGreaterThan(150)
    const wrong = states.flatMap((state) => {
      const files = Object.fromEntries(
        Object.entries(state.files).map(([path, content]) => {
          const prefix = path.endsWith('config') ? 'profile ' : ''
          const isIni = /(?:config|credentials)$/.test(path)
          return [path, isIni ? `${crowd(`${prefix}a-`)}\n${content}\n${crowd(`${prefix}z-`)}` : content]
        }),
      )
      const machine = machineOf({ ...state, files }, now)
      const profile = state.profile ?? undefined
      const part = readAwsFiles(machine, documentsOf(machine, askedNames(machine, profile)))
      const whole = readAwsFiles(machine)
      return knownSdks.flatMap((sdk) => {
        const [said, meant] = [part, whole].map((read) => JSON.stringify(traceChain(machine, { sdk, profile }, read)))
        return said === meant ? [] : [{ sdk, state: state.name, said, meant }]
      })
    })
    expect(wrong.slice(0, 5)).toEqual([])
  })

  test('leaves out what is plain, harmless and not named, and nothing else', () => {
    const text = `${crowd('')}[dev]\nregion = r\n[odd]\nnull = 1\n[other]\nurl = a?b\n[x]\nregion = r\n`
    const document = abridged(parseIni(new TextEncoder().encode(text)), ['default', 'dev'])
    expect(document.stretches.map(({ name }) => name)).toEqual(['crowd-0', 'dev', 'odd', 'other'])
    expect(document.line(document.stretches[1]!.start).text).toBe('[dev]')
  })
})
