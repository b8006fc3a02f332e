import { parseArgs } from 'node:util'
import type { Flags } from './terminal.ts'

/**
 * The command line as data: one row per verb, one row per flag, with the words that `--help` shows for it. The parser and
 * the help texts both come from these rows. (`node:util` parses: it costs nothing at start, where a library costs a quarter
 * of an empty Node and the start-up bound has no room for it.)
 */
export interface FlagRow {
  readonly name: string
  readonly short?: string
  /** The word that stands for the value in help; a flag without one is a switch. */
  readonly value?: string
  /** The only values that are taken. */
  readonly oneOf?: readonly string[]
  readonly says: string
  /** Accepted everywhere but without effect on the verbs of this version. */
  readonly hidden?: true
}

export interface VerbRow {
  readonly name: string
  readonly operands: string
  readonly maxOperands: number
  /** A command to run may stand behind `--`. */
  readonly runs?: true
  /** One line for the list of verbs. */
  readonly says: string
  /** Paragraphs below the usage line. */
  readonly more: readonly string[]
  readonly flags: readonly FlagRow[]
  readonly examples: readonly (readonly [command: string, says: string])[]
}

export const commonFlags: readonly FlagRow[] = [
  { name: 'profile', short: 'p', value: 'NAME', says: 'the profile to look at (or write it first: countersign NAME)' },
  { name: 'region', short: 'r', value: 'REGION', says: 'the region to ask, instead of the configured one' },
  { name: 'endpoint-url', value: 'URL', says: 'ask this endpoint instead of AWS (http://127.0.0.1:7374 for your own)' },
  { name: 'ca-bundle', value: 'FILE', says: 'certificates (PEM) to trust besides the built-in ones' },
  { name: 'with-profile', value: 'NAME', says: 'let this other profile ask, read-only, about a refused key' },
  { name: 'offline', says: 'no network at all: local evidence only' },
  { name: 'no-exec', says: 'do not run a credential_process either' },
  { name: 'timeout', value: 'SECONDS', says: 'time for all questions to AWS together, 5 unless given' },
  { name: 'json', says: 'the result as JSON on stdout (same as --output json)' },
  { name: 'output', value: 'FORMAT', oneOf: ['json', 'text'], says: 'json or text' },
  { name: 'quiet', short: 'q', says: 'one line only, and no progress' },
  { name: 'color', value: 'WHEN', oneOf: ['auto', 'on', 'off'], says: 'auto, on or off (NO_COLOR is honoured)' },
  { name: 'debug', says: 'each request and answer on stderr, without signatures and secrets' },
  { name: 'yes', says: 'give leave beforehand, e.g. to ask other partitions of AWS about a refused key' },
  { name: 'dry-run', says: 'change nothing', hidden: true },
  { name: 'help', short: 'h', says: 'this text' },
]

const sdkFlag: FlagRow = {
  name: 'sdk',
  value: 'NAME',
  says:
    'by whose rules the credential is chosen: aws-cli-v2 unless given, aws-cli-v1, boto3, js-v3, js-v2, go-v2, go-v1, ' +
    'java-v2, java-v1, kotlin, rust, ruby, dotnet, php, cpp, terraform; for check and chain also all',
}

const machineFlag: FlagRow = {
  name: 'machine',
  value: 'FILE',
  says: 'look at the machine that this bundle describes instead of this one; nothing is sent or run',
}

const portFlag: FlagRow = { name: 'port', value: 'PORT', says: 'TCP port, 7374 unless given; 0 takes a free one' }

