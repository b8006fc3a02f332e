import { Secret } from '../../anatomy/secret.ts'
import { callerWith } from '../calls/index.ts'
import { parseInstant } from '../files/instants.ts'
import type { Credential } from '../sources/credential.ts'
import { credentialsSettings } from '../sources/settings.ts'
import { keepSession } from './keep.ts'
import { type LoggedIn, type LoginQuestion, whoIs } from './logged-in.ts'
import type { LoginMeans, Refused } from './means.ts'
import { sessionRecordOf } from './record.ts'
import type { MadeSession } from './session-token.ts'

/** Less than this is not enough to go on with (`_EXPIRY_WINDOW` of the AWS CLI). */
const enoughMs = 15 * 60_000

/** Keeps a session that was just made, and asks who that is. */
export async function kept(
  means: LoginMeans,
  question: LoginQuestion,
  as: { readonly how: 'code' | 'role' | 'sso'; readonly target: string; readonly sourceKeyId: string },
  session: MadeSession,
  made: Parameters<LoginQuestion['keepAs']>[0] | null,
): Promise<LoggedIn | Refused> {
  const { machine, trace } = means
  const profile = trace.profile.name
  const { how, target, sourceKeyId } = as
  const identity = await whoIs(callerWith(machine, trace, session.credential, means), profile)
  if ('kind' in identity) return identity
  const keptAs = made === null ? null : question.keepAs(made)
  const wrote = keepSession(means, { profile, target, sourceKeyId, keptAs }, session)
  if (keptAs !== null) await question.keepCopy(keptAs, session)
  const { credential, expiration } = session
  return {
    kind: 'logged-in',
    how,
    profile,
    use: target,
    credential,
    expiration,
    identity,
    isNew: true,
    wrote,
    lacks: [],
  }
}

/** What an earlier login has kept, when it was made from the same, has time left, and AWS takes it; else null. */
export async function stillGood(means: LoginMeans, target: string, source: string): Promise<LoggedIn | null> {
  const { machine, trace } = means
  const profile = trace.profile.name
  const record = sessionRecordOf(machine, means.files, target)
  if (record === null || record.profile !== profile || record.sourceKeyId !== source) return null
  const expiration = parseInstant(record.expiration)?.at ?? null
  if (expiration === null || expiration.getTime() - machine.now().getTime() < enoughMs) return null
  const credential = keptIn(means, target)
  if (credential === null || credential.accessKeyId.value !== record.keyId) return null
  const identity = await whoIs(callerWith(machine, trace, credential, means), target)
  if ('kind' in identity) return null
  return {
    kind: 'logged-in',
    how: 'code',
    profile,
    use: target,
    credential,
    expiration,
    identity,
    isNew: false,
    wrote: [],
    lacks: [],
  }
}

function keptIn({ files }: LoginMeans, target: string): Credential | null {
  const settings = credentialsSettings(files, target)
  const [id, secret, token] = ['aws_access_key_id', 'aws_secret_access_key', 'aws_session_token'].map((key) =>
    settings?.get(key),
  )
  if (id === undefined || secret === undefined || token === undefined) return null
  return {
    provider: 'shared-credentials-file',
    profile: target,
    accessKeyId: { value: id.value, at: id.at },
    secretAccessKey: { value: new Secret(secret.value), at: secret.at },
    sessionToken: { value: new Secret(token.value), at: token.at },
    expiration: null,
    accountId: null,
  }
}
