import { createHash } from 'node:crypto'
import { mintUniqueId } from '../../anatomy/access-key-id.ts'
import { partitionById } from '../../anatomy/partitions.ts'
import { percentDecode } from '../../signature/index.ts'
import type { Account, RingKey } from '../model/entities.ts'
import type { OwnReply, Received } from '../wire/index.ts'
import { assumption, refusal } from './decisions.ts'
import { headerOf, isLocalPeer } from './peers.ts'
import { createMetadataTokens } from './tokens.ts'
import { createVending, type Ground, type Vended } from './vending.ts'

export interface InstanceSettings {
  /** The role of the instance profile; null: the instance has none. */
  readonly role: string | null
  /**
   * EC2's `HttpTokens`: with `optional` IMDSv1 is answered too, with `required` every request needs a token. `off` is
   * `HttpEndpoint=disabled`: everything is refused.
   */
  readonly tokens: 'optional' | 'required' | 'off'
}

const longestLife = 21_600
const troubleshooting =
  'Please see documentation at http://docs.amazonwebservices.com/IAM/latest/UserGuide/RolesTroubleshooting.html.'

/** The id of the instance that this authority plays: the same for an account on every start and every node. */
export function instanceIdOf(account: Pick<Account, 'id' | 'createdAt'>): string {
  return `i-0${digest(account, 'instance').slice(0, 16)}`
}

/**
 * The EC2 instance metadata service below `/latest` (and below the dated versions), as its User Guide tells it ("Use the Instance
 * Metadata Service", "Instance metadata categories"; `authority.md` §6.1); bodies and headers as instances were seen to send
 * them (awslabs/amazon-eks-ami#594, DataDog/datadog-agent#4857, aws-beam/aws_credentials#47, aws/aws-cli#2060).
 * Null: the path is none of it.
 *
 * Only callers on this computer are answered. On EC2 the hop limit of the answer keeps everybody else away.
 */
