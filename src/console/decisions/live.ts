import { useCallback, useEffect, useReducer, useRef } from 'react'
import type { DecisionFilters, DecisionRow, DecisionsAnswer, LostEvent } from '../../authority/console/shapes.ts'
import { get, streamUrl } from '../api/call.ts'

/** More rows than this make the page slow; who looks for older ones narrows the filter. */
const mostShown = 200
/** Waiting ones beyond this are only counted. */
const mostWaiting = 200
/** What comes within this time is shown at once: a row at a time would keep the browser busy. Milliseconds. */
const gathering = 250
/** Of its time the browser spends no more than one part in so many on showing what came. */
const share = 4

export interface LiveDecisions {
  readonly rows: readonly DecisionRow[]
  readonly loading: boolean
  readonly error: unknown
  /** `stopped`: the authority has ended it, and does not take it up again. */
  readonly stream: 'connecting' | 'live' | 'stopped'
  readonly paused: boolean
  /** How many have come since the pause. */
  readonly waiting: number
  /** What came faster than it could be sent; null when nobody knows how many. */
  readonly lost: { readonly count: number | null } | null
  /** For older ones; null when there are none. */
  readonly next: string | null
  readonly searchedTo: string | null
  /** Older ones were let go of, for there were too many. */
  readonly cut: boolean
}

type Event =
  | { readonly kind: 'began' }
  | { readonly kind: 'first'; readonly page: DecisionsAnswer; readonly isFirst: boolean }
  | { readonly kind: 'older'; readonly page: DecisionsAnswer }
  | { readonly kind: 'came'; readonly rows: readonly DecisionRow[] }
  | { readonly kind: 'lost'; readonly count: number | null }
  | { readonly kind: 'stream'; readonly stream: LiveDecisions['stream'] }
  | { readonly kind: 'pause'; readonly paused: boolean }
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly error: unknown }

interface State extends LiveDecisions {
  readonly held: readonly DecisionRow[]
}

const empty: State = {
  rows: [],
  held: [],
  loading: true,
  error: null,
  stream: 'connecting',
  paused: false,
  waiting: 0,
  lost: null,
  next: null,
  searchedTo: null,
  cut: false,
}

function step(state: State, event: Event): State {
  switch (event.kind) {
    case 'began':
      return { ...empty, paused: state.paused }
    case 'first': {
      const { decisions, next, searchedTo } = event.page
      // Some have come by the stream before the page was there; and after a break older ones are there already.
      const rows = joined(state.rows, decisions).toSorted((one, other) =>
        one.at < other.at ? 1 : one.at > other.at ? -1 : 0,
      )
      const oldest = event.isFirst ? { next, searchedTo } : {}
      return { ...state, rows, ...oldest, loading: false, error: null }
    }
    case 'older': {
      const { decisions, next, searchedTo } = event.page
      return { ...state, rows: joined(state.rows, decisions), next, searchedTo, loading: false, error: null }
    }
    case 'came': {
      if (state.paused)
        return {
          ...state,
          held: joined(event.rows, state.held).slice(0, mostWaiting),
          waiting: state.waiting + event.rows.length,
        }
      return shown(state, event.rows)
    }
    case 'pause':
      return event.paused
        ? { ...state, paused: true }
        : shown({ ...state, paused: false, held: [], waiting: 0 }, state.held)
    case 'lost': {
      const before = state.lost === null ? 0 : state.lost.count
      return { ...state, lost: { count: before === null || event.count === null ? null : before + event.count } }
    }
    case 'stream':
      return { ...state, stream: event.stream }
    case 'loading':
      return { ...state, loading: true, error: null }
    case 'failed':
      return { ...state, loading: false, error: event.error }
  }
}

function shown(state: State, news: readonly DecisionRow[]): State {
  const rows = joined(news, state.rows)
  // The end goes only when new ones push it: whoever loads older ones wants to see them.
  const most = Math.max(mostShown, state.rows.length)
  if (rows.length <= most) return { ...state, rows }
  return { ...state, rows: rows.slice(0, most), cut: true }
}

