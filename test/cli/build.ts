import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('../../', import.meta.url))
const cache = join(root, 'node_modules', '.cache', 'countersign-tests')
const dayInMs = 86_400_000

/**
 * The program that the tests start, in a few files instead of some hundred: each start from the sources takes three times as long, and
 * there are hundreds of them. It is made of the sources as they are now; the parts that are loaded late stay apart.
 */
export default async function buildProgram(): Promise<void> {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: { main: 'src/cli/main.ts' },
    outdir: join(cache, 'program'),
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    packages: 'external',
    define: {
      __COUNTERSIGN_VERSION__: JSON.stringify(version),
      __COUNTERSIGN_DIST__: JSON.stringify(join(root, 'dist')),
    },
    write: false,
    logLevel: 'error',
  })
  const hash = createHash('sha256')
  for (const { path, hash: content } of outputFiles) hash.update(`${path}\n${content}\n`)
  // By what is in it: so two runs at once do not write over each other's, and what was compiled stays of use.
  const folder = join(cache, `program-${hash.digest('hex').slice(0, 16)}`)
  mkdirSync(cache, { recursive: true })
  clearAway(basename(folder))
  const fresh = mkdtempSync(join(cache, 'making-'))
  writeFileSync(join(fresh, 'package.json'), '{"type":"module"}\n')
  // Under the name by which the program knows itself in a `credential_process`.
  writeFileSync(join(fresh, 'countersign.cjs'), "import('./main.js')\n")
  for (const { path, contents } of outputFiles) writeFileSync(join(fresh, basename(path)), contents)
  try {
    renameSync(fresh, folder)
  } catch {
    // It is there already.
    rmSync(fresh, { recursive: true, force: true })
  }
  process.env['COUNTERSIGN_PROGRAM'] = join(folder, 'countersign.cjs')
}

/** Programs of older sources. */
function clearAway(kept: string): void {
  for (const name of readdirSync(cache)) {
    const path = join(cache, name)
    if (!/^(program|making)-/.test(name) || name === kept) continue
    if (Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) > dayInMs)
      rmSync(path, { recursive: true, force: true })
  }
}