export function createInstance(
  ground: Ground,
  settings: InstanceSettings,
  keys: () => readonly RingKey[],
): (call: Received) => OwnReply | null {
  const tokens = createMetadataTokens(keys)
  const vending = { 1: vendingOf('1.0'), 2: vendingOf('2.0') }

  function vendingOf(delivery: '1.0' | '2.0') {
    // Made when it is first asked, since the account may be another one after a reset.
    let made: { readonly account: string; readonly vend: (call: Received) => Vended } | null = null
    return (call: Received): Vended => {
      const { account } = ground.directory()
      if (settings.role === null) return { kind: 'no-role', evidence: ['The instance has no instance profile.'] }
      if (made?.account !== account.id) {
        const id = instanceIdOf(account)
        const arn = `arn:${account.partition}:ec2:${ground.region}:${account.id}:instance/${id}`
        const place = {
          service: 'ec2.amazonaws.com',
          roleName: settings.role,
          sessionName: id,
          tags: [],
          asked: {},
          brought: { 'ec2:roledelivery': [delivery], 'ec2:sourceinstancearn': [arn] },
        }
        made = { account: account.id, vend: createVending(ground, place) }
      }
      return made.vend(call)
    }
  }

  function refuse(call: Received, status: 400 | 401 | 403 | 405, reason: string, evidence: string): OwnReply {
    const cause = reason === 'imds-hop-limit' ? reason : null
    const told = { status, code: null, reason, cause, evidence: [evidence] } as const
    const decision = refusal({ ground, call, endpoint: 'imds' }, told)
    // A refused PUT has no body at all.
    if (status === 403) return { status, contentType: 'text/plain', body: '', more: server, decision }
    return { ...page(status), decision, ...(status === 405 ? { allow: allowed(call) } : {}) }
  }

  function answerToken(call: Received, version: string): OwnReply {
    if (headerOf(call, 'x-forwarded-for') !== null) {
      return refuse(call, 403, 'imds-forwarded', 'The request for a token came through a proxy (X-Forwarded-For).')
    }
    if (version !== 'latest') return refuse(call, 403, 'imds-token-path', 'Tokens are given at /latest/api/token only.')
    const life = headerOf(call, 'x-aws-ec2-metadata-token-ttl-seconds')
    if (life === null || !/^\d{1,5}$/.test(life) || Number(life) < 1 || Number(life) > longestLife) {
      const evidence = `X-aws-ec2-metadata-token-ttl-seconds must be a number from 1 to ${longestLife}.`
      return refuse(call, 400, 'imds-token-life', evidence)
    }
    const token = tokens.issue(Number(life), ground.now())
    return { ...plain(token, ['X-Aws-Ec2-Metadata-Token-Ttl-Seconds', String(Number(life))]), decision: null }
  }

  function answerData(call: Received, path: string): OwnReply {
    const token = headerOf(call, 'x-aws-ec2-metadata-token')
    if (token === null && settings.tokens === 'required') {
      return refuse(call, 401, 'imds-token-missing', 'The instance requires IMDSv2, and no token was sent.')
    }
    if (token !== null) {
      const judged = tokens.judge(token, ground.now())
      if (judged === 'expired')
        return refuse(call, 401, 'imds-token-expired', 'The token for the metadata has expired.')
      if (judged === 'invalid') {
        return refuse(call, 401, 'imds-token-invalid', 'The token for the metadata was not given by this instance.')
      }
    }
    const credentials = /^\/meta-data\/iam(?:\/.*)?$/.test(path)
    if (credentials) return answerRole(call, path, vending[token === null ? 1 : 2])
    const text = dataOf(
      ground,
      settings.role !== null && ground.directory().roleNamed(settings.role) !== undefined,
      path,
    )
    return text === null ? { ...page(404), decision: null } : { ...plain(text), decision: null }
  }

  function answerRole(call: Received, path: string, vend: (call: Received) => Vended): OwnReply {
    const { account } = ground.directory()
    const name = settings.role
    const rest = path.slice('/meta-data/iam'.length).replace(/^\//, '')
    const role = name === null ? undefined : ground.directory().roleNamed(name)
    if (name === null) return { ...page(404), decision: null }
    if (rest === '') return { ...plain('info\nsecurity-credentials/'), decision: null }
    if (rest === 'info') {
      if (role !== undefined) {
        const profile = `arn:${account.partition}:iam::${account.id}:instance-profile/${role.name}`
        const vended = vend(call)
        const since = vended.kind === 'given' ? vended.issuedAt : now()
        const id = mintUniqueId('AIPA', account.id, createHash('sha256').update(`profile ${role.id}`).digest())
        const body = { Code: 'Success', LastUpdated: since, InstanceProfileArn: profile, InstanceProfileId: id }
        return { ...plain(spaced(body)), decision: decisionOf(call, vended, 200) }
      }
      const Message = `Instance Profile does not contain a role. ${troubleshooting}`
      const body = { Code: 'InstanceProfileNotFound', Message, LastUpdated: now() }
      return { ...plain(spaced(body)), decision: decisionOf(call, vend(call), 200) }
    }
    if (role === undefined) {
      const vended = vend(call)
      return { ...page(404), decision: decisionOf(call, vended, 404) }
    }
    if (rest === 'security-credentials' || rest === 'security-credentials/') {
      return { ...plain(role.name), decision: null }
    }
    if (rest !== `security-credentials/${role.name}`) return { ...page(404), decision: null }
    const vended = vend(call)
    return { ...plain(spaced(credentialsOf(vended, role.name))), decision: decisionOf(call, vended, 200) }
  }

  function credentialsOf(vended: Vended, name: string): Readonly<Record<string, string>> {
    if (vended.kind === 'given') {
      return {
        Code: 'Success',
        LastUpdated: vended.issuedAt,
        Type: 'AWS-HMAC',
        AccessKeyId: vended.accessKeyId,
        SecretAccessKey: vended.secretAccessKey,
        Token: vended.sessionToken,
        Expiration: vended.expiration,
      }
    }
    // Two blanks after the first sentence, as they were seen.
    const Message = `EC2 cannot assume the role ${name}.  ${troubleshooting}`
    return { Code: 'AssumeRoleUnauthorizedAccess', Message, LastUpdated: now() }
  }

  function decisionOf(call: Received, vended: Vended, status: number) {
    const facts = { ground, call, endpoint: 'imds' } as const
    if (vended.kind === 'given') return vended.fresh ? assumption(facts, 'ec2.amazonaws.com', vended) : null
    return refusal(facts, {
      status,
      code: vended.kind === 'not-trusted' ? 'AssumeRoleUnauthorizedAccess' : null,
      reason: vended.kind,
      cause: 'instance-role-broken',
      evidence: vended.evidence,
      statement: vended.kind === 'not-trusted' ? vended.statement : null,
    })
  }

  const now = () => `${new Date(ground.now()).toISOString().slice(0, 19)}Z`

  return (call) => {
    const [, version, path = ''] = /^\/(latest|\d{4}-\d{2}-\d{2}|1\.0)(\/.*)?$/.exec(call.path) ?? []
    if (version === undefined) return null
    if (settings.tokens === 'off')
      return refuse(call, 403, 'imds-off', 'The instance metadata service is switched off.')
    if (!isLocalPeer(call.sourceIp)) {
      return refuse(call, 403, 'imds-hop-limit', 'Instance metadata is for programs on the same computer only.')
    }
    if (call.method === 'PUT') {
      if (path === '/api/token') return answerToken(call, version)
      return refuse(call, 403, 'imds-token-path', 'Tokens are given at /latest/api/token only.')
    }
    if ((call.method !== 'GET' && call.method !== 'HEAD') || path === '/api/token') {
      return refuse(call, 405, 'imds-method', 'Metadata is read by GET and HEAD, and tokens are asked for by PUT.')
    }
    // Some clients escape the signs of a role's name; a plus in a path is no blank.
    return answerData(call, percentDecode(path.replaceAll('+', '%2B')))
  }
}

function allowed({ path }: Received): string {
  return path.endsWith('/api/token') ? 'OPTIONS, PUT' : 'OPTIONS, GET, HEAD'
}

/** Everything but the role: directories give their entries, one on each line. */
function dataOf(ground: Ground, hasRole: boolean, path: string): string | null {
  const { account } = ground.directory()
  const partition = partitionById(account.partition)
  const zone = `${ground.region}a`
  const texts: Readonly<Record<string, string>> = {
    '': 'dynamic\nmeta-data',
    '/dynamic': 'instance-identity/',
    '/dynamic/instance-identity': 'document',
    '/dynamic/instance-identity/document': spaced(identityDocument(ground, zone)),
    '/meta-data': [
      'ami-id',
      ...(hasRole ? ['iam/'] : []),
      'instance-id',
      'instance-life-cycle',
      'instance-type',
      'local-ipv4',
      'placement/',
      'services/',
    ].join('\n'),
    '/meta-data/ami-id': imageIdOf(account),
    '/meta-data/instance-id': instanceIdOf(account),
    '/meta-data/instance-life-cycle': 'on-demand',
    '/meta-data/instance-type': instanceType,
    '/meta-data/local-ipv4': address,
    '/meta-data/placement': 'availability-zone\nregion',
    '/meta-data/placement/availability-zone': zone,
    '/meta-data/placement/region': ground.region,
    '/meta-data/services': 'domain\npartition',
    '/meta-data/services/domain': partition?.dnsSuffix ?? 'amazonaws.com',
    '/meta-data/services/partition': account.partition,
  }
  const asked = path.replace(/\/$/, '')
  return Object.hasOwn(texts, asked) ? texts[asked]! : null
}

const instanceType = 't3.micro'
const address = '127.0.0.1'

function identityDocument(ground: Ground, zone: string) {
  const { account } = ground.directory()
  return {
    accountId: account.id,
    architecture: 'x86_64',
    availabilityZone: zone,
    billingProducts: null,
    devpayProductCodes: null,
    marketplaceProductCodes: null,
    imageId: imageIdOf(account),
    instanceId: instanceIdOf(account),
    instanceType,
    kernelId: null,
    pendingTime: account.createdAt,
    privateIp: address,
    ramdiskId: null,
    region: ground.region,
    version: '2017-09-30',
  }
}

function imageIdOf(account: Account): string {
  return `ami-0${digest(account, 'image').slice(0, 16)}`
}

function digest({ id, createdAt }: Pick<Account, 'id' | 'createdAt'>, what: string): string {
  return createHash('sha256').update(`countersign ${what} ${id} ${createdAt}`).digest('hex')
}

const server = ['Server', 'EC2ws'] as const

function plain(body: string, more: readonly string[] = []) {
  return { status: 200, contentType: 'text/plain', body, more: [...server, ...more] }
}

/** JSON as the service writes it: one member on a line, a blank on each side of the colon. */
function spaced(members: Readonly<Record<string, string | null>>): string {
  const lines = Object.entries(members).map(([name, value]) => `  ${JSON.stringify(name)} : ${JSON.stringify(value)}`)
  return `{\n${lines.join(',\n')}\n}`
}

const phrases = { 400: 'Bad Request', 401: 'Unauthorized', 404: 'Not Found', 405: 'Method Not Allowed' } as const

function page(status: keyof typeof phrases) {
  const title = `${status} - ${phrases[status]}`
  const body = `<?xml version="1.0" encoding="iso-8859-1"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"
\t"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en" lang="en">
 <head>
  <title>${title}</title>
 </head>
 <body>
  <h1>${title}</h1>
 </body>
</html>
`
  return { status, contentType: 'text/html', body, more: server }
}
