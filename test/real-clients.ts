import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'

/*
 * The real clients without the shims of pyenv: a shim is a shell script that looks anew, at each of hundreds of starts, for the program
 * that is meant. Where there are no shims, nothing changes.
 */
export default function leaveShimsAside(): void {
  const path = process.env['PATH'] ?? ''
  const first = path.split(delimiter).find((folder) => existsSync(join(folder, 'python3')))
  if (first === undefined || !/[\\/]shims$/.test(first)) return
  const { stdout, status } = spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' })
  const folder = dirname(stdout.trim())
  // The AWS CLI that the shims would start has to be the one beside it.
  if (status !== 0 || existsSync(join(first, 'aws')) !== existsSync(join(folder, 'aws'))) return
  process.env['PATH'] = folder + delimiter + path
}
