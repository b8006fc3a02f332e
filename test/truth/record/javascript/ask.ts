/** One child of the recorder: `node ask.ts SDK BUNDLE` answers one state per line, each with a fresh instance of the SDK. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { Script } from 'node:vm'

interface State {
  readonly id: number
  readonly env: Readonly<Record<string, string>>
  readonly profile: string | null
  readonly cwd: string
}

interface Answer {
  readonly accessKeyId: string | null
  readonly sessionToken: string | null
  readonly source: string | null
  readonly error: string | null
  /** For static keys: where the first calls with them go, or the error that keeps them from being made. */
  readonly more?: FirstUse | undefined
}

type FirstUse =
  | { readonly sts: string; readonly iam: string; readonly signingRegion: string }
  | { readonly clientError: string }

// biome-ignore lint/suspicious/noExplicitAny: the SDKs are bundled and have no types here
type Sdk = any

const [, , sdk = '', bundle = ''] = process.argv
const require = createRequire(import.meta.url)
// The SDKs remember files, refreshes and failures in their modules: each state gets modules of its own, compiled once.
const load = new Script(`(function (require, module, exports) {${readFileSync(bundle, 'utf8')}\n})`, {
  filename: bundle,
}).runInThisContext() as (require: NodeJS.Require, module: { exports: Sdk }, exports: Sdk) => void

let current: State | null = null

createInterface({ input: process.stdin }).on('line', (line) => {
  const state = JSON.parse(line) as State
  current = state
  enter(state)
  const asked = sdk === 'js-v3' ? askV3(state) : askV2(state)
  asked.then(
    (answer) => say(state, answer),
    (error) => say(state, { ...nothing, error: words(error) }),
  )
})

const nothing: Answer = { accessKeyId: null, sessionToken: null, source: null, error: null }

/** The v3 chain leaves promises behind whose errors nobody awaits; a program without a listener would die of them. */
process.on('unhandledRejection', () => {})
/** What the SDK for v2 throws in a callback ends the program; this child is not asked again. */
process.on('uncaughtException', (error) => {
  if (current !== null) say(current, { ...nothing, error: words(error) }, true)
})

function say({ id }: State, answer: Answer, isOver = false): void {
  if (current?.id !== id) return
  current = null
  process.stdout.write(`${isOver ? 'over' : 'next'} ${JSON.stringify({ id, ...answer })}\n`)
}

function words(error: Sdk): string {
  // What Node cites of a file that is no JSON is left out: it may be a secret.
  const message = String(error?.message ?? error).replace(
    /(Unexpected token )(?:'.'|"").* is not valid JSON/su,
    '$1in JSON',
  )
  return `${error?.name ?? 'Error'}: ${message}`
}

function enter({ env, cwd }: State): void {
  for (const name of Object.keys(process.env)) delete process.env[name]
  for (const [name, value] of Object.entries(env)) process.env[name] = value
  process.chdir(cwd)
}

function fresh(): Sdk {
  const module = { exports: {} as Sdk }
  load(require, module, module.exports)
  return module.exports
}

async function askV3({ profile }: State): Promise<Answer> {
  const sdk = fresh()
  const credentials = await sdk.defaultProvider(profile === null ? {} : { profile })()
  const source = Object.keys(credentials.$source ?? {}).join(' ')
  const isStatic = source === 'CREDENTIALS_ENV_VARS' || source === 'CREDENTIALS_PROFILE'
  return {
    accessKeyId: credentials.accessKeyId ?? null,
    sessionToken: credentials.sessionToken ?? null,
    source: source || null,
    error: null,
    more: isStatic && !asksInstanceForRegion() ? await firstUse(callsV3(sdk, credentials, profile)) : undefined,
  }
}

/** What the stub would say for a region is no rule of the SDK. */
function asksInstanceForRegion(): boolean {
  const { env } = process
  return (
    Boolean(env['AWS_EC2_METADATA_SERVICE_ENDPOINT']) &&
    !env['AWS_EC2_METADATA_DISABLED'] &&
    env['AWS_REGION'] === undefined
  )
}

/** One call: where it would go and for which region it is signed. Rejects with the error that keeps it from being made. */
type Call = () => Promise<{ readonly url: string; readonly region: string }>

async function firstUse({ sts, iam }: { readonly sts: Call; readonly iam: Call }): Promise<FirstUse> {
  try {
    const { url, region } = await sts()
    return { sts: url, iam: (await iam()).url, signingRegion: region }
  } catch (error) {
    return { clientError: words(error) }
  }
}

function callsV3(sdk: Sdk, credentials: Sdk, profile: string | null): { readonly sts: Call; readonly iam: Call } {
  const call =
    (Client: Sdk, Command: Sdk): Call =>
    async () => {
      let seen: { url: string; region: string } | null = null
      const client = new Client({ credentials, maxAttempts: 1, ...(profile === null ? {} : { profile }) })
      const { requestHandler } = client.config
      // Without one who waits for it, its error would end this process.
      requestHandler.configProvider.catch(() => {})
      requestHandler.handle = async (request: Sdk) => {
        // What the handler would first look up may be an error, too.
        await requestHandler.configProvider
        const { protocol, hostname, port, path, headers } = request
        const host = `${protocol}//${hostname}${port ? `:${port}` : ''}`
        seen = { url: (host + path).replace(/\/+$/, ''), region: scopeRegion(headers['authorization']) }
        throw new Error('seen')
      }
      try {
        await client.send(new Command({}))
      } catch (error) {
        if (seen === null) throw error
      }
      if (seen === null) throw new Error('no request')
      return seen
    }
  return { sts: call(sdk.STSClient, sdk.GetCallerIdentityCommand), iam: call(sdk.IAMClient, sdk.GetUserCommand) }
}

