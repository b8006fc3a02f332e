// Writes docs/cli.md and man/countersign.1 from the rows of the command line. A test holds that they are what this writes.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { manPage, manualPage } from './src/cli/say/manual.ts'

const root = dirname(fileURLToPath(import.meta.url))
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
mkdirSync(join(root, 'man'), { recursive: true })
writeFileSync(join(root, 'docs', 'cli.md'), manualPage())
writeFileSync(join(root, 'man', 'countersign.1'), manPage(version))
