import type { Refusal } from './replies.ts'

/** A program that calls one operation with a real SDK and prints the error in one way. */
export interface Program {
  readonly client: string
  readonly services: readonly Refusal['service'][]
  readonly operations?: readonly string[]
  /** Ways to print; each is one text. */
  readonly prints: readonly string[]
  /** Of them, those that say nothing: `service error`. */
  readonly silent?: readonly string[]
  readonly command: (refusal: Refusal, print: string, url: string) => readonly string[]
  /** What the print loses, e.g. the status that a message does not carry. */
  readonly tells: (
    print: string,
    refusal: Refusal,
  ) => {
    readonly status: boolean
    readonly service: boolean
    readonly operation: boolean
    readonly client: string | null
  }
}

const kebab = (operation: string) => operation.replace(/(?<!^)(?=[A-Z])/g, '-').toLowerCase()
const input = ({ input: given = {} }: Refusal) => JSON.stringify(given)
const flags = ({ input: given = {} }: Refusal) =>
  Object.entries(given).flatMap(([name, value]) => [`--${kebab(name)}`, String(value)])
const every = ['sts', 'iam', 's3', 'dynamodb', 'ec2', 'lambda'] as const

function cli(python: string, client: string): Program {
  return {
    client,
    services: every,
    prints: ['terminal'],
    command: (refusal, _, url) => [
      ...python.split(' '),
      '--endpoint-url',
      url,
      '--region',
      'us-east-1',
      refusal.service === 's3' ? 's3api' : refusal.service,
      kebab(refusal.operation),
      ...flags(refusal),
    ],
    tells: (_, { status }) => ({
      status: false,
      service: status !== 0,
      operation: status !== 0,
      client: status === 0 ? null : 'aws-cli',
    }),
  }
}

export const programs: readonly Program[] = [
  cli('python3 -m awscli', 'aws-cli-v1'),
  cli('/usr/bin/python3 -m awscli', 'aws-cli-v2'),
  {
    client: 'boto3',
    services: every,
    prints: ['traceback', 'string', 'repr', 'wrapped'],
    command: (refusal, print) => ['python3', 'python.py', refusal.service, refusal.operation, input(refusal), print],
    // `str(error)` is word for word what the AWS CLI prints.
    tells: (print, { status }) => ({
      status: false,
      service: status !== 0,
      operation: status !== 0,
      client: print === 'string' ? (status === 0 ? null : 'aws-cli') : 'boto3',
    }),
  },
  {
    client: 'js-v3',
    services: every,
    prints: ['object', 'uncaught', 'json', 'string', 'stack'],
    command: (refusal, print) => [
      'node',
      'javascript/v3.mjs',
      refusal.service,
      refusal.operation,
      input(refusal),
      print,
    ],
    tells: (print, { status }) => ({
      status: status !== 0 && (print === 'object' || print === 'uncaught' || print === 'json'),
      service: false,
      operation: false,
      client: print === 'string' ? null : 'js-v3',
    }),
  },
  {
    client: 'js-v2',
    services: every,
    prints: ['object', 'uncaught', 'json', 'string'],
    command: (refusal, print) => [
      'node',
      'javascript/v2.cjs',
      refusal.service,
      refusal.operation,
      input(refusal),
      print,
    ],
    tells: (print, { status }) => ({
      status: status !== 0 && print !== 'string',
      service: false,
      operation: false,
      client: print === 'string' ? null : 'js-v2',
    }),
  },
  ...(['go-v2', 'go-v1'] as const).map(
    (client): Program => ({
      client,
      services: ['sts', 's3', 'dynamodb'],
      prints: ['log', 'string', 'panic'],
      command: (refusal, print) => ['go/printed', client.slice(3), refusal.service, refusal.operation, print],
      tells: (_, { status }) => {
        const named = status !== 0 && client === 'go-v2'
        return { status: status !== 0, service: named, operation: named, client }
      },
    }),
  ),
  ...(['java-v2', 'java-v1'] as const).map(
    (client): Program => ({
      client,
      services: ['sts'],
      prints: ['uncaught', 'string', 'wrapped'],
      command: (refusal, print) => [
        'java',
        '-cp',
        'java/classes:../jvm/target/lib/*',
        'Printed',
        client.slice(5),
        refusal.service,
        refusal.operation,
        print,
      ],
      tells: (_, { status }) => ({ status: status !== 0, service: status !== 0, operation: false, client }),
    }),
  ),
  {
    client: 'rust',
    services: ['sts'],
    operations: ['GetCallerIdentity'],
    prints: ['display', 'context', 'debug', 'pretty', 'main'],
    command: (refusal, print) => ['rust/target/release/printed', 'rust', refusal.service, refusal.operation, print],
    silent: ['display'],
    tells: () => ({ status: false, service: false, operation: false, client: 'rust' }),
  },
  {
    client: 'ruby',
    services: ['sts'],
    prints: ['uncaught', 'string', 'inspect'],
    command: (refusal, print) => ['ruby', 'ruby.rb', refusal.service, refusal.operation, input(refusal), print],
    tells: (print, { status }) => ({
      status: false,
      service: print !== 'string' && status !== 0,
      operation: false,
      client: print === 'string' ? null : 'ruby',
    }),
  },
]
