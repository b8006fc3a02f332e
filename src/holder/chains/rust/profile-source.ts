import type { BrokenSource, SourceAnswer } from '../../sources/answer.ts'
import type { ProviderName } from '../../sources/credential.ts'
import type { CredentialPlan } from '../../sources/plan.ts'
import { absent, broken, deferred, passedOver, type Source } from '../../sources/source.ts'
import { loginSession, ssoToken } from './cache.ts'
import { clientRegion, refusedCall } from './endpoint.ts'
import type { RustGround } from './ground.ts'
import { type Base, planProfile, type Role, staticKeys } from './profile.ts'
import {
  askWebIdentity,
  classWords,
  containerRole,
  environment,
  iamRole,
  panicOfSigning,
  rustError,
} from './sources.ts'

interface Answered {
  readonly provider: ProviderName
  readonly answer: SourceAnswer
}

/** What a profile can be, in the order in which the SDK looks for it in one profile. */
const kinds: readonly { readonly provider: ProviderName; readonly key: string }[] = [
  { provider: 'assume-role', key: 'role_arn' },
  { provider: 'assume-role-with-web-identity', key: 'web_identity_token_file' },
  { provider: 'sso', key: 'sso_account_id' },
  { provider: 'login', key: 'login_session' },
  { provider: 'custom-process', key: 'credential_process' },
  { provider: 'shared-credentials-file', key: 'aws_access_key_id' },
]

/**
 * The profile provider as sources: the one that the selected profile means, among the others in their order. Complete keys that
 * it does not come to are told too.
 */
export function profileSources(ground: RustGround): readonly Source<RustGround>[] {
  const { provider, answer } = askProfile(ground)
  const keys = ground.files.problem === null ? staticKeys(ground.files, ground.selected.name) : null
  const isPassed = answer.outcome === 'absent' || (answer.outcome === 'broken' && answer.error.goesOn === true)
  const source = (name: ProviderName, ask: () => SourceAnswer): Source<RustGround> => ({ provider: name, ask })
  const chosen = source(provider, () => answer)
  const last =
    keys === null ? (provider === 'config-file' ? provider : 'shared-credentials-file') : keys.credential.provider
  const names = kinds.map((kind) => (kind.key === 'aws_access_key_id' ? { ...kind, provider: last } : kind))
  const others = names.map(({ provider: name, key }) => {
    if (name === provider) return chosen
    if (name === last && keys !== null && !isPassed) {
      const { credential, at } = keys
      return source(name, () => ({ outcome: 'found', credential, because: `[${ground.selected.name}] holds keys`, at }))
    }
    const setting = ground.settings.get(key)
    if (setting === undefined) return source(name, () => absent(`[${ground.selected.name}] has no ${key}`))
    return source(name, () => absent(`[${ground.selected.name}] has ${key}, but it does not come to that`, setting.at))
  })
  return names.some(({ provider: name }) => name === provider) ? others : [chosen, ...others]
}

function askProfile(ground: RustGround): Answered {
  const { problem } = ground.files
  const failed = (kind: 'CredentialsNotLoaded' | 'InvalidConfiguration', says: string): string =>
    rustError(kind, kind === 'InvalidConfiguration' ? `ProfileFile provider could not be built: ${says}` : says)
  if (problem !== null) {
    const says = failed('InvalidConfiguration', 'invalid profile: could not parse profile file')
    const at = { file: problem.path, line: problem.line, column: problem.column }
    const reason = problem.kind === 'too-large' ? 'file-unreadable' : 'file-syntax'
    const provider = problem.role === 'config' ? 'config-file' : 'shared-credentials-file'
    return { provider, answer: broken(reason, says, `${problem.path} cannot be read: ${problem.says}`, at) }
  }
  const plan = planProfile(ground.files, ground.selected.name)
  if (plan.kind === 'nothing') return { provider: 'shared-credentials-file', answer: absent(plan.because) }
  if (plan.kind === 'refused') {
    const { reason, says, because, at } = plan.refusal
    const provider = providerOfRefused(ground)
    const { stops } = plan.refusal
    const words = failed(stops ? 'InvalidConfiguration' : 'CredentialsNotLoaded', says)
    return { provider, answer: (stops ? broken : passedOver)(reason, words, because, at) }
  }
  const unbuilt = refusedBase(plan.base)
  const base = unbuilt ?? askBase(ground, plan.base)
  if (unbuilt !== null && plan.roles.length === 0) return unbuilt
  return plan.roles.length === 0
    ? inProfile(base)
    : assumed(ground, unbuilt === null ? inProfile(base) : base, plan.roles)
}

