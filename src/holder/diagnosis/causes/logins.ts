import { joinPath } from '../../machine/paths.ts'
import type { Place } from '../../sources/credential.ts'
import { readBearerToken } from '../../surroundings/bearer-token.ts'
import { type DockerConfig, readDockerConfig } from '../../surroundings/docker-config.ts'
import { readDotenv } from '../../surroundings/dotenv.ts'
import { readWritten } from '../../surroundings/written.ts'
import type { Scene } from '../scene.ts'
import { type Commands, homePath, noCommands, quote } from '../shells.ts'
import { instantWords, placeWords, profileOf, span } from '../words.ts'
import { type Cause, cure, evidence, type Found, found, unsetCure } from './cause.ts'

/** Logins that are made from AWS credentials and then live a life of their own. */
export const loginCauses: readonly Cause[] = [
  { id: 'registry-login-expired', failsAt: 'always', look: registryLogin },
  { id: 'bearer-token-left', failsAt: 'always', insteadOf: ['authorization-missing'], look: bearerToken },
  { id: 'smtp-password', failsAt: 'always', look: smtpPassword },
]

// ---- container registries

const privateRegistry = /^(\d{12})\.dkr\.ecr(?:-fips)?\.([a-z0-9-]{1,30})\.amazonaws\.(?:com\.cn|com|eu)$/

function registryLogin(scene: Scene): Found | null {
  const { refusal, machine } = scene
  if (refusal?.from !== 'text' || !/^RegistryLogin/.test(refusal.reply.code)) return null
  const host = (refusal.named?.hosts ?? []).find((each) => privateRegistry.test(each))
  const config = readDockerConfig(machine)
  if (config === null && host === undefined) return null
  const wanted = host ?? onlyRegistry(config)
  if (wanted === null) return null
  const file = config === null ? null : homePath(config.file, scene.home).shown
  const login = config?.logins.find((each) => each.host === wanted) ?? null
  const others = (config?.logins ?? []).filter((each) => each.host !== wanted && privateRegistry.test(each.host))
  const facts = [
    login === null
      ? evidence(
          config === null || config.store === null
            ? `There is no login at ${wanted}${file === null ? '' : ` in ${file}`}`
            : `Logins are kept by ${config.store.slice(0, 40)}; whether there is one at ${wanted} does not show`,
          config === null ? null : { file: config.file },
        )
      : login.helper === null
        ? evidence(
            login.endsAt === null
              ? `The login at ${wanted} stands in ${placeWords(scene, login.at)}; such logins last 12 hours`
              : `The login at ${wanted} ${login.endsAt <= scene.now ? `ended ${instantWords(login.endsAt)}, ${span((scene.now.getTime() - login.endsAt.getTime()) / 1000)} ago` : `lasts until ${instantWords(login.endsAt)}`}`,
            login.at,
          )
        : evidence(
            `For ${wanted} docker asks docker-credential-${login.helper.slice(0, 40)}, which uses your AWS credentials`,
            login.at,
          ),
    ...others.slice(0, 2).map((other) => evidence(`There is a login at another registry: ${other.host}`, other.at)),
  ]
  const isHelped = login !== null && login.helper !== null
  return found(
    'proven',
    login === null && others.length > 0
      ? `The login is for another registry than ${wanted}`
      : `The login at ${wanted} is over or missing`,
    facts,
    isHelped
      ? cure('Look whether your AWS credentials are good: the login is made from them each time', noCommands)
      : cure(`Log in at ${wanted} again; a login lasts 12 hours`, dockerLogin(scene, wanted)),
  )
}

/** Where the text does not say which registry is meant: the only one that there is. */
function onlyRegistry(config: DockerConfig | null): string | null {
  const hosts = new Set((config?.logins ?? []).map(({ host }) => host).filter((host) => privateRegistry.test(host)))
  return hosts.size === 1 ? [...hosts][0]! : null
}

function dockerLogin({ credential }: Scene, host: string): Commands {
  const region = privateRegistry.exec(host)![2]!
  const profile = profileOf(credential)
  const line = (shell: 'bash' | 'fish' | 'powershell' | 'cmd') => {
    const named = profile === null ? '' : ` --profile ${quote(shell, profile)}`
    return [
      `aws ecr get-login-password --region ${region}${named} | docker login --username AWS --password-stdin ${host}`,
    ]
  }
  return { bash: line('bash'), fish: line('fish'), powershell: line('powershell'), cmd: line('cmd') }
}

