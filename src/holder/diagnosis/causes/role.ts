import { accountOfAccessKeyId } from '../../../anatomy/access-key-id.ts'
import { parseArn } from '../../../anatomy/arn.ts'
import type { Place } from '../../sources/credential.ts'
import type { AssumeRolePlan, CredentialPlan } from '../../sources/plan.ts'
import { profileSettings } from '../../sources/settings.ts'
import { brokenSource, isLongTerm, type Scene, sectionAt, withoutClass } from '../scene.ts'
import type { Evidence, Fix } from '../verdict.ts'
import { aws, configure, exportSession, login, placeWords, profileArgument, profileOf } from '../words.ts'
import { automaticCure, type Cause, cure, evidence, type Found, found, isJudged } from './cause.ts'

/** A role that is asked for in a way that STS always refuses, and its one-time codes. */
export const roleCauses: readonly Cause[] = [
  { id: 'duration-too-long', failsAt: ['denied', 'nothing-sent'], look: durationTooLong },
  { id: 'mfa-serial-wrong', failsAt: ['denied', 'nothing-sent'], look: mfaSerialWrong },
  {
    id: 'mfa-device-unusable',
    failsAt: ['denied', 'nothing-sent'],
    insteadOf: ['mfa-serial-wrong'],
    look: mfaDeviceUnusable,
  },
  { id: 'mfa-code-wrong', failsAt: ['denied', 'nothing-sent'], look: mfaCodeWrong },
  { id: 'mfa-required', failsAt: ['nothing-sent'], look: nobodyIsAsked },
  {
    id: 'mfa-required',
    failsAt: ['denied'],
    // The denial is for the missing code: no policy has to be changed.
    insteadOf: ['explicitly-denied', 'permission-missing'],
    look: mfaRequired,
  },
]

/** The roles of the winner's plan, the one that is wanted first. */
function rolesOf(plan: CredentialPlan | null): readonly AssumeRolePlan[] {
  return plan?.kind === 'assume-role' ? [plan, ...rolesOf(plan.from)] : []
}

/** What is done for the credential, or would be if the SDK did not refuse its own request. */
function planOf({ trace }: Scene): CredentialPlan | null {
  return (trace.winner ?? brokenSource({ trace }))?.plan ?? null
}

/** Whether a plan gives a session in any case; null where only running it tells. */
function givesSession(plan: CredentialPlan): boolean | null {
  if (plan.kind === 'process') return null
  return plan.kind !== 'static' || plan.credential.accessKeyId.value.startsWith('ASIA')
}

/** Where a setting of the profile of a role stands. */
function settingAt(scene: Scene, role: AssumeRolePlan, key: string): Place {
  return profileSettings(scene.files, role.profile ?? scene.trace.profile.name)?.get(key)?.at ?? role.at
}

const shortest = 900
const longest = 43_200
const longestInChain = 3600

/** Limits of AssumeRole: STS API Reference, `DurationSeconds`; IAM User Guide, "Role chaining". */
function durationTooLong(scene: Scene): Found | null {
  if (!isJudged(scene)) return null
  for (const role of rolesOf(planOf(scene))) {
    const seconds = role.durationSeconds
    if (seconds === null) continue
    const chained = givesSession(role.from) === true
    const limit = chained ? longestInChain : longest
    if (seconds >= shortest && seconds <= limit) continue
    const at = settingAt(scene, role, 'duration_seconds')
    const rule =
      seconds < shortest
        ? `A role session lasts ${shortest} seconds at least`
        : chained
          ? `The role is assumed with a session, and then it lasts ${longestInChain} seconds at most, whatever the role itself allows`
          : `No role session lasts longer than ${longest} seconds (12 hours)`
    const wanted = seconds < shortest ? shortest : limit
    return found(
      'proven',
      seconds < shortest
        ? 'The session is asked for too short a time'
        : 'The session is asked for a longer time than is allowed',
      [evidence(`duration_seconds asks for ${seconds} seconds`, at), evidence(rule)],
      setting(scene, at, 'duration_seconds', String(wanted), `Set duration_seconds to ${wanted}`),
    )
  }
  return longerThanRole(scene)
}

