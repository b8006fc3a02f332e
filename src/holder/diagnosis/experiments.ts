import { iamEndpoint, partitionOfRegion, regionFacts, stsEndpoint } from '../../anatomy/partitions.ts'
import type { SigningCredentials } from '../../signature/request.ts'
import { traceChain } from '../chains/index.ts'
import type { Credential } from '../sources/credential.ts'
import { skewInMessage } from './answers.ts'
import { shadowedPair } from './causes/place.ts'
import { tokenUnderNewName } from './causes/session.ts'
import { askNeighbour, type Neighbour } from './probes/neighbour.ts'
import { type Asker, askClock, askIdentity, type Outcome, type ProbeName, type Target } from './probes/question.ts'
import type { Ground, Scene, Skew } from './scene.ts'
import { isUnambiguous, wellFormedId, wellFormedSecret } from './values.ts'

/** What the probes of one diagnosis brought. */
export interface Findings {
  readonly outcomes: ReadonlyMap<ProbeName, Outcome>
  readonly skew: Skew | null
  readonly neighbour: Neighbour | null
}

export const nothingAsked: Findings = { outcomes: new Map(), skew: null, neighbour: null }

/** Runs the experiments that the ground calls for, cheapest and most telling first; those that do not wait for each other together. */
export async function runExperiments(ground: Ground, asker: Asker, withProfile: string | undefined): Promise<Findings> {
  const run = new Run(ground, asker)
  await run.first()
  await run.clock()
  await run.second()
  const neighbour = withProfile === undefined ? null : await run.neighbour(withProfile)
  return { outcomes: run.outcomes, skew: run.skew, neighbour }
}

/**
 * Whether a text may be sent as a key id. An id travels in the clear, so whatever could be a secret must not: what stands
 * there is sent only when it is short and of an id's characters.
 */
export function maySendAsId(id: string, secret: string): boolean {
  return /^\w{1,32}$/.test(id) && id !== secret && !wellFormedId.test(secret)
}

function mayStandInHeader(text: string): boolean {
  return /^[\x21-\x7e]*$/.test(text)
}

class Run {
  readonly outcomes = new Map<ProbeName, Outcome>()
  skew: Skew | null = null
  readonly #ground: Ground
  readonly #asker: Asker
  readonly #target: Target
  /** The values as they are, when they can be sent at all; else cleaned ones. */
  #values: SigningCredentials | null = null
  #main: ProbeName = 'sts-as-it-is'

  constructor(ground: Ground, asker: Asker) {
    this.#ground = ground
    this.#asker = asker
    const { endpoint } = ground.trace
    this.#target = { endpoint: endpoint.sts, region: endpoint.signingRegion, service: 'sts' }
  }

  /** The question itself, and beside it those that do not depend on its answer. */
  async first(): Promise<void> {
    const { credential, key } = this.#ground
    if (credential === null) {
      await this.#halfPair()
      return
    }
    this.#choose(credential)
    const values = this.#values
    if (values === null) {
      await this.#swapped()
      return
    }
    const { sessionToken, ...pair } = values
    await Promise.all([
      this.#identity(
        this.#main,
        this.#main === 'sts-as-it-is' ? 'asking STS who these credentials are' : 'asking STS with the cleaned values',
        values,
      ),
      ...(sessionToken !== undefined && key?.kind === 'long-term'
        ? [this.#identity('sts-without-token', 'asking STS without the session token', pair)]
        : []),
    ])
  }

