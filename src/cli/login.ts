import { CountersignError } from '../errors.ts'
import { askedRules } from '../holder/chains/asked.ts'
import { type AwsFiles, readAwsFiles } from '../holder/files/aws-files.ts'
import { realDoors } from '../holder/login/browser.ts'
import {
  type LoggedIn,
  type LoginMeans,
  type LoginQuestion,
  logIn,
  type Person,
  plainCode,
  type Refused,
  sessionProfileOf,
  sessionRecordOf,
} from '../holder/login/index.ts'
import type { Machine } from '../holder/machine/machine.ts'
import { realDisk } from '../holder/machine/real-disk.ts'
import { credentialsSettings, profileSettings } from '../holder/sources/settings.ts'
import type { Session } from '../holder/vault/index.ts'
import { seedName } from '../holder/vault/item.ts'
import { knownName } from '../holder/vault/known-names.ts'
import { secondsOf } from './durations.ts'
import { keptKeys } from './kept-keys.ts'
import { OneTimeCodes } from './one-time-code.ts'
import { choose, consent } from './prompts.ts'
import { questionOf } from './question.ts'
import { wantsJson, writeJson } from './result.ts'
import { loginText, refusedText, signInText, toldText } from './say/login.ts'
import { legible } from './say/page.ts'
import { unmarkedMachine } from './session-environment.ts'
import { keySessionName, sessionNameOf } from './session-name.ts'
import { shellOf } from './shell.ts'
import { waitingShell } from './shell-lines.ts'
import { type Call, exitCode, type Progress, type Terminal } from './terminal.ts'
import { openVault } from './vault.ts'

/** `login [PROFILE]`: does what a profile needs to work, and says who that makes the caller and until when. */
export async function login(call: Call): Promise<number> {
  // A sign-in waits for minutes: Ctrl-C has to end it with a word.
  const stopped = call.terminal.untilStopped().then(() => {
    call.terminal.err('\nStopped; nobody was logged in.\n')
    return interrupted
  })
  return await Promise.race([run(call), stopped])
}

const interrupted = 130

async function run(call: Call): Promise<number> {
  const { terminal, flags } = call
  if (call.recorded === true) throw new CountersignError('usage', 'A recorded machine cannot be logged in to.')
  const { machine } = unmarkedMachine(call.machine)
  const question = questionOf(call)
  const files = readAwsFiles(machine)
  const profile = startOf(call, machine, files, question.profile)
  // What the environment holds is not what a profile needs, unless there is no such profile.
  const isNamed = question.profile !== undefined || profileSettings(files, profile) !== null
  const rules = await askedRules(question.sdk)
  const traced = () => rules.trace(machine, isNamed ? { ...question, profile } : question, readAwsFiles(machine))
  const trace = traced()
  const progress = resumed(terminal)
  const means: LoginMeans = {
    machine,
    disk: realDisk(),
    files,
    trace,
    retrace: traced,
    timeoutMs: question.timeoutMs,
    offline: question.offline,
    exec: question.exec,
    onStep: (says) => progress.now(says),
    person: personOf(call, machine, progress),
    doors: realDoors,
    keys: keptKeys(call, machine),
  }
  const asked = await askedOf(call, means)
  if (flags.on('shell') && wantsJson(call))
    throw new CountersignError('usage', '--shell and --json both want stdout: one of them.')
  if (flags.on('shell') && terminal.outputIsPerson) {
    progress.end()
    await consent(call, 'This shows secrets on the screen. Show them?')
  }
  const wrong = flags.on('dry-run') ? await dryRun(call, means) : null
  if (wrong !== null) return wrong
  const outcome = await logIn(means, asked).finally(() => progress.end())
  if (wantsJson(call)) writeJson(call, outcomeJson(outcome, profile))
  else if (outcome.kind === 'refused') terminal.err(refusedText({ look: terminal.look, machine }, outcome))
  if (outcome.kind === 'refused') return exitCodeOf(outcome)
  const given = await giveEnvironment(call, machine, outcome)
  if (!wantsJson(call)) {
    const shadow = given ? null : shadowIn(machine)
    terminal.err(loginText({ look: terminal.look, machine }, outcome, { given, shadow, short: flags.on('quiet') }))
  }
  return exitCode.fine
}

