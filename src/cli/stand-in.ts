import { CountersignError } from '../errors.ts'
import { callAws, callerWith } from '../holder/calls/index.ts'
import type { Trace } from '../holder/chains/trace.ts'
import type { AwsFiles } from '../holder/files/aws-files.ts'
import { realDisk } from '../holder/machine/real-disk.ts'
import { credentialOf, type Described, type Failed, failed, type Outcome } from '../holder/resolution/resolution.ts'
import { credentialOfKey } from '../holder/resolution/vault-key.ts'
import type { Credential, ProviderName } from '../holder/sources/credential.ts'
import type { AssumeRolePlan, CredentialPlan, ProcessPlan } from '../holder/sources/plan.ts'
import { profileSettings } from '../holder/sources/settings.ts'
import { isFresh, readSession, type Session, type Vault, writeSession } from '../holder/vault/index.ts'
import { keyName } from '../holder/vault/item.ts'
import type { Obtained, Obtaining } from './obtaining.ts'
import { OneTimeCodes } from './one-time-code.ts'
import { type OwnProcess, ownProcess } from './own-process.ts'
import type { Question } from './question.ts'
import { credentialOfAnswer } from './session-answer.ts'
import { keySessionName, sessionNameOf } from './session-name.ts'
import type { Call } from './terminal.ts'
import { openVault, withLock } from './vault.ts'

interface Ground {
  readonly call: Call
  readonly question: Question
  readonly obtaining: Obtaining
  readonly trace: Trace
  readonly files: AwsFiles
  readonly profile: string
  /** The plan of the profile itself; others are those that it starts from. */
  readonly top: CredentialPlan
  /** Gets the credentials of another profile, to which the `credential_process` of this one leads. */
  obtainOther(profile: string, obtaining: Obtaining): Promise<Obtained | Failed | Described>
}

type Run = (plan: CredentialPlan) => Promise<Outcome>

/** What a server hands out is renewed: an hour is long enough, and short enough to be lost. */
const servedSeconds = 3600

/** Stands in for the plans of one profile: with keys of the vault, with sessions that are kept, and with one made by a code. */
export class StandIn {
  readonly #ground: Ground
  readonly #codes: OneTimeCodes
  #vault: Promise<Vault> | null = null
  /** Under which name the session of the profile itself is kept. */
  keptAs: string | null = null

  constructor(ground: Ground) {
    this.#ground = ground
    this.#codes = new OneTimeCodes(ground.call, () => this.#open(), ground.obtaining)
  }

  /** See `ResolutionOptions.askCode`. */
  readonly askCode = (serial: string): Promise<string | null> => this.#codes.next(serial)

