/*
 * `npm run bench [-- NAME…]`: every line is a ratio of two things measured in the same run, turn by turn, so that a slow
 * or busy machine slows both. The lines that were measured are replaced in RESULTS.md; the others stay.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { measureCheck } from './check.ts'
import { measureConsole } from './console.ts'
import { measureDecisions } from './decisions.ts'
import { type DiagnosisScore, scoreDiagnosis, seed } from './diagnosis.ts'
import type { Line } from './line.ts'
import { measureStart } from './start.ts'
import { measureVerify } from './verify.ts'

const benches: Readonly<Record<string, () => Promise<readonly Line[]>>> = {
  start: measureStart,
  check: measureCheck,
  verify: measureVerify,
  console: measureConsole,
  decisions: measureDecisions,
}

const results = join(dirname(fileURLToPath(import.meta.url)), 'RESULTS.md')
const asked = process.argv.slice(2)
const known = [...Object.keys(benches), 'diagnosis']
const unknown = asked.filter((name) => !known.includes(name))
if (unknown.length > 0) {
  process.stderr.write(`bench: no such line: ${unknown.join(', ')}. There are: ${known.join(', ')}\n`)
  process.exit(2)
}

const rows = new Map<string, string>()
let diagnosis = ''
if (existsSync(results)) {
  const [ratios = '', told] = readFileSync(results, 'utf8').split(/^(?=## The diagnosis)/m)
  diagnosis = told ?? ''
  for (const row of ratios.split('\n')) {
    const [, what] = /^\| (?!What|-)(.+?) \|/.exec(row) ?? []
    if (what !== undefined) rows.set(what, row)
  }
}
let missed = false
for (const name of asked.length > 0 ? asked : known) {
  process.stderr.write(`bench: ${name} …\n`)
  if (name === 'diagnosis') {
    const score = await scoreDiagnosis(2, 500, (says) => process.stderr.write(`  ${says}\n`))
    diagnosis = scoreText(score)
    process.stdout.write(diagnosis)
    for (const miss of score.misses) process.stderr.write(`  ${miss}\n`)
    missed ||= !isGoodEnough(score)
    continue
  }
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
${diagnosis === '' ? '' : `\n${diagnosis}`}`,
)
process.exitCode = missed ? 1 : 0

/** At least so many scenarios are to be judged, and so many of them rightly. */
function isGoodEnough({ total, controls }: DiagnosisScore): boolean {
  return total.cases >= 2000 && total.right >= 0.99 * total.cases && total.wrongProofs === 0 && controls.claims === 0
}

function scoreText(score: DiagnosisScore): string {
  const { rows: scores, total, controls } = score
  const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`
  const row = ({ what, cases, right, proven, unasked, wrongProofs }: typeof total): string =>
    `| ${what} | ${cases} | ${percent(right, cases)} | ${percent(proven, cases)} | ${percent(unasked, cases)} | ${wrongProofs} |`
  return `## The diagnosis

Made by \`npm run bench -- diagnosis\`, seed ${seed}, ${new Date().toISOString().slice(0, 10)}. Every scenario of the lab, with each shape of key and in each place where it can be, really happens
against an authority; the refusal is rendered as each client shows it, and the first cause that the doctor names is held against the authority's
own log. *Unasked*: by the text and the machine alone, with no question to AWS. Wanted: at least 2,000 cases, 99 % right, no cause wrongly called proven,
and nothing said of ${controls.machines} healthy machines (said of ${controls.claims}). That is ${isGoodEnough(score) ? 'so' : '**not so**'}.

| Rendered by | Cases | First cause right | … and proven | Right unasked | Wrongly proven |
|---|---|---|---|---|---|
${[...scores, total].map(row).join('\n')}
`
}
