import { type AwsFiles, readAwsFiles } from '../../files/aws-files.ts'
import { overlayMachine } from '../../machine/overlay.ts'
import { pathKey } from '../../machine/paths.ts'
import type { Place } from '../../sources/credential.ts'
import type { Scene } from '../scene.ts'
import { type Commands, homePath, quote, sequence, setVariable } from '../shells.ts'
import { placeWords, shownId, shownIdText } from '../words.ts'
import { type Cause, evidence, type Found, found, mayBeLocal, shellCure } from './cause.ts'
import { inHome, isFailingInEnvironment, isMissing } from './in-environment.ts'

/** Another home directory of the same person, with AWS files of its own. */
export const homeCauses: readonly Cause[] = [
  {
    id: 'two-homes',
    failsAt: ['not-accepted', 'expired', 'signature', 'missing', 'nothing-sent'],
    insteadOf: ['docker-environment'],
    look: twoHomes,
  },
]

/** What the AWS files in some home hold of a profile. */
export interface HeldInHome {
  readonly file: string
  readonly at: Place
  /** The key id there; null for a profile without one, such as an SSO profile. */
  readonly id: string | null
}

/** Looks for a profile in the AWS files of another home; null when they do not have it. */
export function heldIn(scene: Scene, home: string, profile: string): HeldInHome | null {
  const { machine } = scene
  const hidden = { AWS_SHARED_CREDENTIALS_FILE: null, AWS_CONFIG_FILE: null, HOME: home, USERPROFILE: home }
  const files: AwsFiles = readAwsFiles(overlayMachine(machine, { env: hidden }))
  for (const { path, profiles } of [files.credentials, files.config]) {
    const section = profiles.get(profile)
    const entry = section?.entries.get('aws_access_key_id')
    if (section === undefined || (entry === undefined && section.entries.size === 0)) continue
    const keys = [
      'aws_access_key_id',
      'role_arn',
      'sso_session',
      'sso_start_url',
      'credential_process',
      'login_session',
    ]
    if (!keys.some((key) => section.entries.has(key))) continue
    const { line, column } = entry ?? section
    return { file: path, at: { file: path, line, column }, id: entry?.value ?? null }
  }
  return null
}

interface OtherHome {
  readonly home: string
  readonly says: string
}

/** Other homes of the person: those of Windows seen from WSL, the real one behind a snap, the one that the user database names. */
function otherHomes({ machine, home, surroundings }: Scene): readonly OtherHome[] {
  const homes: OtherHome[] = []
  const add = (path: string | undefined | null, says: string): void => {
    if (!path || (home !== null && pathKey(machine, path) === pathKey(machine, home))) return
    homes.push({ home: path, says })
  }
  if (machine.platform === 'linux') {
    const users = machine
      .list('/mnt/c/Users')
      .filter((name) => !/^(Public|Default.*|All Users|desktop\.ini)$/i.test(name))
    for (const name of users.slice(0, 20)) add(`/mnt/c/Users/${name}`, 'your home in Windows')
    if (surroundings?.workload.container != null) {
      add('/root', 'the home of root in this container')
      for (const name of machine.list('/home').slice(0, 20))
        add(`/home/${name}`, 'the home of another user in this container')
    }
    add(machine.env('SNAP_REAL_HOME'), 'your real home, outside of the snap')
  }
  if (machine.platform === 'win32') {
    add(machine.env('HOME'), 'the home of Git Bash and Cygwin')
    add((machine.env('HOMEDRIVE') ?? '') + (machine.env('HOMEPATH') ?? ''), 'the home that HOMEPATH names')
  }
  if (machine.env('SUDO_USER') === undefined) add(machine.userHome, 'your home by the user database')
  return homes
}

function twoHomes(scene: Scene): Found | null {
  const { trace, credential, refusal } = scene
  if (scene.surroundings == null || isFailingInEnvironment(scene) || scene.home === null) return null
  const isAbsent = isMissing(scene) && mayBeLocal(scene)
  if (!isAbsent && (refusal === null || credential === null || !('file' in credential.accessKeyId.at))) return null
  // Who has said where the files are does not look into a home.
  if ([scene.files.credentials, scene.files.config].some(({ from }) => from !== 'default')) return null
  for (const { home, says } of otherHomes(scene)) {
    const held = heldIn(scene, home, trace.profile.name)
    if (held === null || (!isAbsent && (held.id === null || held.id.trim() === scene.id?.clean))) continue
    const own = homePath(inHome(scene, scene.home, '.aws'), scene.home).shown
    return found(
      'likely',
      'You have two home directories, and the AWS files of the other one are not read here',
      [
        isAbsent
          ? evidence(`Here ${own} is read, and it has no keys for profile "${trace.profile.name}"`)
          : evidence(
              `Here ${placeWords(scene, credential!.accessKeyId.at)} is read, with ${shownId(scene.id)}`,
              credential!.accessKeyId.at,
            ),
        evidence(
          `${says} is ${home}: ${placeWords(scene, held.at)} has the same profile${held.id === null ? '' : ` with ${shownIdText(held.id)}`}`,
          held.at,
        ),
      ],
      shellCure('Let both use the same files', filesOf(scene, home), useFilesOf(scene, home)),
    )
  }
  return null
}

function filesOf(scene: Scene, home: string): Readonly<Record<string, string>> {
  return {
    AWS_SHARED_CREDENTIALS_FILE: inHome(scene, home, '.aws', 'credentials'),
    AWS_CONFIG_FILE: inHome(scene, home, '.aws', 'config'),
  }
}

/** Both AWS files of a home, named in the environment. */
function useFilesOf(scene: Scene, home: string): Commands {
  return sequence(...Object.entries(filesOf(scene, home)).map(([name, path]) => setVariable(name, path)))
}

/** The same for one command that sudo runs. */
export function sudoWithFilesOf(scene: Scene, home: string): Commands {
  const line = (shell: 'bash' | 'fish') =>
    [
      'sudo',
      `AWS_SHARED_CREDENTIALS_FILE=${quote(shell, inHome(scene, home, '.aws', 'credentials'))}`,
      `AWS_CONFIG_FILE=${quote(shell, inHome(scene, home, '.aws', 'config'))}`,
      'aws sts get-caller-identity',
    ].join(' ')
  return { bash: [line('bash')], fish: [line('fish')], powershell: [], cmd: [] }
}
