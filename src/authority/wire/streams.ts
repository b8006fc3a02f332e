import type { EventStream } from './http-faults.ts'
import type { Limits } from './limits.ts'

/** An answer that goes on, as Node's HTTP server gives it; only what is used of it. */
interface OutgoingStream {
  readonly destroyed: boolean
  write(text: string): boolean
  end(): unknown
  destroy(): unknown
  on(event: 'close', listener: () => void): unknown
}

export interface StreamsParts {
  readonly limits: Pick<Limits, 'streams' | 'streamsOfOne' | 'streamBeat' | 'lingerTime'>
  /** Calls back after so many milliseconds of the real clock; gives the way to call it off. */
  readonly after: (milliseconds: number, then: () => void) => () => void
  readonly onFailure: (error: unknown) => void
}

/** The streams of events that are open. */
export interface Streams {
  /** May one more be opened by this owner? */
  hasRoom(owner: string): boolean
  /** Begins to feed an answer whose head is written. */
  begin(response: OutgoingStream, stream: EventStream): void
  /** Whoever does not read must not hold up a stop: such an answer is cut off a little later. */
  endAll(): void
}

/** A stream ends with its connection, with `endAll`, when what feeds it has no more, and when it may not go on. */
export function createStreams({ limits, after, onFailure }: StreamsParts): Streams {
  const open = new Map<() => void, { readonly owner: string; readonly response: OutgoingStream }>()

  function mayGoOn(stream: EventStream): boolean {
    try {
      return stream.mayGoOn()
    } catch (error) {
      // It is asked by a timer, where nobody else would catch it.
      onFailure(error)
      return false
    }
  }

  return {
    hasRoom(owner) {
      if (open.size >= limits.streams) return false
      let own = 0
      for (const one of open.values()) if (one.owner === owner) own += 1
      return own < limits.streamsOfOne
    },
    begin(response, stream) {
      let stop = (): void => {}
      const end = (): void => {
        if (!open.delete(end)) return
        callOff()
        stop()
        response.end()
      }
      open.set(end, { owner: stream.owner, response })
      // A comment, by which proxies and the other side see that nothing is broken.
      const beat = (): void => {
        if (mayGoOn(stream)) {
          response.write(':\n\n')
          callOff = after(limits.streamBeat, beat)
        } else end()
      }
      let callOff = after(limits.streamBeat, beat)
      response.on('close', end)
      try {
        stop = stream.feed({ write: (text) => !response.destroyed && response.write(text), end })
      } catch (error) {
        onFailure(error)
        end()
      }
      // It may have ended before it was known how to stop it.
      if (!open.has(end)) stop()
    },
    endAll() {
      for (const [end, { response }] of [...open]) {
        end()
        after(limits.lingerTime, () => response.destroy())
      }
    },
  }
}
