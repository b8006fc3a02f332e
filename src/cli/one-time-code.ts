import { CountersignError } from '../errors.ts'
import { sha256Hex } from '../holder/files/digest.ts'
import { ownDirectory } from '../holder/files/own-directory.ts'
import { isWrongCode, plainCode } from '../holder/login/one-time-code.ts'
import { joinPath } from '../holder/machine/paths.ts'
import { realDisk } from '../holder/machine/real-disk.ts'
import { type Failed, failed, type Outcome } from '../holder/resolution/resolution.ts'
import type { Vault } from '../holder/vault/index.ts'
import { seedName } from '../holder/vault/item.ts'
import { knownName } from '../holder/vault/known-names.ts'
import type { Call } from './terminal.ts'
import { withLock } from './vault.ts'

/** RFC 6238 §4; IAM takes each code once. */
const stepMs = 30_000

const attempts = 3

export interface Asking {
  /** False: nobody is asked for a code; only seeds of the vault give one. */
  readonly mayAsk?: boolean | undefined
  /** Called before the person is asked anything: whatever tells of progress has to give way. */
  readonly beforeAsking?: (() => void) | undefined
}

/**
 * The one-time codes of devices: made from the seed in the vault, else typed by the person at the terminal. While a code of a device is
 * used, no other countersign asks for one of it.
 */
export class OneTimeCodes {
  readonly #call: Call
  readonly #vault: () => Promise<Vault>
  readonly #asking: Asking

  constructor(call: Call, vault: () => Promise<Vault>, asking: Asking) {
    this.#call = call
    this.#vault = vault
    this.#asking = asking
  }

  /** Runs what uses a code, and once more with another one when AWS did not take it. */
  async during(serial: string, use: () => Promise<Outcome>): Promise<Outcome> {
    const { terminal } = this.#call
    return await withLock(this.#call, seedName(serial), async () => {
      for (let attempt = 1; ; attempt += 1) {
        const outcome = await use()
        if (outcome.kind !== 'failed') return outcome
        if (outcome.reason === 'needs-mfa' && !(await this.#mayAsk())) return nobodyThere(serial)
        if (!isWrongCode(outcome) || attempt === attempts) return outcome
        if (!this.#hasSeed(serial) && !(await this.#mayAsk())) return outcome
        await terminal.tell('AWS did not take that code.\n')
      }
    })
  }

  /** A code that was not used before; null when nobody gives one. */
  async next(serial: string): Promise<string | null> {
    if (this.#hasSeed(serial)) {
      const item = await (await this.#vault()).get(seedName(serial))
      if (item?.kind === 'totp-seed') return await this.#made(serial, item.seed.reveal())
    }
    const { terminal } = this.#call
    if (this.#asking.mayAsk === false) return null
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      this.#asking.beforeAsking?.()
      const typed = await terminal.ask(`One-time code of ${serial}:`)
      if (typed === null) return null
      const code = plainCode(typed)
      if (code !== null) return code
      await terminal.tell('A code is six digits.\n')
    }
    return null
  }

  async #mayAsk(): Promise<boolean> {
    return this.#asking.mayAsk !== false && (await this.#call.terminal.isPersonThere())
  }

  #hasSeed(serial: string): boolean {
    return knownName(this.#call.machine, seedName(serial))?.isThere === true
  }

  async #made(serial: string, seed: string): Promise<string> {
    const { machine, terminal } = this.#call
    const file = joinPath(machine, ownDirectory(machine, 'vault'), `${sha256Hex(serial)}.used`)
    const reading = machine.readFile(file, 64)
    const used = reading.kind === 'found' ? Number(new TextDecoder().decode(reading.bytes)) : 0
    const now = machine.now().getTime()
    let step = Math.floor(now / stepMs)
    // One ahead: whoever waited last has used the next one already.
    if (used === step || used === step + 1) {
      step = used + 1
      const wait = step * stepMs - now
      await terminal.tell(`AWS takes each code once; the next one comes in ${Math.ceil(wait / 1000)} s.\n`)
      await terminal.pause(wait)
    }
    noteUsed(file, step)
    const { Secret, TOTP } = await import('otpauth')
    const totp = new TOTP({ secret: Secret.fromBase32(seed), algorithm: 'SHA1', digits: 6, period: stepMs / 1000 })
    return totp.generate({ timestamp: step * stepMs })
  }
}

/** Where nothing can be written, AWS itself refuses a code that is used up. */
function noteUsed(file: string, step: number): void {
  try {
    realDisk().write(file, new TextEncoder().encode(String(step)))
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error
  }
}

function nobodyThere(serial: string): Failed {
  const because = `a one-time code of ${serial} is needed, and there is no terminal to ask for it: run this in one first, or keep the seed of the device (countersign configure import --mfa-seed)`
  return failed('needs-mfa', `MultiFactorCodeRequired: a code of ${serial} is needed`, because)
}
