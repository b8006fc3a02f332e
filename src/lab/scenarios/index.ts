import type { Scenario } from '../scenario.ts'
import { absent } from './absent.ts'
import { bytes } from './bytes.ts'
import { clock } from './clock.ts'
import { ec2 } from './ec2.ts'
import { keyPair } from './key-pair.ts'
import { mfa } from './mfa.ts'
import { permission } from './permission.ts'
import { region } from './region.ts'
import { request } from './request.ts'
import { session } from './session.ts'
import { source } from './source.ts'
import { workload } from './workload.ts'

/** Every scenario that the lab can make happen, in the order of the catalogue's families. */
export const scenarios: readonly Scenario[] = [
  ...absent,
  ...keyPair,
  ...bytes,
  ...session,
  ...source,
  ...clock,
  ...mfa,
  ...permission,
  ...region,
  ...request,
  ...ec2,
  ...workload,
]
