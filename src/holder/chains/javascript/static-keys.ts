import { Secret } from '../../../anatomy/secret.ts'
import type { Setting, Settings } from '../../files/reading.ts'
import type { Credential, Place } from '../../sources/credential.ts'

/** Static keys of a profile, of which each may stand in another file. */
export function staticCredential(settings: Settings, profile: string): Credential {
  const accessKeyId = settings.get('aws_access_key_id')!
  const secret = settings.get('aws_secret_access_key')!
  const token = settings.get('aws_session_token')
  const accountId = settings.get('aws_account_id')
  return {
    provider: accessKeyId.role === 'credentials' ? 'shared-credentials-file' : 'config-file',
    profile,
    accessKeyId: placed(accessKeyId, accessKeyId.value),
    secretAccessKey: placed(secret, new Secret(secret.value)),
    sessionToken: token === undefined ? null : placed(token, new Secret(token.value)),
    expiration: null,
    accountId: accountId === undefined ? null : placed(accountId, accountId.value),
  }
}

function placed<T>({ at, raw }: Setting, value: T): { readonly value: T; readonly at: Place; readonly raw?: string } {
  return raw === undefined ? { value, at } : { value, at, raw }
}
