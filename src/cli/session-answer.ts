import { Secret } from '../anatomy/secret.ts'
import type { Answered } from '../holder/calls/calls.ts'
import { type Failed, failed } from '../holder/resolution/resolution.ts'
import type { Credential } from '../holder/sources/credential.ts'

/** The session that STS has answered with, made from a credential. */
export function credentialOfAnswer(credential: Credential, answer: Answered, operation: string): Credential | Failed {
  const [id, secret, token] = ['AccessKeyId', 'SecretAccessKey', 'SessionToken'].map((name) => answer.text(name))
  const end = new Date(answer.text('Expiration') ?? '')
  if (!id || !secret || !token || Number.isNaN(end.getTime())) {
    const because = `what answered ${operation} is not STS: its answer lacks a part`
    return failed('unexpected-answer', `UnexpectedAnswer: ${because}`, because)
  }
  const at = { probe: `sts:${operation}` }
  return {
    ...credential,
    accessKeyId: { value: id, at },
    secretAccessKey: { value: new Secret(secret), at },
    sessionToken: { value: new Secret(token), at },
    expiration: { value: end, at },
  }
}
