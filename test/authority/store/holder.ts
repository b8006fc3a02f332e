/* A process that opens a data directory and stays until it is killed. Argument: the directory. */
import { writeSync } from 'node:fs'
import { openDataDirectory } from '../../../src/authority/store/data-directory.ts'

const held = openDataDirectory({ path: String(process.argv[2]) })
writeSync(1, 'held\n')
setInterval(() => held.path, 60_000)
