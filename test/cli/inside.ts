import { parseCommandLine } from '../../src/cli/grammar.ts'
import { troubleOf } from '../../src/cli/say/trouble.ts'
import type { Call, Verb } from '../../src/cli/terminal.ts'
import { overlayMachine } from '../../src/holder/machine/overlay.ts'
import { realMachine } from '../../src/holder/machine/real.ts'
import { noteWritten } from '../setup.ts'
import { environment, makeHome, type Setting } from './program.ts'

/** The verbs that can be run so; the program itself has more. */
const verbs: Readonly<Record<string, () => Promise<Verb>>> = {
  fix: async () => (await import('../../src/cli/fix.ts')).fix,
  undo: async () => (await import('../../src/cli/undo.ts')).undo,
  login: async () => (await import('../../src/cli/login.ts')).login,
  logout: async () => (await import('../../src/cli/logout.ts')).logout,
  explain: async () => (await import('../../src/cli/explain.ts')).explain,
  check: async () => (await import('../../src/cli/check.ts')).check,
  process: async () => (await import('../../src/cli/process.ts')).process,
  rotate: async () => (await import('../../src/cli/rotate.ts')).rotate,
  whoami: async () => (await import('../../src/cli/whoami.ts')).whoami,
}

const look = { columns: 80, colour: false, unicode: true }

/**
 * Runs a verb as the program does where nobody sits at a terminal, on the real disk and network, in this very process: starting one
 * for each case takes most of the time.
 */
export async function inside(
  args: readonly string[],
  setting: Setting = {},
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  const home = setting.home ?? makeHome(setting.files)
  const env = environment(home, setting.env)
  const line = parseCommandLine(args)
  if (line.kind !== 'run') throw new Error(`not run: ${args.join(' ')}`)
  const now = env['COUNTERSIGN_NOW']
  const real = realMachine({ offline: line.flags.on('offline'), ...(now === undefined ? {} : { now: new Date(now) }) })
  const none = Object.fromEntries(real.envNames().map((name) => [name, null]))
  const written = { out: '', err: '' }
  const call = {
    terminal: {
      out: (text: string) => {
        written.out += text
      },
      err: (text: string) => {
        written.err += text
        noteWritten('stderr of a verb', text)
      },
      look,
      inputIsPerson: false,
      outputIsPerson: false,
      isPersonThere: async () => false,
      input: async () => setting.input ?? '',
      ask: async () => null,
      tell: async () => {},
      progress: () => ({ now() {}, end() {} }),
      pause: (ms: number) => new Promise((accept) => setTimeout(accept, ms)),
      untilStopped: () => new Promise<void>(() => {}),
    },
    machine: overlayMachine(real, { env: { ...none, ...env }, cwd: home, userHome: home }),
    flags: line.flags,
    operands: line.operands,
    child: line.child,
    implied: line.implied,
    beforeExit: () => () => {},
  } as unknown as Call
  try {
    const code = await (await verbs[line.verb.name]!())(call)
    // These two are there to hand out secrets.
    if (!line.flags.on('shell') && line.verb.name !== 'process') noteWritten('stdout of a verb', written.out)
    return { code, stdout: written.out, stderr: written.err }
  } catch (error) {
    const trouble = troubleOf(look, error)
    return { code: trouble.code, stdout: written.out, stderr: written.err + trouble.text }
  }
}
