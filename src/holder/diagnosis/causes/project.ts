import type { FileEdit } from '../../files/edit.ts'
import { joinPath } from '../../machine/paths.ts'
import type { AppKeys } from '../../surroundings/app-keys.ts'
import { readWritten } from '../../surroundings/written.ts'
import type { Scene } from '../scene.ts'
import { type Commands, editFile, everywhere, homePath, noCommands, sequence } from '../shells.ts'
import type { Fix } from '../verdict.ts'
import { placeWords } from '../words.ts'
import { cacheCauses } from './caches.ts'
import { automaticCure, type Cause, cure, evidence, type Found, found } from './cause.ts'
import { hiddenLines } from './hidden.ts'
import { loginCauses } from './logins.ts'
import { profileNames } from './profile-names.ts'
import { terraformCauses } from './terraform.ts'

/** What programs configure by themselves, beside the AWS files. */
export const projectCauses: readonly Cause[] = [
  ...terraformCauses,
  {
    id: 'token-property-name',
    failsAt: ['not-accepted'],
    insteadOf: ['session-token-missing'],
    look: tokenUnderWrongName,
  },
  { id: 'profile-not-found', failsAt: ['nothing-sent'], look: profileOfProject },
  ...cacheCauses,
  ...loginCauses,
]

/** The profile that is missing stands in a file of the program, where no variable and no flag would be looked for. */
function profileOfProject(scene: Scene): Found | null {
  const { surroundings, refusal, trace } = scene
  const isMissing =
    trace.error?.reason === 'profile-not-found' ||
    (refusal?.from === 'text' && refusal.reply.code === 'ProfileNotFound')
  if (!isMissing) return null
  const said = refusal?.from === 'text' ? refusal.reply.message : `"${trace.profile.name}"`
  const names = profileNames(scene)
  const place = (surroundings?.project.profiles ?? []).find(
    ({ value }) => !names.includes(value) && isNamedIn(said, value),
  )
  if (place === undefined) return null
  const edit = 'file' in place.at ? editFile(homePath(place.at.file, scene.home)) : noCommands
  return found(
    'proven',
    `The profile "${place.value}" is named in a file of the project, and no AWS file has it`,
    [
      evidence(`${placeWords(scene, place.at)} names it`, place.at),
      ...(names.length === 0 ? [] : [evidence(`The profiles that exist are: ${names.slice(0, 12).join(', ')}`)]),
    ],
    cure(`Name a profile there that exists, or create "${place.value}"`, edit),
  )
}

/** Whether a message speaks of a profile: its name stands there as a word. */
function isNamedIn(message: string, name: string): boolean {
  for (let at = message.indexOf(name); at !== -1; at = message.indexOf(name, at + 1)) {
    const around = `${message[at - 1] ?? ' '}${message[at + name.length] ?? ' '}`
    if (!/[\w@+/-]/.test(around)) return true
  }
  return false
}

/** Which clients speak for a framework; an error that names no client may come from any. */
const clientsOf: Readonly<Record<AppKeys['app'], RegExp>> = {
  laravel: /^php$/,
  spring: /^java/,
  rails: /^ruby$/,
  dotnet: /^dotnet$/,
}

const appNames: Readonly<Record<AppKeys['app'], string>> = {
  laravel: 'Laravel',
  spring: 'Spring',
  rails: 'Rails',
  dotnet: '.NET',
}

