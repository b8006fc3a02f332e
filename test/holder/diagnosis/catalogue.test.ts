import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type CauseId, causeNumbers } from '../../../src/cause-ids.ts'
import { familiesOf } from '../../../src/holder/diagnosis/answers.ts'
import { catalogue, causeNamed, families } from '../../../src/holder/diagnosis/catalogue/index.ts'
import { pages } from '../../../src/holder/diagnosis/catalogue/page.ts'
import { explainError } from '../../../src/holder/diagnosis/index.ts'
import { unplayable } from '../../../src/lab/unplayable.ts'

const directory = new URL('../../../docs/causes/', import.meta.url)
const ids = Object.keys(causeNumbers) as CauseId[]
const entries = ids.map((id) => [id, catalogue[id]] as const)

/** Every text of an entry. */
function wordsOf(id: CauseId): readonly string[] {
  const { title, story, fits, signs, probes, excludedBy, lookAlikes, fixes, prevention } = catalogue[id]
  return [
    title,
    story,
    fits,
    ...[...signs, ...probes, ...lookAlikes].map(({ says }) => says),
    ...excludedBy,
    ...prevention,
    ...fixes.flatMap(({ when, says }) => [when ?? '', says]),
  ]
}

/** A text of the catalogue with something usual in the place of what varies. */
function filledIn(text: string): string {
  const usual: Readonly<Record<string, string>> = {
    '‹request time›': '20260101T000000Z',
    '‹limit›': '20260101T001500Z',
    '‹AWS time›': '20260101T003000Z',
    '‹date›': '20260101',
    '‹arn›': 'arn:aws:iam::111122223333:user/alice',
    '‹role arn›': 'arn:aws:iam::111122223333:role/reader',
    '‹action›': 's3:GetObject',
    '‹resource›': 'arn:aws:s3:::bucket/key',
    '‹a kind of›': 'an identity-based',
    '‹n›': '1767225600',
  }
  return text.replace(' (or words like these)', '').replace(/‹[^›]*›/g, (part) => usual[part] ?? 'x')
}

