import { describe, expect, it } from 'vitest'
import type { WebIdentity } from '../../../src/authority/authentication/index.ts'
import { ACCOUNT, type AuthorityAtHand, openAuthority } from './authority-at-hand.ts'

/*
 * Which claims of a token trust policies may ask for: the IAM User Guide, "Available keys for AWS OIDC federation", and AWS's
 * announcement of January 2026 for GitHub's own. Tokens are verified elsewhere (`server/web-identity.test.ts`).
 */
const github = 'token.actions.githubusercontent.com'

async function withToken(identity: Partial<WebIdentity> & Pick<WebIdentity, 'claims'>): Promise<AuthorityAtHand> {
  const at = await openAuthority()
  const { server = github, subject = 'repo:me/app:ref:refs/heads/main', audience = 'sts.amazonaws.com' } = identity
  const provider = identity.provider ?? `arn:aws:iam::${ACCOUNT}:oidc-provider/${server}`
  const claims = { sub: subject, aud: [audience], ...identity.claims }
  at.webIdentities = {
    verify: async () => ({ provider, server, subject, audience, claims }),
    thumbprint: async () => null,
  }
  return at
}

async function allows(
  at: AuthorityAtHand,
  Condition: object,
  Federated = `arn:aws:iam::${ACCOUNT}:oidc-provider/${github}`,
) {
  const Statement = [{ Effect: 'Allow', Principal: { Federated }, Action: 'sts:AssumeRoleWithWebIdentity', Condition }]
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
  if (at.state.directory.roleNamed('ci') === undefined)
    await at.ok('CreateRole', { RoleName: 'ci', AssumeRolePolicyDocument: PolicyDocument })
  else await at.ok('UpdateAssumeRolePolicy', { RoleName: 'ci', PolicyDocument })
  const request = {
    RoleArn: `arn:aws:iam::${ACCOUNT}:role/ci`,
    RoleSessionName: 'build',
    WebIdentityToken: 'verified elsewhere',
  }
  return 'ok' in (await at.call('AssumeRoleWithWebIdentity', request))
}

describe('a trust policy may ask', () => {
  it('GitHub’s tokens for the claims that AWS lists, and for no others', async () => {
    const claims = {
      repository: 'me/app',
      repository_id: '7',
      actor: 'me',
      environment: 'prod',
      runner_environment: 'x',
    }
    const at = await withToken({ claims })
    for (const claim of ['repository', 'repository_id', 'actor', 'environment'] as const) {
      expect(await allows(at, { StringEquals: { [`${github}:${claim}`]: claims[claim] } })).toBe(true)
      expect(await allows(at, { StringEquals: { [`${github}:${claim}`]: 'other' } })).toBe(false)
    }
    expect(await allows(at, { StringEquals: { [`${github}:runner_environment`]: 'x' } })).toBe(false)
  })

  it('other issuers for none of those', async () => {
    const at = await withToken({ server: 'ci.example', claims: { repository: 'me/app' } })
    const provider = `arn:aws:iam::${ACCOUNT}:oidc-provider/ci.example`
    expect(await allows(at, { StringEquals: { 'ci.example:repository': 'me/app' } }, provider)).toBe(false)
    expect(await allows(at, { StringLike: { 'ci.example:sub': 'repo:me/*' } }, provider)).toBe(true)
  })

  it('whatever the case of the key, but with that of the value', async () => {
    const at = await withToken({ claims: {} })
    expect(
      await allows(at, { StringEquals: { [`${github.toUpperCase()}:SUB`]: 'repo:me/app:ref:refs/heads/main' } }),
    ).toBe(true)
    expect(await allows(at, { StringEquals: { [`${github}:sub`]: 'repo:Me/app:ref:refs/heads/main' } })).toBe(false)
  })

  it('Google’s tokens by name, with azp as audience and aud as oaud', async () => {
    const at = await withToken({
      provider: 'accounts.google.com',
      server: 'accounts.google.com',
      audience: 'app',
      claims: { azp: 'app', aud: ['web'], email: 'me@example.com' },
    })
    const google = 'accounts.google.com'
    const asked = { [`${google}:aud`]: 'app', [`${google}:oaud`]: 'web', [`${google}:email`]: 'me@example.com' }
    expect(await allows(at, { StringEquals: asked }, google)).toBe(true)
    expect(await allows(at, { StringEquals: { [`${google}:aud`]: 'web' } }, google)).toBe(false)
  })

  it('for one of several audiences', async () => {
    const at = await withToken({ claims: { aud: ['sts.amazonaws.com', 'other'] } })
    expect(await allows(at, { 'ForAnyValue:StringEquals': { [`${github}:aud`]: 'other' } })).toBe(true)
    expect(await allows(at, { 'ForAllValues:StringEquals': { [`${github}:aud`]: 'other' } })).toBe(false)
  })
})
