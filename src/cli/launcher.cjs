/*
 * What `countersign` starts: runs the bundled command line (`cli.cjs`) from the code that V8 compiled when the package was
 * built (`cli.cache`). Another version of V8 refuses that code and compiles the source as usual; only the start is slower.
 * `process`, which SDKs run before their calls, first goes the short way (`quick-process.cjs`).
 */
const { readFileSync, writeSync } = require('node:fs')
const { join } = require('node:path')
const { Script } = require('node:vm')

function run(part) {
  const filename = join(__dirname, `${part}.cjs`)
  let cachedData
  try {
    cachedData = readFileSync(join(__dirname, `${part}.cache`))
  } catch {
    // Without it the source is compiled.
  }
  const module = { exports: {} }
  new Script(readFileSync(filename, 'latin1'), { filename, cachedData }).runInThisContext()(
    load,
    module,
    module.exports,
  )
  return module.exports
}

/** The parts that are loaded when a command needs them, compiled like the first. */
const parts = {
  './every-chain.cjs': 'every-chain',
  './around.cjs': 'around',
  './asking.cjs': 'asking',
  './process.cjs': 'process',
}
const loaded = {}

function load(id) {
  if (!Object.hasOwn(parts, id)) return require(id)
  loaded[id] ??= run(parts[id])
  return loaded[id]
}

const [verb, profile, ...others] = process.argv.slice(2)
if (verb === 'process' && others.length === 0 && !profile?.startsWith('-')) {
  run('quick-process')
    .quickProcess(profile)
    .catch(() => null)
    .then((printed) => (printed === null ? run('cli') : writeSync(1, printed)))
} else run('cli')
