import type { Machine } from '../../holder/machine/machine.ts'
import type { Look } from '../terminal.ts'
import { legible, padded, page, paint } from './page.ts'
import { instantText } from './sources.ts'

/** Who AWS says the caller is, as far as it was told. */
export interface Person {
  readonly account: string
  readonly alias: string | null
  readonly arn: string
  readonly userId: string
  readonly type: 'root' | 'user' | 'assumed-role' | 'federated-user' | 'unknown'
  /** Name of the user or role. */
  readonly name: string | null
  readonly sessionName: string | null
  /** Of IAM Identity Center, whose role this is; null for any other principal. */
  readonly permissionSet: string | null
  readonly region: string | null
  /** ISO 8601, UTC; null when nothing on the machine tells it, or for a long-term key. */
  readonly expiration: string | null
  readonly longTerm: boolean
}

const typeNames: Readonly<Record<Person['type'], string>> = {
  root: 'root user of the account',
  user: 'IAM user',
  'assumed-role': 'assumed role',
  'federated-user': 'federated user',
  unknown: 'unknown kind of principal',
}

export function whoamiText(look: Look, machine: Machine, person: Person): string {
  const rows: [string, string][] = [
    ['Account', person.alias === null ? person.account : `${person.account} (${person.alias})`],
    ['ARN', person.arn],
    ['Type', typeNames[person.type]],
  ]
  if (person.permissionSet !== null) rows.push(['Permission set', person.permissionSet])
  if (person.sessionName !== null) rows.push(['Session', person.sessionName])
  rows.push(['User id', person.userId])
  rows.push(['Region', person.region ?? 'none set'])
  rows.push([
    'Expires',
    person.expiration !== null
      ? instantText(machine, person.expiration)
      : person.longTerm
        ? 'never (a long-term key)'
        : 'not told on this machine',
  ])
  const width = Math.max(8, ...rows.map(([name]) => name.length))
  return page(rows.map(([name, value]) => `${paint(look, 'quiet', padded(name, width))} ${legible(look, value)}`))
}

/** The one line of `--quiet`. */
export function whoamiLine(look: Look, _machine: Machine, person: Person): string {
  return page([legible(look, person.arn)])
}
