import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import Modal from '@cloudscape-design/components/modal'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { type ReactNode, useState } from 'react'
import { aws } from '../../api/call.ts'
import { Copy } from '../../parts/copy.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { csv, download } from '../../parts/download.ts'
import { notBeside } from '../../parts/not-beside.ts'
import { Secret } from '../../parts/secret.tsx'
import { valueFault } from '../../parts/tag-fields.tsx'
import { memberOf, type Owner, wordFor } from './owner.ts'

interface NewKey {
  readonly AccessKeyId: string
  readonly SecretAccessKey: string
}

/** The secret is in this component's state and nowhere else, and goes when it closes. */
export function CreateAccessKey(props: {
  readonly owner: Owner
  readonly close: () => void
  readonly changed: (what: ReactNode) => Promise<void>
}) {
  const { owner, close, changed } = props
  const [description, setDescription] = useState('')
  const fault = valueFault(description.trim())
  const [made, setMade] = useState<NewKey | null>(null)
  const [untagged, setUntagged] = useState(false)
  if (made !== null) return <Retrieve made={made} owner={owner} untagged={untagged} close={close} />
  return (
    <Dialog
      title={`Create an access key for ${wordFor(owner)}`}
      verb="Create access key"
      ready={fault === null}
      failedTitle="No key is created"
      close={close}
      done={() => {}}
      act={async () => {
        const { AccessKey } = await aws<{ readonly AccessKey: NewKey }>('iam', 'CreateAccessKey', memberOf(owner))
        setMade(AccessKey)
        const text = description.trim()
        if (text !== '' && owner.userName !== null) {
          const Tags = [{ Key: AccessKey.AccessKeyId, Value: text }]
          await aws('iam', 'TagUser', { UserName: owner.userName, Tags }).catch(() => setUntagged(true))
        }
        await changed(`${AccessKey.AccessKeyId} is created.`)
      }}
    >
      <Box>
        A key lasts until it is deleted. Where a role or a session will do, it is the safer choice; where a key it must
        be, make a new one every 90 days.
      </Box>
      {owner.userName === null ? null : (
        <FormField
          label={
            <span>
              Description <i>- optional</i>
            </span>
          }
          description="Where it will be used. It is kept as a tag of the user."
          constraintText="Letters, digits, spaces and _ . : / = + - @, 256 at most."
          errorText={fault ?? ''}
        >
          <Input value={description} onChange={({ detail }) => setDescription(detail.value)} autoComplete={false} />
        </FormField>
      )}
    </Dialog>
  )
}

function Retrieve(props: {
  readonly made: NewKey
  readonly owner: Owner
  readonly untagged: boolean
  readonly close: () => void
}) {
  const { made, owner, untagged, close } = props
  return (
    <Modal
      visible
      header="Retrieve access key"
      onDismiss={notBeside(close)}
      closeAriaLabel="Close"
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button
              onClick={() =>
                download(
                  `${wordFor(owner)}_accessKeys.csv`,
                  csv([
                    ['Access key ID', 'Secret access key'],
                    [made.AccessKeyId, made.SecretAccessKey],
                  ]),
                )
              }
            >
              Download .csv file
            </Button>
            <Button variant="primary" onClick={close}>
              Done
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <Alert type="info">
          This is the only time that the secret access key is shown. If it is lost, delete the key and create another.
        </Alert>
        <KeyValuePairs
          items={[
            { label: 'Access key', value: <Copy text={made.AccessKeyId} what="access key ID" /> },
            { label: 'Secret access key', value: <Secret text={made.SecretAccessKey} what="Secret access key" /> },
          ]}
        />
        {untagged ? <Alert type="warning">The description could not be kept: you may not tag the user.</Alert> : null}
      </SpaceBetween>
    </Modal>
  )
}
