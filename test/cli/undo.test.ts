import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { secretOf } from '../holder/diagnosis/stand-in.ts'
import { inTerminal } from './in-terminal.ts'
import { inside } from './inside.ts'
import { countersign, makeHome } from './program.ts'

const journal = '.local/state/countersign/journal'
const secret = secretOf(31)
const quoted = `[default]\naws_access_key_id = "AKIAQ3EGPZ5NJ7XW2VKD"\naws_secret_access_key = ${secret}\n\n[other]\nregion = eu-west-1\n\n# the end\n`
const plain = quoted.replaceAll('"', '')

/** A home where `fix` has changed something, offline. */
async function fixed() {
  const home = makeHome({ '.aws/credentials': quoted })
  const file = join(home, '.aws', 'credentials')
  expect(await countersign(['fix', '--offline', '--yes'], { home })).toMatchObject({ code: 0 })
  const now = () => readFileSync(file, 'utf8')
  expect(now()).toBe(plain)
  return { home, file, now }
}

describe.skipIf(process.platform === 'win32')('undo', () => {
  test('says so where nothing was changed yet', async () => {
    const home = makeHome()
    expect(await inside(['undo'], { home })).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Nothing was changed yet'),
    })
    expect(await inside(['undo', '--list'], { home })).toMatchObject({ code: 0 })
    expect(existsSync(join(home, journal))).toBe(false)
  })

  test('shows what it puts back, masked, and does it', async () => {
    const here = await fixed()
    const { code, stdout } = await inside(['undo'], here)
    expect(code).toBe(0)
    expect(stdout).toContain('+    2  aws_access_key_id = "AKIA…2VKD"')
    expect(stdout).toContain('Change 1 is taken back. "countersign undo" makes it again (change 2).')
    expect(here.now()).toBe(quoted)
  })

  test('with --dry-run changes nothing, and ends with 1 where there is something to do', async () => {
    const here = await fixed()
    const { code, stdout } = await inside(['undo', '--dry-run', '--json'], here)
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'countersign.undo/1',
      result: 'proposed',
      takesBack: { id: 1, verb: 'fix' },
      files: [{ file: here.file, state: 'as-left', hunks: [{ line: 2, section: '[default]' }] }],
    })
    expect(here.now()).toBe(plain)
  })

  test('lists every change, newest first, and which was taken back', async () => {
    const here = await fixed()
    await inside(['undo'], here)
    const { stdout } = await inside(['undo', '--list'], here)
    expect(stdout).toMatch(/^2 {2}.*undo\n.*take back change 1 \(fix\)\n1 {2}.*fix \(taken back by 2\)\n/)
    const json = await inside(['undo', '--list', '--json'], here)
    expect(JSON.parse(json.stdout)).toMatchObject({
      schema: 'countersign.undo-list/1',
      changes: [
        { id: 2, verb: 'undo', undoes: 1, undoneBy: null },
        { id: 1, verb: 'fix', undoes: null, undoneBy: 2, files: [here.file] },
      ],
    })
    expect(await inside(['undo', '1'], here)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('taken back already, by change 2'),
    })
  })

  test('leaves a file alone that was changed since, names it and says how to go on', async () => {
    const here = await fixed()
    appendFileSync(here.file, '# mine\n')
    const { code, stderr } = await inside(['undo', '--yes'], here)
    expect(code).toBe(3)
    expect(stderr.replace(/\s+/g, ' ')).toContain(
      'credentials was changed since change 1 (fix), so it is left as it is; nothing was changed.',
    )
    expect(stderr).toContain('--merge')
    expect(here.now()).toBe(`${plain}# mine\n`)
    const shown = await inside(['undo', '--dry-run'], here)
    expect(shown.stdout.replace(/\s+/g, ' ')).toContain('With --merge these lines would be put back')
    expect(await inside(['undo', '--merge', '--yes'], here)).toMatchObject({ code: 0 })
    expect(here.now()).toBe(`${quoted}# mine\n`)
  })

  test('does not merge where the same lines were changed', async () => {
    const here = await fixed()
    const mine = plain.replace('2VKD', '2VKE')
    writeFileSync(here.file, mine)
    const { code, stderr } = await inside(['undo', '--merge', '--yes'], here)
    expect([code, here.now()]).toEqual([3, mine])
    expect(stderr).toContain('countersign undo --dry-run shows what this undo would put back')
    const shown = await inside(['undo', '--dry-run'], here)
    expect([shown.code, shown.stdout]).toEqual([0, expect.stringContaining('+    2  aws_access_key_id = "AKIA…2VKD"')])
    rmSync(here.file)
    expect(await inside(['undo', '--yes'], here)).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('was removed'),
    })
  })

  test('asks a person', async () => {
    const here = await fixed()
    const person = inTerminal(['undo'], here)
    await person.until('Do this? [y/N]')
    person.type('n\r')
    expect(await person.ended).toBe(1)
    expect(here.now()).toBe(plain)
  })

  test('forgets what it has kept, and with it the old values', async () => {
    const here = await fixed()
    const kept = () => readdirSync(join(here.home, journal)).filter((name) => name.endsWith('.json'))
    expect(kept()).toHaveLength(1)
    expect(await inside(['undo', '--forget'], here)).toMatchObject({ code: 2 })
    expect(await inside(['undo', '--forget', '--yes'], here)).toMatchObject({ code: 0 })
    expect(kept()).toEqual([])
    expect(here.now()).toBe(plain)
  })

  test('ends with 2 for what is no change', async () => {
    const home = makeHome()
    expect(await inside(['undo', 'x'], { home })).toMatchObject({ code: 2 })
    expect(await inside(['undo', '7'], { home })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('undo --list'),
    })
  })

  test('wants leave for what may do harm', async () => {
    const here = await fixed()
    const kept = join(here.home, journal, '000001.json')
    writeFileSync(kept, readFileSync(kept, 'utf8').replace('"caution": null', '"caution": "That key is off."'))
    const { code, stdout } = await inside(['undo'], here)
    expect([code, stdout, here.now()]).toEqual([2, expect.stringContaining('? That key is off.'), plain])
    expect(await inside(['undo', '--yes'], here)).toMatchObject({ code: 0 })
    expect(here.now()).toBe(quoted)
  })

  test('tells what became of a change that was interrupted', async () => {
    const here = await fixed()
    const kept = join(here.home, journal, '000001.json')
    writeFileSync(join(here.home, journal, '000002.begun'), readFileSync(kept, 'utf8').replace('"done"', '"begun"'))
    const { code, stderr } = await inside(['undo', '--list'], here)
    expect([code, stderr.replace(/\s+/g, ' ')]).toEqual([
      0,
      expect.stringContaining('Change 2 (fix) was interrupted; it was complete, and is kept.'),
    ])
  })
})