/** STS has said that a role gives less than its profile asks for; less than an hour cannot be what it gives. */
function longerThanRole(scene: Scene): Found | null {
  if (!/DurationSeconds exceeds(?! the 1 hour)/.test(scene.failure?.because ?? '')) return null
  const [role, ...more] = rolesOf(planOf(scene)).filter(
    ({ durationSeconds }) => (durationSeconds ?? 0) > longestInChain,
  )
  if (role === undefined || more.length > 0) return null
  return found(
    'proven',
    'The session is asked for a longer time than the role gives',
    [
      evidence(
        `duration_seconds asks for ${role.durationSeconds} seconds, and the role gives no such long session`,
        settingAt(scene, role, 'duration_seconds'),
      ),
    ],
    setting(
      scene,
      settingAt(scene, role, 'duration_seconds'),
      'duration_seconds',
      `${longestInChain}`,
      `Set duration_seconds to ${longestInChain}, which every role gives, or raise the maximum session duration of the role`,
    ),
  )
}

/** Another value for a setting, in the section in which it stands or belongs. */
function setting(scene: Scene, at: Place, key: string, value: string, says: string): Fix {
  const place = sectionAt(scene.files, at)
  if (place === null) return cure(says, configure(profileArgument(scene.trace.profile.name), 'set', key, value))
  const edit = { kind: 'set', file: place.file, section: place.section.name, key, value } as const
  return automaticCure(says, { edits: [edit] })
}

interface Serial {
  readonly value: string
  readonly at: Place
  readonly profile: string | null
  /** The account of the long-term key that it is sent with, as the id tells it; null when it is sent with something else. */
  readonly account: string | null
}

/** The MFA serial numbers that would be sent; of a code that was refused, those that stand on the machine. */
function serialsOf(scene: Scene): readonly Serial[] {
  if (!isJudged(scene)) return []
  if (scene.refusal?.from === 'text') return answerToCode(scene) === null ? [] : storedSerials(scene)
  return rolesOf(planOf(scene)).flatMap((role) =>
    role.mfaSerial === null
      ? []
      : [
          {
            value: role.mfaSerial,
            at: settingAt(scene, role, 'mfa_serial'),
            profile: role.profile,
            account: accountOfSource(role.from),
          },
        ],
  )
}

/** Every device that a profile names, each once. */
function storedSerials({ files, key }: Scene): readonly Serial[] {
  const found = new Map<string, Serial>()
  const account = key?.kind === 'long-term' ? key.account : null
  for (const { path, reading } of [files.config, files.credentials]) {
    for (const { name, entries } of reading.sections) {
      const entry = entries.get('mfa_serial')
      if (entry === undefined || entry.value === '' || found.has(entry.value)) continue
      const profile = name.replace(/^profile\s+/, '')
      const at = { file: path, line: entry.line, column: entry.column }
      found.set(entry.value, { value: entry.value, at, profile, account })
    }
  }
  return [...found.values()]
}

function accountOfSource(from: CredentialPlan): string | null {
  const id = from.kind === 'static' ? from.credential.accessKeyId.value.trim() : ''
  return id.startsWith('AKIA') ? accountOfAccessKeyId(id) : null
}

/** What STS said of the code; null when it said nothing of one. */
function answerToCode({ failure, refusal }: Scene): 'invalid' | 'unable' | null {
  const message = refusal?.from === 'text' ? refusal.reply.message : (failure?.refusal?.message ?? '')
  if (/invalid MFA one time pass code/i.test(message)) return 'invalid'
  return /unable to validate MFA code/i.test(message) ? 'unable' : null
}

