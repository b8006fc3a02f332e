import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { type Instant, When } from './when.tsx'

/** The end of a list that is looked through from the newest on. `searchedTo`: how far back; null for all of it. */
export function LoadOlder(props: {
  readonly loading: boolean
  readonly load: () => void
  readonly searchedTo: Instant
}) {
  const { loading, load, searchedTo } = props
  return (
    <SpaceBetween size="xxs">
      <Button loading={loading} onClick={load}>
        Load older
      </Button>
      <Box color="text-body-secondary" fontSize="body-s">
        Looked through back to <When at={searchedTo} none="the beginning" />
      </Box>
    </SpaceBetween>
  )
}
