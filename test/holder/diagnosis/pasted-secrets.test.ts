import { expect, test } from 'vitest'
import { verdictTable } from '../../../src/cli/say/side-by-side.ts'
import { diagnose, explainError } from '../../../src/holder/diagnosis/index.ts'
import { verdictJson } from '../../../src/holder/diagnosis/json.ts'
import { home, machine, secretOf } from './stand-in.ts'

/*
 * why: people paste a secret where a name belongs; findings, tables and JSON then name the profile, the region, the claim.
 */
const secret = secretOf(4711)
const role = 'role_arn = arn:aws:iam::123456789012:role/r'

const claims = Buffer.from(JSON.stringify({ iss: 'https://x', sub: 'y', aud: secret, exp: 1 })).toString('base64url')
const token = `${Buffer.from('{"alg":"RS256"}').toString('base64url')}.${claims}.c2ln`

test.each([
  ['source_profile', { config: `[default]\n${role}\nsource_profile = ${secret}\n`, env: {} }],
  ['AWS_PROFILE', { config: '', env: { AWS_PROFILE: secret } }],
  ['the name of a profile', { config: `[profile ${secret}]\nregion = eu-west-1\n`, env: {} }],
  ['a region', { config: `[default]\nregion = ${secret}\n`, env: {} }],
])('a secret in the place of %s is told by nobody', async (_, { config, env }) => {
  const { machine: laid } = machine({ env, files: { [`${home}/.aws/config`]: config } })
  const verdict = await diagnose(laid, { offline: true })
  expect(verdict.causes.length).toBeGreaterThan(0)
  expect(JSON.stringify([verdict.causes, verdictJson(verdict)])).not.toContain(secret)
  const look = { columns: 80, colour: false, unicode: true }
  expect(verdictTable({ look, machine: laid }, 'profile', [{ name: secret, verdict }], false)).not.toContain(secret)
})

test('a secret in the place of an audience is told by nobody', async () => {
  const { machine: laid } = machine({
    env: { AWS_WEB_IDENTITY_TOKEN_FILE: '/token', AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/r' },
    files: { '/token': token },
  })
  const text =
    'An error occurred (InvalidIdentityToken) when calling the AssumeRoleWithWebIdentity operation: Incorrect token audience'
  const { causes } = await explainError(text, { machine: laid })
  expect(JSON.stringify(causes)).toContain('‹hidden›')
  expect(JSON.stringify(causes)).not.toContain(secret)
})
