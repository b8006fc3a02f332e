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

await build({
  ...shared,
  entryPoints: { countersign: 'src/cli/main.ts' },
  outdir: 'dist',
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  banner: { js: '#!/usr/bin/env node' },
  minifySyntax: true,
  minifyWhitespace: true,
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
