import type { Trace } from '../holder/chains/trace.ts'
import type { Machine } from '../holder/machine/machine.ts'
import type { CredentialPlan } from '../holder/sources/plan.ts'
import { keyName } from '../holder/vault/item.ts'
import { knownName } from '../holder/vault/known-names.ts'
import { ownProcess } from './own-process.ts'

/**
 * All that the session of a plan is made from, as a text: whoever changes a setting, a key or the endpoint asks for another session and
 * never meets an old one. Null for what is not kept here: what stands on the machine, what its own program keeps, and the roles of
 * containers and instances, which their endpoint keeps.
 */
export function sessionNameOf(machine: Machine, trace: Trace, plan: CredentialPlan): string | null {
  if (!['assume-role', 'web-identity', 'sso'].includes(plan.kind)) return null
  return JSON.stringify([trace.endpoint.sts, trace.endpoint.signingRegion, partsOf(machine, plan)])
}

/** The same for a session of a key (`sts:GetSessionToken`), made with a code of a device or without one. */
export function keySessionName(
  machine: Machine,
  trace: Trace,
  key: CredentialPlan,
  serial: string | null,
  durationSeconds: number | null,
): string {
  const made = ['session', serial, durationSeconds, partsOf(machine, key)]
  return JSON.stringify([trace.endpoint.sts, trace.endpoint.signingRegion, made])
}

function partsOf(machine: Machine, plan: CredentialPlan): readonly unknown[] {
  switch (plan.kind) {
    case 'static':
      return ['key', plan.credential.accessKeyId.value]
    case 'assume-role': {
      const { roleArn, sessionName, externalId, mfaSerial, durationSeconds, region, from } = plan
      return ['role', roleArn, sessionName, externalId, mfaSerial, durationSeconds, region, partsOf(machine, from)]
    }
    case 'web-identity':
      return ['web-identity', plan.roleArn, plan.tokenFile, plan.sessionName, plan.region]
    case 'sso':
      return ['sso', plan.startUrl, plan.region, plan.accountId, plan.roleName, plan.sessionName, plan.tokenFile]
    case 'login':
      return ['login', plan.session, plan.cacheFile]
    case 'process': {
      const own = ownProcess(machine, plan.command)
      if (own === null) return ['process', plan.command]
      const name = keyName(own.profile)
      return ['vault', name, knownName(machine, name)?.changes ?? 0]
    }
    case 'container':
      return ['container', plan.url]
    case 'instance-metadata':
      return ['instance', plan.endpoint]
  }
}
