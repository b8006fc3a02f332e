import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { compareLines } from '../../../src/authority/console/compared-request.ts'
import { streamDecisions } from '../../../src/authority/console/decision-stream.ts'
import type { Asked, Ground } from '../../../src/authority/console/ground.ts'
import type {
  DecisionAnswer,
  DecisionRow,
  DecisionsAnswer,
  LostEvent,
  TimelineAnswer,
} from '../../../src/authority/console/shapes.ts'
import type { Authority, Decision } from '../../../src/authority/index.ts'
import { decision } from '../../store.suite.ts'
import { type Ask, asker, makeSession, makeUser } from '../server/caller.ts'
import { giveDevice, makePerson, quickAuthority, type Visitor, visitor } from './visitor.ts'

let authority: Authority
let ask: Ask
let ada: Visitor
beforeAll(async () => {
  authority = await quickAuthority()
})
beforeEach(async () => {
  await authority.reset()
  ask = asker(authority)
  await makePerson(authority, 'ada', ['*'])
  ada = visitor(authority)
  expect((await ada.signIn()).body.step).toBe('signed-in')
})
afterAll(() => authority.stop())

const whoAmI = { Action: 'GetCallerIdentity' }

async function list(query: Record<string, string> = {}): Promise<DecisionsAnswer> {
  const { status, body } = await ada.api(`decisions?${new URLSearchParams(query)}`)
  expect(status).toBe(200)
  return body
}

async function one(requestId: string): Promise<DecisionAnswer> {
  const { status, body } = await ada.api(`decision?requestId=${requestId}`)
  expect(status).toBe(200)
  return body
}

describe('the list of decisions', () => {
  test('has the newest first and is filtered by whatever stands in them', async () => {
    const dev = await makeUser(ask, 'dev')
    const [asked, denied] = [
      await ask(whoAmI, { credentials: dev }),
      await ask({ Action: 'ListUsers' }, { credentials: dev }),
    ]
    const wrong = await ask(whoAmI, {
      credentials: { ...dev, secretAccessKey: 'wrong' },
      headers: [['User-Agent', 'Boto3/1.43 <script>']],
    })
    const ids = async (query: Record<string, string>) => (await list(query)).decisions.map(({ requestId }) => requestId)
    expect((await ids({})).slice(0, 3)).toEqual([wrong, denied, asked].map(({ requestId }) => requestId))
    expect(await ids({ accessKeyId: dev.accessKeyId, outcome: 'refused' })).toEqual([wrong.requestId, denied.requestId])
    expect(await ids({ principal: `arn:aws:iam::${authority.account}:user/dev` })).toEqual([
      denied.requestId,
      asked.requestId,
    ])
    expect(await ids({ code: 'AccessDenied' })).toEqual([denied.requestId])
    expect(await ids({ cause: 'secret-wrong' })).toEqual([wrong.requestId])
    expect(await ids({ operation: 'ListUsers' })).toEqual([denied.requestId])
    expect(await ids({ text: 'boto3/1.43' })).toEqual([wrong.requestId])
    expect(await ids({ text: denied.requestId.toUpperCase() })).toEqual([denied.requestId])
    expect(await ids({ code: 'AccessDenied', until: '2001-01-01' })).toEqual([])
    expect(await ids({ since: '2999-01-01T00:00:00Z' })).toEqual([])
  })

  test('comes in pages', async () => {
    const dev = await makeUser(ask, 'dev')
    for (let n = 0; n < 5; n += 1) await ask(whoAmI, { credentials: dev })
    const seen: string[] = []
    let pages = 0
    for (let before: string | null = ''; before !== null; pages += 1) {
      const query: Record<string, string> = { accessKeyId: dev.accessKeyId, limit: '2' }
      const page: DecisionsAnswer = await list(before === '' ? query : { ...query, before })
      expect(page.more).toBe(page.next !== null)
      seen.push(...page.decisions.map(({ requestId }) => requestId))
      before = page.next
    }
    expect(new Set(seen).size).toBe(5)
    expect(seen).toHaveLength(5)
    expect(pages).toBe(3)
  })

  test.each([
    ['cause=nonsense', 'cause'],
    ['outcome=maybe', 'outcome'],
    ['since=yesterday', 'since'],
    ['limit=201', 'limit'],
    ['before=request-1', 'before'],
    [`text=${'x'.repeat(257)}`, 'text'],
  ])('refuses %.20s and says why', async (query, named) => {
    const { status, body } = await ada.api(`decisions?${query}`)
    expect(status).toBe(400)
    expect(body.message).toContain(named)
  })

  test('is for those who may list decisions, and one of them for those who may get it', async () => {
    await makePerson(authority, 'ben', ['iam:*', 'countersign:ListDecisions'])
    const ben = visitor(authority)
    await ben.signIn({ userName: 'ben' })
    expect((await ben.api('decisions')).status).toBe(200)
    expect((await ben.api('decision?requestId=x')).status).toBe(403)
    expect((await ada.api('decision?requestId=x')).status).toBe(404)
    expect((await visitor(authority).api('decisions')).status).toBe(401)
  })
})

