import AppLayout from '@cloudscape-design/components/app-layout'
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group'
import SideNavigation, { type SideNavigationProps } from '@cloudscape-design/components/side-navigation'
import TopNavigation from '@cloudscape-design/components/top-navigation'
import { useQuery } from '@tanstack/react-query'
import { Outlet, useRouter, useRouterState } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { sessionQuery, useEndOfSession, useSignedIn, useSigningOut } from '../api/session.ts'
import { Failure } from '../parts/failure.tsx'
import { Loading } from '../parts/loading.tsx'
import { FirstPage } from '../sign-in/first.tsx'
import { SignInPage } from '../sign-in/page.tsx'
import { focusHeading, useFocusOnHeading } from './focus.ts'
import { useMendedNavigation } from './mended.ts'
import { NoticeBar, NoticesProvider } from './notices.tsx'
import { chooseTheme, type Theme, theme } from './theme.ts'
import { useTitle } from './title.ts'

/** What every page stands in: nobody sees one without having signed in, and then stays at the address that was asked for. */
export function Frame() {
  const { data: session, isPending, error } = useQuery(sessionQuery)
  useEndOfSession()
  const isFirst = useRouterState({ select: ({ location }) => location.pathname === '/first' })
  // Root's first sign-in: nobody can be signed in yet.
  if (isFirst) return <FirstPage />
  if (isPending) return <Loading />
  if (session === undefined) return <NoAnswer error={error} />
  if (!session.signedIn) return <SignInPage ended={session.ended === true} />
  return (
    <NoticesProvider>
      <button type="button" className="skip" onClick={focusHeading}>
        Skip to main content
      </button>
      <TopBar />
      <Layout />
    </NoticesProvider>
  )
}

/** Nobody knows who is signed in; the page comes by itself when the authority is there again. */
function NoAnswer({ error }: { readonly error: unknown }) {
  return (
    <main className="sign-in">
      <h1 className="sign-in-name">Countersign</h1>
      <Failure error={error} title="The console cannot be shown" />
    </main>
  )
}

const themes: readonly (readonly [Theme, string])[] = [
  ['system', 'Browser default'],
  ['light', 'Light'],
  ['dark', 'Dark'],
]

function TopBar() {
  const { account, principal, mfa } = useSignedIn()
  const signOut = useSigningOut()
  const [chosen, setChosen] = useState(theme())
  const leave = async (how: 'sign-out' | 'sign-out-everywhere'): Promise<void> => {
    await signOut(how)
    // Whoever signs in next begins at the beginning, with nothing in this tab's memory.
    location.assign('/console/')
  }
  return (
    <div id="top">
      <TopNavigation
        identity={{ href: '/console/', title: 'Countersign' }}
        i18nStrings={{ overflowMenuTriggerText: 'More', overflowMenuTitleText: 'All' }}
        utilities={[
          {
            type: 'menu-dropdown',
            iconName: 'settings',
            ariaLabel: 'Appearance',
            title: 'Appearance',
            items: themes.map(([id, text]) => ({ id, text, ...(id === chosen ? { iconName: 'check' as const } : {}) })),
            onItemClick: ({ detail }) => {
              chooseTheme(detail.id as Theme)
              setChosen(detail.id as Theme)
            },
          },
          {
            type: 'menu-dropdown',
            text: principal.name,
            description: `Account ${account.alias ?? account.id}${mfa ? ', signed in with MFA' : ''}`,
            iconName: 'user-profile',
            items: [
              { id: 'me', text: 'My security credentials', href: '/console/me' },
              { id: 'sign-out', text: 'Sign out' },
              { id: 'sign-out-everywhere', text: 'Sign out everywhere' },
            ],
            onItemClick: ({ detail }) => {
              if (detail.id === 'sign-out' || detail.id === 'sign-out-everywhere') void leave(detail.id)
            },
          },
        ]}
      />
    </div>
  )
}

const sections: readonly SideNavigationProps.Item[] = [
  { type: 'link', text: 'Dashboard', href: '/console/' },
  {
    type: 'section',
    text: 'Access management',
    items: [
      { type: 'link', text: 'Users', href: '/console/users' },
      { type: 'link', text: 'User groups', href: '/console/groups' },
      { type: 'link', text: 'Roles', href: '/console/roles' },
      { type: 'link', text: 'Policies', href: '/console/policies' },
      { type: 'link', text: 'Identity providers', href: '/console/providers' },
      { type: 'link', text: 'Account settings', href: '/console/account' },
      { type: 'link', text: 'My security credentials', href: '/console/me' },
    ],
  },
  {
    type: 'section',
    text: 'Requests',
    items: [
      { type: 'link', text: 'Why refused?', href: '/console/decisions' },
      { type: 'link', text: 'Explain an error', href: '/console/explain' },
      { type: 'link', text: 'Sessions', href: '/console/sessions' },
    ],
  },
  {
    type: 'section',
    text: 'Tools',
    items: [
      { type: 'link', text: 'Policy simulator', href: '/console/simulator' },
      { type: 'link', text: 'Credential report', href: '/console/report' },
    ],
  },
]

/** Pages that stand beside the list they belong to. */
const belongsTo: Readonly<Record<string, string>> = { 'create-user': 'users', 'create-group': 'groups' }

/** The address of the section that a path belongs to. */
function sectionOf(path: string): string {
  const first = path.split('/')[1] ?? ''
  return `/console/${belongsTo[first] ?? first}`
}

function Layout() {
  const router = useRouter()
  const path = useRouterState({ select: ({ location }) => location.pathname })
  const wide = useWide()
  const [open, setOpen] = useState(wide)
  const trail = useTitle()
  useMendedNavigation()
  useFocusOnHeading()
  useEffect(() => setOpen(wide), [wide])
  const follow = (event: CustomEvent<{ readonly href?: string; readonly external?: boolean }>): void => {
    const { href, external } = event.detail
    if (external || href === undefined || !href.startsWith('/console/')) return
    event.preventDefault()
    if (!wide) setOpen(false)
    void router.navigate({ to: href.slice('/console'.length) })
  }
  return (
    <AppLayout
      headerSelector="#top"
      toolsHide
      navigationOpen={open}
      onNavigationChange={({ detail }) => setOpen(detail.open)}
      navigation={
        <SideNavigation
          header={{ text: 'Identity and Access Management (IAM)', href: '/console/' }}
          activeHref={sectionOf(path)}
          items={sections}
          onFollow={follow}
        />
      }
      breadcrumbs={
        trail.length < 2 ? undefined : (
          <BreadcrumbGroup items={trail.map(({ text, to }) => ({ text, href: `/console${to}` }))} onFollow={follow} />
        )
      }
      notifications={<NoticeBar />}
      stickyNotifications
      content={<Outlet />}
      ariaLabels={{
        navigation: 'Side navigation',
        navigationToggle: 'Open side navigation',
        navigationClose: 'Close side navigation',
        notifications: 'Notifications',
      }}
    />
  )
}

function useWide(): boolean {
  const [wide, setWide] = useState(() => matchMedia('(min-width: 1000px)').matches)
  useEffect(() => {
    const query = matchMedia('(min-width: 1000px)')
    const change = () => setWide(query.matches)
    query.addEventListener('change', change)
    return () => query.removeEventListener('change', change)
  }, [])
  return wide
}