  /** See `ResolutionOptions.around`. */
  async around(plan: CredentialPlan, run: Run): Promise<Outcome> {
    if (plan === this.#ground.top) {
      const serial = this.#serialOf(plan)
      const { asSession, durationSeconds } = this.#ground.obtaining
      const isWanted = serial !== null || asSession === true || durationSeconds !== undefined
      if (isWanted && this.#isKey(plan)) return await this.#sessionOfKey(plan, serial, run)
    }
    switch (plan.kind) {
      case 'process': {
        const own = this.#own(plan)
        return own === null ? await run(plan) : await this.#ofOwnProcess(plan, own)
      }
      case 'assume-role':
        return await this.#kept(plan, 'assume-role', () => this.#role(plan, run))
      case 'web-identity':
        return await this.#kept(plan, 'assume-role-with-web-identity', () => run(plan))
      case 'sso':
        // Who logs out of SSO is logged out here too.
        if (this.#ground.call.machine.readFile(plan.tokenFile).kind !== 'found') return await run(plan)
        return await this.#kept(plan, 'sso', () => run(plan))
      default:
        return await run(plan)
    }
  }

  /** A role that wants a code of the device with which the session of its source is made anyway needs no second one. */
  async #role(plan: AssumeRolePlan, run: Run): Promise<Outcome> {
    const { mfaSerial } = plan
    if (mfaSerial === null) return await run(plan)
    if (this.#isKey(plan.from) && this.#serialOf(plan.from) === mfaSerial) {
      const source = await this.#sessionOfKey(plan.from, mfaSerial, run)
      if (source.kind !== 'resolved') return source
      return await run({ ...plan, mfaSerial: null, from: { kind: 'static', credential: source.credential } })
    }
    return await this.#codes.during(mfaSerial, () => run(plan))
  }

  /** The session of a key: kept, or made by `sts:GetSessionToken` (STS API, GetSessionToken). */
  async #sessionOfKey(plan: CredentialPlan, serial: string | null, run: Run): Promise<Outcome> {
    const { call, trace, question, obtaining, top } = this.#ground
    const usual = obtaining.asSession === true && serial === null ? servedSeconds : null
    const duration = plan === top ? (obtaining.durationSeconds ?? usual) : null
    const name = keySessionName(call.machine, trace, plan, serial, duration)
    return await this.#keptOr(plan, name, 'custom-process', async () => {
      const key = plan.kind === 'process' ? await this.around({ ...plan }, run) : await run(plan)
      if (key.kind !== 'resolved') return key
      const { timeoutMs, offline } = question
      const caller = callerWith(call.machine, trace, key.credential, { timeoutMs, offline, onStep: obtaining.onStep })
      const get = async (code: string | null): Promise<Outcome> => {
        const answer = await callAws(caller, 'sts', 'GetSessionToken', {
          ...(duration === null ? {} : { DurationSeconds: String(duration) }),
          ...(serial === null || code === null ? {} : { SerialNumber: serial, TokenCode: code }),
        })
        if (answer.kind !== 'answered') return answer
        const session = credentialOfAnswer(key.credential, answer, 'GetSessionToken')
        return 'kind' in session ? session : { kind: 'resolved', credential: session, roleSession: null }
      }
      if (serial === null) return await get(null)
      return await this.#codes.during(serial, async () => {
        const code = await this.#codes.next(serial)
        return code === null ? noCode(serial) : await get(code)
      })
    })
  }

  /** What another `countersign process` would print: the vault's key, or whatever the profile that it names gives. */
  async #ofOwnProcess(plan: ProcessPlan, own: OwnProcess): Promise<Outcome> {
    const { obtaining, top } = this.#ground
    const { profile } = own
    if (profile === (plan.profile ?? profile)) {
      const vault = await this.#open()
      const item = await vault.get(keyName(profile))
      if (item?.kind === 'access-key')
        return { kind: 'resolved', credential: credentialOfKey(profile, item), roleSession: null }
      const because = `${vault.says} holds no key of [${profile}]; to put it there: countersign configure import --keychain`
      return failed('process-failed', `CredentialRetrievalError: ${because}`, because, plan.at)
    }
    const nested = plan === top ? obtaining : { ...obtaining, durationSeconds: undefined, asSession: false }
    const obtained = await this.#ground.obtainOther(profile, nested)
    if (obtained.kind !== 'held') return obtained
    if (plan === top) this.keptAs = obtained.keptAs
    return { kind: 'resolved', credential: obtained.credential, roleSession: null }
  }

  async #kept(plan: CredentialPlan, provider: ProviderName, make: () => Promise<Outcome>): Promise<Outcome> {
    const { call, trace } = this.#ground
    return await this.#keptOr(plan, sessionNameOf(call.machine, trace, plan), provider, make)
  }

  /** The session that is kept under a name, or a new one; who comes second waits for who is making one. */
  async #keptOr(
    plan: CredentialPlan,
    name: string | null,
    provider: ProviderName,
    make: () => Promise<Outcome>,
  ): Promise<Outcome> {
    const { call, top, obtaining, question } = this.#ground
    const { machine } = call
    if (name === null || obtaining.keep === false || call.recorded === true) return await make()
    const profile = 'profile' in plan ? plan.profile : this.#ground.profile
    const held = async (): Promise<Session | null> => await readSession(machine, name)
    const give = (session: Session): Outcome => {
      if (plan === top) this.keptAs = name
      return resolvedBy(session, provider, profile)
    }
    const before = await held()
    if (before !== null && (question.offline || isFresh(before, machine.now()))) return give(before)
    if (question.offline) return await make()
    return await withLock(call, name, async () => {
      const meanwhile = await held()
      if (meanwhile !== null && isFresh(meanwhile, machine.now())) return give(meanwhile)
      const made = await make()
      if (made.kind !== 'resolved') {
        // Not yet over: better than nothing, unless AWS says no.
        return meanwhile !== null && (made.kind === 'described' || made.reason !== 'refused') ? give(meanwhile) : made
      }
      // The AWS CLI keeps it already, and since when it has it is not known.
      if ('file' in made.credential.accessKeyId.at) return made
      const session = sessionOf(made.credential, made.roleSession, machine.now())
      if (session !== null && (await keep(call, name, session)) && plan === top) this.keptAs = name
      return made
    })
  }

  #open(): Promise<Vault> {
    this.#vault ??= openVault(this.#ground.call)
    return this.#vault
  }

  #own(plan: CredentialPlan): OwnProcess | null {
    return plan.kind === 'process' ? ownProcess(this.#ground.call.machine, plan.command) : null
  }

  /** Whether it gives the key of a user: from a file, or from the vault. */
  #isKey(plan: CredentialPlan): boolean {
    if (plan.kind === 'static') return !plan.credential.sessionToken?.value.reveal()
    const own = this.#own(plan)
    return plan.kind === 'process' && own !== null && own.profile === (plan.profile ?? own.profile)
  }

  /** `mfa_serial` of the profile that a key stands in; null where it is meant for a role. */
  #serialOf(plan: CredentialPlan): string | null {
    const profile = plan.kind === 'static' ? plan.credential.profile : plan.kind === 'process' ? plan.profile : null
    const settings = profile === null ? null : profileSettings(this.#ground.files, profile)
    if (settings === null || settings.has('role_arn')) return null
    return settings.get('mfa_serial')?.value || null
  }
}

