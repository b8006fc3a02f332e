import { isAwsHost, partitionOfRegion } from '../anatomy/partitions.ts'
import { CountersignError } from '../errors.ts'
import { credentialFor, freshCall, tellFailure } from './credential.ts'
import { durationOf } from './durations.ts'
import type { Obtained } from './obtain.ts'
import { consent } from './prompts.ts'
import { type Question, questionOf } from './question.ts'
import { wantsJson, writeJson } from './result.ts'
import { linkWarning, notSignedIn, openedText } from './say/console.ts'
import { harmless } from './say/page.ts'
import { credentialOfAnswer } from './session-answer.ts'
import { type Call, exitCode } from './terminal.ts'

/**
 * `console [PROFILE]`: a link that signs in to the web console.
 * (IAM User Guide, "Enable custom identity broker access to the AWS console".)
 */
export async function console(call: Call): Promise<number> {
  const fresh = freshCall(call, questionOf(call))
  const { question, call: inner } = fresh
  if (question.offline) throw new CountersignError('usage', 'A sign-in link comes from AWS: not with --offline.')
  const page = call.flags.text('service')
  if (page !== undefined && !/^[a-z0-9][a-z0-9/-]{0,62}$/.test(page))
    throw new CountersignError(
      'usage',
      '--service is a name as it stands in the address of its page, such as s3 or ec2.',
    )
  const duration = durationOf(call.flags)
  if (duration !== undefined && duration > longestSession)
    throw new CountersignError('usage', 'A console session lasts 12 hours at most.')
  if (call.flags.on('dry-run')) {
    call.terminal.err(`Would ask for a link that signs in as "${harmless(question.profile ?? 'default')}".\n`)
    return exitCode.fine
  }
  const held = await credentialFor(inner, question)
  if (typeof held === 'number') return held
  const session = await federated(inner, question, held, duration)
  if (typeof session === 'number') return session
  const link = await linkFor(inner, question, session, page, duration)
  if (typeof link === 'number') return link
  return await hand(inner, link)
}

const longestSession = 43_200

/** A key of a user signs in to nothing; what may, is a federated session of it. */
async function federated(
  call: Call,
  question: Question,
  held: Obtained,
  duration: number | undefined,
): Promise<Obtained | number> {
  const policy = call.flags.text('policy-arn')
  const isSession = (held.credential.sessionToken?.value.reveal() ?? '') !== ''
  if (isSession && policy !== undefined)
    throw new CountersignError('usage', '--policy-arn is for the key of an IAM user; this is a session already.')
  if (isSession) return held
  if (policy === undefined)
    throw new CountersignError(
      'usage',
      'This is the key of an IAM user, and AWS lets only sessions sign in by a link.',
      {
        data: { hint: 'Take a profile with a role or SSO; or say with --policy-arn what the link may be used for.' },
      },
    )
  const { callAws, callerWith } = await import('../holder/calls/index.ts')
  const caller = callerWith(call.machine, held.trace, held.credential, question)
  const answer = await callAws(caller, 'sts', 'GetFederationToken', {
    Name: 'countersign',
    'PolicyArns.member.1.arn': policy,
    ...(duration === undefined ? {} : { DurationSeconds: String(duration) }),
  })
  const credential =
    answer.kind === 'answered' ? credentialOfAnswer(held.credential, answer, 'GetFederationToken') : answer
  return 'kind' in credential ? tellFailure(call, question, credential) : { ...held, credential }
}

/** The link, or the exit code after it was told why there is none. */
async function linkFor(
  call: Call,
  question: Question,
  { credential, trace, files }: Obtained,
  page: string | undefined,
  duration: number | undefined,
): Promise<string | number> {
  const { machine, terminal } = call
  const { signInEndpoint } = await import('../holder/resolution/endpoints.ts')
  const region = trace.region?.name ?? partitionOfRegion(trace.endpoint.signingRegion).iam.signingRegion
  const endpoint = federationEndpoint(signInEndpoint({ machine, files, trace }, 'signin', region), region)
  // Before anything is sent.
  if (endpoint === null || linkOf(endpoint, region, page, '') === null)
    throw new CountersignError('usage', `Where the console of the region "${region}" is, is not known.`)
  await checkReceiver(call, new URL(endpoint))
  const isRole = call.flags.text('policy-arn') === undefined
  const body = new URLSearchParams({
    Action: 'getSigninToken',
    // AWS refuses it for the sessions of GetFederationToken, whose own length counts.
    ...(duration === undefined || !isRole ? {} : { SessionDuration: String(duration) }),
    Session: JSON.stringify({
      sessionId: credential.accessKeyId.value,
      sessionKey: credential.secretAccessKey.value.reveal(),
      sessionToken: credential.sessionToken?.value.reveal(),
    }),
  })
  const progress = terminal.progress('asking AWS for a sign-in token')
  // By POST: what stands in an address is kept by proxies and logs.
  const reply = await machine
    .send({
      method: 'POST',
      url: `${endpoint}/federation`,
      headers: [['Content-Type', 'application/x-www-form-urlencoded']],
      body: body.toString(),
      timeoutMs: question.timeoutMs,
    })
    .finally(() => progress.end())
  const token = reply.status === 200 ? signInTokenIn(reply.body) : null
  if (token === null) {
    terminal.err(notSignedIn({ look: terminal.look, machine }, new URL(endpoint).host, reply, duration))
    return reply.status >= 400 && reply.status < 500 ? exitCode.problem : exitCode.unknown
  }
  return linkOf(endpoint, region, page, token)!
}

