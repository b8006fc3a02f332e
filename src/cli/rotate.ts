import { CountersignError } from '../errors.ts'
import { recoverChanges } from '../holder/changes/index.ts'
import { type Commands, sequence, setVariable } from '../holder/diagnosis/shells.ts'
import { readAwsFiles } from '../holder/files/aws-files.ts'
import { realDisk } from '../holder/machine/real-disk.ts'
import {
  deleteDue,
  dueFor,
  findSubject,
  isAsFound,
  type KeySeen,
  type NoSubject,
  orphansOf,
  type RotationMeans,
  rotate as rotateKey,
  type Subject,
  withoutDeleted,
} from '../holder/rotation/index.ts'
import { secondsOf } from './durations.ts'
import { ownProcess } from './own-process.ts'
import { consent } from './prompts.ts'
import { questionOf } from './question.ts'
import { resolvingMeans } from './resolving.ts'
import { wantsJson, writeJson } from './result.ts'
import { recoveredText } from './say/fix.ts'
import { type Planned, planText, resultText, shellText } from './say/rotate.ts'
import { giveToShell } from './shell-lines.ts'
import { type Call, exitCode, type Progress } from './terminal.ts'

/** `rotate [PROFILE]`: a new key in the place of the old one, for one profile or all. */
export async function rotate(call: Call): Promise<number> {
  const question = questionOf(call)
  if (question.offline) throw new CountersignError('usage', 'A key cannot be rotated offline: AWS makes the new one.')
  const asked = { ...question, profile: undefined }
  const shown = new Shown()
  const means: Means = {
    shown,
    machine: call.machine,
    disk: realDisk(),
    ownProfileOf: (command) => ownProcess(call.machine, command)?.profile ?? null,
    openVault: async () => await (await import('./vault.ts')).openVault(call),
    question: { ...asked, ...resolvingMeans(call, question, shown), disk: realDisk() },
    pause: (ms) => call.terminal.pause(ms),
  }
  const told = recoverChanges(call.machine, realDisk())
  if (told.length > 0) call.terminal.err(recoveredText({ look: call.terminal.look, machine: call.machine }, told))
  const plans = await plansFor(call, means, question.profile)
  const toDo = plans.filter(isToDo)
  const say = { look: call.terminal.look, machine: call.machine }
  if (!wantsJson(call)) call.terminal.err(planText(say, plans))
  const dry = call.flags.on('dry-run')
  if (toDo.length === 0 || dry) {
    if (wantsJson(call)) writeJson(call, json(plans.map((plan) => rowOf(plan))))
    return plans.some(({ state }) => state === 'not-possible') || (dry && toDo.length > 0)
      ? exitCode.problem
      : exitCode.fine
  }
  await consent(call, questionText(toDo))
  const rows = []
  for (const plan of plans) rows.push(isToDo(plan) ? await carryOutInTurn(call, means, plan) : rowOf(plan))
  if (wantsJson(call)) writeJson(call, json(rows))
  return rows.some(({ status }) => status === 'failed' || status === 'not-possible') ? exitCode.problem : exitCode.fine
}

interface Means extends RotationMeans {
  readonly shown: Shown
}

/** Whatever is being told at the time: a question for a code has to take it back. */
class Shown implements Progress {
  #told: Progress | null = null

  begin(progress: Progress): Progress {
    this.#told = progress
    return progress
  }

  now(says: string): void {
    this.#told?.now(says)
  }

  end(): void {
    this.#told?.end()
  }
}

const isToDo = (plan: Planned) => plan.state === 'rotate' || plan.due.length > 0

async function plansFor(call: Call, means: Means, profile: string | undefined): Promise<readonly Planned[]> {
  const all = call.flags.on('all')
  if (all && profile !== undefined)
    throw new CountersignError('usage', `Either one profile or --all: "${profile}" is one of them.`)
  const names = all ? profileNames(call) : [profile]
  const progress = means.shown.begin(call.terminal.progress('asking AWS whose keys these are'))
  const seen = new Set<string>()
  const plans: Planned[] = []
  try {
    for (const [at, name] of names.entries()) {
      progress.now(`asking AWS whose key ${name ?? 'this'} is`, at / names.length)
      const found = await findSubject(means, name)
      // Of all profiles those that have no key of their own are none of this verb's business.
      if (all && found.kind === 'no-subject' && found.fine) continue
      if (found.kind === 'subject') {
        if (seen.has(found.pair.accessKeyId)) continue
        seen.add(found.pair.accessKeyId)
      }
      plans.push(planFor(call, means, found))
    }
  } finally {
    progress.end()
  }
  return plans
}