function resolvedBy(session: Session, provider: ProviderName, profile: string | null): Outcome {
  const { accessKeyId, secretAccessKey, sessionToken, expiration, account, arn } = session
  const values = {
    accessKeyId,
    secretAccessKey: secretAccessKey.reveal(),
    sessionToken: sessionToken.reveal(),
    expiration,
    accountId: account,
  }
  return { kind: 'resolved', credential: credentialOf(provider, profile, 'kept session', values), roleSession: arn }
}

/** Null for what has no end or no token. */
function sessionOf(credential: Credential, arn: string | null, now: Date): Session | null {
  const { accessKeyId, secretAccessKey, sessionToken, expiration, accountId } = credential
  if (sessionToken === null || expiration === null) return null
  return {
    accessKeyId: accessKeyId.value,
    secretAccessKey: secretAccessKey.value,
    sessionToken: sessionToken.value,
    issuedAt: now,
    expiration: expiration.value,
    account: accountId?.value ?? null,
    arn,
  }
}

/** False where nothing can be kept: a home that cannot be written is no reason to give no credentials. */
async function keep(call: Call, name: string, session: Session): Promise<boolean> {
  try {
    await writeSession(call.machine, realDisk(), name, session)
    return true
  } catch (error) {
    if (error instanceof CountersignError && (error.code === 'file-unwritable' || error.code === 'conflict'))
      return false
    throw error
  }
}

function noCode(serial: string): Failed {
  const because = `a one-time code of ${serial} is needed, and none was given`
  return failed('needs-mfa', `MultiFactorCodeRequired: a code of ${serial} is needed`, because)
}
