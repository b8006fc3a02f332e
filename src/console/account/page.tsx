import ContentLayout from '@cloudscape-design/components/content-layout'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { usePage } from '../frame/title.ts'
import { AccountPart } from './account.tsx'
import { PasswordPolicyPart } from './password-policy.tsx'
import { TokensPart } from './tokens.tsx'

export function AccountPage() {
  usePage({ text: 'Account settings', to: '/account' })
  return (
    <ContentLayout header={<Header variant="h1">Account settings</Header>}>
      <SpaceBetween size="l">
        <AccountPart />
        <PasswordPolicyPart />
        <TokensPart />
      </SpaceBetween>
    </ContentLayout>
  )
}
