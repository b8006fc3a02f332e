/** Prints the milliseconds that the first parse of a config file takes in this process. */
import { readFileSync } from 'node:fs'
import { botocoreGrammar } from '../src/holder/files/dialects/botocore.ts'
import { parseIni } from '../src/holder/files/syntax.ts'

const bytes = readFileSync(process.argv[2]!)
const begin = process.hrtime.bigint()
const { sections } = botocoreGrammar.read(parseIni(bytes), 'linux')
const time = Number(process.hrtime.bigint() - begin) / 1e6
if (sections.length < 10_000) throw new Error(`only ${sections.length} sections were read`)
process.stdout.write(String(time))