export const verbs: readonly VerbRow[] = [
  {
    name: 'check',
    operands: '[PROFILE]',
    maxOperands: 1,
    runs: true,
    says: 'find the credential in use, ask AWS about it, name what is wrong and how to cure it',
    more: [
      'Finds the credential that the AWS CLI would use here, looks at it closely, then asks STS GetCallerIdentity (which ' +
        'needs no permission and changes nothing). When it is refused, a few more harmless questions find out why.',
      'A secret never leaves this machine: AWS gets a signature, as in every AWS call.',
      'With a command after "--": runs it as if it stood alone, with its terminal, its streams and its exit code. When AWS ' +
        'refuses it, the cause is said on stderr after its own output, found by the rules of its own SDK and in the environment ' +
        'that it has behind env, sudo, sh -c or docker run; else nothing is said. --json puts one line of JSON there. PROFILE ' +
        'is for a command that chooses its profile where it cannot be seen.',
    ],
    flags: [
      sdkFlag,
      { name: 'all-profiles', says: 'every profile, side by side, in one table (with --json one line each)' },
      {
        name: 'bundle',
        value: 'FILE',
        says: 'write what was looked at, without its values, as a file to send to somebody',
      },
      machineFlag,
    ],
    examples: [
      ['countersign', 'check whatever is in use here'],
      ['countersign check dev', 'check the profile dev'],
      ['countersign check --all-profiles', 'which of my profiles are well?'],
      ['countersign check -- aws s3 ls', 'run it; when AWS refuses it, say why'],
      ['countersign check --sdk all', 'does what works in one SDK work in the others?'],
      ['countersign check --offline --json', 'local evidence only, for a program'],
      ['countersign check --bundle case.json', 'a file for somebody who helps, without secrets'],
    ],
  },
  {
    name: 'chain',
    operands: '[PROFILE]',
    maxOperands: 1,
    says: 'show every place where credentials are looked for, which one wins, and why',
    more: [
      'Lists the sources in the order in which they are asked, also those behind the winner. Nothing is run, nothing is sent.',
      '"Works in the CLI, fails in my app": --sdk all says which credential each of sixteen SDKs and tools would use here, and ' +
        'why one does not take what the others take. The rules are held against what the real SDKs answered; those of .NET, ' +
        'PHP and C++ were read in their source.',
      'With --resolve the winner of the one SDK that is asked is really got: a role is assumed, SSO asked, a credential_process ' +
        'run. --offline and --no-exec forbid the one or the other; then it is only told what would be done. Exit code with ' +
        '--resolve: 0 when there is a credential, 1 when it cannot be had, 3 when that could not be told.',
    ],
    flags: [
      sdkFlag,
      { name: 'resolve', says: 'really get the credential of the winner, and show what was done for it' },
    ],
    examples: [
      ['countersign chain', 'which credential is in use, and from where'],
      ['countersign chain --json', 'the same for a program'],
      ['countersign chain --sdk all', 'who uses which credential here'],
      ['countersign chain dev --sdk js-v3', 'where JavaScript looks, with the profile dev'],
      ['countersign chain dev --resolve', 'assume the role of dev, and show until when the session lasts'],
    ],
  },
  {
    name: 'lint',
    operands: '',
    maxOperands: 0,
    says: 'every defect of the AWS files, which SDKs it breaks and how, and the cure',
    more: [
      'Looks at the config and the credentials file line by line, and asks the rules of every SDK what they make of each defect. ' +
        'Nothing is run, nothing is sent, no file is changed.',
      'Exit code: 1 when there are errors or warnings, 0 when there are none (notes do not count).',
    ],
    flags: [
      {
        name: 'format',
        value: 'FORMAT',
        oneOf: ['text', 'json', 'sarif'],
        says: 'text, json, or sarif (2.1.0) for editors and code scanning',
      },
    ],
    examples: [
      ['countersign lint', 'what is wrong with my AWS files'],
      ['countersign lint --quiet', 'one line for each defect'],
      ['countersign lint --format sarif', 'the same for an editor'],
    ],
  },
  {
    name: 'whoami',
    operands: '[PROFILE]',
    maxOperands: 1,
    says: 'who AWS says you are: account, ARN, kind of principal, session, expiry',
    more: ['Asks STS GetCallerIdentity, and IAM for the alias of the account where that is allowed.'],
    flags: [sdkFlag],
    examples: [['countersign whoami dev', 'who the profile dev is']],
  },
  {
    name: 'explain',
    operands: '[TEXT|CODE|CAUSE|-]',
    maxOperands: Number.POSITIVE_INFINITY,
    says: 'explain a pasted error message or error code, with this machine as evidence',
    more: [
      'Takes the message as the AWS CLI, an SDK or a tool printed it (quote it), only its code, or - to read it from stdin.',
      'With the id or number of a cause (stale-session-token, C20) it tells what is known of that cause: how it shows, how to ' +
        'tell it from others, and what cures it.',
      'Exit code: 1 when the cause is proven or likely, 0 when causes are only possible, 3 when the text is not understood.',
    ],
    flags: [
      sdkFlag,
      machineFlag,
      {
        name: 'ask',
        says: 'ask AWS too, read-only: does it accept the credentials of this machine now, and what does it say',
      },
    ],
    examples: [
      ['countersign explain InvalidClientTokenId', 'what this code can mean'],
      ['aws s3 ls 2>&1 | countersign explain -', 'explain what a command has just printed'],
      ['countersign explain C20', 'what is known of one cause'],
    ],
  },
  {
    name: 'serve',
    operands: '',
    maxOperands: 0,
    says: 'run an STS and IAM authority of your own, for tests, laptops or a self-hosted cloud',
    more: [
      'The first start creates an account with a root user and one access key, and writes it to root-credentials in the data ' +
        'directory. Prints "ready URL" on stdout once it serves; SIGINT and SIGTERM stop it.',
      'Data directory unless --data says otherwise: $XDG_DATA_HOME/countersign or ~/.local/share/countersign (Linux), ' +
        '~/Library/Application Support/countersign (macOS), %LOCALAPPDATA%\\countersign (Windows).',
      'COUNTERSIGN_ACCOUNT_ID, COUNTERSIGN_ROOT_ACCESS_KEY_ID and COUNTERSIGN_ROOT_SECRET_ACCESS_KEY fix the first values; ' +
        'later starts ignore them and say so.',
      '--imds-role and --container-role give credentials of a role to programs that ask as on EC2, ECS and EKS: real sessions, ' +
        'refreshed, of a role that is made when it is not there, and whose trust policy is judged. Whoever may run programs on ' +
        'this computer may then have such a session. Instance metadata answers programs of this computer only, as with a ' +
        'hop limit of 1.',
    ],
    flags: [
      portFlag,
      { name: 'host', value: 'HOST', says: 'address to listen on, 127.0.0.1 unless given' },
      { name: 'data', value: 'DIR', says: 'where the database and the keys are kept' },
      { name: 'tls-cert', value: 'FILE', says: 'serve https with this certificate chain (PEM)' },
      { name: 'tls-key', value: 'FILE', says: 'its private key (PEM)' },
      { name: 'write-profile', value: 'NAME', says: 'write the root key as this profile into your AWS files' },
      { name: 'imds-role', value: 'NAME', says: 'EC2 instance metadata at /latest/ with credentials of this role' },
      {
        name: 'imds',
        value: 'MODE',
        oneOf: ['optional', 'required', 'off'],
        says: "EC2's HttpTokens: optional (IMDSv1 too), required, or off as with HttpEndpoint=disabled",
      },
      { name: 'container-role', value: 'NAME', says: 'ECS and EKS container credentials of this role' },
      { name: 'test-controls', says: 'open /_test/ to programs on this machine: reset, clock, faults. Only for tests' },
      { name: 'database', value: 'URL', says: 'PostgreSQL (not in this version)' },
      { name: 'workers', value: 'N', says: 'several processes (not in this version)' },
    ],
    examples: [
      ['countersign serve', 'serve on http://127.0.0.1:7374'],
      ['AWS_ENDPOINT_URL=http://127.0.0.1:7374 aws sts get-caller-identity', 'and ask it with any AWS client'],
      ['countersign serve --imds-role web', 'be an EC2 instance with the role web'],
    ],
  },
  {
    name: 'lab',
    operands: '[CAUSE]',
    maxOperands: 1,
    says: 'make a cause happen for real, and see whether check finds it',
    more: [
      'Starts an authority in memory, breaks one credential in one way, runs the diagnosis on it and holds the result against ' +
        "the authority's own log. Nothing leaves this machine; your own AWS files are not touched.",
      'Exit code: 0 when the cause was named, 1 when not.',
    ],
    flags: [
      { name: 'list', says: 'the causes that can be made to happen, and why the others cannot' },
      { name: 'all', says: 'all of them, with the score' },
    ],
    examples: [
      ['countersign lab stale-session-token', 'the best-known of all'],
      ['countersign lab --all', 'the score'],
    ],
  },
  {
    name: 'tour',
    operands: '',
    maxOperands: 0,
    says: 'see it all happen in six steps on this machine, without an AWS account',
    more: [
      'Starts an authority, makes a user with a key and a second factor, brings about "The security token included in the ' +
        'request is invalid" for real, explains it, repairs it and proves that it is gone. Then goes on serving until Ctrl-C.',
    ],
    flags: [
      { name: 'once', says: 'end after the last step; exit code 0 only when every step came out as told' },
      portFlag,
    ],
    examples: [['countersign tour --once', 'the six steps, and no more']],
  },
]

