import type { Group, Role, User } from '../../model/entities.ts'
import { type Action, type ActionContext, type ActionResult, action, type Members, type ValuesOf } from '../grid.ts'
import {
  attach,
  bound,
  changeable,
  deleteInline,
  detach,
  groupHolder,
  type Holder,
  inlineText,
  listAttached,
  listInline,
  putInline,
  roleHolder,
  userHolder,
} from '../holders.ts'
import {
  existingUserName,
  groupName,
  iamArn,
  newUserName,
  pageReply,
  pageRequest,
  policyDocument,
  policyName,
  policyPath,
  roleName,
  text,
} from '../members.ts'
import { isRefused, type Refused } from '../sentences.ts'
import { boundaryCondition, onGroup, onRole, onUser } from '../subjects.ts'
import { type Plan, write } from '../write.ts'

/** A kind of holder, as the calls about its policies speak of it. Every kind has the same rows. */
interface HolderKind<H extends Holder> {
  /** Stands in the names of the calls (`AttachUserPolicy`) and of the member that names the holder (`UserName`). */
  readonly noun: 'User' | 'Group' | 'Role'
  /** The models limit a holder's name otherwise in the calls on inline policies than in the newer ones on managed policies. */
  readonly nameFor: Readonly<Record<'managed' | 'inline', typeof existingUserName | typeof newUserName>>
  readonly find: (name: string, context: ActionContext) => H | Refused
  readonly on: typeof onRole
}

const user: HolderKind<User> = {
  noun: 'User',
  nameFor: { managed: newUserName, inline: existingUserName },
  find: userHolder,
  on: onUser,
}
const group: HolderKind<Group> = {
  noun: 'Group',
  nameFor: { managed: groupName, inline: groupName },
  find: groupHolder,
  on: onGroup,
}
const role: HolderKind<Role> = {
  noun: 'Role',
  nameFor: { managed: roleName, inline: roleName },
  find: roleHolder,
  on: onRole,
}

/** A row but for the holder's name, which comes first in the input; it is given the holder of that name. */
interface HolderRow<H extends Holder, I extends Members, R> {
  readonly name: string
  readonly about: keyof HolderKind<H>['nameFor']
  readonly input: I
  run(holder: H | Refused, input: ValuesOf<I>, context: ActionContext): R
}

/** A call that shows what a holder has. */
function shows<H extends Holder, const I extends Members, const O extends Members>(
  { noun, nameFor, find, on }: HolderKind<H>,
  row: HolderRow<H, I, ActionResult<NoInfer<O>>> & { readonly output: O },
): Action {
  const nameMember = `${noun}Name`
  return action<Members, O>({
    service: 'iam',
    name: row.name,
    input: { [nameMember]: nameFor[row.about], ...row.input },
    output: row.output,
    permission: (input, context) => on(`iam:${row.name}`, input[nameMember] as string, context),
    run: (input, context) => row.run(find(input[nameMember] as string, context), input as ValuesOf<I>, context),
  })
}

/**
 * A call that changes what a holder may. Its conditions are the managed policy that it is about and the boundary: the one
 * that is asked for, or else the one that there is.
 */
function changes<H extends Holder, const I extends Members>(
  { noun, nameFor, find, on }: HolderKind<H>,
  row: HolderRow<H, I, Plan<Readonly<Record<string, never>>>>,
): Action {
  const nameMember = `${noun}Name`
  return action<Members, Members>({
    service: 'iam',
    name: row.name,
    input: { [nameMember]: nameFor[row.about], ...row.input },
    output: null,
    permission: (input, context) => {
      const name = input[nameMember] as string
      const holder = find(name, context)
      const boundary = 'PermissionsBoundary' in row.input ? input['PermissionsBoundary'] : boundaryOn(holder)
      const conditions = new Map(boundaryCondition(boundary as string | null))
      if ('PolicyArn' in row.input) conditions.set('iam:policyarn', [input['PolicyArn'] as string])
      return on(`iam:${row.name}`, name, context, conditions)
    },
    run: (input, context) =>
      write(context, () => {
        const holder = changeable(find(input[nameMember] as string, context))
        return row.run(holder, input as ValuesOf<I>, context)
      }),
  })
}

function boundaryOn(holder: Holder | Refused): string | null {
  return isRefused(holder) || holder.kind === 'group' ? null : holder.boundary
}

function policiesOf<H extends Holder>(kind: HolderKind<H>): readonly Action[] {
  const { noun } = kind
  return [
    changes(kind, {
      name: `Attach${noun}Policy`,
      about: 'managed',
      input: { PolicyArn: iamArn },
      run: (holder, input, context) => attach(holder, input.PolicyArn, context),
    }),
    changes(kind, {
      name: `Detach${noun}Policy`,
      about: 'managed',
      input: { PolicyArn: iamArn },
      run: (holder, input, context) => detach(holder, input.PolicyArn, context),
    }),
    shows(kind, {
      name: `ListAttached${noun}Policies`,
      about: 'managed',
      input: { PathPrefix: policyPath, ...pageRequest },
      output: {
        AttachedPolicies: {
          type: 'list',
          required: true,
          member: { type: 'structure', members: { PolicyName: text, PolicyArn: text } },
        },
        ...pageReply,
      },
      run: (holder, input, context) => listAttached(holder, `ListAttached${noun}Policies`, input, context),
    }),
    changes(kind, {
      name: `Put${noun}Policy`,
      about: 'inline',
      input: { PolicyName: policyName, PolicyDocument: policyDocument },
      run: (holder, input, context) => putInline(holder, input.PolicyName, input.PolicyDocument, context),
    }),
    shows(kind, {
      name: `Get${noun}Policy`,
      about: 'inline',
      input: { PolicyName: policyName },
      output: { [`${noun}Name`]: text, PolicyName: text, PolicyDocument: text },
      run: (holder, input) => {
        if (isRefused(holder)) return holder
        const document = inlineText(holder, input.PolicyName)
        return typeof document === 'string'
          ? { ok: { [`${noun}Name`]: holder.name, PolicyName: input.PolicyName, PolicyDocument: document } }
          : document
      },
    }),
    changes(kind, {
      name: `Delete${noun}Policy`,
      about: 'inline',
      input: { PolicyName: policyName },
      run: (holder, input, context) => deleteInline(holder, input.PolicyName, context),
    }),
    shows(kind, {
      name: `List${noun}Policies`,
      about: 'inline',
      input: pageRequest,
      output: { PolicyNames: { type: 'list', required: true, member: text }, ...pageReply },
      run: (holder, input, context) => listInline(holder, `List${noun}Policies`, input, context),
    }),
  ]
}

function boundaryOf<H extends User | Role>(kind: HolderKind<H>): readonly Action[] {
  const { noun } = kind
  return [
    changes(kind, {
      name: `Put${noun}PermissionsBoundary`,
      about: 'managed',
      input: { PermissionsBoundary: iamArn },
      run: (holder, input, context) => bound(holder, input.PermissionsBoundary, context),
    }),
    changes(kind, {
      name: `Delete${noun}PermissionsBoundary`,
      about: 'managed',
      input: {},
      run: (holder, _input, context) => bound(holder, null, context),
    }),
  ]
}

/** The policies of users, groups and roles, inline and managed; and the permissions boundaries, which groups have none of. */
export const heldPolicies = [
  ...policiesOf(user),
  ...boundaryOf(user),
  ...policiesOf(group),
  ...policiesOf(role),
  ...boundaryOf(role),
]
