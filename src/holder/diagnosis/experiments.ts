import { isAccessKeyId } from '../../anatomy/access-key-id.ts'
import { iamEndpoint, isAwsHost, partitionOfRegion, regionFacts, stsEndpoint } from '../../anatomy/partitions.ts'
import { isSecretAccessKey } from '../../anatomy/secret-access-key.ts'
import type { SigningCredentials } from '../../signature/request.ts'
import { askedRules } from '../chains/asked.ts'
import type { Credential } from '../sources/credential.ts'
import { skewInMessage } from './answers.ts'
import { shadowedPair } from './causes/place.ts'
import { similarId } from './causes/refused-key.ts'
import { tokenUnderNewName } from './causes/session.ts'
import { askNeighbour, type Neighbour, type NeighbourTargets } from './probes/neighbour.ts'
import { type Asker, askClock, askIdentity, type Outcome, type ProbeName, type Target } from './probes/question.ts'
import { correctedNow, type Findings, type Ground, type Scene, type Skew } from './scene.ts'
import { isUnambiguous, placeholderKind } from './values.ts'

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
function maySendAsId(id: string, secret: string): boolean {
  // `test` and `test`, as emulators want it, is no secret.
  const differs = id !== secret || placeholderKind(id) === 'dummy'
  return /^\w{1,32}$/.test(id) && differs && !isAccessKeyId(secret)
}

/** What a header line can carry. */
function isPrintable(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text)
}

type Refused = Extract<Outcome, { kind: 'refused' }>

class Run {
  readonly outcomes = new Map<ProbeName, Outcome>()
  skew: Skew | null = null
  readonly #ground: Ground
  readonly #asker: Asker
  readonly #target: Target
  /** What most questions are asked with: the values as they are, cleaned of what does not belong to them; null for none. */
  #values: SigningCredentials | null = null
  #main: 'sts-as-it-is' | 'sts-with-cleaned-values' = 'sts-as-it-is'

  constructor(ground: Ground, asker: Asker) {
    this.#ground = ground
    this.#asker = asker
    const { endpoint } = ground.trace
    this.#target = { endpoint: endpoint.sts, region: endpoint.signingRegion, service: 'sts' }
  }

  /** The question itself, and beside it those that do not depend on its answer. */
  async first(): Promise<void> {
    const { credential, key } = this.#ground
    if (credential === null) return
    const asIs = this.#asItIs(credential)
    const cleaned = this.#cleaned(credential)
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

  /** The values as the SDK would send them; null when they must not or cannot be sent. */
  #asItIs({ accessKeyId, secretAccessKey, sessionToken }: Credential): SigningCredentials | null {
    const { id, token } = this.#ground
    const secret = secretAccessKey.value.reveal()
    // HTTP drops blanks around a header's value, and so does the signature.
    const sent = sessionToken?.value.reveal().replace(/^[ \t]+|[ \t]+$/g, '')
    if (!isPrintable(sent ?? '') || token?.defects.includes('inline-comment')) return null
    if (maySendAsId(accessKeyId.value, secret)) return signingValues(accessKeyId.value, secret, sent)
    // With a blank or a quote around it an id is refused for its form; that is an answer worth having.
    if (id === null || !isAccessKeyId(id.clean) || id.clean === secret || isAccessKeyId(secret)) return null
    // What a comment says is nobody's business: its mark alone gives the same answer.
    const shown = id.defects.includes('inline-comment') ? `${id.clean} #` : accessKeyId.value
    return isPrintable(shown) && shown.length <= 64 ? signingValues(shown, secret, sent) : null
  }

