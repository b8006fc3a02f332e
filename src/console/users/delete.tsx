import { DeleteInOrder } from '../parts/delete-in-order.tsx'
import { planDeletion } from './deletion.ts'

/** Deletes a user with all that hangs on it. */
export function DeleteUser(props: {
  readonly userName: string
  readonly close: () => void
  readonly gone?: () => void
}) {
  const { userName, close, gone } = props
  return (
    <DeleteInOrder
      kind="user"
      name={userName}
      plan={() => planDeletion(userName)}
      before={({ length }) =>
        length === 1
          ? 'It has no keys, devices, policies or groups. None of this can be taken back:'
          : 'This is done, one after the other, and cannot be taken back:'
      }
      close={close}
      gone={gone}
    />
  )
}