/** The profile to log in with: what was asked for; of a profile that login has made, the one that it was made from. */
function startOf(call: Call, machine: Machine, files: AwsFiles, named: string | undefined): string {
  const profile = named ?? (machine.env('AWS_PROFILE') || machine.env('AWS_DEFAULT_PROFILE') || 'default')
  const made = sessionRecordOf(machine, files, profile)
  const held = credentialsSettings(files, profile)?.get('aws_access_key_id')?.value
  if (made === null || made.profile === profile || held !== made.keyId) return profile
  const { look } = call.terminal
  call.terminal.err(
    toldText(look, `${profile} is the session that login keeps for ${made.profile}; logging in with that.`),
  )
  return made.profile
}

async function askedOf(call: Call, { machine, trace }: LoginMeans): Promise<LoginQuestion> {
  const { flags } = call
  const duration = flags.text('duration')
  return {
    target: flags.text('update-profile') ?? null,
    serial: flags.text('serial') ?? null,
    code: await givenCode(call),
    duration: duration === undefined ? null : secondsOf('--duration', duration),
    account: flags.text('account') ?? null,
    role: flags.text('role') ?? null,
    wish: { browser: !flags.on('no-browser'), deviceCode: flags.on('use-device-code') },
    force: flags.on('force'),
    keepAs: (made) => {
      if ('kind' in made) return sessionNameOf(machine, trace, made)
      // A key in the vault has another name there.
      if ('probe' in made.credential.accessKeyId.at) return null
      return keySessionName(machine, trace, { kind: 'static', credential: made.credential }, made.serial, null)
    },
    keepCopy: async (name, { credential, expiration }) => {
      const { writeSession } = await import('../holder/vault/index.ts')
      const session: Session = {
        accessKeyId: credential.accessKeyId.value,
        secretAccessKey: credential.secretAccessKey.value,
        sessionToken: credential.sessionToken!.value,
        issuedAt: machine.now(),
        expiration,
        account: credential.accountId?.value ?? null,
        arn: null,
      }
      try {
        await writeSession(machine, realDisk(), name, session)
      } catch (error) {
        // The profile holds it already; the copy only spares `exec` and `process` a question.
        if (!(error instanceof CountersignError)) throw error
      }
    },
  }
}

async function givenCode({ flags, terminal }: Call): Promise<string | null> {
  const text = flags.text('code')
  if (text === undefined) return null
  const code = plainCode(text === '-' ? (await terminal.input(1024)).trim() : text)
  if (code !== null) return code
  throw new CountersignError('usage', '--code is the six digits that the device shows.')
}

/** A line of progress that begins anew after each question. */
function resumed({ progress }: Terminal): Progress {
  let line: Progress | null = null
  return {
    now(says) {
      if (line === null) line = progress(says)
      else line.now(says)
    },
    end() {
      line?.end()
      line = null
    },
  }
}

function personOf(call: Call, machine: Machine, progress: Progress): Person {
  const { terminal } = call
  const say = (text: string) => {
    progress.end()
    terminal.err(text)
  }
  const codes = new OneTimeCodes(call, () => openVault(call), { beforeAsking: () => progress.end() })
  const hasSeed = (serial: string) => knownName(machine, seedName(serial))?.isThere === true
  return {
    async askCode(serial, again) {
      if (again && !hasSeed(serial))
        say(toldText(terminal.look, 'AWS did not take that code. Each one counts once: wait for the next.'))
      return await codes.next(serial)
    },
    hasSeed,
    async askSerial(guess) {
      progress.end()
      const usually = guess === null ? '' : ` (often ${guess})`
      return await terminal.ask(`ARN or serial number of your MFA device${usually}:`, { shown: true })
    },
    async choose(asked, choices) {
      progress.end()
      // Names of accounts come from elsewhere.
      const shown = choices.map(({ value, says }) => ({ value, says: legible(terminal.look, says) }))
      return await choose(call, asked, shown)
    },
    async mayWrite(profile, lines) {
      if (call.flags.on('yes')) return true
      progress.end()
      const question = `Write ${lines.join(' and ')} into the profile ${profile}? [y/N]`
      const answer = await terminal.ask(legible(terminal.look, question), { shown: true })
      return /^y(es)?$/i.test(answer ?? '')
    },
    tell: (says) => say(toldText(terminal.look, says)),
    showSignIn: (page) => say(signInText(terminal.look, page)),
  }
}