describe('one decision', () => {
  test('shows the request that was computed beside the one that was signed', async () => {
    const dev = await makeUser(ask, 'dev')
    const answer = await ask(whoAmI, {
      credentials: dev,
      alter: (request) => ({
        ...request,
        headers: request.headers.map(([name, value]) => [
          name,
          name === 'Content-Type' ? 'application/x-www-form-urlencoded' : value,
        ]),
      }),
    })
    const { decision: row, request, walk, facts } = await one(answer.requestId)
    expect(row).toMatchObject({ outcome: 'refused', code: 'SignatureDoesNotMatch', cause: 'request-altered' })
    expect(request?.says).toMatch(/Content-Type/)
    expect(request?.difference.filter(({ kind }) => kind !== 'same')).toEqual([
      {
        kind: 'changed',
        computed: 'content-type:application/x-www-form-urlencoded',
        implied: 'content-type:application/x-www-form-urlencoded; charset=utf-8',
      },
    ])
    expect(walk.filter(({ result }) => result === 'failed')).toEqual([{ check: 'signature', result: 'failed' }])
    expect(walk.slice(-2).map(({ result }) => result)).toEqual(['not-reached', 'not-reached'])
    expect(facts.key).toMatchObject({ accessKeyId: dev.accessKeyId, status: 'Active', userName: 'dev', isRoot: false })
    const [inList] = (await list({ outcome: 'refused', operation: 'GetCallerIdentity' })).decisions
    expect(inList).toEqual(row)
    expect(inList).not.toHaveProperty('mismatch')
    for (const at of [row.at, '2001-01-01T00:00:00Z', 'nonsense']) {
      const { body } = await ada.api(`decision?requestId=${row.requestId}&at=${at}`)
      expect(body.decision).toEqual(row)
    }
  })

  test('of an inactive key names the key and its user', async () => {
    const dev = await makeUser(ask, 'dev')
    await ask({ Action: 'UpdateAccessKey', UserName: 'dev', AccessKeyId: dev.accessKeyId, Status: 'Inactive' })
    const { facts, request } = await one((await ask(whoAmI, { credentials: dev })).requestId)
    expect(facts).toMatchObject({
      cause: 'key-inactive',
      key: { accessKeyId: dev.accessKeyId, status: 'Inactive', userName: 'dev' },
      user: { name: 'dev', arn: `arn:aws:iam::${authority.account}:user/dev`, mfaDevices: [] },
    })
    expect(request).toBeNull()
    await ask({ Action: 'DeleteAccessKey', UserName: 'dev', AccessKeyId: dev.accessKeyId })
    const gone = await one((await ask(whoAmI, { credentials: dev })).requestId)
    expect(gone.facts.key).toMatchObject({ status: 'deleted', userName: 'dev' })
  })

  test('of a permission that is missing names action and resource, and of MFA the device', async () => {
    const dev = await makeUser(ask, 'dev')
    await giveDevice(authority, 'dev')
    const Condition = { Bool: { 'aws:MultiFactorAuthPresent': 'true' } }
    const document = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*', Condition }],
    }
    await ask({ Action: 'PutUserPolicy', UserName: 'dev', PolicyName: 'm', PolicyDocument: JSON.stringify(document) })
    const trust = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: authority.account } }],
    }
    await ask({ Action: 'CreateRole', RoleName: 'Ops', AssumeRolePolicyDocument: JSON.stringify(trust) })
    const RoleArn = `arn:aws:iam::${authority.account}:role/Ops`
    const assume = { Action: 'AssumeRole', RoleArn, RoleSessionName: 'dev' }
    const { facts } = await one((await ask(assume, { credentials: dev })).requestId)
    const user = `arn:aws:iam::${authority.account}:user/dev`
    expect(facts).toMatchObject({
      cause: 'mfa-required',
      permission: { principal: user, action: 'sts:AssumeRole', resource: RoleArn },
      user: { mfaDevices: [`arn:aws:iam::${authority.account}:mfa/dev`] },
      role: { name: 'Ops', arn: RoleArn, maxSessionDuration: 3600 },
    })
    const denied = await one((await ask({ Action: 'GetUser', UserName: 'ada' }, { credentials: dev })).requestId)
    expect(denied.facts.permission).toMatchObject({
      action: 'iam:GetUser',
      resource: `arn:aws:iam::${authority.account}:user/ada`,
    })
    expect(denied.walk.at(-1)).toEqual({ check: 'not-authorized', result: 'failed' })
    const session = await makeSession(ask, dev)
    const temporary = await one((await ask({ Action: 'ListUsers' }, { credentials: session })).requestId)
    expect(temporary.facts.key).toMatchObject({ status: 'temporary', userName: null })
  })

  test('of a root’s key says so', async () => {
    const { facts, walk } = await one((await ask({ Action: 'ListUsers' })).requestId)
    expect(facts).toMatchObject({ key: { isRoot: true, userName: null }, user: { name: 'root' } })
    expect(walk.every(({ result }) => result === 'passed')).toBe(true)
  })
})

