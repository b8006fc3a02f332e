import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Frame } from './frame/frame.tsx'
import { Loading } from './parts/loading.tsx'
import { NotFoundPage } from './parts/not-found.tsx'

const root = createRootRoute({ component: Frame, notFoundComponent: NotFoundPage })

const at = <const Path extends string, const Name extends string>(
  path: Path,
  file: () => Promise<Readonly<Record<Name, () => ReactNode>>>,
  page: Name,
) => {
  const component = lazyRouteComponent(file, page)
  return createRoute({ getParentRoute: () => root, path, component, pendingComponent: Loading })
}

/** Each page is loaded when it is first shown. */
const pages = [
  at('/', () => import('./dashboard/page.tsx'), 'DashboardPage'),
  at('/users', () => import('./users/list.tsx'), 'UsersPage'),
  at('/users/$userName', () => import('./users/page.tsx'), 'UserPage'),
  at('/create-user', () => import('./users/create/page.tsx'), 'CreateUserPage'),
  at('/groups', () => import('./groups/list.tsx'), 'GroupsPage'),
  at('/groups/$groupName', () => import('./groups/page.tsx'), 'GroupPage'),
  at('/create-group', () => import('./groups/create.tsx'), 'CreateGroupPage'),
  at('/me', () => import('./me/page.tsx'), 'MePage'),
  at('/policies', () => import('./policies/list.tsx'), 'PoliciesPage'),
  at('/policies/create', () => import('./policies/create.tsx'), 'CreatePolicyPage'),
  at('/policies/$policyArn', () => import('./policies/detail.tsx'), 'PolicyPage'),
  at('/policies/$policyArn/edit', () => import('./policies/edit.tsx'), 'EditPolicyPage'),
  at('/decisions', () => import('./decisions/list.tsx'), 'DecisionsPage'),
  at('/decisions/$requestId', () => import('./decisions/detail.tsx'), 'DecisionPage'),
  at('/explain', () => import('./explain/page.tsx'), 'ExplainPage'),
  at('/sessions', () => import('./sessions/page.tsx'), 'SessionsPage'),
  at('/account', () => import('./account/page.tsx'), 'AccountPage'),
  at('/providers', () => import('./providers/list.tsx'), 'ProvidersPage'),
  at('/providers/create', () => import('./providers/create.tsx'), 'CreateProviderPage'),
  at('/providers/$providerArn', () => import('./providers/detail.tsx'), 'ProviderPage'),
  at('/report', () => import('./report/page.tsx'), 'ReportPage'),
  at('/roles', () => import('./roles/list.tsx'), 'RolesPage'),
  at('/roles/create', () => import('./roles/create.tsx'), 'CreateRolePage'),
  at('/roles/$roleName', () => import('./roles/detail.tsx'), 'RolePage'),
  at('/simulator', () => import('./simulator/page.tsx'), 'SimulatorPage'),
]

export const router = createRouter({
  basepath: '/console',
  routeTree: root.addChildren(pages),
  defaultPreload: 'intent',
  // To the top of a new page, and back to where one was.
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
