import { useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useNotices } from '../../frame/notices.tsx'
import { keyOf, type Owner } from './owner.ts'

/** Says that something was done, and has everything read anew that may show it. */
export function useChanged(owner: Owner): (what: ReactNode) => Promise<void> {
  const queryClient = useQueryClient()
  const { done } = useNotices()
  return async (what) => {
    done(what)
    await Promise.all([
      queryClient.invalidateQueries({ queryKey: keyOf(owner) }),
      queryClient.invalidateQueries({ queryKey: ['table'] }),
    ])
  }
}
