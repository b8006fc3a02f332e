import { Secret } from '../../anatomy/secret.ts'
import { CountersignError } from '../../errors.ts'
import { seedName } from '../../holder/vault/item.ts'
import { type Call, exitCode } from '../terminal.ts'
import { openVault } from '../vault.ts'
import { wrong } from './usage.ts'

const inputLimit = 8 * 1024

/**
 * `configure import --mfa-seed DEVICE`: keeps the seed of a virtual MFA device in the vault, so that its codes are made here. The seed is
 * asked for, or comes on stdin: base32 as it stands beside the QR code, or the `otpauth:` address that is in it.
 *
 * @throws CountersignError `usage` for what is no device or no seed of one that AWS knows, `vault-locked`
 */
export async function importSeed(call: Call, operands: readonly string[]): Promise<number> {
  const { terminal, flags } = call
  const serial = flags.text('mfa-seed') ?? ''
  if (operands.length > 0)
    throw wrong('The seed is asked for, or comes on stdin: on the command line others can see it.', null)
  // IAM User Guide, "Assigning a virtual MFA device": arn:aws:iam::ACCOUNT:mfa/NAME.
  if (!/^arn:[\w-]+:iam::\d{12}:mfa\/[\w+=,.@/-]{1,512}$/.test(serial))
    throw wrong('A virtual MFA device is named by its ARN.', 'For example: arn:aws:iam::123456789012:mfa/alice')
  const asked = terminal.inputIsPerson
    ? await terminal.ask(`Seed of ${serial} (it is not shown):`)
    : await terminal.input(inputLimit)
  const seed = seedIn(asked ?? '')
  if (flags.on('dry-run')) {
    terminal.err(`The seed of ${serial} would be kept. Nothing was changed.\n`)
    return exitCode.fine
  }
  const vault = await openVault(call)
  await vault.put(seedName(serial), { kind: 'totp-seed', serial, seed })
  terminal.err(
    `Kept in ${vault.says}. The codes of ${serial} are made from it now: whoever can open it needs no phone any more.\n`,
  )
  return exitCode.fine
}

/** What AWS's virtual devices are: SHA-1, six digits, 30 seconds (RFC 6238; IAM API, CreateVirtualMFADevice). */
function seedIn(text: string): Secret {
  const url = URL.parse(text.trim())
  const isAddress = url !== null && url.protocol === 'otpauth:'
  if (isAddress && !isOfAws(url.searchParams))
    throw wrong('These are not codes of the kind that AWS takes (SHA1, 6 digits, 30 s).', null)
  const base32 = (isAddress ? (url.searchParams.get('secret') ?? '') : text).replace(/[\s=-]/g, '').toUpperCase()
  if (/^[A-Z2-7]{16,256}$/.test(base32)) return new Secret(base32)
  throw new CountersignError('usage', 'That is no seed: it is 16 letters and digits (A to Z, 2 to 7) or more.', {
    data: {
      hint: 'The console shows it beside the QR code ("Show secret key"), only while the device is being registered.',
    },
  })
}

function isOfAws(parameters: URLSearchParams): boolean {
  const is = (name: string, usual: string): boolean => (parameters.get(name) ?? usual).toUpperCase() === usual
  return is('algorithm', 'SHA1') && is('digits', '6') && is('period', '30')
}
