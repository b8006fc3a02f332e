import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/secrets-hunt.ts', 'test/console/build.ts'],
    setupFiles: ['test/setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    // No test leaves anything in a module for the next file; to load them all anew for each takes a quarter of the time.
    isolate: false,
  },
})