describe('the catalogue', () => {
  test('has each cause in exactly one family', () => {
    expect(families.flatMap((family) => family.ids).toSorted()).toEqual(ids.toSorted())
  })

  test.each(entries)('tells of %s what it is, how it shows, how to tell and what cures it', (_, entry) => {
    expect(entry.symptoms.length).toBeGreaterThan(0)
    expect(entry.signs.length).toBeGreaterThan(0)
    expect(entry.excludedBy.length).toBeGreaterThan(0)
    expect(entry.lookAlikes.length).toBeGreaterThan(0)
    expect(entry.prevention.length).toBeGreaterThan(0)
    expect(entry.sources.length).toBeGreaterThan(0)
    // Two to four sentences, none of them a lecture.
    const sentences = entry.story.match(/[.!?”](?=\s|$)/g) ?? []
    expect(sentences.length).toBeGreaterThanOrEqual(2)
    expect(entry.story.length).toBeLessThan(520)
  })

  test.each(entries)('writes of %s in whole sentences, and names in markup that is closed', (id, entry) => {
    for (const text of [entry.title, entry.fits, ...entry.fixes.map(({ says }) => says)])
      expect(text).not.toMatch(/\.$/)
    const sentences = [entry.story, ...entry.excludedBy, ...entry.prevention]
    for (const { says } of [...entry.signs, ...entry.probes, ...entry.lookAlikes]) sentences.push(says)
    for (const text of sentences) expect(text).toMatch(/[.!?”’]$/)
    for (const text of wordsOf(id)) expect((text.match(/`/g) ?? []).length % 2).toBe(0)
  })

  test('names no cause as its own look-alike, and none twice', () => {
    for (const [id, { lookAlikes }] of entries) {
      const named = lookAlikes.map((each) => each.id)
      expect(named).not.toContain(id)
      expect(new Set(named).size).toBe(named.length)
    }
  })

  test('quotes texts that explain reads as refusals or as stops of a client', () => {
    const silent = entries.filter(([, { symptoms }]) =>
      symptoms.every(
        ({ code, text }) => familiesOf({ code: code?.split(' ')[0] ?? 'none', message: text }).join() === 'other',
      ),
    )
    // Products with words of their own, and errors of IAM itself.
    expect(silent.map(([id]) => id)).toEqual(['quota-or-conflict', 'smtp-password', 'registry-login-expired'])
  })

  test('gives bash and fish a command wherever it gives PowerShell one, but for what PowerShell alone has', () => {
    for (const [id, { fixes }] of entries.filter(([each]) => each !== 'sdk-store-shadows'))
      for (const { commands } of fixes) {
        expect(commands.bash.length > 0, id).toBe(commands.fish.length > 0)
        if (commands.powershell.length > 0) expect(commands.bash.length).toBeGreaterThan(0)
      }
  })

  test('quotes texts that explain knows again: what few causes print leads to one of them', async () => {
    const owners = new Map<string, CauseId[]>()
    for (const [id, { symptoms }] of entries)
      for (const { code, text } of symptoms) {
        const line = code === null || text.includes(code) ? text : `${code.split(/,? or |, /)[0]}: ${text}`
        owners.set(line, [...(owners.get(line) ?? []), id])
      }
    const few = [...owners].filter(([, ids]) => ids.length <= 3)
    const first = await Promise.all(few.map(async ([line]) => (await explainError(filledIn(line))).causes[0]?.id))
    const missed = few.filter(([, ids], index) => !ids.some((id) => id === first[index])).map(([line]) => line)
    expect(few.length).toBeGreaterThan(80)
    // Some have no shape of their own, and only the machine tells the cause.
    expect(missed.length / few.length, missed.join('\n')).toBeLessThan(0.15)
  })

  test('is not loaded by check', () => {
    const seen = new Set<string>()
    const visit = (file: URL): void => {
      if (seen.has(file.href)) return
      seen.add(file.href)
      // Types are taken off before anything runs, and what is awaited at the moment of need is not loaded at the start.
      const code = readFileSync(file, 'utf8').replace(/^(import|export) type [^;]*? from '[^']+'$/gms, '')
      for (const [, target] of code.matchAll(/^(?:import|export) [^']*?from '(\.[^']+)'/gm))
        visit(new URL(target!, file))
    }
    visit(new URL('../../../src/cli/check.ts', import.meta.url))
    expect(seen.size).toBeGreaterThan(50)
    expect([...seen].filter((file) => file.includes('/catalogue/'))).toEqual([])
  })

  test('knows a cause by its id and by its number', () => {
    expect(causeNamed('stale-session-token')).toBe('stale-session-token')
    expect(causeNamed('C20')).toBe('stale-session-token')
    expect(causeNamed('c7')).toBe('placeholder-value')
    expect(causeNamed('no-credentials')).toBe('no-credentials')
    for (const word of ['C0', 'C89', 'C', '20', 'InvalidClientTokenId', '']) expect(causeNamed(word)).toBeNull()
  })
})

describe('docs/causes', () => {
  const made = pages(unplayable)

  test('holds the pages that npm run causes writes, and no other file', () => {
    expect(readdirSync(directory).toSorted(), 'npm run causes').toEqual([...made.keys()].toSorted())
    for (const [name, text] of made)
      expect(readFileSync(new URL(name, directory), 'utf8'), `${name}: npm run causes`).toBe(text)
  })

  test('links only to pages that are there', () => {
    for (const [name, text] of made)
      for (const [, target] of text.matchAll(/\]\((?!https:)([^)#]+)[^)]*\)/g))
        expect([...made.keys()], name).toContain(target)
  })

  test('leads from the index to every page', () => {
    for (const id of ids) expect(made.get('README.md')).toContain(`(${id}.md)`)
  })
})
