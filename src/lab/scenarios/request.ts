import { payloadHash, presign, type SignableRequest, sign } from '../../signature/index.ts'
import type { Doing } from '../act.ts'
import { formOf, labRegion } from '../caller.ts'
import type { Scenario } from '../scenario.ts'
import { everyPlace, everyShape, holdingOf, standing } from '../wallet.ts'

const members = { Action: 'GetCallerIdentity', Version: '2011-06-15' }
const form = ['Content-Type', 'application/x-www-form-urlencoded; charset=utf-8'] as const

/** GetCallerIdentity as a POST that something is about to happen to. */
function plainPost({ endpoint }: Doing): SignableRequest & { readonly body: string } {
  const headers = [['Host', new URL(endpoint.sts).host], form] as const
  return { method: 'POST', path: '/', query: '', headers, body: formOf(members) }
}

function post({ endpoint, machine }: Doing, headers: SignableRequest['headers'], body: string) {
  return machine.send({ method: 'POST', url: `${endpoint.sts}/`, headers, body, timeoutMs: 10_000 })
}

function get({ endpoint, machine }: Doing, query: string, headers: SignableRequest['headers'] = []) {
  const host = ['Host', new URL(endpoint.sts).host] as const
  return machine.send({
    method: 'GET',
    url: `${endpoint.sts}/?${query}`,
    headers: [host, ...headers],
    body: '',
    timeoutMs: 10_000,
  })
}

/** The query of a URL that was signed so many seconds ago. */
function presigned({ endpoint, credentials, machine }: Doing, ago = 0, expiresIn = 900): string {
  const at = new Date(machine.now().getTime() - ago * 1000)
  const headers = [['Host', new URL(endpoint.sts).host]] as const
  const request = { method: 'GET', path: '/', query: formOf(members), headers, body: '' }
  const options = { credentials: credentials!, region: labRegion, service: 'sts', at, expiresIn }
  return presign(request, options).request.query
}

