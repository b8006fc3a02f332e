import Box from '@cloudscape-design/components/box'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useQuery } from '@tanstack/react-query'
import { knowledgeQuery } from '../decisions/knowledge.ts'
import { ShellChoice, ShellCommands } from '../parts/shell-commands.tsx'
import { devicesQuery } from '../users/credentials/mfa-devices.tsx'
import type { Owner } from '../users/credentials/owner.ts'

/** What to type for a session with MFA, with the ARN of the device in it; nothing without a device. */
export function SessionWithMfa({ owner }: { readonly owner: Owner }) {
  const { data: devices } = useQuery(devicesQuery(owner))
  const { data: knowledge } = useQuery(knowledgeQuery)
  const serial = devices?.[0]?.SerialNumber
  if (serial === undefined || knowledge === undefined) return null
  const { command } = knowledge
  const endpoint = ['--endpoint-url', location.origin]
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="Where a policy asks for MFA, programs need a session that began with a code. They sign with an access key of yours."
        >
          A session with MFA on the command line
        </Header>
      }
    >
      <SpaceBetween size="s">
        <ShellChoice />
        <Box>countersign asks for the code, and keeps the session as a profile of its own:</Box>
        <ShellCommands
          what="command of countersign"
          commands={command('countersign', 'login', '--serial', serial, ...endpoint)}
        />
        <Box>
          The AWS CLI answers with an access key, a secret access key and a session token, to be used together. Put the
          code that your device shows in the place of 123456:
        </Box>
        <ShellCommands
          what="command of the AWS CLI"
          commands={command(
            ...['aws', 'sts', 'get-session-token', '--serial-number', serial, '--token-code', '123456'],
            ...endpoint,
          )}
        />
      </SpaceBetween>
    </Container>
  )
}
