import type { LoginMeans } from './means.ts'

/** RFC 6238 §4: as every authenticator app has it, and as IAM takes it. */
const stepMs = 30_000

/** Gives the codes of one device, one after the other. */
export interface Codes {
  /** Null when nobody gives one. The second differs from the first: AWS takes each code once. */
  next(): Promise<string | null>
  /** Whether they are made here, so that a wrong one can only be the clock's fault or the seed's. */
  readonly madeHere: boolean
}

/**
 * The codes of a device: the given one first, else from its seed in the keychain, else what the person types.
 *
 * @param given what came with `--code`
 */
export async function codesOf(
  { machine, person, doors }: Pick<LoginMeans, 'machine' | 'person' | 'doors'>,
  serial: string,
  given: string | null = null,
): Promise<Codes> {
  const seed = given === null ? await person.seedOf(serial) : null
  let asked = 0
  let last: string | null = null
  if (seed === null) {
    return {
      madeHere: false,
      async next() {
        asked += 1
        const typed = asked === 1 && given !== null ? given : await person.askCode(serial, asked > 1)
        const code = plainCode(typed)
        if (code === null || code === last) return null
        last = code
        return code
      },
    }
  }
  const { Secret, TOTP } = await import('otpauth')
  const totp = new TOTP({ secret: Secret.fromBase32(seed.reveal()), algorithm: 'SHA1', digits: 6, period: 30 })
  return {
    madeHere: true,
    async next() {
      asked += 1
      const now = machine.now().getTime()
      if (asked === 1) return totp.generate({ timestamp: now })
      const wait = stepMs - (now % stepMs)
      person.tell(`AWS takes each code once; waiting ${Math.ceil(wait / 1000)} s for the next one.`)
      await doors.pause(wait)
      return totp.generate({ timestamp: now + wait })
    },
  }
}

/** The six digits, which people type in two groups; null for anything else. */
export function plainCode(typed: string | null): string | null {
  const digits = typed?.replace(/[\s-]/g, '') ?? ''
  return /^\d{6}$/.test(digits) ? digits : null
}
