import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import { Frame } from './frame/frame.tsx'
import { Loading } from './parts/loading.tsx'
import { NotFoundPage } from './parts/not-found.tsx'

const root = createRootRoute({ component: Frame, notFoundComponent: NotFoundPage })

const at = <const Path extends string>(path: Path, component: ReturnType<typeof lazyRouteComponent>) =>
  createRoute({ getParentRoute: () => root, path, component, pendingComponent: Loading })

/** Each page is loaded when it is first shown. */
const pages = [
  at(
    '/',
    lazyRouteComponent(() => import('./dashboard/page.tsx'), 'DashboardPage'),
  ),
  at(
    '/users',
    lazyRouteComponent(() => import('./users/list.tsx'), 'UsersPage'),
  ),
  at(
    '/users/$userName',
    lazyRouteComponent(() => import('./users/page.tsx'), 'UserPage'),
  ),
  at(
    '/create-user',
    lazyRouteComponent(() => import('./users/create/page.tsx'), 'CreateUserPage'),
  ),
  at(
    '/groups',
    lazyRouteComponent(() => import('./groups/list.tsx'), 'GroupsPage'),
  ),
  at(
    '/groups/$groupName',
    lazyRouteComponent(() => import('./groups/page.tsx'), 'GroupPage'),
  ),
  at(
    '/create-group',
    lazyRouteComponent(() => import('./groups/create.tsx'), 'CreateGroupPage'),
  ),
  at(
    '/me',
    lazyRouteComponent(() => import('./me/page.tsx'), 'MePage'),
  ),
  at(
    '/policies',
    lazyRouteComponent(() => import('./policies/list.tsx'), 'PoliciesPage'),
  ),
  at(
    '/policies/create',
    lazyRouteComponent(() => import('./policies/create.tsx'), 'CreatePolicyPage'),
  ),
  at(
    '/policies/$policyArn',
    lazyRouteComponent(() => import('./policies/detail.tsx'), 'PolicyPage'),
  ),
  at(
    '/policies/$policyArn/edit',
    lazyRouteComponent(() => import('./policies/edit.tsx'), 'EditPolicyPage'),
  ),
  at(
    '/decisions',
    lazyRouteComponent(() => import('./decisions/list.tsx'), 'DecisionsPage'),
  ),
  at(
    '/decisions/$requestId',
    lazyRouteComponent(() => import('./decisions/detail.tsx'), 'DecisionPage'),
  ),
  at(
    '/explain',
    lazyRouteComponent(() => import('./explain/page.tsx'), 'ExplainPage'),
  ),
  at(
    '/sessions',
    lazyRouteComponent(() => import('./sessions/page.tsx'), 'SessionsPage'),
  ),
  at(
    '/account',
    lazyRouteComponent(() => import('./account/page.tsx'), 'AccountPage'),
  ),
  at(
    '/providers',
    lazyRouteComponent(() => import('./providers/list.tsx'), 'ProvidersPage'),
  ),
  at(
    '/providers/create',
    lazyRouteComponent(() => import('./providers/create.tsx'), 'CreateProviderPage'),
  ),
  at(
    '/providers/$providerArn',
    lazyRouteComponent(() => import('./providers/detail.tsx'), 'ProviderPage'),
  ),
  at(
    '/report',
    lazyRouteComponent(() => import('./report/page.tsx'), 'ReportPage'),
  ),
  at(
    '/roles',
    lazyRouteComponent(() => import('./roles/list.tsx'), 'RolesPage'),
  ),
  at(
    '/roles/create',
    lazyRouteComponent(() => import('./roles/create.tsx'), 'CreateRolePage'),
  ),
  at(
    '/roles/$roleName',
    lazyRouteComponent(() => import('./roles/detail.tsx'), 'RolePage'),
  ),
  at(
    '/simulator',
    lazyRouteComponent(() => import('./simulator/page.tsx'), 'SimulatorPage'),
  ),
]

export const router = createRouter({
  basepath: '/console',
  routeTree: root.addChildren(pages),
  defaultPreload: 'intent',
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
