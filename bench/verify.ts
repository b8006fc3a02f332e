import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sign } from '../src/signature/index.ts'
import { type Line, quantile } from './line.ts'

const here = dirname(fileURLToPath(import.meta.url))
const turns = 12
const connections = 32
const requestsPerTurn = 12_800
const body = 'Action=GetCallerIdentity&Version=2011-06-15'

interface Side {
  readonly child: ChildProcess
  readonly port: number
  readonly cpu: number[]
  readonly p99: number[]
}

/**
 * Requests per second of server CPU, authority against the bare handler, at 32 connections. Server CPU is asked of the
 * servers themselves, so the client's own cost on the other core does not count.
 */
export async function measureVerify(): Promise<readonly Line[]> {
  const [authority, root] = await start('authority-server.ts')
  const [bare] = await start('bare-server.ts')
  try {
    for (let turn = -2; turn < turns; turn++) {
      // Fresh signatures each turn, as clients make them; both servers get the same bytes but for the Host.
      for (const side of turn % 2 === 0 ? [authority, bare] : [bare, authority])
        await load(side, signed(side.port, root!), turn >= 0)
    }
  } finally {
    authority.child.disconnect()
    bare.child.disconnect()
  }
  const perCore = authority.cpu.map((cpu, turn) => bare.cpu[turn]! / cpu)
  const tail = authority.p99.map((p99, turn) => p99 / bare.p99[turn]!)
  const rate = (cpu: readonly number[]) => `${(1e6 / quantile(cpu, 0.5) / 1000).toFixed(1)} k/s`
  return [
    {
      what: 'verified GetCallerIdentity per server core ÷ a bare `node:http` handler',
      ratio: quantile(perCore, 0.5),
      bound: 0.7,
      atMost: false,
      low: quantile(perCore, 0.25),
      high: quantile(perCore, 0.75),
      detail: `${rate(authority.cpu)} against ${rate(bare.cpu)} per core, ${turns} turns of ${requestsPerTurn}`,
    },
    {
      what: 'verified GetCallerIdentity p99 at 32 connections ÷ the bare handler’s',
      ratio: quantile(tail, 0.5),
      bound: 1.5,
      atMost: true,
      low: quantile(tail, 0.25),
      high: quantile(tail, 0.75),
      detail: `${quantile(authority.p99, 0.5).toFixed(1)} ms against ${quantile(bare.p99, 0.5).toFixed(1)} ms`,
    },
  ]
}

type Root = { readonly accessKeyId: string; readonly secretAccessKey: string }

async function start(file: string): Promise<readonly [Side, Root | undefined]> {
  const child = fork(join(here, file), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const [{ port, root }] = (await once(child, 'message')) as [{ port: number; root?: Root }]
  return [{ child, port, cpu: [], p99: [] }, root]
}

function signed(port: number, root: Root): readonly Buffer[] {
  const at = new Date()
  return Array.from({ length: connections * 4 }, (_, index) => {
    const { request } = sign(
      {
        method: 'POST',
        path: '/',
        query: '',
        headers: [
          ['Host', `127.0.0.1:${port}`],
          ['Content-Type', 'application/x-www-form-urlencoded; charset=utf-8'],
          ['User-Agent', `bench/${index}`],
          ['Content-Length', String(body.length)],
        ],
        body,
      },
      { credentials: root, region: 'us-east-1', service: 'sts', at: new Date(at.getTime() - index * 1000) },
    )
    return Buffer.from(
      `POST / HTTP/1.1\r\n${request.headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`,
    )
  })
}

async function load(side: Side, requests: readonly Buffer[], counted: boolean): Promise<void> {
  const before = await cpuOf(side.child)
  const times: number[] = []
  await Promise.all(Array.from({ length: connections }, (_, index) => converse(side.port, requests, index, times)))
  const after = await cpuOf(side.child)
  if (!counted) return
  side.cpu.push((after - before) / times.length)
  side.p99.push(quantile(times, 0.99))
}

async function cpuOf(child: ChildProcess): Promise<number> {
  child.send('cpu')
  const [{ cpu }] = (await once(child, 'message')) as [{ cpu: NodeJS.CpuUsage }]
  return cpu.user + cpu.system
}

/** One keep-alive connection: one request after the other, the whole reply awaited. */
function converse(port: number, requests: readonly Buffer[], first: number, times: number[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let left = requestsPerTurn / connections
    let next = first
    let sentAt = 0
    let reply = ''
    const ask = (): void => {
      reply = ''
      sentAt = performance.now()
      socket.write(requests[next++ % requests.length]!)
    }
    socket.setNoDelay(true)
    socket.on('connect', ask)
    socket.on('error', reject)
    socket.on('close', () => left > 0 && reject(new Error('the server closed the connection')))
    socket.on('data', (chunk: Buffer) => {
      reply += chunk.toString('latin1')
      const end = reply.indexOf('\r\n\r\n')
      if (end < 0) return
      const length = Number(/content-length: (\d+)/i.exec(reply)?.[1])
      if (reply.length < end + 4 + length) return
      if (!reply.startsWith('HTTP/1.1 200')) return reject(new Error(`refused: ${reply.slice(0, 300)}`))
      times.push(performance.now() - sentAt)
      left--
      if (left > 0) return ask()
      socket.end()
      resolve()
    })
  })
}
