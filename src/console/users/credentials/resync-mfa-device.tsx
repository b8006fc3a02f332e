import Box from '@cloudscape-design/components/box'
import { type ReactNode, useState } from 'react'
import { aws } from '../../api/call.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { areWhole, CodeFields, noCodes } from './code-fields.tsx'
import { memberOf, type Owner } from './owner.ts'

/** For a device whose clock is not right: two codes tell by how much. */
export function ResyncMfaDevice(props: {
  readonly owner: Owner
  readonly serialNumber: string
  readonly close: () => void
  readonly changed: (what: ReactNode) => Promise<void>
}) {
  const { owner, serialNumber, close, changed } = props
  const [codes, setCodes] = useState(noCodes)
  return (
    <Dialog
      title="Resync MFA device"
      verb="Resync"
      ready={areWhole(codes)}
      failedTitle="The device is not resynced"
      close={close}
      act={async () => {
        await aws('iam', 'ResyncMFADevice', {
          ...memberOf(owner),
          SerialNumber: serialNumber,
          AuthenticationCode1: codes[0],
          AuthenticationCode2: codes[1],
        })
        await changed('The MFA device is in step again.')
      }}
    >
      <Box>
        Codes are refused when the device's clock is not right. Two in a row tell the authority how far it is off.
      </Box>
      <div className="mono">{serialNumber}</div>
      <CodeFields codes={codes} change={setCodes} />
    </Dialog>
  )
}
