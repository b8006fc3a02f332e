import { partitionById } from '../../../anatomy/partitions.ts'
import type { Account } from '../../model/entities.ts'
import { regionStateOf, regionsOf } from '../../model/regions.ts'
import { matchesPattern, parsePattern } from '../../policy/pattern.ts'
import { action } from '../grid.ts'
import { onAll } from '../subjects.ts'

const text = { type: 'string' } as const

/** Answers for all regions of the partition alike. Source: EC2 API Reference, DescribeRegions. */
export const describeRegions = action({
  service: 'ec2',
  name: 'DescribeRegions',
  input: {
    RegionNames: { type: 'list', max: 200, member: { type: 'string', max: 64 } },
    AllRegions: { type: 'boolean' },
    DryRun: { type: 'boolean' },
    Filters: {
      type: 'list',
      max: 200,
      member: {
        type: 'structure',
        members: { Name: text, Values: { type: 'list', max: 200, member: text } },
      },
    },
  },
  output: {
    RegionInfo: {
      type: 'list',
      required: true,
      member: {
        type: 'structure',
        members: { RegionName: text, RegionEndpoint: text, OptInStatus: text },
      },
    },
  },
  permission: onAll('ec2:DescribeRegions'),
  run: (input, { directory: { account } }) => {
    if (input.DryRun === true) return { refused: { reason: 'dry-run' } }
    const known = regionsOf(account)
    const asked = input.RegionNames ?? []
    const unknown = asked.filter((name) => !known.includes(name))
    if (unknown.length > 0) {
      return { refused: { reason: 'invalid-input', says: `Invalid region: [${unknown.join(', ')}]` } }
    }
    const wanted = asked.length > 0 ? known.filter((name) => asked.includes(name)) : known
    const rows = wanted
      .filter((name) => asked.length > 0 || input.AllRegions === true || regionStateOf(account, name) !== 'disabled')
      .map((name) => rowOf(account, name))
    for (const { Name = '' } of input.Filters ?? []) {
      if (!Object.hasOwn(filters, Name)) {
        return { refused: { reason: 'invalid-input', says: `The filter '${Name.slice(0, 64)}' is invalid` } }
      }
    }
    const isWanted = (row: Row) =>
      (input.Filters ?? []).every(({ Name, Values = [] }) =>
        Values.some((value) => matches(row[filters[Name as keyof typeof filters]], value)),
      )
    return { ok: { RegionInfo: rows.filter(isWanted) } }
  },
})

type Row = ReturnType<typeof rowOf>

const filters = { endpoint: 'RegionEndpoint', 'opt-in-status': 'OptInStatus', 'region-name': 'RegionName' } as const

function rowOf(account: Account, name: string) {
  const state = regionStateOf(account, name)
  const suffix = partitionById(account.partition)?.dnsSuffix ?? 'amazonaws.com'
  return {
    RegionName: name,
    RegionEndpoint: `ec2.${name}.${suffix}`,
    OptInStatus: state === 'enabled' ? 'opted-in' : state === 'disabled' ? 'not-opted-in' : 'opt-in-not-required',
  }
}

/** `*` and `?` stand for characters in EC2's filters (EC2 User Guide, "List and filter using the CLI and API"). */
function matches(text: string, pattern: string): boolean {
  return matchesPattern(parsePattern(pattern.slice(0, longestPattern)), text)
}

const longestPattern = 255
