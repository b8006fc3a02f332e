import { randomBytes } from 'node:crypto'
import { partitionById } from '../anatomy/partitions.ts'
import { CountersignError } from '../errors.ts'
import {
  type ClockSetting,
  createAuthenticator,
  createClock,
  createWebIdentities,
  type FirstSettings,
  firstEntities,
  type IssuerDocuments,
} from './authentication/index.ts'
import { createConsole, firstSignInLink, resetRootPassword } from './console/index.ts'
import { createDecisionLog } from './decisions/index.ts'
import { createIdentityCenter, startPath } from './identity-center/index.ts'
import {
  type ContainerSecrets,
  checkNames,
  containerSecrets,
  createMetadata,
  instanceIdOf,
  makeRoles,
} from './metadata/index.ts'
import type { Entity } from './model/entities.ts'
import { awsStartUrl } from './model/identity-center.ts'
import { regionStateOf } from './model/regions.ts'
import type { Change, Decision, DecisionQuery } from './model/store.ts'
import { openConsoleFiles } from './network/console-files.ts'
import { createIssuerDocuments } from './network/issuers.ts'
import { closeListener, createListener, type Listener, listen, tryTls, urlOf } from './network/listener.ts'
import { codeAt } from './sessions/one-time-code.ts'
import { createSealedState } from './sessions/sealed-state.ts'
import { openDataDirectory } from './store/data-directory.ts'
import { openSqliteStore } from './store/sqlite.ts'
import { openState } from './store/state.ts'
import {
  createAnswering,
  createBodyBudget,
  createExchange,
  createFaultQueue,
  defaultLimits,
  type InjectedFault,
  isLoopback,
  isOwnHost,
  type Limits,
  type OriginRules,
  type TestControls,
} from './wire/index.ts'

export interface AuthorityOptions extends FirstSettings {
  /** A directory (made with mode 0700), or `:memory:`. */
  readonly data: string
  /** Default 7374; 0 takes any free one. */
  readonly port?: number
  /** Default 127.0.0.1. */
  readonly host?: string
  /** Opens `/_test/…`; only on a loopback address. */
  readonly testControls?: boolean
  /** Further host names under which the authority may be called. */
  readonly allowHosts?: readonly string[]
  /** PEM texts; with them the listener speaks TLS. */
  readonly tls?: { readonly cert: string; readonly key: string }
  /**
   * The role that EC2 instance metadata at `/latest/…` gives credentials of; made, trusting `ec2.amazonaws.com`, when there is
   * none of that name. With `imds` alone the instance has no role; with neither there is no metadata at all.
   */
  readonly imdsRole?: string
  /** EC2's `HttpTokens`, and `off` for its `HttpEndpoint=disabled`. Default `optional`: IMDSv1 is answered too. */
  readonly imds?: 'optional' | 'required' | 'off'
  /**
   * The role of the container credentials at `/v2/credentials/…` and `/eks/v1/credentials`; made, trusting
   * `ecs-tasks.amazonaws.com` and `pods.eks.amazonaws.com`, when there is none of that name.
   */
  readonly containerRole?: string
  /** The Region in which instance and container are said to run. Default: the partition's first, `us-east-1`. */
  readonly region?: string
  /**
   * A start URL of IAM Identity Center that profiles name already (`https://example.awsapps.com/start`), to be answered like the
   * authority's own.
   */
  readonly ssoStartUrl?: string
  /** Takes root's password away, for an operator who has lost it: then there is a link to a first sign-in again. */
  readonly resetRootPassword?: boolean
  /** 32 bytes in base64 or hex; default is the directory's own key. */
  readonly masterKey?: string
  /** The way to the documents of identity providers. Default: the network. */
  readonly issuerDocuments?: IssuerDocuments
  /** log2 of the N with which passwords are hashed, 15 unless given; for tests that have no time. */
  readonly passwordWork?: number
  /** The machine's clock in milliseconds since the epoch; for tests. */
  readonly now?: () => number
  /** What an operator should see. Never holds a secret. */
  readonly log?: (line: LogLine) => void
  readonly limits?: Partial<Limits>
}

export interface LogLine {
  readonly level: 'info' | 'warn' | 'error'
  readonly message: string
}

/** A running authority, and its test controls as methods (`contract.md`). */
export interface Authority extends TestControls {
  readonly url: string
  /** 12 digits. */
  readonly account: string
  /** The root user's oldest access key; empty texts when it has none any more. */
  readonly root: { readonly accessKeyId: string; readonly secretAccessKey: string }
  /** Was the account made by this very start? */
  readonly created: boolean
  /** The instance id of the metadata, which names the sessions; null when there is no metadata. */
  readonly instanceId: string | null
  /** `sso_start_url` of profiles that sign in here. */
  readonly startUrl: string
  /** The page at which a person sees what it has here. */
  readonly portalUrl: string
  /**
   * Where root chooses its password for the console: a secret, good for a day from the moment that it is read here. Null once root has a
   * password.
   */
  readonly firstSignInLink: string | null
  /** How a container gets its credentials; null without `containerRole`. Token and relative URI are secrets. */
  readonly container: ContainerAccess | null
  decisions(query: DecisionQuery): Promise<readonly Decision[]>
  /** Answers what has begun, writes down what was decided, and closes everything. */
  stop(): Promise<void>
}

