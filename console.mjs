// Builds the console (`src/console`) into `dist/console`, as the authority serves it at /console/. Does nothing when what is there was
// built of the same sources.
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { writeNotices } from './notices.mjs'

const root = dirname(fileURLToPath(import.meta.url))
const dist = join(root, 'dist')
const built = join(dist, 'console')
const stamp = join(root, 'node_modules', '.countersign-console')
/** Milliseconds for which a page that is open still finds its files after the next build. */
const remembered = 10 * 60_000

/** By their weight. */
const fonts = { 400: 'open-sans-400.woff2', 700: 'open-sans-700.woff2' }

const made = sources()
if (!existsSync(join(built, 'index.html')) || made !== lastSources()) {
  process.stderr.write('countersign: building the console …\n')
  mkdirSync(dist, { recursive: true })
  // Two builds at once must not meet in one directory.
  const fresh = mkdtempSync(join(dist, '.console-'))
  try {
    await buildInto(fresh)
    put(fresh)
    writeFileSync(stamp, made)
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}

async function buildInto(outDir) {
  // The tests' own `test` would bring the slow React that watches out for mistakes.
  process.env.NODE_ENV = 'production'
  const { build } = await import('vite')
  const modules = []
  await build({
    root: join(root, 'src', 'console'),
    base: '/console/',
    configFile: false,
    logLevel: 'warn',
    html: { cspNonce: '__NONCE__' },
    build: {
      outDir,
      emptyOutDir: true,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 2_000,
      target: 'es2022',
      // Nothing here is rendered by a server, which is what those directives are about.
      rolldownOptions: { onLog: (level, log, next) => log.code === 'MODULE_LEVEL_DIRECTIVE' || next(level, log) },
    },
    // The names of the design's properties change with each version of it, and the package of tokens is of another one than the
    // components; what it names would be nowhere.
    resolve: {
      alias: {
        '@cloudscape-design/design-tokens': join(
          dirname(fileURLToPath(import.meta.resolve('@cloudscape-design/components/package.json'))),
          'internal/generated/styles/tokens.js',
        ),
      },
    },
    plugins: [
      { name: 'fonts-apart', generateBundle: fontsApart },
      { name: 'modules', generateBundle: (_options, bundle) => void modules.push(...modulesOf(bundle)) },
    ],
  })
  writeNotices(join(outDir, 'licenses.txt'), modules)
  const assets = join(outDir, 'assets')
  nameFonts(outDir)
  // In the form that browsers ask for.
  for (const name of readdirSync(assets).filter((file) => /\.(js|css|svg)$/.test(file)))
    writeFileSync(join(assets, `${name}.gz`), gzipSync(readFileSync(join(assets, name)), { level: 9 }))
}

function modulesOf(bundle) {
  return Object.values(bundle).flatMap((part) => (part.type === 'chunk' ? part.moduleIds : []))
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

/** Two of them under names that stay, for the pages of the authority that Vite knows nothing of. */
function nameFonts(outDir) {
  const assets = join(outDir, 'assets')
  const sheets = readdirSync(assets).filter((name) => name.endsWith('.css'))
  const styles = sheets.map((name) => readFileSync(join(assets, name), 'utf8')).join('\n')
  for (const [weight, name] of Object.entries(fonts)) {
    const face = new RegExp(`font-weight:${weight};font-style:normal;src:url\\(/console/(assets/font-\\w+\\.woff2)\\)`)
    const file = face.exec(styles)?.[1]
    if (file === undefined) throw new Error(`the style sheets have no font of weight ${weight}`)
    copyFileSync(join(outDir, file), join(outDir, name))
  }
}

/** The page last: whoever reads it finds what it names. */
function put(fresh) {
  mkdirSync(join(built, 'assets'), { recursive: true })
  const names = readdirSync(join(fresh, 'assets'))
  for (const name of names) copyFileSync(join(fresh, 'assets', name), join(built, 'assets', name))
  for (const name of [...Object.values(fonts), 'favicon.svg', 'licenses.txt', 'index.html'])
    copyFileSync(join(fresh, name), join(built, name))
  for (const name of readdirSync(join(built, 'assets')).filter((one) => !names.includes(one))) {
    const file = join(built, 'assets', name)
    if (Date.now() - statSync(file).mtimeMs > remembered) rmSync(file)
  }
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
