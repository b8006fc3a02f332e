import type { QueryClient } from '@tanstack/react-query'
import { get } from './call.ts'
import { statusOf } from './failure.ts'

/** Milliseconds between two knocks. */
const pause = 3_000

/**
 * While the authority does not answer, it is asked every few seconds whether it is there again; then everything that a page failed to read is
 * read anew. Gives what has to be told each failure.
 */
export function recoveryOf(queryClient: () => QueryClient): (error: unknown) => void {
  let waiting = false
  const knock = async (): Promise<void> => {
    try {
      await get('session')
    } catch (error) {
      if (statusOf(error) === 0) return wait()
    }
    waiting = false
    await queryClient().refetchQueries({ predicate: ({ state }) => state.status === 'error' })
  }
  const wait = (): void => {
    waiting = true
    setTimeout(() => void knock(), pause)
  }
  return (error) => {
    if (statusOf(error) === 0 && !waiting) wait()
  }
}
