import { useQueryClient } from '@tanstack/react-query'
import { statusOf } from '../api/failure.ts'

/**
 * For whoever is refused because things are not as the page shows them, since somebody else has changed them: then all that is shown is read
 * anew, but for plans that are being carried out (`['deletion', …]`).
 */
export function useOutOfDate(): (error: unknown) => void {
  const queryClient = useQueryClient()
  return (error) => {
    const status = statusOf(error)
    if (status !== 404 && status !== 409) return
    void queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'deletion' })
  }
}
