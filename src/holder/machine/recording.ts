import { CountersignError } from '../../errors.ts'
import type {
  Command,
  CommandOutcome,
  FileReading,
  IncomingReply,
  Machine,
  OutgoingRequest,
  ProcessSeen,
} from './machine.ts'
import { absolutePath } from './paths.ts'

/** What was asked of a machine and what it answered, with every value in it: to be redacted before it leaves. */
export interface Taken {
  readonly platform: Machine['platform']
  readonly cwd: string
  readonly userHome: string | null
  /** The first instant that the clock showed. */
  readonly startedAt: Date
  /** Variables that rules asked for; null for what is not set. */
  readonly env: ReadonlyMap<string, string | null>
  /** How many more are set, of which nobody asked. */
  readonly unaskedVariables: number
  readonly files: ReadonlyMap<string, FileReading>
  readonly directories: ReadonlyMap<string, readonly string[]>
  readonly processes: readonly ProcessSeen[] | null
  readonly programs: readonly { readonly command: Command; readonly outcome: CommandOutcome }[]
  readonly exchanges: readonly Exchange[]
}

/** A request with what came of it: a reply, or an error of this program's own kind. */
export interface Exchange {
  readonly request: OutgoingRequest
  readonly outcome: IncomingReply | CountersignError
  /** What the machine's clock showed when it came. */
  readonly clock: Date
}

/** A machine that is watched, and what was seen so far. */
export interface Watched {
  readonly machine: Machine
  taken(): Taken
}

/** Wraps a machine so that everything asked of it is noted with its answer. The machine beneath is asked as ever. */
export function watchMachine(machine: Machine): Watched {
  const env = new Map<string, string | null>()
  const files = new Map<string, FileReading>()
  const directories = new Map<string, readonly string[]>()
  const programs: { command: Command; outcome: CommandOutcome }[] = []
  const exchanges: { request: OutgoingRequest; outcome: IncomingReply | CountersignError | null; clock: Date }[] = []
  let processes: readonly ProcessSeen[] | null = null
  let userHome: string | null | undefined
  let startedAt: Date | undefined

  const watched: Machine = {
    platform: machine.platform,
    cwd: machine.cwd,
    get userHome() {
      userHome = machine.userHome
      return userHome
    },
    env(name) {
      const value = machine.env(name)
      env.set(name, value ?? null)
      return value
    },
    envNames: () => machine.envNames(),
    now() {
      const now = machine.now()
      startedAt ??= now
      return now
    },
    readFile(path) {
      const reading = machine.readFile(path)
      files.set(absolutePath(machine, path), reading)
      return reading
    },
    list(path) {
      const names = machine.list(path)
      directories.set(absolutePath(machine, path), names)
      return names
    },
    async processes() {
      processes = await machine.processes()
      return processes
    },
    async send(request) {
      const exchange: (typeof exchanges)[number] = { request, outcome: null, clock: machine.now() }
      exchanges.push(exchange)
      try {
        const reply = await machine.send(request)
        exchange.outcome = reply
        exchange.clock = machine.now()
        return reply
      } catch (error) {
        exchange.outcome =
          error instanceof CountersignError
            ? error
            : new CountersignError('unreachable', 'The request could not be sent.')
        throw error
      }
    },
    async run(command) {
      const outcome = await machine.run(command)
      programs.push({ command, outcome })
      return outcome
    },
  }
  return {
    machine: watched,
    taken() {
      // What is AWS's own is told also when no rule has asked for it.
      for (const name of machine.envNames()) if (/^AWS_/i.test(name)) watched.env(name)
      return takenNow()
    },
  }

  function takenNow(): Taken {
    return {
      platform: machine.platform,
      cwd: machine.cwd,
      userHome: userHome === undefined ? machine.userHome : userHome,
      startedAt: startedAt ?? machine.now(),
      env,
      unaskedVariables: machine.envNames().filter((name) => !env.has(name)).length,
      files,
      directories,
      processes,
      programs,
      exchanges: exchanges.flatMap(({ request, outcome, clock }) =>
        outcome === null ? [] : [{ request, outcome, clock }],
      ),
    }
  }
}
