import type { ProbeName, ProbeNotice } from './question.ts'

interface Fact {
  /** What its answer tells, as the rest of "tells …". */
  readonly tells: string
  /** What of the credentials goes with it. */
  readonly carries: string
}

const signed = 'the key id, a signature, and the session token where there is one; never the secret'
const withoutToken = 'the key id and a signature; never the secret'
const ofOther = 'the key id of that other pair and its signature; never a secret'
const aboutKey = 'the refused key id, and the key id and a signature of the other profile; never a secret'

/** Each probe in words, for whoever wants to know before it runs (`causes.md` §2.15). */
const facts: Readonly<Record<ProbeName, Fact>> = {
  'sts-as-it-is': { tells: 'who these credentials are, or at which step AWS refuses them', carries: signed },
  'sts-without-token': { tells: 'whether the session token is all that is wrong', carries: withoutToken },
  'sts-with-other-token': { tells: 'whether the token under the new name is the right one', carries: signed },
  'sts-with-cleaned-values': { tells: 'whether blanks, quotes or the like are all that is wrong', carries: signed },
  'sts-with-swapped-values': { tells: 'whether id and secret are exchanged, and that is all', carries: signed },
  'sts-at-server-time': { tells: 'whether the clock is all that is wrong', carries: signed },
  'sts-in-default-region': {
    tells: 'whether the same credentials work in a region that every account has',
    carries: signed,
  },
  'sts-in-other-partition': { tells: 'whether the key is one of another partition of AWS', carries: signed },
  'sts-at-aws': { tells: 'whether the key is one of AWS, and only the endpoint is wrong', carries: signed },
  'sts-with-wrong-signature': {
    tells: 'whether AWS knows the key id at all: the signature is wrong on purpose',
    carries: 'the key id and a signature that is nobody’s',
  },
  'sts-with-shadowed-profile': { tells: 'whether the hidden profile would work', carries: ofOther },
  'sts-with-similar-id': { tells: 'whether the key id was mistyped', carries: withoutToken },
  'sts-as-neighbour': { tells: 'who the other profile is', carries: ofOther },
  clock: { tells: 'how far this clock is off', carries: 'nothing' },
  'sts-access-key-info': { tells: 'which account a key id belongs to', carries: aboutKey },
  'iam-access-key-last-used': { tells: 'whose key it is', carries: aboutKey },
  'iam-list-access-keys': { tells: 'whether the key is there, and switched on', carries: ofOther },
  'iam-list-users': { tells: 'whose keys to look through for a similar one', carries: ofOther },
  'iam-list-mfa-devices': { tells: 'which MFA devices you have', carries: signed },
  'iam-account-summary': {
    tells: 'whether IAM takes the credentials, and which tokens STS gives out',
    carries: signed,
  },
  'ec2-describe-regions': { tells: 'whether the account has switched on the region', carries: signed },
  'account-region-status': { tells: 'whether the account has switched on the region', carries: signed },
  'sts-decode-message': { tells: 'what the encoded message of a refusal says', carries: `that message, ${signed}` },
  'instance-metadata': { tells: 'whether the instance has a role, and its answers arrive', carries: 'nothing' },
}

/** One line about a probe: its name, what it tells, where it goes and what it carries. */
export function describeProbe({ name, endpoint }: ProbeNotice): string {
  const { tells, carries } = facts[name]
  return `probe ${name} tells ${tells}; it goes to ${endpoint} and carries ${carries}`
}