/** Forms: IAM API Reference, `SerialNumber`; security keys are `u2f` and give no codes for the API. */
function mfaSerialWrong(scene: Scene): Found | null {
  const { told } = scene
  for (const { value, at, account } of serialsOf(scene)) {
    const arn = parseArn(value)
    const facts: Evidence[] = []
    const title = 'mfa_serial does not name an MFA device of yours'
    if (arn === null) {
      // Hardware devices are known by the number that is printed on them.
      if (/^[\w+=/:,.@-]{9,256}$/.test(value) && !/^\d{6}$/.test(value)) continue
      facts.push(evidence('mfa_serial is neither the ARN of a device nor the number of a hardware device', at))
    } else if (!/^(mfa|u2f|sms-mfa)\//.test(arn.resource)) {
      const what = arn.resource.split('/')[0]!
      facts.push(evidence(`mfa_serial is the ARN of a ${what}, and it must be that of a device (arn:…:mfa/NAME)`, at))
    } else if (account !== null && /^\d{12}$/.test(arn.account) && arn.account !== account)
      facts.push(
        evidence(
          `mfa_serial names a device of account ${arn.account}, and the key that is used belongs to account ${account}: it has no device there`,
          at,
        ),
      )
    const devices = told?.mfaDevices ?? null
    if (devices !== null && devices.length > 0 && !devices.includes(value))
      facts.push(
        evidence(`IAM lists ${devices.slice(0, 4).join(' and ')} for you, and not this one`, {
          probe: 'iam-list-mfa-devices',
        }),
      )
    if (devices !== null && devices.length === 0)
      facts.push(evidence('IAM lists no MFA device for you', { probe: 'iam-list-mfa-devices' }))
    if (facts.length === 0) {
      if (answerToCode(scene) !== 'unable' || scene.refusal?.from === 'text') continue
      facts.push(evidence('STS finds no such device for this user', scene.failure?.at ?? null))
      return found('likely', title, facts, rightSerial(scene, at, null))
    }
    const isSure = scene.refusal?.from !== 'text' || serialsOf(scene).length === 1
    return found(isSure ? 'proven' : 'likely', title, facts, rightSerial(scene, at, devices))
  }
  return null
}

function rightSerial(scene: Scene, at: Place, devices: readonly string[] | null): Fix {
  const usable = devices === null ? [] : codeDevices(scene)
  return usable.length === 1
    ? setting(scene, at, 'mfa_serial', usable[0]!, 'Set the serial number of your device')
    : cure(
        'Look up the serial number of your device (IAM, Users, your user, Security credentials), and put it into mfa_serial',
        aws(profileOf(scene.credential), 'iam', 'list-mfa-devices'),
      )
}

