import Box from '@cloudscape-design/components/box'
import { usePage } from '../frame/title.ts'
import { To } from './to.tsx'

export function NotFoundPage() {
  usePage({ text: 'Not found', to: '/' })
  return (
    <Box padding="xxl" textAlign="center">
      <Box variant="h1">There is no such page</Box>
      <To to="/">Go to the dashboard</To>
    </Box>
  )
}
