import { readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import type { ConsoleFile, ConsoleFiles } from '../console/index.ts'

/** Where the built package lies, as `build.mjs` writes it in; nothing of it in a checkout. */
declare const __COUNTERSIGN_DIST__: string

const contentTypes: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.json': 'application/json',
}

/**
 * The console as Vite built it, read when it is asked for and then kept: some megabytes in all. What was packed when it was built lies
 * beside each file with `.gz` after its name.
 */
export function openConsoleFiles(directory = builtConsole()): ConsoleFiles {
  const kept = new Map<string, ConsoleFile | null>()

  function read(name: string): Uint8Array | null {
    try {
      return readFileSync(join(directory, name))
    } catch {
      return null
    }
  }

  function load(name: string, packed: boolean): ConsoleFile | null {
    const contentType = contentTypes[extname(name)]
    const body = contentType === undefined ? null : read(packed ? `${name}.gz` : name)
    return body === null ? null : { body, contentType: contentType!, packed }
  }

  function find(name: string, packed: boolean): ConsoleFile | null {
    const key = packed ? `${name}.gz` : name
    const known = kept.get(key)
    if (known !== undefined) return known
    const file = load(name, packed)
    // Names that are asked for and are not there would fill the memory.
    if (file !== null) kept.set(key, file)
    return file
  }

  return {
    page: () => {
      const page = read('index.html')
      return page === null ? null : Buffer.from(page).toString('utf8')
    },
    find: (name, accepted) => (accepted ? find(name, true) : null) ?? find(name, false),
  }
}

function builtConsole(): string {
  const dist =
    typeof __COUNTERSIGN_DIST__ === 'undefined'
      ? join(import.meta.dirname, '..', '..', '..', 'dist')
      : __COUNTERSIGN_DIST__
  return join(dist, 'console')
}
