import { readSessionToken } from '../../../anatomy/session-token.ts'
import type { Credential } from '../../sources/credential.ts'
import type { Setting } from '../../surroundings/settings.ts'
import { isEmptyHanded, isTemporary, type Scene } from '../scene.ts'
import { type Commands, everywhere, homePath, noCommands, readStartup } from '../shells.ts'
import type { Evidence, Fix } from '../verdict.ts'
import { credentialVariables, instantWords, placeWords, setVariables, shownId, shownIdText, span } from '../words.ts'
import { type Cause, cure, evidence, type Found, found, shellCure, unsetCure } from './cause.ts'
import {
  inNewShell,
  isFailingInEnvironment,
  isKeyId,
  isMissing,
  keeperOlderThan,
  literalOf,
  passesDown,
  shellOf,
  shellsAreOlderThan,
  surelySets,
} from './in-environment.ts'

/** New values are stored, and what runs has the old ones. */
export const oldEnvironmentCauses: readonly Cause[] = [
  {
    id: 'old-environment',
    failsAt: ['not-accepted', 'expired', 'signature', 'malformed', 'missing', 'nothing-sent'],
    look: oldEnvironment,
  },
  {
    id: 'stale-process',
    failsAt: ['expired', 'not-accepted'],
    insteadOf: ['session-expired', 'environment-shadows-profile'],
    look: staleProcess,
  },
]

function oldEnvironment(scene: Scene): Found | null {
  if (scene.surroundings == null) return null
  if (isFailingInEnvironment(scene)) return otherKey(scene)
  const { from } = scene.trace.profile
  const isRefused = scene.refusal !== null && scene.credential?.profile != null
  if ((scene.trace.error?.reason === 'profile-not-found' || isRefused) && typeof from === 'object')
    return otherValue(scene, from.variable)
  return isEmptyHanded(scene) ? notYetThere(scene) : null
}

/** The start-up file or the registry has another key than this process. */
function otherKey(scene: Scene): Found | null {
  const fresh = inNewShell(scene, 'AWS_ACCESS_KEY_ID')
  const id = literalOf(fresh)?.trim() ?? null
  if (fresh.kind !== 'sets' || !isKeyId(id) || id === scene.id?.clean) return null
  const age = ageOf(scene, fresh.by)
  if (age === null) return null
  return found(
    'likely',
    'A newer key is stored, and this process still has the one from before',
    [
      evidence(`This process has ${shownId(scene.id)} in AWS_ACCESS_KEY_ID`, { variable: 'AWS_ACCESS_KEY_ID' }),
      evidence(`${placeWords(scene, fresh.by.at)} gives ${shownIdText(id)} to each new shell`, fresh.by.at),
      ...age,
    ],
    newWindow(scene, fresh.by),
  )
}

function otherValue(scene: Scene, variable: string): Found | null {
  const fresh = inNewShell(scene, variable)
  const value = literalOf(fresh)
  if (fresh.kind !== 'sets' || value === null || value === scene.machine.env(variable)) return null
  const age = ageOf(scene, fresh.by)
  if (age === null) return null
  return found(
    'likely',
    `${variable} was changed, and this process still has the value from before`,
    [
      evidence(`${placeWords(scene, fresh.by.at)} gives ${variable} another value in each new shell`, fresh.by.at),
      ...age,
    ],
    newWindow(scene, fresh.by),
  )
}

const choosing = ['AWS_ACCESS_KEY_ID', 'AWS_PROFILE', 'AWS_SHARED_CREDENTIALS_FILE', 'AWS_CONFIG_FILE'] as const

/** What a new shell would have, and this one has not. */
function notYetThere(scene: Scene): Found | null {
  for (const name of choosing) {
    const fresh = surelySets(inNewShell(scene, name))
    if (fresh === null || scene.machine.env(name) !== undefined) continue
    const isStored = fresh.carrier === 'windows-user' || fresh.carrier === 'windows-machine'
    const isOlder = shellsAreOlderThan(scene, fresh.writtenAt) === 'older'
    const keeper = keeperOlderThan(scene, fresh.writtenAt)
    if (!isStored && !isOlder && keeper === null) continue
    return found(
      'likely',
      `${name} was set after this process was started`,
      [
        evidence(`${placeWords(scene, fresh.at)} sets ${name} for each new shell; this process has none`, fresh.at),
        ...timesOf(scene, fresh),
      ],
      newWindow(scene, fresh),
    )
  }
  return null
}

/** What shows that this process is older than a setting; null when its shell has read that, and was changed by hand since. */
function ageOf(scene: Scene, setting: Setting): readonly Evidence[] | null {
  return shellsAreOlderThan(scene, setting.writtenAt) === 'newer' ? null : timesOf(scene, setting)
}

/** When the file was written and what was started before it. */
function timesOf(scene: Scene, { writtenAt }: Setting): Evidence[] {
  if (writtenAt === null) return []
  const keeper = keeperOlderThan(scene, writtenAt)
  const shell = shellsAreOlderThan(scene, writtenAt) === 'older' ? (shellOf(scene) ?? 'shell') : null
  const written = `the file was written ${instantWords(writtenAt)}`
  if (keeper?.startedAt != null)
    return [evidence(`${keeper.name} was started ${instantWords(keeper.startedAt)}, before ${written}`)]
  return shell === null ? [] : [evidence(`This ${shell} was started before ${written}`)]
}

