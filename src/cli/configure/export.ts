import { CountersignError } from '../../errors.ts'
import { quote, setVariable } from '../../holder/diagnosis/shells.ts'
import { overlayMachine } from '../../holder/machine/overlay.ts'
import type { Credential } from '../../holder/sources/credential.ts'
import { credentialFor } from '../credential.ts'
import { questionOf } from '../question.ts'
import { type Call, exitCode } from '../terminal.ts'
import { groundOf } from './ground.ts'
import { wrong } from './usage.ts'

type Format = 'process' | 'env' | 'env-no-export' | 'powershell' | 'windows-cmd' | 'fish'

/** Through which profiles a credential_process has come to here, as the AWS CLI notes it (exportcreds.py). */
const chainVariable = '_AWS_CLI_PROFILE_CHAIN'
const longestChain = 4

/** The credentials of the profile on stdout, in the formats of `aws configure export-credentials`. */
export async function exportCredentials(call: Call, operands: readonly string[]): Promise<number> {
  if (operands.length > 0) throw wrong('"configure export" takes no name.', 'The profile goes behind --profile.')
  const { profile } = await groundOf(call)
  const seen = (call.machine.env(chainVariable) ?? '').split(',').filter((name) => name !== '')
  if (seen.includes(profile) || seen.length >= longestChain)
    throw new CountersignError(
      'usage',
      `The credential_process of these profiles ask each other in a circle: ${[...seen, profile].join(', ')}.`,
    )
  const machine = overlayMachine(call.machine, { env: { [chainVariable]: [...seen, profile].join(',') } })
  const held = await credentialFor({ ...call, machine }, questionOf({ ...call, child: null }, null))
  if (typeof held === 'number') return held
  call.terminal.out(exportText((call.flags.text('format') ?? 'process') as Format, held.credential))
  return exitCode.fine
}

/**
 * Credentials in one of the formats, byte for byte as the AWS CLI prints them where no value needs quotes.
 *
 * @throws CountersignError `usage` for a value that this shell cannot be told
 */
export function exportText(format: Format, credential: Credential): string {
  const token = credential.sessionToken?.value.reveal() ?? ''
  const end = credential.expiration === null ? null : expiryText(credential.expiration.value)
  const values: readonly (readonly [property: string, variable: string, value: string | null])[] = [
    ['AccessKeyId', 'AWS_ACCESS_KEY_ID', credential.accessKeyId.value],
    ['SecretAccessKey', 'AWS_SECRET_ACCESS_KEY', credential.secretAccessKey.value.reveal()],
    ['SessionToken', 'AWS_SESSION_TOKEN', token === '' ? null : token],
    ['Expiration', 'AWS_CREDENTIAL_EXPIRATION', end],
  ]
  if (format === 'process') {
    const set = values.filter(([, , value]) => value !== null).map(([property, , value]) => [property, value])
    return `${JSON.stringify({ Version: 1, ...Object.fromEntries(set) }, null, 2)}\n`
  }
  return values.map(([, variable, value]) => (value === null ? '' : `${line(format, variable, value)}\n`)).join('')
}

/** `datetime.isoformat()` of Python: the zone is an offset. */
function expiryText(at: Date): string {
  return at.toISOString().replace(/\.000Z$|Z$/, '+00:00')
}

/** `_VAR_FORMAT` of each formatter; whatever a shell would not leave alone is quoted by its own rules. */
function line(format: Exclude<Format, 'process'>, name: string, value: string): string {
  if (/[\0\r\n]/.test(value))
    throw wrong(`The value of ${name} has a line break in it, and no variable can hold it.`, null)
  const isPlain = /^[\w/+=.:@,-]+$/.test(value)
  switch (format) {
    case 'env':
      return `export ${name}=${quote('bash', value)}`
    case 'env-no-export':
      return `${name}=${quote('bash', value)}`
    case 'fish':
      return setVariable(name, value).fish.join('\n')
    case 'powershell':
      return isPlain ? `$Env:${name}="${value}"` : setVariable(name, value).powershell.join('\n')
    case 'windows-cmd':
      return isPlain ? `set ${name}=${value}` : setVariable(name, value).cmd.join('\n')
  }
}
