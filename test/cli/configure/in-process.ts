import { configure } from '../../../src/cli/configure.ts'
import { parseCommandLine } from '../../../src/cli/grammar.ts'
import { troubleOf } from '../../../src/cli/say/trouble.ts'
import type { Call } from '../../../src/cli/terminal.ts'
import type { Machine } from '../../../src/holder/machine/machine.ts'
import { overlayMachine } from '../../../src/holder/machine/overlay.ts'
import { realMachine } from '../../../src/holder/machine/real.ts'

export interface Result {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface Circumstances {
  readonly env: Readonly<Record<string, string>>
  readonly input?: string
  /** What a person types at each question, in order; absent: nobody sits there. */
  readonly answers?: readonly string[]
  readonly machine?: Machine
}

const look = { columns: 1000, colour: false, unicode: true }

/** This computer with another environment altogether. */
export function machineWith(env: Circumstances['env']): Machine {
  const real = realMachine({ offline: true })
  const home = env['HOME'] ?? '/nowhere'
  const none = Object.fromEntries(real.envNames().map((name) => [name, null]))
  return overlayMachine(real, { env: { ...none, ...env }, cwd: home, userHome: home })
}

/** Runs `configure ARGS` in this very process, with a disk and a home that are real: a process for each case would take minutes. */
export async function configureHere(args: readonly string[], circumstances: Circumstances): Promise<Result> {
  const written = { out: '', err: '' }
  const line = parseCommandLine(['configure', ...args])
  if (line.kind === 'wrong') return { code: 2, stdout: '', stderr: line.says }
  if (line.kind !== 'run') throw new Error(`not run: ${line.kind}`)
  const answers = [...(circumstances.answers ?? [])]
  const call: Call = {
    terminal: {
      out: (text) => {
        written.out += text
      },
      err: (text) => {
        written.err += text
      },
      tell: async (text) => {
        written.err += text
      },
      look,
      inputIsPerson: circumstances.answers !== undefined,
      outputIsPerson: false,
      isPersonThere: async () => circumstances.answers !== undefined,
      input: async () => circumstances.input ?? '',
      ask: async (question) => {
        written.err += `${question}\n`
        return answers.shift() || null
      },
      progress: () => ({ now() {}, end() {} }),
      // A pause that takes no time would leave none to what is waited for.
      pause: (ms) => new Promise((accept) => setTimeout(accept, ms)),
      untilStopped: async () => {},
    },
    machine: circumstances.machine ?? machineWith(circumstances.env),
    flags: line.flags,
    operands: line.operands,
    child: line.child,
    implied: line.implied,
    scratch: () => {
      throw new Error('no scratch here')
    },
    beforeExit: () => () => {},
    program: () => ({ node: '/usr/bin/node', script: '/opt/countersign/dist/countersign.cjs' }),
  }
  try {
    const code = await configure(call)
    return { code, stdout: written.out, stderr: written.err }
  } catch (error) {
    const trouble = troubleOf(look, error)
    return { code: trouble.code, stdout: written.out, stderr: written.err + trouble.text }
  }
}
