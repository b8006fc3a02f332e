import type { SdkName } from '../../../src/holder/chains/trace.ts'

/** How one SDK is asked. Commands run in this directory. */
export interface Recorder {
  readonly sdk: SdkName
  /** `found`: it must be on this machine already; `built`: by `build`, once, with the network there. */
  readonly build: readonly (readonly string[])[]
  /** Prints the version of the SDK as its last word; its failure says that the toolchain is absent. */
  readonly version: readonly string[]
  /** Reads states as lines of JSON and writes one answer for each. */
  readonly start: readonly string[]
  /** The error of a chain that came to its end without credentials. */
  readonly none: RegExp
  /** The error of one that asked where nobody answers, although the answer is configured; counts as having asked. */
  readonly asked: RegExp
  /** Messages are compared as well as classes. */
  readonly exactMessages: boolean
  /** What it says of its source is a provider's name of the contract, and is compared. */
  readonly namesProvider: boolean
  /** The version whose rules are asked, where it is not the newest. */
  readonly rules?: string
  /** Cheap enough for each run of continuous integration. */
  readonly live: boolean
  /** How many run side by side. */
  readonly jobs?: number
  /** The recorder makes the state's home the one of the user database, too. */
  readonly ownsUserHome?: boolean
}

const botocore = {
  build: [],
  none: /^NoCredentialsError$/,
  asked:
    /^(EndpointConnectionError|HTTPClientError|MetadataRetrievalError)|Could not connect to the endpoint URL|from container-role: Error retrieving metadata|from Ec2InstanceMetadata: No credentials/,
  exactMessages: true,
  namesProvider: true,
  jobs: 2,
} as const

/** What the SDKs for the JVM keep in static fields must not be compiled in: the recorder sets those fields anew for each state. */
const uncompiled = [
  'software/amazon/awssdk/services/sso/auth/SsoProfileCredentialsProviderFactory',
  'software/amazon/awssdk/services/ssooidc/internal/OnDiskTokenManager',
  'software/amazon/awssdk/services/signin/auth/LoginCredentialsProvider',
  'com/amazonaws/client/builder/AwsClientBuilder',
  'com/amazonaws/auth/DefaultAWSCredentialsProviderChain',
]
const java = [
  'java',
  '-XX:CompileCommand=quiet',
  ...uncompiled.map((type) => `-XX:CompileCommand=exclude,${type}.*`),
  '--add-opens',
  'java.base/java.util=ALL-UNNAMED',
  '-cp',
  'jvm/target/classes:jvm/target/lib/*',
  'record.Recorder',
]
const jvm = {
  build: [['mvn', '-q', '-B', '-f', 'jvm/pom.xml', 'package']],
  exactMessages: false,
  namesProvider: false,
  live: false,
  ownsUserHome: true,
} as const

const go = {
  build: [['go', 'build', '-C', 'go', '-p', '1', '-trimpath', '-ldflags=-s -w', '-o', 'recorder', '.']],
  asked: /dial tcp|RequestError: send request failed/,
  exactMessages: false,
  namesProvider: false,
  live: false,
  jobs: 8,
} as const

