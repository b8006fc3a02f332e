import { hash } from 'node:crypto'
import type { ManagedPolicy } from '../model/entities.ts'
import { awsManagedDocuments } from './aws-managed-documents.ts'

/** A policy that AWS keeps for everyone: `arn:‹partition›:iam::aws:policy/…`. It cannot be changed. */
export type AwsManagedPolicy = ManagedPolicy

const perPartition = new Map<string, ReadonlyMap<string, AwsManagedPolicy>>()

/** The AWS managed policy of that ARN, or undefined when it is none of those that are shipped. */
export function findAwsManagedPolicy(arn: string): AwsManagedPolicy | undefined {
  const partition = /^arn:([a-z-]+):iam::aws:policy\//.exec(arn)?.[1]
  return partition === undefined ? undefined : policiesOf(partition).get(arn)
}

/** All shipped AWS managed policies, sorted by name, with the ARNs of that partition. */
export function listAwsManagedPolicies(partition: string): readonly AwsManagedPolicy[] {
  return [...policiesOf(partition).values()]
}

/** A bound, since the partition may come from a caller's ARN; there are eight of them. */
const mostPartitions = 16

function policiesOf(partition: string): ReadonlyMap<string, AwsManagedPolicy> {
  const kept = perPartition.get(partition)
  if (kept !== undefined) return kept
  const policies = new Map<string, AwsManagedPolicy>()
  for (const { name, path, version, createdAt, updatedAt, document } of awsManagedDocuments) {
    const arn = `arn:${partition}:iam::aws:policy${path}${name}`
    const text = JSON.stringify(document, null, 2).replaceAll('"arn:aws:', `"arn:${partition}:`)
    policies.set(arn, {
      kind: 'policy',
      arn,
      id: policyId(name),
      name,
      path,
      description: null,
      createdAt,
      updatedAt,
      tags: [],
      defaultVersion: version,
      versions: [{ id: version, document: text, createdAt: updatedAt }],
      nextVersion: Number(version.slice(1)) + 1,
    })
  }
  if (perPartition.size < mostPartitions) perPartition.set(partition, policies)
  return policies
}

/** Unique ids that AWS's own replies show in public. */
const knownIds: Readonly<Record<string, string>> = {
  AdministratorAccess: 'ANPAIWMBCKSKIEE64ZLYK',
  IAMReadOnlyAccess: 'ANPAJKSO7NDY4T57MWDSQ',
  PowerUserAccess: 'ANPAJYRXTHIB4FOVS3ZXS',
}

/** The other ids are drawn from the name: the same on every node and in every start, in AWS's form. */
function policyId(name: string): string {
  const known = Object.hasOwn(knownIds, name) ? knownIds[name] : undefined
  if (known !== undefined) return known
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const digest = hash('sha256', `aws managed policy ${name}`, 'buffer')
  return `ANPA${Array.from(digest.subarray(0, 17), (byte) => alphabet[byte & 31]).join('')}`
}
