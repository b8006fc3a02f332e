import { CountersignError } from '../errors.ts'
import { diagnose } from '../holder/diagnosis/diagnose.ts'
import { verdictJson } from '../holder/diagnosis/json.ts'
import type { Verdict } from '../holder/diagnosis/verdict.ts'
import { type AwsFiles, readAwsFiles } from '../holder/files/aws-files.ts'
import { realDisk } from '../holder/machine/real.ts'
import type { Question } from './question.ts'
import { wantsJson } from './result.ts'
import { type ProfileVerdict, profileTable } from './say/profiles.ts'
import { type Call, exitCode } from './terminal.ts'

/** So many profiles are asked about side by side: enough to be quick, too few to be throttled. */
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
  const progress = terminal.progress(`looking at ${names.length} profiles`)
  const json = wantsJson(call)
  let done = 0
  const told: ProfileVerdict[] = []
  const look = async (profile: string): Promise<ProfileVerdict> => {
    const verdict = await diagnose(machine, { ...question, profile, disk: realDisk() }, files)
    done += 1
    progress.now(`${done} of ${names.length} profiles`, done / names.length)
    return { profile, verdict }
  }
  for await (const each of inOrder(names, look)) {
    told.push(each)
    if (!json) continue
    progress.end()
    terminal.out(`${JSON.stringify({ profile: each.profile, ...verdictJson(each.verdict) })}\n`)
  }
  progress.end()
  if (!json) terminal.out(profileTable({ look: terminal.look, machine }, told, call.flags.on('quiet')))
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

function codeOf(told: readonly ProfileVerdict[]): number {
  const has = (...statuses: readonly Verdict['status'][]): boolean =>
    told.some(({ verdict }) => statuses.includes(verdict.status))
  if (has('rejected', 'unusable', 'absent')) return exitCode.problem
  return has('unverified') ? exitCode.unknown : exitCode.fine
}
