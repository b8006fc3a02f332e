import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/*
 * The last test of every run: each secret that the run created is searched for in everything that the run wrote.
 * `setup.ts` collects both sides in each worker: secrets from the authority's own replies, and what went to stdout, stderr,
 * the console, child processes' streams and database files.
 */
let directory = ''

export function setup(): void {
  directory = mkdtempSync(join(tmpdir(), 'countersign-hunt-'))
  process.env['COUNTERSIGN_HUNT'] = directory
}

export function teardown(): void {
  const { secrets, leaks } = leaksIn(directory)
  rmSync(directory, { recursive: true, force: true })
  process.stdout.write(`secrets hunt: ${secrets} secrets, ${leaks.length} leaks\n`)
  if (leaks.length > 0) {
    process.exitCode = 1
    throw new Error(`secrets were written:\n  ${leaks.slice(0, 20).join('\n  ')}`)
  }
}

/** Reads what the workers collected: `secrets-*` are lines of JSON, `written-*` is what the run wrote, with marks. */
export function leaksIn(collected: string): { readonly secrets: number; readonly leaks: readonly string[] } {
  const files = readdirSync(collected)
  const secrets = new Map<string, string>()
  for (const file of files.filter((name) => name.startsWith('secrets-'))) {
    for (const line of readFileSync(join(collected, file), 'utf8').split('\n')) {
      if (line === '') continue
      const { kind, value } = JSON.parse(line) as { kind: string; value: string }
      // Anything shorter would be found by chance.
      if (value.length >= 12) secrets.set(value, kind)
    }
  }
  const leaks = new Set<string>()
  for (const file of files.filter((name) => name.startsWith('written-'))) {
    const text = readFileSync(join(collected, file), 'latin1')
    for (const [value, kind] of secrets) {
      for (const [form, shape] of formsOf(value)) {
        const at = text.indexOf(form)
        if (at >= 0) leaks.add(`a ${kind}${shape} stands in what was written to ${whereIs(text, at)}`)
      }
    }
  }
  return { secrets: secrets.size, leaks: [...leaks] }
}

function formsOf(secret: string): readonly (readonly [string, string])[] {
  return [
    [secret, ''],
    [encodeURIComponent(secret), ' (percent-encoded)'],
    [Buffer.from(secret).toString('hex'), ' (hex)'],
    [Buffer.from(secret).toString('base64').replace(/=+$/, ''), ' (base64)'],
  ]
}

/** The hunt's own marks `\u0001where\u0002` name the place and the test. */
function whereIs(text: string, at: number): string {
  const mark = text.lastIndexOf('\u0001', at)
  return mark < 0 ? 'an unknown place' : text.slice(mark + 1, text.indexOf('\u0002', mark))
}
