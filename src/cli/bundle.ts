import { CountersignError } from '../errors.ts'
import { machineFromBundle, recordMachine } from '../holder/diagnosis/bundled.ts'
import { verdictJson } from '../holder/diagnosis/json.ts'
import type { Verdict } from '../holder/diagnosis/verdict.ts'
import { absolutePath } from '../holder/machine/paths.ts'
import type { Question } from './question.ts'
import { wantsJson, writeJson } from './result.ts'
import { bundleText, replayText } from './say/bundle.ts'
import type { Call } from './terminal.ts'

/** The two ends of a support bundle: `check --bundle FILE` writes one, `--machine FILE` replays it. */
export const bundle = { write, replayed }

/**
 * Diagnoses this machine and writes what was looked at, with every value made up, as a new file that only the person may read.
 * @throws CountersignError `usage` when the file is there already, or more than one thing is asked
 */
async function write(call: Call, question: Question): Promise<Verdict> {
  const { machine, terminal, flags } = call
  if (flags.on('all-profiles') || call.child !== null)
    throw new CountersignError('usage', 'A bundle is of one question: name one profile, and no command.')
  const file = absolutePath(machine, flags.text('bundle')!)
  if (machine.readFile(file).kind !== 'absent')
    throw new CountersignError('usage', `${file} is there already; name a file that is not.`)
  const progress = terminal.progress('looking at this machine')
  const { realDisk } = await import('../holder/machine/real-disk.ts')
  const recorded = await recordMachine(machine, {
    ...question,
    ...(call.recorded === true ? {} : { disk: realDisk() }),
    onStep: (says) => progress.now(says),
    onProbe: (probe) => progress.now(probe.says),
    ...(flags.on('yes') ? { mayAsk: async () => true } : {}),
  }).finally(() => progress.end())
  const bytes = new TextEncoder().encode(recorded.text)
  realDisk().write(file, bytes, { before: null })
  const sight = { look: terminal.look, machine }
  const { verdict, differences } = recorded
  const told = bundleText(sight, { file, size: bytes.length, bundle: recorded.bundle, differences })
  if (wantsJson(call)) {
    writeJson(call, verdictJson(verdict))
    terminal.err(told)
  } else {
    const { verdictLine, verdictText } = await import('./say/verdict.ts')
    terminal.out((flags.on('quiet') ? verdictLine : verdictText)(sight, verdict, question.offline))
    terminal.out(`\n${told}`)
  }
  return verdict
}

/**
 * The call on the machine of a bundle, with the question that was asked there; flags that are written here go before it. Nothing
 * of this computer is looked at but that one file. What stands behind `--` is a command unless it `isText`.
 */
function replayed(call: Call, isText = false): Call {
  const { machine, flags, terminal, operands } = call
  if (call.child !== null && !isText)
    throw new CountersignError('usage', 'A command cannot be run on a recorded machine: take either --machine or --.')
  const written = flags.text('machine')!
  const file = absolutePath(machine, written)
  const reading = machine.readFile(file)
  if (reading.kind !== 'found') {
    const why = reading.kind === 'absent' ? 'it does not exist' : reading.detail
    throw new CountersignError('file-unreadable', `${written} cannot be read: ${why}.`, { data: { path: file } })
  }
  const { machine: recorded, question } = machineFromBundle(new TextDecoder().decode(reading.bytes))
  terminal.err(replayText({ look: terminal.look, machine }, written, recorded.now()))
  const asked = new Map([
    ['sdk', question.sdk],
    ['profile', operands.length > 0 ? undefined : question.profile],
    ['region', question.region],
    ['endpoint-url', question.endpointUrl],
    ['with-profile', question.withProfile],
  ])
  return {
    ...call,
    machine: recorded,
    recorded: true,
    flags: {
      text: (name) => (name === 'machine' ? undefined : (flags.text(name) ?? asked.get(name))),
      on: (name) =>
        name !== 'machine' &&
        (flags.on(name) ||
          (name === 'offline' && question.offline === true) ||
          (name === 'no-exec' && question.exec === false)),
    },
  }
}