  /** The values without what does not belong to them; null when nothing was to be taken away, or more than that is wrong. */
  #cleaned({ accessKeyId, secretAccessKey, sessionToken }: Credential): SigningCredentials | null {
    const { id, secret, token } = this.#ground
    if (id === null || secret === null || id.placeholder !== null) return null
    const changed =
      id.clean !== accessKeyId.value ||
      secret.clean !== secretAccessKey.value.reveal() ||
      (token !== null && token.clean !== sessionToken?.value.reveal())
    const usable = isUnambiguous('accessKeyId', id.clean) && maySendAsId(id.clean, secret.clean)
    return changed && usable && isPrintable(token?.clean ?? '')
      ? signingValues(id.clean, secret.clean, token?.clean)
      : null
  }

  /** A swapped pair must not be sent as it is. Exchanged it may, and then tells whether that is all. */
  async #exchanged(): Promise<void> {
    const { id, secret, token } = this.#ground
    if (id === null || secret === null) return
    if (id.clean === secret.clean && isAccessKeyId(id.clean)) {
      const says = 'asking STS whether it knows this key id'
      await this.#identity('sts-with-wrong-signature', says, signingValues(id.clean, 'none', token?.clean), {
        spoil: true,
      })
    }
    if (!isSecretAccessKey(id.clean) || !isAccessKeyId(secret.clean)) return
    const values = signingValues(secret.clean, id.clean, token?.clean)
    await this.#identity('sts-with-swapped-values', 'asking STS with id and secret exchanged', values)
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
    const stopped = this.#ground.trace.error !== null
    if (refused === null && !stopped) return
    await Promise.all([
      this.#otherToken(refused),
      this.#defaultRegion(refused),
      this.#shadowedProfile(),
      this.#similarId(refused),
    ])
  }

  async #otherToken(refused: Refused | null): Promise<void> {
    const token = tokenUnderNewName(this.scene())
    if (refused === null || this.#values === null || token === null || !isPrintable(token)) return
    if (this.#ground.key?.kind !== 'temporary') return
    const values = { ...this.#values, sessionToken: token }
    await this.#identity('sts-with-other-token', 'asking STS with the token under the new name', values)
  }

  async #defaultRegion(refused: Refused | null): Promise<void> {
    const { trace, atAws } = this.#ground
    const { region } = this.#target
    if (this.#values === null || refused?.families.includes('not-accepted') !== true) return
    if (!atAws || trace.endpoint.overriddenBy !== null || regionFacts(region)?.optIn !== true) return
    const { defaultRegions } = partitionOfRegion(region)
    const home = defaultRegions.includes('us-east-1') ? 'us-east-1' : (defaultRegions[0] ?? region)
    const target: Target = { endpoint: `https://${stsEndpoint(home).host}`, region: home, service: 'sts' }
    await this.#identity('sts-in-default-region', `asking STS in ${home}`, this.#values, { target })
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
  async #similarId(refused: Refused | null): Promise<void> {
    if (this.#values === null || this.#ground.key?.kind !== 'long-term') return
    const answer = this.outcomes.get('sts-without-token') ?? refused
    if (answer?.kind !== 'refused' || !answer.families.includes('not-accepted')) return
    const similar = similarId(this.#ground)
    if (similar !== null) await this.#withId(similar.other.accessKeyId.value.trim())
  }

  async #withId(accessKeyId: string): Promise<void> {
    if (this.#values === null) return
    const { secretAccessKey } = this.#values
    const says = 'asking STS with a key id that differs by a slip of the finger'
    await this.#identity('sts-with-similar-id', says, { accessKeyId, secretAccessKey })
  }

  /** Another profile of this machine, named by the person, asks IAM about the refused key. */
  async neighbour(profile: string): Promise<Neighbour | null> {
    const { machine, trace, id, key } = this.#ground
    const refused = this.outcomes.get('sts-without-token') ?? this.#refused()
    if (id === null || key?.kind !== 'long-term') return null
    if (refused?.kind !== 'refused' || !refused.families.includes('not-accepted')) return null
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
    const notice = {
      name: 'sts-as-neighbour',
      says: `asking STS who profile ${profile} is`,
      endpoint: this.#target.endpoint,
    } as const
    const identity = await askIdentity(this.#asker, notice, this.#target, values, this.#time())
    if (identity.kind !== 'accepted') return untold(`profile ${profile} is refused itself`)
    const { account } = identity.identity
    const neighbour = await askNeighbour(
      this.#asker,
      this.#neighbourTargets(),
      profile,
      values,
      account,
      id.clean,
      this.#time(),
    )
    if (neighbour.key.kind === 'similar' && !this.outcomes.has('sts-with-similar-id'))
      await this.#withId(neighbour.key.id)
    return neighbour
  }

  #neighbourTargets(): NeighbourTargets {
    const { endpoint } = this.#ground.trace
    const ofAws = isAwsHost(URL.parse(endpoint.iam)?.hostname ?? '')
    const region = ofAws ? iamEndpoint(this.#target.region).signingRegion : this.#target.region
    return { sts: this.#target, iam: { endpoint: endpoint.iam, region, service: 'iam' } }
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

/** A pair as it stands, when it may and can be sent. */
function sendable({ accessKeyId, secretAccessKey, sessionToken }: Credential): SigningCredentials | null {
  const secret = secretAccessKey.value.reveal()
  const token = sessionToken?.value.reveal()
  if (!maySendAsId(accessKeyId.value, secret) || !isPrintable(token ?? '')) return null
  return signingValues(accessKeyId.value, secret, token)
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
