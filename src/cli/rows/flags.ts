import type { FlagRow } from './row.ts'

export const commonFlags: readonly FlagRow[] = [
  { name: 'profile', short: 'p', value: 'NAME', says: 'the profile to look at (or write it first: countersign NAME)' },
  { name: 'region', short: 'r', value: 'REGION', says: 'the region to ask, instead of the configured one' },
  { name: 'endpoint-url', value: 'URL', says: 'ask this endpoint instead of AWS (http://127.0.0.1:7374 for your own)' },
  { name: 'ca-bundle', value: 'FILE', says: 'certificates (PEM) to trust besides the built-in ones' },
  {
    name: 'with-profile',
    value: 'NAME',
    says: 'let this other profile ask, read-only, about a refused key; for fix: make a call that cures',
  },
  { name: 'offline', says: 'no network at all: local evidence only' },
  { name: 'no-exec', says: 'do not run a credential_process either' },
  { name: 'timeout', value: 'SECONDS', says: 'time for all questions to AWS together, 5 unless given' },
  { name: 'json', says: 'the result as JSON on stdout (same as --output json)' },
  { name: 'output', value: 'FORMAT', oneOf: ['json', 'text'], says: 'json or text' },
  { name: 'quiet', short: 'q', says: 'one line only, and no progress' },
  { name: 'color', value: 'WHEN', oneOf: ['auto', 'on', 'off'], says: 'auto, on or off (NO_COLOR is honoured)' },
  { name: 'debug', says: 'each request and answer on stderr, without signatures and secrets' },
  { name: 'yes', says: 'give leave beforehand: to change what is shown, to ask other partitions about a refused key' },
  { name: 'dry-run', says: 'show what would be changed, and change nothing' },
  { name: 'help', short: 'h', says: 'this text' },
]

export const sdkFlag: FlagRow = {
  name: 'sdk',
  value: 'NAME',
  says:
    'by whose rules the credential is chosen: aws-cli-v2 unless given, aws-cli-v1, boto3, js-v3, js-v2, go-v2, go-v1, ' +
    'java-v2, java-v1, kotlin, rust, ruby, dotnet, php, cpp, terraform; for check and chain also all',
}

export const machineFlag: FlagRow = {
  name: 'machine',
  value: 'FILE',
  says: 'look at the machine that this bundle describes instead of this one; nothing is sent or run',
}

export const portFlag: FlagRow = {
  name: 'port',
  value: 'PORT',
  says: 'TCP port, 7374 unless given; 0 takes a free one',
}

export const durationFlag: FlagRow = {
  name: 'duration',
  value: 'TIME',
  says: 'how long the session lasts: seconds, or such as 8h or 90m (15m to 36h for a user, to 12h for a role; 1h for a chained one)',
}

export const shellFlag: FlagRow = {
  name: 'shell',
  value: 'SHELL',
  oneOf: ['bash', 'zsh', 'sh', 'fish', 'powershell', 'cmd', 'dotenv'],
  says: 'whose lines: bash, zsh, sh, fish, powershell, cmd, or dotenv for a .env file; the shell that runs, unless given',
}
