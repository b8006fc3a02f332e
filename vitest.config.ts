import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/real-clients.ts', 'test/secrets-hunt.ts', 'test/console/build.ts', 'test/cli/build.ts'],
    setupFiles: ['test/setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // They wait for other programs much of the time: three keep two cores busy.
    maxWorkers: 3,
    // No test leaves anything in a module for the next file; to load them all anew for each takes a quarter of the time.
    isolate: false,
  },
})
