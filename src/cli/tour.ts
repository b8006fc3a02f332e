import { startAuthority } from '../authority/index.ts'
import { CountersignError } from '../errors.ts'
import { traceChain } from '../holder/chains/index.ts'
import { applyChanges } from '../holder/changes/index.ts'
import { diagnose } from '../holder/diagnosis/index.ts'
import type { Verdict } from '../holder/diagnosis/verdict.ts'
import type { Disk } from '../holder/machine/disk.ts'
import type { Machine } from '../holder/machine/machine.ts'
import { overlayMachine } from '../holder/machine/overlay.ts'
import { joinPath } from '../holder/machine/paths.ts'
import { realMachine } from '../holder/machine/real.ts'
import { realDisk } from '../holder/machine/real-disk.ts'
import { planRepair, proveRepair } from '../holder/repair/index.ts'
import { labRegion } from '../lab/caller.ts'
import { askWho, isProven, machineOfTour, makeSession, makeUser, type TourGround, tourUser } from '../lab/tour.ts'
import { section } from '../lab/wallet.ts'
import { type TourVoice, tourGoesOn, tourVoice } from './say/tour.ts'
import { verdictText } from './say/verdict.ts'
import { portOf } from './serve.ts'
import { type Call, exitCode } from './terminal.ts'

/** What the steps of the tour share. */
interface Stage {
  readonly call: Call
  readonly voice: TourVoice
  readonly ground: TourGround
  readonly account: string
  readonly disk: Disk
  /** The computer of the tour's user. */
  readonly machine: Machine
  readonly files: { readonly credentials: string; readonly config: string }
  /** Where everything that it makes is. */
  readonly scratch: string
}

/** `tour`: the whole product in six steps. Every step is really done, and the tour fails when one comes out otherwise. */
export async function tour(call: Call): Promise<number> {
  const { terminal, flags } = call
  const outside = realMachine({ direct: true })
  if (call.child !== null) throw new CountersignError('usage', 'tour takes no command after "--".')
  const port = portOf(flags.text('port'))
  const voice = tourVoice(terminal.look)
  const scratch = call.scratch()
  terminal.out(voice.opening())
  const authority = await startAt(port, flags.text('port') !== undefined, joinPath(outside, scratch.path, 'authority'))
  try {
    const stopped = flags.on('once') ? null : terminal.untilStopped()
    const files = {
      credentials: joinPath(outside, scratch.path, 'credentials'),
      config: joinPath(outside, scratch.path, 'config'),
    }
    const ground: TourGround = { url: authority.url, root: authority.root, outside }
    const machine = machineOfTour(outside, files)
    const stage = {
      call,
      voice,
      ground,
      account: authority.account,
      disk: realDisk(),
      machine,
      files,
      scratch: scratch.path,
    }
    if (!(await play(stage))) {
      terminal.out(voice.bad('This step did not come out as it must. The tour ends here.'))
      return exitCode.problem
    }
    if (stopped === null) return exitCode.fine
    terminal.out(tourGoesOn(terminal.look, outside, authority, files.credentials))
    await stopped
    return exitCode.fine
  } finally {
    await authority.stop()
    scratch.remove()
  }
}

/** Any free port will do when nobody asked for a certain one and the usual one is taken. */
async function startAt(port: number, asked: boolean, data: string) {
  try {
    return await startAuthority({ data, port, host: '127.0.0.1' })
  } catch (error) {
    if (asked || !(error instanceof CountersignError)) throw error
    return await startAuthority({ data, port: 0, host: '127.0.0.1' })
  }
}

