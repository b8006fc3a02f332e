import { createPrivateKey, randomInt } from 'node:crypto'
import { readSamlMetadata } from '../../authentication/index.ts'
import { samlProviderArn } from '../../model/arn-of.ts'
import type { SamlProvider } from '../../model/entities.ts'
import { type ActionContext, action } from '../grid.ts'
import { iamArn, instant, maybeText, requiredTags, tags, text } from '../members.ts'
import { quotas } from '../quotas.ts'
import {
  absent,
  exists,
  invalidInput,
  invalidParameter,
  isRefused,
  noSuch,
  overLimit,
  overQuota,
  type Refused,
} from '../sentences.ts'
import { onSamlProvider, permission } from '../subjects.ts'
import { newTags, shownTags, sortedByKey, tagConditions, wireTags } from '../tags.ts'
import { put, remove, write } from '../write.ts'

const metadataDocument = { type: 'string', min: 1000, max: 10_000_000 } as const
const encryptionMode = { type: 'string', enum: ['Required', 'Allowed'] } as const
const privateKey = {
  type: 'string',
  min: 1,
  max: 16384,
  pattern: '[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+',
  sensitive: true,
} as const
const privateKeyId = { type: 'string', min: 22, max: 64, pattern: '[A-Z0-9]+' } as const

/**
 * AWS shows each provider as valid for a hundred years, whatever its certificate says (turbot/steampipe-plugin-aws#1125: made on
 * 2022-06-30 of a certificate until 2026, valid until 2122-06-30).
 */
const yearsValid = 100

const createSamlProvider = action({
  service: 'iam',
  name: 'CreateSAMLProvider',
  input: {
    SAMLMetadataDocument: { ...metadataDocument, required: true },
    Name: { type: 'string', required: true, min: 1, max: 128, pattern: '[\\w._-]+' },
    Tags: tags,
    AssertionEncryptionMode: encryptionMode,
    AddPrivateKey: privateKey,
  },
  output: { SAMLProviderArn: text, Tags: tags },
  permission: (input, context) => {
    const resource = samlProviderArn(context.directory.account, input.Name)
    const tagged = tagConditions(input.Tags)
    const create = permission('iam:CreateSAMLProvider', resource, tagged)
    return tagged.size === 0 ? create : [create, permission('iam:TagSAMLProvider', resource, tagged)]
  },
  run: (input, context) => {
    const fault = faultOfMetadata(input.SAMLMetadataDocument)
    if (fault !== null) return fault
    return write(context, () => {
      const { directory } = context
      const arn = samlProviderArn(directory.account, input.Name)
      const sameName = arn.toLowerCase()
      if (directory.samlProviders().some((one) => one.arn.toLowerCase() === sameName))
        return exists.samlProvider(input.Name)
      if (directory.samlProviders().length >= quotas.samlProviders)
        return overQuota('SAMLProvidersPerAccount', quotas.samlProviders)
      const tagged = newTags(input.Tags, 'cased')
      if (isRefused(tagged)) return tagged
      const provider: SamlProvider = {
        kind: 'saml-provider',
        arn,
        name: input.Name,
        uuid: mintId('SAMLSP'),
        createdAt: context.now.toISOString(),
        validUntil: validUntil(context.now),
        metadata: input.SAMLMetadataDocument,
        encryption: 'Allowed',
        privateKeys: [],
        tags: tagged,
        secret: '[]',
      }
      if (input.AssertionEncryptionMode === 'Required' && input.AddPrivateKey === undefined)
        return invalidParameter(
          'Unable to set assertion encryption mode to Required because no private key is provided.',
        )
      const encrypted = withEncryption(provider, input, context)
      if (isRefused(encrypted)) return encrypted
      return { ok: { SAMLProviderArn: arn, Tags: shownTags(tagged) }, changes: [put(directory, encrypted)] }
    })
  },
})

