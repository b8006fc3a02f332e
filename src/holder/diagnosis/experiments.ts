import { isAccessKeyId } from '../../anatomy/access-key-id.ts'
import { partitionOfRegion, regionFacts, stsEndpoint } from '../../anatomy/partitions.ts'
import { isSecretAccessKey } from '../../anatomy/secret-access-key.ts'
import type { SigningCredentials } from '../../signature/request.ts'
import { askedRules } from '../chains/asked.ts'
import type { Failed } from '../resolution/resolution.ts'
import { planBehind } from '../sources/plan.ts'
import { skewInMessage } from './answers.ts'
import type { Around } from './around.ts'
import { shadowedPair } from './causes/place.ts'
import { similarId } from './causes/refused-key.ts'
import { tokenUnderNewName } from './causes/session.ts'
import { accountSummary, mfaDevices, type OwnVoice, regionByAccount, regionByEc2 } from './probes/account.ts'
import { askInstance } from './probes/instance.ts'
import { askNeighbour, type Neighbour, neighbourIn } from './probes/neighbour.ts'
import {
  accountTarget,
  ec2Target,
  homeRegion,
  iamTarget,
  otherPartitions,
  stsElsewhere,
  stsTarget,
} from './probes/places.ts'
import {
  type Asker,
  askClock,
  askIdentity,
  type Leave,
  type Outcome,
  type ProbeName,
  type Target,
} from './probes/question.ts'
import { cleanedValues, isPrintable, loneKeyId, sendable, signingValues, valuesAsTheyAre } from './probes/sendable.ts'
import { nothingTold, type Told } from './probes/told.ts'
import { correctedNow, type Findings, type Ground, type Scene, type Skew } from './scene.ts'

/** What decides which experiments are made, besides the machine itself. */
export interface Occasion {
  /** Another profile that may ask about a refused key; without one, leave is asked for one of the same account. */
  readonly withProfile?: string | undefined
  /** Why the plan of the winner gave no credential, when it was run and gave none. */
  readonly failure?: Failed | null | undefined
  /** Where the instance metadata was asked in vain, although no source speaks of it. */
  readonly instance?: string | null | undefined
}

/**
 * Runs the experiments that the ground calls for. Those that do not wait for each other run side by side: two round trips are
 * all, unless another profile is to ask or a clock has to be read first. `around` is what was looked at meanwhile.
 */
export async function runExperiments(
  ground: Ground,
  asker: Asker,
  occasion: Occasion = {},
): Promise<Findings & { readonly around: Promise<Around> | undefined }> {
  const run = new Run(ground, asker)
  await Promise.all([run.first(), run.beside(occasion)])
  await run.second()
  const neighbour = await run.neighbour(occasion.withProfile)
  return { outcomes: run.outcomes, skew: run.skew, neighbour, told: run.told, around: run.around }
}

type Refused = Extract<Outcome, { kind: 'refused' }>

class Run {
  readonly outcomes = new Map<ProbeName, Outcome>()
  skew: Skew | null = null
  told: Told = nothingTold
  around: Promise<Around> | undefined
  #lastLeave: Promise<unknown> = Promise.resolve()
  readonly #ground: Ground
  #asker: Asker
  readonly #target: Target
  /** What most questions are asked with: the values as they are, cleaned of what does not belong to them; null for none. */
  #values: SigningCredentials | null = null
  #main: 'sts-as-it-is' | 'sts-with-cleaned-values' = 'sts-as-it-is'

  constructor(ground: Ground, asker: Asker) {
    this.#ground = ground
    this.#asker = asker
    this.#target = stsTarget(ground)
  }

