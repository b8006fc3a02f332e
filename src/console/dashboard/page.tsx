import ContentLayout from '@cloudscape-design/components/content-layout'
import Header from '@cloudscape-design/components/header'
import { usePage } from '../frame/title.ts'

export function DashboardPage() {
  usePage({ text: 'Dashboard', to: '/' })
  return <ContentLayout header={<Header variant="h1">Dashboard</Header>}>…</ContentLayout>
}
