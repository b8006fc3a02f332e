/*
 * `npm run bench [-- NAME…]`: every line is a ratio of two things measured in the same run, turn by turn, so that a slow
 * or busy machine slows both. The lines that were measured are replaced in RESULTS.md; the others stay.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Line } from './line.ts'
import { measureStart } from './start.ts'
import { measureVerify } from './verify.ts'

const benches: Readonly<Record<string, () => Promise<readonly Line[]>>> = { start: measureStart, verify: measureVerify }

const results = join(dirname(fileURLToPath(import.meta.url)), 'RESULTS.md')
const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !(name in benches))
if (unknown.length > 0) {
  process.stderr.write(`bench: no such line: ${unknown.join(', ')}. There are: ${Object.keys(benches).join(', ')}\n`)
  process.exit(2)
}

const rows = new Map<string, string>()
if (existsSync(results)) {
  for (const row of readFileSync(results, 'utf8').split('\n')) {
    const [, what] = /^\| (?!What|-)(.+?) \|/.exec(row) ?? []
    if (what !== undefined) rows.set(what, row)
  }
}
let missed = false
for (const name of asked.length > 0 ? asked : Object.keys(benches)) {
  process.stderr.write(`bench: ${name} …\n`)
  for (const line of await benches[name]!()) {
    const holds = line.atMost ? line.ratio <= line.bound : line.ratio >= line.bound
    missed ||= !holds
    const bound = `${line.atMost ? '≤' : '≥'} ${line.bound.toFixed(2)}`
    const spread = `${line.low.toFixed(2)} to ${line.high.toFixed(2)}`
    const day = new Date().toISOString().slice(0, 10)
    const row = `| ${line.what} | ${line.ratio.toFixed(2)} | ${bound} | ${holds ? 'yes' : '**no**'} | ${spread} | ${line.detail} | ${day} |`
    rows.set(line.what, row)
    process.stdout.write(`${row}\n`)
  }
}
writeFileSync(
  results,
  `# What was measured

Made by \`npm run bench\`. Each ratio is the median over the turns of one run, in which both sides took turns; the spread is that of the middle half of the turns.
Node ${process.versions.node}, ${process.platform} ${process.arch}, ${availableParallelism()} cores.

| What | Ratio | Bound | Holds | Spread | Detail | Day |
|---|---|---|---|---|---|---|
${[...rows.values()].join('\n')}
`,
)
process.exitCode = missed ? 1 : 0
