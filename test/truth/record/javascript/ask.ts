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
}

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
/** What the SDK for v2 throws in a callback ends the program. */
process.on('uncaughtException', (error) => {
  if (current === null) return
  say(current, { ...nothing, error: words(error) })
  process.stdout.write('', () => process.exit(1))
})

function say({ id }: State, answer: Answer): void {
  if (current?.id !== id) return
  current = null
  process.stdout.write(`${JSON.stringify({ id, ...answer })}\n`)
}

function words(error: Sdk): string {
  // What Node cites of a file that is no JSON is left out: it may be a secret.
  const message = String(error?.message ?? error).replace(/(Unexpected token )(?:'.'|"").* is not valid JSON/su, '$1in JSON')
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
  const { defaultProvider } = fresh()
  const credentials = await defaultProvider(profile === null ? {} : { profile })()
  return {
    accessKeyId: credentials.accessKeyId ?? null,
    sessionToken: credentials.sessionToken ?? null,
    source: Object.keys(credentials.$source ?? {}).join(' ') || null,
    error: null,
  }
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
  })
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
    const service = /^(?:portal\.)?(sts|sso|oidc)\b.*\.(?:amazonaws|c2s|sc2s|adc-e|csp)/.exec(hostname)?.[1]
    if (service !== undefined) {
      const stub = (service === 'sts' ? process.env['AWS_ENDPOINT_URL_STS'] : undefined) ?? process.env['AWS_ENDPOINT_URL']
      if (stub === undefined || stub === '') {
        reject(Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), { name: 'UnknownEndpoint' }))
        return
      }
      request.endpoint = new AWS.Endpoint(stub)
    }
    return handleRequest.call(this, request, ...rest)
  }
}
