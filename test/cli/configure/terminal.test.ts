import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { inTerminal } from '../in-terminal.ts'
import { makeHome } from '../program.ts'

// The examples of AWS's own documentation.
const id = 'AKIAIOSFODNN7EXAMPLE'
const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'

test('a person answers the four questions, and the secret is not on the screen', { timeout: 30_000 }, async () => {
  const home = makeHome({ '.aws/config': '[default]\nregion = eu-west-1\n' })
  const screen = inTerminal(['configure'], { home })
  await screen.until('AWS Access Key ID [None]:')
  screen.type(`${id}\r`)
  await screen.until('AWS Secret Access Key [None]:')
  screen.type(`${secret}\r`)
  await screen.until('Default region name [eu-west-1]:')
  screen.type('\r')
  await screen.until('Default output format [None]:')
  screen.type('json\r')
  expect(await screen.ended).toBe(0)
  expect(screen.raw()).not.toContain('bPxRfiCY')
  expect(readFileSync(join(home, '.aws', 'credentials'), 'utf8')).toBe(
    `[default]\naws_access_key_id = ${id}\naws_secret_access_key = ${secret}\n`,
  )
  expect(readFileSync(join(home, '.aws', 'config'), 'utf8')).toBe('[default]\nregion = eu-west-1\noutput = json\n')
})

test('Ctrl-C at any of the questions leaves the files as they were', { timeout: 30_000 }, async () => {
  const home = makeHome({ '.aws/config': '[default]\nregion = eu-west-1\n' })
  const screen = inTerminal(['configure'], { home, columns: 40 })
  await screen.until('AWS Access Key ID [None]:')
  screen.type(`${id}\r`)
  await screen.until('AWS Secret Access Key [None]:')
  screen.type('\x03')
  expect(await screen.ended).toBe(130)
  expect(readFileSync(join(home, '.aws', 'config'), 'utf8')).toBe('[default]\nregion = eu-west-1\n')
  expect(() => readFileSync(join(home, '.aws', 'credentials'))).toThrow()
})

test('a secret that is not given is asked for, and not shown', { timeout: 30_000 }, async () => {
  const home = makeHome()
  const screen = inTerminal(['configure', 'set', 'aws_secret_access_key', '--profile', 'dev'], { home })
  await screen.until('aws_secret_access_key of dev (it is not shown):')
  screen.type(`${secret}\r`)
  expect(await screen.ended).toBe(0)
  expect(screen.raw()).not.toContain('bPxRfiCY')
  expect(readFileSync(join(home, '.aws', 'credentials'), 'utf8')).toBe(`[dev]\naws_secret_access_key = ${secret}\n`)
})
