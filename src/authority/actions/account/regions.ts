import type { Account } from '../../model/entities.ts'
import type { Permission } from '../../model/permission.ts'
import { regionStateOf, regionsOf } from '../../model/regions.ts'
import { type ActionContext, action } from '../grid.ts'
import type { Refused } from '../sentences.ts'
import { put, write } from '../write.ts'

/*
 * AWS Account Management, as far as it switches regions on and off (Account Management API Reference). AWS takes minutes for it,
 * with ENABLING and DISABLING in between; here it is done when the call is answered.
 */

const regionName = { type: 'string', required: true, min: 1, max: 50 } as const
const accountId = { type: 'string', pattern: '\\d{12}' } as const
const optStatus = { type: 'string' } as const
const statuses = ['ENABLED', 'ENABLING', 'DISABLING', 'DISABLED', 'ENABLED_BY_DEFAULT'] as const

function asked(name: string) {
  return ({ RegionName }: { readonly RegionName: string }, context: ActionContext): Permission => ({
    ...onAccount(name, context),
    conditions: new Map([['account:targetregion', [RegionName]]]),
  })
}

function onAccount(name: string, { partition, account }: ActionContext): Permission {
  return { action: `account:${name}`, resource: `arn:${partition}:account::${account}:account` }
}

/** Only the management account of an organization may name another one (API Reference, `AccountId`). */
function faultOfAccount(AccountId: string | undefined, { account }: ActionContext): Refused | null {
  if (AccountId === undefined || AccountId === account) return null
  return { refused: { reason: 'other-account', says: 'User is not authorized to access resource' } }
}

function noRegion(name: string): Refused {
  return { refused: { reason: 'invalid-parameter', says: `The Region ${name} is not valid.` } }
}

function statusOf(account: Account, region: string): (typeof statuses)[number] {
  const state = regionStateOf(account, region)
  if (state === 'by-default') return 'ENABLED_BY_DEFAULT'
  return state === 'enabled' ? 'ENABLED' : 'DISABLED'
}

const getRegionOptStatus = action({
  service: 'account',
  name: 'GetRegionOptStatus',
  input: { AccountId: accountId, RegionName: regionName },
  output: { RegionName: regionName, RegionOptStatus: optStatus },
  permission: asked('GetRegionOptStatus'),
  run: ({ AccountId, RegionName }, context) => {
    const { account } = context.directory
    const fault = faultOfAccount(AccountId, context)
    if (fault !== null) return fault
    if (regionStateOf(account, RegionName) === 'unknown') return noRegion(RegionName)
    return { ok: { RegionName, RegionOptStatus: statusOf(account, RegionName) } }
  },
})

const listRegions = action({
  service: 'account',
  name: 'ListRegions',
  input: {
    AccountId: accountId,
    MaxResults: { type: 'integer', min: 1, max: 50 },
    NextToken: { type: 'string', min: 0, max: 1000 },
    RegionOptStatusContains: { type: 'list', max: 50, member: { type: 'string', enum: statuses } },
  },
  output: {
    NextToken: { type: 'string' },
    Regions: {
      type: 'list',
      required: true,
      member: { type: 'structure', members: { RegionName: { type: 'string' }, RegionOptStatus: optStatus } },
    },
  },
  permission: (_input, context) => onAccount('ListRegions', context),
  run: ({ AccountId, MaxResults, NextToken, RegionOptStatusContains: wanted }, context) => {
    const { account } = context.directory
    const fault = faultOfAccount(AccountId, context)
    if (fault !== null) return fault
    const all = regionsOf(account)
      .map((RegionName) => ({ RegionName, RegionOptStatus: statusOf(account, RegionName) }))
      .filter(({ RegionOptStatus }) => wanted === undefined || wanted.includes(RegionOptStatus))
    // The token is the name of the region after which the next page begins.
    if (NextToken !== undefined && !all.some(({ RegionName }) => RegionName === NextToken)) {
      return { refused: { reason: 'invalid-parameter', says: 'The NextToken is not valid.' } }
    }
    const rest = NextToken === undefined ? all : all.slice(all.findIndex((row) => row.RegionName === NextToken) + 1)
    const Regions = rest.slice(0, MaxResults ?? 50)
    return { ok: { Regions, ...(Regions.length < rest.length ? { NextToken: Regions.at(-1)!.RegionName } : {}) } }
  },
})

const enableRegion = action({
  service: 'account',
  name: 'EnableRegion',
  input: { AccountId: accountId, RegionName: regionName },
  output: null,
  permission: asked('EnableRegion'),
  run: (input, context) => switched(input, context, (on, name) => [...on.filter((other) => other !== name), name]),
})

const disableRegion = action({
  service: 'account',
  name: 'DisableRegion',
  input: { AccountId: accountId, RegionName: regionName },
  output: null,
  permission: asked('DisableRegion'),
  run: (input, context) => switched(input, context, (on, name) => on.filter((other) => other !== name)),
})

function switched(
  { AccountId, RegionName }: { readonly AccountId?: string | undefined; readonly RegionName: string },
  context: ActionContext,
  change: (on: readonly string[], name: string) => readonly string[],
) {
  return write(context, () => {
    const { account } = context.directory
    const fault = faultOfAccount(AccountId, context)
    if (fault !== null) return fault
    const state = regionStateOf(account, RegionName)
    if (state === 'unknown') return noRegion(RegionName)
    if (state === 'by-default') {
      return { refused: { reason: 'invalid-parameter', says: `The Region ${RegionName} is enabled by default.` } }
    }
    const enabledRegions = change(account.enabledRegions ?? [], RegionName)
    return { ok: {}, changes: [put(context.directory, { ...account, enabledRegions })] }
  })
}

export const accountRegions = [getRegionOptStatus, listRegions, enableRegion, disableRegion]