/** A request that was signed rightly, and arrived otherwise; or that was not signed as AWS wants it at all. */
export const request: readonly Scenario[] = [
  {
    cause: 'request-altered',
    why: 'A proxy has rewritten the body after it was signed.',
    logged: 'request-altered',
    shapes: everyShape,
    places: everyPlace,
    prepare: async (stage, chosen) => standing(chosen, (await holdingOf(stage, chosen)).holding),
    act(doing) {
      const plain = plainPost(doing)
      const hashed = {
        ...plain,
        headers: [...plain.headers, ['X-Amz-Content-Sha256', payloadHash(plain.body)] as const],
      }
      const options = { credentials: doing.credentials!, region: labRegion, service: 'sts', at: doing.machine.now() }
      return post(doing, sign(hashed, options).request.headers, `${plain.body}&via=proxy`)
    },
  },
  {
    cause: 'request-altered',
    name: 'header',
    why: 'A gateway has added a header of AWS’s own that the signature does not cover.',
    logged: 'request-altered',
    shapes: everyShape,
    places: everyPlace,
    prepare: async (stage, chosen) => standing(chosen, (await holdingOf(stage, chosen)).holding),
    act(doing) {
      const options = { credentials: doing.credentials!, region: labRegion, service: 'sts', at: doing.machine.now() }
      const { headers } = sign(plainPost(doing), options).request
      return post(doing, [...headers, ['X-Amz-Meta-Gateway', 'eu-1']], formOf(members))
    },
  },
  {
    cause: 'authorization-missing',
    why: 'The request went out without any signature: the client was told to be anonymous, or a redirect has taken it off.',
    logged: 'authorization-missing',
    shapes: everyShape,
    places: everyPlace,
    prepare: async (stage, chosen) => standing(chosen, (await holdingOf(stage, chosen)).holding),
    act: (doing) => post(doing, plainPost(doing).headers, formOf(members)),
  },
  {
    cause: 'authorization-missing',
    name: 'other-scheme',
    why: 'A web program put its own Bearer token, or a name and a password, where the signature belongs.',
    logged: 'authorization-missing',
    shapes: everyShape,
    places: everyPlace,
    prepare: async (stage, chosen) => standing(chosen, (await holdingOf(stage, chosen)).holding),
    act(doing) {
      const value = doing.chosen.choose.one([
        'Bearer not.a.token',
        `Basic ${Buffer.from('lab:lab').toString('base64')}`,
      ])
      return post(doing, [...plainPost(doing).headers, ['Authorization', value]], formOf(members))
    },
  },
  {
    cause: 'old-signing',
    why: 'A library of 2011 still signs by version 2.',
    logged: 'old-signing',
    shapes: ['long-term'],
    places: everyPlace,
    prepare: async (stage, chosen) => standing(chosen, (await holdingOf(stage, chosen)).holding),
    act(doing) {
      const signature = payloadHash('version 2').slice(0, 27)
      const value = `AWS ${doing.credentials!.accessKeyId}:${signature}=`
      return post(doing, [...plainPost(doing).headers, ['Authorization', value]], formOf(members))
    },
  },
  {
    cause: 'signing-scope-wrong',
    why: 'The request was signed for another service than the one that it was sent to.',
    logged: 'signing-scope-wrong',
    shapes: everyShape,
    places: everyPlace,
    prepare: async (stage, chosen) => standing(chosen, (await holdingOf(stage, chosen)).holding),
    act: ({ call, chosen }) =>
      call('sts', 'GetCallerIdentity', {}, { scope: chosen.choose.one(['execute-api', 's3', 'es', 'lambda']) }),
  },
  {
    cause: 'request-delayed',
    why: 'The request was signed and then lay in a queue for twenty minutes; the clock is right.',
    logged: 'request-delayed',
    shapes: everyShape,
    places: everyPlace,
    prepare: async (stage, chosen) => standing(chosen, (await holdingOf(stage, chosen)).holding),
    seen: 'curl',
    act: (doing) => get(doing, presigned(doing, 60 * doing.chosen.choose.one([20, 47, 95]), 43_200)),
  },
  {
    cause: 'request-delayed',
    name: 'time-zone',
    why: 'A program of one’s own wrote the local time where UTC belongs.',
    logged: 'clock-skew',
    shapes: everyShape,
    places: everyPlace,
    prepare: async (stage, chosen) => standing(chosen, (await holdingOf(stage, chosen)).holding),
    act(doing) {
      const hours = doing.chosen.choose.one([-8, -5, -3, 1, 2, 9])
      const at = new Date(doing.machine.now().getTime() + hours * 3_600_000)
      const options = { credentials: doing.credentials!, region: labRegion, service: 'sts', at }
      return post(doing, sign(plainPost(doing), options).request.headers, formOf(members))
    },
  },
  {
    cause: 'presigned-outlives-session',
    why: 'The URL was to last for hours, and the session that signed it was over before.',
    logged: 'presigned-outlives-session',
    alsoSo: ['session-expired'],
    shapes: ['temporary'],
    places: everyPlace,
    async prepare(stage, chosen) {
      const session = await stage.session(await stage.user(chosen.choose.user()), 900)
      const later = 1000
      stage.authority.clock({ offset: later })
      return standing(chosen, session, { clockOffset: later })
    },
    seen: 'curl',
    act: (doing) => get(doing, presigned(doing, 400, 43_200)),
  },
  {
    cause: 'presigned-altered',
    why: 'The URL was put through HTML, a redirect or a tool that wrote it anew.',
    logged: 'presigned-altered',
    shapes: everyShape,
    places: everyPlace,
    prepare: async (stage, chosen) => standing(chosen, (await holdingOf(stage, chosen)).holding),
    seen: 'curl',
    act(doing) {
      const query = presigned(doing)
      const altered = doing.chosen.choose.one([`${query}&utm_source=mail`, query.replaceAll('&', '&amp;')])
      return get(doing, altered)
    },
  },
  {
    cause: 'presigned-altered',
    name: 'both',
    why: 'The program that follows the presigned URL adds its own Authorization header.',
    logged: 'presigned-altered',
    shapes: everyShape,
    places: everyPlace,
    prepare: async (stage, chosen) => standing(chosen, (await holdingOf(stage, chosen)).holding),
    seen: 'curl',
    act: (doing) => get(doing, presigned(doing), [['Authorization', 'Bearer not.a.token']]),
  },
]
