import type { Decision } from '../model/store.ts'
import { headerOf } from '../sign-in/ground.ts'
import type { StreamSink } from '../wire/index.ts'
import { type Filters, matcherOf } from './decision-query.ts'
import { rowOf } from './decision-rows.ts'
import type { Asked } from './ground.ts'
import type { LostEvent } from './shapes.ts'

/** More than these in a second nobody reads, and each costs the requests that it tells of. */
const mostPerSecond = 100
/** What is kept in memory for a side that does not keep up, in characters. */
const mostBehind = 262_144
/** How far back a broken stream is taken up again. */
const mostMissed = 500

/**
 * Writes the decisions that match as server-sent events (WHATWG HTML, "Server-sent events"), as they are taken; after a
 * `Last-Event-ID` those that were missed come first. What cannot be sent is counted, and told as `event: lost`.
 */
export function streamDecisions(
  asked: Omit<Asked, 'body' | 'parameters'>,
  filters: Filters,
  sink: StreamSink,
): () => void {
  const { ground, call } = asked
  const matches = matcherOf(filters)
  const outlet = createOutlet(sink, () => Math.floor(ground.now() / 1000))
  let stopped = false
  /** What comes while the missed ones are looked for. */
  let held: Decision[] | null = null

  const stopFollowing = ground.decisions.follow((decision) => {
    if (stopped || !matches(decision)) return
    if (held === null) outlet.send(decision)
    else if (held.length < mostMissed) held.push(decision)
    else outlet.lose(1)
  })

  function stop(): void {
    stopped = true
    stopFollowing()
  }

  const last = headerOf(call, 'last-event-id')
  if (last !== null && last !== '') {
    held = []
    void takeUp(asked, filters, last).then(
      (missed) => {
        if (stopped) return
        if (missed === null) outlet.lose(null)
        const sent = new Set(missed?.map(({ requestId }) => requestId))
        for (const decision of missed ?? []) outlet.send(decision)
        for (const decision of held ?? []) if (!sent.has(decision.requestId)) outlet.send(decision)
        held = null
      },
      () => {
        // The store does not answer; what is missing can be looked up when it does.
        outlet.lose(null)
        held = null
      },
    )
  }
  return stop
}

/** What was taken since the request of that id, oldest first; null when that is too far back. */
async function takeUp(
  { ground }: Pick<Asked, 'ground'>,
  filters: Filters,
  last: string,
): Promise<readonly Decision[] | null> {
  const { decisions } = await ground.decisions.page({ ...filters, limit: mostMissed })
  const place = decisions.findIndex(({ requestId }) => requestId === last)
  return place < 0 ? null : decisions.slice(0, place).reverse()
}

interface Outlet {
  send(decision: Decision): void
  /** So many will never be sent; null: nobody knows how many. */
  lose(count: number | null): void
}

function createOutlet(sink: StreamSink, secondNow: () => number): Outlet {
  let second = Number.NaN
  let sent = 0
  let behind = 0
  let lost: LostEvent = { count: 0 }
  let toldAt = Number.NaN

  function write(text: string): void {
    behind = sink.write(text) ? 0 : behind + text.length
  }

  function tellLost(): void {
    if (lost.count === 0) return
    const text = `event: lost\ndata: ${JSON.stringify(lost)}\n\n`
    lost = { count: 0 }
    write(text)
  }

  return {
    send(decision) {
      const now = secondNow()
      if (now !== second) {
        second = now
        sent = 0
        // It is also how a side that was behind is found to have caught up.
        tellLost()
      }
      if (sent >= mostPerSecond || behind > mostBehind) return this.lose(1)
      sent += 1
      const row = rowOf(decision)
      write(`id: ${row.requestId}\nevent: decision\ndata: ${JSON.stringify(row)}\n\n`)
    },
    lose(count) {
      lost = { count: count === null || lost.count === null ? null : lost.count + count }
      // The first of a second at once, for nobody knows when the next decision comes; the others with that one.
      if (count !== null && toldAt === second) return
      toldAt = second
      tellLost()
    },
  }
}
