/*
 * What `countersign` starts: runs the bundled command line (`cli.cjs`) from the code that V8 compiled when the package was
 * built (`cli.cache`). Another version of V8 refuses that code and compiles the source as usual; only the start is slower.
 */
const { readFileSync } = require('node:fs')
const { join } = require('node:path')
const { Script } = require('node:vm')

const filename = join(__dirname, 'cli.cjs')
let cachedData
try {
  cachedData = readFileSync(join(__dirname, 'cli.cache'))
} catch {
  // Without it the source is compiled.
}
new Script(readFileSync(filename, 'latin1'), { filename, cachedData }).runInThisContext()(require, module, exports)