/** True when every step came out as told. */
async function play(stage: Stage): Promise<boolean> {
  const { call, voice, ground, disk, files } = stage
  const out = (text: string) => call.terminal.out(text)
  out(voice.step(1, 'A real authority starts: STS and IAM, on this computer'))
  out(voice.good(`It serves on ${ground.url} and has made the account ${stage.account}.`))

  out(voice.step(2, 'A user with an access key'))
  const user = await makeUser(ground)
  out(voice.good(`The root user made ${user.arn} and gave it a key (CreateUser, CreateAccessKey).`))

  out(voice.step(3, 'The user signs in with a second factor'))
  const session = await makeSession(ground, user)
  out(voice.note('A virtual MFA device was enabled with two codes; a third one opened a session (GetSessionToken).'))
  disk.write(files.config, bytesOf(`[default]\nendpoint_url = ${ground.url}\nregion = ${labRegion}\n`))
  disk.write(files.credentials, bytesOf(section('default', session)))
  out(
    voice.note(
      'Key id, secret and token of the session went into a credentials file. Who is that (GetCallerIdentity)?',
    ),
  )
  if (!(await asks(stage, true))) return false

  out(voice.step(4, 'The next day: the long-term key is put back, the token is forgotten'))
  disk.write(files.credentials, bytesOf(section('default', { ...user, sessionToken: session.sessionToken })))
  out(voice.note('The same question, signed with what now stands in the file:'))
  if (!(await asks(stage, false))) return false

  out(voice.step(5, 'countersign check'))
  const verdict = await examined(stage)
  out(voice.quote(verdictText({ look: narrower(call), machine: stage.machine }, verdict, false)))
  if (!isProven(verdict)) return false

  out(voice.step(6, 'The repair, and the proof'))
  return await repairs(stage, verdict)
}

/** Signs and sends GetCallerIdentity with whatever the AWS CLI would find on that machine; tells the answer. */
async function asks({ call, voice, ground, machine }: Stage, accepted: boolean): Promise<boolean> {
  const credential = traceChain(machine, { sdk: 'aws-cli-v2' }).winner?.credential
  if (credential == null) return false
  const answer = await askWho(ground, {
    accessKeyId: credential.accessKeyId.value,
    secretAccessKey: credential.secretAccessKey.value.reveal(),
    sessionToken: credential.sessionToken?.value.reveal(),
  })
  call.terminal.out(voice.answer(answer))
  if (answer.refusal === null) {
    const rightUser = answer.text('Arn').endsWith(`:user/${tourUser}`)
    if (rightUser) call.terminal.out(voice.good(`The caller is ${answer.text('Arn')}.`))
    return accepted && rightUser
  }
  return !accepted && answer.refusal.code === 'InvalidClientTokenId'
}

function examined({ machine }: Stage): Promise<Verdict> {
  return diagnose(machine, { sdk: 'aws-cli-v2', offline: false, timeoutMs: 5000 })
}

/** The repair as `fix` would make it: planned, proven on a copy, applied; then the same question once more. */
async function repairs(stage: Stage, verdict: Verdict): Promise<boolean> {
  const { call, voice, disk, machine, files } = stage
  const [finding] = verdict.causes
  const plan = finding === undefined ? null : planRepair(machine, finding)
  if (finding === undefined || plan === null) return false
  for (const line of plan.summary) call.terminal.out(voice.note(`Planned: ${line}`))
  const proof = await proveRepair(machine, plan, verdict, finding, { timeoutMs: 5000 })
  if (proof.result !== 'cured') return false
  call.terminal.out(voice.good('On a copy of the machine the diagnosis finds nothing wrong any more.'))
  applyChanges(elsewhere(stage), disk, plan.files, { verb: 'tour', says: plan.summary.join('; ') })
  call.terminal.out(voice.note(`Applied. The same question, signed with what now stands in ${files.credentials}:`))
  return await asks(stage, true)
}

/** What the tour has changed is nothing to take back later: its journal goes with everything else that it made. */
function elsewhere({ machine, scratch }: Stage): Machine {
  const env = { HOME: scratch, USERPROFILE: scratch, XDG_STATE_HOME: null, LOCALAPPDATA: null }
  return overlayMachine(machine, { env })
}

function narrower({ terminal: { look } }: Call) {
  return { ...look, columns: Math.max(50, look.columns - 7) }
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
