// Installs what the checkout needs, once: `npm ci` when package-lock.json has changed since the last time.
// Plain JavaScript for any Node >= 18, because it runs before the project's own Node is there.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(fileURLToPath(import.meta.url))
const lock = readFileSync(join(root, 'package-lock.json'))
const want = createHash('sha256').update(lock).update(process.platform).update(process.arch).digest('hex')
const stamp = join(root, 'node_modules', '.countersign-setup')
const ownNode = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
const busy = join(root, '.countersign-setup-lock')

const isReady = () => existsSync(stamp) && existsSync(ownNode) && readFileSync(stamp, 'utf8').trim() === want

if (!isReady()) await install()
buildConsole()

async function install() {
  await takeTurn()
  try {
    if (isReady()) return
    process.stderr.write('countersign: installing dependencies (npm ci, once) …\n')
    // Everything npm says goes to stderr: stdout belongs to the verb that runs next.
    const done = spawnSync('npm', ['ci', '--no-fund', '--no-audit', '--loglevel=error'], {
      cwd: root,
      stdio: ['ignore', 2, 2],
      shell: process.platform === 'win32',
    })
    if (done.error) fail(`could not run npm: ${done.error.message}`)
    if (done.status !== 0)
      fail(`npm ci ended with code ${done.status}. Its messages stand above; run "npm ci" in ${root} to try again.`)
    if (!existsSync(ownNode))
      fail('npm did not run the install script of the package "node". Run "npm rebuild node" and try again.')
    writeFileSync(stamp, `${want}\n`)
  } finally {
    rmSync(busy, { recursive: true, force: true })
  }
}

/** The pages that `serve` shows at /console/; nothing is done when they are those of these sources. */
function buildConsole() {
  const done = spawnSync(ownNode, [join(root, 'console.mjs')], { cwd: root, stdio: ['ignore', 2, 2] })
  // All else works without them.
  if (done.status !== 0)
    process.stderr.write('countersign: the console could not be built; "npm run console" tries again.\n')
}

/** Two set-ups at once would delete each other's node_modules: the second waits for the first. */
async function takeTurn() {
  for (let told = false; ; ) {
    try {
      mkdirSync(busy)
      return
    } catch (error) {
      if (error.code !== 'EEXIST') fail(`cannot write in ${root}: ${error.message}`)
    }
    if (isStale()) rmSync(busy, { recursive: true, force: true })
    else if (!told) {
      told = true
      process.stderr.write('countersign: another set-up is running, waiting for it …\n')
    }
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

function isStale() {
  try {
    return Date.now() - statSync(busy).mtimeMs > 15 * 60_000
  } catch {
    return false
  }
}

function fail(message) {
  process.stderr.write(`countersign: set-up failed: ${message}\n`)
  rmSync(busy, { recursive: true, force: true })
  process.exit(70)
}
