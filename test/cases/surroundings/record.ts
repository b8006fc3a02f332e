/*
 * Asks the real programs what they make of files: `node test/cases/surroundings/record.ts`. Wants bash, dash, zsh, fish, tcsh, npm
 * and python-dotenv; of what is not there the answers stay as they are.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { dotenvText, environmentDText } from './env-texts.ts'
import { names, type Shell, script } from './scripts.ts'

const here = dirname(fileURLToPath(import.meta.url))
const home = '/u/alice'
const perShell = 250

const runners: Readonly<Record<Shell, readonly string[]>> = {
  bash: ['--norc', '-c', '. "$0"; exec env -0'],
  dash: ['-c', '. "$0"; exec env -0'],
  zsh: ['-f', '-c', '. "$0"; exec env -0'],
  fish: ['--no-config', '-c', 'source $argv[1]; exec env -0'],
  tcsh: ['-f', '-c', 'source $COUNTERSIGN_FILE; exec env -0'],
}

const place = mkdtempSync(join(tmpdir(), 'surroundings-'))
process.on('exit', () => rmSync(place, { recursive: true, force: true }))

function kept(file: string): Record<string, unknown> {
  const path = join(here, file)
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {}
}

function keep(file: string, what: unknown): void {
  writeFileSync(join(here, file), `${JSON.stringify(what, null, 1)}\n`)
}

function shells(): void {
  const recorded = kept('shells.json')
  for (const [shell, words] of Object.entries(runners) as [Shell, readonly string[]][]) {
    if (spawnSync(shell, ['-c', 'exit 0']).status !== 0) continue
    recorded[shell] = Array.from({ length: perShell }, (_, seed) => {
      const text = script(shell, seed)
      const file = join(place, 'script')
      writeFileSync(file, text)
      const done = spawnSync(shell, [...words, file], {
        env: { HOME: home, PATH: process.env.PATH, XDG_CONFIG_HOME: place, COUNTERSIGN_FILE: file, LC_ALL: 'C.UTF-8' },
        encoding: 'utf8',
      })
      if (done.status !== 0) return null
      return { text, environment: environmentOf(done.stdout) }
    }).filter((each) => each !== null)
  }
  keep('shells.json', recorded)
}

function environmentOf(output: string): Record<string, string> {
  const entries = output.split('\0').map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)])
  return Object.fromEntries(entries.filter(([name]) => names.includes(name!)))
}

function universal(): void {
  if (spawnSync('fish', ['-c', 'exit 0']).status !== 0) return
  const values = ['plain', 'two words', "it's", 'a"b', 'c\\d', 'ü', '€', '𝄞', 'a:b', '', 'tab\there', 'line\nbreak', '$x', '/u/alice_2']
  const recorded = values.map((value) => {
    const configuration = mkdtempSync(join(place, 'fish-'))
    mkdirSync(join(configuration, 'fish'))
    const env = { HOME: home, PATH: process.env.PATH, XDG_CONFIG_HOME: configuration, LC_ALL: 'C.UTF-8' }
    spawnSync('fish', ['-c', 'set -Ux AWS_PROFILE $argv[1]; set -U AWS_REGION one two', value], { env })
    const text = readFileSync(join(configuration, 'fish', 'fish_variables'), 'utf8')
    const output = execFileSync('fish', ['-c', 'env -0'], { env, encoding: 'utf8' })
    return { text, environment: environmentOf(output) }
  })
  keep('fish-variables.json', recorded)
}

function dotenv(): void {
  const texts = Array.from({ length: 400 }, (_, seed) => dotenvText(seed))
  writeFileSync(join(place, 'texts.json'), JSON.stringify(texts))
  writeFileSync(join(place, 'package.json'), '{}')
  execFileSync('npm', ['install', '--no-audit', '--no-fund', 'dotenv@17.2.3'], { cwd: place, stdio: 'ignore' })
  const inNode = `const {parse}=require('dotenv');console.log(JSON.stringify(require('./texts.json').map((text)=>parse(text))))`
  const node: unknown[] = JSON.parse(execFileSync(process.execPath, ['-e', inNode], { cwd: place, encoding: 'utf8' }))
  const inPython =
    'import io,json,logging,dotenv; logging.disable(logging.CRITICAL); print(json.dumps([dotenv.dotenv_values(stream=io.StringIO(text, newline=""), interpolate=False) for text in json.load(open("texts.json"))]))'
  const python: unknown[] = JSON.parse(execFileSync('python3', ['-c', inPython], { cwd: place, encoding: 'utf8' }))
  keep('dotenv.json', texts.map((text, index) => ({ text, node: node[index], python: python[index] })))
}

/** The generator reads files of `environment.d` with the code that reads an `EnvironmentFile=`. */
function systemd(): void {
  const generator = '/usr/lib/systemd/user-environment-generators/30-systemd-environment-d-generator'
  if (!existsSync(generator)) return
  const recorded = Array.from({ length: 300 }, (_, seed) => {
    const configuration = mkdtempSync(join(place, 'systemd-'))
    mkdirSync(join(configuration, 'environment.d'))
    const text = environmentDText(seed)
    writeFileSync(join(configuration, 'environment.d', '50-aws.conf'), text)
    const env = { HOME: home, PATH: process.env.PATH, XDG_CONFIG_HOME: configuration }
    const output = execFileSync(generator, { env, encoding: 'utf8' })
    const entries = output.split('\n').flatMap((line) => /^(\w+)=(.*)$/.exec(line)?.slice(1) ?? []).map(unquoted)
    const pairs = entries.flatMap((name, at) => (at % 2 === 0 ? [[name, entries[at + 1]!] as const] : []))
    return { text, environment: Object.fromEntries(pairs.filter(([name]) => names.includes(name))) }
  })
  keep('environment-d.json', recorded)
}

/** Systemd quotes what it prints as a shell does, and writes control characters as C does. */
function unquoted(printed: string): string {
  const quoted = /^"(.*)"$/s.exec(printed)
  if (quoted === null) return printed
  const controls: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' }
  return quoted[1]!.replaceAll(/\\(.)/g, (_, letter) => controls[letter] ?? letter)
}

if (!process.argv.includes("--files")) shells()
universal()
dotenv()
systemd()
