import { traceChain } from '../../../src/holder/chains/index.ts'
import type { ChainStep, SdkName, Trace } from '../../../src/holder/chains/trace.ts'
import type { Disk } from '../../../src/holder/machine/disk.ts'
import type { Machine } from '../../../src/holder/machine/machine.ts'
import { realMachine } from '../../../src/holder/machine/real.ts'
import { type Recording, recordedMachine } from '../../../src/holder/machine/recorded.ts'
import { type Resolution, type ResolutionOptions, resolveStep } from '../../../src/holder/resolution/index.ts'
import type { CredentialPlan } from '../../../src/holder/sources/plan.ts'

export const home = '/u/alice'
export const noon = new Date('2026-11-28T12:00:00Z')

export interface State extends Recording {
  readonly config?: string
  readonly credentials?: string
}

/** A machine whose files and variables are data and whose requests are real. */
export function machineWith({ config, credentials, env, files, ...rest }: State): Machine {
  const outside = realMachine({ direct: true })
  return recordedMachine({
    now: noon,
    userHome: home,
    send: (request) => outside.send(request),
    ...rest,
    env: { HOME: home, AWS_EC2_METADATA_DISABLED: 'true', ...env },
    files: {
      ...(config === undefined ? {} : { [`${home}/.aws/config`]: config }),
      ...(credentials === undefined ? {} : { [`${home}/.aws/credentials`]: credentials }),
      ...files,
    },
  })
}

/** Resolves the winner of a machine, by the rules of an SDK. */
export async function resolveOn(
  machine: Machine,
  options: ResolutionOptions = {},
  question: { readonly sdk?: SdkName; readonly profile?: string; readonly endpointUrl?: string } = {},
): Promise<Resolution & { readonly trace: Trace }> {
  const trace = traceChain(machine, { sdk: 'aws-cli-v2', ...question })
  if (trace.winner === null) throw new Error(`nothing to resolve: ${trace.error?.says ?? 'no winner'}`)
  return { ...(await resolveStep(machine, trace, trace.winner, options)), trace }
}

/** Resolves a plan whose failure the chain itself would foresee, so that it would not come to it. */
export async function resolvePlan(
  machine: Machine,
  plan: CredentialPlan,
  options: ResolutionOptions = {},
): Promise<Resolution> {
  const trace = traceChain(machine, { sdk: 'aws-cli-v2' })
  const step: ChainStep = {
    provider: 'sso',
    outcome: 'found',
    reason: 'asked-later',
    because: '',
    at: 'at' in plan ? plan.at : null,
    credential: null,
    plan,
  }
  return await resolveStep(machine, { ...trace, winner: step }, step, options)
}

/** A disk that keeps what was written, for machines that are data. */
export function keepingDisk(): Disk & { readonly written: Map<string, string> } {
  const written = new Map<string, string>()
  return {
    written,
    write: (path, bytes) => void written.set(path, new TextDecoder().decode(bytes)),
    remove: () => {},
    list: () => [],
  }
}

/** What a resolution gave, plain, for comparisons in tests. */
export function valuesOf(resolution: Resolution) {
  if (resolution.kind !== 'resolved') return resolution
  const { credential } = resolution
  return {
    provider: credential.provider,
    accessKeyId: credential.accessKeyId.value,
    secretAccessKey: credential.secretAccessKey.value.reveal(),
    sessionToken: credential.sessionToken?.value.reveal() ?? null,
    expiration: credential.expiration?.value.toISOString() ?? null,
    accountId: credential.accountId?.value ?? null,
  }
}
