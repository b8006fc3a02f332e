import Button from '@cloudscape-design/components/button'
import ContentLayout from '@cloudscape-design/components/content-layout'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { useNotices } from '../frame/notices.tsx'
import { DeleteProvider } from './delete.tsx'

/** What pages of providers have in common: the name, and the way to delete it. */
export function ProviderHead(props: { readonly arn: string; readonly name: string; readonly children: ReactNode }) {
  const { arn, name, children } = props
  const router = useRouter()
  const queryClient = useQueryClient()
  const { done } = useNotices()
  const [deleting, setDeleting] = useState(false)
  return (
    <ContentLayout
      header={
        <Header variant="h1" actions={<Button onClick={() => setDeleting(true)}>Delete</Button>}>
          {name}
        </Header>
      }
    >
      <SpaceBetween size="l">{children}</SpaceBetween>
      {deleting ? (
        <DeleteProvider
          arn={arn}
          name={name}
          gone={async () => {
            done(`${name} was deleted.`)
            await queryClient.invalidateQueries({ queryKey: ['table', 'providers'] })
            await router.navigate({ to: '/providers' })
          }}
          close={() => setDeleting(false)}
        />
      ) : null}
    </ContentLayout>
  )
}
