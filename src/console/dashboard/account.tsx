import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useSignedIn } from '../api/session.ts'
import { Copy } from '../parts/copy.tsx'
import { ShellChoice, ShellCommands } from '../parts/shell-commands.tsx'
import { signInUrl } from '../parts/sign-in-url.ts'
import { To } from '../parts/to.tsx'

/** Which account this is, where people sign in, and how a client is pointed here. */
export function AccountFacts() {
  const { account, region } = useSignedIn()
  // An address has no character that any of the shells would take for its own.
  const { origin } = location
  const commands = {
    bash: [`export AWS_ENDPOINT_URL=${origin}`, `export AWS_REGION=${region}`],
    fish: [`set -gx AWS_ENDPOINT_URL ${origin}`, `set -gx AWS_REGION ${region}`],
    powershell: [`$Env:AWS_ENDPOINT_URL = '${origin}'`, `$Env:AWS_REGION = '${region}'`],
    cmd: [`set AWS_ENDPOINT_URL=${origin}`, `set AWS_REGION=${region}`],
  }
  return (
    <Container header={<Header variant="h2">AWS account</Header>}>
      <SpaceBetween size="m">
        <KeyValuePairs
          columns={3}
          items={[
            { label: 'Account ID', value: <Copy text={account.id} what="Account ID" /> },
            {
              label: 'Account alias',
              value:
                account.alias === null ? (
                  <>
                    None. <To to="/account">Create one</To>
                  </>
                ) : (
                  account.alias
                ),
            },
            {
              label: 'Sign-in URL for IAM users',
              value: <Copy text={signInUrl()} what="Sign-in URL" />,
            },
          ]}
        />
        <strong>Point the AWS CLI or an SDK here</strong>
        <ShellChoice />
        <ShellCommands commands={commands} what="commands that point a client here" />
      </SpaceBetween>
    </Container>
  )
}
