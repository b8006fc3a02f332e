/** One kind of secret that stood in a text. */
export type SecretKind =
  | 'secret access key'
  | 'session token'
  | 'web identity token'
  | 'Authorization header'
  | 'one-time code'
  | 'password'
  | 'private key'
  | 'API key'
  | 'presigned URL'

export interface Redacted {
  /** The text with every secret replaced by `‹hidden›` and key ids shortened to first and last four. */
  readonly text: string
  /** What was taken out, each kind once. */
  readonly exposed: readonly SecretKind[]
}

const hidden = '‹hidden›'

interface Rule {
  readonly kind: SecretKind | null
  /** Group 1 stays, group 2 is the secret, group 3 stays. */
  readonly pattern: RegExp
  readonly unless?: (secret: string) => boolean
}

/** Three character classes at least: a hex digest or a path of words is no secret. */
function looksRandom(text: string): boolean {
  return /[a-z]/.test(text) && /[A-Z]/.test(text) && /[0-9]/.test(text) && !/^[0-9a-f]+$/i.test(text)
}

const isWord = (text: string): boolean =>
  !/[0-9]/.test(text) || !/[A-Za-z]/.test(text) || /^\W?(?:https?|arn|\$\{?\w)/.test(text)

/** What programs write where a value belongs: `self.password`, `get_password(`, `None`. */
const isName = (text: string): boolean =>
  !/\d/.test(text) &&
  (/^(?:[a-z]{1,12}|[a-z]{1,30}(?:_[a-z]{1,30}){1,6}|None|Null|String|True|False)[)\]]{0,4}$/.test(text) ||
    /^[A-Za-z_$][\w$]{0,60}[.([][\w$.()[\]*]{0,200}$/.test(text))

/** Between a name and its value: of files, shells, JSON, YAML, XML, hashes, headers and command lines. */
const is = String.raw`["'\]]{0,2}\s{0,4}(?:=>|[:=>]|%3D)\s{0,4}\\?["']?`

const named = (names: string, least: number, most: number): RegExp =>
  new RegExp(`((?:${names})${is})((?<=["'])[^"'\\\\\\n]{${least},${most}}|[^\\s"',;&<>\\\\]{${least},${most}})()`, 'gi')

/** Made when the first text needs them: most commands never do. */
const makeRules = (): readonly Rule[] => [
  {
    kind: 'private key',
    pattern: /(-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----)([^-]{16,20000})(-----END|$|)/g,
  },
  { kind: 'session token', pattern: /(<Token-\d{1,6}>)([^<]{1,20000})(<\/Token-\d{1,6}>)/g },
  {
    // The hex twins of what was signed hold the token, too.
    kind: 'session token',
    pattern: /((?:StringToSignBytes|CanonicalRequestBytes)\W{1,6})([0-9a-f]{2}(?:\s{0,4}[0-9a-f]{2}){8,100000})()/gi,
  },
  { kind: 'session token', pattern: /(?<![0-9a-f])()([0-9a-f]{2}(?:[ \n][0-9a-f]{2}){30,100000})()(?![0-9a-f])/gi },
  { kind: 'session token', pattern: named('(?:session|security)[-_ ]?token|aws_?token', 8, 20000) },
  { kind: 'session token', pattern: /((?:--session-token|-SessionToken)[ =]["']?)([^\s"']{8,20000})()/gi },
  {
    kind: 'secret access key',
    pattern: named('secret[-_ ]?(?:access[-_ ]?)?key|aws[-_ ]?secret|secret[-_ ]?key', 8, 200),
  },
  { kind: 'secret access key', pattern: /((?:--secret(?:-access)?-key|-SecretKey)[ =]["']?)([^\s"']{8,200})()/gi },
  { kind: 'password', pattern: named('pass(?:word|wd|phrase)\\w{0,20}', 4, 400), unless: isName },
  // A name in a program or a word of prose is hidden all the same, without an alarm.
  { kind: null, pattern: named('pass(?:word|wd|phrase)\\w{0,20}', 4, 400) },
  { kind: 'password', pattern: named('\\bpass', 8, 400), unless: isWord },
  // SES makes SMTP passwords of a version and a signature.
  {
    kind: 'password',
    pattern: /(?<![A-Za-z0-9/+])()(B[A-Za-z0-9/+]{43})()(?![A-Za-z0-9/+=])/g,
    unless: (value) => !looksRandom(value),
  },
  { kind: 'password', pattern: /((?:--password|-Password)[ =]["']?)([^\s"'-][^\s"']{3,400})()/gi },
  { kind: 'password', pattern: /(\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:@/]{0,200}:)([^\s@/]{1,400})(@)/gi },
  { kind: 'password', pattern: /(\bAUTH (?:PLAIN|LOGIN) )([A-Za-z0-9+/=]{8,2000})()/g },
  {
    kind: 'API key',
    pattern: named(
      '(?:api[-_]?key|access[-_]?token|auth[-_]?token|bearer[-_]?token\\w{0,20}|client[-_]?secret|_authToken|_secret|webhook[-_]?secret|refresh[-_]?token|id[-_]?token)',
      8,
      20000,
    ),
    unless: isWord,
  },
  {
    kind: 'API key',
    pattern: /()(\b(?:ABSK[A-Za-z0-9+/]{16,1000}={0,2}|bedrock-api-key-[A-Za-z0-9+/=_-]{8,20000}))()/g,
  },
  {
    // A secret in the place of the key id; it may have slashes of its own.
    kind: 'secret access key',
    pattern:
      /((?:Credential=|got '|X-Amz-Credential=)\s{0,4})(?!A[KS]IA[A-Z2-7]{16}(?:\/|%2F))([A-Za-z0-9+/%]{30,80}?)(?=(?:\/|%2F)\d{8}(?:\/|%2F))()/gi,
  },
  { kind: 'web identity token', pattern: /()(\beyJ[A-Za-z0-9_-]{8,10000}(?:\.[A-Za-z0-9_-]{0,10000}){0,4})()/g },
  {
    kind: 'Authorization header',
    pattern: /(\b(?:Bearer|Basic)\s{1,4})([A-Za-z0-9+/=._~-]{8,20000})()/gi,
    unless: isWord,
  },
  {
    // In the header itself it is a secret whatever it looks like.
    kind: 'Authorization header',
    pattern:
      /(\bAuthorization(?: header)?["']?\s{0,4}[:=]\s{0,4}["']?(?:Bearer|Basic|Negotiate|Digest)\s{1,4})([A-Za-z0-9+/=._~-]{4,20000})()/gi,
  },
  { kind: 'presigned URL', pattern: /([?&;](?:X-Amz-)?Signature=)([A-Za-z0-9%+/=]{16,200})()/gi },
  { kind: null, pattern: /(\bSignature=)([0-9a-f]{64})()/gi },
  {
    kind: 'one-time code',
    pattern: /((?:--token-code[\s=]{1,4}|TokenCode["']?\s{0,4}[:=]\s{0,4}["']?|Value ')\s{0,4})(\d{6})(?!\d)()/g,
  },
  { kind: 'session token', pattern: /()((?:IQoJ|FwoG|FQoG|FQoD|AQoD|AgoG|AgoJ)[A-Za-z0-9+/=_%-]{12,20000})()/g },
  { kind: 'session token', pattern: /()([A-Za-z0-9+/=_-]{120,20000})()/g, unless: (value) => !looksRandom(value) },
  {
    kind: 'secret access key',
    pattern: /(?<![A-Za-z0-9/+])()([A-Za-z0-9/+]{40})()(?![A-Za-z0-9/+=])/g,
    unless: (value) => !looksRandom(value),
  },
]

let made: readonly Rule[] | undefined

/** Takes every secret out of a text. Long texts are cut at 200,000 characters first. */
export function redact(text: string): Redacted {
  const exposed = new Set<SecretKind>()
  const clean = hide(text, (kind) => kind !== null && exposed.add(kind))
  return { text: clean.replace(keyId, '$1…$2'), exposed: [...exposed] }
}

export interface SecretsFound {
  /** What was found, each kind once. */
  readonly exposed: readonly SecretKind[]
  /** The secrets as they stand in the text; for looking for their traces only, never to be shown. */
  readonly values: readonly string[]
}

/** The secrets that stand in a text. Long texts are cut at 200,000 characters first. */
export function findSecrets(text: string): SecretsFound {
  const exposed = new Set<SecretKind>()
  const values: string[] = []
  hide(text, (kind, secret) => {
    values.push(secret)
    if (kind !== null) exposed.add(kind)
  })
  return { exposed: [...exposed], values }
}

const keyId = /(?<![A-Z0-9])(A[KS]IA)[A-Z0-9]{8,}([A-Z0-9]{4})(?![A-Z0-9])/g

function hide(text: string, tell: (kind: SecretKind | null, secret: string) => void): string {
  let clean = text.slice(0, 200_000)
  made ??= makeRules()
  for (const { kind, pattern, unless } of made) {
    clean = clean.replace(pattern, (match: string, before: string, secret: string, behind: string) => {
      if (match.includes(hidden) || unless?.(secret) === true) return match
      tell(kind, secret)
      return `${before}${hidden}${behind}`
    })
  }
  return clean
}

/** A run of letters as long as a secret key. */
const longRun = /[A-Za-z0-9/+]{40}/

/** A sentence of ours that names what stands in a file, such as a profile, without what has the shape of a secret. */
export function withoutSecretShapes(says: string): string {
  return longRun.test(says) ? redact(says).text : says
}

/** The first lines of a value that was cut into several: a token wrapped by an editor is only known by its look. */
const wrappedPiece = /((?:[\r\n]|\\[rn]|%0[AD])[ \t]*)([A-Za-z0-9+/=_-]{16,})/g

/** What every rule above needs at least. Most sentences have none of it, and are spared the rules: they cost milliseconds at start. */
const mayHoldOne =
  /(?:token|secret|key|pass\w{0,30})["'\]]{0,2}\s{0,4}(?:[:=]|%3D)|[:/@]\/\/|[?&;](?:X-Amz-)?Signature=|\bSignature=|Credential=|got '|[%\\\r\n]|--|-(?:Secret|Session|Password)|TokenCode|Value '|Bearer|Basic|AUTH |bedrock|eyJ|ABSK|A[KS]IA|IQoJ|FwoG|FQo[DG]|AQoD|Ago[GJ]|[0-9a-f]{2} [0-9a-f]{2}|SignBytes|RequestBytes|<Token|(?=[A-Za-z0-9+/=_-]{40})[A-Za-z+/=_-]*\d/i

/**
 * An error or a reason that quotes what stands in a file or variable, without the secret that may stand there by mistake.
 * Key ids are shortened.
 */
export function redactWords(says: string): string {
  if (!mayHoldOne.test(says)) return says
  const unwrapped = says.replace(wrappedPiece, (whole, gap: string, piece: string) =>
    looksRandom(piece) ? `${gap}${hidden}` : whole,
  )
  return redact(unwrapped).text
}
