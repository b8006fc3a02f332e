import Tabs from '@cloudscape-design/components/tabs'
import { useState } from 'react'
import type { GroupRow, RoleRow, UserRow } from '../../authority/console/shapes.ts'
import { GroupChooser, RoleChooser, UserChooser } from '../parts/chooser.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { attachTo, type HolderKind } from '../parts/holders.ts'
import type { Entity } from './data.ts'

/** Attaches one policy to several who have it not yet. */
export function AttachToEntities(props: {
  readonly arn: string
  readonly name: string
  readonly attached: readonly Entity[]
  readonly close: () => void
  readonly changed: (what: string) => Promise<void>
}) {
  const { arn, name, attached, close, changed } = props
  const [users, setUsers] = useState<readonly UserRow[]>([])
  const [groups, setGroups] = useState<readonly GroupRow[]>([])
  const [roles, setRoles] = useState<readonly RoleRow[]>([])
  const count = users.length + groups.length + roles.length
  const without = (kind: HolderKind): readonly string[] =>
    attached.filter((one) => one.kind === kind && one.use === 'Permissions policy').map((one) => one.name)
  const label = (text: string, many: number): string => (many === 0 ? text : `${text} (${many} chosen)`)
  return (
    <Dialog
      title={`Attach ${name}`}
      verb="Attach policy"
      size="large"
      ready={count > 0}
      failedTitle="The policy is not attached to all of them"
      close={close}
      act={async () => {
        for (const one of users) await attachTo({ kind: 'user', name: one.name }, arn)
        for (const one of groups) await attachTo({ kind: 'group', name: one.name }, arn)
        for (const one of roles) await attachTo({ kind: 'role', name: one.name }, arn)
        await changed(
          `${name} is attached to ${count === 1 ? [...users, ...groups, ...roles][0]!.name : `${count} more`}.`,
        )
      }}
    >
      <Tabs
        i18nStrings={{ scrollLeftAriaLabel: 'Scroll left', scrollRightAriaLabel: 'Scroll right' }}
        ariaLabel="Whom to attach it to"
        tabs={[
          {
            id: 'groups',
            label: label('User groups', groups.length),
            content: <GroupChooser chosen={groups} choose={setGroups} without={without('group')} />,
          },
          {
            id: 'roles',
            label: label('Roles', roles.length),
            content: <RoleChooser chosen={roles} choose={setRoles} without={without('role')} />,
          },
          {
            id: 'users',
            label: label('Users', users.length),
            content: <UserChooser chosen={users} choose={setUsers} without={without('user')} />,
          },
        ]}
      />
    </Dialog>
  )
}
