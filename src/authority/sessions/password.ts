import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import type { PasswordPolicy } from '../model/entities.ts'

/**
 * Passwords are kept as scrypt hashes (RFC 7914) with their parameters beside them, so that stronger ones can come later:
 * `scrypt$‹log2 N›$‹r›$‹p›$‹salt›$‹hash›`. N = 2^15, r = 8, p = 3 is one of the settings of OWASP's Password Storage Cheat Sheet.
 */
const cost = { logN: 15, r: 8, p: 3 }
const hashBytes = 32
/** AWS remembers 24 former passwords at most (UpdateAccountPasswordPolicy). */
const mostRemembered = 24
/** Each hash takes 32 MiB while it is made. */
const atOnce = 2
const mostWaiting = 64

export type PasswordHash = string
/** In place of a hash: no password fits to it. */
export const noPassword: PasswordHash = 'none'

/** `logN`: of scrypt's N, for tests that have no time. Null: too many are being hashed at this moment. */
export function hashPassword(password: string, logN: number = cost.logN): Promise<PasswordHash | null> {
  const salt = randomBytes(16)
  return inTurn(async () => {
    const hash = await derive(password, salt, { ...cost, logN })
    return ['scrypt', logN, cost.r, cost.p, salt.toString('base64'), hash.toString('base64')].join('$')
  })
}

/**
 * Is it the password? The time taken does not tell: without a hash (there is no such person) one is made all the same.
 * Null: too many are being hashed at this moment.
 */
export async function isPassword(
  password: string,
  hash: PasswordHash | undefined,
  logN: number = cost.logN,
): Promise<boolean | null> {
  const parts = readHash(hash ?? '')
  return inTurn(async () => {
    const { salt, expected, ...parameters } = parts ?? {
      ...cost,
      logN,
      salt: noSalt,
      expected: Buffer.alloc(hashBytes),
    }
    const made = await derive(password, salt, parameters)
    return timingSafeEqual(made, expected) && parts !== null
  })
}

/** The hash in force, of those that are remembered. */
export function currentHash(secret: string): PasswordHash {
  return secret.split('\n', 1)[0]!
}

/** Is it one of the newest `count` passwords? Null: too many are being hashed at this moment. */
export async function isFormer(password: string, secret: string, count: number): Promise<boolean | null> {
  for (const hash of secret.split('\n').slice(0, count)) {
    const same = await isPassword(password, hash)
    if (same !== false) return same
  }
  return false
}

/** The new hash before those that came before it. */
export function remembered(hash: PasswordHash, before: string | undefined): string {
  return [hash, ...(before?.split('\n') ?? [])].slice(0, mostRemembered).join('\n')
}

/** AWS's default where nothing was set: IAM User Guide, "Default password policy". */
export const defaultRules = { length: 8, kinds: 3 }

/**
 * What keeps a text from being a password of this account, as plain sentences; empty when nothing does. `names`: what it must not
 * be (IAM User Guide, "Setting an account password policy": not the account's name).
 */
export function faultsOfPassword(
  password: string,
  policy: PasswordPolicy | null | undefined,
  names: readonly string[],
): readonly string[] {
  const kinds = {
    upper: /[A-Z]/.test(password),
    lower: /[a-z]/.test(password),
    number: /[0-9]/.test(password),
    symbol: symbols.test(password),
  }
  const faults: string[] = []
  if (names.some((name) => name !== '' && name.toLowerCase() === password.toLowerCase()))
    faults.push('The password must not be the name of the account.')
  if (policy === null || policy === undefined) {
    if (password.length < defaultRules.length)
      faults.push(`The password must have at least ${defaultRules.length} characters.`)
    if (Object.values(kinds).filter(Boolean).length < defaultRules.kinds)
      faults.push('The password must have three of: upper case, lower case, numbers, symbols.')
    return faults
  }
  if (password.length < policy.minimumLength)
    faults.push(`The password must have at least ${policy.minimumLength} characters.`)
  if (policy.requireUppercase && !kinds.upper) faults.push('The password must have an upper case letter (A to Z).')
  if (policy.requireLowercase && !kinds.lower) faults.push('The password must have a lower case letter (a to z).')
  if (policy.requireNumbers && !kinds.number) faults.push('The password must have a number (0 to 9).')
  if (policy.requireSymbols && !kinds.symbol) faults.push('The password must have a symbol.')
  return faults
}

/** `! @ # $ % ^ & * ( ) _ + - = [ ] { } | '` (IAM API Reference, UpdateAccountPasswordPolicy, RequireSymbols). */
const symbols = /[!@#$%^&*()_+\-=[\]{}|']/

/** Milliseconds since the epoch at which the password is over; null where passwords do not expire. */
export function passwordEnd(changedAt: string, policy: PasswordPolicy | null | undefined): number | null {
  const days = policy?.maxAge ?? null
  return days === null ? null : Date.parse(changedAt) + days * 86_400_000
}

interface Parameters {
  readonly logN: number
  readonly r: number
  readonly p: number
}

const noSalt = createHash('sha256').update('nobody').digest().subarray(0, 16)

function readHash(hash: PasswordHash): (Parameters & { readonly salt: Buffer; readonly expected: Buffer }) | null {
  const [name, logN, r, p, salt, expected] = hash.split('$')
  if (name !== 'scrypt' || salt === undefined || expected === undefined) return null
  return {
    logN: Number(logN),
    r: Number(r),
    p: Number(p),
    salt: Buffer.from(salt, 'base64'),
    expected: Buffer.from(expected, 'base64'),
  }
}

function derive(password: string, salt: Uint8Array, { logN, r, p }: Parameters): Promise<Buffer> {
  const options = { N: 2 ** logN, r, p, maxmem: 256 * r * 2 ** logN }
  return new Promise((resolve, reject) => {
    // The same letters may come in two forms (RFC 8265 §4.2.2: NFC).
    scrypt(password.normalize('NFC'), salt, hashBytes, options, (error, key) => (error ? reject(error) : resolve(key)))
  })
}

let running = 0
const waiting: (() => void)[] = []

async function inTurn<T>(work: () => Promise<T>): Promise<T | null> {
  if (running < atOnce) running += 1
  else {
    if (waiting.length >= mostWaiting) return null
    await new Promise<void>((resolve) => waiting.push(resolve))
  }
  try {
    return await work()
  } finally {
    // Whoever waits takes over the place, so that nobody slips in between.
    const next = waiting.shift()
    if (next === undefined) running -= 1
    else next()
  }
}
