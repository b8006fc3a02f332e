import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** The tests look at the console as it is now; nothing is built when nothing has changed. */
export default function buildConsole(): void {
  const script = fileURLToPath(new URL('../../console.mjs', import.meta.url))
  const { status } = spawnSync(process.execPath, [script], { stdio: ['ignore', 'ignore', 'inherit'] })
  if (status !== 0) throw new Error('the console does not build')
}
