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
  const wanted = [...secrets].flatMap(([value, kind]) =>
    formsOf(value).map(([form, shape]) => ({ form, says: kind + shape })),
  )
  const leaks = new Set<string>()
  for (const file of files.filter((name) => name.startsWith('written-'))) {
    const text = readFileSync(join(collected, file))
    for (const { says, at } of findAll(text, wanted))
      leaks.add(`a ${says} stands in what was written to ${whereIs(text, at)}`)
  }
  return { secrets: secrets.size, leaks: [...leaks] }
}

/**
 * All of thousands of texts in one pass over megabytes: the first four bytes at each place are looked up as one number, and
 * only where some text begins with them are the whole texts compared.
 */
function findAll(bytes: Buffer, wanted: readonly { readonly form: string; readonly says: string }[]) {
  const byHead = new Map<number, { readonly form: Buffer; readonly says: string }[]>()
  const heads = new Uint8Array(1 << 16)
  for (const { form, says } of wanted) {
    const text = Buffer.from(form, 'latin1')
    const head = text.readUInt32BE(0)
    byHead.set(head, [...(byHead.get(head) ?? []), { form: text, says }])
    heads[head >>> 16] = 1
  }
  const found: { readonly says: string; readonly at: number }[] = []
  for (let at = 0; at + 4 <= bytes.length; at += 1) {
    if (heads[(bytes[at]! << 8) | bytes[at + 1]!] === 0) continue
    for (const { form, says } of byHead.get(bytes.readUInt32BE(at)) ?? []) {
      if (bytes.subarray(at, at + form.length).equals(form)) found.push({ says, at })
    }
  }
  return found
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
function whereIs(text: Buffer, at: number): string {
  const mark = text.lastIndexOf('\u0001', at)
  return mark < 0 ? 'an unknown place' : text.subarray(mark + 1, text.indexOf('\u0002', mark)).toString()
}
