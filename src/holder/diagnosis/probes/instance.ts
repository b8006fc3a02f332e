import type { IncomingReply } from '../../machine/machine.ts'
import type { Asker } from './question.ts'

/**
 * What the instance metadata service says of itself and of the role. Nothing of the role's credentials is asked for.
 *
 * - `silent`: nobody answers at the address: no instance, or the network leads elsewhere.
 * - `token-lost`: an ordinary question is answered, and the PUT for a token is not: its answer dies on the way, which is what
 *   a hop limit of 1 does to a container.
 * - `off`: the service is switched off.
 * - `stranger`: something answers that is no instance metadata.
 * - `answered`: it gives tokens.
 */
export type InstanceSeen =
  | { readonly kind: 'silent' | 'off' | 'stranger' }
  | { readonly kind: 'token-lost'; readonly needsToken: boolean }
  | {
      readonly kind: 'answered'
      /** The name of the role that credentials are given for; null when none is attached. */
      readonly role: string | null
      /** `Code` of `iam/info`, e.g. `Success` or `InstanceProfileNotFound`; null when it is not there. */
      readonly code: string | null
    }

/** As most SDKs have it (botocore `DEFAULT_METADATA_SERVICE_TIMEOUT`); at the hop limit the answer never comes. */
const patienceMs = 1000

/**
 * Asks the instance metadata service, direct and within a second: a token that lives for a minute, `iam/info` and the name of
 * the role. The first question goes out beside one without a token, since only the two together tell a hop limit from a
 * machine that is no instance.
 *
 * @param endpoint absolute URL without a path, e.g. `http://169.254.169.254`
 * Sources: EC2 User Guide, "Use the Instance Metadata Service"; `authority.md` §6.1.
 */
export async function askInstance(asker: Asker, endpoint: string): Promise<InstanceSeen> {
  const address = endpoint.replace(/\/+$/, '')
  asker.onProbe?.({ name: 'instance-metadata', says: 'asking the instance metadata about its role', endpoint: address })
  const lifetime = [['x-aws-ec2-metadata-token-ttl-seconds', '60']] as const
  const [granted, plain] = await Promise.all([
    send(asker, 'PUT', `${address}/latest/api/token`, lifetime),
    send(asker, 'GET', `${address}/latest/meta-data/`, []),
  ])
  if (granted === null) {
    if (plain === null) return { kind: 'silent' }
    return isMetadata(plain) ? { kind: 'token-lost', needsToken: plain.status === 401 } : { kind: 'stranger' }
  }
  if (granted.status === 403) return { kind: 'off' }
  const token = granted.body.trim()
  if (granted.status !== 200 || !/^[\x21-\x7e]{1,4096}$/.test(token)) return { kind: 'stranger' }
  const withToken = [['x-aws-ec2-metadata-token', token]] as const
  const [info, roles] = await Promise.all([
    send(asker, 'GET', `${address}/latest/meta-data/iam/info`, withToken),
    send(asker, 'GET', `${address}/latest/meta-data/iam/security-credentials/`, withToken),
  ])
  const role = roles?.status === 200 ? (roles.body.trim().split(/\s+/)[0] ?? '') : ''
  const code = /"Code"\s*:\s*"(\w{1,64})"/.exec(info?.status === 200 ? info.body.slice(0, 4096) : '')?.[1]
  return { kind: 'answered', role: /^[\w+=,.@-]{1,128}$/.test(role) ? role : null, code: code ?? null }
}

/** Its list of categories, or the refusal of a question without a token. */
function isMetadata({ status, body }: IncomingReply): boolean {
  return (
    status === 401 || (status === 200 && /^(ami-id|instance-id|iam\/|hostname|placement\/)$/m.test(body.slice(0, 4096)))
  )
}

async function send(
  { machine, budget }: Asker,
  method: 'GET' | 'PUT',
  url: string,
  headers: readonly (readonly [string, string])[],
): Promise<IncomingReply | null> {
  const timeoutMs = Math.min(patienceMs, budget.left())
  if (timeoutMs <= 0) return null
  try {
    return await machine.send({ method, url, headers, body: '', timeoutMs, direct: true })
  } catch {
    return null
  }
}
