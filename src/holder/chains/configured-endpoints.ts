import type { Machine } from '../machine/machine.ts'
import type { Place } from '../sources/credential.ts'
import type { Setting, Settings } from '../sources/settings.ts'
import { awsEndpoints, type EndpointMode } from './aws-endpoints.ts'
import type { EndpointChoice } from './trace.ts'

/** What an SDK knows when it chooses the endpoints of its clients. */
export interface EndpointGround {
  readonly machine: Machine
  readonly region: string | null
  readonly mode?: EndpointMode | undefined
  /** What the program's own argument says. */
  readonly argument?: string | undefined
  /** Settings of the chosen profile; null when there is no such profile. */
  readonly profile: Settings | null
  /** Settings of `[services name]`, with blocks in `nested`; null when there is none. */
  readonly services: (name: string) => Settings | null
}

type Chosen = { readonly url: string; readonly by: Place | { readonly flag: string } }

/**
 * Where STS and IAM calls go by the settings that AWS defines for all SDKs: an argument, `AWS_ENDPOINT_URL_STS`,
 * `AWS_ENDPOINT_URL`, the profile's `services`, its `endpoint_url`; else AWS's own. An empty one counts as none.
 *
 * Source: "SDKs and tools reference guide", service-specific endpoints.
 */
export function configuredEndpoints(ground: EndpointGround): EndpointChoice {
  const own = awsEndpoints(ground.region, ground.mode)
  const sts = chosen(ground, 'sts')
  const iam = chosen(ground, 'iam')
  return {
    sts: (sts?.url ?? own.sts).replace(/(?<!\/)\/+$/, ''),
    iam: (iam?.url ?? own.iam).replace(/(?<!\/)\/+$/, ''),
    signingRegion: sts === null ? own.signingRegion : (ground.region ?? own.signingRegion),
    overriddenBy: sts?.by ?? iam?.by ?? null,
  }
}

function chosen(ground: EndpointGround, service: 'sts' | 'iam'): Chosen | null {
  if (ground.argument !== undefined && ground.argument !== '') {
    return { url: ground.argument, by: { flag: '--endpoint-url' } }
  }
  if (isIgnored(ground)) return null
  for (const variable of [`AWS_ENDPOINT_URL_${service.toUpperCase()}`, 'AWS_ENDPOINT_URL']) {
    const url = ground.machine.env(variable)
    if (url !== undefined && url !== '') return { url, by: { variable } }
  }
  return fromServices(ground, service) ?? fromSetting(ground.profile?.get('endpoint_url'))
}

function isIgnored({ machine, profile }: EndpointGround): boolean {
  const setting = profile?.get('ignore_configured_endpoint_urls')?.value
  return (machine.env('AWS_IGNORE_CONFIGURED_ENDPOINT_URLS') ?? setting)?.toLowerCase() === 'true'
}

function fromServices({ profile, services }: EndpointGround, service: string): Chosen | null {
  const name = profile?.get('services')?.value
  const block = name === undefined ? undefined : services(name)?.get(service)
  const url = block?.nested?.get('endpoint_url')
  return block === undefined || url === undefined || url === '' ? null : { url, by: block.at }
}

function fromSetting(setting: Setting | undefined): Chosen | null {
  return setting === undefined || setting.value === '' ? null : { url: setting.value, by: setting.at }
}
