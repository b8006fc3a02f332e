import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import type { PolicyCheckAnswer } from '../../authority/console/shapes.ts'
import { post } from '../api/call.ts'
import { jsonFaultOf, placeOf } from './json-text.ts'

/** What a document is for: of a managed policy, inline of a user, a group or a role, or who may assume a role. */
export type PolicyKind = 'identity' | 'user' | 'group' | 'role' | 'trust'

export type PolicyFault = PolicyCheckAnswer['faults'][number]

export interface PolicyCheck {
  readonly faults: readonly PolicyFault[]
  /** Null while the authority has not said. */
  readonly size: number | null
  readonly largest: number | null
  /** Why the authority could not be asked. */
  readonly error: unknown
  readonly pending: boolean
}

/** `kind` is what the document is for. */
export function checkPolicy(document: string, kind: PolicyKind): Promise<PolicyCheckAnswer> {
  const asked = kind === 'identity' || kind === 'trust' ? { kind } : { kind: 'identity', inline: kind }
  return post<PolicyCheckAnswer>('policy-check', { document, ...asked })
}

/** So long nobody has typed. */
const pause = 350

/** What is wrong with a policy: its JSON at once, all the rest as the authority says, which is asked when the typing stops. */
export function usePolicyCheck(document: string, kind: PolicyKind): PolicyCheck {
  const settled = useSettled(document)
  const syntax = useMemo(() => syntaxOf(document), [document])
  const { data, error, isFetching } = useQuery({
    queryKey: ['policy-check', kind, settled],
    queryFn: () => checkPolicy(settled, kind),
    enabled: syntax === null && settled === document,
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
  })
  return useMemo(() => {
    if (syntax !== null) return { faults: [syntax], size: null, largest: null, error: null, pending: false }
    const pending = isFetching || settled !== document
    return {
      faults: data?.faults ?? [],
      size: data?.size ?? null,
      largest: data?.largest ?? null,
      error: pending ? null : error,
      pending,
    }
  }, [syntax, data, error, isFetching, settled, document])
}

function useSettled(value: string): string {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), pause)
    return () => clearTimeout(timer)
  }, [value])
  return settled
}

function syntaxOf(document: string): PolicyFault | null {
  const fault = jsonFaultOf(document)
  if (fault === null) return null
  const end = placeOf(document, fault.to)
  return {
    ...placeOf(document, fault.from),
    endLine: end.line,
    endColumn: end.column,
    severity: 'error',
    code: 'syntax',
    says: fault.says,
  }
}
