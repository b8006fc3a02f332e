import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Line, quantile } from './line.ts'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const turns = 40
/** A round trip to a far region. */
const delayMs = 300
/**
 * What may be left without the round trips, in empty Nodes: an idle machine starts one in 37 ms, and 60 ms are for `check`.
 * As a ratio, so that a busy machine slows both sides.
 */
const bound = (37 + 60) / 37

/**
 * Time of `check` against an endpoint that gives each answer late: the whole process, less the round trips that the case needs,
 * against an empty Node. Started from the bundle, so that it is what users run; `node build.mjs` must have made it.
 */
export async function measureCheck(): Promise<readonly Line[]> {
  const home = ordinaryHome()
  const stand = createServer((request, reply) => answer(request, reply))
  await new Promise<void>((accept) => stand.listen(0, '127.0.0.1', accept))
  try {
    return [
      await compare(stand, home, 'valid', 1),
      await compare(stand, home, 'refused', 1),
      await compare(stand, home, 'late', 2),
    ]
  } finally {
    stand.closeAllConnections()
    stand.close()
    rmSync(home, { recursive: true, force: true })
  }
}

const cases = {
  valid: 'a key that is accepted',
  refused: 'a key that is refused',
  late: 'a clock that is two hours behind',
} as const

type Case = keyof typeof cases

// Shaped like a pair that AWS gives out, and made up.
const pair = `aws_access_key_id = AKIA${'QRSTUVWX'.repeat(2)}\naws_secret_access_key = ${'madeUpBy'.repeat(5)}\n`

function ordinaryHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'countersign-bench-'))
  mkdirSync(join(home, '.aws'))
  writeFileSync(join(home, '.aws', 'config'), '[default]\nregion = eu-west-1\n\n[profile dev]\nregion = us-east-1\n')
  writeFileSync(join(home, '.aws', 'credentials'), `[default]\n${pair}\n[dev]\n${pair}`)
  return home
}

/** The path of the endpoint says which case is played. */
function answer(request: IncomingMessage, reply: ServerResponse): void {
  request.resume()
  const refused = (code: string, says: string) =>
    `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${says}</Message></Error><RequestId>r</RequestId></ErrorResponse>`
  const accepted =
    '<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/alice</Arn><UserId>AIDAEXAMPLEEXAMPLE123</UserId><Account>123456789012</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></GetCallerIdentityResponse>'
  const played = (request.url ?? '').split('/')[1] as Case
  const basic = (at: Date) => at.toISOString().replace(/[-:]|\.\d{3}/g, '')
  const now = new Date(Date.now() + (played === 'late' ? 7_200_000 : 0))
  const signedAt = String(request.headers['x-amz-date'] ?? '')
  const isLate = played === 'late' && signedAt < basic(new Date(now.getTime() - 900_000))
  const limit = basic(new Date(now.getTime() - 900_000))
  const stale = () =>
    refused(
      'SignatureDoesNotMatch',
      `Signature expired: ${signedAt} is now earlier than ${limit} (${basic(now)} - 15 min.)`,
    )
  const unknown = () => refused('InvalidClientTokenId', 'The security token included in the request is invalid.')
  const body = isLate ? stale() : played === 'refused' ? unknown() : accepted
  setTimeout(() => {
    reply.writeHead(body === accepted ? 200 : 403, { 'content-type': 'text/xml', date: now.toUTCString() })
    reply.end(body)
  }, delayMs)
}

function timeOf(args: readonly string[], env: Record<string, string>): Promise<number> {
  const begin = process.hrtime.bigint()
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'inherit'] })
  return new Promise((accept, reject) => {
    child.on('error', reject)
    child.on('exit', (code) => {
      if (![0, 1].includes(code ?? 70)) reject(new Error(`${args.join(' ')} ended with ${code}`))
      else accept(Number(process.hrtime.bigint() - begin) / 1e6)
    })
  })
}

async function compare(stand: Server, home: string, played: Case, rounds: number): Promise<Line> {
  const { port } = stand.address() as AddressInfo
  const env = { HOME: home, PATH: process.env['PATH'] ?? '', AWS_ENDPOINT_URL: `http://127.0.0.1:${port}/${played}` }
  const bundle = join(root, 'dist', 'countersign.cjs')
  const whole: number[] = []
  const starts: number[] = []
  for (let turn = -3; turn < turns; turn += 1) {
    const ours = await timeOf([bundle, 'check', '--json'], env)
    const empty = await timeOf(['-e', '0'], env)
    if (turn < 0) continue
    whole.push(ours - rounds * delayMs)
    starts.push(empty)
  }
  const ratios = whole.map((time, turn) => time / starts[turn]!)
  return {
    what: `\`check\` of ${cases[played]}, less ${rounds === 1 ? 'one round trip' : 'two round trips'} ÷ \`node -e 0\``,
    ratio: quantile(ratios, 0.5),
    bound,
    atMost: true,
    low: quantile(ratios, 0.25),
    high: quantile(ratios, 0.75),
    detail: `${quantile(whole, 0.5).toFixed(0)} ms against ${quantile(starts, 0.5).toFixed(0)} ms, answers after ${delayMs} ms, ${turns} turns`,
  }
}
