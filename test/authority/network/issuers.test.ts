import { createServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createIssuerDocuments } from '../../../src/authority/network/issuers.ts'
import { makeCertificate } from '../server/certificate.ts'
import { startIssuer, type TestIssuer } from '../server/issuer.ts'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})
async function issuer(...options: Parameters<typeof startIssuer>): Promise<TestIssuer> {
  const started = await startIssuer(...options)
  open.push(started)
  return started
}

const documents = createIssuerDocuments()
const impatient = createIssuerDocuments(150)

describe('the documents of an identity provider', () => {
  it('are read whole, up to a bound', async () => {
    const one = await issuer()
    one.keys = 'x'.repeat(1_000)
    expect(await documents.read(`${one.url}/keys`, [], 1_000)).toEqual({ kind: 'found', text: 'x'.repeat(1_000) })
    expect(await documents.read(`${one.url}/keys`, [], 999)).toMatchObject({ kind: 'unusable' })
  })

  it('are not waited for without end', async () => {
    const one = await issuer()
    one.hold = true
    expect(await impatient.read(`${one.url}/keys`, [], 1_000)).toEqual({
      kind: 'unusable',
      why: `${one.url}/keys did not answer within 0.15 seconds.`,
    })
  })

  it('may not come drop by drop either', async () => {
    const slow = createServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{')
      // Ends when the other side does.
      socket.resume().on('error', () => {})
    })
    await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve))
    open.push({ close: () => new Promise((resolve) => slow.close(() => resolve())) })
    const { port } = slow.address() as { port: number }
    expect(await impatient.read(`http://127.0.0.1:${port}/`, [], 1_000)).toMatchObject({
      kind: 'unusable',
      why: expect.stringContaining('within 0.15 seconds'),
    })
  })

  it('are not looked for where a redirect points', async () => {
    const one = await issuer()
    one.keys = 302
    expect(await documents.read(`${one.url}/keys`, [], 1_000)).toMatchObject({ kind: 'unusable' })
    expect(one.asked).toEqual(['/keys'])
  })

  it('are not there where nobody listens', async () => {
    expect(await documents.read('http://127.0.0.1:1/', [], 1_000)).toMatchObject({ kind: 'unreachable' })
    expect(await documents.thumbprint('https://127.0.0.1:1')).toBeNull()
  })
})

describe('over https', () => {
  const tls = makeCertificate('localhost')

  it('a certificate that nobody vouches for is taken by its thumbprint only, whatever the case of its digits', async () => {
    const one = await issuer({ tls, host: 'localhost' })
    const shown = await documents.thumbprint(one.url)
    expect(shown).toMatch(/^[0-9a-f]{40}$/)
    const url = `${one.url}/keys`
    expect(await documents.read(url, [], 10_000)).toMatchObject({ kind: 'untrusted' })
    expect(await documents.read(url, ['a'.repeat(40)], 10_000)).toMatchObject({ kind: 'untrusted' })
    expect(await documents.read(url, [shown!.toUpperCase()], 10_000)).toMatchObject({ kind: 'found' })
  })

  it('a thumbprint does not make up for the wrong name', async () => {
    const one = await issuer({ tls: makeCertificate('elsewhere.example'), host: 'localhost' })
    const shown = await documents.thumbprint(one.url)
    expect(await documents.read(`${one.url}/keys`, [shown!], 10_000)).toMatchObject({
      kind: 'unreachable',
      why: expect.stringContaining('ERR_TLS_CERT_ALTNAME_INVALID'),
    })
  })
})