const getSamlProvider = action({
  service: 'iam',
  name: 'GetSAMLProvider',
  input: { SAMLProviderArn: iamArn },
  output: {
    SAMLProviderUUID: maybeText,
    SAMLMetadataDocument: text,
    CreateDate: instant,
    ValidUntil: instant,
    // These lists are there also when they are empty (recorded of AWS in February 2026 by localstack,
    // `test_iam_saml_providers.snapshot.json`).
    Tags: requiredTags,
    AssertionEncryptionMode: maybeText,
    PrivateKeyList: {
      type: 'list',
      required: true,
      max: 2,
      member: { type: 'structure', members: { KeyId: text, Timestamp: instant } },
    },
  },
  permission: (input, context) => onSamlProvider('iam:GetSAMLProvider', input.SAMLProviderArn, context),
  run: ({ SAMLProviderArn: arn }, { directory }) => {
    const provider = directory.samlProvider(arn)
    if (provider === undefined) return noSuch.samlProvider(arn)
    return {
      ok: {
        SAMLProviderUUID: provider.uuid,
        SAMLMetadataDocument: provider.metadata,
        CreateDate: provider.createdAt,
        ValidUntil: provider.validUntil,
        Tags: wireTags(sortedByKey(provider.tags)),
        AssertionEncryptionMode: provider.encryption,
        PrivateKeyList: provider.privateKeys.map(({ id, addedAt }) => ({ KeyId: id, Timestamp: addedAt })),
      },
    }
  },
})

const listSamlProviders = action({
  service: 'iam',
  name: 'ListSAMLProviders',
  input: {},
  output: {
    SAMLProviderList: {
      type: 'list',
      required: true,
      member: { type: 'structure', members: { Arn: text, ValidUntil: instant, CreateDate: instant } },
    },
  },
  permission: (_input, { directory }) => permission('iam:ListSAMLProviders', samlProviderArn(directory.account, '*')),
  run: (_input, { directory }) => ({
    ok: {
      SAMLProviderList: directory
        .samlProviders()
        .map(({ arn, validUntil, createdAt }) => ({ Arn: arn, ValidUntil: validUntil, CreateDate: createdAt })),
    },
  }),
})

const updateSamlProvider = action({
  service: 'iam',
  name: 'UpdateSAMLProvider',
  input: {
    SAMLMetadataDocument: metadataDocument,
    SAMLProviderArn: iamArn,
    AssertionEncryptionMode: encryptionMode,
    AddPrivateKey: privateKey,
    RemovePrivateKey: privateKeyId,
  },
  output: { SAMLProviderArn: text },
  permission: (input, context) => onSamlProvider('iam:UpdateSAMLProvider', input.SAMLProviderArn, context),
  run: (input, context) => {
    const { SAMLProviderArn: arn, SAMLMetadataDocument: metadata } = input
    const fault = faultOfUpdate(input) ?? (metadata === undefined ? null : faultOfMetadata(metadata))
    if (fault !== null) return fault
    return write(context, () => {
      const provider = context.directory.samlProvider(arn)
      if (provider === undefined) return noSuch.samlProvider(arn)
      const renewed = metadata === undefined ? provider : { ...provider, metadata, validUntil: validUntil(context.now) }
      const changed = withEncryption(renewed, input, context)
      if (isRefused(changed)) return changed
      return { ok: { SAMLProviderArn: arn }, changes: changed === provider ? [] : [put(context.directory, changed)] }
    })
  },
})

const deleteSamlProvider = action({
  service: 'iam',
  name: 'DeleteSAMLProvider',
  input: { SAMLProviderArn: iamArn },
  output: null,
  permission: (input, context) => onSamlProvider('iam:DeleteSAMLProvider', input.SAMLProviderArn, context),
  run: ({ SAMLProviderArn: arn }, context) =>
    write(context, () => {
      const provider = context.directory.samlProvider(arn)
      if (provider === undefined) return noSuch.samlProvider(arn)
      return { ok: {}, changes: [remove(context.directory, provider)] }
    }),
})

