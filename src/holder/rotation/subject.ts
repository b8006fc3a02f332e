import { parseAccessKeyId } from '../../anatomy/access-key-id.ts'
import { parseArn } from '../../anatomy/arn.ts'
import { type Answered, type Caller, type CallerQuestion, callAws, callerFor, callerWith } from '../calls/index.ts'
import { askedRules } from '../chains/asked.ts'
import type { Trace } from '../chains/trace.ts'
import { type AwsFiles, readAwsFiles } from '../files/aws-files.ts'
import { parseInstant } from '../files/instants.ts'
import type { Disk } from '../machine/disk.ts'
import type { Machine } from '../machine/machine.ts'
import type { Described, Failed } from '../resolution/resolution.ts'
import { credentialOfKey } from '../resolution/vault-key.ts'
import type { Credential } from '../sources/credential.ts'
import { planBehind } from '../sources/plan.ts'
import { readSurroundings } from '../surroundings/surroundings.ts'
import { keyName } from '../vault/item.ts'
import type { Vault } from '../vault/vault.ts'
import { type KeyPair, type PlacesOfKey, placesOfKey, sectionsWith } from './places.ts'
import { type RotationRecord, readRecords } from './records.ts'

/** What rotating needs. */
export interface RotationMeans {
  readonly machine: Machine
  readonly disk: Disk
  /** Called only for a profile whose key stands there. */
  openVault(): Promise<Vault>
  /** The profile whose key a `credential_process` line would give when it is our own `process`; null for any other program. */
  ownProfileOf(command: string): string | null
  readonly question: CallerQuestion & { readonly withProfile?: string | undefined }
  pause(ms: number): Promise<void>
}

/** A long-term key of a profile, and all that must be known before it is replaced. */
export interface Subject {
  readonly kind: 'subject'
  readonly profile: string
  readonly pair: KeyPair
  /** The names under which it stands in the vault; none when it stands in files. */
  readonly vaultNames: readonly string[]
  /** Signs with the key itself. */
  readonly itself: Caller
  /** Who asks IAM: the key itself, or the other profile that was named for it. */
  readonly caller: Caller
  readonly arn: string
  /** Null for the root user of an account, which IAM is not told by name. */
  readonly userName: string | null
  /** All keys of that user. */
  readonly keys: readonly KeySeen[]
  /** Sections of the AWS files that hold another key of that user. */
  readonly othersHeldIn: readonly { readonly id: string; readonly section: string }[]
  readonly places: PlacesOfKey
  /** A rotation of this key that has begun and not ended. */
  readonly begun: RotationRecord | null
}

export interface KeySeen {
  readonly id: string
  readonly active: boolean
  readonly createdAt: Date | null
}

/** Why the key of a profile is not rotated. */
export interface NoSubject {
  readonly kind: 'no-subject'
  readonly profile: string
  /** One plain clause. */
  readonly because: string
  /** What to do instead, e.g. a command; null when there is nothing. */
  readonly hint: string | null
  /** True when the profile has no long-term key at all: nothing is wrong with it. */
  readonly fine: boolean
}

/**
 * Finds the long-term key of a profile, asks STS whose it is and IAM which keys that user has. Nothing is changed.
 */
export async function findSubject(means: RotationMeans, profile: string | undefined): Promise<Subject | NoSubject> {
  const { machine, question } = means
  const files = readAwsFiles(machine)
  const rules = await askedRules(question.sdk ?? 'aws-cli-v2')
  const trace = rules.trace(machine, { ...question, profile }, files)
  const name = trace.profile.name
  const held = await heldKey(means, trace, name)
  if (held.kind === 'no-subject') return held
  const options = { timeoutMs: question.timeoutMs, onStep: question.onStep }
  const itself = callerWith(machine, trace, held.credential, options)
  const identity = await callAws(itself, 'sts', 'GetCallerIdentity')
  if (identity.kind !== 'answered')
    return none(name, `AWS does not accept its key: ${identity.because}`, `countersign check ${name}`)
  const arn = identity.text('Arn') ?? ''
  const userName = userIn(arn)
  if (userName === undefined) return none(name, `${arn} is no user: its keys are not rotated from here`, null)
  const caller = await callerOfIam(means, itself, files)
  if (caller.kind !== 'caller')
    return none(name, `the profile ${question.withProfile} cannot ask IAM: ${caller.because}`, null)
  const listed = await callAws(caller.caller, 'iam', 'ListAccessKeys', named(userName))
  if (listed.kind !== 'answered')
    return none(name, `IAM does not tell which keys there are: ${listed.because}`, wayToIam(name, listed))
  const pair = {
    accessKeyId: held.credential.accessKeyId.value,
    secretAccessKey: held.credential.secretAccessKey.value,
  }
  const { settings } = await readSurroundings(machine)
  const begun = begunWith(machine, pair)
  // A run before this one may have come to some of the places and not to all.
  const ids = [...new Set([pair.accessKeyId, ...(begun === null ? [] : [begun.oldId])])]
  const places = placesOfKey(machine, files, settings, pair, ids)
  const vaultNames = held.isInVault || hasOwnProcess(means, files) ? await namesOf(await means.openVault(), ids) : []
  if (vaultNames.length === 0 && places.sections.length === 0 && places.lines.length === 0) {
    const hint = 'Put it into a profile first (countersign configure import), so that the new one has a place.'
    return none(name, 'its key stands only where nothing can be written, such as a variable of this shell', hint)
  }
  const keys = keysIn(listed)
  return {
    kind: 'subject',
    profile: name,
    pair,
    vaultNames,
    itself,
    caller: caller.caller,
    arn,
    userName,
    keys,
    othersHeldIn: keys
      .filter(({ id }) => !ids.includes(id))
      .flatMap(({ id }) => sectionsWith(files, [id]).map(({ section }) => ({ id, section }))),
    places,
    begun,
  }
}