  #choose(credential: Credential): void {
    const { id, secret, token } = this.#ground
    const asIs = signingValues(
      credential.accessKeyId.value,
      credential.secretAccessKey.value.reveal(),
      credential.sessionToken?.value.reveal().replace(/^[ \t]+|[ \t]+$/g, ''),
    )
    if (maySendAsId(asIs.accessKeyId, asIs.secretAccessKey) && mayStandInHeader(asIs.sessionToken ?? '')) {
      this.#values = asIs
      return
    }
    if (id === null || secret === null || !maySendAsId(id.clean, secret.clean) || id.placeholder !== null) return
    if (!isUnambiguous('accessKeyId', id.clean) || !mayStandInHeader(token?.clean ?? '')) return
    this.#main = 'sts-with-cleaned-values'
    this.#values = signingValues(id.clean, secret.clean, token?.clean)
  }

  /** A swapped pair must not be sent as it is; exchanged it may, and then tells whether that is all. */
  async #swapped(): Promise<void> {
    const { id, secret, token } = this.#ground
    if (id === null || secret === null || !wellFormedSecret.test(id.clean) || !wellFormedId.test(secret.clean)) return
    await this.#identity(
      'sts-with-swapped-values',
      'asking STS with id and secret exchanged',
      signingValues(secret.clean, id.clean, token?.clean),
    )
  }

  /** An id without its secret: a signature that is wrong on purpose tells whether AWS knows the id. */
  async #halfPair(): Promise<void> {
    const { trace, machine } = this.#ground
    const id = machine.env('AWS_ACCESS_KEY_ID') ?? ''
    if (trace.error?.reason !== 'partial-credentials' || !/^AKIA[A-Z2-7]{16}$/.test(id)) return
    await this.#identity(
      'sts-with-wrong-signature',
      'asking STS whether it knows this key id',
      { accessKeyId: id, secretAccessKey: 'none' },
      { spoil: true },
    )
  }

  /** Learns how far the clock is off, and asks again with the right time when that was the trouble. */
  async clock(): Promise<void> {
    const main = this.outcomes.get(this.#main)
    if (main === undefined || main.kind === 'accepted') return
    const refusedForClock = main.kind === 'refused' && main.families.length === 1 && main.families[0] === 'clock'
    const here = this.#asker.machine.now()
    if (main.kind === 'refused') {
      const told = skewInMessage(main.plain)
      if (told !== null) this.skew = { seconds: told.seconds, at: { probe: this.#main }, how: 'refused' }
      else if (main.serverTime !== null)
        this.skew = {
          seconds: seconds(main.serverTime, here),
          at: { probe: this.#main },
          how: refusedForClock ? 'refused' : 'seen',
        }
    }
    if (this.skew === null && (main.kind === 'unclear' || refusedForClock)) {
      const seen = await askClock(this.#asker, this.#target.endpoint)
      if (seen !== null)
        this.skew = {
          seconds: seconds(seen.server, seen.here),
          at: { probe: 'clock' },
          how: refusedForClock ? 'refused' : 'seen',
        }
    }
    if (!refusedForClock || this.skew === null || this.#values === null) return
    const { sessionToken, ...pair } = this.#values
    await Promise.all([
      this.#identity('sts-at-server-time', 'asking again with the time of STS', this.#values),
      ...(sessionToken !== undefined && this.#ground.key?.kind === 'long-term'
        ? [this.#identity('sts-without-token', 'asking again without the session token', pair)]
        : []),
    ])
  }

  /** What only a refusal calls for. */
  async second(): Promise<void> {
    const refused = this.#refused()
    if (refused === null || this.#values === null) return
    const { trace, key, atAws } = this.#ground
    const notAccepted = refused.families.includes('not-accepted')
    const more: Promise<void>[] = []
    const scene = this.scene()
    const other = tokenUnderNewName(scene)
    if (other !== null && mayStandInHeader(other) && key?.kind === 'temporary')
      more.push(
        this.#identity('sts-with-other-token', 'asking STS with the token from AWS_SESSION_TOKEN', {
          ...this.#values,
          sessionToken: other,
        }),
      )
    if (
      notAccepted &&
      atAws &&
      trace.endpoint.overriddenBy === null &&
      regionFacts(trace.endpoint.signingRegion)?.optIn === true
    )
      more.push(
        this.#identity('sts-in-default-region', 'asking STS in a default region', this.#values, {
          target: this.#defaultRegion(),
        }),
      )
    const shadowed = this.#ground.credential?.provider === 'env' ? shadowedPair(scene) : null
    if (shadowed !== null) {
      const values = signingValues(
        shadowed.accessKeyId.value,
        shadowed.secretAccessKey.value.reveal(),
        shadowed.sessionToken?.value.reveal(),
      )
      const same = values.accessKeyId === this.#values.accessKeyId
      if (
        !same &&
        maySendAsId(values.accessKeyId, values.secretAccessKey) &&
        mayStandInHeader(values.sessionToken ?? '')
      )
        more.push(
          this.#identity(
            'sts-with-shadowed-profile',
            `asking STS about profile ${trace.profile.name}, which the environment hides`,
            values,
          ),
        )
    }
    await Promise.all(more)
  }

  #defaultRegion(): Target {
    const partition = partitionOfRegion(this.#target.region)
    const region = partition.defaultRegions.includes('us-east-1')
      ? 'us-east-1'
      : (partition.defaultRegions[0] ?? this.#target.region)
    return { endpoint: `https://${stsEndpoint(region).host}`, region, service: 'sts' }
  }

  /** Another profile of this machine, named by the person, asks IAM about the refused key. */
  async neighbour(profile: string): Promise<Neighbour | null> {
    const { machine, trace, id, key } = this.#ground
    const refused = this.outcomes.get('sts-without-token') ?? this.#refused()
    if (
      id === null ||
      key?.kind !== 'long-term' ||
      refused?.kind !== 'refused' ||
      !refused.families.includes('not-accepted')
    )
      return null
    const asking = traceChain(machine, { sdk: trace.sdk, profile })
    const credential = asking.winner?.credential ?? null
    const untold = (because: string): Neighbour => ({
      profile,
      account: null,
      ownAccount: null,
      key: { kind: 'untold', because },
    })
    if (credential === null) return untold(`profile ${profile} has no keys of its own`)
    const values = signingValues(
      credential.accessKeyId.value,
      credential.secretAccessKey.value.reveal(),
      credential.sessionToken?.value.reveal(),
    )
    if (!maySendAsId(values.accessKeyId, values.secretAccessKey) || !mayStandInHeader(values.sessionToken ?? ''))
      return untold(`the keys of profile ${profile} cannot be used`)
    const iam = iamEndpoint(this.#target.region)
    const overridden = trace.endpoint.overriddenBy !== null
    const targets = {
      sts: this.#target,
      iam: {
        endpoint: trace.endpoint.iam,
        region: overridden ? this.#target.region : iam.signingRegion,
        service: 'iam' as const,
      },
    }
    const identity = await askIdentity(
      this.#asker,
      { name: 'sts-as-it-is', says: `asking STS about profile ${profile}`, endpoint: this.#target.endpoint },
      this.#target,
      values,
      this.#time(),
    )
    if (identity.kind !== 'accepted') return untold(`profile ${profile} is refused itself`)
    return askNeighbour(this.#asker, targets, profile, values, identity.identity.account, id.clean, this.#time())
  }

  /** The refusal that counts: at the right time, if there was one. */
  #refused(): Extract<Outcome, { kind: 'refused' }> | null {
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

/** The clock put right, when it is known to be wrong by more than replies take. */
export function correctedNow(now: Date, skew: Skew | null): Date {
  return skew === null || Math.abs(skew.seconds) < 60 ? now : new Date(now.getTime() + skew.seconds * 1000)
}

function seconds(server: Date, here: Date): number {
  return Math.round((server.getTime() - here.getTime()) / 1000)
}

function signingValues(
  accessKeyId: string,
  secretAccessKey: string,
  sessionToken: string | undefined,
): SigningCredentials {
  return sessionToken === undefined ? { accessKeyId, secretAccessKey } : { accessKeyId, secretAccessKey, sessionToken }
}