function scopeRegion(authorization: string): string {
  return authorization.replace(/^.*Credential=[^/]*\/\d+\/([^/]*)\/.*$/s, '$1')
}

/** The default chain of v2; a profile in code is given to each of its providers that takes one. */
async function askV2({ profile }: State): Promise<Answer> {
  const AWS = fresh()
  const options = profile === null ? {} : { profile }
  const providers = [
    ['EnvironmentCredentials(AWS)', () => new AWS.EnvironmentCredentials('AWS')],
    ['EnvironmentCredentials(AMAZON)', () => new AWS.EnvironmentCredentials('AMAZON')],
    ['SsoCredentials', () => new AWS.SsoCredentials(options)],
    ['SharedIniFileCredentials', () => new AWS.SharedIniFileCredentials(options)],
    ['ECSCredentials', () => new AWS.ECSCredentials()],
    ['ProcessCredentials', () => new AWS.ProcessCredentials(options)],
    ['TokenFileWebIdentityCredentials', () => new AWS.TokenFileWebIdentityCredentials()],
    ['EC2MetadataCredentials', () => new AWS.EC2MetadataCredentials()],
  ] as const
  if (providers.length !== AWS.CredentialProviderChain.defaultProviders.length) throw new Error('another default chain')
  let source: string | null = null
  const chain = new AWS.CredentialProviderChain(
    providers.map(([name, make]) => () => {
      source = name
      return make()
    }),
  )
  return await new Promise((resolve, reject) => {
    redirect(AWS, reject)
    chain.resolve((error: Sdk, credentials: Sdk) => {
      if (error) reject(error)
      else {
        resolve({
          accessKeyId: credentials.accessKeyId ?? null,
          sessionToken: credentials.sessionToken ?? null,
          source,
          error: null,
        })
      }
    })
  }).then(async (answer) => {
    const { accessKeyId, sessionToken } = answer as Answer
    const isStatic =
      source?.startsWith('Environment') || (source === 'SharedIniFileCredentials' && !accessKeyId?.startsWith('ASIA'))
    if (!isStatic) return answer as Answer
    return {
      ...(answer as Answer),
      more: await firstUse(callsV2(AWS, { accessKeyId, sessionToken, secretAccessKey: 'made-up' })),
    }
  })
}

function callsV2(AWS: Sdk, credentials: Sdk): { readonly sts: Call; readonly iam: Call } {
  const call =
    (Client: Sdk, operation: string): Call =>
    () =>
      new Promise((resolve, reject) => {
        const client = new Client({ credentials, maxRetries: 0 })
        const request = client.makeRequest(operation, {})
        request.removeListener('send', AWS.EventListeners.Core.SEND)
        request.on('send', () => {
          const { protocol, host, path } = request.httpRequest.endpoint
          const url = `${protocol}//${host}${path ?? ''}`.replace(/\/+$/, '')
          resolve({ url, region: scopeRegion(request.httpRequest.headers.Authorization) })
        })
        request.send((error: Sdk) => {
          if (error) reject(error)
        })
      })
  return { sts: call(AWS.STS, 'getCallerIdentity'), iam: call(AWS.IAM, 'getUser') }
}

/**
 * v2 knows no `AWS_ENDPOINT_URL`. What it would send to AWS goes to that address all the same, with host and region as it made
 * them; without one, that it would ask is the answer (v2 would keep it to itself that it could not).
 */
function redirect(AWS: Sdk, reject: (error: unknown) => void): void {
  const client = AWS.NodeHttpClient.prototype
  const { handleRequest } = client
  client.handleRequest = function (request: Sdk, ...rest: unknown[]) {
    const { hostname } = request.endpoint
    // Nobody answers there either, and v2 would go on without a word.
    const isFar = /^(?!169\.254\.)[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}$/i.test(hostname)
    const service = /^(?:portal\.)?(sts|sso|oidc)\b.*\.(?:amazonaws|c2s|sc2s|adc-e|csp)/.exec(hostname)?.[1]
    if (service !== undefined || isFar) {
      const told =
        service === 'sts'
          ? ['AWS_ENDPOINT_URL_STS', 'AWS_ENDPOINT_URL']
          : service === undefined
            ? []
            : ['AWS_ENDPOINT_URL']
      // v2 looks at none of them: one that is not the stub's says nothing.
      const stub = told
        .map((name) => process.env[name] ?? '')
        .find((url) => /^http:\/\/127\.0\.0\.1:\d{4,5}\/*$/.test(url))
      if (stub === undefined) {
        reject(Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), { name: 'UnknownEndpoint' }))
        return
      }
      request.endpoint = new AWS.Endpoint(stub)
    }
    return handleRequest.call(this, request, ...rest)
  }
}
