/** Bytes on their way in, as Node's request streams give them. */
export interface ByteSource {
  on(event: 'data', listener: (chunk: Uint8Array) => void): unknown
  on(event: 'end' | 'close', listener: () => void): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
  pause(): unknown
}

/** How much of all bodies together may be in memory at once. */
export interface BodyBudget {
  /** False when there is no room for so many bytes more. */
  take(bytes: number): boolean
  give(bytes: number): void
}

export type ReadBody =
  | { readonly kind: 'whole'; readonly body: Uint8Array }
  /** The source is paused; the rest was not read. */
  | { readonly kind: 'stopped'; readonly why: 'too-large' | 'busy' | 'refused' }
  /** The other side went away, or sent what is no HTTP. */
  | { readonly kind: 'broken' }

export interface BodyLimits {
  readonly most: number
  /** Up to here anybody may send a body; before more is read, `mayGoOn` is asked once. */
  readonly free: number
  readonly budget: BodyBudget
  mayGoOn(): boolean
}

/** Reads a body whole, within its limits. What was taken from the budget is given back when the body was not read whole. */
export function readBody(source: ByteSource, limits: BodyLimits): Promise<ReadBody & { readonly taken: number }> {
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = []
    let size = 0
    let taken = 0
    let done = false
    let vouched = false
    const finish = (result: ReadBody): void => {
      if (done) return
      done = true
      if (result.kind !== 'whole') {
        limits.budget.give(taken)
        taken = 0
        chunks.length = 0
      }
      resolve({ ...result, taken })
    }
    const stop = (why: 'too-large' | 'busy' | 'refused'): void => {
      source.pause()
      finish({ kind: 'stopped', why })
    }
    source.on('data', (chunk) => {
      if (done) return
      size += chunk.length
      if (size > limits.most) return stop('too-large')
      if (size > limits.free) {
        if (!vouched && !limits.mayGoOn()) return stop('refused')
        vouched = true
        const wanted = size - limits.free - taken
        if (!limits.budget.take(wanted)) return stop('busy')
        taken += wanted
      }
      chunks.push(chunk)
    })
    source.on('end', () => finish({ kind: 'whole', body: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks) }))
    source.on('error', () => finish({ kind: 'broken' }))
    source.on('close', () => finish({ kind: 'broken' }))
  })
}

export function createBodyBudget(most: number): BodyBudget {
  let used = 0
  return {
    take(bytes) {
      if (used + bytes > most) return false
      used += bytes
      return true
    },
    give(bytes) {
      used -= bytes
    },
  }
}