function begunWith(machine: Machine, { accessKeyId }: KeyPair): RotationRecord | null {
  const isOfKey = ({ oldId, newId }: RotationRecord) => oldId === accessKeyId || newId === accessKeyId
  return readRecords(machine).find((record) => record.phase !== 'deactivated' && isOfKey(record)) ?? null
}

/**
 * Whether all that was found on this machine is still so, and not changed by another run or an editor meanwhile. Asks AWS nothing.
 */
export async function isAsFound(means: RotationMeans, subject: Subject): Promise<boolean> {
  const { pair, places, vaultNames, begun } = subject
  if (JSON.stringify(begunWith(means.machine, pair)) !== JSON.stringify(begun)) return false
  const files = readAwsFiles(means.machine)
  const ids = [pair.accessKeyId, ...(begun === null ? [] : [begun.oldId])]
  const now = sectionsWith(files, ids)
  if (!places.sections.every(({ file, section }) => now.some((one) => one.file === file && one.section === section)))
    return false
  if (vaultNames.length === 0) return true
  const names = await namesOf(await means.openVault(), ids)
  return vaultNames.every((name) => names.includes(name))
}

/** Whether some profile gets its credentials from us, and so may have the same key in the vault. */
function hasOwnProcess({ ownProfileOf }: RotationMeans, { credentials, config }: AwsFiles): boolean {
  return [credentials, config].some(({ reading }) =>
    reading.sections.some(({ entries }) => {
      const command = entries.get('credential_process')?.value
      return command !== undefined && ownProfileOf(command) !== null
    }),
  )
}

type HeldKey = { readonly kind: 'held'; readonly credential: Credential; readonly isInVault: boolean } | NoSubject

async function heldKey(means: RotationMeans, trace: Trace, profile: string): Promise<HeldKey> {
  const { winner } = trace
  const broken = trace.error ?? trace.clientError
  if (broken !== null) return none(profile, broken.says, `countersign check ${profile}`)
  if (winner === null) return none(profile, 'there are no credentials', `countersign chain ${profile}`)
  const own = winner.plan?.kind === 'process' ? means.ownProfileOf(winner.plan.command) : null
  if (own !== null) {
    const vault = await means.openVault()
    const item = await vault.get(keyName(own))
    if (item?.kind === 'access-key')
      return { kind: 'held', credential: credentialOfKey(profile, item), isInVault: true }
  }
  const { credential, plan } = winner
  if (credential === null || plan !== null) {
    const source = planBehind(plan, 'static')?.credential.profile ?? null
    return source !== null && source !== profile
      ? none(
          profile,
          `it has no key of its own: it starts from the profile ${source}`,
          `countersign rotate ${source}`,
          true,
        )
      : none(profile, `it has no long-term key: it uses ${winner.provider}`, null, true)
  }
  const id = credential.accessKeyId.value
  if (credential.sessionToken !== null || parseAccessKeyId(id)?.kind === 'temporary')
    return none(
      profile,
      'it holds a session, which ends by itself; rotate the key that the session was made with',
      null,
      true,
    )
  return { kind: 'held', credential, isInVault: false }
}

/** Several profiles may have the same key. */
async function namesOf(vault: Vault, ids: readonly string[]): Promise<readonly string[]> {
  const names: string[] = []
  for (const name of await vault.names()) {
    const item = await vault.get(name)
    // What a rotation keeps for itself until it is done is none of them.
    if (item?.kind === 'access-key' && !name.startsWith('rotation/') && ids.includes(item.accessKeyId)) names.push(name)
  }
  return names
}

function none(profile: string, because: string, hint: string | null, fine = false): NoSubject {
  return { kind: 'no-subject', profile, because, hint, fine }
}

async function callerOfIam(
  { machine, question }: RotationMeans,
  itself: Caller,
  files: AwsFiles,
): Promise<{ readonly kind: 'caller'; readonly caller: Caller } | Failed | Described> {
  if (question.withProfile === undefined) return { kind: 'caller', caller: itself }
  const caller = await callerFor(machine, { ...question, profile: question.withProfile }, files)
  return 'kind' in caller ? caller : { kind: 'caller', caller }
}

/** Whoever has to show a second factor for it needs a session. */
function wayToIam(profile: string, refusal: Failed | Described): string | null {
  return refusal.kind === 'failed' && refusal.reason === 'refused'
    ? `Where a second factor is needed: countersign login ${profile}, then countersign rotate ${profile} --with-profile with the profile that login names`
    : null
}

/** The user of an ARN; null for the root user; undefined for anything else (IAM User Guide, "IAM identifiers"). */
function userIn(arn: string): string | null | undefined {
  const resource = parseArn(arn)?.resource ?? ''
  if (resource === 'root') return null
  return resource.startsWith('user/') ? resource.slice(resource.lastIndexOf('/') + 1) : undefined
}

/** IAM takes whoever signs when no user is named. */
export function named(userName: string | null): Readonly<Record<string, string>> {
  return userName === null ? {} : { UserName: userName }
}

function keysIn(answer: Answered): readonly KeySeen[] {
  const status = answer.all('Status')
  const created = answer.all('CreateDate')
  return answer.all('AccessKeyId').map((id, at) => ({
    id,
    active: status[at] === 'Active',
    createdAt: parseInstant(created[at] ?? '')?.at ?? null,
  }))
}
