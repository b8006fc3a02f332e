import type { PermissionSet } from '../../model/entities.ts'
import { instanceArn } from '../../model/identity-center.ts'
import type { Permission } from '../../model/permission.ts'
import type { Change } from '../../model/store.ts'
import type { ActionContext } from '../grid.ts'
import { page } from '../pages.ts'
import { absent, invalidParameter, isRefused, type Refused } from '../sentences.ts'
import { permission } from '../subjects.ts'
import { put } from '../write.ts'

type Conditions = ReadonlyMap<string, readonly string[]>

export interface OfInstance {
  readonly InstanceArn: string
}
export interface OfSet extends OfInstance {
  readonly PermissionSetArn: string
}

/** Calls name both the instance and what in it they are about (Service Authorization Reference, "AWS IAM Identity Center"). */
export function onInstance(action: string, conditions?: Conditions) {
  return ({ InstanceArn }: OfInstance): Permission => permission(`sso:${action}`, InstanceArn, conditions)
}

export function onSet(action: string, conditions?: Conditions) {
  return ({ InstanceArn, PermissionSetArn }: OfSet, context: ActionContext): readonly Permission[] => {
    const set = context.directory.permissionSet(PermissionSetArn)
    return [
      permission(`sso:${action}`, InstanceArn, conditions),
      permission(`sso:${action}`, PermissionSetArn, conditions, set),
    ]
  }
}

/** Null when it is this account's own instance: there is no other. */
export function faultOfInstance({ InstanceArn }: OfInstance, { directory }: ActionContext): Refused | null {
  return InstanceArn === instanceArn(directory.account)
    ? null
    : absent(`Could not find Instance with ARN ${InstanceArn}`)
}

/** Sentence: as AWS answered moto's maintainers (`moto/ssoadmin/models.py`). */
export function setNamed(input: OfSet, context: ActionContext): PermissionSet | Refused {
  const fault = faultOfInstance(input, context)
  if (fault !== null) return fault
  const set = context.directory.permissionSet(input.PermissionSetArn)
  return set ?? absent(`Could not find PermissionSet with id ${input.PermissionSetArn.split('/').at(-1)}`)
}

/** A permission set that was changed: its role stays as it is until it is provisioned again. */
export function changed(set: PermissionSet, members: Partial<PermissionSet>, { directory }: ActionContext): Change {
  return put(directory, { ...set, ...members, provisioned: false })
}

/** One page by the names that these services have for it. */
export function pageOf<T>(
  context: ActionContext,
  operation: string,
  input: { readonly NextToken?: string | undefined; readonly MaxResults?: number | undefined } & object,
  items: readonly T[],
  keyOf: (item: T) => string,
): { readonly items: readonly T[]; readonly NextToken: string | undefined } | Refused {
  const { NextToken, MaxResults, ...filters } = input
  const request = { ...filters, Marker: NextToken === '' ? undefined : NextToken, MaxItems: MaxResults }
  const some = page(context, operation, request, items, keyOf)
  return isRefused(some) ? invalidParameter('Invalid NextToken.') : { items: some.items, NextToken: some.end.Marker }
}
