import type {
  InstanceProfile,
  ManagedPolicy,
  MfaDevice,
  OidcProvider,
  Role,
  SamlProvider,
  User,
} from '../../model/entities.ts'
import { type Action, type ActionContext, action, type Members, type StringMember } from '../grid.ts'
import { changeableRole, findPolicy, isAwsManaged, ownPolicy, roleHolder, userHolder } from '../holders.ts'
import {
  existingUserName,
  iamArn,
  instanceProfileName,
  pageReply,
  pageRequest,
  requiredTagKeys,
  requiredTags,
  roleName,
  serialNumber,
} from '../members.ts'
import { page } from '../pages.ts'
import { invalidInput, isRefused, noSuch, type Refused } from '../sentences.ts'
import { onDevice, onInstanceProfile, onOidcProvider, onPolicy, onRole, onSamlProvider, onUser } from '../subjects.ts'
import { mergedTags, type TagCase, tagConditions, tagsWithout, type WireTag, wireTags } from '../tags.ts'
import { put, write } from '../write.ts'

type Tagged = User | Role | InstanceProfile | ManagedPolicy | MfaDevice | OidcProvider | SamlProvider

/** A kind of entity that bears tags, as the calls about them speak of it. Every kind has the same three rows. */
interface TaggedKind {
  /** Stands in the names of the calls (`TagUser`) and of the quota. */
  readonly noun: 'User' | 'Role' | 'InstanceProfile' | 'Policy' | 'MFADevice' | 'OpenIDConnectProvider' | 'SAMLProvider'
  /** The member that names the entity. */
  readonly member: readonly [name: string, StringMember]
  readonly compare: TagCase
  readonly find: (name: string, context: ActionContext) => Tagged | Refused
  /** The same for a call that changes it, where that is another question. */
  readonly findOwn?: (operation: string, name: string, context: ActionContext) => Tagged | Refused
  readonly on: typeof onRole
}

const kinds: readonly TaggedKind[] = [
  { noun: 'User', member: ['UserName', existingUserName], compare: 'caseless', find: userHolder, on: onUser },
  {
    noun: 'Role',
    member: ['RoleName', roleName],
    compare: 'caseless',
    find: roleHolder,
    findOwn: (_operation, name, context) => changeableRole(name, context),
    on: onRole,
  },
  {
    noun: 'InstanceProfile',
    member: ['InstanceProfileName', instanceProfileName],
    compare: 'cased',
    find: (name, { directory }) => directory.instanceProfileNamed(name) ?? noSuch.instanceProfile(name),
    on: onInstanceProfile,
  },
  {
    noun: 'Policy',
    member: ['PolicyArn', iamArn],
    compare: 'cased',
    find: (arn, context) => findPolicy(arn, context) ?? noSuch.policy(arn),
    findOwn: (_operation, arn, context) =>
      isAwsManaged(arn)
        ? invalidInput('Tags not supported for policies in this domain')
        : ownPolicy('tags', arn, context),
    on: onPolicy,
  },
  {
    noun: 'MFADevice',
    member: ['SerialNumber', serialNumber],
    compare: 'cased',
    find: (serial, { directory }) => directory.mfaDevice(serial) ?? noSuch.device(serial),
    on: onDevice,
  },
  {
    noun: 'OpenIDConnectProvider',
    member: ['OpenIDConnectProviderArn', iamArn],
    compare: 'cased',
    find: (arn, { directory }) => directory.oidcProvider(arn) ?? noSuch.oidcProvider(arn),
    on: onOidcProvider,
  },
  {
    noun: 'SAMLProvider',
    member: ['SAMLProviderArn', iamArn],
    compare: 'cased',
    find: (arn, { directory }) => directory.samlProvider(arn) ?? noSuch.samlProvider(arn),
    on: onSamlProvider,
  },
]

function tagRows({ noun, member: [nameMember, named], compare, find, findOwn, on }: TaggedKind): readonly Action[] {
  const nameOf = (input: Readonly<Record<string, unknown>>): string => input[nameMember] as string
  /**
   * No entity can be tagged with nothing, blank at the sentence's end included (radkawar/stackd, `testdata/aws/iam/tag_inputs.json`);
   * to take nothing away fails for providers only (`resource_inputs.json`, `tags_aws.json`).
   */
  const faultOfNone = (given: readonly unknown[], isUntagging: boolean): Refused | null =>
    given.length === 0 && (!isUntagging || noun.endsWith('Provider'))
      ? invalidInput('Error occurred while validating input. ')
      : null
  const rewrite = (
    operation: string,
    input: Readonly<Record<string, unknown>>,
    context: ActionContext,
    changed: (entity: Tagged) => Tagged['tags'] | Refused,
  ) =>
    write(context, () => {
      const entity = findOwn?.(operation, nameOf(input), context) ?? find(nameOf(input), context)
      if (isRefused(entity)) return entity
      const tags = changed(entity)
      return isRefused(tags) ? tags : { ok: {}, changes: [put(context.directory, { ...entity, tags })] }
    })

  return [
    action<Members, Members>({
      service: 'iam',
      name: `Tag${noun}`,
      input: { [nameMember]: named, Tags: requiredTags },
      output: null,
      permission: (input, context) =>
        on(`iam:Tag${noun}`, nameOf(input), context, tagConditions(input['Tags'] as readonly WireTag[])),
      run: (input, context) =>
        rewrite(
          `iam:Tag${noun}`,
          input,
          context,
          ({ tags }) =>
            faultOfNone(input['Tags'] as readonly WireTag[], false) ??
            mergedTags(tags, input['Tags'] as readonly WireTag[], compare, noun),
        ),
    }),
    action<Members, Members>({
      service: 'iam',
      name: `Untag${noun}`,
      input: { [nameMember]: named, TagKeys: requiredTagKeys },
      output: null,
      permission: (input, context) =>
        on(`iam:Untag${noun}`, nameOf(input), context, tagConditions(undefined, input['TagKeys'] as readonly string[])),
      run: (input, context) =>
        rewrite(
          `iam:Untag${noun}`,
          input,
          context,
          ({ tags }) =>
            faultOfNone(input['TagKeys'] as readonly string[], true) ??
            tagsWithout(tags, input['TagKeys'] as readonly string[], compare),
        ),
    }),
    action({
      service: 'iam',
      name: `List${noun}Tags`,
      input: { [nameMember]: named, ...pageRequest } as typeof pageRequest,
      output: { Tags: requiredTags, ...pageReply },
      permission: (input, context) => on(`iam:List${noun}Tags`, nameOf(input), context),
      run: (input, context) => {
        const entity = find(nameOf(input), context)
        if (isRefused(entity)) return entity
        const some = page(context, `List${noun}Tags`, input, wireTags(entity.tags), (tag) => tag.Key)
        return isRefused(some) ? some : { ok: { Tags: some.items, ...some.end } }
      },
    }),
  ]
}

export const entityTags = kinds.flatMap(tagRows)
