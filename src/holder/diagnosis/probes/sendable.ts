import { isAccessKeyId } from '../../../anatomy/access-key-id.ts'
import type { SigningCredentials } from '../../../signature/request.ts'
import type { Credential } from '../../sources/credential.ts'
import type { Ground } from '../scene.ts'
import { isUnambiguous, placeholderKind } from '../values.ts'

/**
 * Whether a text may be sent as a key id. An id travels in the clear, so whatever could be a secret must not: what stands
 * there is sent only when it is short and of an id's characters.
 */
function maySendAsId(id: string, secret: string): boolean {
  // `test` and `test`, as emulators want it, is no secret.
  const differs = id !== secret || placeholderKind(id) === 'dummy'
  return /^\w{1,32}$/.test(id) && differs && !isAccessKeyId(secret)
}

/** What a header line can carry. */
export function isPrintable(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text)
}

/** The values as the SDK would send them; null when they must not or cannot be sent. */
export function valuesAsTheyAre(
  { id, token }: Pick<Ground, 'id' | 'token'>,
  { accessKeyId, secretAccessKey, sessionToken }: Credential,
): SigningCredentials | null {
  const secret = secretAccessKey.value.reveal()
  // HTTP drops blanks around a header's value, and so does the signature.
  const sent = sessionToken?.value.reveal().replace(/^[ \t]+|[ \t]+$/g, '')
  if (!isPrintable(sent ?? '') || token?.defects.includes('inline-comment')) return null
  if (maySendAsId(accessKeyId.value, secret)) return signingValues(accessKeyId.value, secret, sent)
  // With a blank or a quote around it an id is refused for its form; that is an answer worth having.
  if (id === null || !isAccessKeyId(id.clean) || id.clean === secret || isAccessKeyId(secret)) return null
  // What a comment says is nobody's business: its mark alone gives the same answer.
  const shown = id.defects.includes('inline-comment') ? `${id.clean} #` : accessKeyId.value
  return isPrintable(shown) && shown.length <= 64 ? signingValues(shown, secret, sent) : null
}

/** The values without what does not belong to them; null when nothing was to be taken away, or more than that is wrong. */
export function cleanedValues(
  { id, secret, token }: Pick<Ground, 'id' | 'secret' | 'token'>,
  { accessKeyId, secretAccessKey, sessionToken }: Credential,
): SigningCredentials | null {
  if (id === null || secret === null || id.placeholder !== null) return null
  const changed =
    id.clean !== accessKeyId.value ||
    secret.clean !== secretAccessKey.value.reveal() ||
    (token !== null && token.clean !== sessionToken?.value.reveal())
  const usable = isUnambiguous('accessKeyId', id.clean) && maySendAsId(id.clean, secret.clean)
  // A token of which nothing is left is none.
  return changed && usable && isPrintable(token?.clean ?? '')
    ? signingValues(id.clean, secret.clean, token?.clean || undefined)
    : null
}

/** A pair as it stands, when it may and can be sent. */
export function sendable({ accessKeyId, secretAccessKey, sessionToken }: Credential): SigningCredentials | null {
  const secret = secretAccessKey.value.reveal()
  const token = sessionToken?.value.reveal()
  if (!maySendAsId(accessKeyId.value, secret) || !isPrintable(token ?? '')) return null
  return signingValues(accessKeyId.value, secret, token)
}

export function signingValues(
  accessKeyId: string,
  secretAccessKey: string,
  sessionToken: string | undefined,
): SigningCredentials {
  return sessionToken === undefined ? { accessKeyId, secretAccessKey } : { accessKeyId, secretAccessKey, sessionToken }
}

/**
 * A key id that is known without a secret that it could be asked with: it stands in both places, in the secret's place, or
 * alone. Only what has the shape of an id and cannot be a secret.
 */
export function loneKeyId({ id, secret, credential, trace, machine, files }: Ground): string | null {
  const candidates = secret !== null && isAccessKeyId(secret.clean) ? [id?.clean, secret.clean] : []
  if (credential === null && trace.error?.reason === 'partial-credentials') {
    const { at } = trace.error
    if (at !== null && 'variable' in at && at.variable === 'AWS_ACCESS_KEY_ID')
      candidates.push(machine.env(at.variable))
    if (at !== null && 'line' in at)
      for (const { path, reading } of [files.credentials, files.config])
        if (path === at.file)
          candidates.push(
            reading.sections.findLast(({ line }) => line <= at.line)?.entries.get('aws_access_key_id')?.value,
          )
  }
  return candidates.find((text) => text !== undefined && isAccessKeyId(text) && text.startsWith('AKIA')) ?? null
}
