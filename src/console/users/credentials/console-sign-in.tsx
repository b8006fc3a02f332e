import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import ButtonDropdown from '@cloudscape-design/components/button-dropdown'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import Modal from '@cloudscape-design/components/modal'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { aws } from '../../api/call.ts'
import { awsCodeOf } from '../../api/failure.ts'
import { Confirm } from '../../parts/confirm.tsx'
import { Copy } from '../../parts/copy.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Failure } from '../../parts/failure.tsx'
import { Loading } from '../../parts/loading.tsx'
import { notBeside } from '../../parts/not-beside.ts'
import { signInUrl } from '../../parts/sign-in-url.ts'
import { Ago } from '../../parts/when.tsx'
import { firstChoice, isChosen, PasswordFields, usePasswordOf } from '../password-fields.tsx'
import { RetrievePassword } from '../retrieve-password.tsx'
import { userQuery } from '../user.ts'
import { ChangePassword } from './change-password.tsx'
import { useChanged } from './changed.ts'
import type { Owner } from './owner.ts'

interface Profile {
  readonly CreateDate: number
  readonly PasswordResetRequired?: boolean
}

type Open = 'set' | 'require' | 'disable' | 'change' | null

/** Null without a password. */
export function loginProfileQuery(userName: string) {
  return {
    queryKey: ['user', userName, 'login-profile'],
    queryFn: async (): Promise<Profile | null> => {
      try {
        const members = { UserName: userName }
        return (await aws<{ readonly LoginProfile: Profile }>('iam', 'GetLoginProfile', members)).LoginProfile
      } catch (error) {
        if (awsCodeOf(error) === 'NoSuchEntity') return null
        throw error
      }
    },
  } as const
}

export function ConsoleSignIn({ owner }: { readonly owner: Owner }) {
  return owner.userName === null ? <RootSignIn /> : <UserSignIn owner={owner} userName={owner.userName} />
}

/** Root has a password as soon as it is signed in; AWS tells nothing of it. */
function RootSignIn() {
  const [open, setOpen] = useState(false)
  return (
    <Container
      header={
        <Header variant="h2" actions={<Button onClick={() => setOpen(true)}>Change password</Button>}>
          Console sign-in
        </Header>
      }
    >
      <KeyValuePairs
        columns={2}
        minColumnWidth={200}
        items={[{ label: 'Console sign-in link', value: <Copy text={signInUrl()} what="sign-in link" /> }]}
      />
      {open ? <ChangePassword close={() => setOpen(false)} /> : null}
    </Container>
  )
}

function UserSignIn({ owner, userName }: { readonly owner: Owner; readonly userName: string }) {
  const changed = useChanged(owner)
  const { data, error } = useQuery(loginProfileQuery(userName))
  const { data: user } = useQuery(userQuery(userName))
  const [open, setOpen] = useState<Open>(null)
  const close = (): void => setOpen(null)
  const required = data?.PasswordResetRequired === true
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              {owner.self ? <Button onClick={() => setOpen('change')}>Change password</Button> : null}
              {data === null ? (
                <Button onClick={() => setOpen('set')}>Enable console access</Button>
              ) : data === undefined || owner.self ? null : (
                <ButtonDropdown
                  items={[
                    { id: 'set', text: 'Set a new password' },
                    {
                      id: 'require',
                      text: required ? 'Do not ask for a new password' : 'Ask for a new password at next sign-in',
                    },
                    { id: 'disable', text: 'Disable console access' },
                  ]}
                  onItemClick={({ detail }) => setOpen(detail.id as Open)}
                >
                  Manage console access
                </ButtonDropdown>
              )}
            </SpaceBetween>
          }
        >
          Console sign-in
        </Header>
      }
    >
      <SpaceBetween size="s">
        <Failure error={error} title="The console password cannot be checked" />
        {data === undefined && error === null ? <Loading /> : null}
        {data === undefined ? null : data === null ? (
          <Box color="text-status-inactive">Not enabled: {userName} has no password, and cannot sign in here.</Box>
        ) : (
          <KeyValuePairs
            columns={4}
            minColumnWidth={160}
            items={[
              { label: 'Console sign-in link', value: <Copy text={signInUrl()} what="sign-in link" /> },
              {
                label: 'Console password',
                value: (
                  <>
                    Set <Ago at={data.CreateDate} />
                  </>
                ),
              },
              { label: 'New password at next sign-in', value: required ? 'Has to be chosen' : 'Not asked for' },
              { label: 'Last console sign-in', value: <Ago at={user?.PasswordLastUsed} none="Never" /> },
            ]}
          />
        )}
      </SpaceBetween>
      {open === 'set' ? (
        <SetPassword userName={userName} first={data === null} close={close} changed={changed} />
      ) : null}
      {open === 'require' ? (
        <Confirm
          title={required ? 'Do not ask for a new password?' : 'Ask for a new password at next sign-in?'}
          verb={required ? 'Do not ask' : 'Ask'}
          close={close}
          act={async () => {
            await aws('iam', 'UpdateLoginProfile', { UserName: userName, PasswordResetRequired: !required })
            await changed(required ? 'No new password is asked for.' : 'A new password is asked for at next sign-in.')
          }}
        >
          {required
            ? `${userName} goes on with the present password.`
            : `${userName} signs in with the present password once more, and then has to choose another.`}
        </Confirm>
      ) : null}
      {open === 'disable' ? (
        <Confirm
          title={`Disable console access of ${userName}?`}
          verb="Disable access"
          close={close}
          act={async () => {
            await aws('iam', 'DeleteLoginProfile', { UserName: userName })
            await changed(`${userName} has no password any more.`)
          }}
        >
          The password is deleted, and {userName} is signed out everywhere. Access keys go on working.
        </Confirm>
      ) : null}
      {open === 'change' ? <ChangePassword close={close} /> : null}
    </Container>
  )
}

function SetPassword(props: {
  readonly userName: string
  readonly first: boolean
  readonly close: () => void
  readonly changed: (what: ReactNode) => Promise<void>
}) {
  const { userName, first, close, changed } = props
  const [choice, setChoice] = useState(firstChoice)
  const [made, setMade] = useState<string | null>(null)
  const passwordOf = usePasswordOf()
  if (made !== null) {
    return (
      <Modal
        visible
        header="Retrieve password"
        onDismiss={notBeside(close)}
        closeAriaLabel="Close"
        footer={
          <Box float="right">
            <Button variant="primary" onClick={close}>
              Done
            </Button>
          </Box>
        }
      >
        <RetrievePassword userName={userName} password={made} />
      </Modal>
    )
  }
  return (
    <Dialog
      title={first ? `Enable console access for ${userName}` : `Set a new password for ${userName}`}
      verb={first ? 'Enable console access' : 'Set password'}
      ready={isChosen(choice)}
      failedTitle="The password is not set"
      close={close}
      done={() => {}}
      act={async () => {
        const password = passwordOf(choice)
        const members = { UserName: userName, Password: password, PasswordResetRequired: choice.mustChange }
        await aws('iam', first ? 'CreateLoginProfile' : 'UpdateLoginProfile', members)
        setMade(password)
        await changed(first ? `${userName} can sign in.` : `${userName} has another password.`)
      }}
    >
      <PasswordFields choice={choice} change={setChoice} />
      {first ? null : <Box>{userName} is signed out everywhere when the new password is set.</Box>}
    </Dialog>
  )
}
