import { useParams } from '@tanstack/react-router'
import { usePage } from '../frame/title.ts'
import { isSaml } from './delete.tsx'
import { OidcProvider } from './oidc.tsx'
import { SamlProvider } from './saml.tsx'

export function ProviderPage() {
  const { providerArn } = useParams({ strict: false }) as { readonly providerArn: string }
  const name = providerArn.replace(/^[^/]*\//, '')
  usePage({ text: 'Identity providers', to: '/providers' }, { text: name, to: '/providers' })
  return isSaml(providerArn) ? (
    <SamlProvider arn={providerArn} name={name} />
  ) : (
    <OidcProvider arn={providerArn} name={name} />
  )
}
