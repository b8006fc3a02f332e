import '@cloudscape-design/global-styles/index.css'
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { mayHelpToTryAgain } from './api/failure.ts'
import { recoveryOf } from './api/recovery.ts'
import { applyTheme } from './frame/theme.ts'
import { router } from './routes.tsx'
import './console.css'

applyTheme()

const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError: recoveryOf(() => queryClient) }),
  defaultOptions: {
    queries: { retry: (count, error) => count < 2 && mayHelpToTryAgain(error), staleTime: 5_000 },
  },
})

createRoot(document.getElementById('console')!).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
)
