import { partitionById, partitions, regionFacts } from '../../anatomy/partitions.ts'
import type { Account } from './entities.ts'

/** How a region stands for an account: `unknown` where no table lists it. */
export type RegionState = 'by-default' | 'enabled' | 'disabled' | 'unknown'

/** Source: Account Management Guide, "Enable or disable AWS Regions in your account". */
export function regionStateOf(account: Account, region: string): RegionState {
  const facts = regionFacts(region)
  if (facts === null || facts.partition.id !== account.partition) return 'unknown'
  if (!facts.optIn) return 'by-default'
  return account.enabledRegions?.includes(region) === true ? 'enabled' : 'disabled'
}

/** All regions of the account's partition, by name. */
export function regionsOf(account: Account): readonly string[] {
  const partition = partitionById(account.partition)
  return partition === null ? [] : [...partition.defaultRegions, ...partition.optInRegions].sort()
}

/** Has the region to be switched on, whether it is or not? */
export function isOptIn(region: string): boolean {
  return optInRegions.has(region)
}

/** Looked into for every request. */
const optInRegions: ReadonlySet<string> = new Set(partitions.flatMap((partition) => partition.optInRegions))

/**
 * Whether the STS endpoint of a region answers for the account (IAM User Guide, "Activating and deactivating STS in an AWS
 * Region"). The global endpoint and that of its own region always do.
 */
export function isStsActive(account: Account, region: string): boolean {
  return account.stsInactiveIn?.includes(region) !== true
}

/** Which session tokens the global endpoint gives: 1 unless the account has chosen (IAM, SetSecurityTokenServicePreferences). */
export function globalTokenVersionOf(account: Account): 1 | 2 {
  return account.globalTokenVersion ?? 1
}