function profileNames({ machine }: Call): readonly string[] {
  const { config, credentials } = readAwsFiles(machine)
  return [...new Set([...credentials.profiles.keys(), ...config.profiles.keys()])]
}

function planFor(call: Call, means: Means, found: Subject | NoSubject): Planned {
  if (found.kind === 'no-subject') return { state: 'not-possible', subject: null, reason: found, due: [], deletes: [] }
  const due = dueFor(means, found)
  const without = { subject: found, reason: null, due, deletes: [] }
  if (call.flags.on('finish')) return { ...without, state: 'finish' }
  const key = found.keys.find(({ id }) => id === found.pair.accessKeyId)
  const least = call.flags.text('older-than')
  if (least !== undefined && found.begun === null && ageOf(call, key) < secondsOf('--older-than', least))
    return { ...without, state: 'young' }
  const orphans = orphansOf(found)
  const gone = [...due, ...orphans.map(({ id }) => id)]
  const other = found.keys.find(({ id }) => id !== found.pair.accessKeyId && !gone.includes(id))
  const isMade = found.begun !== null && found.begun.newId !== null
  if (other === undefined || isMade) return { ...without, deletes: orphans, state: 'rotate' }
  const because = whyKept(found, other, call.flags.on('delete-other'))
  if (because === null) return { ...without, deletes: [...orphans, other], state: 'rotate' }
  const reason: NoSubject = { kind: 'no-subject', profile: found.profile, ...because, fine: false }
  return { ...without, reason, state: 'not-possible' }
}

/** Why the user's other key must stay, and what to do about it; null when it may go. */
function whyKept(
  { othersHeldIn }: Subject,
  { id, active }: KeySeen,
  mayDelete: boolean,
): Pick<NoSubject, 'because' | 'hint'> | null {
  if (!active) return null
  const because = 'its user has two keys, which is the most, and both are active'
  const user = othersHeldIn.find((held) => held.id === id)?.section
  if (user !== undefined)
    return {
      because: `${because}: [${user}] uses the other one`,
      hint: 'Give both profiles the same key first, or the other profile a user of its own.',
    }
  if (mayDelete) return null
  const hint = 'See which one is not used any more; --delete-other deletes the one that this profile does not use.'
  return { because, hint }
}

/** In seconds; a key of which IAM tells no age is as old as can be. */
function ageOf({ machine }: Call, key: KeySeen | undefined): number {
  return key?.createdAt == null ? Number.POSITIVE_INFINITY : (machine.now().getTime() - key.createdAt.getTime()) / 1000
}

function questionText(plans: readonly Planned[]): string {
  const count = plans.filter(({ state }) => state === 'rotate').length
  const gone = plans.reduce((sum, { due, deletes }) => sum + due.length + deletes.length, 0)
  const keys = (number: number) => (number === 1 ? 'one key' : `${number} keys`)
  if (count === 0) return `Delete ${keys(gone)} for good?`
  return gone === 0 ? `Replace ${keys(count)}?` : `Replace ${keys(count)}, and delete ${keys(gone)} for good?`
}

interface Row {
  readonly profile: string
  readonly status: 'rotated' | 'failed' | 'young' | 'not-possible' | 'would-rotate' | 'finished'
  readonly [member: string]: unknown
}

