import { joinPath, pathRules } from '../../machine/paths.ts'
import type { SourceAnswer } from '../../sources/answer.ts'
import type { Place } from '../../sources/credential.ts'
import { environmentKeys, usualKeyRules } from '../../sources/environment-keys.ts'
import { absent, broken, deferred, passedOver, type Source } from '../../sources/source.ts'
import { type DotnetGround, thrown } from './ground.ts'

/** EnvironmentVariablesAWSCredentials.cs: the secret has an older name too. */
export const environment: Source<DotnetGround> = {
  provider: 'env',
  ask({ machine }) {
    const keys = environmentKeys(machine, {
      ...usualKeyRules,
      secretAccessKey: ['AWS_SECRET_ACCESS_KEY', 'AWS_SECRET_KEY'],
    })
    if (keys.kind === 'none') return absent('AWS_ACCESS_KEY_ID is not set')
    if (keys.kind === 'partial') {
      const says =
        'InvalidOperationException: The environment variables AWS_ACCESS_KEY_ID/AWS_SECRET_ACCESS_KEY/AWS_SESSION_TOKEN ' +
        'were not set with AWS credentials.'
      const because = `${keys.present} is set, but ${keys.missing} is not`
      return passedOver('partial-credentials', says, because, { variable: keys.present })
    }
    const { credential } = keys
    return { outcome: 'found', credential, because: 'AWS_ACCESS_KEY_ID is set', at: credential.accessKeyId.at }
  },
}

/** AssumeRoleWithWebIdentityCredentials.cs `FromEnvironmentVariables`: what is odd is only seen where it is made. */
export const webIdentity: Source<DotnetGround> = {
  provider: 'assume-role-with-web-identity',
  ask(ground) {
    const variable = 'AWS_WEB_IDENTITY_TOKEN_FILE'
    const tokenFile = ground.machine.env(variable) ?? ''
    if (tokenFile === '') return absent(`${variable} is not set`)
    return withToken(ground, {
      profile: null,
      tokenFile,
      roleArn: ground.machine.env('AWS_ROLE_ARN') ?? '',
      sessionName: ground.machine.env('AWS_ROLE_SESSION_NAME') ?? '',
      at: { variable },
    })
  },
}

/** What `AssumeRoleWithWebIdentityCredentials` is made of. */
export interface WebIdentity {
  readonly profile: string | null
  readonly tokenFile: string
  readonly roleArn: string
  readonly sessionName: string
  readonly at: Place
}

/** Its constructor refuses an odd path, role or session name; a file that is missing is only missed when it is used. */
export function withToken(ground: DotnetGround, identity: WebIdentity): SourceAnswer {
  const { machine } = ground
  const { tokenFile, roleArn, sessionName, profile, at } = identity
  if (!pathRules(machine).isAbsolute(tokenFile)) {
    const says = 'ArgumentException: The webIdentityTokenFile must be an absolute path.'
    return thrown(ground, says, `${tokenFile} is no absolute path`, at)
  }
  if (roleArn === '') {
    const says = 'ArgumentNullException: The role ARN must be specified.'
    return thrown(ground, says, 'a web identity token file is configured, but no role', at)
  }
  if (sessionName !== '' && !/^[\p{L}\p{Mn}\p{Nd}\p{Pc}+=,.@-]{2,64}$/u.test(sessionName)) {
    const says = 'ArgumentOutOfRangeException: The value must match the regex pattern @"^[\\w+=,.@-]{2,64}$".'
    return thrown(ground, says, 'the name of the role session is not allowed', at)
  }
  if (machine.readFile(tokenFile).kind !== 'found') {
    const says = 'InvalidOperationException: A token could not be loaded from the WebIdentityTokenFile.'
    return broken('file-unreadable', says, `${tokenFile} cannot be read`, at)
  }
  return deferred(`the role ${roleArn} would be assumed with the token in ${tokenFile}`, at, {
    kind: 'web-identity',
    profile,
    roleArn,
    tokenFile,
    sessionName: sessionName === '' ? null : sessionName,
    region: null,
    at,
  })
}

/**
 * NetSDKCredentialsFile.cs: `RegisteredAccounts.json` of the AWS Toolkit, whose keys are encrypted for the Windows user. It is
 * asked before the shared files (CredentialProfileStoreChain.cs).
 */
export const sdkStore: Source<DotnetGround> = {
  provider: 'sdk-store',
  ask({ machine, profile }) {
    const local = machine.env('LOCALAPPDATA') ?? ''
    if (local === '') return absent('LOCALAPPDATA is not set')
    const file = joinPath(machine, local, 'AWSToolkit', 'RegisteredAccounts.json')
    const reading = machine.readFile(file)
    if (reading.kind !== 'found') return absent(`${file} does not exist`, { file })
    const names = storedNames(new TextDecoder().decode(reading.bytes))
    if (!names.includes(profile)) return absent(`${file} holds no profile ${profile}`, { file })
    return deferred(`the keys of ${profile} in the .NET SDK store would be decrypted`, { file })
  },
}

function storedNames(text: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''))
    if (typeof value !== 'object' || value === null) return []
    return Object.values(value).map((account: unknown) =>
      typeof account === 'object' && account !== null ? (account as Record<string, unknown>)['DisplayName'] : null,
    )
  } catch {
    return []
  }
}
