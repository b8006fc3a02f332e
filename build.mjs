// Builds what users get: one CommonJS bundle for the command (it starts fastest, see docs/decisions/0003-bundle.md), ES
// modules for the library's doors, and their declarations.
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build as bundle } from 'esbuild'
import { writeNotices } from './notices.mjs'

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

/** Everything that went into one of the bundles. */
const bundled = new Set()

async function build(options) {
  const { metafile } = await bundle({ ...options, metafile: true })
  for (const path of Object.keys(metafile.inputs)) bundled.add(join(root, path))
}

/** Verbs that are run before each command, or by an SDK. All others stand in a bundle of their own, which these need not read. */
const hotVerbs = ['check', 'chain', 'process', 'env', 'exec', 'shell-init']
const heavyVerbs = [
  ...readFileSync(join(root, 'src', 'cli', 'main.ts'), 'utf8').matchAll(
    /^ {2}'?[\w-]+'?: async \(\) => \(await import\('\.\/([\w-]+)\.ts'\)\)/gm,
  ),
]
  .map(([, file]) => file)
  .filter((file) => !hotVerbs.includes(file))
  .concat('bundle')
/** What STS says of a key that it does not know. */
const refusal =
  '<ErrorResponse><Error><Type>Sender</Type><Code>InvalidClientTokenId</Code><Message>The security token included in the request is invalid.</Message></Error><RequestId>00000000-0000-0000-0000-000000000000</RequestId></ErrorResponse>'

/** Ordinary lines of a start-up file of bash. */
const startup = `# An interactive shell only.
case $- in *i*) ;; *) return ;; esac
HISTSIZE=1000
if [ -f ~/.bash_aliases ]; then . ~/.bash_aliases; fi
for each in ~/.bashrc.d/*; do [ -r "$each" ] && . "$each"; done
parse() { local line="$1"; echo "$line" | sed 's/x/y/'; }
export PATH="$HOME/bin:$(printf %s "$PATH")" EDITOR=vi
`
const command = {
  ...shared,
  outdir: 'dist',
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  minify: true,
  // What the launcher runs has its `require`, and no loader for `import()`.
  supported: { 'dynamic-import': false },
  define: { ...shared.define, __COUNTERSIGN_DIST__: '__dirname', 'import.meta.dirname': '__dirname' },
}

/** Prebuilt for each platform, and optional. */
const keyring = '@napi-rs/keyring'
/** Only a vault in a file needs it. */
const agePart = {
  name: 'age-apart',
  setup: (bundler) => apart(bundler)(/^age-encryption$|^\.\/passphrase\.ts$/, './age.cjs'),
}

