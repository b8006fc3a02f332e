import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { aws, awsAll, post } from '../../api/call.ts'
import { awsCodeOf } from '../../api/failure.ts'
import { sessionQuery } from '../../api/session.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { Failure } from '../../parts/failure.tsx'
import { Secret } from '../../parts/secret.tsx'
import { areWhole, CodeFields, type Codes, noCodes } from './code-fields.tsx'
import { type Owner, wordFor } from './owner.ts'

interface NewDevice {
  readonly SerialNumber: string
  /** Base64, both. */
  readonly Base32StringSeed: string
  readonly QRCodePNG: string
}

interface Props {
  readonly owner: Owner
  readonly close: () => void
  readonly changed: (what: ReactNode) => Promise<void>
}

/**
 * Name, then QR code and two codes. The device exists from the first step on; left before the last one it is deleted, so that its name is
 * free again and no seed lies about that nobody holds.
 */
export function AssignMfaDevice({ owner, close, changed }: Props) {
  const [name, setName] = useState('')
  const [device, setDevice] = useState<NewDevice | null>(null)
  const queryClient = useQueryClient()
  const unassigned = useRef<string | null>(null)
  useEffect(
    () => () => {
      if (unassigned.current !== null) void forget(unassigned.current)
    },
    [],
  )
  if (device !== null) {
    return (
      <Register
        owner={owner}
        device={device}
        close={close}
        done={async () => {
          unassigned.current = null
          close()
          await changed('The MFA device is assigned.')
          // This session goes on; all others of theirs have ended.
          if (owner.self) await queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey })
        }}
      />
    )
  }
  return (
    <NameDevice
      name={name}
      change={setName}
      close={close}
      create={async () => {
        const { VirtualMFADevice } = await aws<{ readonly VirtualMFADevice: NewDevice }>(
          'iam',
          'CreateVirtualMFADevice',
          { VirtualMFADeviceName: name },
        )
        unassigned.current = VirtualMFADevice.SerialNumber
        setDevice(VirtualMFADevice)
      }}
    />
  )
}

/** Whether it works or not, there is nobody to be told: the page is gone. */
async function forget(serialNumber: string): Promise<void> {
  await aws('iam', 'DeleteVirtualMFADevice', { SerialNumber: serialNumber }).catch(() => {})
}

function NameDevice(props: {
  readonly name: string
  readonly change: (name: string) => void
  readonly close: () => void
  readonly create: () => Promise<void>
}) {
  const { name, change, close, create } = props
  const [leftOver, setLeftOver] = useState<string | null>(null)
  const clearing = useMutation({
    mutationFn: async (serialNumber: string) => {
      await aws('iam', 'DeleteVirtualMFADevice', { SerialNumber: serialNumber })
      setLeftOver(null)
      await create()
    },
    gcTime: 0,
  })
  return (
    <Dialog
      title="Assign MFA device"
      verb="Next"
      ready={name !== ''}
      failedTitle="There is no device yet"
      close={close}
      done={() => {}}
      act={async () => {
        setLeftOver(null)
        try {
          await create()
        } catch (error) {
          if (awsCodeOf(error) === 'EntityAlreadyExists') setLeftOver(await unassignedNamed(name))
          throw error
        }
      }}
    >
      <FormField
        label="Device name"
        description="A name that you will know it by. It becomes part of its ARN."
        constraintText="Letters, digits and + = , . @ - _"
      >
        <Input value={name} onChange={({ detail }) => change(detail.value)} autoComplete={false} spellcheck={false} />
      </FormField>
      <Box>
        The device is an authenticator app on a phone or computer: Google Authenticator, Microsoft Authenticator,
        1Password and the like. Install one first.
      </Box>
      {leftOver === null ? null : (
        <Alert
          type="warning"
          header="A device of that name was begun and never assigned"
          action={
            <Button formAction="none" loading={clearing.isPending} onClick={() => clearing.mutate(leftOver)}>
              Delete it and go on
            </Button>
          }
        >
          <span className="mono">{leftOver}</span> belongs to nobody.
        </Alert>
      )}
      <Failure error={clearing.error} title="There is no device yet" />
    </Dialog>
  )
}

/** The serial number of a device that belongs to nobody; null when there is none of that name, or it may not be seen. */
async function unassignedNamed(name: string): Promise<string | null> {
  try {
    const devices = await awsAll<{ readonly SerialNumber: string }>('ListVirtualMFADevices', 'VirtualMFADevices', {
      AssignmentStatus: 'Unassigned',
    })
    const end = `:mfa/${name}`.toLowerCase()
    return devices.find(({ SerialNumber }) => SerialNumber.toLowerCase().endsWith(end))?.SerialNumber ?? null
  } catch {
    return null
  }
}

/** No operation of AWS does it for root. */
function enable(owner: Owner, serialNumber: string, [code1, code2]: Codes): Promise<unknown> {
  if (owner.userName === null) return post('root-mfa', { serialNumber, code1, code2 })
  return aws('iam', 'EnableMFADevice', {
    UserName: owner.userName,
    SerialNumber: serialNumber,
    AuthenticationCode1: code1,
    AuthenticationCode2: code2,
  })
}

function Register(props: {
  readonly owner: Owner
  readonly device: NewDevice
  readonly close: () => void
  readonly done: () => Promise<void>
}) {
  const { owner, device, close, done } = props
  const [codes, setCodes] = useState(noCodes)
  return (
    <Dialog
      title="Set up device"
      verb="Add MFA"
      ready={areWhole(codes)}
      failedTitle="The device is not assigned"
      close={close}
      done={() => {}}
      act={async () => {
        await enable(owner, device.SerialNumber, codes)
        await done()
      }}
    >
      <Box>1. Open your authenticator app, and scan this QR code with it.</Box>
      <img
        className="qr-code"
        src={`data:image/png;base64,${device.QRCodePNG}`}
        alt="QR code for the authenticator app"
      />
      <SpaceBetween size="xxs">
        <Box>No camera? Type the secret key into the app instead:</Box>
        <Secret text={atob(device.Base32StringSeed)} what="Secret key" />
      </SpaceBetween>
      <Box>2. Write two codes here that the app shows one after the other for {wordFor(owner)}.</Box>
      <CodeFields codes={codes} change={setCodes} />
      {owner.self ? (
        <Box>
          You stay signed in here. For what needs MFA sign in again, with a code; so you have to wherever else you are
          signed in.
        </Box>
      ) : null}
    </Dialog>
  )
}
