import { homeOf } from '../files/expand.ts'
import type { Machine } from '../machine/machine.ts'
import { absolutePath } from '../machine/paths.ts'
import type { Placed } from '../sources/credential.ts'
import { type AppKeys, dotnetKeys, readAppKeys } from './app-keys.ts'
import {
  beanstalkProfile,
  cdkProfile,
  pulumiProfile,
  samProfile,
  scriptProfile,
  serverlessProfile,
} from './deployment.ts'
import {
  blockInUse,
  partialBackend,
  readTerraform,
  type TerraformAccess,
  type TerraformSeen,
  terraformDirectory,
} from './terraform.ts'

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
    pulumiProfile(machine, []),
    beanstalkProfile(machine),
  ])
  const blocks = terraform === null ? [] : terraform.providers.map(({ profile }) => profile)
  const profiles = [...blocks, ...deployed, ...apps.map(({ profile }) => profile)].filter((each) => each !== null)
  return { directory: machine.cwd, terraform, apps, profiles }
}

/**
 * The profile that a program picks by its own files when no flag names one: Terraform and OpenTofu by the provider's or the
 * backend's block, the Serverless Framework by serverless.yml, SAM by samconfig.toml, the CDK by cdk.json, .NET by
 * appsettings.json, Pulumi by the settings of its stack, Elastic Beanstalk by .elasticbeanstalk/config.yml, a script of npm by
 * what package.json puts before it. Null when its files name none, or compute it from
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
    case 'terragrunt':
    case 'tofu': {
      const given = givenBackend(machine, args)
      if (given?.profile != null) return given.profile
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
    case 'pulumi':
      return await pulumiProfile(machine, args)
    case 'eb':
      return await beanstalkProfile(machine)
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

/** The file that `-backend-config=FILE` gives to `terraform init`; null when there is none, or a setting instead. */
function givenBackend(machine: Machine, args: readonly string[]): TerraformAccess | null {
  const file = args.flatMap((word) => /^--?backend-config=([^=]+)$/.exec(word)?.[1] ?? []).at(-1)
  if (file === undefined || !args.includes('init')) return null
  return partialBackend(
    machine,
    absolutePath({ platform: machine.platform, cwd: terraformDirectory(machine, args) }, file),
  )
}