export interface ContainerAccess {
  /** `AWS_CONTAINER_CREDENTIALS_FULL_URI` of EKS Pod Identity. */
  readonly fullUri: string
  /** `AWS_CONTAINER_AUTHORIZATION_TOKEN`. */
  readonly authorizationToken: string
  /** `AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE`; null where the data is in memory only. */
  readonly authorizationTokenFile: string | null
  /** `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI` of ECS. */
  readonly relativeUri: string
  /** The file in which it stands. */
  readonly relativeUriFile: string | null
}

/**
 * Starts an authority: STS and IAM over HTTP, as `contract.md` says under "The authority's wire".
 * Throws `usage` for options that cannot be (also for an address that is taken, and for a certificate and key that cannot be used), `store` for a data directory that cannot be used.
 */
export async function startAuthority(options: AuthorityOptions): Promise<Authority> {
  const log = options.log ?? (() => {})
  const limits: Limits = { ...defaultLimits, ...options.limits }
  const host = options.host ?? '127.0.0.1'
  if (options.testControls === true && !isLoopback(host)) {
    throw new CountersignError('usage', `test controls need a loopback address; ${host} can be reached from elsewhere`)
  }
  if (options.tls !== undefined) tryTls(options.tls)
  const clock = createClock(options.now ?? Date.now)
  const report = (error: unknown): void => log({ level: 'error', message: describe(error) })
  checkNames(options)
  const rooms = await openRooms(options, clock.now, report)
  const { state, decisions, secrets } = rooms
  const faults = createFaultQueue()
  let propagation: { readonly delay: number; readonly since: number } | null = null

  const rules: OriginRules = {
    scheme: options.tls === undefined ? 'http' : 'https',
    boundHost: host,
    allowHosts: (options.allowHosts ?? []).map((name) => name.toLowerCase()),
  }
  const region = options.region ?? homeRegion(state.directory.account.partition)
  const ground = {
    now: clock.now,
    directory: () => state.directory,
    ring: () => state.ring,
    commit: (changes: readonly Change[]) => state.commit(changes),
    state: rooms.sealedState,
    passwordWork: options.passwordWork,
  }
  const identityCenter = createIdentityCenter({
    ...ground,
    region,
    startUrls: options.ssoStartUrl === undefined ? [] : [options.ssoStartUrl],
    isOwnHost: (name) => isOwnHost(name, rules),
  })

  const controls: TestControls = {
    async reset() {
      identityCenter.clear()
      faults.clear()
      propagation = null
      clock.move({})
      await decisions.flush()
      await state.reset(rooms.first)
      await makeRoles(options, state, clock.now())
    },
    clock: (setting: ClockSetting) => clock.move(setting),
    propagation(seconds) {
      if (!(seconds >= 0 && seconds <= 300)) return false
      propagation = seconds === 0 ? null : { delay: seconds * 1000, since: clock.now() }
      return true
    },
    fault: (fault: InjectedFault) => faults.add(fault),
    async stsEndpoint({ region, active }) {
      const { account } = state.directory
      if (regionStateOf(account, region) === 'unknown' || region === homeRegion(account.partition)) return false
      const others = (account.stsInactiveIn ?? []).filter((name) => name !== region)
      const stsInactiveIn = active ? others : [...others, region]
      const expect = state.directory.versionOf('account', account.id)
      await state.commit([{ op: 'put', entity: { ...account, stsInactiveIn }, expect }])
      return true
    },
    ssoApprove: ({ userCode, user }) => identityCenter.approve(userCode, user),
    ssoAssign: (assignment) => identityCenter.assign(assignment),
    mfaCode(serial) {
      const device = state.directory.mfaDevice(serial)
      return device === undefined ? null : codeAt(device.seed, new Date(clock.now()), device.driftSteps)
    },
  }
  const consoleGround = {
    ...ground,
    region: homeRegion(state.directory.account.partition),
    decisions,
  }
  const exchange = createExchange({
    authenticator: createAuthenticator(),
    webIdentities: createWebIdentities(options.issuerDocuments ?? createIssuerDocuments()),
    faults,
    now: clock.now,
    state: () => state,
    propagation: () => propagation,
    longestSilence: limits.storeSilence,
    passwordWork: options.passwordWork,
    onFailure: (error, requestId) => log({ level: 'error', message: `request ${requestId}: ${describe(error)}` }),
  })
  const answering = createAnswering({
    budget: createBodyBudget(limits.allBodies),
    after(milliseconds, then) {
      const timer = setTimeout(then, milliseconds).unref()
      return () => clearTimeout(timer)
    },
    exchange,
    decisions,
    controls: options.testControls === true ? controls : null,
    metadata: createMetadata({
      ground: { ...ground, region },
      ringKeys: () => state.directory.ringKeys(),
      instance: hasInstance(options) ? { role: options.imdsRole ?? null, tokens: options.imds ?? 'optional' } : null,
      container: options.containerRole === undefined ? null : { role: options.containerRole, secrets },
    }),
    identityCenter,
    console: createConsole({ ground: consoleGround, exchange, files: openConsoleFiles() }),
    rules,
    limits,
    now: clock.now,
    account: () => state.directory.account.id,
    ready: () => state.silentFor() <= limits.storeSilence,
    onFailure: report,
  })
  let listener: Listener
  try {
    if (options.resetRootPassword === true) await resetRootPassword(consoleGround)
    listener = createListener(options.tls, limits, answering)
    await listen(listener, options.port ?? 7374, host)
  } catch (error) {
    await rooms.close()
    throw error
  }
  listener.server.on('error', report)
  const chores = startChores(rooms, report)
  if (options.testControls === true)
    log({ level: 'warn', message: 'test controls are open: anybody here may move the clock' })
  const [rootKey] = state.directory.accessKeysOf('root')
  const url = urlOf(rules.scheme, host, listener)
  let stopping: Promise<void> | null = null

  return {
    url,
    account: state.directory.account.id,
    root: { accessKeyId: rootKey?.id ?? '', secretAccessKey: rootKey?.secret ?? '' },
    created: rooms.created,
    startUrl: options.ssoStartUrl ?? awsStartUrl(state.directory.account),
    portalUrl: `${url}${startPath}`,
    get firstSignInLink() {
      return firstSignInLink(consoleGround, url)
    },
    instanceId: hasInstance(options) ? instanceIdOf(state.directory.account) : null,
    container:
      rooms.containerFiles === null
        ? null
        : {
            fullUri: `${url}/eks/v1/credentials`,
            authorizationToken: secrets.token,
            authorizationTokenFile: rooms.containerFiles.token,
            relativeUri: relativeUri(secrets),
            relativeUriFile: rooms.containerFiles.relativeUri,
          },
    ...controls,
    decisions: (query) => decisions.find(query),
    stop() {
      stopping ??= (async () => {
        await closeListener(listener, answering, limits.stopTime)
        clearInterval(chores)
        await rooms.close()
      })()
      return stopping
    },
  }
}

