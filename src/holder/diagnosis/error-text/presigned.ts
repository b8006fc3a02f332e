import { readSessionToken } from '../../../anatomy/session-token.ts'
import { parseInstant } from '../answers.ts'

/** What a presigned URL in a text says of its time (SigV4, "Authenticating requests: using query parameters"). */
export interface Presigned {
  readonly signedAt: Date | null
  /** Seconds for which it was made. */
  readonly lifetime: number | null
  /** It was signed by a session. */
  readonly session: boolean
}

/** The last presigned URL of a text; null when there is none. */
export function presignedIn(text: string): Presigned | null {
  const at = text.lastIndexOf('X-Amz-Signature=')
  const any = at >= 0 ? at : text.lastIndexOf('X-Amz-Expires=')
  if (any < 0) return null
  const url = text.slice(Math.max(0, any - 8000), any + 8000)
  const signed = /X-Amz-Date=(\d{8}T\d{6}Z)/.exec(url)?.[1]
  const lifetime = /X-Amz-Expires=(\d{1,9})/.exec(url)?.[1]
  return {
    signedAt: signed === undefined ? null : parseInstant(signed),
    lifetime: lifetime === undefined ? null : Number(lifetime),
    session: /X-Amz-Security-Token=/i.test(url),
  }
}

/** No session of AWS lasts longer (STS, GetSessionToken and GetFederationToken: 36 hours). */
export const longestSession = 36 * 3600

/** How old the session token in a text was when it was used, in seconds; null when one of the two instants is not told. */
export function tokenAge(text: string): number | null {
  const token = /security-token(?:=|:\s?|%3D)([A-Za-z0-9%+/=_-]{100,8000})/i.exec(text)?.[1]
  const used = /X-Amz-Date(?:=|:\s?|%3D)(\d{8}T\d{6}Z)/i.exec(text)?.[1]
  const server = /<ServerTime>([\dTZ:.-]{10,30})</.exec(text)?.[1]
  const at = parseInstant(server ?? used ?? '')
  if (token === undefined || at === null) return null
  const issued = readSessionToken(
    token.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
  ).issuedAt
  return issued === null ? null : Math.round((at.getTime() - issued.getTime()) / 1000)
}
