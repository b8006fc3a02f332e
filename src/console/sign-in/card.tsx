import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import Form from '@cloudscape-design/components/form'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { ReactNode } from 'react'
import { Failure } from '../parts/failure.tsx'

/** One step of a sign-in: a few fields and one button. */
export function Card(props: {
  readonly title: string
  readonly description?: ReactNode
  readonly verb: string
  readonly going: boolean
  readonly error: unknown
  readonly errorTitle: string
  readonly act: () => void
  readonly children: ReactNode
  readonly above?: ReactNode
  readonly below?: ReactNode
}) {
  const { title, description, verb, going, error, errorTitle, act, children, above, below } = props
  return (
    <main className="sign-in">
      <SpaceBetween size="m">
        <p className="sign-in-name">Countersign</p>
        {above}
        <form
          onSubmit={(event) => {
            event.preventDefault()
            if (!going) act()
          }}
        >
          <Container
            header={
              <Header variant="h1" {...(description === undefined ? {} : { description })}>
                {title}
              </Header>
            }
          >
            <Form
              actions={
                <Button variant="primary" formAction="submit" loading={going}>
                  {verb}
                </Button>
              }
            >
              <SpaceBetween size="m">
                {children}
                <Failure error={error} title={errorTitle} />
              </SpaceBetween>
            </Form>
          </Container>
        </form>
        {below}
      </SpaceBetween>
    </main>
  )
}
