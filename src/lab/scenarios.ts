import type { Scenario } from './scenario.ts'
import type { KeyPair, Session, Stage } from './stage.ts'

/** A section of the credentials file with a pair, and a session token where there is one. */
export function section(name: string, pair: KeyPair | Session): string {
  const token = 'sessionToken' in pair ? `aws_session_token = ${pair.sessionToken}\n` : ''
  return `[${name}]\naws_access_key_id = ${pair.accessKeyId}\naws_secret_access_key = ${pair.secretAccessKey}\n${token}`
}

function variables(pair: KeyPair | Session): Record<string, string> {
  return {
    AWS_ACCESS_KEY_ID: pair.accessKeyId,
    AWS_SECRET_ACCESS_KEY: pair.secretAccessKey,
    ...('sessionToken' in pair ? { AWS_SESSION_TOKEN: pair.sessionToken } : {}),
  }
}

/** A key id of the right shape with one letter exchanged, in the part that tells the account. */
function mistyped(accessKeyId: string): string {
  const letter = accessKeyId[6] === 'B' ? 'P' : 'B'
  return accessKeyId.slice(0, 6) + letter + accessKeyId.slice(7)
}

const administrator = (stage: Stage) => section('admin', stage.authority.root)

export const scenarios: readonly Scenario[] = [
  {
    cause: 'no-credentials',
    why: 'A new computer, a container or a CI job on which nobody has set anything up.',
    logged: null,
    prepare: async () => ({}),
  },
  {
    cause: 'partial-credentials',
    why: 'Only one of the two variables was exported; the other line was lost in copying.',
    logged: null,
    async prepare(stage) {
      const { accessKeyId } = await stage.user('alice')
      return { env: { AWS_ACCESS_KEY_ID: accessKeyId } }
    },
  },
  {
    cause: 'key-unknown',
    why: 'One letter of the key id was mistyped: it looks right and belongs to nobody.',
    logged: 'key-unknown',
    withProfile: 'admin',
    async prepare(stage) {
      const pair = await stage.user('alice')
      const wrong = { ...pair, accessKeyId: mistyped(pair.accessKeyId) }
      return { credentials: section('default', wrong) + administrator(stage) }
    },
  },
  {
    cause: 'key-inactive',
    why: 'An administrator or a rotation has deactivated the key; AWS answers as if it had never been.',
    logged: 'key-inactive',
    withProfile: 'admin',
    async prepare(stage) {
      const pair = await stage.user('alice')
      await stage.ask('iam', 'UpdateAccessKey', {
        UserName: 'alice',
        AccessKeyId: pair.accessKeyId,
        Status: 'Inactive',
      })
      return { credentials: section('default', pair) + administrator(stage) }
    },
  },
  {
    cause: 'key-deleted',
    why: 'The key was rotated away and deleted, and this copy of it was forgotten.',
    logged: 'key-deleted',
    withProfile: 'admin',
    async prepare(stage) {
      const pair = await stage.user('alice')
      await stage.ask('iam', 'DeleteAccessKey', { UserName: 'alice', AccessKeyId: pair.accessKeyId })
      return { credentials: section('default', pair) + administrator(stage) }
    },
  },
  {
    cause: 'secret-wrong',
    why: 'The key id of one key was pasted beside the secret of another.',
    logged: 'secret-wrong',
    async prepare(stage) {
      const alice = await stage.user('alice')
      const bob = await stage.user('bob')
      return { credentials: section('default', { ...alice, secretAccessKey: bob.secretAccessKey }) }
    },
  },
  {
    cause: 'id-secret-swapped',
    why: 'The two values went into each other’s field.',
    logged: 'id-secret-swapped',
    async prepare(stage) {
      const { accessKeyId, secretAccessKey } = await stage.user('alice')
      return { credentials: section('default', { accessKeyId: secretAccessKey, secretAccessKey: accessKeyId }) }
    },
  },
  {
    cause: 'placeholder-value',
    why: 'The example of a manual was copied and never replaced.',
    logged: 'placeholder-value',
    prepare: async () => ({
      credentials: section('default', {
        accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
        secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      }),
    }),
  },
  {
    cause: 'not-an-access-key',
    why: 'The user’s unique id (AIDA…) looks like a key id and was taken for one.',
    logged: 'not-an-access-key',
    async prepare(stage) {
      const { userId, secretAccessKey } = await stage.user('alice')
      return { credentials: section('default', { accessKeyId: userId, secretAccessKey }) }
    },
  },
  {
    cause: 'surrounding-whitespace',
    why: 'The key id was exported with a blank behind it, as a copy from a web page leaves it.',
    logged: 'surrounding-whitespace',
    async prepare(stage) {
      const pair = await stage.user('alice')
      return { env: variables({ ...pair, accessKeyId: `${pair.accessKeyId} ` }) }
    },
  },
  {
    cause: 'invisible-character',
    why: 'A chat program put a zero-width space into the secret.',
    logged: 'invisible-character',
    async prepare(stage) {
      const pair = await stage.user('alice')
      return { credentials: section('default', { ...pair, secretAccessKey: `${pair.secretAccessKey}\u200b` }) }
    },
  },
  {
    cause: 'quoted-value',
    why: 'Values were put in quotes, as a shell wants them; the credentials file keeps the quotes.',
    logged: 'quoted-value',
    async prepare(stage) {
      const { accessKeyId, secretAccessKey } = await stage.user('alice')
      return {
        credentials: section('default', { accessKeyId: `"${accessKeyId}"`, secretAccessKey: `"${secretAccessKey}"` }),
      }
    },
  },
  {
    cause: 'inline-comment',
    why: 'A remark was written behind the key id; botocore takes it for a part of the value.',
    logged: 'inline-comment',
    async prepare(stage) {
      const pair = await stage.user('alice')
      return { credentials: section('default', { ...pair, accessKeyId: `${pair.accessKeyId} # key of my laptop` }) }
    },
  },
  {
    cause: 'session-expired',
    why: 'The session of this morning is over, and the three values still stand in the file.',
    logged: 'session-expired',
    async prepare(stage) {
      const session = await stage.session(await stage.user('alice'), 900)
      const later = 3600
      stage.authority.clock({ offset: later })
      return { credentials: section('default', session), clockOffset: later }
    },
  },
  {
    cause: 'stale-session-token',
    why: 'After an MFA session the long-term pair was put back, and the session’s token stayed behind.',
    logged: 'stale-session-token',
    async prepare(stage) {
      const pair = await stage.user('alice')
      const { sessionToken } = await stage.session(pair)
      return { credentials: section('default', { ...pair, sessionToken }) }
    },
  },
  {
    cause: 'session-token-missing',
    why: 'Only two of the three values of a session were copied: the form had only two fields.',
    logged: 'session-token-missing',
    async prepare(stage) {
      const { accessKeyId, secretAccessKey } = await stage.session(await stage.user('alice'))
      return { credentials: section('default', { accessKeyId, secretAccessKey }) }
    },
  },
  {
    cause: 'mixed-sessions',
    why: 'A new session was pasted over the old one, but for the token.',
    logged: 'mixed-sessions',
    async prepare(stage) {
      const pair = await stage.user('alice')
      const { sessionToken } = await stage.session(pair)
      return { credentials: section('default', { ...(await stage.session(pair)), sessionToken }) }
    },
  },
  {
    cause: 'session-token-cut',
    why: 'The token was cut on the way: a narrow terminal, a database column, setx.',
    logged: 'session-token-cut',
    async prepare(stage) {
      const session = await stage.session(await stage.user('alice'))
      const sessionToken = session.sessionToken.slice(0, Math.floor(session.sessionToken.length / 2))
      return { credentials: section('default', { ...session, sessionToken }) }
    },
  },
  {
    cause: 'legacy-security-token',
    why: 'A tool of long ago left AWS_SECURITY_TOKEN behind, and botocore reads it before AWS_SESSION_TOKEN.',
    logged: 'mixed-sessions',
    async prepare(stage) {
      const pair = await stage.user('alice')
      const { sessionToken } = await stage.session(pair)
      return { env: { ...variables(await stage.session(pair)), AWS_SECURITY_TOKEN: sessionToken } }
    },
  },
  {
    cause: 'environment-shadows-profile',
    why: 'AWS_PROFILE selects a good profile, but key variables of an old key are set, and they win.',
    logged: 'key-deleted',
    async prepare(stage) {
      const old = await stage.user('alice')
      const good = await stage.user('bob')
      await stage.ask('iam', 'DeleteAccessKey', { UserName: 'alice', AccessKeyId: old.accessKeyId })
      return { env: { ...variables(old), AWS_PROFILE: 'work' }, credentials: section('work', good) }
    },
  },
  {
    cause: 'profile-not-found',
    why: 'AWS_PROFILE names a profile that was never written, or that was renamed.',
    logged: null,
    async prepare(stage) {
      const pair = await stage.user('alice')
      return { env: { AWS_PROFILE: 'prodction' }, credentials: section('production', pair) }
    },
  },
  {
    cause: 'section-prefix',
    why: 'The config file wants [profile dev], the credentials file only [dev]; this one has it the other way round.',
    logged: null,
    async prepare(stage) {
      const pair = await stage.user('alice')
      return { env: { AWS_PROFILE: 'dev' }, credentials: section('profile dev', pair) }
    },
  },
  {
    cause: 'clock-skew',
    why: 'The computer slept, and its clock with it: it is twenty minutes behind.',
    logged: 'clock-skew',
    async prepare(stage) {
      return { credentials: section('default', await stage.user('alice')), clockOffset: -20 * 60 }
    },
  },
]
