import { maskAccessKeyId } from '../../anatomy/access-key-id.ts'
import { Secret } from '../../anatomy/secret.ts'
import { CountersignError } from '../../errors.ts'
import { type Caller, callAws, callerFor, callerWith } from '../calls/index.ts'
import { applyChanges, type FileChange, planEdits } from '../changes/index.ts'
import { overlayMachine } from '../machine/overlay.ts'
import { askPatiently, mayHaveHappened, waits } from './patience.ts'
import { editsForKey, type KeyPair } from './places.ts'
import { type RotationRecord, removeRecord, writeRecord } from './records.ts'
import { type KeySeen, named, type RotationMeans, type Subject } from './subject.ts'

/** What may be done to get there. */
export interface RotationLeave {
  /** Keys of the user that are deleted first, because two is the limit. */
  readonly deletes: readonly KeySeen[]
  /** When the old key is deleted: at once, at an instant, or with the next rotation (null). */
  readonly deleteOld: 'now' | Date | null
  /** Told in one plain clause of each step before it is done. */
  readonly onStep: (says: string) => void
}

export interface Rotated {
  readonly kind: 'rotated'
  /** The new key: for the shell that still has the old one. */
  readonly pair: KeyPair
  readonly newId: string
  readonly oldId: string
  /** What became of the old key. */
  readonly old: 'deleted' | 'inactive'
  readonly deleteAt: Date | null
}

/** Something did not work: everything is as it was before, or as far from it as `left` says. */
export interface NotRotated {
  readonly kind: 'not-rotated'
  /** One plain clause, with AWS's own words where it refused. */
  readonly because: string
  /** What could not be taken back, each a plain sentence; empty when all was. */
  readonly left: readonly string[]
}

/** IAM and STS quotas, "Access keys assigned to an IAM user": 2. */
const mostKeys = 2
/** One server that knows a key does not mean that the next one does. */
const acceptedTwice = 2

/** One step and how it is taken back. */
interface Step {
  readonly says: string
  /** Null when it was done; else why not. */
  run(): Promise<string | null>
  /** Null when there is nothing to take back. */
  back(): Promise<string | null>
}

/**
 * Replaces a long-term key: makes the new one, proves that AWS knows it, writes it everywhere the old one stood, proves that the
 * profile works with it, makes the old one inactive, proves again, and deletes the old one when it may go. A failure on the way
 * takes back what was done, newest first. What was done is on record before it is done, so that the next run goes on after a crash.
 */
export async function rotate(
  means: RotationMeans,
  subject: Subject,
  leave: RotationLeave,
): Promise<Rotated | NotRotated> {
  const turn = new Rotation(means, subject, leave)
  const done: Step[] = []
  for (const step of turn.steps()) {
    leave.onStep(step.says)
    // Also a step that failed may have come half way: AWS may have done what its answer does not say.
    done.push(step)
    const because = await outcomeOf(step.run())
    if (because !== null) return { kind: 'not-rotated', because, left: await takenBack(done, leave) }
  }
  return await turn.end()
}

/** Newest first, as far as it goes: while one step holds, those before it must too, or a key would go that is in use. */
async function takenBack(done: readonly Step[], leave: RotationLeave): Promise<readonly string[]> {
  leave.onStep('taking back what was done')
  for (const step of done.toReversed()) {
    const because = await outcomeOf(step.back())
    if (because !== null)
      return [because, 'Nothing before that was taken back. Run countersign rotate again: it goes on from here.']
  }
  return []
}

async function outcomeOf(work: Promise<string | null>): Promise<string | null> {
  try {
    return await work
  } catch (error) {
    if (error instanceof CountersignError && error.code !== 'defect') return error.message.replace(/\.$/, '')
    throw error
  }
}

class Rotation {
  readonly #means: RotationMeans
  readonly #subject: Subject
  readonly #leave: RotationLeave
  /** A run before this one has come as far as the files: then there is nothing to go back to, only forward. */
  readonly #goesOn: boolean
  #record: RotationRecord
  #fresh: KeyPair | null = null
  #mayBeInactive = false
  #mayBeMade = false
  #isNoted: boolean
  #written: readonly FileChange[] = []

