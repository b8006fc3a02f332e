import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

/*
 * The laws of the house (ARCHITECTURE.md), read off the code itself: a broken one is a red test. When a law hurts, the
 * design changes in a decision record, and then here.
 */
const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const source = join(root, 'src')

/** From the ground up: a room imports only rooms that stand before it in its own wing, and the ground. */
const ground = ['errors.ts', 'cause-ids.ts', 'anatomy', 'signature']
const wings: Record<string, readonly string[]> = {
  holder: [
    'machine',
    'files',
    'changes',
    'vault',
    'sources',
    'chains',
    'lint',
    'configure',
    'resolution',
    'calls',
    'login',
    'surroundings',
    'diagnosis',
    'repair',
    'rotation',
  ],
  authority: [
    'model',
    'policy',
    'directory',
    'sessions',
    'authentication',
    'authorization',
    'actions',
    'wire',
    'metadata',
    'sign-in',
    'identity-center',
    'store',
    'decisions',
    'console',
    'network',
    'server.ts',
    'index.ts',
  ],
}
/** The rooms above both wings, with what they may see. */
const upstairs: Record<string, readonly string[]> = {
  lab: ['ground', 'holder', 'authority'],
  cli: ['ground', 'holder', 'authority', 'lab'],
  'index.ts': ['ground', 'holder', 'authority'],
}

/** The pages run in a browser and talk to the authority over HTTP; these are what they share with the rest. */
const sharedWithPages = ['holder/diagnosis/anywhere.ts', 'authority/console/shapes.ts']

/** Where the computer may be touched: files, processes, network, clock. */
const edges = [
  'holder/machine/real.ts',
  'holder/machine/real-disk.ts',
  'authority/server.ts',
  'authority/store/',
  'authority/network/',
  'cli/main.ts',
  // The browser's clock and network, not this computer's.
  'console/',
  // docs/decisions/0016-login.md
  'holder/login/browser.ts',
  // docs/decisions/0011-terminal-of-a-command.md
  'cli/command/child.ts',
  // docs/decisions/0014-vault.md
  'cli/person.ts',
  'cli/launcher.cjs',
  'cli/command/starting.ts',
  // docs/decisions/0015-exec.md
  'cli/exec/run.ts',
  'cli/exec/listener.ts',
]
const forbiddenNames = /(^|[-/])(utils?|helpers?|common|manager|service|base|misc)([-./]|$)/

/** What the recorders of `test/truth` install and build is nobody's writing. */
const built = ['node_modules', 'target', 'build', '__pycache__']

interface Import {
  readonly from: string
  readonly to: string
}

const files = walk(source).map((path) => relative(source, path).split(sep).join('/'))
const imports = files.flatMap((file) => importsOf(file))