/** The link that signs in with a token and goes on to a page of the console; null where the console of that region is not known. */
export function linkOf(endpoint: string, region: string, page: string | undefined, token: string): string | null {
  const destination = destinationOf(endpoint, region, page)
  if (destination === null) return null
  const query = new URLSearchParams({
    Action: 'login',
    Issuer: 'countersign',
    Destination: destination,
    SigninToken: token,
  })
  return `${endpoint}/federation?${query}`
}

/**
 * Where AWS lets people sign in, by partition; there is nothing of it in FIPS or dual-stack form.
 * (AWS General Reference, "AWS Sign-In endpoints"; User Guides of the partitions in China and of GovCloud.)
 */
const partitionHosts: Readonly<Record<string, { readonly signIn: string; readonly console: string }>> = {
  aws: { signIn: 'signin.aws.amazon.com', console: 'console.aws.amazon.com' },
  'aws-cn': { signIn: 'signin.amazonaws.cn', console: 'console.amazonaws.cn' },
  'aws-us-gov': { signIn: 'signin.amazonaws-us-gov.com', console: 'console.amazonaws-us-gov.com' },
}
const ownComputer = /^(127(\.\d{1,3}){3}|localhost|\[::1\])$/

function isAws(hostname: string): boolean {
  return isAwsHost(hostname) || Object.values(partitionHosts).some(({ signIn }) => hostname.endsWith(`.${signIn}`))
}

/** One that was configured, or AWS's own for the region; null where none is known. */
function federationEndpoint(found: string | null, region: string): string | null {
  if (found !== null && !isAws(new URL(found).hostname)) return found
  const host = partitionHosts[partitionOfRegion(region).id]?.signIn
  return host === undefined || found === null ? null : `https://${region}.${host}`
}

/** Here the secret itself travels, not only a signature: to AWS, to this computer, and elsewhere only with leave and encrypted. */
async function checkReceiver(call: Call, { hostname, host, protocol }: URL): Promise<void> {
  if (ownComputer.test(hostname) || isAws(hostname)) return
  if (protocol !== 'https:')
    throw new CountersignError(
      'usage',
      `The secret of the session would travel to ${host} unencrypted: an https address is needed.`,
    )
  await consent(call, `The secret of the session would be sent to ${host}, which is not AWS's. Send it?`)
}

function signInTokenIn(body: string): string | null {
  try {
    const token = (JSON.parse(body) as { readonly SigninToken?: unknown }).SigninToken
    return typeof token === 'string' && token !== '' ? token : null
  } catch {
    return null
  }
}

/** Where the person arrives; at an endpoint that is not AWS's, its own console. Null where none is known. */
function destinationOf(endpoint: string, region: string, page: string | undefined): string | null {
  const { hostname, origin } = new URL(endpoint)
  if (!isAws(hostname)) return `${origin}/console/`
  const host = partitionHosts[partitionOfRegion(region).id]?.console
  return host === undefined ? null : `https://${region}.${host}/${page ?? 'console'}/home?region=${region}`
}

async function hand(call: Call, link: string): Promise<number> {
  const { terminal, machine, flags } = call
  const sight = { look: terminal.look, machine }
  if (flags.on('open')) {
    const { realDoors } = await import('../holder/login/browser.ts')
    if (!realDoors.openBrowser(machine, link))
      throw new CountersignError('usage', 'No browser can be opened here. Without --open the link is printed.')
    if (!flags.on('quiet')) terminal.err(openedText(sight))
  } else if (wantsJson(call)) writeJson(call, { schema: 'countersign.console/1', url: link })
  else {
    terminal.out(`${link}\n`)
    if (terminal.outputIsPerson && !flags.on('quiet')) terminal.err(linkWarning(sight))
  }
  return exitCode.fine
}
