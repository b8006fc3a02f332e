import { withoutSecretShapes } from '../anatomy/redact.ts'
import { CountersignError } from '../errors.ts'
import { sdkNames } from '../holder/chains/trace.ts'
import { diagnose } from '../holder/diagnosis/diagnose.ts'
import { verdictJson } from '../holder/diagnosis/json.ts'
import type { Verdict } from '../holder/diagnosis/verdict.ts'
import { type AwsFiles, readAwsFiles } from '../holder/files/aws-files.ts'
import { realDisk } from '../holder/machine/real-disk.ts'
import { type Question, questionOf } from './question.ts'
import { jsonText, wantsJson } from './result.ts'
import { type Column, type NamedVerdict, verdictTable } from './say/side-by-side.ts'
import { type Call, exitCode } from './terminal.ts'

/** So many are asked about side by side: enough to be quick, too few to be throttled. */
const sideBySide = 6

/**
 * `check --all-profiles`: every profile of both files, each as if it had been named alone. With `--json` one line per profile,
 * in the order of their names, as each is known. Nobody is asked for a one-time code.
 */
export async function checkProfiles(call: Call, question: Question): Promise<number> {
  if (question.profile !== undefined)
    throw new CountersignError('usage', '--all-profiles looks at all of them: leave the profile out.')
  const { machine, terminal } = call
  const files = readAwsFiles(machine)
  const names = profileNames(files)
  if (names.length === 0) {
    terminal.err('countersign: there is no profile in the AWS files of this machine.\n')
    return exitCode.problem
  }
  return await checkEach(call, 'profile', names, (profile) =>
    diagnose(machine, { ...question, profile, ...disk }, files),
  )
}

/** `check --sdk all`: what each SDK would use, and whether AWS accepts it; with `--json` one line per SDK. */
export async function checkSdks(call: Call): Promise<number> {
  const { machine, flags } = call
  if (flags.on('all-profiles'))
    throw new CountersignError('usage', '--all-profiles goes with one SDK: name it, or leave --sdk out.')
  const text = (name: string) => (name === 'sdk' ? undefined : flags.text(name))
  const question = questionOf({ ...call, flags: { ...flags, on: (name) => flags.on(name), text } })
  const files = readAwsFiles(machine)
  return await checkEach(call, 'SDK', sdkNames, (sdk) => diagnose(machine, { ...question, sdk, ...disk }, files))
}

const disk = { disk: realDisk() }

/** Asks about each of them, and tells of all in one table, or of each in one line of JSON. */
async function checkEach<Name extends string>(
  call: Call,
  what: Column,
  names: readonly Name[],
  ask: (name: Name) => Promise<Verdict>,
): Promise<number> {
  const { machine, terminal } = call
  const progress = terminal.progress(`looking at ${names.length} ${what}s`)
  const json = wantsJson(call)
  let done = 0
  const told: NamedVerdict[] = []
  const look = async (name: Name): Promise<NamedVerdict> => {
    const verdict = await ask(name)
    done += 1
    progress.now(`${done} of ${names.length} ${what}s`, done / names.length)
    return { name, verdict }
  }
  for await (const each of inOrder(names, look)) {
    told.push(each)
    if (!json) continue
    progress.end()
    const named = what === 'profile' ? { profile: withoutSecretShapes(each.name) } : {}
    terminal.out(`${jsonText({ ...named, ...verdictJson(each.verdict) })}\n`)
  }
  progress.end()
  if (!json) terminal.out(verdictTable({ look: terminal.look, machine }, what, told, call.flags.on('quiet')))
  return codeOf(told)
}

/** The profiles of both files, `default` first. */
function profileNames({ config, credentials }: AwsFiles): readonly string[] {
  const names = new Set([...credentials.profiles.keys(), ...config.profiles.keys()])
  return [...names].sort((a, b) => Number(b === 'default') - Number(a === 'default') || (a < b ? -1 : 1))
}

/** Runs a bounded number side by side and gives the results in the order of what they are about. */
async function* inOrder<Item, Result>(
  items: readonly Item[],
  run: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const running: Promise<Result>[] = []
  for (const item of items) {
    // A rejection is met when its turn comes.
    const one = run(item)
    one.catch(() => undefined)
    running.push(one)
    if (running.length === sideBySide) yield await running.shift()!
  }
  for (const one of running) yield await one
}

function codeOf(told: readonly NamedVerdict[]): number {
  const has = (...statuses: readonly Verdict['status'][]): boolean =>
    told.some(({ verdict }) => statuses.includes(verdict.status))
  if (has('rejected', 'unusable', 'absent')) return exitCode.problem
  return has('unverified') ? exitCode.unknown : exitCode.fine
}