  /** The question itself, and beside it those that do not depend on its answer. */
  async first(): Promise<void> {
    const { credential, key } = this.#ground
    const asIs = credential === null ? null : valuesAsTheyAre(this.#ground, credential)
    const cleaned = credential === null ? null : cleanedValues(this.#ground, credential)
    this.#values = cleaned ?? asIs
    if (cleaned !== null) this.#main = 'sts-with-cleaned-values'
    if (this.#values === null) {
      await this.#exchanged()
      return
    }
    const { sessionToken, ...pair } = this.#values
    await Promise.all([
      asIs !== null && this.#identity('sts-as-it-is', 'asking STS who these credentials are', asIs),
      cleaned !== null && this.#identity('sts-with-cleaned-values', 'asking STS with the cleaned values', cleaned),
      sessionToken !== undefined &&
        key?.kind === 'long-term' &&
        this.#identity('sts-without-token', 'asking STS without the session token', pair),
    ])
  }

  /** A swapped pair must not be sent as it is. Exchanged it may; and a key id without a secret can be asked about. */
  async #exchanged(): Promise<void> {
    const { id, secret, token } = this.#ground
    if (id !== null && secret !== null && isSecretAccessKey(id.clean) && isAccessKeyId(secret.clean)) {
      const values = signingValues(secret.clean, id.clean, token?.clean)
      await this.#identity('sts-with-swapped-values', 'asking STS with id and secret exchanged', values)
      return
    }
    const lone = loneKeyId(this.#ground)
    if (lone === null) return
    const says = 'asking STS whether it knows this key id'
    await this.#identity('sts-with-wrong-signature', says, signingValues(lone, 'none', undefined), { spoil: true })
  }

  /** What is asked beside the first question, because a credential was not to be had. */
  async beside({ failure = null, instance = null }: Occasion): Promise<void> {
    const { trace, credential } = this.#ground
    const endpoint =
      failure === null ? null : (planBehind(trace.winner?.plan, 'instance-metadata')?.endpoint ?? instance)
    const pair = this.#ground.behindRole && credential !== null ? sendable(credential) : null
    await Promise.all([
      endpoint !== null && this.#tell({ instance: askInstance(this.#asker, endpoint) }),
      failure?.refusal?.operation === 'AssumeRole' &&
        pair !== null &&
        pair.sessionToken === undefined &&
        this.#tell({ mfaDevices: mfaDevices(this.#voice(pair), iamTarget(this.#ground)) }),
    ])
  }

  /** What only a refusal calls for. With a wrong clock all of it is signed anew with the time of STS. */
  async second(): Promise<void> {
    const main = this.outcomes.get(this.#main)
    const forClock =
      main?.kind === 'refused' && main.families.length === 1 && main.families[0] === 'clock' ? main : null
    if (main !== undefined && main.kind !== 'accepted') await this.#readClock(main, forClock !== null)
    const stopped = this.#ground.trace.error !== null
    const refused = main?.kind === 'refused' ? main : null
    if (refused === null && !stopped) return
    // What stands around will be looked at: it is done while the next answers are awaited.
    this.#asker = { ...this.#asker, onSent: () => this.#lookAround() }
    // Whatever else is wrong shows only at the right time: it is asked at once, and not after another round.
    const isOpen = forClock !== null || refused?.families.includes('not-accepted') === true
    await Promise.all([
      forClock !== null && this.skew !== null && this.#atServerTime(),
      refused !== null && this.#otherToken(),
      isOpen && this.#otherRegion(),
      this.#shadowedProfile(),
      isOpen && this.#similarId(),
      forClock === null && isOpen && this.#otherPartitions(),
      forClock === null && isOpen && this.#awsItself(),
    ])
  }

  #lookAround(): void {
    const { files } = this.#ground
    this.around ??= import('./around.ts').then(({ lookAround }) => lookAround(this.#asker.machine, files))
  }

  /** Learns how far the clock is off: by the words of the refusal, by its date, or by asking. */
  async #readClock(main: Outcome, isRefusedForIt: boolean): Promise<void> {
    const how = isRefusedForIt ? 'refused' : 'seen'
    const here = this.#asker.machine.now()
    if (main.kind === 'refused') {
      const told = skewInMessage(main.plain)
      if (told !== null) this.skew = { seconds: told.seconds, at: { probe: this.#main }, how: 'refused' }
      else if (main.serverTime !== null)
        this.skew = { seconds: seconds(main.serverTime, here), at: { probe: this.#main }, how }
    }
    if (this.skew !== null || (main.kind !== 'unclear' && !isRefusedForIt)) return
    const seen = await askClock(this.#asker, this.#target.endpoint)
    if (seen !== null) this.skew = { seconds: seconds(seen.server, seen.here), at: { probe: 'clock' }, how }
  }

  async #atServerTime(): Promise<void> {
    if (this.#values === null) return
    const { sessionToken, ...pair } = this.#values
    await Promise.all([
      this.#identity('sts-at-server-time', 'asking again with the time of STS', this.#values),
      sessionToken !== undefined &&
        this.#ground.key?.kind === 'long-term' &&
        this.#identity('sts-without-token', 'asking again without the session token', pair),
    ])
  }

  async #otherToken(): Promise<void> {
    const token = tokenUnderNewName(this.scene())
    if (this.#values === null || token === null || !isPrintable(token)) return
    if (this.#ground.key?.kind !== 'temporary') return
    const values = { ...this.#values, sessionToken: token }
    await this.#identity('sts-with-other-token', 'asking STS with the token under the new name', values)
  }

  /** The same in a region that every account has; and beside it whether the account has switched on this one. */
  async #otherRegion(): Promise<void> {
    const { region } = this.#target
    if (this.#values === null || regionFacts(region)?.optIn !== true) return
    const partition = partitionOfRegion(region)
    const home = homeRegion(partition)
    const voice = this.#voice(this.#values)
    const target = stsElsewhere(this.#ground, home)
    const state = async (): Promise<Told['region']> => {
      const [byEc2, byAccount] = await Promise.all([
        regionByEc2(voice, ec2Target(this.#ground, home), region),
        regionByAccount(voice, accountTarget(this.#ground, partition), region),
      ])
      if (byAccount !== null) return { name: region, state: byAccount, by: 'account' }
      return byEc2 === null ? null : { name: region, state: byEc2, by: 'ec2' }
    }
    const summary = this.#ground.session === null ? null : accountSummary(voice, iamTarget(this.#ground))
    await Promise.all([
      this.#identity('sts-in-default-region', `asking STS in ${home}`, this.#values, { target }),
      this.#tell({ region: state() }),
      summary?.then((answer) => this.#learn(answer)),
    ])
  }

  /** A key of another partition is known there alone. Its id goes to another organisation of AWS: not without leave. */
  async #otherPartitions(): Promise<void> {
    const { key, session, id, atAws } = this.#ground
    if (this.#values === null || key === null || id?.placeholder !== null || session?.region != null) return
    const others = otherPartitions(this.#target.region)
    const says = `May the key id be shown to the other partitions of AWS (${others.map((other) => other.id).join(', ')}), to see whether it is one of theirs?`
    if (!(await this.#hasLeave({ for: 'other-partitions', says }))) {
      if (atAws) this.#learn({ partitionsUnasked: true })
      return
    }
    const answers = await Promise.all(
      others.map(async (other) => {
        const target = stsElsewhere(this.#ground, homeRegion(other))
        const notice = {
          name: 'sts-in-other-partition',
          says: `asking STS of ${other.id}`,
          endpoint: target.endpoint,
        } as const
        return { target, outcome: await askIdentity(this.#asker, notice, target, this.#values!, this.#time()) }
      }),
    )
    const known = answers.find(({ outcome }) => outcome.kind === 'accepted') ?? answers.find(isKnownThere)
    if (known === undefined) return
    this.outcomes.set('sts-in-other-partition', known.outcome)
    this.#learn({ partition: { region: known.target.region } })
  }

  /** An endpoint that somebody set does not know the key: AWS may. It is shown to AWS only with leave. */
  async #awsItself(): Promise<void> {
    const { trace, atAws, key } = this.#ground
    const { overriddenBy } = trace.endpoint
    if (this.#values === null || atAws || overriddenBy === null || 'flag' in overriddenBy) return
    if (key?.account == null || key.account === '000000000000') return
    const says = `Requests go to ${this.#target.endpoint}. May AWS itself be asked about the key?`
    if (!(await this.#hasLeave({ for: 'aws-itself', says }))) return
    const { region } = this.#target
    const target: Target = { endpoint: `https://${stsEndpoint(region).host}`, region, service: 'sts' }
    await this.#identity('sts-at-aws', 'asking AWS itself about the key', this.#values, { target })
  }

  /** The pair of the selected profile that the environment hides: it is the one that was meant if it works. */
  async #shadowedProfile(): Promise<void> {
    const { credential, trace } = this.#ground
    if (credential !== null && credential.provider !== 'env') return
    const shadowed = shadowedPair(this.scene())
    const values = shadowed === null ? null : sendable(shadowed)
    if (values === null || values.accessKeyId === this.#values?.accessKeyId) return
    const says = `asking STS about profile ${trace.profile.name}, which the environment hides`
    await this.#identity('sts-with-shadowed-profile', says, values)
  }

  /** An id of this machine that differs by a slip of the finger, with our secret: accepted, it is the right one. */
  async #similarId(): Promise<void> {
    if (this.#values === null || this.#ground.key?.kind !== 'long-term') return
    if (this.outcomes.get('sts-without-token')?.kind === 'accepted') return
    const similar = similarId(this.#ground)
    if (similar !== null) await this.#withId(similar.other.accessKeyId.value.trim())
  }

  async #withId(accessKeyId: string): Promise<void> {
    if (this.#values === null) return
    const { secretAccessKey } = this.#values
    const says = 'asking STS with a key id that differs by a slip of the finger'
    await this.#identity('sts-with-similar-id', says, { accessKeyId, secretAccessKey })
  }

  /** Another profile of this machine asks IAM about the refused key: one that the person has named, or gives leave for. */
  async neighbour(named: string | undefined): Promise<Neighbour | null> {
    const { machine, trace, id, key } = this.#ground
    const refused = this.outcomes.get('sts-without-token') ?? this.#refused()
    if (id === null || key?.kind !== 'long-term') return null
    if (refused?.kind !== 'refused' || !refused.families.includes('not-accepted')) return null
    const profile = named ?? (await this.#neighbourWithLeave())
    if (profile === null) return null
    const untold = (because: string): Neighbour => ({
      profile,
      account: null,
      ownAccount: null,
      key: { kind: 'untold', because },
    })
    const rules = await askedRules(trace.sdk)
    const { winner } = rules.trace(machine, { profile }, this.#ground.files)
    if (winner?.credential == null) return untold(`profile ${profile} has no keys of its own`)
    const values = sendable(winner.credential)
    if (values === null) return untold(`the keys of profile ${profile} cannot be used`)
    const targets = { sts: this.#target, iam: iamTarget(this.#ground) }
    const neighbour = await askNeighbour(this.#asker, targets, profile, values, id.clean, this.#time())
    if (neighbour.key.kind === 'similar' && !this.outcomes.has('sts-with-similar-id'))
      await this.#withId(neighbour.key.id)
    return neighbour
  }

  async #neighbourWithLeave(): Promise<string | null> {
    const isKnown = knownElsewhere.some((name) => this.outcomes.get(name)?.kind === 'accepted')
    const { id, others } = this.#ground
    const profile = isKnown || id === null ? null : neighbourIn(id.clean, others)
    if (profile === null) return null
    const says = `May profile "${profile}" be used to ask IAM, read-only, about the refused key?`
    return (await this.#hasLeave({ for: 'neighbour', says })) ? profile : null
  }

  /** The refusal that counts: at the right time, if there was one. */
  #refused(): Refused | null {
    const outcome = this.outcomes.get('sts-at-server-time') ?? this.outcomes.get(this.#main)
    return outcome?.kind === 'refused' ? outcome : null
  }

  /** The scene so far, for rules that decide what else to ask. */
  scene(): Scene {
    return {
      ...this.#ground,
      now: this.#time(),
      refusal: null,
      outcomes: this.outcomes,
      skew: this.skew,
      neighbour: null,
    }
  }

  /** One question at a time: a person answers only one. */
  async #hasLeave(what: Leave): Promise<boolean> {
    const { mayAsk, budget } = this.#asker
    if (mayAsk === undefined) return false
    const answer = this.#lastLeave.then(() => mayAsk(what))
    this.#lastLeave = answer
    return await budget.whileAsked(answer)
  }

  #voice(credentials: SigningCredentials): OwnVoice {
    return { asker: this.#asker, credentials, at: this.#time() }
  }

  async #tell<K extends keyof Told>(answer: Readonly<Record<K, Promise<Told[K]>>>): Promise<void> {
    for (const [name, value] of Object.entries<Promise<Told[K]>>(answer)) this.#learn({ [name]: await value })
  }

  #learn(answer: Partial<Told>): void {
    this.told = { ...this.told, ...answer }
  }

  #time(): Date {
    return correctedNow(this.#asker.machine.now(), this.skew)
  }

  async #identity(
    name: ProbeName,
    says: string,
    credentials: SigningCredentials,
    { target = this.#target, spoil = false } = {},
  ): Promise<void> {
    this.outcomes.set(
      name,
      await askIdentity(
        this.#asker,
        { name, says, endpoint: target.endpoint },
        target,
        credentials,
        this.#time(),
        spoil,
      ),
    )
  }
}

/** Accepted in one of these, the key is explained. */
const knownElsewhere = ['sts-in-default-region', 'sts-in-other-partition', 'sts-at-aws', 'sts-with-similar-id'] as const

/** Refused for the signature, the id is known. */
function isKnownThere({ outcome }: { readonly outcome: Outcome }): boolean {
  return outcome.kind === 'refused' && outcome.families.length === 1 && outcome.families[0] === 'signature'
}

function seconds(server: Date, here: Date): number {
  return Math.round((server.getTime() - here.getTime()) / 1000)
}
