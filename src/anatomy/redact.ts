/** One kind of secret that stood in a text. */
export type SecretKind =
  | 'secret access key'
  | 'session token'
  | 'web identity token'
  | 'Authorization header'
  | 'one-time code'
  | 'password'

export interface Redacted {
  /** The text with every secret replaced by `‹hidden›` and key ids shortened to first and last four. */
  readonly text: string
  /** What was taken out, each kind once. */
  readonly exposed: readonly SecretKind[]
}

const hidden = '‹hidden›'

interface Rule {
  readonly kind: SecretKind | null
  readonly pattern: RegExp
  readonly replace: (match: string, ...groups: string[]) => string
}

/** Three character classes at least: a hex digest or a path of words is no secret. */
function looksRandom(text: string): boolean {
  return /[a-z]/.test(text) && /[A-Z]/.test(text) && /[0-9]/.test(text) && !/^[0-9a-f]+$/i.test(text)
}

const rules: readonly Rule[] = [
  {
    kind: 'session token',
    pattern: /(<Token-\d+>)[\s\S]{1,20000}?(<\/Token-\d+>)/g,
    replace: (_, open, close) => `${open}${hidden}${close}`,
  },
  {
    kind: 'session token',
    pattern: /<(StringToSignBytes|CanonicalRequestBytes)>[0-9a-f\s]{1,200000}<\/\1>/gi,
    replace: (_, name) => `<${name}>${hidden}</${name}>`,
  },
  {
    kind: 'session token',
    pattern: /((?:aws_?)?(?:session_?token|security_?token)["']?\s*[:=]+\s*["']?)([^\s"',;&]{8,20000})/gi,
    replace: (_, label) => `${label}${hidden}`,
  },
  {
    kind: 'secret access key',
    pattern: /((?:aws_?)?secret_?(?:access_?)?key["']?\s*[:=]+\s*["']?)([^\s"',;&]{8,200})/gi,
    replace: (_, label) => `${label}${hidden}`,
  },
  {
    kind: 'password',
    pattern: /\b(password["']?\s*[:=]\s*["']?)([^\s"',;&]{4,200})/gi,
    replace: (_, label) => `${label}${hidden}`,
  },
  {
    // A secret in the place of the key id; it may have slashes of its own.
    kind: 'secret access key',
    pattern: /((?:Credential=|got ')\s*)(?!A[KS]IA[A-Z2-7]{16}\/)([A-Za-z0-9+/]{30,60}?)(?=\/\d{8}\/)/g,
    replace: (_, label) => `${label}${hidden}`,
  },
  {
    kind: 'web identity token',
    pattern: /\beyJ[A-Za-z0-9_-]{8,10000}(?:\.[A-Za-z0-9_-]{0,10000}){0,2}/g,
    replace: () => hidden,
  },
  {
    kind: 'Authorization header',
    pattern: /\b(Bearer|Basic)\s+[A-Za-z0-9+/=._~-]{8,20000}/g,
    replace: (_, scheme) => `${scheme} ${hidden}`,
  },
  {
    kind: 'one-time code',
    pattern: /((?:--token-code[\s=]+|TokenCode["']?\s*[:=]\s*["']?|Value ')\s*)(\d{6})(?!\d)/g,
    replace: (_, label) => `${label}${hidden}`,
  },
  {
    kind: 'session token',
    pattern: /(?:IQoJ|FwoG|FQoG|FQoD|AQoD|AgoG|AgoJ)[A-Za-z0-9+/=_%-]{12,20000}/g,
    replace: () => hidden,
  },
  {
    kind: 'session token',
    pattern: /[A-Za-z0-9+/=_-]{120,20000}/g,
    replace: (match) => (looksRandom(match) ? hidden : match),
  },
  {
    kind: 'secret access key',
    pattern: /(?<![A-Za-z0-9/+=])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])/g,
    replace: (match) => (looksRandom(match) ? hidden : match),
  },
  {
    kind: null,
    pattern: /(?<![A-Z0-9])(A[KS]IA)([A-Z0-9]{8,})([A-Z0-9]{4})(?![A-Z0-9])/g,
    replace: (_, head, _middle, tail) => `${head}…${tail}`,
  },
]

/** Takes every secret out of a text. Long texts are cut at 200,000 characters first. */
export function redact(text: string): Redacted {
  const exposed = new Set<SecretKind>()
  let clean = text.slice(0, 200_000)
  for (const { kind, pattern, replace } of rules) {
    clean = clean.replace(pattern, (match: string, ...rest: unknown[]) => {
      const after = replace(match, ...rest.filter((group): group is string => typeof group === 'string'))
      if (after !== match && kind !== null && !match.includes(hidden)) exposed.add(kind)
      return match.includes(hidden) && kind !== null ? match : after
    })
  }
  return { text: clean, exposed: [...exposed] }
}

/** The first lines of a value that was cut into several: a token wrapped by an editor is only known by its look. */
const wrappedPiece = /((?:[\r\n]|\\[rn]|%0[AD])[ \t]*)([A-Za-z0-9+/=_-]{16,})/g

/**
 * An error or a reason that quotes what stands in a file or variable, without the secret that may stand there by mistake.
 * Key ids are shortened.
 */
export function redactWords(says: string): string {
  const unwrapped = says.replace(wrappedPiece, (whole, gap: string, piece: string) =>
    looksRandom(piece) ? `${gap}${hidden}` : whole,
  )
  return redact(unwrapped).text
}
