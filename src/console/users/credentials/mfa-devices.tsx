import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Table from '@cloudscape-design/components/table'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { aws, awsAll } from '../../api/call.ts'
import { Confirm } from '../../parts/confirm.tsx'
import { Copy } from '../../parts/copy.tsx'
import { Failure } from '../../parts/failure.tsx'
import { NoRows } from '../../parts/search-and-pages.tsx'
import { When } from '../../parts/when.tsx'
import { AssignMfaDevice } from './assign-mfa-device.tsx'
import { useChanged } from './changed.ts'
import { keyOf, memberOf, type Owner, wordFor } from './owner.ts'
import { ResyncMfaDevice } from './resync-mfa-device.tsx'

/** "You can register up to eight MFA devices" (IAM User Guide, "AWS multi-factor authentication in IAM"). */
const mostDevices = 8

export interface Device {
  readonly SerialNumber: string
  readonly EnableDate: number
}

export function devicesQuery(owner: Owner) {
  return queryOptions({
    queryKey: [...keyOf(owner), 'mfa-devices'],
    queryFn: () => awsAll<Device>('ListMFADevices', 'MFADevices', memberOf(owner)),
  })
}

/** Virtual ones have an ARN for a serial number. */
export function isVirtual(serialNumber: string): boolean {
  return /:mfa\//.test(serialNumber)
}

function typeOf(serialNumber: string): string {
  if (isVirtual(serialNumber)) return 'Virtual'
  return serialNumber.includes(':u2f/') ? 'Passkey or security key' : 'Hardware'
}

export function MfaDevices({ owner }: { readonly owner: Owner }) {
  const changed = useChanged(owner)
  const { data, error, isPending } = useQuery(devicesQuery(owner))
  const [open, setOpen] = useState<'assign' | 'resync' | 'remove' | null>(null)
  const [chosen, setChosen] = useState<Device | null>(null)
  const close = (): void => setOpen(null)
  if (error !== null) return <Failure error={error} title="The MFA devices cannot be listed" />
  const devices = data ?? []
  const device = devices.find(({ SerialNumber }) => SerialNumber === chosen?.SerialNumber) ?? null
  return (
    <>
      <Table
        items={devices}
        trackBy={({ SerialNumber }) => SerialNumber}
        wrapLines
        loading={isPending}
        loadingText="Loading"
        selectionType="single"
        selectedItems={device === null ? [] : [device]}
        onSelectionChange={({ detail }) => setChosen(detail.selectedItems[0] ?? null)}
        ariaLabels={{
          tableLabel: 'MFA devices',
          selectionGroupLabel: 'Choose a device',
          itemSelectionLabel: (_state, { SerialNumber }) => SerialNumber,
        }}
        columnDefinitions={[
          { id: 'type', header: 'Type', cell: ({ SerialNumber }) => typeOf(SerialNumber) },
          {
            id: 'serial',
            header: 'Identifier (ARN)',
            minWidth: 260,
            isRowHeader: true,
            cell: ({ SerialNumber }) => <Copy text={SerialNumber} what="identifier" />,
          },
          { id: 'created', header: 'Created on', cell: ({ EnableDate }) => <When at={EnableDate} /> },
        ]}
        header={
          <Header
            variant="h2"
            counter={data === undefined ? '' : `(${devices.length})`}
            description={
              devices.length >= mostDevices
                ? `${mostDevices} devices are the most.`
                : 'A second proof beside the password, also for sessions where a policy requires MFA.'
            }
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Button disabled={device === null} onClick={() => setOpen('remove')}>
                  Remove
                </Button>
                <Button disabled={device === null} onClick={() => setOpen('resync')}>
                  Resync
                </Button>
                <Button
                  disabled={data === undefined || devices.length >= mostDevices}
                  onClick={() => setOpen('assign')}
                >
                  Assign MFA device
                </Button>
              </SpaceBetween>
            }
          >
            Multi-factor authentication (MFA)
          </Header>
        }
        empty={<NoRows>No MFA devices. Assign one: then a stolen password is not enough.</NoRows>}
      />
      {open === 'assign' ? <AssignMfaDevice owner={owner} close={close} changed={changed} /> : null}
      {open === 'resync' && device !== null ? (
        <ResyncMfaDevice owner={owner} serialNumber={device.SerialNumber} close={close} changed={changed} />
      ) : null}
      {open === 'remove' && device !== null ? (
        <Confirm
          title="Remove this MFA device?"
          verb="Remove"
          close={close}
          act={async () => {
            await aws('iam', 'DeactivateMFADevice', { ...memberOf(owner), SerialNumber: device.SerialNumber })
            if (isVirtual(device.SerialNumber))
              await aws('iam', 'DeleteVirtualMFADevice', { SerialNumber: device.SerialNumber })
            await changed('The MFA device is removed.')
          }}
        >
          <SpaceBetween size="xs">
            <div className="mono">{device.SerialNumber}</div>
            <div>
              Its codes are worth nothing from now on.
              {devices.length === 1 ? ` ${wordFor(owner)} then signs in with a password only.` : null}
            </div>
          </SpaceBetween>
        </Confirm>
      ) : null}
    </>
  )
}
