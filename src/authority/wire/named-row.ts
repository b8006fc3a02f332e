import type { Action } from '../actions/grid.ts'
import { actions, identityCenterActions, regionActions } from '../actions/index.ts'
import type { Refusal } from '../model/refusal.ts'
import type { WireService } from './faults.ts'
import type { Parameters } from './query.ts'
import type { Walk } from './walk.ts'

/** What `Version` must be; empty for those that are not of the Query protocol. */
export const versions: Readonly<Record<WireService, string>> = {
  sts: '2011-06-15',
  iam: '2010-05-08',
  ec2: '2016-11-15',
  account: '',
  sso: '',
  identitystore: '',
}

/** The action sets of the two services are disjoint, so the name of a known action is enough. */
export const rows: ReadonlyMap<string, Action> = new Map([...actions, ...regionActions].map((row) => [row.name, row]))
/** Those that the head names, by service and name: theirs are the names of others as well. */
const namedRows: ReadonlyMap<string, Action> = new Map(
  [...regionActions, ...identityCenterActions].map((row) => [`${row.service}.${row.name}`, row]),
)

/** The service of an operation, as far as its name or its version tells; null otherwise. */
export function serviceOf(operation: string, version: string | undefined): WireService | null {
  const row = rows.get(operation)
  if (row !== undefined) return row.service
  if (version === versions.iam) return 'iam'
  if (version === versions.ec2) return 'ec2'
  return version === versions.sts ? 'sts' : null
}

/** The row that a call names, of the service that it is for and in the version of that. */
export function findRow(walk: Walk, parameters: Parameters): { readonly refused: Refusal } | { readonly row: Action } {
  const { named } = walk
  if (named !== null) {
    const row = namedRows.get(`${named.service}.${named.operation}`)
    return row === undefined
      ? { refused: { reason: 'action-unknown', action: named.operation, version: named.service } }
      : { row }
  }
  const action = parameters.get('Action') ?? ''
  if (action === '') return { refused: { reason: 'action-missing' } }
  const version = parameters.get('Version') ?? ''
  const row = rows.get(action)
  if (
    row === undefined ||
    row.service === 'account' ||
    row.service !== walk.service ||
    version !== versions[row.service]
  ) {
    return unknownAction(parameters)
  }
  return { row }
}

/** AWS leaves these two unsigned: whoever names one that is not served here, or another version of it, hears that. */
export const unsignedActions: ReadonlySet<string> = new Set(['AssumeRoleWithSAML', 'AssumeRoleWithWebIdentity'])

/** The row of a call that nobody has to sign, also where a signature came along. */
export function findUnsigned(parameters: Parameters): Action | null {
  const row = rows.get(parameters.get('Action') ?? '')
  return row?.unsigned === true && parameters.get('Version') === versions[row.service] ? row : null
}

/** AWS's own words hold the name and the version that were asked for. */
export function unknownAction(parameters: Parameters): { readonly refused: Refusal } {
  const action = (parameters.get('Action') ?? '').slice(0, 128)
  return { refused: { reason: 'action-unknown', action, version: (parameters.get('Version') ?? '').slice(0, 32) } }
}
