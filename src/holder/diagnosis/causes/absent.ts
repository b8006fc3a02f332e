import { type OddSection, oddSections, profileOfHeader, type Unreadable } from '../../files/aws-files.ts'
import type { Place } from '../../sources/credential.ts'
import type { Scene } from '../scene.ts'
import { type Commands, command, commandOnFile, editFile, homePath, replaceLine, unsetVariables } from '../shells.ts'
import { editDistance } from '../values.ts'
import type { Evidence } from '../verdict.ts'
import { aws, promptFor, useProfile } from '../words.ts'
import { automaticCure, type Cause, cure, evidence, type Found, found } from './cause.ts'
import { knownByItsId } from './key-pair.ts'

/** Why there is nothing at all, or only half of a pair. */
export const absentCauses: readonly Cause[] = [
  {
    id: 'section-prefix',
    failsAt: ['nothing-sent', 'missing', 'not-accepted'],
    insteadOf: ['profile-not-found'],
    look: sectionPrefix,
  },
  { id: 'file-syntax', failsAt: ['nothing-sent'], look: fileSyntax },
  { id: 'partial-credentials', failsAt: ['nothing-sent', 'missing', 'malformed'], look: partialCredentials },
  { id: 'profile-not-found', failsAt: ['nothing-sent'], look: profileNotFound },
  { id: 'unexpected-file', failsAt: ['nothing-sent', 'missing'], look: unexpectedFile },
  { id: 'no-credentials', failsAt: ['nothing-sent', 'missing'], look: noCredentials },
]

/** Told last: another profile may have been meant. */
export const profileCauses: readonly Cause[] = [
  { id: 'wrong-profile', failsAt: ['nothing-sent', 'missing', 'not-accepted', 'expired'], look: wrongProfile },
]

function isEmptyHanded(scene: Scene): boolean {
  return scene.trace.winner === null && scene.trace.error === null
}

/** The client stops for it, or it goes on without a word and finds nothing. */
function isProfileMissing(scene: Scene): boolean {
  const { error, profile } = scene.trace
  if (error?.reason === 'profile-not-found') return true
  return isEmptyHanded(scene) && profile.from !== 'default' && !profileNames(scene).includes(profile.name)
}

/** The odd header that means the selected profile, when that profile holds nothing otherwise. */
function prefixSlip(scene: Scene): OddSection | null {
  if (!isProfileMissing(scene) && !isEmptyHanded(scene)) return null
  const name = scene.trace.profile.name
  const slips = oddSections(scene.files).filter((odd) => odd.profile === name)
  return slips.find((odd) => odd.file === scene.files.credentials.path) ?? slips[0] ?? null
}

function sectionPrefix(scene: Scene): Found | null {
  const slip = prefixSlip(scene)
  if (slip === null) return null
  const file = homePath(slip.file, scene.home)
  const inCredentials = slip.file === scene.files.credentials.path
  const title = `The profile "${slip.profile}" is there, but its header [${slip.section}] is spelled wrong for this file`
  const rule =
    slip.kind === 'prefix-in-credentials'
      ? 'In the credentials file a header is the bare profile name; the word "profile" belongs in the config file only'
      : slip.kind === 'prefix-missing-in-config'
        ? 'In the config file every profile except "default" needs the word "profile" before its name'
        : 'Blanks and capital letters in a header count: it names another profile than it seems to'
  return found(
    'proven',
    title,
    [
      evidence(
        `${file.shown}:${slip.line} says [${slip.section}]; for profile "${slip.profile}" it must say [${slip.shouldBe}]`,
        {
          file: slip.file,
          line: slip.line,
          column: slip.column,
        },
      ),
      evidence(rule),
    ],
    isTaken(scene, inCredentials, slip.shouldBe)
      ? cure(`Move the settings below [${slip.section}] to the existing [${slip.shouldBe}]`, editFile(file))
      : automaticCure(`Change that header to [${slip.shouldBe}]`, replaceLine(file, slip.line, `[${slip.shouldBe}]`), [
          { kind: 'rename-section', file: slip.file, section: slip.section, to: slip.shouldBe },
        ]),
  )
}

