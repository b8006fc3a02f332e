import { Secret } from '../../../anatomy/secret.ts'
import { sha1Hex } from '../../files/digest.ts'
import { joinPath } from '../../machine/paths.ts'
import type { SourceAnswer } from '../../sources/answer.ts'
import { cachedSsoToken } from '../../sources/cached-sso-token.ts'
import type { Credential, Place } from '../../sources/credential.ts'
import { environmentKeys, usualKeyRules } from '../../sources/environment-keys.ts'
import type { Setting, Settings } from '../../sources/settings.ts'
import { absent, deferred, passedOver, type Source, switchedOff } from '../../sources/source.ts'
import type { CppGround } from './ground.ts'

/** AWSCredentialsProvider.cpp `EnvironmentAWSCredentialsProvider`. */
export const environment: Source<CppGround> = {
  provider: 'env',
  ask({ machine }) {
    const keys = environmentKeys(machine, usualKeyRules)
    if (keys.kind === 'none') return absent('AWS_ACCESS_KEY_ID is not set')
    if (keys.kind === 'partial') {
      const because = `${keys.present} is set, but ${keys.missing} is not`
      return passedOver('partial-credentials', `EnvironmentAWSCredentialsProvider: ${because}`, because, {
        variable: keys.present,
      })
    }
    const { credential } = keys
    return { outcome: 'found', credential, because: 'AWS_ACCESS_KEY_ID is set', at: credential.accessKeyId.at }
  },
}

/** AWSCredentialsProvider.cpp `ProfileConfigFileAWSCredentialsProvider`: it looks at the credentials file alone. */
export const profileKeys: Source<CppGround> = {
  provider: 'shared-credentials-file',
  ask({ files, profile }) {
    const block = files.keys(profile).findLast((settings) => settings.has('aws_access_key_id'))
    const place = { file: files.credentialsPath }
    if (block === undefined) return absent(`[${profile}] of ${files.credentialsPath} has no aws_access_key_id`, place)
    const accessKeyId = block.get('aws_access_key_id')!
    const secret = block.get('aws_secret_access_key')
    if (accessKeyId.value === '' || secret === undefined || secret.value === '') {
      const lacking = accessKeyId.value === '' ? 'aws_access_key_id' : 'aws_secret_access_key'
      const because = `[${profile}] has no ${lacking} beside its pair`
      return passedOver(
        'partial-credentials',
        `ProfileConfigFileAWSCredentialsProvider: ${because}`,
        because,
        accessKeyId.at,
      )
    }
    const credential = credentialOf(profile, block, accessKeyId, secret)
    return { outcome: 'found', credential, because: `[${profile}] has aws_access_key_id`, at: accessKeyId.at }
  },
}

function credentialOf(profile: string, block: Settings, accessKeyId: Setting, secret: Setting): Credential {
  const token = block.get('aws_session_token')
  const accountId = block.get('aws_account_id')
  return {
    provider: 'shared-credentials-file',
    profile,
    accessKeyId,
    secretAccessKey: { value: new Secret(secret.value), at: secret.at, raw: secret.raw },
    sessionToken: token === undefined || token.value === '' ? null : { value: new Secret(token.value), at: token.at },
    expiration: null,
    accountId: accountId === undefined || accountId.value === '' ? null : accountId,
  }
}

/** AWSCredentialsProvider.cpp `ProcessCredentialsProvider`: only the config file's profile; `popen` gives it to a shell. */
export const process: Source<CppGround> = {
  provider: 'custom-process',
  ask({ config, profile }) {
    const command = config?.settings.get('credential_process')
    if (command === undefined || command.value === '') {
      return absent(`[${profile}] of the config file has no credential_process`)
    }
    const plan = { kind: 'process', profile, command: command.value, run: 'shell', at: command.at } as const
    return deferred(`the credential_process of [${profile}] would be run`, command.at, plan)
  },
}

