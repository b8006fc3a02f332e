import type { Machine } from '../../machine/machine.ts'
import { absolutePath } from '../../machine/paths.ts'
import type { Place } from '../../sources/credential.ts'
import { adaptiveWebIdentity } from './client-settings.ts'
import { refusedJavaClient } from './clients.ts'
import { failed, type JvmGround, type Outcome } from './ground.ts'
import { regionWithInstance } from './instance.ts'

export interface WebIdentity {
  readonly profile: string | null
  readonly roleArn: string
  readonly tokenFile: string
  readonly sessionName: string | null
  readonly at: Place
}

/** A role by an identity token (aws-sdk-java-v2 sts `StsWebIdentityCredentialsProviderFactory`, `AssumeRoleWithWebIdentityRequestSupplier`). */
export function javaWebIdentity(ground: JvmGround, identity: WebIdentity): Outcome {
  const { machine, region } = ground
  const refusal = refusedJavaClient(ground, 'STS', regionWithInstance(ground, region)) ?? adaptiveWebIdentity(ground)
  if (refusal !== null) return refusal
  const says = unreadable(machine, identity.tokenFile)
  if (says !== null)
    return failed('file-unreadable', says, `the token file ${identity.tokenFile} cannot be read`, identity.at)
  return webIdentityPlan(identity, region?.name ?? null)
}

export function webIdentityPlan(identity: WebIdentity, region: string | null): Outcome {
  const { roleArn, tokenFile, at } = identity
  return {
    kind: 'planned',
    because: `the role ${roleArn} would be assumed with the token in ${tokenFile}`,
    at,
    plan: { kind: 'web-identity', ...identity, region },
  }
}

function unreadable(machine: Machine, path: string): string | null {
  const found = machine.readFile(absolutePath(machine, path === '' ? '.' : path))
  if (found.kind === 'found') return null
  const cause =
    found.kind === 'absent'
      ? `java.nio.file.NoSuchFileException: ${path}`
      : found.because === 'permission'
        ? `java.nio.file.AccessDeniedException: ${path}`
        : `java.io.IOException: ${found.because === 'directory' ? 'Is a directory' : found.detail}`
  return `UncheckedIOException: ${cause}`
}
