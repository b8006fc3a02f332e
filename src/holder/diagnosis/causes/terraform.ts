import { profileOfHeader } from '../../files/aws-files.ts'
import { expandHome, expandVariables } from '../../files/expand.ts'
import { absolutePath } from '../../machine/paths.ts'
import type { TerraformAccess, TerraformSeen } from '../../surroundings/terraform.ts'
import { readWritten } from '../../surroundings/written.ts'
import type { Scene } from '../scene.ts'
import { type Commands, command, editFile, homePath, noCommands } from '../shells.ts'
import type { Evidence } from '../verdict.ts'
import { placeWords, shownId, shownIdText } from '../words.ts'
import { type Cause, cure, evidence, type Found, found } from './cause.ts'
import { profileNames } from './profile-names.ts'

/** Terraform: the backend and the provider take their credentials each for itself. */
export const terraformCauses: readonly Cause[] = [
  {
    id: 'terraform-backend',
    failsAt: ['not-accepted', 'expired', 'signature', 'nothing-sent', 'denied', 'missing'],
    insteadOf: ['fell-through-to-role', 'profile-not-found', 'wrong-profile'],
    look: (scene) => {
      const seen = backendIn(scene)
      return seen === null
        ? null
        : (missingFiles(scene, seen) ??
            missingProfile(scene, seen) ??
            ownKeys(scene, seen) ??
            otherProfile(scene, seen) ??
            bareBackend(scene, seen))
    },
  },
  {
    id: 'unexpected-file',
    failsAt: ['nothing-sent', 'missing'],
    insteadOf: ['fell-through-to-role', 'profile-not-found', 'wrong-profile'],
    look: providerFiles,
  },
  { id: 'frozen-in-app', failsAt: ['not-accepted', 'expired', 'signature'], look: providerKeys },
]

/** What the backend works with, and how surely it is the backend that failed. */
interface Backend {
  readonly seen: TerraformSeen
  /** The settings as Terraform puts them together: those of the block, and what `terraform init` was given beside it. */
  readonly access: TerraformAccess
  /** The text itself shows that the backend was being worked with, and that its credentials are at fault. */
  readonly isNamed: boolean
}

function backendIn({ surroundings, trace, refusal }: Scene): Backend | null {
  const seen = surroundings?.project.terraform
  if (seen == null || refusal?.from !== 'text') return null
  const block = refusal.named?.terraform ?? null
  const isTerraform = trace.sdk === 'terraform' || refusal.client === 'terraform' || block !== null
  if (!isTerraform || block === 'provider') return null
  const { backend } = seen
  const beside = seen.kept ?? partialOf(seen, refusal.reply.message)
  const access = backend === null ? beside : beside === null ? backend : together(backend, beside)
  // Whose permission is missing is another question than whose credentials these are.
  return access === null ? null : { seen, access, isNamed: block === 'backend' && !refusal.families.includes('denied') }
}

/** The file that was given to `terraform init`: the only one that there is, or the one with what the error speaks of. */
function partialOf({ partial }: TerraformSeen, message: string): TerraformAccess | null {
  if (partial.length === 1) return partial[0]!
  return partial.find(({ profile }) => profile !== null && message.endsWith(`, ${profile.value}`)) ?? null
}

/** A setting that the block leaves out was given to `terraform init`, and kept. */
function together(block: TerraformAccess, kept: TerraformAccess): TerraformAccess {
  const ownPair = block.accessKeyId !== null
  return {
    ...block,
    profile: block.profile ?? kept.profile,
    accessKeyId: block.accessKeyId ?? kept.accessKeyId,
    secretAccessKey: ownPair ? block.secretAccessKey : (block.secretAccessKey ?? kept.secretAccessKey),
    sessionToken: ownPair ? block.sessionToken : (block.sessionToken ?? kept.sessionToken),
    files: block.files.length > 0 ? block.files : kept.files,
    role: block.role ?? kept.role,
  }
}

/** Files that the block names and that are not there: Terraform says nothing of them, and then finds nothing. */
function absentFiles({ machine }: Scene, { files }: TerraformAccess): TerraformAccess['files'] {
  const isThere = ({ value }: { readonly value: string }) => machine.readFile(pathOf(machine, value)).kind === 'found'
  return files.some(isThere) ? [] : files
}

/** `~` and variables are put in (seen in Terraform 1.11). */
function pathOf(machine: Scene['machine'], written: string): string {
  return absolutePath(machine, expandHome(machine, expandVariables(machine, written)))
}

