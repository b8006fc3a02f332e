/*
 * What `countersign` starts: runs the bundled command line (`cli.cjs`) from the code that V8 compiled when the package was
 * built (`cli.cache`). Another version of V8 refuses that code and compiles the source as usual; only the start is slower.
 */
const { readFileSync } = require('node:fs')
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

let everyChain

/** `require` of the parts: one more of them is compiled like the first. */
function load(id) {
  if (id !== './every-chain.cjs') return require(id)
  everyChain ??= run('every-chain')
  return everyChain
}

run('cli')