describe('the timeline', () => {
  test('counts accepted and refused requests of each minute by cause', async () => {
    const dev = await makeUser(ask, 'dev')
    await ask(whoAmI, { credentials: dev })
    await ask(whoAmI, { credentials: { ...dev, secretAccessKey: 'wrong' } })
    await ask({ Action: 'ListUsers' }, { credentials: dev })
    const query = `minutes=5&accessKeyId=${dev.accessKeyId}`
    const answer: TimelineAnswer = (await ada.api(`decisions/timeline?${query}`)).body
    expect(answer.complete).toBe(true)
    expect(answer.minutes).toHaveLength(5)
    const starts = answer.minutes.map(({ at }) => Date.parse(at))
    expect(starts.slice(1).map((start, index) => start - starts[index]!)).toEqual(Array(4).fill(60_000))
    const accepted = answer.minutes.reduce((sum, minute) => sum + minute.accepted, 0)
    const causes = answer.minutes.flatMap(({ refused }) => Object.entries(refused))
    expect(accepted).toBe(1)
    expect(causes.toSorted()).toEqual([
      ['permission-missing', 1],
      ['secret-wrong', 1],
    ])
    const refused: TimelineAnswer = (await ada.api(`decisions/timeline?${query}&outcome=refused&cause=secret-wrong`))
      .body
    expect(refused.minutes.flatMap((minute) => Object.values(minute.refused))).toEqual([1])
    expect(refused.minutes.every((minute) => minute.accepted === 0)).toBe(true)
    expect((await ada.api('decisions/timeline?minutes=1441')).status).toBe(400)
  })
})

/** What comes out of a stream, event by event. */
function eventsIn(
  text: string,
): readonly { readonly event: string; readonly id: string | null; readonly data: unknown }[] {
  return text
    .split('\n\n')
    .filter((block) => /^event: /m.test(block))
    .map((block) => ({
      event: /^event: (.*)$/m.exec(block)![1]!,
      id: /^id: (.*)$/m.exec(block)?.[1] ?? null,
      data: JSON.parse(/^data: (.*)$/m.exec(block)![1]!) as unknown,
    }))
}