/** Which of its kinds a refused profile seems to mean. */
function providerOfRefused({ settings }: RustGround): ProviderName {
  if ([...settings.keys()].some((key) => key.startsWith('sso_')) && !settings.has('role_arn')) return 'sso'
  return kinds.find(({ key }) => settings.has(key))?.provider ?? 'shared-credentials-file'
}

/** What is refused while the chain is built, and not only when it is asked (exec.rs `from_repr`). */
function refusedBase(base: Base): Answered | null {
  if (base.kind === 'named' && namedSource(base.name) === null) {
    const says = `profile referenced \`${base.name}\` provider but that provider is not supported`
    const words = rustError('InvalidConfiguration', `ProfileFile provider could not be built: ${says}`)
    const because = `credential_source is ${base.name}, which is none`
    return { provider: 'assume-role', answer: broken('configuration', words, because, base.at) }
  }
  if (base.kind !== 'sso' || (base.accountId !== null && base.roleName !== null)) return null
  const says =
    "selected profile will resolve an access token instead of credentials since it doesn't have `sso_account_id` and " +
    '`sso_role_name` set. Specify both `sso_account_id` and `sso_role_name` to let this profile resolve credentials.'
  const because = `[${base.profile}] has SSO settings, but neither account nor role`
  return {
    provider: 'sso',
    answer: passedOver('configuration', rustError('CredentialsNotLoaded', says), because, base.at),
  }
}

function namedSource(name: string): Source<RustGround> | null {
  switch (name.replace(/[A-Z]/g, (letter) => letter.toLowerCase())) {
    case 'environment':
      return environment
    case 'ec2instancemetadata':
      return iamRole
    case 'ecscontainer':
      return containerRole
    default:
      return null
  }
}

function askBase(ground: RustGround, base: Base): Answered {
  switch (base.kind) {
    case 'static': {
      const { credential, at } = base
      const because = `[${credential.profile}] holds keys`
      return { provider: credential.provider, answer: { outcome: 'found', credential, because, at } }
    }
    case 'named': {
      const source = namedSource(base.name) ?? environment
      return { provider: source.provider, answer: source.ask(ground) }
    }
    case 'web-identity':
      return { provider: 'assume-role-with-web-identity', answer: askWebIdentity(ground, base) }
    case 'sso':
      return { provider: 'sso', answer: askSso(ground, base) }
    case 'login':
      return { provider: 'login', answer: askLogin(ground, base) }
    case 'process': {
      const { profile, command, at } = base
      if (command === '') {
        const says = rustError(
          'ProviderError',
          'Error retrieving credentials from external process, could not parse response: invalid JSON in response',
        )
        return { provider: 'custom-process', answer: broken('process-failed', says, 'credential_process is empty', at) }
      }
      const plan: CredentialPlan = { kind: 'process', profile, command, run: 'shell', at }
      return { provider: 'custom-process', answer: deferred('credential_process would be run', at, plan) }
    }
  }
}

/** An error of the base is an error of the profile provider, also when it would let a source of the chain go on. */
function inProfile({ provider, answer }: Answered): Answered {
  if (answer.outcome === 'absent') {
    const says = rustError('ProviderError', `the credential provider was not enabled: ${answer.because}`)
    return { provider, answer: broken('configuration', says, answer.because, answer.at) }
  }
  if (answer.outcome !== 'broken') return { provider, answer }
  const { reason, says } = answer.error
  // The words of the class stay in front of the inner error's.
  const inner = says.replace(/^[A-Z]\w+: /, '')
  const error: BrokenSource = says.startsWith('panic: ')
    ? { reason, says }
    : { reason, says: rustError('ProviderError', inner) }
  return { provider, answer: { ...answer, error } }
}

