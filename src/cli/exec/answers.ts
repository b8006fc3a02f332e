import type { Machine } from '../../holder/machine/machine.ts'
import type { Credential } from '../../holder/sources/credential.ts'
import { sameText } from '../../signature/index.ts'
import { instantOf } from '../session-environment.ts'
import type { Kept } from './keeper.ts'
import type { MetadataTokens } from './metadata-tokens.ts'

/** A request as the listener has read it: header names in lower case, no body. */
export interface Asked {
  readonly method: string
  /** Without a query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string | undefined>>
}

export interface Reply {
  readonly status: number
  readonly contentType: 'application/json' | 'text/plain'
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
}

/** All that both servers know. */
export interface Ground {
  readonly machine: Pick<Machine, 'now'>
  readonly keep: () => Promise<Kept>
  readonly region: string | null
}

export type Answering = (asked: Asked) => Promise<Reply>

export const credentialsPath = '/credentials'

/**
 * Answers as the container agents of ECS and EKS do: one address, and a token in the `Authorization` header.
 * (SDKs and Tools Reference Guide, "Container credential provider"; botocore utils.py `ContainerMetadataFetcher`.)
 */
export function containerAnswers({ keep, machine }: Ground, token: string): Answering {
  return async ({ method, path, headers }) => {
    // First of all: who does not know the token learns nothing else.
    if (!sameText(headers['authorization'] ?? '', token))
      return refusal(401, 'InvalidToken', 'The Authorization header is not the token of this server.')
    if (path !== credentialsPath) return refusal(404, 'NotFound', `Credentials are at ${credentialsPath}.`)
    if (method !== 'GET') return refusal(405, 'MethodNotAllowed', 'Credentials are read by GET.')
    const kept = await keep()
    if (kept.kind === 'over') return refusal(500, 'CredentialsOver', `countersign exec: ${kept.because}`)
    const { credential } = kept
    return json(200, {
      AccessKeyId: credential.accessKeyId.value,
      SecretAccessKey: credential.secretAccessKey.value.reveal(),
      Token: credential.sessionToken?.value.reveal() ?? '',
      Expiration: endOf(machine, credential),
      ...(credential.accountId === null ? {} : { AccountId: credential.accountId.value }),
    })
  }
}

/** The one role that this instance has. */
const roleName = 'countersign'
const rolePath = '/latest/meta-data/iam/security-credentials/'

/**
 * Answers as instance metadata of EC2 does when `HttpTokens` is `required`: version 1 does not exist.
 * (EC2 User Guide, "Use the Instance Metadata Service to access instance metadata", "Instance metadata categories".)
 */
export function metadataAnswers({ keep, machine, region }: Ground, tokens: MetadataTokens): Answering {
  const about = async (path: string): Promise<Reply> => {
    switch (path) {
      case rolePath:
      case rolePath.slice(0, -1):
        return text(200, roleName)
      case `${rolePath}${roleName}`: {
        const kept = await keep()
        if (kept.kind === 'over') return json(500, { Code: 'Failed', Message: `countersign exec: ${kept.because}` })
        const { accessKeyId, secretAccessKey, sessionToken } = kept.credential
        return json(200, {
          Code: 'Success',
          LastUpdated: instantOf(machine.now()),
          Type: 'AWS-HMAC',
          AccessKeyId: accessKeyId.value,
          SecretAccessKey: secretAccessKey.value.reveal(),
          Token: sessionToken?.value.reveal() ?? '',
          Expiration: endOf(machine, kept.credential),
        })
      }
      case '/latest/meta-data/placement/region':
        return region === null ? text(404, '') : text(200, region)
      case '/latest/meta-data/placement/availability-zone':
      case '/latest/meta-data/placement/availability-zone/':
        return region === null ? text(404, '') : text(200, `${region}a`)
      case '/latest/dynamic/instance-identity/document':
        return region === null ? text(404, '') : json(200, { region })
      default:
        return text(404, '')
    }
  }
  return async ({ method, path, headers }) => {
    if (path === '/latest/api/token') {
      if (method !== 'PUT') return text(405, '')
      // As on EC2: a proxy that passes requests on must not get a token.
      if (headers['x-forwarded-for'] !== undefined) return text(403, '')
      const seconds = headers['x-aws-ec2-metadata-token-ttl-seconds'] ?? ''
      const token = tokens.make(seconds)
      return token === null
        ? text(400, '')
        : { ...text(200, token), headers: { 'X-Aws-Ec2-Metadata-Token-Ttl-Seconds': seconds } }
    }
    if (!tokens.isGood(headers['x-aws-ec2-metadata-token'] ?? '')) return text(401, '')
    if (method !== 'GET' && method !== 'HEAD') return text(405, '')
    return await about(path)
  }
}

/** SDKs refuse an answer without an end; where none is known they shall ask again soon enough. */
const unknownEndMs = 20 * 60_000

function endOf(machine: Ground['machine'], { expiration }: Credential): string {
  return instantOf(expiration?.value ?? new Date(machine.now().getTime() + unknownEndMs))
}

function refusal(status: number, code: string, message: string): Reply {
  return json(status, { code, message })
}

function json(status: number, body: object): Reply {
  return { status, contentType: 'application/json', body: JSON.stringify(body) }
}

function text(status: number, body: string): Reply {
  return { status, contentType: 'text/plain', body }
}
