import { failureOf } from './failure.ts'

const api = '/console/api/'

/** Set when a session is known; goes with everything that changes something. */
let formToken = ''

export function keepFormToken(token: string): void {
  formToken = token
}

/** Called when the authority says that nobody is signed in any more. */
let signedOut: () => void = () => {}

export function onSignedOut(listener: () => void): void {
  signedOut = listener
}

/** What a member of an AWS request can be; lists are written `member.1`, structures with a point. */
export type Value = string | number | boolean | undefined | readonly Value[] | { readonly [name: string]: Value }
export type Parameters = Readonly<Record<string, Value>>

type Service = 'iam' | 'sts'
const versions: Readonly<Record<Service, string>> = { iam: '2010-05-08', sts: '2011-06-15' }

/**
 * One call of the AWS API as the person who is signed in. Gives the members of AWS's `‹operation›Result`; dates are seconds since the epoch,
 * lists arrays, as AWS's JSON form has them. Throws what `failureOf` makes, with AWS's own sentence.
 */
export async function aws<Result>(service: Service, operation: string, parameters: Parameters = {}): Promise<Result> {
  const body = new URLSearchParams({ Action: operation, Version: versions[service] })
  for (const [name, value] of Object.entries(parameters)) write(body, name, value)
  const response = await send('aws', {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8', 'X-CSRF-Token': formToken },
    body: body.toString(),
  })
  const reply = (await readJson(response)) as {
    readonly Error?: { readonly Code: string; readonly Message: string }
    readonly RequestId?: string
    readonly message?: string
  } & Readonly<Record<string, unknown>>
  if (response.ok) {
    const wrapper = reply[`${operation}Response`] as Readonly<Record<string, unknown>> | undefined
    return (wrapper?.[`${operation}Result`] ?? {}) as Result
  }
  throw failureOf(
    response.status,
    reply.Error?.Message ?? reply.message ?? `The authority answered ${response.status}.`,
    {
      awsCode: reply.Error?.Code ?? '',
      requestId: reply.RequestId ?? '',
    },
  )
}

/** All pages of a list: `member` is the list's name in each reply. */
export async function awsAll<Item>(
  operation: string,
  member: string,
  parameters: Parameters = {},
): Promise<readonly Item[]> {
  const items: Item[] = []
  for (let marker: string | undefined; ; ) {
    const page: Readonly<Record<string, unknown>> = await aws('iam', operation, {
      ...parameters,
      MaxItems: 1000,
      Marker: marker,
    })
    items.push(...((page[member] as readonly Item[] | undefined) ?? []))
    if (page['IsTruncated'] !== true) return items
    marker = page['Marker'] as string
  }
}

function write(body: URLSearchParams, name: string, value: Value): void {
  if (value === undefined) return
  if (Array.isArray(value)) {
    // As SDKs send an empty list.
    if (value.length === 0) body.append(name, '')
    for (const [place, one] of (value as readonly Value[]).entries()) write(body, `${name}.member.${place + 1}`, one)
  } else if (typeof value === 'object') {
    for (const [member, one] of Object.entries(value)) write(body, `${name}.${member}`, one)
  } else body.append(name, String(value))
}

/** `GET /console/api/‹path›`; parameters that are empty are left out. */
export async function get<Result>(
  path: string,
  parameters: Readonly<Record<string, string | number | boolean | undefined>> = {},
): Promise<Result> {
  const response = await send(`${path}${queryOf(parameters)}`, {})
  return (await checked(response)) as Result
}

/** `POST /console/api/‹path›` with JSON. */
export async function post<Result>(path: string, body: unknown = {}): Promise<Result> {
  const response = await send(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': formToken },
    body: JSON.stringify(body),
  })
  return (await checked(response)) as Result
}

export function streamUrl(
  path: string,
  parameters: Readonly<Record<string, string | number | boolean | undefined>>,
): string {
  return `${api}${path}${queryOf(parameters)}`
}

function queryOf(parameters: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined && value !== '' && value !== false) query.set(name, String(value))
  return query.size === 0 ? '' : `?${query}`
}

async function checked(response: Response): Promise<unknown> {
  const reply = (await readJson(response)) as {
    readonly message?: string
    readonly code?: string
    readonly reason?: string
    readonly faults?: readonly string[]
  }
  if (response.ok) return reply
  throw failureOf(response.status, reply.message ?? `The authority answered ${response.status}.`, {
    awsCode: reply.code ?? '',
    requestId: response.headers.get('x-amzn-RequestId') ?? '',
    reason: reply.reason ?? '',
    faults: (reply.faults ?? []).join('\n'),
  })
}

async function send(path: string, init: RequestInit): Promise<Response> {
  let response: Response
  try {
    response = await fetch(api + path, {
      ...init,
      headers: { Accept: 'application/json', ...(isUnattended() ? { 'X-Unattended': '1' } : {}), ...init.headers },
      signal: AbortSignal.timeout(30_000),
    })
  } catch {
    throw failureOf(0, 'The authority does not answer. Is it still running?')
  }
  if (response.status === 401) signedOut()
  return response
}

/** Milliseconds without a sign of a person, after which what a page asks by itself keeps no session alive. */
const patience = 60_000
let lastSign = performance.now()
for (const kind of ['keydown', 'pointerdown', 'pointermove', 'wheel'])
  addEventListener(kind, () => void (lastSign = performance.now()), { passive: true, capture: true })

function isUnattended(): boolean {
  return performance.now() - lastSign > patience
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return (await response.json()) ?? {}
  } catch {
    return {}
  }
}
