// Builds what users get: one CommonJS bundle for the command (it starts fastest, see docs/decisions/0003-bundle.md), ES
// modules for the library's doors, and their declarations.
import { spawnSync } from 'node:child_process'
import { chmodSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = dirname(fileURLToPath(import.meta.url))
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node24',
  define: { __COUNTERSIGN_VERSION__: JSON.stringify(version) },
  legalComments: 'none',
  logLevel: 'warning',
}

rmSync(join(root, 'dist'), { recursive: true, force: true })

/** Verbs that bring an authority along. They stand in a bundle of their own, so that `check` need not even parse them. */
const authorityVerbs = ['serve', 'lab', 'tour']
const command = { ...shared, outdir: 'dist', format: 'cjs', outExtension: { '.js': '.cjs' }, minify: true }

await build({
  ...command,
  entryPoints: { countersign: 'src/cli/main.ts' },
  banner: { js: '#!/usr/bin/env node' },
  plugins: [
    {
      name: 'authority-verbs-apart',
      setup(bundler) {
        const filter = new RegExp(`/(${authorityVerbs.join('|')})\\.ts$`)
        bundler.onResolve({ filter }, ({ kind }) =>
          kind === 'dynamic-import' ? { path: './authority-verbs.cjs', external: true } : undefined,
        )
      },
    },
  ],
})
await build({
  ...command,
  stdin: {
    contents: authorityVerbs.map((verb) => `export { ${verb} } from './${verb}.ts'`).join('\n'),
    resolveDir: join(root, 'src', 'cli'),
    sourcefile: 'authority-verbs.ts',
  },
  entryNames: 'authority-verbs',
})
chmodSync(join(root, 'dist', 'countersign.cjs'), 0o755)

await build({
  ...shared,
  entryPoints: { index: 'src/index.ts', signature: 'src/signature/index.ts', authority: 'src/authority/index.ts' },
  outdir: 'dist',
  format: 'esm',
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  packages: 'external',
})

const types = spawnSync(
  process.execPath,
  [
    join(root, 'node_modules', 'typescript', 'bin', 'tsc'),
    ...['--noEmit', 'false', '--declaration', '--emitDeclarationOnly', '--rootDir', 'src', '--outDir', 'dist'],
    ...['--project', 'tsconfig.build.json'],
  ],
  { cwd: root, stdio: 'inherit' },
)
process.exit(types.status ?? 70)