/** The session token stands under a name that the framework does not hand on, or the framework is given none. */
function tokenUnderWrongName(scene: Scene): Found | null {
  const { surroundings, refusal } = scene
  const fromText = refusal?.from === 'text'
  const client = refusal?.client ?? null
  const apps = (surroundings?.project.apps ?? []).filter(({ app }) => client === null || clientsOf[app].test(client))
  for (const keys of apps) {
    // Checked here is what other programs would use; that tells of this one only where it is the very key.
    if (!fromText && !(keys.misnamedToken !== null && scene.token === null && isExamined(scene, keys))) continue
    if (keys.misnamedToken === null && keys.takesToken) continue
    if (keys.sessionToken !== null || !isTemporaryHere(scene, keys)) continue
    const { misnamedToken } = keys
    const idAt = (keys.accessKeyId ?? keys.idVariable)!.at
    return found(
      'likely',
      misnamedToken === null
        ? `${appNames[keys.app]} is not told of the session token`
        : `The session token stands under a name that ${appNames[keys.app]} does not read`,
      [
        ...(misnamedToken === null
          ? [evidence(`${placeWords(scene, idAt)} gives the key and its secret, and no token beside them`, idAt)]
          : [
              evidence(
                `"${misnamedToken.value.replace(/^.*\./, '')}" in ${placeWords(scene, misnamedToken.at)} must be "${misnamedToken.shouldBe}"`,
                misnamedToken.at,
              ),
            ]),
        evidence('The key is a temporary one (ASIA): without its token AWS does not know it', idAt),
      ],
      underRightName(scene, keys),
    )
  }
  return null
}

/** Whether the program takes the key that is examined. */
function isExamined({ credential, id }: Scene, { accessKeyId, idVariable }: AppKeys): boolean {
  if (accessKeyId !== null) return accessKeyId.value === id?.clean
  const at = credential?.accessKeyId.at
  return at !== undefined && 'variable' in at && at.variable === idVariable?.value
}

const tokenNames: Readonly<Record<AppKeys['app'], string>> = {
  laravel: 'token',
  spring: 'session-token',
  rails: 'session_token',
  dotnet: 'SessionToken',
}

/** Whether the key that the program takes is one of a session. */
function isTemporaryHere({ machine, surroundings }: Scene, { accessKeyId, idVariable }: AppKeys): boolean {
  if (accessKeyId !== null) return accessKeyId.value.startsWith('ASIA')
  if (idVariable === null) return false
  const values = [
    machine.env(idVariable.value),
    ...(surroundings?.settings ?? [])
      .filter(({ name, carrier }) => name === idVariable.value && carrier === 'dotenv')
      .map(({ value }) => value?.reveal()),
  ]
  return values.some((value) => value?.trim().startsWith('ASIA') === true)
}

function underRightName(scene: Scene, keys: AppKeys): Fix {
  const says = `Write the token as "${keys.misnamedToken?.shouldBe ?? tokenNames[keys.app]}" beside key and secret`
  const byHand = commandsFor(scene, keys)
  const edit = renamedKey(scene, keys)
  if (edit === null) return cure(says, byHand)
  const cache = joinPath(scene.machine, scene.machine.cwd, 'bootstrap', 'cache', 'config.php')
  // `php artisan config:clear` does no more (Illuminate\Foundation\Console\ConfigClearCommand).
  const isCached = keys.app === 'laravel' && scene.machine.readFile(cache).kind === 'found'
  const edits = isCached ? [edit, { kind: 'remove-file', file: cache } as const] : [edit]
  return automaticCure(says, { edits, byHand })
}

/** The line with the right name; null where it does not stand there once, as a word of its own. */
function renamedKey({ machine }: Scene, { misnamedToken, isCache }: AppKeys): FileEdit | null {
  if (misnamedToken === null || isCache || !('line' in misnamedToken.at)) return null
  const { file, line } = misnamedToken.at
  const text = readWritten(machine, file)?.text.split('\n')[line - 1]?.replace(/\r$/, '')
  const [wrong, right] = [misnamedToken.value, misnamedToken.shouldBe].map((name) => name.replace(/^.*\./, ''))
  const whole = new RegExp(`(?<![\\w-])${wrong!.replace(/[^\w-]/g, '\\$&')}(?![\\w-])`, 'g')
  if (text === undefined || (text.match(whole) ?? []).length !== 1 || text.includes('\uFFFD')) return null
  return hiddenLines({ file, line, was: [text], lines: [text.replace(whole, right!)] })
}

function commandsFor(scene: Scene, keys: AppKeys): Commands {
  const source = keys.isCache ? 'config/filesystems.php' : keys.file
  const edit = editFile(homePath(source, scene.home))
  return keys.app === 'laravel' ? sequence(edit, everywhere('php artisan config:clear')) : edit
}
