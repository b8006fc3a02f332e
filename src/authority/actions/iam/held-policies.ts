import { type Action, type ActionContext, type ActionResult, action, type Members, type ValuesOf } from '../grid.ts'
import {
  attach,
  bound,
  changeable,
  deleteInline,
  detach,
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
import { boundaryCondition, onRole, onUser } from '../subjects.ts'
import { type Plan, write } from '../write.ts'

/** A kind of holder, as the calls about its policies speak of it. Every kind has the same rows. */
interface HolderKind {
  /** Stands in the names of the calls (`AttachUserPolicy`) and of the member that names the holder (`UserName`). */
  readonly noun: 'User' | 'Role'
  /** The models limit a holder's name otherwise in the calls on inline policies than in the newer ones on managed policies. */
  readonly nameFor: Readonly<Record<'managed' | 'inline', typeof existingUserName | typeof newUserName>>
  readonly find: (name: string, context: ActionContext) => Holder | Refused
  readonly on: typeof onRole
}

const user: HolderKind = {
  noun: 'User',
  nameFor: { managed: newUserName, inline: existingUserName },
  find: userHolder,
  on: onUser,
}
const role: HolderKind = {
  noun: 'Role',
  nameFor: { managed: roleName, inline: roleName },
  find: roleHolder,
  on: onRole,
}

/** A row but for the holder's name, which comes first in the input; it is given the holder of that name. */
interface HolderRow<I extends Members, R> {
  readonly name: string
  readonly about: keyof HolderKind['nameFor']
  readonly input: I
  run(holder: Holder | Refused, input: ValuesOf<I>, context: ActionContext): R
}

/** A call that shows what a holder has. */
function shows<const I extends Members, const O extends Members>(
  { noun, nameFor, find, on }: HolderKind,
  row: HolderRow<I, ActionResult<NoInfer<O>>> & { readonly output: O },
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
function changes<const I extends Members>(
  { noun, nameFor, find, on }: HolderKind,
  row: HolderRow<I, Plan<Readonly<Record<string, never>>>>,
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
      const boundary =
        'PermissionsBoundary' in row.input ? input['PermissionsBoundary'] : isRefused(holder) ? null : holder.boundary
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

function policiesOf(kind: HolderKind): readonly Action[] {
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

function boundaryOf(kind: HolderKind): readonly Action[] {
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

/** The policies of users and of roles, inline and managed, and their permissions boundaries. */
export const heldPolicies = [user, role].flatMap((kind) => [...policiesOf(kind), ...boundaryOf(kind)])