function newWindow(scene: Scene, setting: Setting): Fix {
  const keeper = keeperOlderThan(scene, setting.writtenAt)
  const what = keeper === null ? '' : `, after a restart of ${keeper.name}`
  const says = `Open a new window${what}, or read the start-up file in this one`
  return shellCure(says, inNewWindow(scene), readAgain(scene, setting))
}

/** What a new shell has of the variables that choose credentials, as far as that is written out. */
function inNewWindow(scene: Scene): Readonly<Record<string, string | null>> {
  const fresh = [...choosing, ...credentialVariables].map((name) => [name, inNewShell(scene, name)] as const)
  return Object.fromEntries(
    fresh.flatMap(([name, effect]): readonly (readonly [string, string | null])[] => {
      if (effect.kind === 'removes') return [[name, null]]
      const value = literalOf(effect)
      return value === null ? [] : [[name, value]]
    }),
  )
}

/** Takes over in the running shell what a new one would have. */
function readAgain({ home }: Scene, { name, at, carrier, reader }: Setting): Commands {
  // That of fish's universal variables is no script.
  const isFile = carrier === 'shell-startup' && 'file' in at && !/[\\/]fish_variables$/.test(at.file)
  const file = isFile ? readStartup(homePath(at.file, home)) : noCommands
  const user = `[Environment]::GetEnvironmentVariable('${name}', '${carrier === 'windows-machine' ? 'Machine' : 'User'}')`
  const isPosix = reader === 'bash' || reader === 'zsh'
  return {
    bash: isFile && isPosix ? file.bash : ['exec "$SHELL" -l'],
    fish: isFile && reader === 'fish' ? file.fish : ['exec fish -l'],
    powershell: reader === 'powershell' ? ['. $PROFILE'] : [`$Env:${name} = ${user}`],
    cmd: ['start cmd'],
  }
}

/** The session on disk was renewed, and this process has a copy of the old one. */
function staleProcess(scene: Scene): Found | null {
  const { refusal } = scene
  if (refusal === null || scene.surroundings == null || isMissing(scene)) return null
  if (refusal.from === 'text') return oldCopyElsewhere(scene)
  if (scene.credential?.provider !== 'env' || !isTemporary(scene) || scene.token === null) return null
  const renewed = renewedSession(scene)
  if (renewed === null) return null
  const written = writtenAt(scene, renewed)
  const keeper = keeperOlderThan(scene, written)
  const from = keeper === null ? null : passesDown(scene, keeper, 'AWS_ACCESS_KEY_ID')
  if (keeper === null || written === null || from === null) return null
  const works = scene.outcomes.get('sts-with-shadowed-profile')?.kind
  if (works === 'refused') return null
  const place = placeWords(scene, renewed.accessKeyId.at)
  return found(
    works === 'accepted' && from === 'shown' ? 'proven' : 'likely',
    `The session from before is still in ${keeper.name}; a newer one is stored`,
    [
      evidence(
        `${keeper.name} was started ${instantWords(keeper.startedAt!)}; ${place} was written ${instantWords(written)}`,
        renewed.accessKeyId.at,
      ),
      evidence(
        `The environment has an older session (${shownId(scene.id)}) than ${place} (${shownIdText(renewed.accessKeyId.value)})`,
        { variable: 'AWS_ACCESS_KEY_ID' },
      ),
      ...(works === 'accepted' ? [evidence('AWS accepts the stored one', { probe: 'sts-with-shadowed-profile' })] : []),
    ],
    unsetCure(
      `Restart ${keeper.name} without the copied variables, so that it reads the stored session itself`,
      setVariables(scene, credentialVariables),
    ),
  )
}

/** Another session of the same account in a file, issued after the one in the environment or in the same second. */
function renewedSession(scene: Scene): Credential | null {
  const issued = scene.session?.issuedAt ?? null
  const account = scene.session?.account ?? scene.key?.account ?? null
  if (issued === null) return null
  return (
    scene.others.find((other) => {
      if (other.provider === 'env' || other.sessionToken === null) return false
      const token = readSessionToken(other.sessionToken.value.reveal())
      const isSame = account === null || token?.account == null || token.account === account
      return isSame && token?.issuedAt != null && token.issuedAt >= issued
    }) ?? null
  )
}

function writtenAt(scene: Scene, { accessKeyId: { at } }: Credential): Date | null {
  const file = [scene.files.credentials, scene.files.config].find(({ path }) => 'file' in at && path === at.file)
  return file?.state.kind === 'read' ? file.state.modifiedAt : null
}

/** A text says that a session is over, and the one that is stored here is not. */
function oldCopyElsewhere(scene: Scene): Found | null {
  const { credential, token, session, now, refusal } = scene
  if (refusal?.families.length !== 1 || refusal.families[0] !== 'expired') return null
  if (credential === null || token === null || !isTemporary(scene)) return null
  const end = credential.expiration?.value ?? null
  const age = session?.issuedAt == null ? null : (now.getTime() - session.issuedAt.getTime()) / 1000
  const isFresh = end === null ? age !== null && age >= 0 && age < 900 : end > now
  if (!isFresh) return null
  return found(
    'likely',
    'The program that failed still has a session from before; the one that is stored now is newer',
    [
      end === null
        ? evidence(`The session in ${placeWords(scene, token.at)} was issued ${span(age ?? 0)} ago`, token.at)
        : evidence(`The session in ${placeWords(scene, token.at)} lasts until ${instantWords(end)}`, token.at),
      evidence('A program keeps the values that it read when it was started'),
    ],
    cure(
      'Restart the program, or give it the profile instead of copied values, so that it reads the session anew',
      everywhere('countersign check'),
    ),
  )
}