// ---- Bedrock

const bearerVariable = 'AWS_BEARER_TOKEN_BEDROCK'

/** SDKs that know the variable send it to Bedrock in place of a signature (botocore `bearer` auth, from 1.39). */
function bearerToken(scene: Scene): Found | null {
  const { refusal, machine } = scene
  const value = machine.env(bearerVariable)
  if (!value || refusal?.from !== 'text') return null
  const { service } = refusal.reply
  const isBedrock =
    /^bedrock/.test(service ?? '') || (refusal.named?.hosts ?? []).some((host) => /^bedrock(-\w+)*\./.test(host))
  const isRefused = ['not-accepted', 'expired', 'denied', 'missing', 'malformed'].some((family) =>
    (refusal.families as readonly string[]).includes(family),
  )
  if (!isBedrock || !isRefused) return null
  const seen = readBearerToken(value)
  const over = seen.kind === 'short-term' && seen.endsAt !== null && seen.endsAt <= scene.now ? seen.endsAt : null
  return found(
    over === null ? 'likely' : 'proven',
    over === null
      ? `${bearerVariable} is sent to Bedrock instead of your AWS credentials`
      : `${bearerVariable} is over, and it is sent to Bedrock instead of your AWS credentials`,
    [
      evidence(`${bearerVariable} is set: newer SDKs take it for Bedrock before any key or profile`, {
        variable: bearerVariable,
      }),
      ...(over === null
        ? []
        : [
            evidence(`It ended ${instantWords(over)}, ${span((scene.now.getTime() - over.getTime()) / 1000)} ago`, {
              variable: bearerVariable,
            }),
          ]),
      ...(seen.kind === 'unknown'
        ? [
            evidence('It does not look like a key of Bedrock: those begin with ABSK or bedrock-api-key-', {
              variable: bearerVariable,
            }),
          ]
        : []),
    ],
    unsetCure('Take the variable away, so that your AWS credentials are used, or set it to a new key of Bedrock', [
      bearerVariable,
    ]),
  )
}

// ---- SMTP of SES

const passwordVariables = /^(?:\w+_)?(?:MAIL|SMTP|EMAIL)(?:_\w+)?_?(?:PASS|PASSWORD|PWD|SECRET)$/i
const hostVariables = /^(?:\w+_)?(?:MAIL|SMTP|EMAIL)(?:_\w+)?_?(?:HOST|SERVER|URL)$/i

/** A password for SMTP is made from a secret key, and has 44 characters; the key itself has 40. */
function smtpPassword(scene: Scene): Found | null {
  const { refusal } = scene
  if (refusal?.from !== 'text' || !/^SmtpAuthentication/.test(refusal.reply.code)) return null
  const settings = mailSettings(scene)
  const isOfSes = (value: string) => /\bemail-smtp(-fips)?\.[\w-]+\.amazonaws\.com/.test(value)
  const host = settings.find(({ name, value }) => hostVariables.test(name) && isOfSes(value))
  const password = settings.find(
    ({ name, value }) => passwordVariables.test(name) && /^[A-Za-z0-9/+]{40}$/.test(value.trim()),
  )
  if (host === undefined || password === undefined) return null
  return found(
    'proven',
    'A secret access key stands where the SMTP password belongs',
    [
      evidence(
        `${password.name} has 40 characters, as a secret access key has; SMTP passwords of SES have 44`,
        password.at,
      ),
      evidence(`${host.name} names the SMTP of SES`, host.at),
    ],
    cure(
      'Create SMTP credentials in the SES console of that region (or derive the password from the key, for that region), and store both halves',
    ),
  )
}

interface MailSetting {
  readonly name: string
  readonly value: string
  readonly at: Place
}

/** Of the environment, and of the `.env` file here. */
function mailSettings({ machine }: Scene): readonly MailSetting[] {
  const isMail = (name: string) => name.length <= 64 && (hostVariables.test(name) || passwordVariables.test(name))
  const own = machine
    .envNames()
    .filter(isMail)
    .map((name) => ({ name, value: machine.env(name) ?? '', at: { variable: name } }))
  const file = readWritten(machine, joinPath(machine, machine.cwd, '.env'), 256 * 1024)
  const written = file === null ? [] : readDotenv(file.text).filter(({ name }) => isMail(name))
  return [...own, ...written.map(({ name, value, offset }) => ({ name, value: value ?? '', at: file!.at(offset) }))]
}
