import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { countersign, environment, makeHome, sources } from './program.ts'

// Why: all other tests start what `build.ts` made; a checkout has no such thing.
test.each([['--version'], ['lint'], ['explain', '--json', '-']])(
  'the program starts from its sources and says the same: %s',
  async (...words) => {
    const home = makeHome({ '.aws/config': '[default]\nregoin = eu-west-1\n' })
    const run = promisify(execFile)(process.execPath, [join(sources, 'cli', 'main.ts'), ...words], {
      cwd: home,
      env: environment(home),
    })
    run.child.stdin?.end('An error occurred (ExpiredToken)')
    const { stdout } = await run.catch((failed: { readonly stdout: string }) => failed)
    expect(stdout).not.toBe('')
    expect((await countersign(words, { home, input: 'An error occurred (ExpiredToken)' })).stdout).toBe(stdout)
  },
)
