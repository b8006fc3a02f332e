import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readSessionToken } from '../../../src/anatomy/session-token.ts'
import { type Authority, startAuthority } from '../../../src/authority/index.ts'
import { realMachine } from '../../../src/holder/machine/real.ts'
import { callAccount, callAws } from '../../../src/lab/caller.ts'
import { machineOf } from '../../../src/lab/scene.ts'
import { sessionIn } from '../../../src/lab/stage.ts'

/** AWS's own host names lead to the authority: the global endpoint is known by its name alone. */
let authority: Authority
beforeAll(async () => {
  authority = await startAuthority({ data: ':memory:', port: 0, testControls: true })
})
beforeEach(() => authority.reset())
afterAll(() => authority.stop())

const outside = realMachine({ direct: true })
const at = (host: string, action: string, options: { credentials?: typeof authority.root; region?: string } = {}) =>
  callAws(
    machineOf(outside, authority.url, {}),
    `https://${host}`,
    options.credentials ?? authority.root,
    host.startsWith('iam') ? 'iam' : 'sts',
    action,
    action === 'SetSecurityTokenServicePreferences' ? { GlobalEndpointTokenVersion: 'v2Token' } : {},
    { region: options.region },
  )
const enable = (RegionName: string) =>
  callAccount(outside, authority.url, authority.root, 'enableRegion', { RegionName })

describe('session tokens', () => {
  it('of the global endpoint are of version 1 and end at the border of an opt-in region', async () => {
    await enable('ap-east-1')
    const session = sessionIn(await at('sts.amazonaws.com', 'GetSessionToken'))
    const { form, version, region, account } = readSessionToken(session.sessionToken)
    expect({ form, version, region, account }).toEqual({ form: 'well-formed', version: 1, region: null, account: null })
    const here = await at('sts.eu-west-1.amazonaws.com', 'GetCallerIdentity', {
      credentials: session,
      region: 'eu-west-1',
    })
    expect(here.text('Account')).toBe(authority.account)
    const there = { credentials: session, region: 'ap-east-1' }
    expect((await at('sts.ap-east-1.amazonaws.com', 'GetCallerIdentity', there)).refusal?.code).toBe(
      'InvalidClientTokenId',
    )
    const [decision] = await authority.decisions({ limit: 1, outcome: 'refused' })
    expect(decision?.cause).toBe('v1-token-in-opt-in-region')
  })

  it('of a regional endpoint are of version 2 and work in every region that is on', async () => {
    await enable('ap-east-1')
    const session = sessionIn(await at('sts.eu-west-1.amazonaws.com', 'GetSessionToken', { region: 'eu-west-1' }))
    expect(readSessionToken(session.sessionToken)).toMatchObject({ version: 2, region: 'eu-west-1' })
    const there = { credentials: session, region: 'ap-east-1' }
    expect((await at('sts.ap-east-1.amazonaws.com', 'GetCallerIdentity', there)).status).toBe(200)
  })

  it('of the global endpoint are of version 2 once the account prefers that, and its summary says so', async () => {
    expect((await at('iam.amazonaws.com', 'GetAccountSummary')).body).toMatch(
      /GlobalEndpointTokenVersion<\/key><value>1</,
    )
    expect((await at('iam.amazonaws.com', 'SetSecurityTokenServicePreferences')).status).toBe(200)
    expect((await at('iam.amazonaws.com', 'GetAccountSummary')).body).toMatch(
      /GlobalEndpointTokenVersion<\/key><value>2</,
    )
    const session = sessionIn(await at('sts.amazonaws.com', 'GetSessionToken'))
    expect(readSessionToken(session.sessionToken).version).toBe(2)
  })

  it('of version 1 cannot be altered either', async () => {
    const session = sessionIn(await at('sts.amazonaws.com', 'GetSessionToken'))
    for (const place of [3, 20, 60, session.sessionToken.length - 3]) {
      const letter = session.sessionToken[place] === 'A' ? 'B' : 'A'
      const sessionToken = session.sessionToken.slice(0, place) + letter + session.sessionToken.slice(place + 1)
      const answer = await at('sts.us-east-1.amazonaws.com', 'GetCallerIdentity', {
        credentials: { ...session, sessionToken } as typeof authority.root,
      })
      expect(answer.refusal?.code).toBe('InvalidClientTokenId')
    }
  })
})
