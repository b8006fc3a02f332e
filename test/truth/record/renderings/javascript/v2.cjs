// Calls one operation with the real AWS SDK for JavaScript v2 and prints its error as programs do.
const AWS = require('aws-sdk')

const [service, operation, input, print] = process.argv.slice(2)
const names = { sts: 'STS', iam: 'IAM', s3: 'S3', dynamodb: 'DynamoDB', ec2: 'EC2', lambda: 'Lambda' }
const client = new AWS[names[service]]({
  region: 'us-east-1',
  endpoint: process.env.AWS_ENDPOINT_URL,
  maxRetries: 0,
  s3ForcePathStyle: true,
})
const method = operation[0].toLowerCase() + operation.slice(1)
client[method](JSON.parse(input), (error) => {
  if (print === 'object') console.error(error)
  else if (print === 'json') console.error(JSON.stringify(error))
  else if (print === 'string') console.error(String(error))
  else if (print === 'stack') console.error(error.stack)
  else throw error
})
