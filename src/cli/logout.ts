import { askedRules } from '../holder/chains/asked.ts'
import { type AwsFiles, readAwsFiles } from '../holder/files/aws-files.ts'
import { type LoginRecord, planLogout, readRecords, recordsFor, runLogout, ssoSettings } from '../holder/login/index.ts'
import type { Machine } from '../holder/machine/machine.ts'
import { realDisk } from '../holder/machine/real-disk.ts'
import { planBehind } from '../holder/sources/plan.ts'
import { type Question, questionOf } from './question.ts'
import { wantsJson, writeJson } from './result.ts'
import { type LoggedOut, logoutText } from './say/logout.ts'
import { unmarkedMachine } from './session-environment.ts'
import { sessionNameOf } from './session-name.ts'
import { type Call, exitCode } from './terminal.ts'

/** `logout [PROFILE]`: takes away exactly what `login` has made, and ends the sign-in at the portal. */
export async function logout(call: Call): Promise<number> {
  const { terminal, flags } = call
  const { machine } = unmarkedMachine(call.machine)
  const question = questionOf(call)
  const profile = question.profile ?? (machine.env('AWS_PROFILE') || machine.env('AWS_DEFAULT_PROFILE') || 'default')
  const tokenFile = tokenFileOf(machine, profile)
  const records = flags.on('all') ? readRecords(machine) : recordsFor(machine, profile, tokenFile)
  const done: LoggedOut[] = []
  // By profile: each one's own endpoints hold for its portal.
  for (const name of new Set(records.map((record) => record.profile)))
    done.push(
      await endOf(
        call,
        machine,
        { ...question, profile: name },
        records.filter((one) => one.profile === name),
      ),
    )
  if (wantsJson(call)) writeJson(call, { schema: 'countersign.logout/1', profiles: done.map(doneJson) })
  else {
    const other = records.length === 0 && tokenFile !== null && machine.readFile(tokenFile).kind === 'found'
    terminal.err(logoutText({ look: terminal.look, machine }, flags.on('all') ? null : profile, done, other))
  }
  return exitCode.fine
}

async function endOf(
  { terminal, flags }: Call,
  machine: Machine,
  question: Question & { readonly profile: string },
  records: readonly LoginRecord[],
): Promise<LoggedOut> {
  const { profile, timeoutMs, offline } = question
  const plan = planLogout(machine, records)
  if (flags.on('dry-run')) return { profile, plan, notEnded: [], dry: true }
  const files = readAwsFiles(machine)
  const trace = (await askedRules(question.sdk)).trace(machine, question, files)
  // Before the token goes: without it the chain of a role cannot be told.
  const copies = await copiesOf(machine, question, files, records)
  const progress = terminal.progress(`logging out of ${profile}`)
  const onStep = (says: string) => progress.now(says)
  const means = { machine, disk: realDisk(), files, trace, timeoutMs, offline, onStep }
  const notEnded = await runLogout(means, plan).finally(() => progress.end())
  const { forgetSession } = await import('../holder/vault/index.ts')
  for (const name of copies) forgetSession(machine, means.disk, name)
  return { profile, plan, notEnded, dry: false }
}

/** What this program keeps of these sessions, and of every profile that starts from the same sign-in: it must not go on giving them out. */
async function copiesOf(
  machine: Machine,
  question: Question,
  files: AwsFiles,
  records: readonly LoginRecord[],
): Promise<readonly string[]> {
  const own = records.flatMap((record) => (record.kind === 'session' && record.keptAs !== null ? [record.keptAs] : []))
  const tokens = records.flatMap((record) => (record.kind === 'sso' ? [record.tokenFile] : []))
  if (tokens.length === 0) return own
  const rules = await askedRules(question.sdk)
  const profiles = new Set([...files.config.profiles.keys(), ...files.credentials.profiles.keys()])
  const started = [...profiles].flatMap((profile) => {
    const trace = rules.trace(machine, { ...question, profile }, files)
    const plan = trace.winner?.plan ?? null
    const name = tokens.includes(planBehind(plan, 'sso')?.tokenFile ?? '') ? sessionNameOf(machine, trace, plan!) : null
    return name === null ? [] : [name]
  })
  return [...own, ...started]
}

function tokenFileOf(machine: Machine, profile: string): string | null {
  const settings = ssoSettings(machine, readAwsFiles(machine), profile)
  return settings !== null && 'tokenFile' in settings ? settings.tokenFile : null
}

function doneJson({ profile, plan, notEnded, dry }: LoggedOut): unknown {
  const files = plan.changes.map(({ path }) => path)
  return { profile, files, caches: plan.caches, left: plan.left.map(({ section }) => section), notEnded, done: !dry }
}
