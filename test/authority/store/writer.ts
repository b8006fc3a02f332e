/*
 * A process that commits pairs of entities without end and says each pair after it was acknowledged: it is killed in the
 * middle. Arguments: path of the database.
 */
import { writeSync } from 'node:fs'
import { openSqliteStore } from '../../../src/authority/store/sqlite.ts'
import { key, user } from '../../store.suite.ts'

const store = openSqliteStore({ path: String(process.argv[2]), masterKey: new Uint8Array(32).fill(7), now: Date.now })
for (let n = 0; ; n += 1) {
  await store.commit([
    { op: 'put', entity: user(`u${n}`), expect: 0 },
    { op: 'put', entity: key(`K${n}`, `AIDA-u${n}`), expect: 0 },
  ])
  writeSync(1, `${n}\n`)
}