function isTaken(scene: Scene, inCredentials: boolean, header: string): boolean {
  const file = inCredentials ? scene.files.credentials : scene.files.config
  return file.reading.sections.some((section) => section.name === header)
}

/** The families of clients that read the files as botocore does. */
function readsAsBotocore({ trace }: Scene): boolean {
  return trace.sdk === 'aws-cli-v1' || trace.sdk === 'aws-cli-v2' || trace.sdk === 'boto3'
}

/** A client that makes the best of a broken file passes over what it cannot read, and says nothing. */
function passedOver(scene: Scene): Found | null {
  if (!isEmptyHanded(scene) || readsAsBotocore(scene)) return null
  for (const { path, reading } of [scene.files.credentials, scene.files.config]) {
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
      cure(`Correct line ${problem.line}: ${adviceFor(problem.kind)}`, editFile(file)),
    )
  }
  return null
}

function fileSyntax(scene: Scene): Found | null {
  const { error } = scene.trace
  if (error === null) return passedOver(scene)
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
    cure(`Correct line ${problem.line}: ${adviceFor(problem.kind)}`, editFile(file)),
  )
}

/**
 * A file in which botocore finds nothing wrong, and this client does. Other files, a token or a cache, are only named by a line of
 * an AWS file.
 */
function refusedLine({ files, home, trace }: Scene, at: Extract<Place, { line: number }>): Found | null {
  const stop = trace.steps.find(({ outcome }) => outcome === 'broken')
  if (at.file !== files.config.path && at.file !== files.credentials.path) return null
  const file = homePath(at.file, home)
  return found(
    'proven',
    `This client refuses ${file.shown} for its line ${at.line}`,
    [
      evidence(stop?.because ?? trace.error!.says.replace(/^\w+: /, ''), at),
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

interface Half {
  /** The variable or key that is not there. */
  readonly missing: string
  /** Where its other half stands. */
  readonly at: Place | null
}

/** Half of a pair, for which a client stops, or over which it passes and then holds nothing. */
function halfPair(scene: Scene): Half | null {
  const { error } = scene.trace
  if (error?.reason === 'partial-credentials') {
    const said = /missing: ([\w, ]+)/.exec(error.says)?.[1]
    // botocore has the same error for a role without a source, and that is no half of a pair.
    if (said?.includes('source_profile')) return null
    return said === undefined
      ? (halfInEnvironment(scene) ?? halfInProfile(scene) ?? { missing: 'the other half', at: error.at })
      : { missing: said, at: error.at }
  }
  // .NET calls such a profile invalid, and does not say for what.
  if (error?.reason === 'configuration' && isOwnPair(scene)) return halfInProfile(scene)
  return isEmptyHanded(scene) ? (halfInEnvironment(scene) ?? halfInProfile(scene)) : null
}

function isOwnPair({ trace }: Scene): boolean {
  const stop = trace.steps.find(({ outcome }) => outcome === 'broken')
  return stop?.provider === 'shared-credentials-file' || stop?.provider === 'config-file'
}

function halfInEnvironment({ machine }: Scene): Half | null {
  const [id, secret] = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'].map((name) => Boolean(machine.env(name)))
  if (id === secret) return null
  return id
    ? { missing: 'AWS_SECRET_ACCESS_KEY', at: { variable: 'AWS_ACCESS_KEY_ID' } }
    : { missing: 'AWS_ACCESS_KEY_ID', at: { variable: 'AWS_SECRET_ACCESS_KEY' } }
}

function halfInProfile({ files, trace }: Scene): Half | null {
  for (const { path, profiles } of [files.credentials, files.config]) {
    const entries = profiles.get(trace.profile.name)?.entries
    const [id, secret] = [entries?.get('aws_access_key_id'), entries?.get('aws_secret_access_key')]
    const there = id?.value ? id : secret?.value ? secret : undefined
    if (there === undefined || (id?.value && secret?.value)) continue
    const missing = there === id ? 'aws_secret_access_key' : 'aws_access_key_id'
    return { missing, at: { file: path, line: there.line, column: there.column } }
  }
  return null
}

/** `PartialCredentialsError: Partial credentials found in env, missing: AWS_SECRET_ACCESS_KEY` */
function partialCredentials(scene: Scene): Found | null {
  const half = halfPair(scene)
  if (half === null) return null
  const { missing, at } = half
  const inEnvironment = /^AWS_/.test(missing)
  const profile = scene.trace.profile.name === 'default' ? null : scene.trace.profile.name
  const split = inEnvironment ? null : otherHalf(scene, missing)
  const facts: Evidence[] = [evidence('Its other half is there, and of no use alone', at)]
  if (split !== null)
    facts.push(
      evidence(`${missing} stands in another file; the AWS CLI and boto3 take both halves from one file only`, split),
    )
  facts.push(...knownByItsId(scene))
  const shadowed = inEnvironment && scene.others.some((other) => other.provider !== 'env')
  return found(
    'proven',
    inEnvironment
      ? `Only half of a key pair is in the environment: ${missing} is not set`
      : `Only half of a key pair is in profile "${scene.trace.profile.name}": ${missing} is missing`,
    facts,
    inEnvironment
      ? shadowed
        ? cure(
            'Take the half pair out of the environment, so that your profile is used again (or set both variables from one key)',
            unsetVariables(['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_SECURITY_TOKEN']),
          )
        : cure(
            'Set both variables from one key. The secret of an existing key is never shown again: without a copy of it, make a new key (IAM, Users, your user, Security credentials, Create access key)',
            promptFor(['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']),
          )
      : cure(
          'Store both halves of one key. The secret of an existing key is never shown again: without a copy of it, make a new key (IAM, Users, your user, Security credentials, Create access key)',
          aws(profile, 'configure'),
        ),
  )
}

/** Where the missing key of the selected profile stands after all: in the other of the two files. */
function otherHalf(scene: Scene, missing: string): Place | null {
  const name = scene.trace.profile.name
  for (const { path, reading, role } of [scene.files.config, scene.files.credentials]) {
    for (const section of reading.sections) {
      if ((role === 'config' ? profileOfHeader(section.name) : section.name) !== name) continue
      const entry = section.entries.get(missing)
      if (entry !== undefined && entry.value !== '') return { file: path, line: entry.line, column: entry.column }
    }
  }
  return null
}

/** Profiles of both files, by the names under which the AWS CLI knows them. */
export function profileNames(scene: Scene): readonly string[] {
  const names = new Set<string>()
  for (const section of scene.files.config.reading.sections) {
    const name = profileOfHeader(section.name)
    if (name !== null) names.add(name)
  }
  for (const section of scene.files.credentials.reading.sections) names.add(section.name)
  return [...names]
}

function profileNotFound(scene: Scene): Found | null {
  if (!isProfileMissing(scene) || prefixSlip(scene) !== null) return null
  const { name, from } = scene.trace.profile
  const variable = typeof from === 'object' ? from.variable : null
  const names = profileNames(scene)
  const near = nearest(name, names)
  const at: Place | null = variable === null ? null : { variable }
  const files = [scene.files.credentials, scene.files.config].map(({ path }) => homePath(path, scene.home).shown)
  const facts = [evidence(`Neither ${files[0]} nor ${files[1]} has a profile "${name}"`, at)]
  if (name.trim() === '')
    facts.push(
      evidence(`${variable ?? 'The profile name'} is set, but to nothing: an empty name is looked for as it is`),
    )
  else if (name !== name.trim()) facts.push(evidence('The name has a blank at its end or beginning, and blanks count'))
  if (near !== null) facts.push(evidence(`There is a profile "${near}"`))
  else if (names.length > 0)
    facts.push(
      evidence(`The profiles that exist are: ${names.slice(0, 12).join(', ')}${names.length > 12 ? ', …' : ''}`),
    )
  const title =
    variable === null ? `There is no profile "${name}"` : `${variable} names a profile that does not exist: "${name}"`
  if (near !== null) {
    return found(
      'proven',
      title,
      facts,
      cure(
        `Use the profile "${near}"`,
        variable === null ? command('aws', 'sts', 'get-caller-identity', '--profile', near) : useProfile(near),
      ),
    )
  }
  return found(
    'proven',
    title,
    facts,
    variable === null
      ? cure(
          names.length > 0 ? 'Name one of the profiles that exist, or create this one' : 'Create the profile',
          command('aws', 'configure', '--profile', name),
        )
      : cure(
          'Take the variable away, so that the default profile is used, or set it to a profile that exists',
          unsetVariables([variable]),
        ),
  )
}

function nearest(name: string, names: readonly string[]): string | null {
  const folded = name.trim().toLowerCase()
  const ranked = names
    .map((candidate) => ({ candidate, distance: editDistance(folded, candidate.trim().toLowerCase()) }))
    .filter(
      ({ candidate, distance }) => distance <= (candidate.length <= 4 ? 1 : 2) && candidate !== name && folded !== '',
    )
    .sort((a, b) => a.distance - b.distance)
  return ranked[0]?.candidate ?? null
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
      cure(
        `Take the variable away, so that the usual file in ~/.aws is used, or set it to the right path`,
        unsetVariables([variable]),
      ),
    )
  }
  for (const stray of scene.home === null ? [] : strayFiles) {
    const path = `${scene.home!.replace(/[\\/]+$/, '')}/${stray}`
    if (scene.machine.readFile(path).kind !== 'found') continue
    const wanted = stray.includes('config') ? scene.files.config : scene.files.credentials
    if (wanted.state.kind !== 'absent') continue
    const from = homePath(path, scene.home)
    const to = homePath(wanted.path, scene.home)
    return found(
      'likely',
      `The file is named ${from.shown}; AWS tools look for ${to.shown}`,
      [evidence(`${from.shown} exists and ${to.shown} does not`, { file: path })],
      cure(`Rename it to ${to.shown}`, {
        bash: [`mv ${from.shown} ${to.shown}`],
        fish: [`mv ${from.shown} ${to.shown}`],
        powershell: [`Move-Item "$HOME${from.shown.slice(1)}" "$HOME${to.shown.slice(1)}"`],
        cmd: [
          `move "%USERPROFILE%${from.shown.slice(1).replaceAll('/', '\\')}" "%USERPROFILE%${to.shown.slice(1).replaceAll('/', '\\')}"`,
        ],
      }),
    )
  }
  return null
}

function noCredentials(scene: Scene): Found | null {
  if (!isEmptyHanded(scene)) return null
  const looked = scene.trace.steps.filter((step) => step.outcome === 'absent').slice(0, 12)
  const profile = scene.trace.profile.name === 'default' ? null : scene.trace.profile.name
  return found(
    'proven',
    'No source on this machine holds AWS credentials',
    looked.length === 0
      ? [evidence('Every source was looked at, and none holds any')]
      : looked.map((step) => evidence(`${step.provider}: ${step.because}`, step.at)),
    cure(
      'Store a key (IAM, Users, your user, Security credentials, Create access key), or log in with "aws configure sso" if your company uses IAM Identity Center',
      aws(profile, 'configure'),
    ),
  )
}

/** The default profile is empty or refused while another one is complete: `--profile` was probably forgotten. */
function wrongProfile(scene: Scene): Found | null {
  const { profile, error } = scene.trace
  if (profile.from !== 'default' || error !== null) return null
  const used = scene.credential?.accessKeyId.value
  const others = [
    ...new Set(
      scene.others
        .filter((other) => other.profile !== null && other.profile !== 'default' && other.accessKeyId.value !== used)
        .map((other) => other.profile!),
    ),
    // The one that was let ask about the refused key is known to the person, and another one was meant.
  ].filter((name) => name !== scene.neighbour?.profile)
  if (others.length === 0) return null
  if (scene.trace.winner !== null && (scene.refusal === null || scene.credential === null)) return null
  const [first] = others
  return found(
    scene.trace.winner === null ? 'likely' : 'possible',
    scene.trace.winner === null
      ? 'No profile was named, and the default one is empty'
      : 'No profile was named; perhaps another one was meant',
    [
      evidence(`The default profile was used because neither --profile nor AWS_PROFILE names another`),
      evidence(
        `${others.length === 1 ? `Profile "${first}" holds` : `Profiles ${others.slice(0, 8).join(', ')} hold`} keys of ${others.length === 1 ? 'its' : 'their'} own`,
      ),
    ],
    cure(`Name the profile that is meant, for example "${first}"`, useProfile(first!)),
  )
}
