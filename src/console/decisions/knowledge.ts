import { queryOptions } from '@tanstack/react-query'

/** The diagnosis with its catalogue: large, so it comes when a page first needs it, and then stays. */
export const knowledgeQuery = queryOptions({
  queryKey: ['diagnosis'],
  queryFn: () => import('../../holder/diagnosis/anywhere.ts'),
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: Number.POSITIVE_INFINITY,
  structuralSharing: false,
})
