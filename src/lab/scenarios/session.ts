import { callAws } from '../caller.ts'
import type { Scenario } from '../scenario.ts'
import { labHome } from '../scene.ts'
import {
  everyPlace,
  everyProfile,
  everyShape,
  holdingOf,
  roleSession,
  section,
  standing,
  variables,
} from '../wallet.ts'

/** Sessions: over, without their token, with another one, cut, or made the wrong way. */
export const session: readonly Scenario[] = [
  {
    cause: 'session-expired',
    why: 'The session of this morning is over, and the three values still stand in the file.',
    logged: 'session-expired',
    shapes: ['temporary'],
    places: everyPlace,
    async prepare(stage, chosen) {
      const user = await stage.user(chosen.choose.user())
      const held =
        chosen.choose.number(2) === 0
          ? await stage.session(user, 900)
          : (await roleSession(stage, user, 'daily')).session
      const later = 2 * 3600
      stage.authority.clock({ offset: later })
      return standing(chosen, held, { clockOffset: later })
    },
  },
  {
    cause: 'stale-session-token',
    why: 'After an MFA session the long-term pair was put back, and the session’s token stayed behind.',
    logged: 'stale-session-token',
    shapes: ['long-term'],
    places: everyPlace,
    async prepare(stage, chosen) {
      const { user } = await holdingOf(stage, chosen)
      const { sessionToken } = await stage.session(user)
      return standing(chosen, { ...user, sessionToken })
    },
  },
  {
    cause: 'stale-session-token',
    name: 'start-up',
    why: 'The start-up file of the shell exports the long-term pair and, further down, the token of a session of long ago.',
    logged: 'stale-session-token',
    shapes: ['long-term'],
    places: ['environment'],
    async prepare(stage, chosen) {
      const { user } = await holdingOf(stage, chosen)
      const { sessionToken } = await stage.session(user)
      const lines = Object.entries(variables(user)).map(([name, value]) => `export ${name}='${value}'\n`)
      const bashrc = `# keys\n${lines.join('')}\nexport AWS_SESSION_TOKEN="${sessionToken}"  # MFA\nalias ll='ls -l'\n`
      return { env: variables({ ...user, sessionToken }), files: { [`${labHome}/.bashrc`]: bashrc } }
    },
  },
  {
    cause: 'session-token-missing',
    name: 'misnamed',
    why: 'All three values were copied, and the third one was given a name that no SDK reads.',
    logged: 'session-token-missing',
    shapes: ['temporary'],
    places: everyProfile,
    async prepare(stage, chosen) {
      const { holding } = await holdingOf(stage, chosen)
      const scene = standing(chosen, holding)
      const name = chosen.choose.one(['session_token', 'aws_token', 'aws_session'])
      return { ...scene, credentials: scene.credentials!.replace('aws_session_token', name) }
    },
  },
  {
    cause: 'session-token-missing',
    why: 'Only two of the three values of a session were copied: the form had only two fields.',
    logged: 'session-token-missing',
    shapes: ['temporary'],
    places: everyPlace,
    async prepare(stage, chosen) {
      const { holding } = await holdingOf(stage, chosen)
      const { accessKeyId, secretAccessKey } = holding
      return standing(chosen, { accessKeyId, secretAccessKey })
    },
  },
  {
    cause: 'mixed-sessions',
    why: 'A new session was pasted over the old one, but for the token.',
    logged: 'mixed-sessions',
    shapes: ['temporary'],
    places: everyPlace,
    async prepare(stage, chosen) {
      const { user } = await holdingOf(stage, chosen)
      const { sessionToken } = await stage.session(user)
      return standing(chosen, { ...(await stage.session(user)), sessionToken })
    },
  },
  {
    cause: 'session-parent-gone',
    why: 'The key with which the session was made has been rotated away, and the session went with it.',
    logged: 'session-parent-gone',
    shapes: ['temporary'],
    places: everyPlace,
    async prepare(stage, chosen) {
      const { user, holding } = await holdingOf(stage, chosen)
      const fresh = await stage.key(user.name)
      const key = { UserName: user.name, AccessKeyId: user.accessKeyId }
      if (chosen.choose.number(2) === 0) await stage.ask('iam', 'DeleteAccessKey', key)
      else await stage.ask('iam', 'UpdateAccessKey', { ...key, Status: 'Inactive' })
      // An hour later: the new key was written into the file, and the session of the old one is still in use.
      const later = 3600
      stage.authority.clock({ offset: later })
      const { credentials = '', ...scene } = standing(chosen, holding, { clockOffset: later })
      const bytes = credentials + section('rotated', fresh)
      const modifiedAt = new Date(stage.outside.now().getTime() + (later - 60) * 1000)
      return { ...scene, files: { [`${labHome}/.aws/credentials`]: { bytes, modifiedAt } } }
    },
  },
  {
    cause: 'session-token-cut',
    why: 'The token was cut on the way: a narrow terminal, a database column, setx.',
    logged: 'session-token-cut',
    shapes: ['temporary'],
    places: everyPlace,
    async prepare(stage, chosen) {
      const made = await stage.session(await stage.user(chosen.choose.user()))
      const { length } = made.sessionToken
      const kept = chosen.choose.one([Math.floor(length / 2), 255, length - 1, length - 40])
      return standing(chosen, { ...made, sessionToken: made.sessionToken.slice(0, kept) })
    },
  },
  {
    cause: 'session-token-cut',
    name: 'encoded',
    why: 'The token came out of a web address, and was stored as it stood there.',
    logged: 'session-token-cut',
    shapes: ['temporary'],
    places: everyProfile,
    async prepare(stage, chosen) {
      const made = await stage.session(await stage.user(chosen.choose.user()))
      return standing(chosen, { ...made, sessionToken: encodeURIComponent(made.sessionToken) })
    },
  },
  {
    cause: 'mixed-sessions',
    name: 'elsewhere',
    why: 'A tool has stored a session in a profile of its own, and two of its three values were copied over the old ones.',
    logged: 'mixed-sessions',
    shapes: ['temporary'],
    places: everyProfile,
    async prepare(stage, chosen) {
      const { user } = await holdingOf(stage, chosen)
      const { sessionToken } = await stage.session(user)
      const fresh = await stage.session(user)
      return standing(chosen, { ...fresh, sessionToken }, { credentials: section('of-the-tool', fresh) })
    },
  },
  {
    cause: 'session-expired',
    name: 'end',
    why: 'AWS_CREDENTIAL_EXPIRATION of an earlier session is still set, and the client refuses a key that has no end.',
    logged: null,
    shapes: ['long-term'],
    places: ['environment'],
    async prepare(stage, chosen) {
      const { user } = await holdingOf(stage, chosen)
      return { env: { ...variables(user), AWS_CREDENTIAL_EXPIRATION: '2020-01-01T00:00:00Z' } }
    },
  },
  {
    cause: 'session-token-empty',
    why: 'A program of one’s own sends the header of the token with nothing in it, for the variable was empty.',
    logged: 'session-token-empty',
    shapes: everyShape,
    places: ['environment'],
    async prepare(stage, chosen) {
      const { holding } = await holdingOf(stage, chosen)
      return standing(chosen, { ...holding, sessionToken: '' })
    },
    act: ({ machine, endpoint }) => {
      const [accessKeyId = '', secretAccessKey = '', sessionToken] = Object.keys(
        variables({ accessKeyId: '', secretAccessKey: '', sessionToken: '' }),
      ).map((name) => machine.env(name))
      const pair = { accessKeyId, secretAccessKey, sessionToken }
      return callAws(machine, endpoint.sts, pair, 'sts', 'GetCallerIdentity')
    },
  },
  {
    cause: 'legacy-security-token',
    why: 'A tool of long ago left AWS_SECURITY_TOKEN behind, and botocore reads it before AWS_SESSION_TOKEN.',
    logged: 'mixed-sessions',
    shapes: ['temporary'],
    places: ['environment'],
    async prepare(stage, { choose }) {
      const user = await stage.user(choose.user())
      const { sessionToken } = await stage.session(user)
      return { env: { ...variables(await stage.session(user)), AWS_SECURITY_TOKEN: sessionToken } }
    },
  },
  {
    cause: 'legacy-security-token',
    name: 'file',
    why: 'The credentials file has the token under its old name beside the new one, and botocore reads the old one.',
    logged: 'mixed-sessions',
    shapes: ['temporary'],
    places: everyProfile,
    async prepare(stage, chosen) {
      const user = await stage.user(chosen.choose.user())
      const { sessionToken } = await stage.session(user)
      const scene = standing(chosen, await stage.session(user))
      return { ...scene, credentials: `${scene.credentials}aws_security_token = ${sessionToken}\n` }
    },
  },
  {
    cause: 'session-without-mfa',
    why: 'A tool wraps every command in a session, but nobody typed a code: IAM does not serve such sessions.',
    logged: 'session-without-mfa',
    shapes: ['temporary'],
    places: everyPlace,
    async prepare(stage, chosen) {
      const { holding } = await holdingOf(stage, chosen, ['iam:*'])
      return standing(chosen, holding)
    },
    act: ({ call, chosen }) => call('iam', chosen.choose.one(['GetUser', 'ListUsers', 'ListAccessKeys'])),
  },
  {
    cause: 'session-from-session',
    why: 'The variables of a session are still exported, and the next session was asked for with them.',
    logged: 'session-from-session',
    shapes: ['temporary'],
    places: everyPlace,
    async prepare(stage, chosen) {
      const { user, holding } = await holdingOf(stage, chosen)
      const held =
        chosen.choose.number(2) === 0 ? holding : (await roleSession(stage, user, 'daily', ['sts:*'])).session
      return standing(chosen, held)
    },
    act: ({ call }) => call('sts', 'GetSessionToken'),
  },
]
