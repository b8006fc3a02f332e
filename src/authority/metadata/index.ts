import type { RingKey } from '../model/entities.ts'
import type { OwnPaths } from '../wire/index.ts'
import { createContainer } from './container.ts'
import { createInstance, type InstanceSettings } from './instance.ts'
import type { ContainerSecrets } from './secrets.ts'
import type { Ground } from './vending.ts'

export { instanceIdOf } from './instance.ts'
export { checkNames, makeRoles } from './roles.ts'
export { type ContainerSecrets, containerSecrets } from './secrets.ts'

/** The room's front door: the last links of every SDK's chain, on the authority's own port. What is null is not there at all. */
export function createMetadata(parts: {
  readonly ground: Ground
  readonly ringKeys: () => readonly RingKey[]
  readonly instance: InstanceSettings | null
  readonly container: { readonly role: string; readonly secrets: ContainerSecrets } | null
}): OwnPaths {
  const { ground, instance, container } = parts
  const endpoints = [
    ...(instance === null ? [] : [createInstance(ground, instance, parts.ringKeys)]),
    ...(container === null ? [] : [createContainer(ground, container.role, container.secrets)]),
  ]
  return {
    answer(call) {
      for (const endpoint of endpoints) {
        const reply = endpoint(call)
        if (reply !== null) return reply
      }
      return null
    },
  }
}