  constructor(means: RotationMeans, subject: Subject, leave: RotationLeave) {
    this.#means = means
    this.#subject = subject
    this.#leave = leave
    this.#goesOn = subject.begun !== null && subject.begun.newId === subject.pair.accessKeyId
    this.#isNoted = subject.begun !== null
    this.#record = subject.begun ?? {
      version: 1,
      profile: subject.profile,
      arn: subject.arn,
      oldId: subject.pair.accessKeyId,
      known: subject.keys.map(({ id }) => id),
      phase: 'creating',
      begunAt: means.machine.now().toISOString(),
      newId: null,
      newSecret: null,
      deleteAt: null,
    }
  }

  steps(): readonly Step[] {
    const nothing = async () => null
    return [
      {
        says: 'making room for a new key',
        run: () => this.#makeRoom(),
        back: () => (this.#subject.begun === null ? this.#forget() : nothing()),
      },
      {
        says: 'making a new key',
        run: () => this.#create(),
        back: () => (this.#goesOn ? nothing() : this.#deleteNew()),
      },
      { says: 'waiting until AWS knows the new key everywhere', run: () => this.#proveNew(), back: nothing },
      { says: 'writing it where the old one stood', run: () => this.#write(), back: () => this.#writeBack() },
      { says: 'proving that the profile works with it', run: () => this.#proveProfile(), back: nothing },
      { says: 'making the old key inactive', run: () => this.#setOld('Inactive'), back: () => this.#setOld('Active') },
      { says: 'proving it once more', run: () => this.#proveNew(), back: nothing },
    ]
  }

  async end(): Promise<Rotated> {
    const { deleteOld } = this.#leave
    const { oldId } = this.#record
    const pair = this.#fresh!
    const newId = pair.accessKeyId
    if (this.#isInVault) await (await this.#means.openVault()).remove(this.#nameOfNew())
    const deleteAt = deleteOld instanceof Date ? deleteOld : null
    if (deleteOld === 'now') {
      this.#leave.onStep('deleting the old key')
      const deleted = await callAws(this.#iam(), 'iam', 'DeleteAccessKey', this.#of(oldId))
      if (deleted.kind === 'answered') {
        removeRecord(this.#means.machine, this.#means.disk, this.#record)
        return { kind: 'rotated', pair, newId, oldId, old: 'deleted', deleteAt: null }
      }
    }
    this.#note({ phase: 'deactivated', newSecret: null, deleteAt: deleteAt?.toISOString() ?? null })
    return { kind: 'rotated', pair, newId, oldId, old: 'inactive', deleteAt }
  }

  async #makeRoom(): Promise<string | null> {
    const { keys, caller } = this.#subject
    const { deletes } = this.#leave
    // Where nothing can be written down nothing is to be deleted either.
    this.#note({})
    for (const { id } of deletes) {
      const gone = await askPatiently(this.#means, caller, 'DeleteAccessKey', this.#of(id))
      if (gone.kind !== 'answered' && !isGone(gone))
        return `the key ${maskAccessKeyId(id)} cannot be deleted: ${gone.because}`
    }
    const left = keys.filter((key) => !deletes.some(({ id }) => id === key.id))
    if (this.#record.newId !== null || left.length < mostKeys) return null
    const other = left.find(({ id }) => id !== this.#record.oldId)
    return `the user has ${mostKeys} keys, which is the most; ${maskAccessKeyId(other!.id)} would have to be deleted first`
  }

  async #create(): Promise<string | null> {
    if (this.#record.newId !== null) return null
    const subject = this.#subject
    this.#note({ known: subject.keys.map(({ id }) => id), begunAt: this.#means.machine.now().toISOString() })
    const made = await askPatiently(this.#means, subject.caller, 'CreateAccessKey', named(subject.userName), {
      once: true,
    })
    this.#mayBeMade = mayHaveHappened(made)
    if (made.kind !== 'answered') return `no new key was made: ${made.because}`
    const id = made.text('AccessKeyId')
    const secret = made.text('SecretAccessKey')
    const isKey = id !== null && !this.#record.known.includes(id) && /^[\x21-\x7e]+$/.test(secret ?? '')
    if (!isKey || secret === null) return 'the answer to iam:CreateAccessKey does not hold a whole new key'
    // From the keychain into the keychain: the secret does not touch the disk.
    this.#fresh = { accessKeyId: id, secretAccessKey: new Secret(secret) }
    if (this.#isInVault)
      await (await this.#means.openVault()).put(this.#nameOfNew(), {
        kind: 'access-key',
        ...this.#fresh,
        sessionToken: null,
      })
    this.#note({ phase: 'created', newId: id, newSecret: this.#isInVault ? null : secret })
    return null
  }

  async #deleteNew(): Promise<string | null> {
    // It is not on record yet when the vault did not take it.
    const newId = this.#record.newId ?? this.#fresh?.accessKeyId ?? null
    if (newId !== null) {
      const gone = await askPatiently(this.#means, this.#subject.caller, 'DeleteAccessKey', this.#of(newId))
      if (gone.kind !== 'answered' && !isGone(gone))
        return `The new key ${maskAccessKeyId(newId)} is still there: ${gone.because}.`
    }
    if (this.#isInVault) await (await this.#means.openVault()).remove(this.#nameOfNew())
    // Without an answer there may be a key that nobody holds: the record stays, and the next run finds it.
    if (newId === null && this.#mayBeMade && !(await this.#noneWasMade()))
      return 'AWS may have made a key whose secret nobody got.'
    return await this.#forget()
  }

  async #forget(): Promise<null> {
    const { machine, disk } = this.#means
    // Of a rotation that goes on from a run before the record is still needed.
    if (this.#isNoted && !this.#goesOn) removeRecord(machine, disk, this.#record)
    this.#isNoted = false
    return null
  }

  async #noneWasMade(): Promise<boolean> {
    const listed = await callAws(this.#subject.caller, 'iam', 'ListAccessKeys', named(this.#subject.userName))
    if (listed.kind !== 'answered') return false
    return listed.all('AccessKeyId').every((id) => this.#record.known.includes(id))
  }

  async #proveNew(): Promise<string | null> {
    const pair = await this.#newPair()
    if (pair === null) return 'the secret of the new key is not on record any more'
    return await this.#proven(() => Promise.resolve(this.#callerOf(pair)))
  }

  async #write(): Promise<string | null> {
    const { machine, disk } = this.#means
    const subject = this.#subject
    const pair = await this.#newPair()
    if (pair === null) return 'the secret of the new key is not on record any more'
    const changes = planEdits(machine, editsForKey(subject.places, subject.pair, pair))
    if (changes.length > 0)
      applyChanges(machine, disk, changes, {
        verb: 'rotate',
        says: `write the new key ${maskAccessKeyId(pair.accessKeyId)} in place of ${maskAccessKeyId(subject.pair.accessKeyId)}`,
        caution: `The key ${maskAccessKeyId(subject.pair.accessKeyId)}, which this would put back, is switched off or deleted by the rotation.`,
      })
    this.#written = changes
    await this.#keep(pair)
    return null
  }

  async #writeBack(): Promise<string | null> {
    const because = await outcomeOf(this.#putBack())
    return because === null ? null : `The new key stays where it was written: ${because}.`
  }

  async #putBack(): Promise<string | null> {
    const { machine, disk } = this.#means
    const { pair } = this.#subject
    await this.#keep(pair)
    if (this.#written.length === 0) return null
    const changes = this.#written.map(({ path, before, after }) => ({ path, before: after, after: before }))
    applyChanges(machine, disk, changes, {
      verb: 'rotate',
      says: `put the key ${maskAccessKeyId(pair.accessKeyId)} back`,
    })
    return null
  }

  /** Under every name that the key has in the vault. */
  async #keep(pair: KeyPair): Promise<void> {
    if (!this.#isInVault) return
    const vault = await this.#means.openVault()
    for (const name of this.#subject.vaultNames)
      await vault.put(name, { kind: 'access-key', ...pair, sessionToken: null })
  }

  /** As an SDK would, from what stands on the machine now; of variables, as the shell will have them. */
  async #proveProfile(): Promise<string | null> {
    const { machine, question } = this.#means
    const pair = await this.#newPair()
    if (pair === null) return 'the secret of the new key is not on record any more'
    const values = { accessKeyId: pair.accessKeyId, secretAccessKey: pair.secretAccessKey.reveal() }
    const env = Object.fromEntries(this.#subject.places.variables.map(({ name, holds }) => [name, values[holds]]))
    const after = overlayMachine(machine, { env })
    const found = await this.#proven(() => callerFor(after, { ...question, profile: this.#subject.profile }))
    return found === null ? null : `the profile ${this.#subject.profile} does not work with the new key: ${found}`
  }

  async #setOld(status: 'Active' | 'Inactive'): Promise<string | null> {
    if (status === 'Active' && !this.#mayBeInactive) return null
    const set = await askPatiently(this.#means, this.#iam(), 'UpdateAccessKey', {
      ...this.#of(this.#record.oldId),
      Status: status,
    })
    this.#mayBeInactive = mayHaveHappened(set)
    if (set.kind === 'answered') return null
    return status === 'Inactive'
      ? `the old key cannot be made inactive: ${set.because}`
      : `The old key ${maskAccessKeyId(this.#record.oldId)} may still be inactive: ${set.because}.`
  }

  /** Asks who that is until AWS has answered twice in a row as it must; null when it has. */
  async #proven(callerNow: () => Promise<Caller | { readonly because: string }>): Promise<string | null> {
    let accepted = 0
    let because = ''
    for (const wait of waits()) {
      const caller = await callerNow()
      if (!('credentials' in caller)) return caller.because
      const who = await callAws(caller, 'sts', 'GetCallerIdentity')
      if (who.kind === 'answered') {
        if (who.text('Arn') !== this.#subject.arn)
          return `it is ${who.text('Arn') ?? 'somebody else'} and not ${this.#subject.arn}`
        accepted += 1
        if (accepted === acceptedTwice) return null
        continue
      }
      accepted = 0
      because = who.because
      await this.#means.pause(wait)
    }
    return because
  }

  /** Who tells IAM what to do with the old key: the new one, unless another profile was named for it. */
  #iam(): Caller {
    const { caller, itself } = this.#subject
    return caller === itself && this.#fresh !== null ? this.#callerOf(this.#fresh) : caller
  }

  #callerOf(pair: KeyPair): Caller {
    const { itself } = this.#subject
    const credential = {
      ...itself.credential,
      accessKeyId: { ...itself.credential.accessKeyId, value: pair.accessKeyId },
      secretAccessKey: { ...itself.credential.secretAccessKey, value: pair.secretAccessKey },
      sessionToken: null,
    }
    return callerWith(itself.machine, itself.trace, credential, itself)
  }

  /** Also when another run has made it. */
  async #newPair(): Promise<KeyPair | null> {
    if (this.#fresh !== null) return this.#fresh
    const { newId, newSecret } = this.#record
    if (this.#goesOn) this.#fresh = this.#subject.pair
    else if (this.#isInVault) {
      const item = await (await this.#means.openVault()).get(this.#nameOfNew())
      this.#fresh = item?.kind === 'access-key' ? item : null
    } else if (newId !== null && newSecret !== null)
      this.#fresh = { accessKeyId: newId, secretAccessKey: new Secret(newSecret) }
    return this.#fresh
  }

  /** Then no secret of it touches the disk. */
  get #isInVault(): boolean {
    return this.#subject.vaultNames.length > 0
  }

  #nameOfNew(): string {
    return `rotation/${this.#record.oldId}`
  }

  #of(AccessKeyId: string): Readonly<Record<string, string>> {
    return { ...named(this.#subject.userName), AccessKeyId }
  }

  #note(changed: Partial<RotationRecord>): void {
    this.#record = { ...this.#record, ...changed }
    writeRecord(this.#means.machine, this.#means.disk, this.#record)
    this.#isNoted = true
  }
}

function isGone(answer: { readonly kind: string; readonly refusal?: { readonly code: string } | null }): boolean {
  return answer.refusal?.code === 'NoSuchEntity'
}
