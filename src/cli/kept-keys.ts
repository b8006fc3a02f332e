import type { KeptKeys } from '../holder/login/index.ts'
import type { Machine } from '../holder/machine/machine.ts'
import { credentialOfKey } from '../holder/resolution/vault-key.ts'
import type { Credential } from '../holder/sources/credential.ts'
import type { VaultItem } from '../holder/vault/index.ts'
import { keyName } from '../holder/vault/item.ts'
import { knownName } from '../holder/vault/known-names.ts'
import { ownProcess } from './own-process.ts'
import type { Call } from './terminal.ts'
import { openVault } from './vault.ts'

/** Users' keys in the vault, for a login to start from. */
export function keptKeys(call: Call, machine: Machine): KeptKeys {
  return {
    ofProfile: (name) => keyOf(call, machine, name),
    async ofProcess(command) {
      const own = ownProcess(machine, command)
      return own === null ? null : await keyOf(call, machine, own.profile)
    },
  }
}

async function keyOf(call: Call, machine: Machine, profile: string): Promise<Credential | null> {
  const item = await itemOf(call, machine, keyName(profile))
  return item?.kind === 'access-key' ? credentialOfKey(profile, item) : null
}

/** Nothing is unlocked for a name that is known not to be there. */
async function itemOf(call: Call, machine: Machine, name: string): Promise<VaultItem | null> {
  if (knownName(machine, name)?.isThere !== true) return null
  return await (await openVault(call)).get(name)
}