/** Nothing is asked, sent or written; it is told what would be. */
async function dryRun({ terminal, flags }: Call, means: LoginMeans): Promise<number> {
  const { needOf } = await import('../holder/login/need.ts')
  const { needText } = await import('./say/login.ts')
  const { machine, files, trace } = means
  const need = needOf(machine, files, trace)
  const sight = { look: terminal.look, machine }
  if (need.kind === 'refused') {
    terminal.err(refusedText(sight, need))
    return exitCodeOf(need)
  }
  const profile = trace.profile.name
  terminal.err(needText(sight, profile, flags.text('update-profile') ?? sessionProfileOf(profile), need))
  return exitCode.fine
}

/**
 * The session for the shell itself: as lines on stdout with `--shell`, or left to the function of `shell-init` that waits. False where
 * none waits.
 */
async function giveEnvironment(call: Call, machine: Machine, { credential, profile }: LoggedIn): Promise<boolean> {
  const wanted = call.flags.text('shell')
  if (credential === null || (wanted === undefined && waitingShell(machine) === null)) return false
  const [{ sessionEnvironment }, { envCommands, dotenvLines }, { giveToShell }] = await Promise.all([
    import('./session-environment.ts'),
    import('./say/env.ts'),
    import('./shell-lines.ts'),
  ])
  const files = readAwsFiles(machine)
  const trace = (await askedRules('aws-cli-v2')).trace(machine, { ...questionOf(call), profile }, files)
  const environment = sessionEnvironment(machine, files, trace, credential)
  const commands = envCommands(environment)
  if (wanted === undefined)
    return await giveToShell(machine, commands).catch((error: unknown) => {
      // The login was made all the same, and its profile stands.
      if (!(error instanceof CountersignError)) throw error
      call.terminal.err(toldText(call.terminal.look, error.message))
      return false
    })
  const lines = wanted === 'dotenv' ? dotenvLines(environment) : commands[shellOf(wanted)]
  call.terminal.out(lines.map((line) => `${line}\n`).join(''))
  return false
}

/** A key in the environment, which SDKs take before `AWS_PROFILE`. */
function shadowIn(machine: Machine): string | null {
  return machine.env('AWS_ACCESS_KEY_ID') ? 'AWS_ACCESS_KEY_ID' : null
}

function exitCodeOf({ reason }: Refused): number {
  if (reason === 'unreachable') return exitCode.unknown
  return reason === 'usage' || reason === 'no-answer' ? exitCode.usage : exitCode.problem
}

/** Schema `countersign.login/1`. */
function outcomeJson(outcome: LoggedIn | Refused, profile: string): unknown {
  const schema = 'countersign.login/1'
  if (outcome.kind === 'refused') {
    const { reason, says, hint } = outcome
    return { schema, profile, status: 'refused', reason, says, hint }
  }
  const { how, use, identity, expiration, isNew, wrote, lacks } = outcome
  const isNothing = how === 'key-alone' || how === 'by-itself' || (how === 'role' && use === profile)
  return {
    schema,
    profile,
    status: isNew ? 'logged-in' : isNothing ? 'nothing-to-do' : 'still-logged-in',
    how,
    use,
    account: identity?.account ?? null,
    arn: identity?.arn ?? null,
    expiration: expiration?.toISOString().replace(/\.\d+Z$/, 'Z') ?? null,
    wrote,
    lacks,
  }
}
