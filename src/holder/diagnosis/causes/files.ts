import type { Unreadable } from '../../files/aws-files.ts'
import type { Place } from '../../sources/credential.ts'
import { brokenSource, isEmptyHanded, readsAsBotocore, type Scene, withoutClass } from '../scene.ts'
import { type Commands, command, commandOnFile, editFile, homePath } from '../shells.ts'
import { mendedFile } from './broken-file.ts'
import { automaticCure, type Cause, cure, evidence, type Found, found, unsetCure } from './cause.ts'
import { hiddenFile } from './hidden.ts'
import { isProfileMissing, profileNames } from './profile-names.ts'

/** An AWS file that is refused, passed over, or not where it is looked for. */
export const fileSyntaxCause: Cause = { id: 'file-syntax', failsAt: ['nothing-sent'], look: fileSyntax }
export const unexpectedFileCause: Cause = {
  id: 'unexpected-file',
  failsAt: ['nothing-sent', 'missing'],
  look: unexpectedFile,
}

/** A client that makes the best of a broken file passes over what it cannot read, and says nothing. */
function passedOver(scene: Scene): Found | null {
  if (!(isEmptyHanded(scene) || isRefusedProfile(scene)) || readsAsBotocore(scene)) return null
  for (const awsFile of [scene.files.credentials, scene.files.config]) {
    const { path, reading } = awsFile
    const problem = reading.problems.find(({ kind }) => kind !== 'too-large')
    if (problem === undefined) continue
    const file = homePath(path, scene.home)
    const isHeadless = problem.kind === 'no-section-yet'
    return found(
      isHeadless ? 'proven' : 'likely',
      isHeadless
        ? `${file.shown} has lines above its first [section], and they count for no profile`
        : `${file.shown} has a mistake in line ${problem.line}, and what belongs to it is not used`,
      [
        evidence(problem.says, { file: path, line: problem.line, column: problem.column }),
        evidence('This client says nothing of it and reads on; the AWS CLI and boto3 refuse the whole file'),
      ],
      mendedFile(scene, awsFile) ?? cure(`Correct line ${problem.line}: ${adviceFor(problem.kind)}`, editFile(file)),
    )
  }
  return null
}

/** The profile stands in a file with a mistake in it, and the client says that there is none. */
export function isRefusedProfile(scene: Scene): boolean {
  const { trace, files } = scene
  if (trace.error?.reason !== 'profile-not-found' || !profileNames(scene).includes(trace.profile.name)) return false
  return [files.credentials, files.config].some(({ reading }) => reading.problems.length > 0)
}

function fileSyntax(scene: Scene): Found | null {
  const { error } = scene.trace
  if (error === null || isRefusedProfile(scene)) return passedOver(scene)
  if (error?.reason !== 'file-syntax' && error?.reason !== 'file-unreadable') return null
  const broken = [scene.files.config, scene.files.credentials].find(({ reading }) => reading.problems.length > 0)
  const [problem] = broken?.reading.problems ?? []
  if (problem?.kind === 'too-large') {
    // Our own bound: the client would read on, and may find what it needs.
    const { shown } = homePath(broken!.path, scene.home)
    return found(
      'possible',
      `${shown} is far larger than AWS files are, and was not read here`,
      [evidence(`${shown}: ${problem.says}`, { file: broken!.path, line: problem.line, column: problem.column })],
      cure('Look at what fills it: such a file has a few lines for each profile'),
    )
  }
  if (problem === undefined && error.at !== null && 'line' in error.at)
    return error.reason === 'file-syntax' ? refusedLine(scene, error.at) : null
  if (error.reason === 'file-unreadable' || broken === undefined || problem === undefined) {
    return found(
      'proven',
      'An AWS file cannot be read',
      [evidence(error.says, error.at)],
      error.at !== null && 'file' in error.at
        ? cure('Make the file readable for you', permit(scene, error.at.file))
        : cure('Repair the file that is named above'),
    )
  }
  const file = homePath(broken.path, scene.home)
  const at: Place = { file: broken.path, line: problem.line, column: problem.column }
  return found(
    'proven',
    `${file.shown} has a mistake in line ${problem.line}, and so none of it is used`,
    [
      evidence(problem.says, at),
      evidence(
        'The AWS CLI and boto3 refuse the whole file for it, whatever else is right, and also when keys stand in the environment',
      ),
      ...broken.reading.problems
        .slice(1)
        .filter((more) => more.says !== problem.says)
        .slice(0, 3)
        .map((more) => evidence(more.says, { file: broken.path, line: more.line, column: more.column })),
    ],
    mendedFile(scene, broken) ?? cure(`Correct line ${problem.line}: ${adviceFor(problem.kind)}`, editFile(file)),
  )
}

/**
 * A file in which botocore finds nothing wrong, and this client does. Other files, a token or a cache, are only named by a line of
 * an AWS file.
 */
