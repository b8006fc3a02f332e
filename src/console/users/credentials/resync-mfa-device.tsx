import Box from '@cloudscape-design/components/box'
import { type ReactNode, useState } from 'react'
import { aws, post } from '../../api/call.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { areWhole, CodeFields, type Codes, noCodes } from './code-fields.tsx'
import type { Owner } from './owner.ts'

/** The operation of AWS wants the name of a user, and root has none. */
function resync({ userName }: Owner, serialNumber: string, [code1, code2]: Codes): Promise<unknown> {
  if (userName === null) return post('root-mfa/resync', { serialNumber, code1, code2 })
  return aws('iam', 'ResyncMFADevice', {
    UserName: userName,
    SerialNumber: serialNumber,
    AuthenticationCode1: code1,
    AuthenticationCode2: code2,
  })
}

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
        await resync(owner, serialNumber, codes)
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
