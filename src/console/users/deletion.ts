import { aws, awsAll } from '../api/call.ts'
import { awsCodeOf } from '../api/failure.ts'
import { heldBy, removeHeld } from '../parts/holders.ts'
import { type Step, unlessGone } from '../parts/in-order.tsx'
import { isVirtual } from './credentials/mfa-devices.tsx'

/** What has to be done before a user can go (API reference, DeleteUser), as of now, and then that. */
export async function planDeletion(userName: string): Promise<readonly Step[]> {
  const user = { UserName: userName }
  const [keys, devices, held, groups, hasPassword] = await Promise.all([
    awsAll<{ readonly AccessKeyId: string }>('ListAccessKeys', 'AccessKeyMetadata', user),
    awsAll<{ readonly SerialNumber: string }>('ListMFADevices', 'MFADevices', user),
    heldBy({ kind: 'user', name: userName }),
    awsAll<{ readonly GroupName: string }>('ListGroupsForUser', 'Groups', user),
    hasLoginProfile(userName),
  ])
  return [
    ...keys.map(({ AccessKeyId }) => ({
      says: `Delete access key ${AccessKeyId}`,
      run: () => unlessGone(aws('iam', 'DeleteAccessKey', { ...user, AccessKeyId })),
    })),
    ...devices.map(({ SerialNumber }) => ({
      says: `Remove MFA device ${SerialNumber}`,
      run: async () => {
        await unlessGone(aws('iam', 'DeactivateMFADevice', { ...user, SerialNumber }))
        if (isVirtual(SerialNumber)) await unlessGone(aws('iam', 'DeleteVirtualMFADevice', { SerialNumber }))
      },
    })),
    ...held.map((policy) => ({
      says: `${policy.arn === null ? 'Delete inline' : 'Detach'} policy ${policy.name}`,
      run: () => unlessGone(removeHeld(policy)),
    })),
    ...groups.map(({ GroupName }) => ({
      says: `Remove from user group ${GroupName}`,
      run: () => unlessGone(aws('iam', 'RemoveUserFromGroup', { ...user, GroupName })),
    })),
    ...(hasPassword
      ? [{ says: 'Delete console password', run: () => unlessGone(aws('iam', 'DeleteLoginProfile', user)) }]
      : []),
    { says: `Delete user ${userName}`, run: () => unlessGone(aws('iam', 'DeleteUser', user)) },
  ]
}

async function hasLoginProfile(userName: string): Promise<boolean> {
  try {
    await aws('iam', 'GetLoginProfile', { UserName: userName })
    return true
  } catch (error) {
    if (awsCodeOf(error) === 'NoSuchEntity') return false
    throw error
  }
}
