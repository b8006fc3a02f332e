import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

export const sources = join(root, 'src')

/** The program, as `build.ts` made it of these sources when the run began. */
export const main = process.env['COUNTERSIGN_PROGRAM'] ?? join(sources, 'cli', 'main.ts')

const compileCache = join(root, 'node_modules', '.cache', 'countersign-tests')

export interface Outcome {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  /** Without the lines of progress, which a busy computer makes appear. */
  readonly stderr: string
  readonly progress: readonly string[]
}

export interface Setting {
  readonly env?: Readonly<Record<string, string>>
  /** Files below the home directory, by relative path. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>
  /** What comes on stdin; nothing (an empty, closed one) unless given. */
  readonly input?: string
  readonly home?: string
}

/** A home directory that is removed after the test. */
export function makeHome(files: Setting['files'] = {}): string {
  const home = mkdtempSync(join(tmpdir(), 'countersign-home-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  for (const [name, content] of Object.entries(files)) {
    const path = join(home, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content, { mode: 0o600 })
  }
  return home
}

/** What a program started by a test gets: nothing of the environment that the tests themselves run in. */
export function environment(home: string, env: Setting['env'] = {}): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    LANG: 'C.UTF-8',
    SHELL: '/bin/bash',
    // Stripping the types of every module anew would take most of each run.
    NODE_COMPILE_CACHE: compileCache,
    // Not the keychain of whoever runs the tests.
    COUNTERSIGN_VAULT: 'file',
    ...env,
  }
}

/** Runs the real program to its end. */
export function countersign(args: readonly string[], setting: Setting = {}): Promise<Outcome> {
  const home = setting.home ?? makeHome(setting.files)
  // In a session of its own there is no terminal that it could ask at, also when somebody runs the tests in one.
  const options = { cwd: home, env: environment(home, setting.env), detached: true }
  const child = spawn(process.execPath, [main, ...args], options)
  child.stdin.on('error', () => {})
  child.stdin.end(setting.input ?? '')
  return outcomeOf(child)
}

/** Starts the real program and leaves it running; it is ended after the test. */
export function startCountersign(args: readonly string[], setting: Setting = {}) {
  const home = setting.home ?? makeHome(setting.files)
  const child = spawn(process.execPath, [main, ...args], { cwd: home, env: environment(home, setting.env) })
  onTestFinished(() => void child.kill('SIGKILL'))
  const outcome = outcomeOf(child)
  return { child, home, outcome, line: () => firstLine(child) }
}

function outcomeOf(child: ReturnType<typeof spawn>): Promise<Outcome> {
  const texts = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name]!.setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text
    })
  return new Promise((accept, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      const lines = texts.stderr.split('\n')
      const progress = lines.filter((line) => line.endsWith(' ...'))
      const stderr = lines.filter((line) => !line.endsWith(' ...')).join('\n')
      accept({ code, signal, stdout: texts.stdout, stderr, progress })
    })
  })
}

function firstLine(child: ReturnType<typeof spawn>): Promise<string> {
  return new Promise((accept, reject) => {
    let text = ''
    child.stdout!.on('data', (piece: string) => {
      text += piece
      const end = text.indexOf('\n')
      if (end >= 0) accept(text.slice(0, end))
    })
    child.on('close', (code) => reject(new Error(`it ended with ${code} before it printed a line`)))
  })
}
