import type { Secret } from '../../anatomy/secret.ts'
import type { Machine } from '../machine/machine.ts'
import type { Place } from '../sources/credential.ts'

/** What carries a variable to some process, other than the environment that we were started with. */
export type Carrier =
  | 'shell-startup'
  | 'dotenv'
  | 'compose'
  | 'systemd'
  | 'cron'
  | 'windows-user'
  | 'windows-machine'
  | 'first-process'

/** A variable of AWS that a file or a registry gives, or would give, to a process. */
export interface Setting {
  readonly name: string
  /** As the reader of that file would hand it over, without its quotes. Never shown. */
  readonly value: Secret
  readonly at: Place
  readonly carrier: Carrier
}

/** Every place outside the AWS files that sets a variable of AWS, in the order in which a login would read them. */
export async function readSettings(_machine: Machine): Promise<readonly Setting[]> {
  return []
}