function joined(newer: readonly DecisionRow[], older: readonly DecisionRow[]): readonly DecisionRow[] {
  const known = new Set(newer.map(({ requestId }) => requestId))
  return [...newer, ...older.filter(({ requestId }) => !known.has(requestId))]
}

/** The newest decisions that match, kept up to date by server-sent events as long as the page is looked at. */
export function useDecisions(filters: DecisionFilters): LiveDecisions & {
  readonly pause: (paused: boolean) => void
  readonly loadOlder: () => void
  readonly refresh: () => void
} {
  const [state, tell] = useReducer(step, empty)
  const [round, again] = useReducer((count: number) => count + 1, 0)
  const asked = JSON.stringify(filters)
  // An older page of another filter must not come into this one.
  const current = useRef(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another round begins again with the same filters
  useEffect(() => {
    current.current += 1
    return follow(JSON.parse(asked) as DecisionFilters, tell)
  }, [asked, round])
  useEffect(() => {
    // A browser has six connections to one host for all its tabs; what nobody looks at takes none.
    const change = () => {
      if (document.visibilityState === 'visible') again()
    }
    document.addEventListener('visibilitychange', change)
    return () => document.removeEventListener('visibilitychange', change)
  }, [])
  const { next } = state
  const loadOlder = useCallback(() => {
    const mine = current.current
    const mind = (event: Event) => {
      if (mine === current.current) tell(event)
    }
    tell({ kind: 'loading' })
    get<DecisionsAnswer>('decisions', { ...(JSON.parse(asked) as DecisionFilters), before: next ?? '' }).then(
      (page) => mind({ kind: 'older', page }),
      (error: unknown) => mind({ kind: 'failed', error }),
    )
  }, [asked, next])
  const pause = (paused: boolean): void => {
    tell({ kind: 'pause', paused })
    // Some of those that waited were only counted.
    if (!paused && state.waiting > mostWaiting) again()
  }
  return { ...state, pause, loadOlder, refresh: again }
}

/**
 * Listens first and asks for the newest then, so that nothing falls between the two, also after the connection broke. Gives the way
 * to stop.
 */
function follow(filters: DecisionFilters, tell: (event: Event) => void): () => void {
  let stopped = false
  let came: DecisionRow[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  let isFirst = true
  tell({ kind: 'began' })
  const source = new EventSource(streamUrl('decisions/stream', { ...filters }))
  const ask = (): void => {
    get<DecisionsAnswer>('decisions', { ...filters }).then(
      (page) => {
        if (stopped) return
        tell({ kind: 'first', page, isFirst })
        isFirst = false
      },
      (error: unknown) => stopped || tell({ kind: 'failed', error }),
    )
  }
  let pause = gathering
  const flush = (): void => {
    timer = undefined
    const began = performance.now()
    tell({ kind: 'came', rows: came })
    came = []
    requestAnimationFrame(() => {
      pause = Math.max(gathering, share * (performance.now() - began))
    })
  }
  source.addEventListener('open', () => {
    tell({ kind: 'stream', stream: 'live' })
    ask()
  })
  source.addEventListener('decision', ({ data }) => {
    came.unshift(JSON.parse(data as string) as DecisionRow)
    timer ??= setTimeout(flush, pause)
  })
  source.addEventListener('lost', ({ data }) => {
    tell({ kind: 'lost', count: (JSON.parse(data as string) as LostEvent).count })
  })
  source.addEventListener('error', () => {
    const isClosed = source.readyState === EventSource.CLOSED
    tell({ kind: 'stream', stream: isClosed ? 'stopped' : 'connecting' })
    // What the stream was refused for, the question is refused for in words.
    if (isClosed || isFirst) ask()
  })
  const leave = (): void => {
    if (document.visibilityState === 'hidden') source.close()
  }
  document.addEventListener('visibilitychange', leave)
  return () => {
    stopped = true
    source.close()
    clearTimeout(timer)
    document.removeEventListener('visibilitychange', leave)
  }
}
