import Box from '@cloudscape-design/components/box'
import Modal from '@cloudscape-design/components/modal'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { aws } from '../api/call.ts'
import { Failure } from '../parts/failure.tsx'
import { documentOf, heldQuery, managedDocument } from '../parts/holders.ts'
import { Loading } from '../parts/loading.tsx'
import { PolicyText } from '../policies/editor.tsx'
import { offsetOf, placeOf, readable, sameOffset } from '../policies/json-text.ts'
import type { Source, Statement } from './question.ts'

export interface Matched {
  readonly statement: Statement
  readonly source: Source | null
  readonly documents: readonly string[]
}

/** The policy whose statement decided, with that statement shown. */
export function MatchedStatement({ matched, close }: { readonly matched: Matched; readonly close: () => void }) {
  const { statement } = matched
  const { data, error } = useDocument(matched)
  return (
    <Modal visible size="large" header={statement.SourcePolicyId} onDismiss={close} closeAriaLabel="Close">
      <SpaceBetween size="s">
        <Box>{statement.SourcePolicyType}: the statement that decided is marked.</Box>
        <Failure error={error} title="The policy cannot be read" />
        {data === undefined ? error === null ? <Loading /> : null : <Marked text={data} statement={statement} />}
      </SpaceBetween>
    </Modal>
  )
}

function Marked({ text, statement }: { readonly text: string | null; readonly statement: Statement }) {
  if (text === null) return <Box color="text-status-inactive">The policy is not there any more.</Box>
  return <PolicyText text={readable(text)} label={statement.SourcePolicyId} lines={[linesOf(text, statement)]} />
}

/** The lines of a statement as the document is shown. */
export function linesOf(
  text: string,
  { StartPosition: start, EndPosition: end }: Statement,
): { readonly from: number; readonly to: number } {
  const shown = readable(text)
  // AWS counts what stands between two statements to the second of them.
  const first = offsetOf(text, start.Line, start.Column)
  const from = first + /^[\s,[]*/.exec(text.slice(first))![0].length
  const to = offsetOf(text, end.Line, end.Column)
  return {
    from: placeOf(shown, sameOffset(text, from, shown)).line,
    to: placeOf(shown, sameOffset(text, Math.max(from, to - 1), shown)).line,
  }
}

function useDocument({ statement, source, documents }: Matched) {
  const queryClient = useQueryClient()
  const { SourcePolicyId: id, SourcePolicyType: type } = statement
  return useQuery({
    queryKey: ['simulator', 'document', source?.arn ?? null, type, id, documents],
    queryFn: async (): Promise<string | null> => {
      const given = /^PolicyInputList\.(\d+)$/.exec(id)
      if (given !== null) return documents[Number(given[1]) - 1] ?? null
      if (source === null) return null
      if (type === 'Permissions Boundary Policy') return await boundaryOf(source)
      const held = await queryClient.fetchQuery({ ...heldQuery(source), staleTime: 0 })
      const policy = held.find(
        ({ name, arn, holder }) => id === (arn === null ? `${holder.kind}_${holder.name}_${name}` : name),
      )
      return policy === undefined ? null : await documentOf(policy)
    },
    gcTime: 0,
  })
}

async function boundaryOf({ kind, name }: Source): Promise<string | null> {
  interface Bounded {
    readonly PermissionsBoundary?: { readonly PermissionsBoundaryArn: string }
  }
  const reply =
    kind === 'user'
      ? (await aws<{ readonly User: Bounded }>('iam', 'GetUser', { UserName: name })).User
      : kind === 'role'
        ? (await aws<{ readonly Role: Bounded }>('iam', 'GetRole', { RoleName: name })).Role
        : {}
  const arn = reply.PermissionsBoundary?.PermissionsBoundaryArn
  return arn === undefined ? null : await managedDocument(arn)
}