/**
 * STSCredentialsProvider.cpp `STSAssumeRoleWebIdentityCredentialsProvider`: role, token file, session name and region each from
 * a variable or the config file's profile; a role without a region cannot be asked for.
 */
export const webIdentity: Source<CppGround> = {
  provider: 'assume-role-with-web-identity',
  ask(ground) {
    const { machine, config } = ground
    const tokenFile = lookUp(ground, ['AWS_WEB_IDENTITY_TOKEN_FILE'], config?.lastBlock.get('web_identity_token_file'))
    if (tokenFile === null) return absent('no web identity token file is configured')
    const role = lookUp(ground, ['AWS_ROLE_ARN'], config?.settings.get('role_arn'))
    if (role === null) return absent('a web identity token file is configured, but no role', tokenFile.at)
    const regions = ['AWS_DEFAULT_REGION', 'AWS_REGION']
    const region = lookUp(ground, regions, config?.settings.get('region'))
    const refuse = (because: string): SourceAnswer =>
      passedOver('configuration', `STSAssumeRoleWebIdentityCredentialsProvider: ${because}`, because, tokenFile.at)
    if (region === null) return refuse('no region is configured to ask STS in')
    if (machine.readFile(tokenFile.value).kind !== 'found') return refuse(`${tokenFile.value} cannot be read`)
    const sessionName = lookUp(ground, ['AWS_ROLE_SESSION_NAME'], config?.lastBlock.get('role_session_name'))
    const because = `the role ${role.value} would be assumed with the token in ${tokenFile.value}`
    return deferred(because, tokenFile.at, {
      kind: 'web-identity',
      profile: tokenFile.fromProfile ? ground.profile : null,
      roleArn: role.value,
      tokenFile: tokenFile.value,
      sessionName: sessionName?.value ?? null,
      region: region.value,
      at: tokenFile.at,
    })
  },
}

interface Found {
  readonly value: string
  readonly at: Place
  readonly fromProfile: boolean
}

function lookUp({ machine }: CppGround, variables: readonly string[], setting: Setting | undefined): Found | null {
  const [first, ...rest] = variables
  const fromVariable = (variable: string): Found | null => {
    const value = machine.env(variable)
    return value === undefined || value === '' ? null : { value, at: { variable }, fromProfile: false }
  }
  const own = first === undefined ? null : fromVariable(first)
  if (own !== null) return own
  if (setting !== undefined && setting.value !== '') return { value: setting.value, at: setting.at, fromProfile: true }
  return rest.map(fromVariable).find((found) => found !== null) ?? null
}

/**
 * SSOCredentialsProvider.cpp and bearer-token-provider/SSOBearerTokenProvider.cpp. Settings that are not whole do not count, and
 * a session that is missing or does not agree is as if it were not named.
 */
export const sso: Source<CppGround> = {
  provider: 'sso',
  ask(ground) {
    const { machine, config, files, profile } = ground
    const account = config?.settings.get('sso_account_id')
    const role = config?.settings.get('sso_role_name')
    if (config === null || account === undefined || role === undefined) {
      return absent(`[${profile}] of the config file has no whole set of sso settings`)
    }
    const session = config.ssoSession
    const settings = session?.settings ?? config.settings
    const startUrl = settings.get('sso_start_url')?.value ?? ''
    const tokenFile = joinPath(machine, files.directory, 'sso', 'cache', `${sha1Hex(session?.name ?? startUrl)}.json`)
    const token = cachedSsoToken(machine, tokenFile)
    const refuse = (because: string): SourceAnswer =>
      passedOver('expired', `SSOCredentialsProvider: ${because}`, because, account.at)
    if (token.kind !== 'found' || !token.hasAccessToken || token.expiresAt === null) {
      return refuse(`${tokenFile} holds no token of aws sso login`)
    }
    const isOver = token.expiresAt.getTime() < machine.now().getTime()
    const canRefresh = session !== null && token.hasRefreshToken && token.hasClient
    if (isOver && !canRefresh) return refuse(`the token in ${tokenFile} is over`)
    return deferred(
      `the role ${role.value} in account ${account.value} would be asked of IAM Identity Center`,
      account.at,
      {
        kind: 'sso',
        profile,
        startUrl,
        region: settings.get('sso_region')?.value ?? '',
        accountId: account.value,
        roleName: role.value,
        sessionName: session?.name ?? null,
        tokenFile,
        at: account.at,
      },
    )
  },
}

