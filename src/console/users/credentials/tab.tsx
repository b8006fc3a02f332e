import SpaceBetween from '@cloudscape-design/components/space-between'
import { AccessKeys } from './access-keys.tsx'
import { ConsoleSignIn } from './console-sign-in.tsx'
import { MfaDevices } from './mfa-devices.tsx'
import type { Owner } from './owner.ts'

/** The tab "Security credentials" of a user; for oneself the page "My security credentials". */
export function SecurityCredentials({ owner }: { readonly owner: Owner }) {
  return (
    <SpaceBetween size="l">
      <ConsoleSignIn owner={owner} />
      <MfaDevices owner={owner} />
      <AccessKeys owner={owner} />
    </SpaceBetween>
  )
}
