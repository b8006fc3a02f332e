import jsqr from 'jsqr'
import { type TOTP, URI } from 'otpauth'
import { PNG } from 'pngjs'
import { describe, expect, it } from 'vitest'
import { ACCOUNT, type AuthorityAtHand, openAuthority } from './authority-at-hand.ts'

const serialOf = (name: string) => `arn:aws:iam::${ACCOUNT}:mfa/${name}`

/** As a phone does: the picture's text is all it gets. */
function scan(png: Uint8Array): string {
  const { data, width, height } = PNG.sync.read(Buffer.from(png))
  const read = (jsqr as unknown as typeof jsqr.default)(new Uint8ClampedArray(data), width, height)
  if (read === null) throw new Error('no QR code in the picture')
  return read.data
}

async function created(at: AuthorityAtHand, name: string, input = {}) {
  const { VirtualMFADevice } = await at.ok('CreateVirtualMFADevice', { VirtualMFADeviceName: name, ...input })
  return VirtualMFADevice
}

const enable = (at: AuthorityAtHand, UserName: string, SerialNumber: string, first = -1, second = 0) =>
  at.call('EnableMFADevice', {
    UserName,
    SerialNumber,
    AuthenticationCode1: at.code(SerialNumber, first),
    AuthenticationCode2: at.code(SerialNumber, second),
  })