/** One row per recorder, in a line or a few of its own. */
export const recorders: readonly Recorder[] = [
  {
    ...botocore,
    sdk: 'boto3',
    version: ['python3', 'botocore/recorder.py', 'boto3', '--version'],
    start: ['python3', '-u', 'botocore/recorder.py', 'boto3'],
    live: true,
  },
  {
    ...botocore,
    jobs: 3,
    sdk: 'aws-cli-v1',
    version: ['python3', 'botocore/recorder.py', 'aws-cli-v1', '--version'],
    start: ['python3', '-u', 'botocore/recorder.py', 'aws-cli-v1'],
    live: true,
  },
  // Debian's, the only one that is to be had as a package.
  {
    ...botocore,
    jobs: 3,
    sdk: 'aws-cli-v2',
    rules: '2.9.19',
    version: ['/usr/bin/python3', 'botocore/recorder.py', 'aws-cli-v2', '--version'],
    start: ['/usr/bin/python3', '-u', 'botocore/recorder.py', 'aws-cli-v2'],
    live: false,
  },
  {
    sdk: 'rust',
    build: [['cargo', 'build', '--release', '--quiet', '--locked', '--manifest-path', 'rust/Cargo.toml']],
    version: ['rust/target/release/record-rust', '--version'],
    start: ['rust/target/release/record-rust'],
    none: /^CredentialsNotLoaded:/,
    asked: /dispatch failure: io error|failed to load IMDS session token|failed to perform DNS lookup/,
    exactMessages: false,
    namesProvider: false,
    live: false,
  },
  {
    sdk: 'js-v3',
    build: [
      ['npm', 'ci', '--silent', '--prefix', 'javascript'],
      ['node', 'javascript/recorder.ts', 'js-v3', '--build'],
    ],
    version: ['node', 'javascript/recorder.ts', 'js-v3', '--version'],
    start: ['node', 'javascript/recorder.ts', 'js-v3'],
    none: /^CredentialsProviderError: Could not load credentials from any providers$/,
    asked: /getaddrinfo|is not a valid container metadata service hostname/,
    exactMessages: true,
    namesProvider: false,
    live: true,
    jobs: 2,
  },
  {
    sdk: 'js-v2',
    build: [
      ['npm', 'ci', '--silent', '--prefix', 'javascript'],
      ['node', 'javascript/recorder.ts', 'js-v2', '--build'],
    ],
    version: ['node', 'javascript/recorder.ts', 'js-v2', '--version'],
    start: ['node', 'javascript/recorder.ts', 'js-v2'],
    none: /^(?:Error: EC2 Instance Metadata Service access disabled|[A-Za-z]*: EC2 Metadata \w+ request returned|\w+: AWS EC2 Metadata v1 fallback has been blocked)/,
    asked: /^UnknownEndpoint: getaddrinfo/,
    exactMessages: false,
    namesProvider: false,
    live: true,
    jobs: 3,
  },
  {
    sdk: 'ruby',
    build: [],
    version: ['ruby', 'ruby/recorder.rb', '--version'],
    start: ['ruby', 'ruby/recorder.rb'],
    none: /^nil$/,
    asked: /^Seahorse::Client::NetworkingError:|^nil: the container refused/,
    exactMessages: false,
    namesProvider: false,
    rules: '3.168.1',
    live: false,
  },
  {
    ...jvm,
    sdk: 'java-v2',
    version: [...java, 'java-v2', '--version'],
    start: [...java, 'java-v2'],
    none: /^SdkClientException: Unable to load credentials from any of the providers in the chain/,
    asked:
      /ContainerCredentialsProvider\(\): Failed to load credentials from metadata service|InstanceProfileCredentialsProvider\(\): Failed to load credentials from IMDS/,
  },
  {
    ...jvm,
    sdk: 'java-v1',
    version: [...java, 'java-v1', '--version'],
    start: [...java, 'java-v1'],
    none: /^SdkClientException: Unable to load AWS credentials from any provider in the chain/,
    asked:
      /Failed to connect to service endpoint|Failed to retrieve IMDS token|The token is missing or not the right one|Unable to load credentials from service endpoint/,
  },
  {
    ...jvm,
    sdk: 'kotlin',
    version: [...java, 'kotlin', '--version'],
    start: [...java, 'kotlin'],
    none: /^IdentityProviderException: No identity could be resolved from the chain/,
    asked:
      /from container metadata service \(HttpException: java\.net\.\w+Exception|failed to load (?:instance profile|credentials)/,
  },
  {
    ...go,
    sdk: 'go-v2',
    version: ['go/recorder', 'go-v2', '--version'],
    start: ['go/recorder', 'go-v2'],
    none: /no EC2 IMDS role found/,
  },
  {
    ...go,
    sdk: 'go-v1',
    version: ['go/recorder', 'go-v1', '--version'],
    start: ['go/recorder', 'go-v1'],
    none: /^NoCredentialProviders:|^EC2RoleRequestError: no EC2 instance role found/,
  },
  {
    ...go,
    sdk: 'terraform',
    version: ['go/recorder', 'terraform', '--version'],
    start: ['go/recorder', 'terraform'],
    none: /no EC2 IMDS role found/,
  },
]
