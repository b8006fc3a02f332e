import { homeOf } from '../files/expand.ts'
import type { Machine } from '../machine/machine.ts'
import type { Placed } from '../sources/credential.ts'
import { type AppKeys, dotnetKeys, readAppKeys } from './app-keys.ts'
import { cdkProfile, samProfile, scriptProfile, serverlessProfile } from './deployment.ts'
import { blockInUse, readTerraform, type TerraformSeen, terraformDirectory } from './terraform.ts'

/** Files of the working directory in which programs configure AWS by themselves. */
export interface ProjectSeen {
  readonly directory: string
  /** Null when there are no Terraform files that speak of AWS. */
  readonly terraform: TerraformSeen | null
  /** Keys and profiles that programs take from files of their own. */
  readonly apps: readonly AppKeys[]
  /** Profiles that files of deployment tools name. */
  readonly profiles: readonly Placed<string>[]
}

export async function readProject(machine: Machine): Promise<ProjectSeen> {
  const terraform = readTerraform(machine)
  const [apps, ...deployed] = await Promise.all([
    readAppKeys(machine),
    serverlessProfile(machine, []),
    samProfile(machine, ['deploy']),
    cdkProfile(machine, homeOf(machine)),
  ])
  const blocks = terraform === null ? [] : terraform.providers.map(({ profile }) => profile)
  const profiles = [...blocks, ...deployed, ...apps.map(({ profile }) => profile)].filter((each) => each !== null)
  return { directory: machine.cwd, terraform, apps, profiles }
}

/**
 * The profile that a program picks by its own files when no flag names one: Terraform and OpenTofu by the provider's or the
 * backend's block, the Serverless Framework by serverless.yml, SAM by samconfig.toml, the CDK by cdk.json, .NET by
 * appsettings.json, a script of npm by what package.json puts before it. Null when its files name none, or compute it from
 * what the machine does not tell.
 *
 * @param program its name without path and extension, e.g. `terraform`
 * @param args the words after it
 */
export async function projectProfile(
  machine: Machine,
  program: string,
  args: readonly string[] = [],
): Promise<Placed<string> | null> {
  switch (program.toLowerCase()) {
    case 'terraform':
    case 'tofu': {
      const seen = readTerraform(machine, terraformDirectory(machine, args))
      const block = seen === null ? null : blockInUse(seen, args)
      // Keys in the block outrank its profile.
      return block === null || block.accessKeyId !== null ? null : block.profile
    }
    case 'serverless':
    case 'sls':
      return await serverlessProfile(machine, args)
    case 'sam':
      return await samProfile(machine, args)
    case 'cdk':
      return cdkProfile(machine, homeOf(machine))
    case 'dotnet':
      return dotnetKeys(machine).find(({ profile }) => profile !== null)?.profile ?? null
    case 'npm':
    case 'pnpm':
    case 'yarn':
      return scriptProfile(machine, args)
    default:
      return null
  }
}