/** Profiles that the files of the block have, or those of the AWS files where it names none. */
function profilesFor(scene: Scene, { files }: TerraformAccess): readonly string[] {
  if (files.length === 0) return profileNames(scene)
  const own = files.flatMap(({ value }) => {
    const text = readWritten(scene.machine, pathOf(scene.machine, value))?.text ?? ''
    return [...text.matchAll(/^\s*\[\s*(?:profile\s+)?([^\]\n]{1,200}?)\s*\]/gm)]
      .slice(0, 1000)
      .map(([, name]) => name!)
  })
  // The usual config file is read besides, unless the block names another one.
  const config = scene.files.config.reading.sections.flatMap(({ name }) => profileOfHeader(name) ?? [])
  return [...own, ...config]
}

function missingFiles(scene: Scene, { access, isNamed }: Backend): Found | null {
  if (access.accessKeyId !== null || isRefusedKey(scene)) return null
  const [absent, ...more] = absentFiles(scene, access)
  if (absent === undefined) return null
  return found(
    isNamed || namedProfile(scene) !== undefined ? 'proven' : 'likely',
    'Terraform’s S3 backend looks into a file that is not there',
    [absent, ...more]
      .slice(0, 3)
      .map(({ value, at }) =>
        evidence(`${placeWords(scene, at)} names ${value.slice(0, 200)}, and there is no such file`, at),
      ),
    cure(
      'Correct the path, or leave it out so that the usual files are used; then set up the backend anew',
      command('terraform', 'init', '-reconfigure'),
    ),
  )
}

/** The profile of `failed to get shared config profile, NAME`, the words of the SDK for Go. */
function namedProfile({ refusal }: Scene): string | undefined {
  return /failed to get shared config profile, ([^\s]{1,200})/.exec(refusal?.reply.message ?? '')?.[1]
}

function missingProfile(scene: Scene, { access, isNamed }: Backend): Found | null {
  const { profile } = access
  const wanted = namedProfile(scene)
  if (profile === null || access.accessKeyId !== null) return null
  if (wanted === undefined ? !isNamed : wanted !== profile.value) return null
  const names = profilesFor(scene, access)
  if (names.includes(profile.value)) return null
  return found(
    wanted === undefined ? 'likely' : 'proven',
    `Terraform’s S3 backend names a profile that does not exist: "${profile.value}"`,
    [
      evidence(`${placeWords(scene, profile.at)} names it, and no AWS file has it`, profile.at),
      evidence('The backend takes neither the profile of the provider nor AWS_PROFILE where it names one itself'),
      ...(names.length === 0 ? [] : [evidence(`The profiles that exist are: ${names.slice(0, 12).join(', ')}`)]),
    ],
    reconfigured(scene, names[0] ?? 'NAME'),
  )
}

function ownKeys(scene: Scene, { access, isNamed }: Backend): Found | null {
  const { accessKeyId } = access
  if (accessKeyId === null || !isRefusedKey(scene)) return null
  const isSame = accessKeyId.value === scene.id?.clean
  if (isSame) return null
  const isNamedKey = scene.refusal?.named?.keyIds.includes(accessKeyId.value) === true
  return found(
    isNamed || isNamedKey ? 'likely' : 'possible',
    'Terraform’s S3 backend uses keys of its own',
    [
      evidence(
        `${placeWords(scene, accessKeyId.at)} holds the key ${shownIdText(accessKeyId.value)}, which the backend uses whatever else is set`,
        accessKeyId.at,
      ),
      ...(isNamedKey ? [evidence('The error speaks of that very key')] : []),
      ...otherIdentity(scene),
    ],
    reconfigured(scene, usualProfile(scene), isKept(access) ? null : accessKeyId.at),
  )
}

function otherProfile(scene: Scene, { access, isNamed }: Backend): Found | null {
  const { profile } = access
  if (profile === null || access.accessKeyId !== null || !isRefusedKey(scene)) return null
  const { trace } = scene
  // The provider's profile, or what the person runs everything else with.
  const isOther = profile.value !== trace.profile.name || scene.credential?.provider === 'env'
  if (!isOther) return null
  return found(
    isNamed ? 'likely' : 'possible',
    `Terraform’s S3 backend uses profile "${profile.value}", whatever the provider uses`,
    [evidence(`${placeWords(scene, profile.at)} names it`, profile.at), ...otherIdentity(scene)],
    cure(
      `Repair profile "${profile.value}", or give the backend the profile that works`,
      command('terraform', 'init', '-reconfigure', `-backend-config=profile=${usualProfile(scene)}`),
    ),
  )
}