/** The devices that IAM lists and that give codes. */
function codeDevices({ told }: Scene): readonly string[] {
  return told?.mfaDevices?.filter((serial) => !/:u2f\//.test(serial)) ?? []
}

function mfaDeviceUnusable(scene: Scene): Found | null {
  for (const { value, at } of serialsOf(scene)) {
    if (!/:u2f\//.test(value)) continue
    const facts = [evidence('mfa_serial names a security key or passkey, which gives no codes for the API', at)]
    // A text does not tell which of several devices was meant.
    const isSure = scene.refusal?.from !== 'text' || serialsOf(scene).length === 1
    return found(
      isSure ? 'proven' : 'likely',
      'The MFA device cannot be used for the API',
      facts,
      codeDevices(scene).length === 1
        ? setting(scene, at, 'mfa_serial', codeDevices(scene)[0]!, 'Name your other device, which gives codes')
        : cure(
            'Add an authenticator app as a second MFA device (IAM, Users, your user), and name that one in mfa_serial',
          ),
    )
  }
  return null
}

function mfaCodeWrong(scene: Scene): Found | null {
  const { failure } = scene
  const again = 'Wait for the next code (30 seconds), then try again: each code works once'
  if (failure?.reason === 'needs-mfa' && /not six digits/.test(failure.because))
    return found('proven', 'The one-time code is not six digits', [evidence(failure.because, failure.at)], cure(again))
  // A pasted text proves that by itself.
  if (answerToCode(scene) !== 'invalid' || scene.refusal?.from === 'text') return null
  return found(
    'proven',
    'The one-time code was not accepted',
    [evidence('STS says so: it was mistyped, too late, or used before', failure?.at ?? null)],
    cure(`${again}. If none is ever accepted, the clock of the phone or the device is out of step`),
  )
}

/** Libraries have nobody whom they could ask for a code, unless the program gives them somebody. */
function nobodyIsAsked(scene: Scene): Found | null {
  const { error, profile } = scene.trace
  if (error?.reason !== 'unsupported' || !/MFA|multi-factor/i.test(error.says)) return null
  return found(
    'proven',
    'The role wants a one-time code, and this program asks nobody for it',
    [
      evidence(brokenSource(scene)?.because ?? withoutClass(error.says), error.at),
      evidence(
        'The AWS CLI asks for the code at the terminal; libraries do so only where the program has a function for it',
      ),
    ],
    cure(
      'Give the code beforehand, and start the program with the session that is got for it',
      exportSession(profile.name),
    ),
  )
}

/** Refused without a code, while a device is there to give one. */
function mfaRequired(scene: Scene): Found | null {
  const { failure, refusal } = scene
  if (answerToCode(scene) !== null) return null
  const byRole =
    failure?.reason === 'refused' && failure.refusal?.code === 'AccessDenied' && serialsOf(scene).length === 0
  if (refusal?.from === 'text') return requiredByText(scene)
  if (!byRole) return null
  const role = rolesOf(planOf(scene))[0]
  const device = unusedDevice(scene, [scene.credential?.profile ?? null, role?.profile ?? null])
  if (device === null) return null
  return found(
    device.isNamed ? 'likely' : 'possible',
    'A policy probably wants a one-time code, and there was none',
    [device.says],
    setting(
      scene,
      role === undefined ? device.says.at! : settingAt(scene, role, 'role_arn'),
      'mfa_serial',
      device.serial,
      'Name the device in the profile of the role, so that a code is asked for',
    ),
  )
}

/** Which denials may be for a missing code: a role whose own profile wants one, and policies of the user. */
function requiredByText(scene: Scene): Found | null {
  const { refusal } = scene
  const { message, operation } = refusal!.reply
  const named = refusal!.named?.arns ?? []
  const isAssume = operation === 'AssumeRole' || /perform: sts:AssumeRole on/.test(message)
  const ofRole = isAssume ? roleWithDevice(scene, named) : null
  const isPolicy =
    /explicit deny in an identity-based policy/i.test(message) && isLongTerm(scene) && scene.token === null
  if (ofRole === null && !isPolicy) return null
  const device = ofRole ?? unusedDevice(scene, null)
  if (device === null) return null
  const facts = [device.says]
  if (ofRole === null)
    facts.push(evidence('The policy that denies is one of the user’s own, as are most of those that ask for a code'))
  return found(
    device.isNamed ? 'likely' : 'possible',
    'A policy probably wants a one-time code, and there was none',
    facts,
    ofRole === null
      ? cure(
          'Log in with a one-time code, and use the profile that keeps the session',
          login(profileOf(scene.credential), ...(device.isNamed ? ['--serial', device.serial] : [])),
        )
      : cure('Use the profile that names the device: it asks for a code', login(profileArgument(ofRole.profile))),
  )
}

interface Device {
  readonly serial: string
  readonly profile: string | null
  readonly says: Evidence
  /** A profile names it; else IAM does. */
  readonly isNamed: boolean
}

/** The role of a text has a profile on this machine, and that one asks for a code. */
function roleWithDevice(scene: Scene, arns: readonly string[]): Device | null {
  for (const { reading } of [scene.files.config, scene.files.credentials]) {
    for (const { name, entries } of reading.sections) {
      if (!entries.has('role_arn') || !arns.includes(entries.get('role_arn')!.value)) continue
      const profile = name.replace(/^profile\s+/, '')
      const setting = profileSettings(scene.files, profile)?.get('mfa_serial')
      if (setting === undefined || setting.value === '') continue
      const says = `The profile "${profile}" of this very role names an MFA device in ${placeWords(scene, setting.at)}, and no code of it was sent`
      return { serial: setting.value, profile, says: evidence(says, setting.at), isNamed: true }
    }
  }
  return null
}

/** A device that some profiles name (all of them for null), or that IAM lists, and that nothing used. */
function unusedDevice(scene: Scene, profiles: readonly (string | null)[] | null): Device | null {
  const stored = storedSerials(scene).find(
    ({ profile, value }) =>
      (profiles === null || profiles.includes(profile)) &&
      // Of another account it is no device of this user.
      (scene.key?.account == null ||
        parseArn(value)?.account === undefined ||
        parseArn(value)?.account === scene.key.account),
  )
  if (stored !== undefined) {
    const says = `mfa_serial stands in ${placeWords(scene, stored.at)}, and no code of that device was used`
    return { serial: stored.value, profile: stored.profile, says: evidence(says, stored.at), isNamed: true }
  }
  const [serial] = scene.told?.mfaDevices ?? []
  if (serial === undefined) return null
  const says = evidence('You have an MFA device, and no code of it was sent', { probe: 'iam-list-mfa-devices' })
  return { serial, profile: null, says, isNamed: false }
}