export type CommandLine =
  | {
      readonly kind: 'run'
      readonly verb: VerbRow
      /** No verb was written: `check` is assumed, and the first operand may be a mistyped verb. */
      readonly implied: boolean
      readonly operands: readonly string[]
      readonly child: readonly string[] | null
      readonly flags: Flags
    }
  | { readonly kind: 'help'; readonly verb: VerbRow | null }
  | { readonly kind: 'version' }
  /** Wrong usage: one sentence, and where there is one, a hint that ends it. */
  | { readonly kind: 'wrong'; readonly says: string; readonly hint: string | null }

/**
 * Parses the arguments after the program's name.
 *
 * @returns what to do; wrong usage is a value, never thrown.
 */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const rows = allFlags()
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: Object.fromEntries(
      rows.map((row) => [
        row.name,
        { type: row.value === undefined ? 'boolean' : 'string', ...(row.short ? { short: row.short } : {}) } as const,
      ]),
    ),
  })
  const positionals: string[] = []
  const written: { row: FlagRow; value: string | undefined }[] = []
  let child: string[] | null = null
  for (const token of tokens) {
    if (token.kind === 'option-terminator') {
      child = args.slice(token.index + 1)
      break
    }
    if (token.kind === 'positional') positionals.push(token.value)
    else {
      if (token.name === 'version' || token.rawName === '-V') return { kind: 'version' }
      const row = rows.find((candidate) => candidate.name === token.name)
      if (row === undefined) return unknownFlag(token.rawName, rows)
      const wrong = wrongValue(row, token.rawName, token.value, token.inlineValue === true)
      if (wrong !== null) return wrong
      written.push({ row, value: token.value })
    }
  }
  return assemble(positionals, written, child)
}

