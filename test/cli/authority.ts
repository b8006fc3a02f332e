import { afterAll, beforeAll } from 'vitest'
import { type Authority, startAuthority } from '../../src/authority/index.ts'
import { realMachine } from '../../src/holder/machine/real.ts'
import { mustCall } from '../../src/lab/caller.ts'
import type { KeyPair, Session } from '../../src/lab/stage.ts'
import { noteSecret } from '../setup.ts'

export interface Issuer {
  readonly authority: Authority
  readonly alice: KeyPair
  /** A session that alice's key has made. */
  readonly session: Session
}

/** An authority for a whole file of tests, with one user, her key and a session of it. */
export function issuer(): Issuer {
  let made: Issuer | undefined
  beforeAll(async () => {
    const authority = await startAuthority({ data: ':memory:', port: 0, accountId: '123456789012', testControls: true })
    const ask = (who: KeyPair, service: 'sts' | 'iam', action: string, parameters = {}) =>
      mustCall(realMachine({}), authority.url, who, service, action, parameters)
    await ask(authority.root, 'iam', 'CreateUser', { UserName: 'alice' })
    const pair = pairIn(await ask(authority.root, 'iam', 'CreateAccessKey', { UserName: 'alice' }))
    const opened = await ask(pair, 'sts', 'GetSessionToken')
    made = { authority, alice: pair, session: { ...pairIn(opened), sessionToken: opened.text('SessionToken') } }
    for (const value of [authority.root.secretAccessKey, pair.secretAccessKey, made.session.secretAccessKey])
      noteSecret('secret key', value)
    noteSecret('session token', made.session.sessionToken)
  })
  afterAll(async () => await made?.authority.stop())
  return {
    get authority() {
      return made!.authority
    },
    get alice() {
      return made!.alice
    },
    get session() {
      return made!.session
    },
  }
}

function pairIn(answer: Awaited<ReturnType<typeof mustCall>>): KeyPair {
  return { accessKeyId: answer.text('AccessKeyId'), secretAccessKey: answer.text('SecretAccessKey') }
}

/** The credentials file with one profile. */
export function credentialsFile(pair: KeyPair | Session, profile = 'default'): Record<string, string> {
  const token = 'sessionToken' in pair ? `aws_session_token = ${pair.sessionToken}\n` : ''
  return {
    '.aws/credentials': `[${profile}]\naws_access_key_id = ${pair.accessKeyId}\naws_secret_access_key = ${pair.secretAccessKey}\n${token}`,
  }
}

/** First and last four characters, as key ids are shown. */
export function short(accessKeyId: string): string {
  return `${accessKeyId.slice(0, 4)}…${accessKeyId.slice(-4)}`
}
