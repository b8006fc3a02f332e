import { CountersignError } from '../errors.ts'
import { realDisk } from '../holder/machine/real-disk.ts'
import { isConclusive } from '../holder/resolution/resolution.ts'
import { knownNamesFile } from '../holder/vault/known-names.ts'
import { durationOf } from './durations.ts'
import { type Obtained, obtainCredentials } from './obtain.ts'
import { processOutput } from './process-output.ts'
import { type Question, questionOf } from './question.ts'
import { noteSession } from './quick-process.ts'
import { instantOf } from './session-environment.ts'
import { type Call, exitCode } from './terminal.ts'

/** `process [PROFILE]`: what an SDK runs. Data on stdout, and on stderr one line when there is none. */
export async function process(call: Call): Promise<number> {
  const question = questionOf(call)
  const { terminal, flags, machine } = call
  const keep = !flags.on('no-cache')
  const obtained = await obtainCredentials(call, question, { durationSeconds: durationOf(flags), keep })
  if (obtained.kind !== 'held') {
    const [{ harmless }, { loginFor }] = await Promise.all([import('./say/page.ts'), import('./say/credential.ts')])
    const login = loginFor(question.profile ?? null, obtained)
    terminal.err(harmless(`countersign: ${obtained.because}${login === null ? '' : ` (${login})`}`).concat('\n'))
    const isFound = obtained.kind === 'failed' && (obtained.reason === 'no-plan' || isConclusive(obtained))
    return isFound ? exitCode.problem : exitCode.unknown
  }
  const { credential } = obtained
  const { expiration } = credential
  if (expiration !== null && expiration.value <= machine.now()) {
    terminal.err(
      `countersign: the session is over since ${instantOf(expiration.value)}, and its source makes no new one\n`,
    )
    return exitCode.problem
  }
  terminal.out(
    processOutput({
      accessKeyId: credential.accessKeyId.value,
      secretAccessKey: credential.secretAccessKey.value.reveal(),
      sessionToken: credential.sessionToken?.value.reveal() ?? null,
      expiration: expiration?.value ?? null,
      accountId: credential.accountId?.value ?? null,
    }),
  )
  note(call, question, obtained)
  return exitCode.fine
}

/** Flags that lead to another session than the profile alone, or to none. */
const turning = ['region', 'endpoint-url', 'ca-bundle', 'sdk', 'duration', 'offline', 'no-exec']

/** The next run then goes the short way. */
function note(call: Call, { profile }: Question, { keptAs, files, trace }: Obtained): void {
  const { machine, flags } = call
  if (keptAs === null || turning.some((name) => flags.on(name))) return
  const plan = trace.winner?.plan
  const paths = [files.config.path, files.credentials.path, knownNamesFile(machine)]
  if (plan?.kind === 'sso') paths.push(plan.tokenFile)
  try {
    noteSession(
      machine,
      realDisk(),
      profile,
      keptAs,
      paths.filter((path) => path !== ''),
    )
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error
  }
}
