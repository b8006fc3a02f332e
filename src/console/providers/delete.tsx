import { aws } from '../api/call.ts'
import { Confirm } from '../parts/confirm.tsx'

export function isSaml(arn: string): boolean {
  return arn.includes(':saml-provider/')
}

export function DeleteProvider(props: {
  readonly arn: string
  readonly name: string
  readonly gone: () => Promise<void>
  readonly close: () => void
}) {
  const { arn, name, gone, close } = props
  return (
    <Confirm
      title={`Delete ${name}?`}
      verb="Delete"
      typed={name}
      act={async () => {
        if (isSaml(arn)) await aws('iam', 'DeleteSAMLProvider', { SAMLProviderArn: arn })
        else await aws('iam', 'DeleteOpenIDConnectProvider', { OpenIDConnectProviderArn: arn })
        await gone()
      }}
      close={close}
    >
      Roles that trust it can no longer be assumed with its tokens. Sessions that were given before last to their end.
    </Confirm>
  )
}
