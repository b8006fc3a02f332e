import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { openSqliteStore } from '../../../src/authority/store/sqlite.ts'
import { storeContract } from '../../store.suite.ts'

const masterKey = new Uint8Array(32).fill(7)
const directory = mkdtempSync(join(tmpdir(), 'countersign-store-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

let files = 0
storeContract('SQLite in memory', async (options) => openSqliteStore({ path: ':memory:', masterKey, ...options }))
storeContract('a SQLite file', async (options) => {
  files += 1
  return openSqliteStore({ path: join(directory, `${files}.sqlite`), masterKey, pollEvery: 10, ...options })
})