function faultOfUpdate(
  input: EncryptionInput & { readonly SAMLMetadataDocument?: string | undefined },
): Refused | null {
  const { SAMLMetadataDocument: metadata, AssertionEncryptionMode: mode, AddPrivateKey, RemovePrivateKey } = input
  if (AddPrivateKey !== undefined && RemovePrivateKey !== undefined)
    return invalidParameter(
      'Unable to add and remove private keys in the same request. Set a value for only one of the two parameters.',
    )
  const isEmpty = [metadata, mode, AddPrivateKey, RemovePrivateKey].every((one) => one === undefined)
  return isEmpty
    ? invalidParameter(
        'Unable to update identity provider. No updates are defined for metadata or encryption assertion.',
      )
    : null
}

/** AWS's sentence (radkawar/stackd, `testdata/federation/saml*.json`, September 2026); why, tells the decision log. */
function faultOfMetadata(document: string): Refused | null {
  if (document.length > quotas.samlMetadataSize) return overQuota('SAMLMetadataDocumentSize', quotas.samlMetadataSize)
  const read = readSamlMetadata(document)
  if ('ok' in read) return null
  const says =
    read.lacksIssuer === true
      ? 'SAML Providers Must reference at least one SAML assertion issuer'
      : 'Could not parse metadata'
  return { refused: { reason: 'invalid-input', says, evidence: [read.why] } }
}

interface EncryptionInput {
  readonly AssertionEncryptionMode?: string | undefined
  readonly AddPrivateKey?: string | undefined
  readonly RemovePrivateKey?: string | undefined
}

/**
 * The provider with another mode of encryption, a further private key, or one less. Two keys at most: to change the key, the new
 * one is added and then the old one removed, in a request of its own (API Reference, UpdateSAMLProvider). The sentences: same source
 * as of metadata, but for a key that is none and one that is not there.
 */
function withEncryption(
  provider: SamlProvider,
  input: EncryptionInput,
  { now }: ActionContext,
): SamlProvider | Refused {
  const { AssertionEncryptionMode: mode, AddPrivateKey: added, RemovePrivateKey: removed } = input
  let changed = provider
  if (added !== undefined) {
    if (changed.privateKeys.length >= quotas.privateKeysPerSamlProvider)
      return overLimit(`Private key limit of ${quotas.privateKeysPerSamlProvider} is reached.`)
    if (!isPrivateKey(added)) return invalidInput('The private key is not an unencrypted key in PEM.')
    changed = {
      ...changed,
      privateKeys: [...changed.privateKeys, { id: mintId('SAMLPK'), addedAt: now.toISOString() }],
      secret: JSON.stringify([...textsOf(changed), added]),
    }
  }
  if (removed !== undefined) {
    const place = changed.privateKeys.findIndex(({ id }) => id === removed)
    if (place === -1) return absent(`The private key with id ${removed} cannot be found.`)
    changed = {
      ...changed,
      privateKeys: changed.privateKeys.toSpliced(place, 1),
      secret: JSON.stringify(textsOf(changed).toSpliced(place, 1)),
    }
  }
  if (mode !== undefined && mode !== changed.encryption)
    changed = { ...changed, encryption: mode as 'Required' | 'Allowed' }
  if (changed !== provider && changed.encryption === 'Required' && changed.privateKeys.length === 0)
    return invalidInput(
      removed === undefined
        ? 'Failed to set assertion encryption mode to Required because no private key is present.'
        : 'Failed to remove private key.',
    )
  return changed
}

function textsOf(provider: SamlProvider): readonly string[] {
  return JSON.parse(provider.secret) as readonly string[]
}

function isPrivateKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).type === 'private'
  } catch {
    return false
  }
}

/** 22 upper-case letters and digits, as AWS's ids have. */
function mintId(kind: 'SAMLSP' | 'SAMLPK'): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
  return `${kind}${Array.from({ length: 16 }, () => letters[randomInt(letters.length)]!).join('')}`
}

function validUntil(now: Date): string {
  const then = new Date(now)
  then.setUTCFullYear(then.getUTCFullYear() + yearsValid)
  return then.toISOString()
}

export const samlProviders = [
  createSamlProvider,
  getSamlProvider,
  listSamlProviders,
  updateSamlProvider,
  deleteSamlProvider,
]
