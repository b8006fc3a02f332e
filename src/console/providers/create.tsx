import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Tiles from '@cloudscape-design/components/tiles'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useState } from 'react'
import { aws } from '../api/call.ts'
import { useNotices } from '../frame/notices.tsx'
import { usePage } from '../frame/title.ts'
import { CreationForm } from '../parts/creation-form.tsx'
import { Failure } from '../parts/failure.tsx'
import { areTagsGood, filledTags, type Tag, TagFields } from '../parts/tag-fields.tsx'
import { pathOf } from '../parts/to.tsx'
import { areOidcFieldsGood, emptyOidc, OidcFields, oidcParameters } from './oidc-fields.tsx'
import { areSamlFieldsGood, emptySaml, SamlFields } from './saml-fields.tsx'

export function CreateProviderPage() {
  usePage({ text: 'Identity providers', to: '/providers' }, { text: 'Add provider', to: '/providers/create' })
  const router = useRouter()
  const queryClient = useQueryClient()
  const { done } = useNotices()
  const [kind, setKind] = useState<'oidc' | 'saml'>('oidc')
  const [oidc, setOidc] = useState(emptyOidc)
  const [saml, setSaml] = useState(emptySaml)
  const [tags, setTags] = useState<readonly Tag[]>([])
  const ready = areTagsGood(filledTags(tags)) && (kind === 'oidc' ? areOidcFieldsGood(oidc) : areSamlFieldsGood(saml))
  const adding = useMutation({
    mutationFn: async () => {
      const Tags = filledTags(tags)
      if (kind === 'oidc') {
        const parameters = { ...oidcParameters(oidc), Tags }
        const made = await aws<{ readonly OpenIDConnectProviderArn: string }>(
          'iam',
          'CreateOpenIDConnectProvider',
          parameters,
        )
        return made.OpenIDConnectProviderArn
      }
      const parameters = { Name: saml.name, SAMLMetadataDocument: saml.metadata, Tags }
      return (await aws<{ readonly SAMLProviderArn: string }>('iam', 'CreateSAMLProvider', parameters)).SAMLProviderArn
    },
    onSuccess: async (arn) => {
      done('The provider was added. Now let a role trust it.')
      await queryClient.invalidateQueries({ queryKey: ['table', 'providers'] })
      await router.navigate({ to: pathOf('providers', arn) })
    },
  })
  return (
    <CreationForm
      title="Add an identity provider"
      verb="Add provider"
      ready={ready}
      creating={adding}
      list="/providers"
    >
      <Container header={<Header variant="h2">Provider details</Header>}>
        <SpaceBetween size="m">
          <Tiles
            ariaLabel="Provider type"
            value={kind}
            onChange={({ detail }) => setKind(detail.value as 'oidc' | 'saml')}
            items={[
              {
                value: 'oidc',
                label: 'OpenID Connect',
                description: 'Programs with tokens: GitHub Actions, GitLab, Kubernetes, another cloud.',
              },
              { value: 'saml', label: 'SAML', description: "A company's sign-in: its metadata is kept here." },
            ]}
          />
          {kind === 'oidc' ? (
            <OidcFields fields={oidc} change={setOidc} />
          ) : (
            <SamlFields fields={saml} change={setSaml} />
          )}
        </SpaceBetween>
      </Container>
      <Container header={<Header variant="h2">Tags</Header>}>
        <TagFields tags={tags} onChange={setTags} />
      </Container>
      <Failure error={adding.error} title="The provider was not added" />
    </CreationForm>
  )
}