/** The backend names nothing, and the provider does: that does not count for the backend. */
function bareBackend(scene: Scene, { seen, access, isNamed }: Backend): Found | null {
  if (access.profile !== null || access.accessKeyId !== null || access.files.length > 0) return null
  if (access.computed.length > 0) return null
  const provider = seen.providers.find(({ alias }) => alias === null) ?? seen.providers[0]
  const named = provider?.profile ?? provider?.accessKeyId ?? null
  if (named === null || provider === undefined) return null
  return found(
    isNamed ? 'likely' : 'possible',
    'Terraform’s S3 backend names no credentials, and those of the provider do not count for it',
    [
      evidence('The block of the backend says nothing of credentials: it searches like any program', access.at),
      evidence(`The provider names its own in ${placeWords(scene, named.at)}`, named.at),
      ...otherIdentity(scene),
    ],
    reconfigured(scene, provider.profile?.value ?? usualProfile(scene)),
  )
}

/** The provider's blocks, when it is the provider that failed. */
function providersIn({ surroundings, trace, refusal }: Scene): readonly TerraformAccess[] {
  const seen = surroundings?.project.terraform
  if (seen == null || refusal?.from !== 'text' || refusal.named?.terraform === 'backend') return []
  const isTerraform =
    trace.sdk === 'terraform' || refusal.client === 'terraform' || refusal.named?.terraform === 'provider'
  return isTerraform ? seen.providers : []
}

function providerFiles(scene: Scene): Found | null {
  const access = providersIn(scene).find((each) => each.accessKeyId === null && absentFiles(scene, each).length > 0)
  if (access === undefined) return null
  const absent = absentFiles(scene, access)
  return found(
    'likely',
    'Terraform’s provider looks into a file that is not there',
    absent
      .slice(0, 3)
      .map(({ value, at }) =>
        evidence(`${placeWords(scene, at)} names ${value.slice(0, 200)}, and there is no such file`, at),
      ),
    cure('Correct the path, or leave it out so that the usual files are used', openAt(scene, absent[0]!.at)),
  )
}

/** Keys in a block of the provider are used whatever else is set. */
function providerKeys(scene: Scene): Found | null {
  const access = providersIn(scene).find(
    (each) => each.accessKeyId !== null && each.accessKeyId.value !== scene.id?.clean,
  )
  if (access === undefined) return null
  const key = access.accessKeyId!
  const needsToken = key.value.startsWith('ASIA') && access.sessionToken === null
  return found(
    'likely',
    'Terraform’s provider uses keys that stand in its own block',
    [
      evidence(`${placeWords(scene, key.at)} holds the key ${shownIdText(key.value)}`, key.at),
      ...(needsToken ? [evidence('It is a temporary key (ASIA), and no "token" stands beside it', key.at)] : []),
      ...otherIdentity(scene),
    ],
    cure('Take the keys out of the block, and name a profile there or nothing at all', openAt(scene, key.at)),
  )
}

function openAt({ home }: Scene, at: TerraformAccess['at']): Commands {
  return 'file' in at ? editFile(homePath(at.file, home)) : noCommands
}

function isRefusedKey({ refusal }: Scene): boolean {
  return ['not-accepted', 'expired', 'signature', 'denied'].some((family) =>
    (refusal?.families as readonly string[] | undefined)?.includes(family),
  )
}

/** What everything else on this machine is run with. */
function otherIdentity(scene: Scene): readonly Evidence[] {
  const { credential } = scene
  if (credential === null) return []
  const at = credential.accessKeyId.at
  return [evidence(`Other programs here use ${shownId(scene.id)} in ${placeWords(scene, at)}`, at)]
}

function usualProfile({ trace, credential }: Scene): string {
  return credential?.profile ?? (trace.winner === null ? 'NAME' : trace.profile.name)
}

function isKept({ accessKeyId }: TerraformAccess): boolean {
  const at = accessKeyId?.at
  return at !== undefined && 'file' in at && /[\\/]\.terraform[\\/]/.test(at.file)
}

function reconfigured(scene: Scene, profile: string, at: TerraformAccess['at'] | null = null) {
  const again = command('terraform', 'init', '-reconfigure', `-backend-config=profile=${profile}`)
  if (at === null || !('file' in at)) return cure('Set up the backend anew, with the profile that works', again)
  const edit: Commands = editFile(homePath(at.file, scene.home))
  return cure(`Take the keys out of ${placeWords(scene, at)}, then set up the backend anew`, edit)
}