await build({
  ...command,
  entryPoints: { cli: 'src/cli/main.ts' },
  plugins: [
    {
      name: 'heavy-verbs-apart',
      setup(bundler) {
        const part = apart(bundler)
        part(new RegExp(`^\\./(${heavyVerbs.join('|')})\\.ts$`), './heavy-verbs.cjs', /[\\/]cli[\\/][\w-]+\.ts$/)
        part(/\/check-command\.ts$/, './check-command.cjs')
        part(/^\.\/(process|in-place|env|exec|shell-init)\.ts$/, './process.cjs')
        // Loaded from holder/chains/asked.ts, when another SDK than the AWS CLI is asked about.
        part(/^\.\/index\.ts$/, './every-chain.cjs')
        // Loaded from holder/diagnosis/diagnose.ts: when something is wrong, and when somebody is asked.
        part(/^\.\/around\.ts$/, './around.cjs')
        part(/^\.\/refusal-proofs\.ts$/, './refusal-proofs.cjs')
        part(/^\.\/(experiments|probes\/question)\.ts$|\/resolution\/index\.ts$/, './asking.cjs')
      },
    },
  ],
})
await build({
  ...command,
  stdin: {
    contents: heavyVerbs.map((verb) => `export * from './${verb}.ts'`).join('\n'),
    resolveDir: join(root, 'src', 'cli'),
    sourcefile: 'heavy-verbs.ts',
  },
  entryNames: 'heavy-verbs',
  external: [keyring],
  plugins: [agePart],
})
// What an SDK runs: the short way, and all the rest of it; and the verbs that give the same credentials to shells and commands.
await build({
  ...command,
  entryPoints: { 'quick-process': 'src/cli/quick-process.ts' },
  external: [keyring],
  plugins: [agePart],
})
await build({
  ...command,
  stdin: {
    contents: ['process', 'in-place', 'env', 'exec', 'shell-init']
      .map((file) => `export * from './${file}.ts'`)
      .join('\n'),
    resolveDir: join(root, 'src', 'cli'),
    sourcefile: 'process-part.ts',
  },
  entryNames: 'process',
  external: [keyring],
  plugins: [
    agePart,
    {
      name: 'other-chains-apart',
      setup: (bundler) => apart(bundler)(/^\.\/index\.ts$/, './every-chain.cjs'),
    },
  ],
})
await build({
  ...command,
  stdin: {
    contents: "export * from 'age-encryption'\nexport * from './passphrase.ts'",
    resolveDir: join(root, 'src', 'holder', 'vault'),
    sourcefile: 'age.ts',
  },
  entryNames: 'age',
})
// `check -- COMMAND`: what runs it is small; what explains its failure is read when it fails.
await build({
  ...command,
  entryPoints: { 'check-command': 'src/cli/check-command.ts' },
  // Prebuilt for each platform, and optional.
  external: ['@lydell/node-pty'],
  plugins: [
    {
      name: 'explanation-apart',
      setup: (bundler) => apart(bundler)(/\/explain-failure\.ts$/, './explain-failure.cjs'),
    },
  ],
})
await build({
  ...command,
  entryPoints: { 'explain-failure': 'src/cli/command/explain-failure.ts' },
})
await build({
  ...command,
  entryPoints: {
    'every-chain': 'src/holder/chains/index.ts',
    'refusal-proofs': 'src/holder/diagnosis/refusal-proofs.ts',
  },
})
// Most machines have no file in YAML that has to be looked at.
await build({
  ...command,
  entryPoints: { around: 'src/holder/diagnosis/around.ts' },
  plugins: [{ name: 'yaml-apart', setup: (bundler) => apart(bundler)(/^yaml$/, './yaml.cjs') }],
})
await build({
  ...command,
  stdin: {
    contents: "export { isAlias, isMap, isScalar, isSeq, parseAllDocuments } from 'yaml'",
    resolveDir: root,
    sourcefile: 'yaml.ts',
  },
  entryNames: 'yaml',
})
await build({
  ...command,
  stdin: {
    contents: `export { runExperiments } from './experiments.ts'
      export { Budget } from './probes/question.ts'
      export * from '../resolution/index.ts'`,
    resolveDir: join(root, 'src', 'holder', 'diagnosis'),
    sourcefile: 'asking.ts',
  },
  entryNames: 'asking',
  plugins: [
    {
      name: 'others-apart',
      setup(bundler) {
        apart(bundler)(/^\.\/around\.ts$/, './around.cjs')
        apart(bundler)(/^\.\/index\.ts$/, './every-chain.cjs')
        const quick = join(root, 'src', 'cli', 'quick-crypto.ts')
        bundler.onResolve({ filter: /^node:crypto$/ }, ({ kind }) =>
          kind === 'import-statement' ? { path: quick } : undefined,
        )
      },
    },
  ],
})
await build({
  ...command,
  bundle: false,
  entryPoints: { countersign: 'src/cli/launcher.cjs' },
  banner: { js: '#!/usr/bin/env node' },
})
chmodSync(join(root, 'dist', 'countersign.cjs'), 0o755)
for (const part of ['cli', 'every-chain', 'around', 'asking', 'process', 'quick-process']) enclose(part)
compile('cli', ['check', '--offline', '--json'])
compile('every-chain', ['chain', '--sdk', 'all', '--json'])
// A key that is refused: the answer is read, what else there is to ask is looked for, and what stands around is looked at.
compile('around', ['check', '--json'])
compile('asking', ['check', '--json'])
compile('process', ['process'])
compile('quick-process', ['kept'])

/** What is loaded only when it is needed stands in a file of its own. */
function apart(bundler) {
  return (filter, path, importedBy = /./) =>
    bundler.onResolve({ filter }, ({ kind, importer }) =>
      kind === 'dynamic-import' && importedBy.test(importer) ? { path, external: true } : undefined,
    )
}