type Rooms = Awaited<ReturnType<typeof openRooms>>

/** Opens store and state; a store without an account gets one, and its root key is written down where there is a directory. */
async function openRooms(options: AuthorityOptions, now: () => number, onFailure: (error: unknown) => void) {
  const wanted = firstEntities(options, now())
  const directory =
    options.data === ':memory:' ? null : openDataDirectory({ path: options.data, masterKey: options.masterKey })
  try {
    const masterKey = directory?.masterKey ?? randomBytes(32)
    const store = openSqliteStore({ path: directory?.databasePath ?? ':memory:', masterKey, now })
    try {
      let created = false
      const first = (): readonly Entity[] => {
        // Before the account is in the store: a start that was cut off in between makes it anew and writes it again.
        directory?.writeRootCredentials(wanted.rootKey)
        created = true
        return wanted.entities
      }
      const state = await openState({ store, now, first })
      const decisions = createDecisionLog({ store, onFailure })
      const [rootKey] = state.directory.accessKeysOf('root')
      const secrets = containerSecrets(masterKey)
      await makeRoles(options, state, now())
      return {
        state,
        decisions,
        secrets,
        sealedState: createSealedState(masterKey),
        containerFiles:
          options.containerRole === undefined
            ? null
            : {
                token: directory?.writeSecret('container-authorization-token', secrets.token) ?? null,
                relativeUri: directory?.writeSecret('container-credentials-uri', relativeUri(secrets)) ?? null,
              },
        created,
        /** What the first start made, as far as it is still known. */
        first: created ? wanted.entities : [state.directory.account, rootKey ?? wanted.rootKey],
        async close() {
          await decisions.flush()
          await state.close()
          await store.close()
          directory?.close()
        },
      }
    } catch (error) {
      await store.close()
      throw error
    }
  } catch (error) {
    directory?.close()
    throw error
  }
}

function hasInstance({ imdsRole, imds }: AuthorityOptions): boolean {
  return imdsRole !== undefined || imds !== undefined
}

function relativeUri({ credentialsId }: ContainerSecrets): string {
  return `/v2/credentials/${credentialsId}`
}

function homeRegion(partition: string): string {
  return partitionById(partition)?.iam.signingRegion ?? 'us-east-1'
}

/** What is written down between requests. */
function startChores({ state, decisions }: Rooms, onFailure: (error: unknown) => void): NodeJS.Timeout {
  let turns = 0
  return setInterval(() => {
    turns += 1
    void decisions.flush().catch(onFailure)
    if (turns % 10 === 0) void state.flushUses().catch(onFailure)
    if (turns % 3_000 === 0) void state.rotateRing().catch(onFailure)
  }, 200).unref()
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : 'unknown failure'
}
