import { describe, expect, it } from 'vitest'
import { openAuthority } from './authority-at-hand.ts'

describe('lists', () => {
  it('come in pages by name, without gaps or repetitions while users come and go', async () => {
    const at = await openAuthority()
    for (const name of ['delta', 'Alpha', 'charlie', 'bravo', 'echo']) await at.ok('CreateUser', { UserName: name })
    const page = async (Marker?: string) => {
      const { Users, ...end } = await at.ok('ListUsers', { MaxItems: 2, Marker })
      return { names: Users.map((user: { UserName: string }) => user.UserName), ...end }
    }
    const first = await page()
    expect(first).toMatchObject({ names: ['Alpha', 'bravo'], IsTruncated: true })
    expect(first.Marker.length).toBeLessThanOrEqual(320)
    await at.ok('DeleteUser', { UserName: 'bravo' })
    await at.ok('CreateUser', { UserName: 'aaron' })
    const second = await page(first.Marker)
    expect(second).toMatchObject({ names: ['charlie', 'delta'], IsTruncated: true })
    expect(await page(second.Marker)).toEqual({ names: ['echo'], IsTruncated: false })
  })

  it('are empty, and not truncated, when there is nothing', async () => {
    const at = await openAuthority()
    expect(await at.ok('ListUsers')).toEqual({ Users: [], IsTruncated: false })
    expect(await at.ok('ListRoles')).toEqual({ Roles: [], IsTruncated: false })
    expect(await at.ok('ListVirtualMFADevices')).toEqual({ VirtualMFADevices: [], IsTruncated: false })
    expect(await at.ok('ListAccountAliases')).toEqual({ AccountAliases: [], IsTruncated: false })
  })

  it('give a hundred items when no number is asked for', async () => {
    const at = await openAuthority()
    for (let count = 0; count < 101; count++) await at.ok('CreateUser', { UserName: `u${count}` })
    const all = await at.ok('ListUsers')
    expect(all.Users).toHaveLength(100)
    expect(all.IsTruncated).toBe(true)
    expect((await at.ok('ListUsers', { MaxItems: 1000 })).IsTruncated).toBe(false)
  })

  it('take back only their own markers: of this list, these filters, this account, unaltered', async () => {
    const at = await openAuthority()
    for (const UserName of ['a', 'b', 'c']) await at.ok('CreateUser', { UserName })
    const { Marker } = await at.ok('ListUsers', { MaxItems: 1 })
    const refused = (operation: string, input: object, node = at) => node.refused(operation, { Marker, ...input })
    const invalid = { reason: 'invalid-parameter', says: 'Invalid Marker.' }
    expect(await refused('ListUsers', { PathPrefix: '/x/' })).toMatchObject(invalid)
    expect(await refused('ListRoles', {})).toMatchObject(invalid)
    expect(await refused('ListAccessKeys', { UserName: 'a' })).toMatchObject(invalid)
    for (const Marker of ['x', 'AAAAAAAAAAAAAAAA', 'not base64url ☃'])
      expect(await at.refused('ListUsers', { Marker })).toMatchObject(invalid)
    const other = await openAuthority({ account: '210987654321' })
    expect(await refused('ListUsers', {}, other)).toMatchObject(invalid)
    // How many are asked for is no filter.
    await at.ok('ListUsers', { Marker, MaxItems: 7 })
  })

  it('have markers short enough to be sent back, whatever the keys', async () => {
    const at = await openAuthority()
    await at.ok('CreateUser', { UserName: 'u' })
    const keys = ['a', 'b', 'c'].map((last) => `${'語'.repeat(127)}${last}`)
    await at.ok('TagUser', { UserName: 'u', Tags: keys.map((Key) => ({ Key, Value: '' })) })
    const seen: string[] = []
    let Marker: string | undefined
    do {
      const reply = await at.ok('ListUserTags', { UserName: 'u', MaxItems: 1, Marker })
      seen.push(reply.Tags[0].Key)
      Marker = reply.Marker
      if (Marker !== undefined) expect(Marker.length).toBeLessThanOrEqual(320)
    } while (Marker !== undefined)
    expect(seen.sort()).toEqual(keys)
  })
})