const relative = 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'
const full = 'AWS_CONTAINER_CREDENTIALS_FULL_URI'

/** GeneralHTTPCredentialsProvider.cpp `ShouldCreateGeneralHTTPProvider`, `Reload`. */
export const containerRole: Source<CppGround> = {
  provider: 'container-role',
  ask({ machine }) {
    const variable = [relative, full].find((name) => (machine.env(name) ?? '') !== '')
    if (variable === undefined) return absent(`neither ${relative} nor ${full} is set`)
    const named = machine.env(variable) ?? ''
    const token = machine.env('AWS_CONTAINER_AUTHORIZATION_TOKEN') ?? ''
    const refuse = (because: string): SourceAnswer =>
      passedOver('configuration', `GeneralHTTPCredentialsProvider: ${because}`, because, { variable })
    if (token.includes('\r\n')) return refuse('the authorization token has a line break in it')
    if (variable === relative && !named.startsWith('/')) return refuse(`${relative} does not begin with /`)
    if (variable === full && !isAllowed(named)) return refuse(`${full} names a host that is not allowed`)
    const url = variable === relative ? `http://169.254.170.2${named}` : named
    const tokenFile = machine.env('AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE') ?? ''
    return deferred(
      `${url} would be asked`,
      { variable },
      {
        kind: 'container',
        url,
        tokenFile: tokenFile === '' ? null : tokenFile,
        token: token === '' || tokenFile !== '' ? null : new Secret(token),
        at: { variable },
      },
    )
  },
}

/** Names are looked up, and what they lead to is not known here; only `localhost` leads to this machine everywhere. */
function isAllowed(url: string): boolean {
  if (/^https:\/\//i.test(url)) return true
  const host = /^(?:http:\/\/)?(\[[^\]]*\]|[^/:?#]*)/i.exec(url)?.[1]?.replace(/^\[|\]$/g, '') ?? ''
  if (['169.254.170.2', '169.254.170.23', 'fd00:ec2::23', '::1', '0:0:0:0:0:0:0:1', 'localhost'].includes(host))
    return true
  const octet = /^127\.0\.0\.(\d{1,3})$/.exec(host)?.[1]
  return octet !== undefined && Number(octet) <= 255
}

const disabled = 'AWS_EC2_METADATA_DISABLED'
const endpoint = 'AWS_EC2_METADATA_SERVICE_ENDPOINT'

/** AWSCredentialsProviderChain.cpp: only there when no container is named; internal/AWSHttpResourceClient.cpp for the endpoint. */
export const iamRole: Source<CppGround> = {
  provider: 'iam-role',
  ask({ machine }) {
    const container = [relative, full].find((name) => (machine.env(name) ?? '') !== '')
    if (container !== undefined) return absent(`${container} is set, so that the instance metadata is not asked`)
    if (machine.env(disabled)?.toLowerCase() === 'true') {
      return switchedOff(`${disabled} forbids to ask the instance metadata`, { variable: disabled })
    }
    const named = machine.env(endpoint) ?? ''
    if (named === '') return absent('nothing here says that this is an EC2 instance')
    const at = { variable: endpoint }
    return deferred(`${named} would be asked for the role of the instance`, at, {
      kind: 'instance-metadata',
      endpoint: named,
      versionOne: true,
      at,
    })
  },
}
