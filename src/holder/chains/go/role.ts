import type { Credential, Place } from '../../sources/credential.ts'
import type { CredentialPlan } from '../../sources/plan.ts'
import { absent, failure, fallingOver, type GoAnswer, type GoError, isUnsendable } from './answer.ts'
import { askContainer, containerVariable, isRelativeSet } from './container.ts'
import type { GoGround } from './ground.ts'
import type { GoProfile } from './profile.ts'
import { askInstance } from './profile-sources.ts'

/**
 * The roles of a profile, one over the other, each with what the profile below gives; the last one's with whatever that profile
 * has, which may be nothing but the instance's role. Absent when the profile has no role, or nothing to assume it with.
 *
 * Sources: aws-sdk-go-v2 config/resolve_credentials.go `resolveCredsFromProfile`, `credsFromAssumeRole`; aws-sdk-go
 * aws/session/credentials.go.
 */
export function askRoles(ground: GoGround, profile: GoProfile): GoAnswer {
  if (!hasRole(profile)) {
    const isForWebIdentity = profile.get('role_arn') !== undefined
    return absent(`[${profile.name}] has ${isForWebIdentity ? 'role_arn, but for a web identity' : 'no role_arn'}`)
  }
  const chain: GoProfile[] = []
  for (let next: GoProfile | null = profile; next !== null; next = next.source) chain.push(next)
  const last = chain.at(-1)!
  let answer = withoutRole(ground, last)
  for (const level of chain.reverse()) {
    if (level.get('role_arn') !== undefined && !(level === last && isWebIdentity(level))) {
      answer = roleOver(ground, level, answer)
    }
  }
  return answer
}

/** Whether a role is assumed with credentials; the role of a web identity needs none. */
export function hasRole(profile: GoProfile): boolean {
  return profile.source !== null || (profile.get('role_arn') !== undefined && !isWebIdentity(profile))
}

function isWebIdentity(profile: GoProfile): boolean {
  return (
    profile.source === null &&
    profile.credential === null &&
    profile.get('credential_source') === undefined &&
    profile.get('web_identity_token_file') !== undefined
  )
}

/** What a profile has without its role: keys, a named source, or the first of the others. */
function withoutRole(ground: GoGround, profile: GoProfile): GoAnswer {
  const named = profile.get('credential_source')
  let because = 'there is nothing to assume it with'
  for (const source of ground.rules.order) {
    const answer = source.ask(ground, profile)
    if (answer.kind === 'broken' && answer.isHidden === true) return absent(answer.because, answer.at)
    if (answer.kind !== 'absent') return answer
    because = answer.because
    if (source.provider === 'shared-credentials-file' && named !== undefined) {
      return askNamed(ground, named.value, named.at)
    }
  }
  return absent(because)
}

/** `credential_source`, whose three values are written exactly so. */
function askNamed(ground: GoGround, name: string, at: Place): GoAnswer {
  const { machine, rules, environmentKeys } = ground
  switch (name) {
    case 'Environment': {
      const because = 'credential_source = Environment, but there are no keys in the environment'
      if (environmentKeys === null) return failure('ask', 'configuration', rules.words.emptyEnvironment, because, at)
      return { kind: 'found', credential: environmentKeys, because: 'keys are in the environment', at }
    }
    case 'Ec2InstanceMetadata':
      return rules.instanceIsRemote && containerVariable(machine, rules.containerFirst) !== null
        ? askContainer(ground)
        : askInstance(ground)
    case 'EcsContainer': {
      const isSet =
        rules.containerSource === 'either'
          ? containerVariable(machine, rules.containerFirst) !== null
          : isRelativeSet(machine)
      if (isSet) {
        const first = rules.containerSource === 'relative' ? 'relative' : rules.containerFirst
        return askContainer({ ...ground, rules: { ...rules, containerFirst: first } })
      }
      const because = 'credential_source = EcsContainer, but no variable says where the container endpoint is'
      return failure('load', 'configuration', rules.words.containerNotSet, because, at)
    }
    default:
      return failure(
        'load',
        'configuration',
        rules.words.badCredentialSource,
        `credential_source = ${name} is none`,
        at,
      )
  }
}

function roleOver(ground: GoGround, profile: GoProfile, below: GoAnswer): GoAnswer {
  const { words } = ground.rules
  const role = profile.get('role_arn')!
  const { at, value: roleArn } = role
  if (below.kind === 'broken' && below.when === 'load') return below
  const mfa = profile.get('mfa_serial')
  if (mfa !== undefined) {
    const because = `[${profile.name}] has mfa_serial, and the program has no one to ask for a code`
    return failure('load', 'unsupported', words.noTokenProvider, because, mfa.at)
  }
  const sessionName = profile.get('role_session_name')?.value ?? null
  const externalId = profile.get('external_id')?.value ?? null
  const refused = ground.stsRefusal({ operation: 'AssumeRole', roleArn, sessionName, externalId })
  const notCalled = (error: GoError): GoAnswer =>
    failure('ask', 'configuration', error, `STS cannot be asked for ${roleArn}`, at)
  if (refused !== null && ground.rules.checksCallsFirst) return notCalled(refused)
  if (below.kind === 'broken') {
    const { error, hasOwnCache = false } = below
    return {
      ...below,
      hasOwnCache: false,
      error: error.name === fallingOver ? error : words.roleSource(error, hasOwnCache),
    }
  }
  if (below.kind === 'absent') return absent(`${roleArn} would be assumed, but ${below.because}`, at)
  if (refused !== null) return notCalled(refused)
  const header = below.kind === 'found' ? unsendableHeader(below.credential) : null
  if (header !== null) return notCalled(words.unsendable('AssumeRole', ground.stsUrl, header, 3))
  const plan: CredentialPlan = {
    kind: 'assume-role',
    profile: profile.name,
    roleArn,
    sessionName,
    externalId,
    mfaSerial: null,
    durationSeconds: profile.durationSeconds,
    region: null,
    from: below.kind === 'found' ? { kind: 'static', credential: below.credential } : below.plan,
    at,
  }
  return { kind: 'deferred', plan, because: `the role ${roleArn} would be assumed`, at }
}

/** The header that no request can have for what a credential holds; null when all can be sent (Go `httpguts`). */
export function unsendableHeader({ accessKeyId, sessionToken }: Credential): string | null {
  if (isUnsendable(accessKeyId.value)) return 'Authorization'
  return sessionToken !== null && isUnsendable(sessionToken.value.reveal()) ? 'X-Amz-Security-Token' : null
}
