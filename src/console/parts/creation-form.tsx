import Button from '@cloudscape-design/components/button'
import ContentLayout from '@cloudscape-design/components/content-layout'
import Form from '@cloudscape-design/components/form'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { UseMutationResult } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import type { ReactNode } from 'react'

/** A page on which something is made: `creating` runs on the button and on Enter, once at a time; `list` is where one came from. */
export function CreationForm(props: {
  readonly title: string
  /** On the button: `Create policy`. */
  readonly verb: string
  readonly ready: boolean
  readonly creating: Pick<UseMutationResult<unknown, Error, void>, 'mutate' | 'isPending'>
  readonly list: string
  readonly children: ReactNode
}) {
  const { title, verb, ready, creating, list, children } = props
  const router = useRouter()
  return (
    <ContentLayout header={<Header variant="h1">{title}</Header>}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (ready && !creating.isPending) creating.mutate()
        }}
      >
        <Form
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button variant="link" formAction="none" onClick={() => void router.navigate({ to: list })}>
                Cancel
              </Button>
              <Button variant="primary" disabled={!ready} loading={creating.isPending}>
                {verb}
              </Button>
            </SpaceBetween>
          }
        >
          <SpaceBetween size="l">{children}</SpaceBetween>
        </Form>
      </form>
    </ContentLayout>
  )
}
