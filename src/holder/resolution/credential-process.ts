import { shellSplit } from '../files/dialects/python.ts'
import { parseInstant } from '../files/instants.ts'
import type { Command, CommandOutcome } from '../machine/machine.ts'
import type { ProcessPlan } from '../sources/plan.ts'
import { objectIn, shown, textIn } from './exchange.ts'
import { credentialOf, described, type FailureReason, failed, type Means, type Outcome } from './resolution.ts'
import { windowsWords } from './windows-words.ts'

/**
 * Runs a `credential_process` and reads what it prints: one JSON object of Version 1.
 * Sources: AWS SDKs and Tools Reference Guide, "Process credential provider"; botocore credentials.py `ProcessProvider`.
 */
export async function credentialProcess(plan: ProcessPlan, means: Means): Promise<Outcome> {
  const { machine } = means
  const of = plan.profile === null ? 'the credential_process' : `the credential_process of [${plan.profile}]`
  const fail = (reason: FailureReason, says: string, because: string): Outcome =>
    failed(
      reason,
      `CredentialRetrievalError: Error when retrieving credentials from custom-process: ${says}`,
      because,
      plan.at,
    )
  const line = lineOf(plan, machine.platform)
  if (typeof line === 'string') return fail('process-not-started', line, `${of} cannot be run: ${line}`)
  if (!means.exec) return described('process', `${of} would be run`)
  means.onStep(`running ${of}`)
  const outcome = await machine.run({ line, timeoutMs: means.processTimeoutMs })
  const program = 'shell' in line ? 'a line for the shell' : shown(line[0])
  means.trail.push({ kind: 'process', program, exitCode: outcome.kind === 'ended' ? outcome.exitCode : null })
  switch (outcome.kind) {
    case 'refused':
      return described('process', `${of} would be run`)
    case 'not-started':
      return fail(
        'process-not-started',
        `${program}: ${outcome.detail}`,
        `${of} cannot be run: ${program}: ${outcome.detail}`,
      )
    case 'timed-out': {
      const seconds = Math.round(means.processTimeoutMs / 100) / 10
      return fail('process-timed-out', `no end within ${seconds} s`, `${of} did not come to an end within ${seconds} s`)
    }
    case 'too-much-output':
      return fail('process-output', 'more than 1 MiB of output', `${of} printed more than 1 MiB`)
    case 'ended': {
      if (outcome.exitCode === 0) return read(outcome, plan, means, of)
      const how = outcome.signal === null ? `exit code ${outcome.exitCode}` : outcome.signal
      const told = complaint(outcome, means)
      return fail(
        'process-failed',
        told === '' ? how : told,
        `${of} ended with ${how}${told === '' ? '' : `: ${told}`}`,
      )
    }
  }
}

/** What is started; a string says why nothing can be. */
function lineOf({ command, run }: ProcessPlan, platform: Means['machine']['platform']): Command['line'] | string {
  if (run === 'shell') return { shell: command }
  if (platform === 'win32') return wordsOrEmpty(windowsWords(command))
  const split = shellSplit(command)
  return split.kind === 'error' ? `${split.says[0]!.toLowerCase()}${split.says.slice(1)}` : wordsOrEmpty(split.words)
}

function wordsOrEmpty([program, ...args]: readonly string[]): Command['line'] | string {
  return program === undefined || program === '' ? 'it is empty' : [program, ...args]
}

type Ended = Extract<CommandOutcome, { kind: 'ended' }>

/** The end of what a program wrote to stderr, without anything secret. */
function complaint({ stderr, stdout }: Ended, { machine }: Means): string {
  const printed = objectIn(stdout.trim())
  const secrets = [
    textIn(printed, 'SecretAccessKey'),
    textIn(printed, 'SessionToken'),
    ...['AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_SECURITY_TOKEN'].map((name) => machine.env(name) ?? null),
  ]
  let text = stderr
  for (const secret of secrets) if (secret !== null && secret.length >= 4) text = text.replaceAll(secret, '‹hidden›')
  const lines = text.split(/\r\n|[\r\n]/).map((each) => each.trim())
  return shown(
    lines
      .filter((each) => each !== '')
      .slice(-3)
      .join(' '),
  )
}

function read(ended: Ended, plan: ProcessPlan, means: Means, of: string): Outcome {
  const wrong = (says: string, reason: FailureReason = 'process-output'): Outcome => {
    const error = `CredentialRetrievalError: Error when retrieving credentials from custom-process: ${says}`
    return failed(reason, error, `${of} printed something else than credentials: ${says}`, plan.at)
  }
  const printed = objectIn(ended.stdout.trim())
  if (printed === null) return wrong(ended.stdout.trim() === '' ? 'nothing at all' : 'no JSON object')
  const version = Object.hasOwn(printed, 'Version') ? printed['Version'] : undefined
  if (version !== 1) {
    const written = version === undefined ? '<Version key not provided>' : shown(JSON.stringify(version))
    return wrong(`Unsupported version '${written}' for credential process provider, supported versions: 1`)
  }
  for (const name of ['AccessKeyId', 'SecretAccessKey']) {
    if (printed[name] === undefined) return wrong(`Missing required key in response: '${name}'`)
    if (textIn(printed, name) === null) return wrong(printed[name] === '' ? `${name} is empty` : `${name} is no text`)
  }
  const token = printed['SessionToken'] ?? null
  if (token !== null && typeof token !== 'string') return wrong('SessionToken is no text')
  const end = printed['Expiration'] ?? null
  const expiration = typeof end === 'string' ? (parseInstant(end)?.at ?? null) : null
  if (end !== null && expiration === null) return wrong('Expiration is no instant of ISO 8601')
  if (expiration !== null && expiration <= means.machine.now()) {
    const because = `${of} printed credentials that ended ${expiration.toISOString().replace('.000Z', 'Z')}`
    const says = 'RuntimeError: Credentials were refreshed, but the refreshed credentials are still expired.'
    return failed('expired', says, because, plan.at)
  }
  const values = {
    accessKeyId: textIn(printed, 'AccessKeyId')!,
    secretAccessKey: textIn(printed, 'SecretAccessKey')!,
    sessionToken: token === '' ? null : token,
    expiration,
    accountId: textIn(printed, 'AccountId'),
  }
  const credential = credentialOf('custom-process', plan.profile, 'credential_process', values)
  return { kind: 'resolved', credential, roleSession: null }
}