describe('the live list', () => {
  test('sends over HTTP what matches, as it happens, and goes on after the last that was seen', async () => {
    const dev = await makeUser(ask, 'dev')
    const open = async (headers: Record<string, string> = {}) => {
      const leaving = new AbortController()
      onTestFinished(() => leaving.abort())
      const response = await fetch(`${authority.url}/console/api/decisions/stream?outcome=refused`, {
        headers: { Cookie: ada.cookie(), ...headers },
        signal: leaving.signal,
      })
      expect(response.headers.get('content-type')).toBe('text/event-stream')
      const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
      let text = ''
      return async (count: number) => {
        while (eventsIn(text).length < count) text += (await reader.read()).value ?? ''
        return eventsIn(text)
      }
    }
    const live = await open()
    await ask(whoAmI, { credentials: dev })
    const first = await ask({ Action: 'ListUsers' }, { credentials: dev })
    const [seen] = await live(1)
    expect([seen!.event, seen!.id]).toEqual(['decision', first.requestId])
    expect((seen!.data as DecisionRow).code).toBe('AccessDenied')
    const second = await ask({ Action: 'ListRoles' }, { credentials: dev })
    const third = await ask({ Action: 'ListGroups' }, { credentials: dev })
    const again = await open({ 'Last-Event-ID': first.requestId })
    expect((await again(2)).map(({ id }) => id)).toEqual([second.requestId, third.requestId])
    const lost = await open({ 'Last-Event-ID': 'nobody-knows' })
    expect(await lost(1)).toEqual([{ event: 'lost', id: null, data: { count: null } }])
  })

  function following(options: { readonly may?: () => boolean } = {}) {
    let now = Date.parse('2026-11-28T12:00:00Z')
    let listener: (one: Decision) => void = () => {}
    let keepsUp = true
    let ended = false
    let text = ''
    const policies = { all: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}' }
    const directory = {
      account: { id: '123456789012', partition: 'aws' },
      user: () => ({
        kind: 'user',
        name: 'ada',
        tags: [],
        attachedPolicies: [],
        boundary: null,
        inlinePolicies: (options.may?.() ?? true) ? policies : {},
      }),
      role: () => undefined,
      group: () => undefined,
      policy: () => undefined,
    }
    const ground = {
      now: () => now,
      region: 'us-east-1',
      directory: () => directory,
      decisions: {
        follow(follower: (one: Decision) => void) {
          listener = follower
          return () => {
            listener = () => {}
          }
        },
      },
    } as unknown as Ground
    const principal = {
      type: 'user',
      account: '123456789012',
      arn: 'arn:aws:iam::123456789012:user/ada',
      userId: 'AIDA',
      userName: 'ada',
      accessKeyId: 'ASIA',
      session: null,
    } as const
    const asked = { ground, principal, call: { head: { headers: [] }, sourceIp: '::1' } } as unknown as Asked
    const stop = streamDecisions(
      asked,
      {},
      {
        write(part) {
          text += part
          return keepsUp
        },
        end: () => {
          ended = true
        },
      },
    )
    return {
      stop,
      take: (one: Decision) => listener(one),
      later: () => {
        now += 1_000
      },
      fallBehind: (isBehind: boolean) => {
        keepsUp = !isBehind
      },
      text: () => text,
      ended: () => ended,
    }
  }
  const counts = (text: string) => {
    const events = eventsIn(text)
    const lost = events.filter(({ event }) => event === 'lost').map(({ data }) => (data as LostEvent).count)
    return { sent: events.length - lost.length, lost }
  }

  test('sends no more in a second than a person can follow, and says how many it left out', () => {
    const { take, later, text } = following()
    for (let n = 0; n < 1_000; n += 1) take(decision(`r${n}`, {}))
    expect(counts(text())).toEqual({ sent: 100, lost: [1] })
    later()
    take(decision('next', {}))
    expect(counts(text())).toEqual({ sent: 101, lost: [1, 899] })
  })

  test('keeps little for a side that does not read, and goes on when it does', () => {
    const { take, later, text, fallBehind } = following()
    fallBehind(true)
    for (let second = 0; second < 50; second += 1) {
      for (let n = 0; n < 90; n += 1) take(decision(`r${second}-${n}`, { userAgent: 'x'.repeat(200) }))
      later()
    }
    expect(text().length).toBeLessThan(300_000)
    fallBehind(false)
    const before = counts(text())
    take(decision('back', {}))
    expect(counts(text()).lost.reduce((a, b) => a! + b!, 0)).toBe(50 * 90 - before.sent)
    expect(text()).toContain('id: back\n')
  })

  test('ends when it is stopped', () => {
    const other = following()
    other.stop()
    other.take(decision('r4', {}))
    expect(other.text()).toBe('')
  })

  test('cannot be broken by what a request says of itself', () => {
    const { take, text } = following()
    take(decision('r1', { userAgent: 'a\n\nevent: lost\ndata: {"count":9}\n\n', operation: '\r\n' }))
    expect(counts(text())).toEqual({ sent: 1, lost: [] })
  })
})

describe('two canonical requests side by side', () => {
  const told = (a: string, b: string) =>
    compareLines(a === '' ? [] : a.split(' '), b === '' ? [] : b.split(' ')).map(({ kind, computed, implied }) =>
      [kind, computed ?? '', implied ?? ''].join(' '),
    )
  test.each([
    ['a b c', 'a b c', ['same a a', 'same b b', 'same c c']],
    ['a b c', 'a x c', ['same a a', 'changed b x', 'same c c']],
    ['a b c', 'a c', ['same a a', 'only-computed b ', 'same c c']],
    ['a c', 'a b c', ['same a a', 'only-implied  b', 'same c c']],
    ['a b', 'x y z', ['changed a x', 'changed b y', 'only-implied  z']],
    ['', '', []],
  ])('%j and %j differ as a person would say', (a, b, lines) => {
    expect(told(a, b)).toEqual(lines)
  })
})
