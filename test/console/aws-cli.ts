import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import type { KeyPair } from '../../src/lab/stage.ts'
import { privateCli, programEnvironment } from '../authority/programs.ts'

/** The AWS CLI, pointed at an authority. Gives what it prints, read as JSON, or its words when it fails. */
export function awsCli(url: () => string) {
  let home: string
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'countersign-console-'))
  })
  afterAll(() => rmSync(home, { recursive: true, force: true }))
  return (keys: KeyPair & { readonly sessionToken?: string }, ...words: string[]) =>
    privateCli(home, programEnvironment(home, url(), keys), words)
}
