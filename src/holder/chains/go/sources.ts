import type { ProviderName } from '../../sources/credential.ts'
import type { Source } from '../../sources/source.ts'
import { absent, type GoAnswer, sourceAnswer } from './answer.ts'
import type { GoGround, GoRules } from './ground.ts'
import type { GoProfile } from './profile.ts'
import { askWebIdentity } from './profile-sources.ts'
import { askRoles, hasRole } from './role.ts'

/** A source that also tells its answer as it is before the loop takes it. */
export interface GoSource extends Source<GoGround> {
  askPlainly(ground: GoGround): GoAnswer
}

/** The order of all: the environment, then the selected profile, which ends in the container and the instance. */
export function sourcesOf(rules: GoRules): readonly GoSource[] {
  return [
    source('env', askEnvironment),
    source('assume-role-with-web-identity', askEnvironmentWebIdentity),
    source('assume-role', inProfile(askRoles)),
    ...rules.order.flatMap(({ provider, ask }) => {
      const own = inProfile((ground, profile) => ask(ground, profile))
      // The pair of a profile is told by the file in which its key id stands.
      if (provider !== 'shared-credentials-file') return [source(provider, own)]
      return (['shared-credentials-file', 'config-file'] as const).map((file) => source(file, keysIn(file, own)))
    }),
  ]
}

function source(provider: ProviderName, ask: (ground: GoGround) => GoAnswer): GoSource {
  return {
    provider,
    askPlainly: ask,
    ask(ground) {
      const answer = ask(ground)
      const isUnread = answer.kind === 'absent' && ground.unread !== null && ofConfigFile.has(provider)
      return sourceAnswer(isUnread ? absent(ground.unread) : answer, ground.rules.asking)
    },
  }
}

/** What is not there at all while the config file is not read. */
const ofConfigFile = new Set<ProviderName>(['assume-role', 'config-file', 'sso'])

/** Why a source is not asked by rule; null when it is. */
export function skipReason(ground: GoGround, { provider, ask }: Source<GoGround>): string | null {
  const { isExplicit, profile } = ground
  if (isExplicit && provider === 'env') return notTheEnvironment
  const isOfRole = profile !== null && hasRole(profile) && ownProviders.has(provider)
  return isOfRole && ask(ground).outcome !== 'absent'
    ? `[${profile.name}] has role_arn: this is only what the role may be assumed with`
    : null
}

/** Whether it is while the configuration is loaded that the first source which holds something stops the search. */
export function stopsWhileLoading(ground: GoGround, sources: readonly GoSource[]): boolean {
  for (const source of sources) {
    const answer = skipReason(ground, source) === null ? source.askPlainly(ground) : null
    if (answer === null || answer.kind === 'absent' || (answer.kind === 'broken' && answer.isHidden === true)) continue
    return answer.kind === 'broken' && answer.when === 'load'
  }
  return false
}

const notTheEnvironment = 'a profile is named by an argument, so that the environment is not asked'

const ownProviders = new Set<ProviderName>([
  'shared-credentials-file',
  'config-file',
  'sso',
  'login',
  'custom-process',
  'container-role',
  'iam-role',
])

function inProfile(ask: (ground: GoGround, profile: GoProfile) => GoAnswer): (ground: GoGround) => GoAnswer {
  return (ground) => (ground.profile === null ? absent('the configuration is not loaded') : ask(ground, ground.profile))
}

function keysIn(file: 'shared-credentials-file' | 'config-file', ask: (ground: GoGround) => GoAnswer) {
  return (ground: GoGround): GoAnswer => {
    const answer = ask(ground)
    if (answer.kind !== 'found' || answer.credential.provider === file) return answer
    return absent(`[${ground.profileName}] has its keys in the other file`)
  }
}

function askEnvironment({ environmentKeys }: GoGround): GoAnswer {
  if (environmentKeys === null) return absent('there is no whole pair of keys in the environment')
  const { at } = environmentKeys.accessKeyId
  const because = `${'variable' in at ? at.variable : ''} is set`
  return { kind: 'found', credential: environmentKeys, because, at }
}

const tokenFile = 'AWS_WEB_IDENTITY_TOKEN_FILE'

function askEnvironmentWebIdentity(ground: GoGround): GoAnswer {
  const { machine } = ground
  const named = machine.env(tokenFile) ?? ''
  if (ground.isExplicit) return absent(notTheEnvironment)
  if (named === '') return absent(`${tokenFile} is not set`)
  return askWebIdentity(ground, {
    profile: null,
    tokenFile: named,
    role: machine.env('AWS_ROLE_ARN') ?? '',
    sessionName: machine.env('AWS_ROLE_SESSION_NAME') || null,
    at: { variable: tokenFile },
  })
}
