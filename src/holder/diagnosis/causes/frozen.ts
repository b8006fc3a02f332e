import type { Machine } from '../../machine/machine.ts'
import { joinPath, pathKey } from '../../machine/paths.ts'
import type { Place } from '../../sources/credential.ts'
import { readWritten } from '../../surroundings/written.ts'
import type { Scene } from '../scene.ts'
import { type Commands, editFile, everywhere, homePath } from '../shells.ts'
import { placeWords, shownId, shownIdText } from '../words.ts'
import { type Cause, cure, evidence, type Found, found } from './cause.ts'
import { isKeyId } from './in-environment.ts'

/** Values that an application has copied into its own files. */
export const frozenCauses: readonly Cause[] = [
  { id: 'frozen-in-app', failsAt: ['not-accepted', 'expired', 'signature'], look: frozenInApp },
]

interface KeyInFile {
  readonly id: string
  readonly at: Place & { readonly file: string }
  /** Made by a build or a cache, and not read anew. */
  readonly isMade: boolean
}

function frozenInApp(scene: Scene): Found | null {
  const { refusal, id } = scene
  if (scene.surroundings == null || refusal === null) return null
  const wanted = refusal.from === 'probe' ? (id?.clean ?? null) : null
  if (refusal.from === 'probe' && !isKeyId(wanted)) return null
  const keys = keysInProject(scene, wanted)
  const own = new Set([id?.clean ?? '', ...scene.others.map((other) => other.accessKeyId.value.trim())])
  // Of a pasted error only a made file with a key that nothing else here has tells anything.
  const hit = keys.find((key) => (wanted === null ? key.isMade && !own.has(key.id) : key.id === wanted))
  if (hit === undefined) return null
  const place = placeWords(scene, hit.at)
  return found(
    hit.isMade ? 'likely' : 'possible',
    hit.isMade
      ? 'The application has an old key in its cached configuration or build'
      : 'The application has a copy of the refused key in its own files',
    [
      wanted === null
        ? evidence(
            `${place} holds ${shownIdText(hit.id)}, which is none of the keys in your files and variables`,
            hit.at,
          )
        : evidence(`${place} holds the refused key ${shownId(id)} as well`, hit.at),
      ...(hit.isMade
        ? [evidence('That file was made from settings of another day, and is not made anew by a restart')]
        : []),
    ],
    afterFrozen(scene, hit),
  )
}

function afterFrozen(scene: Scene, { at, isMade }: KeyInFile) {
  if (/[\\/]bootstrap[\\/]cache[\\/]/.test(at.file))
    return cure(
      'Throw away the cached configuration, after you have set the new key',
      everywhere('php artisan config:clear'),
    )
  const open: Commands = editFile(homePath(at.file, scene.home))
  return isMade
    ? cure('Set the new key where the build takes it from, and build again', open)
    : cure('Put the new key there, too, or better: let the application use a profile or a role', open)
}

/** Not `.env`, which is read at each start and has a cause of its own. */
const settingsFile =
  /^(Dockerfile.*|.*\.(php|ya?ml|json|toml|ini|cfg|conf|properties|xml|py|rb|js|mjs|cjs|ts|tf|tfvars|tfstate|groovy|gradle|cs|go|java|sh))$/i
const passedOver = /^(\.git|\.hg|\.svn|node_modules|vendor|\.venv|venv|__pycache__|\.aws|\.terraform|\.cache)$/
const made =
  /[\\/](bootstrap[\\/]cache|dist|build|out|target|\.next|\.nuxt|\.output|public|cache|\.serverless|cdk\.out)[\\/]/

const mostFiles = 200
const mostDirectories = 80
const mostBytes = 256 * 1024
const mostDepth = 3

/** Key ids, or the one that is wanted, in the files of the working directory: bounded, and not where a whole home lies below it. */
function keysInProject({ machine, home, files }: Scene, wanted: string | null): readonly KeyInFile[] {
  const isHome = home !== null && pathKey(machine, machine.cwd) === pathKey(machine, home)
  if (isHome || /^(\/|[A-Za-z]:\\?)$/.test(machine.cwd)) return []
  const found: KeyInFile[] = []
  let read = 0
  let directories = 0
  const walk = (directory: string, depth: number): void => {
    directories += 1
    for (const name of machine.list(directory).slice(0, 500)) {
      if (read >= mostFiles) return
      const path = joinPath(machine, directory, name)
      if (settingsFile.test(name) && path !== files.credentials.path && path !== files.config.path) {
        found.push(...keysIn(machine, path, wanted))
        read += 1
      } else if (depth < mostDepth && directories < mostDirectories && !passedOver.test(name) && mayBeDirectory(name))
        walk(path, depth + 1)
    }
  }
  walk(machine.cwd, 0)
  return found
}

/** Directories seldom have an ending; what is none lists nothing. */
function mayBeDirectory(name: string): boolean {
  return !/\.[A-Za-z0-9]{2,5}$/.test(name) || /^\.\w+$|\.out$/.test(name)
}

function keysIn(machine: Machine, path: string, wanted: string | null): readonly KeyInFile[] {
  if (wanted !== null && machine.mentions?.(path, wanted, mostBytes) === false) return []
  const file = readWritten(machine, path, mostBytes)
  // Most files hold none, and a plain search tells it sooner than a pattern.
  if (file === null || !(wanted === null ? ['AKIA', 'ASIA'] : [wanted]).some((text) => file.text.includes(text)))
    return []
  return [...file.text.matchAll(/(?<![A-Za-z0-9])A[KS]IA[A-Z2-7]{16}(?![A-Za-z0-9])/g)]
    .slice(0, 20)
    .filter(([id]) => isKeyId(id))
    .map((match) => {
      const at = file.at(match.index)
      return { id: match[0], at: { ...at, file: path }, isMade: made.test(path) }
    })
}
