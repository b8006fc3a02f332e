import { chainRow } from './chain.ts'
import { checkRow } from './check.ts'
import { completionRow } from './completion.ts'
import { configureRow } from './configure.ts'
import { consoleRow } from './console.ts'
import { envRow } from './env.ts'
import { execRow } from './exec.ts'
import { explainRow } from './explain.ts'
import { fixRow } from './fix.ts'
import { labRow } from './lab.ts'
import { lintRow } from './lint.ts'
import { loginRow } from './login.ts'
import { logoutRow } from './logout.ts'
import { processRow } from './process.ts'
import { rotateRow } from './rotate.ts'
import type { VerbRow } from './row.ts'
import { serveRow } from './serve.ts'
import { shellInitRow } from './shell-init.ts'
import { tourRow } from './tour.ts'
import { undoRow } from './undo.ts'
import { whoamiRow } from './whoami.ts'

/** In the order in which `--help` lists them; the first is assumed when none is written. */
export const verbs: readonly VerbRow[] = [
  checkRow,
  chainRow,
  lintRow,
  whoamiRow,
  explainRow,
  fixRow,
  undoRow,
  envRow,
  execRow,
  processRow,
  consoleRow,
  shellInitRow,
  configureRow,
  loginRow,
  logoutRow,
  rotateRow,
  serveRow,
  labRow,
  tourRow,
  completionRow,
]