function refusedLine(scene: Scene, at: Extract<Place, { line: number }>): Found | null {
  const { files, home, trace } = scene
  if (at.file !== files.config.path && at.file !== files.credentials.path) return null
  const file = homePath(at.file, home)
  return found(
    'proven',
    `This client refuses ${file.shown} for its line ${at.line}`,
    [
      evidence(brokenSource(scene)?.because ?? withoutClass(trace.error!.says), at),
      evidence('The AWS CLI and boto3 read the file all the same'),
    ],
    cure(`Correct line ${at.line}: each line stands alone, without blanks before it`, editFile(file)),
  )
}

function adviceFor(kind: string): string {
  switch (kind) {
    case 'duplicate-section':
      return 'keep one of the two sections and move what is still needed into it'
    case 'duplicate-key':
      return 'keep one of the two lines, usually the newer one'
    case 'no-section-yet':
      return 'put a header such as [default] above it'
    case 'no-delimiter':
      return 'write it as name = value, or put a # before it'
    case 'byte-order-mark':
    case 'utf-16':
    case 'not-utf-8':
      return 'save the file as UTF-8 without a byte order mark'
    default:
      return 'write one name = value per line below a [section]'
  }
}

function permit(scene: Scene, path: string): Commands {
  const file = homePath(path, scene.home)
  return scene.machine.platform === 'win32'
    ? editFile(file)
    : { ...editFile(file), ...commandOnFile(file, 'chmod', '600') }
}

/** Files that people make by accident, relative to the home directory. */
const strayFiles = [
  '.aws/credentials.txt',
  '.aws/config.txt',
  '.aws/credentials.csv',
  '.aws/credential',
  'aws/credentials',
  '.aws/credentials.ini',
]

/** The usual file is there, and the client passes over it in silence. */
function unreadable(scene: Scene, path: string, because: Unreadable): Found {
  const { shown } = homePath(path, scene.home)
  const [why, fix] = unreadableWords[because]
  return found(
    'proven',
    `${shown} is there, but cannot be read`,
    [
      evidence(`${shown}: ${why}`, { file: path }),
      evidence('The AWS CLI and boto3 say nothing of it and go on as if there were no such file'),
    ],
    because === 'permission' ? cure(fix, permit(scene, path)) : cure(fix),
  )
}

const unreadableWords: Readonly<Record<Unreadable, readonly [why: string, fix: string]>> = {
  permission: ['you may not read it', 'Make the file readable for you'],
  loop: ['it is a link that leads back to itself', 'Take the link away, and put the file itself in its place'],
  directory: ['a directory stands in its place', 'Take the directory away, and put a file in its place'],
  io: ['the disk gives an error', 'Look at the disk, and put a readable file in its place'],
  'too-large': ['it is too large to be read here', 'Put a file with a few lines for each profile in its place'],
  'not-a-file': ['what stands there is no ordinary file', 'Take it away, and put an ordinary file in its place'],
}

function unexpectedFile(scene: Scene): Found | null {
  if (!isEmptyHanded(scene) && !isProfileMissing(scene)) return null
  for (const file of [scene.files.credentials, scene.files.config]) {
    if (file.state.kind === 'read') continue
    if (file.from === 'default') {
      if (file.state.kind === 'absent') continue
      return unreadable(scene, file.path, file.state.because)
    }
    const { variable } = file.from
    const shown = homePath(file.path, scene.home).shown
    const why =
      file.path === ''
        ? 'nothing'
        : file.state.kind === 'absent'
          ? `${shown}, and there is no such file`
          : `${shown}, and that is no readable file`
    return found(
      'proven',
      `${variable} sends the search to a file that is not there`,
      [
        evidence(`${variable} is set to ${why}`, { variable }),
        ...(/^["']|["']$|^\\?~/.test(scene.machine.env(variable) ?? '') && file.written.includes('~')
          ? [evidence('A ~ inside of quotes is not replaced by the home directory')]
          : []),
      ],
      unsetCure(`Take the variable away, so that the usual file in ~/.aws is used, or set it to the right path`, [
        variable,
      ]),
    )
  }
  for (const stray of scene.home === null ? [] : strayFiles) {
    const path = `${scene.home!.replace(/[\\/]+$/, '')}/${stray}`
    const stands = scene.machine.readFile(path)
    if (stands.kind !== 'found') continue
    const wanted = stray.includes('config') ? scene.files.config : scene.files.credentials
    if (wanted.state.kind !== 'absent') continue
    const from = homePath(path, scene.home)
    const to = homePath(wanted.path, scene.home)
    return found(
      'likely',
      `The file is named ${from.shown}; AWS tools look for ${to.shown}`,
      [evidence(`${from.shown} exists and ${to.shown} does not`, { file: path })],
      // The console gives keys in a file of another form.
      stray.endsWith('.csv')
        ? cure('Import it', command('countersign', 'configure', 'import', '--csv', path))
        : automaticCure(`Rename it to ${to.shown}`, {
            edits: [
              hiddenFile({ file: wanted.path, was: null, bytes: stands.bytes }),
              { kind: 'remove-file', file: path },
            ],
          }),
    )
  }
  return null
}