/** Two at once would take each other's new key for what is left of a rotation that was cut off. */
async function carryOutInTurn(call: Call, means: Means, plan: Planned): Promise<Row> {
  const { withLock } = await import('./vault.ts')
  const subject = plan.subject!
  return await withLock(call, `rotation of ${subject.arn}`, async () => {
    if (await isAsFound(means, subject)) return await carryOut(call, means, plan)
    const because = 'its files were changed meanwhile'
    const left = ['Nothing was done. Run it again.']
    if (!wantsJson(call)) {
      const say = { look: call.terminal.look, machine: call.machine }
      call.terminal.err(resultText(say, subject, [], { kind: 'not-rotated', because, left }))
    }
    return { ...rowOf(plan), status: 'failed', because, left }
  })
}

async function carryOut(call: Call, means: Means, plan: Planned): Promise<Row> {
  const say = { look: call.terminal.look, machine: call.machine }
  const subject = plan.subject!
  const progress = means.shown.begin(call.terminal.progress(`rotating the key of ${subject.profile}`))
  try {
    const deleted = await deleteDue(means, subject)
    const keys = withoutDeleted(subject.keys, deleted)
    const result =
      plan.state === 'rotate'
        ? await rotateKey(
            means,
            { ...subject, keys },
            {
              deletes: plan.deletes,
              deleteOld: deleteOld(call),
              onStep: (says) => progress.now(`${subject.profile}: ${says}`),
            },
          )
        : null
    progress.end()
    if (!wantsJson(call)) call.terminal.err(resultText(say, subject, deleted, result))
    if (result?.kind === 'rotated') await tellShell(call, subject, result.pair)
    return {
      ...rowOf(plan),
      status: result === null ? 'finished' : result.kind === 'rotated' ? 'rotated' : 'failed',
      newKey: result?.kind === 'rotated' ? result.newId : null,
      oldKeyIs: result?.kind === 'rotated' ? result.old : null,
      deleteAt: result?.kind === 'rotated' ? (result.deleteAt?.toISOString() ?? null) : null,
      because: result?.kind === 'not-rotated' ? result.because : null,
      left: result?.kind === 'not-rotated' ? result.left : [],
      deleted,
    }
  } finally {
    progress.end()
  }
}

function deleteOld(call: Call): 'now' | Date | null {
  const text = call.flags.text('delete-after')
  if (text === undefined) return null
  const seconds = text === 'now' ? 0 : secondsOf('--delete-after', text)
  return seconds === 0 ? 'now' : new Date(call.machine.now().getTime() + seconds * 1000)
}

/** What the shell that started us still has: only itself can change that. */
async function tellShell(
  call: Call,
  { places }: Subject,
  pair: { readonly accessKeyId: string; readonly secretAccessKey: { reveal(): string } },
): Promise<void> {
  if (places.variables.length === 0) return
  const values = { accessKeyId: pair.accessKeyId, secretAccessKey: pair.secretAccessKey.reveal() }
  const lines: Commands = sequence(...places.variables.map(({ name, holds }) => setVariable(name, values[holds])))
  if (!(await giveToShell(call.machine, lines))) call.terminal.err(shellText(call.terminal.look, places.variables))
}

function rowOf({ state, subject, reason, due, deletes }: Planned): Row {
  const status = { rotate: 'would-rotate', finish: 'finished', young: 'young', 'not-possible': 'not-possible' } as const
  const key = subject?.keys.find(({ id }) => id === subject.pair.accessKeyId)
  return {
    profile: subject?.profile ?? reason?.profile ?? '',
    status: status[state],
    user: subject?.arn ?? null,
    oldKey: subject?.pair.accessKeyId ?? null,
    createdAt: key?.createdAt?.toISOString() ?? null,
    places: subject === null ? [] : placesJson(subject),
    deletes: [...due, ...deletes.map(({ id }) => id)],
    because: reason?.because ?? null,
  }
}

function placesJson({ places, vaultNames }: Subject): readonly unknown[] {
  return [
    ...places.sections.map(({ file, section, line }) => ({ file, line, section })),
    ...places.lines.map(({ file, line }) => ({ file, line })),
    ...vaultNames.map((name) => ({ vault: name })),
    ...places.variables.map(({ name }) => ({ variable: name })),
  ]
}

/** Schema `countersign.rotate/1`. */
function json(keys: readonly Row[]): unknown {
  return { schema: 'countersign.rotate/1', keys }
}