describe('virtual MFA devices', () => {
  it('show their seed once, as text and as a picture that a phone can read', async () => {
    const at = await openAuthority()
    const device = await created(at, 'alice@phone')
    expect(device.SerialNumber).toBe(serialOf('alice@phone'))
    const seed = Buffer.from(device.Base32StringSeed).toString()
    expect(seed).toMatch(/^[A-Z2-7]{64}$/)
    const uri = scan(device.QRCodePNG)
    expect(uri).toMatch(/^otpauth:\/\/totp\//)
    const phone = URI.parse(uri) as TOTP
    expect(phone.label).toBe(`alice@phone@${ACCOUNT}`)
    expect(phone.secret.base32).toBe(seed)
    expect({ algorithm: phone.algorithm, digits: phone.digits, period: phone.period }).toEqual({
      algorithm: 'SHA1',
      digits: 6,
      period: 30,
    })
    // The phone's codes are the ones that the authority takes.
    await at.ok('CreateUser', { UserName: 'alice' })
    const timestamp = at.now.getTime()
    await at.ok('EnableMFADevice', {
      UserName: 'alice',
      SerialNumber: device.SerialNumber,
      AuthenticationCode1: phone.generate({ timestamp: timestamp - 30_000 }),
      AuthenticationCode2: phone.generate({ timestamp }),
    })
    const listed = (await at.ok('ListVirtualMFADevices')).VirtualMFADevices[0]
    expect(listed).not.toHaveProperty('Base32StringSeed')
    expect(listed).not.toHaveProperty('QRCodePNG')
  })

  it('name the account by its alias when it has one', async () => {
    const at = await openAuthority()
    await at.ok('CreateAccountAlias', { AccountAlias: 'acme' })
    expect(scan((await created(at, 'phone')).QRCodePNG)).toMatch(/^otpauth:\/\/totp\/phone@acme\?/)
  })

  it('of a name and path exist once, whatever the case', async () => {
    const at = await openAuthority()
    await created(at, 'phone')
    expect(await at.refused('CreateVirtualMFADevice', { VirtualMFADeviceName: 'Phone' })).toMatchObject({
      reason: 'entity-exists',
      says: 'MFA device already exists.',
    })
    expect((await created(at, 'phone', { Path: '/p/' })).SerialNumber).toBe(serialOf('p/phone'))
  })

  it('have a serial number that other calls can take', async () => {
    const at = await openAuthority()
    expect(await at.refused('CreateVirtualMFADevice', { VirtualMFADeviceName: 'n'.repeat(300) })).toMatchObject({
      reason: 'invalid-parameter',
    })
  })

  it('are enabled by two consecutive codes in order, and by nothing else', async () => {
    const at = await openAuthority()
    await at.ok('CreateUser', { UserName: 'u' })
    const { SerialNumber } = await created(at, 'phone')
    for (const [first, second] of [
      [0, -1],
      [0, 0],
      [-2, 0],
    ] as const)
      expect(await enable(at, 'u', SerialNumber, first, second)).toMatchObject({
        refused: { reason: 'mfa-codes-wrong' },
      })
    expect(at.state.directory.mfaDevice(SerialNumber)?.owner).toBeNull()
    expect(await enable(at, 'u', SerialNumber)).toEqual({ ok: {} })
    expect((await at.ok('ListMFADevices', { UserName: 'u' })).MFADevices).toEqual([
      { UserName: 'u', SerialNumber, EnableDate: '2026-11-28T12:00:00Z' },
    ])
  })

  it('belong to one user at a time', async () => {
    const at = await openAuthority()
    const { serialNumber } = await at.userWithDevice('u')
    await at.ok('CreateUser', { UserName: 'v' })
    expect(await enable(at, 'v', serialNumber)).toMatchObject({
      refused: { reason: 'entity-exists', says: 'MFA Device is already in use.' },
    })
    expect(await at.refused('DeactivateMFADevice', { UserName: 'v', SerialNumber: serialNumber })).toMatchObject({
      reason: 'no-such-entity',
      says: 'MFA Device invalid for user.',
    })
    const nowhere = `${serialNumber}-nowhere`
    expect(await at.refused('DeactivateMFADevice', { UserName: 'v', SerialNumber: nowhere })).toMatchObject({
      says: `MFA Device with serial number ${nowhere} does not exist.`,
    })
    expect(await enable(at, 'u', serialNumber)).toMatchObject({
      refused: { reason: 'entity-exists', says: 'MFA Device for user u already exists.' },
    })
  })

  it('are no FIDO security keys, of which alone GetMFADevice tells', async () => {
    const at = await openAuthority()
    const { serialNumber } = await at.userWithDevice('u')
    // As AWS answered in September 2026 (radkawar/stackd, `testdata/aws/iam/mfa.json`).
    expect(await at.refused('GetMFADevice', { UserName: 'u', SerialNumber: serialNumber })).toEqual({
      reason: 'invalid-parameter',
      says: 'The MFA device serial number sent in the request is invalid or not supported by this API. Currently, only hardware FIDO security keys are supported. Please use the compatible device or API.',
    })
  })

  it('are eight per user at most', async () => {
    const at = await openAuthority()
    await at.ok('CreateUser', { UserName: 'u' })
    for (let count = 0; count < 8; count++) {
      const { SerialNumber } = await created(at, `phone${count}`)
      expect(await enable(at, 'u', SerialNumber)).toEqual({ ok: {} })
    }
    const { SerialNumber } = await created(at, 'ninth')
    expect(await enable(at, 'u', SerialNumber)).toMatchObject({
      refused: { reason: 'limit-exceeded', says: 'Cannot exceed quota for MFADevicesPerUser: 8' },
    })
  })

  it('must be deactivated before they are deleted, and stay unassigned in between', async () => {
    const at = await openAuthority()
    const { serialNumber: SerialNumber } = await at.userWithDevice('u')
    expect(await at.refused('DeleteVirtualMFADevice', { SerialNumber })).toMatchObject({
      reason: 'delete-conflict',
      says: 'MFA VirtualDevice in use. Must deactivate first.',
    })
    const listed = async (AssignmentStatus?: string) =>
      (await at.ok('ListVirtualMFADevices', { AssignmentStatus })).VirtualMFADevices
    expect(await listed('Assigned')).toMatchObject([{ SerialNumber, User: { UserName: 'u' } }])
    expect(await listed('Unassigned')).toEqual([])
    await at.ok('DeactivateMFADevice', { UserName: 'u', SerialNumber })
    expect(await listed('Assigned')).toEqual([])
    expect(await listed('Unassigned')).toEqual([{ SerialNumber }])
    expect(await listed()).toEqual([{ SerialNumber }])
    expect((await at.ok('ListMFADevices', { UserName: 'u' })).MFADevices).toEqual([])
    await at.ok('DeleteVirtualMFADevice', { SerialNumber })
    expect(await at.refused('DeleteVirtualMFADevice', { SerialNumber })).toMatchObject({ reason: 'no-such-entity' })
  })

  it('learn from a resync how far their clock is off', async () => {
    const at = await openAuthority()
    const { serialNumber: SerialNumber, principal } = await at.userWithDevice('u')
    // The phone's clock is five minutes ahead.
    const TokenCode = at.code(SerialNumber, 10)
    expect(await at.refused('GetSessionToken', { SerialNumber, TokenCode }, principal)).toMatchObject({
      reason: 'mfa-code-wrong',
    })
    expect(
      await at.refused('ResyncMFADevice', {
        UserName: 'u',
        SerialNumber,
        AuthenticationCode1: at.code(SerialNumber, 11),
        AuthenticationCode2: at.code(SerialNumber, 10),
      }),
    ).toMatchObject({ reason: 'mfa-codes-wrong' })
    await at.ok('ResyncMFADevice', {
      UserName: 'u',
      SerialNumber,
      AuthenticationCode1: at.code(SerialNumber, 10),
      AuthenticationCode2: at.code(SerialNumber, 11),
    })
    at.tick(60)
    await at.ok('GetSessionToken', { SerialNumber, TokenCode: at.code(SerialNumber, 10) }, principal)
    expect(
      await at.refused('GetSessionToken', { SerialNumber, TokenCode: at.code(SerialNumber) }, principal),
    ).toMatchObject({ reason: 'mfa-code-wrong' })
  })

  it('have tags whose keys are different when their case is', async () => {
    const at = await openAuthority()
    const { SerialNumber, Tags } = await created(at, 'phone', { Tags: [{ Key: 'a', Value: '1' }] })
    expect(Tags).toEqual([{ Key: 'a', Value: '1' }])
    await at.ok('TagMFADevice', { SerialNumber, Tags: [{ Key: 'A', Value: '2' }] })
    expect((await at.ok('ListMFADeviceTags', { SerialNumber })).Tags).toEqual([
      { Key: 'A', Value: '2' },
      { Key: 'a', Value: '1' },
    ])
    const twice = [
      { Key: 'b', Value: '' },
      { Key: 'b', Value: '' },
    ]
    expect(await at.refused('TagMFADevice', { SerialNumber, Tags: twice })).toEqual({
      reason: 'invalid-input',
      says: 'Duplicate tag keys found.',
    })
    await at.ok('UntagMFADevice', { SerialNumber, TagKeys: ['a'] })
    expect((await at.ok('ListMFADeviceTags', { SerialNumber })).Tags).toEqual([{ Key: 'A', Value: '2' }])
  })
})
