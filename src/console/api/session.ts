import { type QueryClient, queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { get, keepFormToken, onSignedOut, post } from './call.ts'

/** `GET session` */
export type Session =
  /** `ended`: it was the authority that ended it, while the page was open. */
  | { readonly signedIn: false; readonly ended?: boolean }
  | {
      readonly signedIn: true
      readonly account: { readonly id: string; readonly alias: string | null; readonly partition: string }
      readonly principal: {
        readonly type: 'root' | 'user' | 'role' | 'federated'
        readonly arn: string
        readonly name: string
        readonly userId: string
      }
      readonly mfa: boolean
      readonly expiresAt: string
      readonly idleUntil: string
      readonly formToken: string
      readonly region: string
    }

export type SignedIn = Extract<Session, { readonly signedIn: true }>

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async (): Promise<Session> => {
    const session = await get<Session>('session')
    if (session.signedIn) keepFormToken(session.formToken)
    return session
  },
  staleTime: 60_000,
})

/** Who is signed in; pages inside the frame are only shown to somebody. */
export function useSignedIn(): SignedIn {
  const { data } = useQuery(sessionQuery)
  return data as SignedIn
}

/** Leaves nothing of what was shown in this tab. */
export function useSigningOut(): (path: 'sign-out' | 'sign-out-everywhere') => Promise<void> {
  const queryClient = useQueryClient()
  return async (path) => {
    await post(path)
    forget(queryClient, false)
  }
}

/** Brings the sign-in page when a session has ended while its page was open. */
export function useEndOfSession(): void {
  const queryClient = useQueryClient()
  onSignedOut(() => forget(queryClient, true))
}

/** Whoever signs in next sees nothing of what was shown before. */
function forget(queryClient: QueryClient, ended: boolean): void {
  const own = sessionQuery.queryKey
  keepFormToken('')
  // Not all at once: the pages look at this one, and would go on looking at it after it is gone.
  const nobody: Session = { signedIn: false, ended }
  queryClient.setQueryData<Session>(own, nobody)
  queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== own[0] })
  queryClient.getMutationCache().clear()
}