function assumed(ground: RustGround, { answer }: Answered, roles: readonly Role[]): Answered {
  const provider = 'assume-role'
  const last = roles.at(-1)!
  if (answer.outcome === 'broken' || answer.outcome === 'absent') return { provider, answer }
  const refused = refusedCall(ground, 'STS', clientRegion(ground), true)
  if (refused !== null) {
    const says = rustError('ProviderError', refused.replace(/^(?!panic: )/, `${classWords.ProviderError}: `))
    return { provider, answer: broken('configuration', says, 'STS cannot be asked', last.at) }
  }
  const panic = answer.outcome === 'found' ? panicOfSigning(answer.credential) : null
  if (panic !== null)
    return { provider, answer: broken('configuration', panic, 'a key cannot be part of a header', answer.at) }
  let plan: CredentialPlan | undefined =
    answer.outcome === 'found' ? { kind: 'static', credential: answer.credential } : answer.plan
  for (const { profile, roleArn, externalId, sessionName, at } of roles) {
    if (plan === undefined) break
    const asked = { profile, roleArn, externalId, sessionName, mfaSerial: null, durationSeconds: null, region: null }
    plan = { kind: 'assume-role', ...asked, from: plan, at }
  }
  return { provider, answer: deferred(`the role ${last.roleArn} would be assumed`, last.at, plan) }
}

function askSso(ground: RustGround, base: Extract<Base, { kind: 'sso' }>): SourceAnswer {
  const { profile, session, startUrl, region, at } = base
  const [accountId, roleName] = [base.accountId ?? '', base.roleName ?? '']
  const token = ssoToken(ground, session ?? startUrl)
  const failed = (says: string): string =>
    rustError('ProviderError', session === null ? says : `an error occurred while loading an access token: ${says}`)
  if (token.kind === 'refused') {
    const says = failed(session === null ? token.says : 'failed to load the cached SSO token')
    return broken('file-unreadable', says, `there is no usable token of aws sso login: ${token.says}`, at)
  }
  // The legacy form does not look at the end of its token.
  const isOver = token.value.expiresAt.getTime() <= ground.machine.now().getTime()
  if (session !== null && isOver && !token.value.canBeRefreshed) {
    const says = failed('the SSO token has expired and cannot be refreshed')
    return broken('expired', says, 'the token of aws sso login is over', { file: token.path })
  }
  const isSoonOver = token.value.expiresAt.getTime() <= ground.machine.now().getTime() + 5 * 60_000
  const refreshes = session !== null && isSoonOver && token.value.canBeRefreshed
  const unrefreshed = refreshes ? refusedCall(ground, 'SSO_OIDC', region, false) : null
  // Any other error of the refresh is dropped, and the old token is sent (sso/token.rs `refresh_cached_token`).
  if (unrefreshed?.startsWith('panic: ')) return broken('configuration', unrefreshed, 'its endpoint is empty', at)
  const refused = refusedCall(ground, 'SSO', region, false)
  if (refused !== null)
    return broken('configuration', rustError('ProviderError', refused), 'the portal cannot be asked', at)
  const because = `the role ${roleName} in account ${accountId} would be asked of IAM Identity Center`
  return deferred(because, at, {
    kind: 'sso',
    profile,
    startUrl,
    region,
    accountId,
    roleName,
    sessionName: session,
    tokenFile: token.path,
    at,
  })
}

function askLogin(ground: RustGround, { profile, session, at }: Extract<Base, { kind: 'login' }>): SourceAnswer {
  const cached = loginSession(ground, session)
  if (cached.kind === 'refused') {
    return broken(
      'file-unreadable',
      rustError('Unhandled', cached.says),
      `there is no usable session of aws login: ${cached.says}`,
      at,
    )
  }
  const soon = ground.machine.now().getTime() + 5 * 60_000
  if (cached.value.expiresAt.getTime() <= soon) {
    const refused = refusedCall(ground, 'SIGNIN', clientRegion(ground), false)
    if (refused !== null) {
      return broken('expired', rustError('ProviderError', refused), 'the session of aws login can not be refreshed', at)
    }
  }
  const region = clientRegion(ground) ?? null
  const plan: CredentialPlan = { kind: 'login', profile, session, cacheFile: cached.path, region, at }
  return deferred(`the session ${session} of aws login would be used`, at, plan)
}