/** Makes a part one function, in ASCII: V8 reads that twice as fast. */
function enclose(part) {
  const file = join(root, 'dist', `${part}.cjs`)
  const asciiOf = (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  const source = readFileSync(file, 'utf8').replace(/[^\0-\x7f]/g, asciiOf)
  writeFileSync(file, `(function(require,module,exports){${source}\n})`)
}

/** Keeps the code that V8 has compiled for a part by the end of an ordinary run beside it. */
function compile(part, args) {
  const home = mkdtempSync(join(tmpdir(), 'countersign-build-'))
  const machine = join(home, '.aws')
  mkdirSync(machine)
  writeFileSync(join(machine, 'config'), '[default]\nregion = eu-west-1\n')
  // Shaped like a pair that AWS gives out, and made up.
  const pair = `aws_access_key_id = AKIA${'QRSTUVWX'.repeat(2)}\naws_secret_access_key = ${'madeUpBy'.repeat(5)}\n`
  writeFileSync(join(machine, 'credentials'), `[default]\n${pair}`)
  writeFileSync(join(home, '.bashrc'), startup)
  const project = join(home, 'project')
  mkdirSync(project)
  writeFileSync(join(project, 'settings.py'), 'REGION = "eu-west-1"\n')
  if (part === 'quick-process') keepSession(home, args[0])
  const warm = `(() => {
    const { createServer } = require('node:http')
    const { readFileSync, writeFileSync } = require('node:fs')
    const { join } = require('node:path')
    const { Script } = require('node:vm')
    const [dist, kept] = process.argv.splice(1, 2, 'countersign')
    function run(part) {
      const filename = join(dist, part + '.cjs')
      const script = new Script(readFileSync(filename, 'latin1'), { filename })
      if (part === kept) process.on('exit', () => writeFileSync(join(dist, part + '.cache'), script.createCachedData()))
      const module = { exports: {} }
      script.runInThisContext()(load, module, module.exports)
      return module.exports
    }
    const loaded = {}
    const load = (id) => (/every-chain|around|asking|process[.]cjs/.test(id) ? (loaded[id] ??= run(id.slice(2, -4))) : require(id))
    if (kept === 'quick-process') return void run(kept).quickProcess(process.argv[2])
    const stand = createServer((request, reply) => {
      request.resume()
      reply.writeHead(403, { 'content-type': 'text/xml' })
      reply.end(process.env.REFUSAL)
    })
    stand.listen(0, '127.0.0.1', () => {
      process.env.AWS_ENDPOINT_URL = 'http://127.0.0.1:' + stand.address().port
      run('cli')
    })
  })()`
  const done = spawnSync(process.execPath, ['-e', warm, join(root, 'dist'), part, ...args], {
    cwd: project,
    env: { HOME: home, USERPROFILE: home, REFUSAL: refusal },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  rmSync(home, { recursive: true, force: true })
  if (done.status === 70 || done.status === null) throw new Error(`the bundled ${args[0]} does not run`)
}

/** A session that `process PROFILE` finds in that home directory. */
function keepSession(home, profile) {
  const source = (path) => JSON.stringify(pathToFileURL(join(root, 'src', ...path.split('/'))).href)
  const made = spawnSync(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `import { Secret } from ${source('anatomy/secret.ts')}
      import { noteSession } from ${source('cli/quick-process.ts')}
      import { realMachine } from ${source('holder/machine/real.ts')}
      import { realDisk } from ${source('holder/machine/real-disk.ts')}
      import { writeSession } from ${source('holder/vault/session.ts')}
      const [machine, disk] = [realMachine(), realDisk()]
      const issuedAt = machine.now()
      const expiration = new Date(issuedAt.getTime() + 3_600_000)
      const secretAccessKey = new Secret('madeUpBy'.repeat(5))
      const sessionToken = new Secret('madeUpBy'.repeat(90))
      const accessKeyId = 'ASIA' + 'QRSTUVWX'.repeat(2)
      const session = { accessKeyId, secretAccessKey, sessionToken, issuedAt, expiration, account: '123456789012', arn: null }
      await writeSession(machine, disk, 'kept', session)
      const files = ['config', 'credentials'].map((name) => ${JSON.stringify(join(home, '.aws'))} + '/' + name)
      noteSession(machine, disk, ${JSON.stringify(profile)}, 'kept', files)`,
    ],
    { env: { HOME: home, USERPROFILE: home }, stdio: 'inherit' },
  )
  if (made.status !== 0) throw new Error('no session could be kept')
}

await build({
  ...shared,
  define: { ...shared.define, __COUNTERSIGN_DIST__: 'import.meta.dirname' },
  entryPoints: { index: 'src/index.ts', signature: 'src/signature/index.ts', authority: 'src/authority/index.ts' },
  outdir: 'dist',
  format: 'esm',
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  packages: 'external',
})

// The door that browsers may come in by: one file, without anything of Node.
await build({
  ...shared,
  entryPoints: { diagnosis: 'src/holder/diagnosis/anywhere.ts' },
  outdir: 'dist',
  format: 'esm',
  platform: 'browser',
  target: 'es2024',
  minify: true,
})

writeNotices(join(root, 'dist', 'licenses.txt'), bundled)

const pages = spawnSync(process.execPath, [join(root, 'console.mjs')], { cwd: root, stdio: 'inherit' })
if (pages.status !== 0) process.exit(70)

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
