import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import ContentLayout from '@cloudscape-design/components/content-layout'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import Input from '@cloudscape-design/components/input'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Table from '@cloudscape-design/components/table'
import Toggle from '@cloudscape-design/components/toggle'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import type { IssuedSessionRow, SessionsAnswer } from '../../authority/console/shapes.ts'
import { get } from '../api/call.ts'
import { shortPrincipal } from '../decisions/words.ts'
import { usePage } from '../frame/title.ts'
import { Failure } from '../parts/failure.tsx'
import { LoadOlder } from '../parts/load-older.tsx'
import { columns } from './columns.tsx'
import { OwnSessions } from './own.tsx'
import { Revoke } from './revoke.tsx'

const pageSize = 50
/** Who types an ARN is not asked for each letter. Milliseconds. */
const pause = 300

/** The temporary sessions that were given out, and the way to end them. */
export function SessionsPage() {
  usePage({ text: 'Sessions', to: '/sessions' })
  const search = useSearch({ strict: false }) as Readonly<Record<string, unknown>>
  const navigate = useNavigate()
  const principal = typeof search['principal'] === 'string' ? search['principal'] : ''
  const active = search['ended'] !== 'true' && search['ended'] !== true
  const show = (next: { readonly principal: string; readonly active: boolean }) =>
    void navigate({
      to: '/sessions',
      search: {
        ...(next.principal === '' ? {} : { principal: next.principal }),
        ...(next.active ? {} : { ended: 'true' }),
      },
      replace: true,
    })
  const { data, error, isPending, isFetching, hasNextPage, fetchNextPage, isFetchingNextPage, refetch } =
    useInfiniteQuery({
      queryKey: ['sessions', principal, active],
      queryFn: ({ pageParam }) =>
        get<SessionsAnswer>('sessions', { principal, active, before: pageParam, limit: pageSize }),
      initialPageParam: '',
      getNextPageParam: ({ next }) => next ?? undefined,
    })
  const sessions = data?.pages.flatMap((page) => page.sessions) ?? []
  const searchedTo = data?.pages.at(-1)?.searchedTo ?? null
  const [chosenId, choose] = useState<string | null>(null)
  const [revoking, setRevoking] = useState(false)
  const chosen = sessions.find(({ requestId }) => requestId === chosenId)
  const holder = chosen?.holder ?? null
  const revocable = holder !== null && holder.kind !== 'root'
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          description="Temporary credentials that this authority gave out: who has them, who asked for them, and how long they are valid."
        >
          Sessions
        </Header>
      }
    >
      <SpaceBetween size="l">
        <Table<IssuedSessionRow>
          items={sessions}
          trackBy="requestId"
          loading={isPending}
          loadingText="Loading"
          wrapLines
          selectionType="single"
          selectedItems={chosen === undefined ? [] : [chosen]}
          onSelectionChange={({ detail }) => choose(detail.selectedItems[0]?.requestId ?? null)}
          ariaLabels={{
            tableLabel: 'Sessions',
            selectionGroupLabel: 'Sessions: choose one',
            itemSelectionLabel: (_, { principal: bearer, accessKeyId }) => `${shortPrincipal(bearer)}, ${accessKeyId}`,
          }}
          header={
            <Header
              variant="h2"
              description={
                chosen === undefined
                  ? 'Choose a session to revoke all active ones of its user or role.'
                  : holder === null
                    ? 'The user or role of this session is gone, and the session with it.'
                    : holder.kind === 'root'
                      ? 'No policy limits the root user: delete or switch off the key that asked for the session.'
                      : `Sessions of the ${holder.kind} ${holder.name}`
              }
              actions={
                <SpaceBetween direction="horizontal" size="xs">
                  <Button iconName="refresh" ariaLabel="Refresh" loading={isFetching} onClick={() => void refetch()} />
                  <Button disabled={!revocable} onClick={() => setRevoking(true)}>
                    Revoke active sessions
                  </Button>
                </SpaceBetween>
              }
            >
              Issued sessions
            </Header>
          }
          filter={
            <SpaceBetween size="s">
              <PrincipalFilter
                key={principal}
                principal={principal}
                onChange={(next) => show({ principal: next, active })}
              />
              <Toggle checked={active} onChange={({ detail }) => show({ principal, active: detail.checked })}>
                Valid sessions only
              </Toggle>
            </SpaceBetween>
          }
          columnDefinitions={columns}
          empty={
            error !== null ? (
              <Failure error={error} title="The sessions cannot be shown" />
            ) : (
              <Box textAlign="center" padding="s">
                {hasNextPage
                  ? 'None among the newest. Look through older ones below.'
                  : principal !== '' || active
                    ? 'No session matches. Show those that have ended too, or another principal.'
                    : 'No session was given out yet. GetSessionToken and AssumeRole make them.'}
              </Box>
            )
          }
          footer={
            <Box textAlign="center">
              {hasNextPage ? (
                <LoadOlder loading={isFetchingNextPage} load={() => void fetchNextPage()} searchedTo={searchedTo} />
              ) : null}
            </Box>
          }
        />
        <Container header={<Header variant="h2">Your sign-in to this console</Header>}>
          <OwnSessions />
        </Container>
      </SpaceBetween>
      {revoking && holder !== null ? (
        <Revoke holder={holder} sessions={sessions} close={() => setRevoking(false)} />
      ) : null}
    </ContentLayout>
  )
}

function PrincipalFilter({
  principal,
  onChange,
}: {
  readonly principal: string
  readonly onChange: (next: string) => void
}) {
  const [text, setText] = useState(principal)
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what is typed starts the pause
  useEffect(() => {
    if (text.trim() === principal) return
    const timer = setTimeout(() => onChange(text.trim()), pause)
    return () => clearTimeout(timer)
  }, [text])
  return (
    <FormField label="ARN of the principal" stretch>
      <Input
        type="search"
        value={text}
        clearAriaLabel="Clear"
        placeholder="Of the session, its role or its user"
        onChange={({ detail }) => setText(detail.value)}
      />
    </FormField>
  )
}
