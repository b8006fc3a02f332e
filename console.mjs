// Builds the console (`src/console`) into `dist/console`, as the authority serves it at /console/. Does nothing when what is there was
// built of the same sources; `--watch` goes on building as they change.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const root = dirname(fileURLToPath(import.meta.url))
const built = join(root, 'dist', 'console')
const stamp = join(root, 'node_modules', '.countersign-console')
const watching = process.argv.includes('--watch')

if (watching || !existsSync(join(built, 'index.html')) || sources() !== lastSources()) await buildConsole()

async function buildConsole() {
  process.stderr.write('countersign: building the console …\n')
  const { build } = await import('vite')
  await build({
    root: join(root, 'src', 'console'),
    base: '/console/',
    configFile: false,
    logLevel: 'warn',
    html: { cspNonce: '__NONCE__' },
    build: {
      outDir: built,
      emptyOutDir: true,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 2_000,
      target: 'es2022',
      // Nothing here is rendered by a server, which is what those directives are about.
      rolldownOptions: { onLog: (level, log, next) => log.code === 'MODULE_LEVEL_DIRECTIVE' || next(level, log) },
      ...(watching ? { watch: {} } : {}),
    },
    plugins: [
      { name: 'fonts-apart', generateBundle: fontsApart },
      { name: 'pack', closeBundle: pack },
    ],
  })
  if (!watching) writeFileSync(stamp, sources())
}

/** Cloudscape writes its fonts into the style sheet, which then would have to be read whole before anything is shown. */
function fontsApart(_options, bundle) {
  for (const asset of Object.values(bundle)) {
    if (asset.type !== 'asset' || !asset.fileName.endsWith('.css')) continue
    asset.source = String(asset.source).replace(
      /url\(["']?data:(?:font|application)\/[\w-]*?(woff2?)[^,]*?;base64,([\w+/=]+)["']?\)/g,
      (_, kind, text) => {
        const source = Buffer.from(text, 'base64')
        const name = `font-${createHash('sha256').update(source).digest('hex').slice(0, 12)}.${kind}`
        this.emitFile({ type: 'asset', fileName: `assets/${name}`, source })
        return `url(/console/assets/${name})`
      },
    )
  }
}

/** What browsers ask for in the form they want it in. */
function pack() {
  const assets = join(built, 'assets')
  for (const name of readdirSync(assets).filter((file) => /\.(js|css|svg)$/.test(file)))
    writeFileSync(join(assets, `${name}.gz`), gzipSync(readFileSync(join(assets, name)), { level: 9 }))
}

/** A digest of everything that the console is made of. */
function sources() {
  const digest = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')))
  digest.update(readFileSync(fileURLToPath(import.meta.url)))
  for (const wing of ['console', 'holder', 'anatomy', 'signature']) {
    const names = readdirSync(join(root, 'src', wing), { recursive: true, withFileTypes: true })
    const files = names.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
    for (const file of files.sort()) digest.update(file.slice(root.length)).update(readFileSync(file))
  }
  for (const file of ['errors.ts', 'cause-ids.ts']) digest.update(readFileSync(join(root, 'src', file)))
  return digest.digest('hex')
}

function lastSources() {
  try {
    return readFileSync(stamp, 'utf8')
  } catch {
    return null
  }
}
