import Alert from '@cloudscape-design/components/alert'
import Button from '@cloudscape-design/components/button'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useSignedIn } from '../api/session.ts'
import { Copy } from '../parts/copy.tsx'
import { csv, download } from '../parts/download.ts'
import { Secret } from '../parts/secret.tsx'
import { signInUrl } from '../parts/sign-in-url.ts'

/** What a user needs to sign in, shown once. */
export function RetrievePassword({ userName, password }: { readonly userName: string; readonly password: string }) {
  const { account } = useSignedIn()
  return (
    <SpaceBetween size="m">
      <Alert type="info">This is the only time that the password is shown here. If it is lost, set another one.</Alert>
      <KeyValuePairs
        columns={1}
        items={[
          { label: 'Console sign-in URL', value: <Copy text={signInUrl()} what="sign-in URL" /> },
          { label: 'Account ID', value: <Copy text={account.id} what="account ID" /> },
          { label: 'User name', value: <Copy text={userName} what="user name" /> },
          { label: 'Console password', value: <Secret text={password} what="Console password" /> },
        ]}
      />
      <Button
        iconName="download"
        formAction="none"
        onClick={() =>
          download(
            `${userName}_credentials.csv`,
            csv([
              ['User name', 'Password', 'Console sign-in URL'],
              [userName, password, signInUrl()],
            ]),
          )
        }
      >
        Download .csv file
      </Button>
    </SpaceBetween>
  )
}
