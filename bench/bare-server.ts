/*
 * The reference of the verify bench: a bare `node:http` handler that does the same input and output as the authority's
 * GetCallerIdentity (reads the body, answers as many bytes under the same headers) and judges nothing.
 */
import { createServer } from 'node:http'

const reply = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/bench</Arn><UserId>AIDAQEAAAAAAAAAAAAAAA</UserId><Account>123456789012</Account></GetCallerIdentityResult>
  <ResponseMetadata><RequestId>01234567-89ab-cdef-0123-456789abcdef</RequestId></ResponseMetadata>
</GetCallerIdentityResponse>
`

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    Buffer.concat(chunks)
    response.writeHead(200, {
      'content-type': 'text/xml',
      'content-length': Buffer.byteLength(reply),
      'x-amzn-requestid': '01234567-89ab-cdef-0123-456789abcdef',
    })
    response.end(reply)
  })
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.send!({ port: typeof address === 'object' ? address?.port : 0 })
})
process.on('message', () => process.send!({ cpu: process.cpuUsage() }))
process.on('disconnect', () => process.exit())