function assemble(
  positionals: string[],
  written: readonly { row: FlagRow; value: string | undefined }[],
  child: string[] | null,
): CommandLine {
  const asked = positionals[0]
  const helped = written.some(({ row }) => row.name === 'help')
  if (asked === 'help' || asked === 'version') {
    if (asked === 'version') return { kind: 'version' }
    const about = positionals[1]
    const verb = verbs.find((row) => row.name === about) ?? null
    return about !== undefined && verb === null
      ? { kind: 'wrong', says: `There is no verb "${about}".`, hint: nearestHint(about) }
      : { kind: 'help', verb }
  }
  const named = verbs.find((row) => row.name === asked)
  if (helped) return { kind: 'help', verb: named ?? null }
  const verb = named ?? verbs[0]!
  const operands = named === undefined ? positionals : positionals.slice(1)
  for (const { row } of written)
    if (!commonFlags.includes(row) && !verb.flags.includes(row))
      return {
        kind: 'wrong',
        says: `--${row.name} does not belong to "${verb.name}".`,
        hint: `See: countersign help ${verb.name}`,
      }
  if (operands.length > verb.maxOperands) return tooMany(verb, named === undefined, operands)
  const values = new Map(written.map(({ row, value }) => [row.name, value ?? '']))
  const flags: Flags = { text: (name) => values.get(name), on: (name) => values.has(name) }
  return { kind: 'run', verb, implied: named === undefined, operands, child, flags }
}

function tooMany(verb: VerbRow, implied: boolean, operands: readonly string[]): CommandLine {
  const first = operands[0]!
  if (implied) return { kind: 'wrong', says: `There is no verb "${first}".`, hint: nearestHint(first) }
  const surplus = operands[verb.maxOperands]!
  return {
    kind: 'wrong',
    says: `"${verb.name}" does not know what to do with "${surplus}".`,
    hint: `Usage: countersign ${verb.name} ${verb.operands}`.trimEnd(),
  }
}

function unknownFlag(rawName: string, rows: readonly FlagRow[]): CommandLine {
  const near = nearest(
    rawName.replace(/^-+/, ''),
    rows.filter((row) => row.hidden !== true).map((row) => row.name),
  )
  return {
    kind: 'wrong',
    says: `There is no flag ${rawName}.`,
    hint: near === null ? 'See: countersign --help' : `Did you mean --${near}?`,
  }
}

function wrongValue(row: FlagRow, rawName: string, value: string | undefined, inline: boolean): CommandLine | null {
  if (row.value === undefined)
    return value === undefined ? null : { kind: 'wrong', says: `${rawName} takes no value.`, hint: null }
  if (value === undefined || value === '' || (!inline && value.startsWith('-') && value.length > 1))
    return { kind: 'wrong', says: `${rawName} needs a value: ${rawName} ${row.value}.`, hint: null }
  if (row.oneOf !== undefined && !row.oneOf.includes(value))
    return { kind: 'wrong', says: `${rawName} is one of ${row.oneOf.join(', ')}, not "${value}".`, hint: null }
  return null
}

function allFlags(): readonly FlagRow[] {
  return [...new Set([...commonFlags, ...verbs.flatMap((row) => row.flags)])]
}

/** Verbs that the contract names and that a later version brings. */
const laterVerbs = new Set('fix undo login logout configure env exec process rotate completion'.split(' '))

/** What to say about a word that is no verb. */
export function nearestHint(word: string): string {
  if (laterVerbs.has(word) && !verbs.some((row) => row.name === word)) return `"${word}" is not in this version.`
  const near = nearest(
    word,
    verbs.map((row) => row.name),
  )
  return near === null ? 'See: countersign --help' : `Did you mean: countersign ${near}?`
}

/**
 * The candidate with the smallest edit distance (insert, delete, replace, swap of neighbours), or null when none is near:
 * more than two edits, or more than 40 % of the word.
 */
export function nearest(word: string, candidates: readonly string[]): string | null {
  let best: string | null = null
  let bestDistance = Math.min(3, Math.floor(word.length * 0.4) + 1)
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase())
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = rows[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      let least = Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, replaced)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, rows[i - 2]![j - 2]! + 1)
      row.push(least)
    }
    rows.push(row)
  }
  return rows[a.length]![b.length]!
}
