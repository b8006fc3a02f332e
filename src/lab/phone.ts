import { Secret, TOTP } from 'otpauth'

/** A phone with an authenticator app: RFC 6238 codes of one seed, each 30 seconds long. */
export interface Phone {
  /** Base32: what was put into it. */
  readonly seed: string
  /** The six digits that it shows at that instant. */
  code(at: Date): string
}

const stepMs = 30_000

/** @param seed base32, as CreateVirtualMFADevice answers it (inside base64) and as its QR code holds it */
export function phoneWith(seed: string): Phone {
  const totp = new TOTP({ secret: Secret.fromBase32(seed), algorithm: 'SHA1', digits: 6, period: 30 })
  return { seed, code: (at) => totp.generate({ timestamp: at.getTime() }) }
}

/** Two codes as a person types them when a device is enabled: the one before and the current one. */
export function twoCodes(phone: Phone, at: Date): readonly [string, string] {
  return [phone.code(new Date(at.getTime() - stepMs)), phone.code(at)]
}

/** The code after the current one: it counts already (one step of tolerance), and it is not used up. */
export function nextCode(phone: Phone, at: Date): string {
  return phone.code(new Date(at.getTime() + stepMs))
}
