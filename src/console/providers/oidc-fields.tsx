import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Textarea from '@cloudscape-design/components/textarea'
import type { Parameters } from '../api/call.ts'

export interface Oidc {
  readonly url: string
  /** One on each line. */
  readonly audiences: string
  readonly thumbprints: string
}

export const emptyOidc: Oidc = { url: 'https://', audiences: 'sts.amazonaws.com', thumbprints: '' }

/** What stands on the lines of a field, without what is empty. */
export function linesOf(text: string): readonly string[] {
  return text
    .split(/\s+/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

function urlFault(url: string): string | null {
  if (url === '' || url === 'https://') return null
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol) ? null : 'A URL that begins with https://'
}

export function thumbprintFault(text: string): string | null {
  const bad = linesOf(text).find((line) => !/^[0-9a-fA-F]{40}$/.test(line))
  return bad === undefined ? null : 'A thumbprint has 40 hexadecimal digits.'
}

export function areOidcFieldsGood({ url, thumbprints }: Oidc): boolean {
  return url.length > 'https://'.length && urlFault(url) === null && thumbprintFault(thumbprints) === null
}

export function oidcParameters({ url, audiences, thumbprints }: Oidc): Parameters {
  const prints = linesOf(thumbprints)
  return { Url: url, ClientIDList: linesOf(audiences), ...(prints.length === 0 ? {} : { ThumbprintList: prints }) }
}

export function OidcFields({ fields, change }: { readonly fields: Oidc; readonly change: (fields: Oidc) => void }) {
  return (
    <SpaceBetween size="m">
      <FormField
        label="Provider URL"
        description="As its tokens name it (“iss”): https://token.actions.githubusercontent.com for GitHub Actions."
        errorText={urlFault(fields.url) ?? ''}
      >
        <Input
          value={fields.url}
          type="url"
          autoComplete={false}
          onChange={({ detail }) => change({ ...fields, url: detail.value.trim() })}
        />
      </FormField>
      <FormField label="Audiences" description="Client IDs whose tokens are accepted (“aud”), one on each line.">
        <Textarea
          value={fields.audiences}
          rows={3}
          onChange={({ detail }) => change({ ...fields, audiences: detail.value })}
        />
      </FormField>
      <FormField
        label="Thumbprints - optional"
        description="Only where no public authority vouches for its certificate: the SHA-1 of the one to trust. If empty, it is looked up now."
        errorText={thumbprintFault(fields.thumbprints) ?? ''}
      >
        <Textarea
          value={fields.thumbprints}
          rows={2}
          onChange={({ detail }) => change({ ...fields, thumbprints: detail.value })}
        />
      </FormField>
    </SpaceBetween>
  )
}
