import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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

describe('what an account has set for its regions', () => {
  it('is still so after a new start', async () => {
    const data = mkdtempSync(join(tmpdir(), 'countersign-regions-'))
    try {
      const first = await startAuthority({ data, port: 0, testControls: true })
      await callAccount(outside, first.url, first.root, 'enableRegion', { RegionName: 'ap-east-1' })
      expect(await first.stsEndpoint({ region: 'eu-west-3', active: false })).toBe(true)
      await first.stop()
      const again = await startAuthority({ data, port: 0, testControls: true })
      const ask = (action: string, region: string) =>
        callAws(outside, again.url, again.root, 'sts', action, {}, { region })
      expect((await ask('GetCallerIdentity', 'ap-east-1')).status).toBe(200)
      expect((await ask('GetCallerIdentity', 'af-south-1')).refusal?.code).toBe('InvalidClientTokenId')
      expect((await ask('GetSessionToken', 'eu-west-3')).refusal?.code).toBe('RegionDisabledException')
      await again.stop()
    } finally {
      rmSync(data, { recursive: true, force: true })
    }
  })
})

describe('EC2', () => {
  const describe = (parameters: Record<string, string>) =>
    callAws(outside, authority.url, authority.root, 'ec2', 'DescribeRegions', parameters)

  it('bears filters that are meant to keep it busy', async () => {
    const values = Array.from({ length: 200 }, (_, at) => [`Filter.1.Value.${at + 1}`, `${'*a'.repeat(120)}x`])
    const parameters = { AllRegions: 'true', 'Filter.1.Name': 'endpoint', ...Object.fromEntries(values) }
    const before = performance.now()
    expect((await describe(parameters)).body).toContain('<regionInfo></regionInfo>')
    expect(performance.now() - before).toBeLessThan(2_000)
  })

  it('answers in its own words to a call that it does not know, and to none at all', async () => {
    const ask = (action: string) => callAws(outside, authority.url, authority.root, 'ec2', action)
    expect((await ask('RunInstances')).refusal).toEqual({
      code: 'InvalidAction',
      message: 'The action RunInstances is not valid for this web service.',
    })
    expect((await ask('')).body).toContain('<Response><Errors><Error><Code>')
    expect((await describe({ 'Filter.1.Name': 'owner', 'Filter.1.Value.1': 'x' })).refusal?.code).toBe(
      'InvalidParameterValue',
    )
  })
})

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
