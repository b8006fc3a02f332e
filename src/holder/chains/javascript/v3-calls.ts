import type { Place } from '../../sources/credential.ts'
import { badDefaultsMode, endpointError } from './v3-endpoint.ts'
import { regionError, stsRegion, type Told, type V3Ground } from './v3-ground.ts'
import type { Refused } from './v3-resolution.ts'

/**
 * Why the client that v3 makes to get credentials cannot send its request; null when it can. Such an error is a plain one, so
 * that the chain stops with it.
 *
 * @param service as in `AWS_ENDPOINT_URL_<service>`
 */
export function refusedCall(
  ground: V3Ground,
  service: string,
  region: { readonly name: string; readonly at: Place | null },
  at: Place,
): Refused | null {
  const refused = (says: string, because: string, place: Place | null): Refused => ({
    kind: 'refused',
    reason: 'configuration',
    says,
    goesOn: false,
    because,
    at: place ?? at,
  })
  const regionSays = regionError(region.name)
  if (regionSays !== null)
    return refused(regionSays, `the region of the call to ${service} cannot be part of a host`, region.at)
  const endpoint = endpointError(ground, service, region.name)
  if (endpoint !== null) return refused(endpoint.says, `the endpoint of ${service} cannot be used`, endpoint.at)
  const mode = badDefaultsMode(ground)
  return mode === null ? null : refused(mode.says, 'the defaults mode is none', mode.at)
}

/** The same for a call to STS. `first` is the region of the first profile with a role. */
export function refusedStsCall(ground: V3Ground, first: Told | null, at: Place): Refused | null {
  return refusedCall(ground, 'sts', stsRegion(ground, first), at)
}
