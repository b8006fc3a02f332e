import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mintAccessKeyId, mintUniqueId } from '../src/anatomy/access-key-id.ts'
import { startAuthority } from '../src/authority/index.ts'
import type { Change } from '../src/authority/model/store.ts'
import { mintSecretAccessKey } from '../src/authority/sessions/mint.ts'
import { openDataDirectory } from '../src/authority/store/data-directory.ts'
import { openSqliteStore } from '../src/authority/store/sqlite.ts'
import { realMachine } from '../src/holder/machine/real.ts'
import { mustCall } from '../src/lab/caller.ts'

/*
 * An authority with 10,000 users, each with a key, and `admin`, who may do everything with the password below. They are written beside the API, which keeps to AWS's quota of 5,000.
 */
const users = 10_000

const data = mkdtempSync(join(tmpdir(), 'countersign-bench-'))
const first = await startAuthority({ data, port: 0 })
const call = (operation: string, parameters: Readonly<Record<string, string>>) =>
  mustCall(realMachine({}), first.url, first.root, 'iam', operation, { UserName: 'admin', ...parameters })
await call('CreateUser', {})
await call('CreateLoginProfile', { Password: 'Correct-Horse-9' })
await call('AttachUserPolicy', { PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' })
await first.stop()
const directory = openDataDirectory({ path: data })
const store = openSqliteStore({ path: directory.databasePath, masterKey: directory.masterKey, now: Date.now })
const created = Date.now()
const people = Array.from({ length: users - 1 }, (_, place): [Change, Change] => {
  const id = mintUniqueId('AIDA', first.account, randomBytes(8))
  const createdAt = new Date(created - place * 60_000).toISOString()
  const user = {
    kind: 'user',
    id,
    name: `user-${String(place).padStart(5, '0')}`,
    path: '/',
    createdAt,
    tags: [],
    boundary: null,
    inlinePolicies: {},
    attachedPolicies: [],
  } as const
  const keyId = mintAccessKeyId('AKIA', first.account, randomBytes(8))
  const status = place % 3 === 0 ? 'Inactive' : 'Active'
  const key = { kind: 'access-key', id: keyId, owner: id, status, createdAt, secret: mintSecretAccessKey() } as const
  return [
    { op: 'put', entity: user, expect: 0 },
    { op: 'put', entity: key, expect: 0 },
  ]
})
for (const part of [0, 1] as const) await store.commit(people.map((changes) => changes[part]))
await store.close()
directory.close()

const authority = await startAuthority({ data, port: 0 })
process.send!({ url: authority.url, account: authority.account })
process.on('disconnect', async () => {
  await authority.stop()
  rmSync(data, { recursive: true, force: true })
  process.exit()
})
