import type { Command, Machine } from '../machine/machine.ts'
import { type Assignment, mostSteps } from './assignment.ts'

/** Where Windows keeps the variables that each new process of a user gets. */
export const registryKeys = {
  'windows-user': 'HKCU\\Environment',
  'windows-machine': 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment',
} as const

/** The question to the registry, which needs no rights; it is given up after two seconds. */
export function registryQuery(key: string): Command {
  return { line: ['reg', 'query', key], timeoutMs: 2000 }
}

/** The variables under a key of the registry; none when it does not answer. */
export async function readRegistry(machine: Machine, key: string): Promise<readonly Assignment[]> {
  const outcome = await machine.run(registryQuery(key))
  return outcome.kind === 'ended' && outcome.exitCode === 0 ? readRegistryAnswer(outcome.stdout) : []
}

/** Lines `    NAME    REG_SZ    value` of `reg query`. */
export function readRegistryAnswer(stdout: string): readonly Assignment[] {
  return [...stdout.matchAll(/^ {4}(\S.*?) {4}(REG_SZ|REG_EXPAND_SZ)(?: {4}(.*?))?\r?$/gm)]
    .slice(0, mostSteps)
    .map((match) => {
      const [, name = '', kind, value = ''] = match
      const isComputed = kind === 'REG_EXPAND_SZ' && /%[^%]+%/.test(value)
      const shared = { name, effect: 'sets', offset: match.index, isConditional: false, isExported: true } as const
      return { ...shared, value: isComputed ? null : value }
    })
}
