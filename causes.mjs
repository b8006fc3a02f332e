// Writes docs/causes: one page per cause and the index, from the catalogue. A test holds that they are what this writes.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pages } from './src/holder/diagnosis/catalogue/page.ts'
import { unplayable } from './src/lab/unplayable.ts'

const directory = join(dirname(fileURLToPath(import.meta.url)), 'docs', 'causes')
mkdirSync(directory, { recursive: true })
for (const name of readdirSync(directory)) rmSync(join(directory, name))
for (const [name, text] of pages(unplayable)) writeFileSync(join(directory, name), text)
