// Calls one operation with the real AWS SDK for JavaScript v3 and prints its error as programs do.
import { createRequire } from 'node:module'

const [service, operation, input, print] = process.argv.slice(2)
const library = createRequire(import.meta.url)(`@aws-sdk/client-${service}`)
const Client = Object.entries(library).find(([name]) => /Client$/.test(name) && !name.startsWith('__'))[1]
const client = new Client({
  region: 'us-east-1',
  maxAttempts: 1,
  ...(service === 's3' ? { forcePathStyle: true } : {}),
})
try {
  await client.send(new library[`${operation}Command`](JSON.parse(input)))
} catch (error) {
  if (print === 'object') console.error(error)
  else if (print === 'json') console.error(JSON.stringify(error))
  else if (print === 'string') console.error(String(error))
  else if (print === 'stack') console.error(error.stack)
  else throw error
}
