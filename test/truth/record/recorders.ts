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
}

const never = /(?!)/
const botocore = { build: [], none: /^NoCredentialsError$/, exactMessages: true, namesProvider: true, jobs: 2 } as const

/** One row per recorder, in a line or a few of its own. */
export const recorders: readonly Recorder[] = [
  { ...botocore, sdk: 'boto3', version: ['python3', 'botocore/recorder.py', 'boto3', '--version'], start: ['python3', '-u', 'botocore/recorder.py', 'boto3'], asked: never, live: true },
  {
    sdk: 'rust', build: [['cargo', 'build', '--release', '--quiet', '--locked', '--manifest-path', 'rust/Cargo.toml']],
    version: ['rust/target/release/record-rust', '--version'], start: ['rust/target/release/record-rust'],
    none: /^CredentialsNotLoaded:/, asked: /dispatch failure: io error|failed to load IMDS session token|failed to perform DNS lookup/,
    exactMessages: false, namesProvider: false, live: false,
  },
  {
    sdk: 'js-v3', build: [['npm', 'ci', '--silent', '--prefix', 'javascript'], ['node', 'javascript/recorder.ts', 'js-v3', '--build']],
    version: ['node', 'javascript/recorder.ts', 'js-v3', '--version'], start: ['node', 'javascript/recorder.ts', 'js-v3'],
    none: /^CredentialsProviderError: Could not load credentials from any providers$/, asked: /getaddrinfo/,
    exactMessages: true, namesProvider: false, live: true, jobs: 2,
  },
  {
    sdk: 'js-v2', build: [['npm', 'ci', '--silent', '--prefix', 'javascript'], ['node', 'javascript/recorder.ts', 'js-v2', '--build']],
    version: ['node', 'javascript/recorder.ts', 'js-v2', '--version'], start: ['node', 'javascript/recorder.ts', 'js-v2'],
    none: /^(?:Error: EC2 Instance Metadata Service access disabled|[A-Za-z]*: EC2 Metadata \w+ request returned|\w+: AWS EC2 Metadata v1 fallback has been blocked)/, asked: /^UnknownEndpoint: getaddrinfo/,
    exactMessages: true, namesProvider: false, live: true, jobs: 2,
  },
]
