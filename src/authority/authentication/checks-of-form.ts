import {
  asymmetricAlgorithm,
  formatBasicInstant,
  type ReadAuthorization,
  type ScopeOfRequest,
  symmetricAlgorithm,
} from '../../signature/index.ts'
import type { Refusal, ScopeFault } from '../model/refusal.ts'
import { type Check, type Examination, readOf, signedServices } from './examination.ts'
import { type NamedCause, nameBrokenHeader, nameCredential, nameUnsigned } from './named-causes.ts'

/** Steps 1 to 7 of the order of checks: what can be said without knowing any key. Source: `authority.md` §2.1, §2.2, §2.5, §2.6. */

export const somethingIsPresent: Check = ({ authorization, call: { request } }) => {
  if (authorization.kind !== 'none') return null
  const named = nameUnsigned(request.query, request.body)
  return { reason: 'unsigned', ...named }
}

export const oneAuthentication: Check = ({ authorization }) =>
  authorization.kind === 'both'
    ? {
        reason: 'two-authentications',
        cause: 'presigned-altered',
        evidence: ['the request is signed in its query, and has an Authorization header as well'],
      }
    : null

export const authorizationIsComplete: Check = ({ authorization }) => {
  switch (authorization.kind) {
    case 'not-key-value': {
      const { fragment, header } = authorization
      return withCause({ reason: 'not-key-value', fragment, header }, nameBrokenHeader(header, fragment))
    }
    case 'parts-missing': {
      const { missing, header } = authorization
      const foreign = nameBrokenHeader(header, '')
      const stripped: NamedCause = {
        cause: 'authorization-missing',
        evidence: [`the Authorization header lacks ${missing.join(', ')}`],
      }
      return withCause({ reason: 'parts-missing', missing, header }, foreign ?? stripped)
    }
    case 'query-parts-missing': {
      const evidence = [`the query lacks ${authorization.missing.join(', ')}`]
      return { reason: 'query-parts-missing', missing: authorization.missing, cause: 'authorization-missing', evidence }
    }
    default:
      return null
  }
}

export const dateIsReadable: Check = (examination) => {
  const { date } = readOf(examination)
  return date.instant === null ? { reason: 'date-malformed', date: date.text } : null
}

/**
 * Whole seconds on both sides, for that is all a request can say; the boundary itself is still in time. A presigned call is
 * held to the same window whatever its `X-Amz-Expires` says, as STS does (`authority.md` §2.2).
 */
export const clockIsRight: Check = (examination) => {
  const { toleranceMinutes, knowledge } = examination
  const requested = Math.floor(readOf(examination).date.instant!.getTime() / 1000)
  const server = Math.floor(knowledge.now / 1000)
  const tolerance = toleranceMinutes * 60
  if (Math.abs(server - requested) <= tolerance) return null
  const isSlow = requested < server
  // Whoever signs a URL means it for later: it was sent too late, its clock need not have been wrong.
  const isLate = isSlow && readOf(examination).form === 'query'
  return {
    reason: isSlow ? 'signature-expired' : 'signature-not-yet-current',
    requestTime: basic(requested),
    limit: basic(isSlow ? server - tolerance : server + tolerance),
    serverTime: basic(server),
    toleranceMinutes,
    cause: isLate ? 'request-delayed' : 'clock-skew',
    evidence: [
      `the ${isLate ? 'URL' : 'request'} is dated ${Math.abs(server - requested)} seconds ${isSlow ? 'before' : 'after'} this clock`,
    ],
  }
}

function basic(seconds: number): string {
  return formatBasicInstant(new Date(seconds * 1000))
}

export const hostIsSigned: Check = (examination) => {
  const { signedHeaders } = readOf(examination)
  if (signedHeaders.includes('host')) return null
  for (const name of signedHeaders) if (/^(?:host|:authority)$/i.test(name)) return null
  return { reason: 'host-not-signed', evidence: ['host is not among the signed headers'] }
}

/** STS takes both algorithms, IAM only the symmetric one (service models, trait `auth`). */
export const algorithmIsKnown: Check = (examination) => {
  const { algorithm, scope } = readOf(examination)
  if (algorithm === symmetricAlgorithm) return null
  if (algorithm === asymmetricAlgorithm && (scope ?? fiveParts(examination))?.service !== 'iam') return null
  return {
    reason: 'algorithm-unsupported',
    algorithm,
    cause: 'old-signing',
    evidence: ['the signing algorithm is not SigV4'],
  }
}

export const credentialHasFiveParts: Check = (examination) => {
  const { credential, scope } = readOf(examination)
  if (scope !== null) return null
  return withCause({ reason: 'credential-malformed', credential }, nameCredential(credential))
}

/** All faults of the scope in one answer. Any region name is one here: the authority stands in for all of them. */
export const scopeIsRight: Check = (examination) => {
  const { algorithm, scope, date, regionSet } = readOf(examination) as ReadAuthorization & { scope: ScopeOfRequest }
  const faults: ScopeFault[] = []
  if (algorithm === asymmetricAlgorithm) {
    if (regionSet === null || regionSet.length === 0) faults.push({ fault: 'region', got: '' })
    examination.region = regionSet?.find((region) => !region.includes('*')) ?? 'us-east-1'
  } else {
    if (!/^[\w-]{0,64}$/.test(scope.region)) faults.push({ fault: 'region', got: scope.region })
    else examination.region = scope.region
  }
  const expected = examination.call.service ?? signedServices.find((name) => name === scope.service) ?? 'sts'
  if (scope.service !== expected) faults.push({ fault: 'service', expected })
  if (scope.terminator !== 'aws4_request') faults.push({ fault: 'terminator', got: scope.terminator })
  // The text is the instant already, unless it came in HTTP's form.
  const requestTime = date.text.length === 16 && date.text.endsWith('Z') ? date.text : formatBasicInstant(date.instant!)
  const requestDate = requestTime.slice(0, 8)
  if (scope.date !== requestDate) {
    faults.push({ fault: 'date', scopeDate: scope.date, requestDate, requestTime })
  }
  if (faults.length === 0) return null
  const evidence = faults.map(({ fault }) => `the ${fault} of the credential scope is wrong`)
  return { reason: 'scope-wrong', faults, cause: 'signing-scope-wrong', evidence }
}

function fiveParts(examination: Examination): { readonly service: string } | null {
  const parts = readOf(examination).credential.split('/')
  return parts.length === 5 ? { service: parts[3]! } : null
}

function withCause(refusal: Refusal, named: NamedCause | null): Refusal {
  return named === null ? refusal : { ...refusal, ...named }
}
