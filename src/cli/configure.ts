import type { CountersignError } from '../errors.ts'
import { wrong } from './configure/usage.ts'
import { nearest } from './grammar.ts'
import type { Call } from './terminal.ts'

/** What stands behind `configure`; loaded one by one, since `get` is asked by scripts again and again. */
type Subverb = (call: Call, operands: readonly string[]) => number | Promise<number>

const subverbs: Readonly<Record<string, () => Promise<Subverb>>> = {
  get: async () => (await import('./configure/settings.ts')).get,
  set: async () => (await import('./configure/settings.ts')).set,
  unset: async () => (await import('./configure/settings.ts')).unset,
  list: async () => (await import('./configure/list.ts')).list,
  'list-profiles': async () => (await import('./configure/list.ts')).listProfiles,
  import: async () => (await import('./configure/import.ts')).importKeys,
  export: async () => (await import('./configure/export.ts')).exportCredentials,
  'export-credentials': async () => (await import('./configure/export.ts')).exportCredentials,
  'set-environment': async () => (await import('./configure/environment.ts')).setEnvironment,
  'unset-environment': async () => (await import('./configure/environment.ts')).unsetEnvironment,
}

/** Subcommands of `aws configure` that are done otherwise here. */
const elsewhere: Readonly<Record<string, string>> = {
  sso: 'Set sso_start_url, sso_region, sso_account_id and sso_role_name of the profile, then: countersign login PROFILE',
  'sso-session': 'For example: countersign configure set sso-session.NAME.sso_start_url https://NAME.awsapps.com/start',
  'mfa-login': 'That is: countersign login PROFILE',
  'add-model': 'Only the AWS CLI has models of services.',
}

/** Flags that belong to one of them alone. */
const flagsOf: Readonly<Record<string, readonly string[]>> = {
  csv: ['import'],
  'skip-invalid': ['import'],
  'profile-prefix': ['import'],
  keychain: ['import'],
  'mfa-seed': ['import'],
  format: ['export', 'export-credentials'],
}

/** `configure [get|set|…]`: reads and writes the AWS files as `aws configure` does. Alone it asks the person. */
export async function configure(call: Call): Promise<number> {
  const [name, ...rest] = call.operands
  const operands = [...rest, ...(call.child ?? [])]
  for (const [flag, owners] of Object.entries(flagsOf))
    if (call.flags.on(flag) && !owners.includes(name ?? ''))
      throw wrong(`--${flag} belongs to "configure ${owners[0]}".`, `See: countersign help configure`)
  if (name === undefined) return await (await import('./configure/ask.ts')).askAll(call)
  if (call.flags.on('mfa-seed')) return await (await import('./configure/seed.ts')).importSeed(call, operands)
  if (!Object.hasOwn(subverbs, name)) throw unknown(name)
  return await (await subverbs[name]!())(call, operands)
}

function unknown(name: string): CountersignError {
  const near = nearest(name, Object.keys(subverbs))
  return wrong(
    `"configure" does not know "${name}".`,
    elsewhere[name] ??
      (near === null ? 'See: countersign help configure' : `Did you mean: countersign configure ${near}?`),
  )
}
