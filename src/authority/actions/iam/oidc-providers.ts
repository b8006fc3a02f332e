import { isLoopbackIssuer } from '../../authentication/index.ts'
import { oidcProviderArn } from '../../model/arn-of.ts'
import type { OidcProvider } from '../../model/entities.ts'
import { type ActionContext, action } from '../grid.ts'
import { iamArn, instant, requiredTags, tags, text } from '../members.ts'
import { quotas } from '../quotas.ts'
import { exists, invalidInput, invalidParameter, isRefused, noSuch, overQuota, type Refused } from '../sentences.ts'
import { onOidcProvider, onOidcProviders, permission } from '../subjects.ts'
import { newTags, shownTags, sortedByKey, tagConditions, wireTags } from '../tags.ts'
import { put, remove, write } from '../write.ts'

const clientId = { type: 'string', min: 1, max: 255 } as const
const thumbprint = { type: 'string', min: 40, max: 40 } as const

/**
 * The issuer's URL without its scheme, which names the provider. `https` is needed, but for a loopback host; a path belongs to
 * it, a query does not (IAM API, CreateOpenIDConnectProvider). It counts with its case, as it is written.
 */
function serverOf(url: string): string | Refused {
  const parsed = URL.canParse(url) ? new URL(url) : null
  const isHttps = parsed?.protocol === 'https:'
  // That is all that IAM says of them (radkawar/stackd, `internal/services/iam/testdata/federation/oidc.json`, September 2026).
  if (isHttps && /^https:\/\/[^\s@\\]+$/.test(url) && /[?#]/.test(url)) return invalidInput('Unknown')
  const plain = /^https?:\/\/[^\s?#@\\]+$/.test(url)
  const allowed = plain && (isHttps || isLoopbackIssuer(url))
  if (!allowed) return invalidParameter('Invalid Open ID Connect Provider URL')
  const server = url.replace(/^https?:\/\//, '')
  // The port that is meant anyway is no part of the name (same recording).
  return isHttps ? server.replace(/^([^/]*):443(?=\/|$)/, '$1') : server
}

/** As IAM keeps them: in small letters, also where one comes twice (same recording). */
function keptThumbprints(given: readonly string[]): readonly string[] {
  return given.map((one) => one.toLowerCase())
}

/** "fewer than 5" is IAM's own way to say that five are the most. */
function faultOfThumbprints(given: readonly string[]): Refused | null {
  if (given.length <= quotas.thumbprintsPerProvider) return null
  return invalidInput('Thumbprint list must contain fewer than 5 entries.')
}

const overClientIds = (): Refused => overQuota('ClientIdsPerOpenIdConnectProvider', quotas.clientIdsPerProvider)

const createOpenIdConnectProvider = action({
  service: 'iam',
  name: 'CreateOpenIDConnectProvider',
  input: {
    Url: { type: 'string', required: true, min: 1, max: 255 },
    ClientIDList: { type: 'list', member: clientId },
    ThumbprintList: { type: 'list', member: thumbprint },
    Tags: tags,
  },
  output: { OpenIDConnectProviderArn: text, Tags: tags },
  permission: (input, context) => {
    const server = serverOf(input.Url)
    const resource = oidcProviderArn(context.directory.account, isNoServer(server) ? input.Url : server)
    const tagged = tagConditions(input.Tags)
    const create = permission('iam:CreateOpenIDConnectProvider', resource, tagged)
    return tagged.size === 0 ? create : [create, permission('iam:TagOpenIDConnectProvider', resource, tagged)]
  },
  run: async (input, context) => {
    const server = serverOf(input.Url)
    if (isNoServer(server)) return server
    const given = input.ThumbprintList ?? []
    const fault = faultOfThumbprints(given)
    if (fault !== null) return fault
    const clientIds = [...new Set(input.ClientIDList ?? [])]
    if (clientIds.length > quotas.clientIdsPerProvider) return overClientIds()
    const thumbprints = given.length > 0 ? given : await shownThumbprints(input.Url, context)
    if (thumbprints === null) return { refused: { reason: 'certificate-unreachable' } }
    return write(context, () => {
      const { directory } = context
      const arn = oidcProviderArn(directory.account, server)
      if (directory.oidcProvider(arn) !== undefined) return exists.oidcProvider(input.Url)
      if (directory.oidcProviders().length >= quotas.oidcProviders)
        return overQuota('OpenIdConnectProvidersPerAccount', quotas.oidcProviders)
      const tagged = newTags(input.Tags, 'cased')
      if (isRefused(tagged)) return tagged
      const provider: OidcProvider = {
        kind: 'oidc-provider',
        arn,
        issuer: `${/^https?:\/\//.exec(input.Url)![0]}${server}`,
        createdAt: context.now.toISOString(),
        clientIds,
        thumbprints: keptThumbprints(thumbprints),
        tags: tagged,
      }
      return {
        ok: { OpenIDConnectProviderArn: arn, Tags: shownTags(tagged) },
        changes: [put(directory, provider)],
      }
    })
  },
})

/** Who names no thumbprint gets that of the certificate that the issuer shows now; plain `http` shows none. */
async function shownThumbprints(url: string, { webIdentities }: ActionContext): Promise<readonly string[] | null> {
  if (url.startsWith('http:')) return []
  const shown = await webIdentities.thumbprint(url)
  return shown === null ? null : [shown]
}

function isNoServer(server: string | Refused): server is Refused {
  return typeof server !== 'string'
}

const getOpenIdConnectProvider = action({
  service: 'iam',
  name: 'GetOpenIDConnectProvider',
  input: { OpenIDConnectProviderArn: iamArn },
  output: {
    Url: { type: 'string' },
    ClientIDList: { type: 'list', required: true, member: clientId },
    ThumbprintList: { type: 'list', required: true, member: thumbprint },
    CreateDate: instant,
    // Always there, also empty (recorded of AWS in February 2026 by localstack, `test_iam_oidc.snapshot.json`).
    Tags: requiredTags,
  },
  permission: (input, context) =>
    onOidcProvider('iam:GetOpenIDConnectProvider', input.OpenIDConnectProviderArn, context),
  run: ({ OpenIDConnectProviderArn: arn }, { directory }) => {
    const provider = directory.oidcProvider(arn)
    if (provider === undefined) return noSuch.oidcProvider(arn)
    return {
      ok: {
        Url: provider.issuer.replace(/^https?:\/\//, ''),
        ClientIDList: provider.clientIds,
        ThumbprintList: provider.thumbprints,
        CreateDate: provider.createdAt,
        Tags: wireTags(sortedByKey(provider.tags)),
      },
    }
  },
})

const listOpenIdConnectProviders = action({
  service: 'iam',
  name: 'ListOpenIDConnectProviders',
  input: {},
  output: {
    OpenIDConnectProviderList: { type: 'list', required: true, member: { type: 'structure', members: { Arn: text } } },
  },
  permission: (_input, context) => onOidcProviders('iam:ListOpenIDConnectProviders', context),
  run: (_input, { directory }) => ({
    ok: { OpenIDConnectProviderList: directory.oidcProviders().map(({ arn }) => ({ Arn: arn })) },
  }),
})

const deleteOpenIdConnectProvider = action({
  service: 'iam',
  name: 'DeleteOpenIDConnectProvider',
  input: { OpenIDConnectProviderArn: iamArn },
  output: null,
  permission: (input, context) =>
    onOidcProvider('iam:DeleteOpenIDConnectProvider', input.OpenIDConnectProviderArn, context),
  run: ({ OpenIDConnectProviderArn: arn }, context) =>
    write(context, () => {
      const provider = context.directory.oidcProvider(arn)
      // The documentation calls it idempotent; AWS was seen to refuse (same recording).
      if (provider === undefined) return noSuch.oidcProviderToDelete(arn)
      return { ok: {}, changes: [remove(context.directory, provider)] }
    }),
})

/** Puts a changed provider in the place of the present one. */
function change(
  arn: string,
  context: ActionContext,
  changed: (provider: OidcProvider) => OidcProvider | Refused,
): Promise<{ readonly ok: Readonly<Record<string, never>> } | Refused> {
  return write(context, () => {
    const provider = context.directory.oidcProvider(arn)
    if (provider === undefined) return noSuch.oidcProvider(arn)
    const next = changed(provider)
    return isRefused(next) ? next : { ok: {}, changes: next === provider ? [] : [put(context.directory, next)] }
  })
}

const addClientId = action({
  service: 'iam',
  name: 'AddClientIDToOpenIDConnectProvider',
  input: { OpenIDConnectProviderArn: iamArn, ClientID: { ...clientId, required: true } },
  output: null,
  permission: (input, context) =>
    onOidcProvider('iam:AddClientIDToOpenIDConnectProvider', input.OpenIDConnectProviderArn, context),
  run: (input, context) =>
    change(input.OpenIDConnectProviderArn, context, (provider) => {
      if (provider.clientIds.includes(input.ClientID)) return provider
      if (provider.clientIds.length >= quotas.clientIdsPerProvider) return overClientIds()
      return { ...provider, clientIds: [...provider.clientIds, input.ClientID] }
    }),
})

const removeClientId = action({
  service: 'iam',
  name: 'RemoveClientIDFromOpenIDConnectProvider',
  input: { OpenIDConnectProviderArn: iamArn, ClientID: { ...clientId, required: true } },
  output: null,
  permission: (input, context) =>
    onOidcProvider('iam:RemoveClientIDFromOpenIDConnectProvider', input.OpenIDConnectProviderArn, context),
  run: (input, context) =>
    change(input.OpenIDConnectProviderArn, context, (provider) =>
      provider.clientIds.includes(input.ClientID)
        ? { ...provider, clientIds: provider.clientIds.filter((one) => one !== input.ClientID) }
        : provider,
    ),
})

const updateThumbprints = action({
  service: 'iam',
  name: 'UpdateOpenIDConnectProviderThumbprint',
  input: { OpenIDConnectProviderArn: iamArn, ThumbprintList: { type: 'list', required: true, member: thumbprint } },
  output: null,
  permission: (input, context) =>
    onOidcProvider('iam:UpdateOpenIDConnectProviderThumbprint', input.OpenIDConnectProviderArn, context),
  run: (input, context) => {
    const fault = faultOfThumbprints(input.ThumbprintList)
    if (fault !== null) return fault
    if (input.ThumbprintList.length === 0) return invalidInput('Thumbprint list must contain at least one entry.')
    return change(input.OpenIDConnectProviderArn, context, (provider) => ({
      ...provider,
      thumbprints: keptThumbprints(input.ThumbprintList),
    }))
  },
})

export const oidcProviders = [
  createOpenIdConnectProvider,
  getOpenIdConnectProvider,
  listOpenIdConnectProviders,
  deleteOpenIdConnectProvider,
  addClientId,
  removeClientId,
  updateThumbprints,
]
