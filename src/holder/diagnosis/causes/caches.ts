import { parseArn } from '../../../anatomy/arn.ts'
import { joinPath } from '../../machine/paths.ts'
import { profileSettings } from '../../sources/settings.ts'
import type { Scene } from '../scene.ts'
import { homePath, noCommands } from '../shells.ts'
import { instantWords, shownId, shownIdText } from '../words.ts'
import { automaticCure, type Cause, cure, evidence, type Found, found } from './cause.ts'

/** Copies that a client keeps by itself, and that are used before what the person has written. */
export const cacheCauses: readonly Cause[] = [
  { id: 'role-cache-stale', failsAt: ['not-accepted', 'expired', 'signature'], look: roleCacheStale },
  {
    id: 'sdk-store-shadows',
    failsAt: ['not-accepted', 'expired', 'signature', 'nothing-sent'],
    look: storeShadows,
  },
]

/** The AWS CLI keeps the sessions of roles, and asks for a new one only shortly before their end. */
function roleCacheStale(scene: Scene): Found | null {
  const { credential, refusal, trace, files, key, session } = scene
  const at = credential?.accessKeyId.at
  if (credential === null || refusal?.from !== 'probe' || at === undefined || !('file' in at)) return null
  if (!/[\\/]\.aws[\\/]cli[\\/]cache[\\/][^\\/]+\.json$/.test(at.file)) return null
  const file = homePath(at.file, scene.home)
  const role = parseArn(profileSettings(files, trace.profile.name)?.get('role_arn')?.value ?? '')
  const account = key?.account ?? session?.account ?? null
  const isOther = role !== null && account !== null && role.account !== account
  const end = credential.expiration?.value
  return found(
    isOther ? 'proven' : 'likely',
    isOther
      ? 'The AWS CLI has kept a session of another account for this role'
      : 'The session that the AWS CLI has kept for this role is not accepted any more',
    [
      evidence(
        `${shownId(scene.id)} comes from ${file.shown}, where the AWS CLI keeps it${end === undefined ? '' : ` until ${instantWords(end)}`}`,
        at,
      ),
      ...(isOther ? [evidence(`It is of account ${account}, the role of account ${role.account}`)] : []),
      evidence('The AWS CLI asks for a new session only when the kept one is nearly over'),
    ],
    automaticCure('Delete the kept session; the next command gets a new one', {
      edits: [{ kind: 'remove-file', file: at.file }],
    }),
  )
}

/** The store of the AWS Toolkit for Visual Studio and of the tools for PowerShell, which .NET asks first. */
function storeShadows(scene: Scene): Found | null {
  const { trace, refusal, machine } = scene
  const isDotnet = trace.sdk === 'dotnet' || refusal?.client === 'dotnet'
  const name = trace.profile.name
  const local = machine.env('LOCALAPPDATA')
  const isUsed = refusal !== null || trace.winner?.provider === 'sdk-store'
  if (!isDotnet || !isUsed || !local || /['"`$]/.test(name)) return null
  const file = joinPath(machine, local, 'AWSToolkit', 'RegisteredAccounts.json')
  if (!storedProfiles(machine.readFile(file)).includes(name)) return null
  // Its keys are encrypted for the Windows user: whether they are good does not show here.
  const shared = [...(scene.credential === null ? [] : [scene.credential]), ...scene.others].find(
    ({ profile }) => profile === name,
  )
  if (shared === undefined && refusal === null) return null
  return found(
    shared === undefined || refusal === null ? 'possible' : 'likely',
    `The .NET store holds a profile "${name}" of its own, and it goes before the AWS files`,
    [
      evidence(`${homePath(file, scene.home).shown} has a profile "${name}"; .NET and PowerShell look there first`, {
        file,
      }),
      ...(shared === undefined
        ? []
        : [
            evidence(
              `The one in the AWS files (${shownIdText(shared.accessKeyId.value)}) is not used by them`,
              shared.accessKeyId.at,
            ),
          ]),
    ],
    cure('Take the profile out of the store (in PowerShell), or store the new key there', {
      ...noCommands,
      powershell: [`Remove-AWSCredentialProfile -ProfileName '${name}'`],
    }),
  )
}

function storedProfiles(reading: ReturnType<Scene['machine']['readFile']>): readonly unknown[] {
  if (reading.kind !== 'found' || reading.bytes.length > 1024 * 1024) return []
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(reading.bytes))
    if (typeof value !== 'object' || value === null) return []
    return Object.values(value).map((account) => (account as Record<string, unknown> | null)?.['DisplayName'])
  } catch {
    return []
  }
}