describe('the house', () => {
  test('has no import that points against the arrows', () => {
    expect(imports.filter(({ from, to }) => !mayImport(from, to)).map(show)).toEqual([])
  })

  test('has no cycle, types included', () => {
    expect(cycles()).toEqual([])
  })

  test('touches files, processes, network and clock only at its edges', () => {
    const signs: readonly [string, RegExp][] = [
      [
        'a Node module of the outside world',
        /from '(node:)?(fs|fs\/promises|child_process|http|https|http2|net|tls|dgram|dns|worker_threads|cluster|sqlite|readline|os)'|import\('(node:)?(fs|fs\/promises|child_process|http|https|net|tls|dns|os|sqlite)'\)/,
      ],
      ['process', /(?<![.\w'/-])process\.(?!getBuiltinModule\b)\w/],
      ['fetch', /(?<![.\w])fetch\(/],
      ['the clock', /Date\.now\(|new Date\(\)|performance\.now\(/],
      ['a timer', /(?<![.\w])(setTimeout|setInterval|setImmediate)\(/],
    ]
    const found = files
      .filter((file) => !edges.some((edge) => (edge.endsWith('/') ? file.startsWith(edge) : file === edge)))
      .flatMap((file) => {
        const code = withoutComments(readFileSync(join(source, file), 'utf8'))
        return signs.filter(([, sign]) => sign.test(code)).map(([what]) => `${file} uses ${what}`)
      })
    expect(found).toEqual([])
  })

  test('explains an error text without anything of Node, so that a browser can do it', () => {
    const reached = new Set<string>()
    const visit = (file: string): void => {
      if (reached.has(file)) return
      reached.add(file)
      for (const { to } of loadsOf(file)) visit(to)
    }
    visit('holder/diagnosis/explain.ts')
    const ofNode =
      /(from|import)\s*\(?\s*'(node:|(fs|path|os|crypto|util|buffer)')|(?<![.\w'-])(Buffer|process)\.\w|\brequire\(/
    const found = [...reached].filter((file) => ofNode.test(withoutComments(readFileSync(join(source, file), 'utf8'))))
    expect(reached.size).toBeGreaterThan(100)
    expect(found).toEqual([])
  })

  test('throws only its own class of error', () => {
    const strangers = files.flatMap((file) => {
      const code = withoutComments(readFileSync(join(source, file), 'utf8'))
      return [...code.matchAll(/throw new (\w+)/g)]
        .filter(([, name]) => name !== 'CountersignError')
        .map(([text]) => `${file}: ${text}`)
    })
    expect(strangers).toEqual([])
  })

  test('keeps AWS error names of the wire in the wire', () => {
    // The holder reads those words off replies; in the authority only the room that renders them may write them.
    const awsCodes =
      /'(InvalidClientTokenId|SignatureDoesNotMatch|IncompleteSignature|MissingAuthenticationToken|ExpiredToken|NoSuchEntity|EntityAlreadyExists|DeleteConflict|LimitExceeded|MalformedPolicyDocument|AccessDenied|ValidationError)'/
    const found = files.filter(
      (file) =>
        file.startsWith('authority/') &&
        !file.startsWith('authority/wire/') &&
        awsCodes.test(withoutComments(readFileSync(join(source, file), 'utf8'))),
    )
    expect(found).toEqual([])
  })

  test('names its rooms and files by the words of the field', () => {
    expect(files.filter((file) => forbiddenNames.test(file))).toEqual([])
  })

  test('says nothing of the machine or the workplace it was made on', () => {
    const words = /\/work\/(main|shared)|\/root\/|\/tmp\/briefs|registry\.npmjs|\/home\/[a-z]+\//
    const everything = [
      ...files.map((file) => join(source, file)),
      ...walk(join(root, 'test')),
      ...walk(join(root, 'bench')),
    ]
      .filter((path) => /\.(ts|mjs|md|py|json)$/.test(path) && !path.endsWith('house.test.ts'))
      .filter((path) => words.test(readFileSync(path, 'utf8')))
    expect(everything.map((path) => relative(root, path))).toEqual([])
  })
})

function mayImport(from: string, to: string): boolean {
  const [fromWing, fromRoom] = placeOf(from)
  const [toWing, toRoom] = placeOf(to)
  if (fromWing === 'ground') return toWing === 'ground' && ground.indexOf(toRoom) <= ground.indexOf(fromRoom)
  if (toWing === 'ground') return true
  const order = wings[fromWing]
  if (order !== undefined) {
    if (toWing !== fromWing) return false
    return order.includes(fromRoom) && order.includes(toRoom) && order.indexOf(toRoom) <= order.indexOf(fromRoom)
  }
  if (fromWing === 'console') return toWing === 'console' || sharedWithPages.includes(to)
  return fromWing === toWing || (upstairs[fromWing] ?? []).includes(toWing)
}

function placeOf(file: string): readonly [wing: string, room: string] {
  const [first = '', second = ''] = file.split('/')
  return ground.includes(first) ? ['ground', first] : [first, second]
}

function importsOf(file: string): readonly Import[] {
  return importsIn(file, withoutComments(readFileSync(join(source, file), 'utf8')))
}

function importsIn(file: string, code: string): readonly Import[] {
  return [...code.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(([, target]) => ({
    from: file,
    to: posix.normalize(posix.join(posix.dirname(file), target ?? '')),
  }))
}

/** What is really loaded: imports of types alone are gone when the program runs. */
function loadsOf(file: string): readonly Import[] {
  const code = withoutComments(readFileSync(join(source, file), 'utf8'))
    .replace(/^(import|export) type\b[^']*'[^']*'/gm, '')
    .replace(/^import \{(\s*type [\w\s]+,?)+\s*\} from '[^']*'/gm, '')
  return importsIn(file, code)
}

function cycles(): readonly string[] {
  const next = new Map<string, string[]>()
  for (const { from, to } of imports) next.set(from, [...(next.get(from) ?? []), to])
  const done = new Set<string>()
  const found: string[] = []
  const visit = (file: string, trail: readonly string[]): void => {
    if (trail.includes(file)) {
      found.push([...trail.slice(trail.indexOf(file)), file].join(' → '))
      return
    }
    if (done.has(file)) return
    for (const to of next.get(file) ?? []) visit(to, [...trail, file])
    done.add(file)
  }
  for (const file of files) visit(file, [])
  return found
}

function withoutComments(code: string): string {
  return code.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`\\])\/\/.*$/gm, '$1')
}

function walk(directory: string): readonly string[] {
  const entries = readdirSync(directory, { withFileTypes: true }).filter(({ name }) => !built.includes(name))
  return entries.flatMap((entry) =>
    entry.isDirectory() ? walk(join(directory, entry.name)) : [join(directory, entry.name)],
  )
}

function show({ from, to }: Import): string {
  return `${from} imports ${to}`
}
