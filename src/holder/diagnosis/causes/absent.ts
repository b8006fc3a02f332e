import { type OddSection, oddSections, profileOfHeader } from '../../files/aws-files.ts'
import type { Place } from '../../sources/credential.ts'
import { brokenSource, isEmptyHanded, type Scene, sectionAt } from '../scene.ts'
import { command, editFile, homePath, setVariable } from '../shells.ts'
import type { Evidence, Fix } from '../verdict.ts'
import { configure, profileArgument, promptFor, useProfile } from '../words.ts'
import { mergedSection } from './broken-file.ts'
import { automaticCure, type Cause, cure, evidence, type Found, found, shellCure, unsetCure } from './cause.ts'
import { fileSyntaxCause, isRefusedProfile, unexpectedFileCause } from './files.ts'
import { hiddenSet } from './hidden.ts'
import { knownByItsId } from './key-pair.ts'
import { isProfileMissing, nearestName, profileNames } from './profile-names.ts'

/** Why there is nothing at all, or only half of a pair. */
export const absentCauses: readonly Cause[] = [
  {
    id: 'section-prefix',
    failsAt: ['nothing-sent', 'missing', 'not-accepted'],
    insteadOf: ['profile-not-found'],
    look: sectionPrefix,
  },
  fileSyntaxCause,
  { id: 'partial-credentials', failsAt: ['nothing-sent', 'missing', 'malformed'], look: partialCredentials },
  { id: 'profile-not-found', failsAt: ['nothing-sent'], look: profileNotFound },
  unexpectedFileCause,
  { id: 'no-credentials', failsAt: ['nothing-sent', 'missing'], look: noCredentials },
]

/** Told last: another profile may have been meant. */
export const profileCauses: readonly Cause[] = [
  { id: 'wrong-profile', failsAt: ['nothing-sent', 'missing', 'not-accepted', 'expired'], look: wrongProfile },
]

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
      ? moved(scene, slip)
      : automaticCure(`Change that header to [${slip.shouldBe}]`, {
          edits: [{ kind: 'rename-section', file: slip.file, section: slip.section, to: slip.shouldBe }],
        }),
  )
}

function moved(scene: Scene, { file, section, shouldBe }: OddSection): Fix {
  const says = `Move the settings below [${section}] to the existing [${shouldBe}]`
  const awsFile = file === scene.files.credentials.path ? scene.files.credentials : scene.files.config
  const edits = mergedSection(scene, awsFile, section, shouldBe)
  return edits === null ? cure(says, editFile(homePath(file, scene.home))) : automaticCure(says, { edits })
}

function isTaken(scene: Scene, inCredentials: boolean, header: string): boolean {
  const file = inCredentials ? scene.files.credentials : scene.files.config
  return file.reading.sections.some((section) => section.name === header)
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

function isOwnPair(scene: Scene): boolean {
  const provider = brokenSource(scene)?.provider
  return provider === 'shared-credentials-file' || provider === 'config-file'
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
  const profile = profileArgument(scene.trace.profile.name)
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
        ? unsetCure(
            'Take the half pair out of the environment, so that your profile is used again (or set both variables from one key)',
            ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_SECURITY_TOKEN'],
          )
        : cure(
            'Set both variables from one key. The secret of an existing key is never shown again: without a copy of it, make a new key (IAM, Users, your user, Security credentials, Create access key)',
            promptFor(['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']),
          )
      : (movedHalf(scene, at, split) ??
          cure(
            'Store both halves of one key. The secret of an existing key is never shown again: without a copy of it, make a new key (IAM, Users, your user, Security credentials, Create access key)',
            configure(profile),
          )),
  )
}

/** Brings the half that stands in the other file to where the first one stands. */
function movedHalf(scene: Scene, at: Place | null, split: Place | null): Fix | null {
  const here = at === null ? null : sectionAt(scene.files, at)
  const there = split === null ? null : sectionAt(scene.files, split)
  const entry = [...(there?.section.entries.values() ?? [])].find(
    ({ line }) => split !== null && 'line' in split && line === split.line,
  )
  if (here === null || there === null || entry === undefined) return null
  const { file, section } = here
  const edits = [
    hiddenSet({ file, section: section.name, key: entry.key, value: entry.value }),
    { kind: 'unset', file: there.file, section: there.section.name, key: entry.key } as const,
  ]
  return automaticCure(`Move ${entry.key} to its other half in ${homePath(file, scene.home).shown}`, { edits })
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

function profileNotFound(scene: Scene): Found | null {
  if (!isProfileMissing(scene) || prefixSlip(scene) !== null || isRefusedProfile(scene)) return null
  const { name, from } = scene.trace.profile
  const variable = typeof from === 'object' ? from.variable : null
  const names = profileNames(scene)
  const near = nearestName(name, names)
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
      variable === null
        ? cure(`Use the profile "${near}"`, command('aws', 'sts', 'get-caller-identity', '--profile', near))
        : shellCure(`Use the profile "${near}"`, { [variable]: near }, setVariable(variable, near)),
    )
  }
  return found(
    'proven',
    title,
    facts,
    variable === null
      ? cure(
          names.length > 0 ? 'Name one of the profiles that exist, or create this one' : 'Create the profile',
          configure(name),
        )
      : unsetCure('Take the variable away, so that the default profile is used, or set it to a profile that exists', [
          variable,
        ]),
  )
}

function noCredentials(scene: Scene): Found | null {
  if (!isEmptyHanded(scene)) return null
  const looked = scene.trace.steps.filter((step) => step.outcome === 'absent').slice(0, 12)
  const profile = profileArgument(scene.trace.profile.name)
  return found(
    'proven',
    'No source on this machine holds AWS credentials',
    looked.length === 0
      ? [evidence('Every source was looked at, and none holds any')]
      : looked.map((step) => evidence(`${step.provider}: ${step.because}`, step.at)),
    cure(
      'Store a key (IAM, Users, your user, Security credentials, Create access key), or log in with "aws configure sso" if your company uses IAM Identity Center',
      configure(profile),
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
    others.length === 1
      ? shellCure(`Name the profile that is meant: "${first}"`, { AWS_PROFILE: first! }, useProfile(first!))
      : cure(`Name the profile that is meant, for example "${first}"`, useProfile(first!)),
  )
}
