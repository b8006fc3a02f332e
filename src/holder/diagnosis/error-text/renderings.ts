import { unescapeXml } from '../../machine/reply-members.ts'
import type { ErrorSeen } from './error-seen.ts'
import { serviceName, serviceOfHost } from './names.ts'

type Found = Partial<ErrorSeen>

/** How one client writes a refusal: a pattern and what its named groups are. */
interface Rendering {
  readonly client: string
  readonly pattern: RegExp
  /** The pattern stands behind the message, which is the line before it, and what AWS says it had expected to be signed. */
  readonly behind?: (head: string) => Found
  readonly read?: (groups: Readonly<Record<string, string | undefined>>, match: string) => Found
}

const line = '[^\\r\\n]'
/** Go nests: what was asked for the credentials stands in what was asked first. */
const inner = '(?:(?!operation error )[^\\r\\n])'

function unquoteJson(text: string): string {
  try {
    return JSON.parse(`"${text}"`) as string
  } catch {
    return text
  }
}

/**
 * The table of renderings (`errors.md` §1.1). Each row is global, so that a page of log is read to its end.
 * Sources: botocore `exceptions.py` (ClientError.MSG_TEMPLATE), aws-sdk-go `awserr`, smithy-go `OperationError`,
 * the Java SDKs' `AwsServiceException.getMessage`, aws-sdk-js `AWS.util.error`, smithy-typescript `$metadata`.
 */
export const renderings: readonly Rendering[] = [
  {
    client: 'aws-cli',
    pattern: new RegExp(
      `An error occurred \\((?<code>[^()\\s]{1,120})\\)${line}{0,200}? when calling the (?<operation>\\w{1,120}) operation(?: \\(reached max retries: \\d+\\))?: ?(?<message>${line}{0,4000})`,
      'g',
    ),
  },
  {
    client: 'aws-cli',
    pattern: new RegExp(
      `A (?:client|server) error \\((?<code>[^()\\s]{1,120})\\) occurred(?: when calling the (?<operation>\\w{1,120}) operation)?: ?(?<message>${line}{0,4000})`,
      'g',
    ),
  },
  {
    client: 'go-v2',
    pattern: new RegExp(
      `(?:operation error (?<service>[^:,\\r\\n]{1,80}): (?<operation>\\w{1,120}), ${inner}{0,400}?)?StatusCode: (?<status>\\d{3}),(?:\\.{3}| RequestID: [^,\\r\\n]{0,80},(?: HostID: [^,\\r\\n]{0,200},)?) (?:api error )?(?:│ )?(?!HostID)(?<code>[\\w.]{1,120}): (?<message>${line}{0,4000})`,
      'g',
    ),
  },
  {
    // A log that cuts its lines.
    client: 'go-v2',
    pattern: new RegExp(
      `operation error (?<service>[^:,\\r\\n]{1,80}): (?<operation>\\w{1,120}), ${inner}{0,400}?StatusCode: (?<status>\\d{3})(?:\\.{3}|…|,? ?$)`,
      'gm',
    ),
    read: () => ({ message: '' }),
  },
  {
    client: 'go-v2',
    pattern: new RegExp(`\\bapi error (?<code>[A-Z][\\w.]{2,119}): (?<message>${line}{0,4000})`, 'g'),
  },
  {
    client: 'go-v1',
    pattern: /\bstatus code: (?<status>\d{3}), request id: [\w-]{0,80}/g,
    behind: codeAndMessage,
  },
  {
    client: 'java-v1',
    pattern:
      /\s\(Service: (?<service>[^;()\r\n]{1,80}); Status Code: (?<status>\d{3}); Error Code: (?<code>[^;()\s]{1,120});/g,
    behind: (head) => ({ message: withoutClass(head) }),
  },
  {
    // The Java SDK until 2015.
    client: 'java-v1',
    pattern: new RegExp(
      `Status Code: (?<status>\\d{3}), AWS Service: (?<service>[^,\\r\\n]{1,80}), AWS Request ID: [\\w-]{0,80}, AWS Error Code: (?<code>[^,\\s]{1,120}), AWS Error Message: (?<message>${line}{0,2000})`,
      'g',
    ),
  },
  {
    client: 'java-v2',
    pattern: /\s\(Service: (?<service>[^,()\r\n]{1,80}), Status Code: (?<status>\d{3}), Request ID: /g,
    behind: (head) => ({
      message: withoutClass(head),
      code: /\.model\.(\w{2,80}Exception): /.exec(head)?.[1] ?? (head.endsWith('Access Denied') ? 'AccessDenied' : ''),
    }),
    read: (groups) => ({ code: modelledCode(groups['code'], groups['service']) }),
  },
  {
    client: 'ruby',
    pattern: new RegExp(
      `A(?:ws|WS)::(?<service>\\w{1,60})::Errors::(?<code>\\w{1,120})(?:: | \\(| error="| (?=[A-Z]))(?<message>${line}{1,2000})`,
      'g',
    ),
    read: (groups) => ({ message: (groups['message'] ?? '').replace(/[")>]$/, '') }),
  },
  {
    client: 'ruby',
    pattern: new RegExp(
      `^(?<message>${line}{1,2000}?) \\(A(?:ws|WS)::(?<service>\\w{1,60})::Errors::(?<code>\\w{1,120})\\)`,
      'gm',
    ),
    read: (groups) => ({ message: (groups['message'] ?? '').replace(/^.*?:in [`'][^`']*': /, '') }),
  },
  {
    client: 'php',
    pattern: /(?<!\w)(?<code>[A-Z]\w{2,119}) \((?:client|server)\): (?<message>[^\r\n<]{0,2000})/g,
    behind: phpCommand,
    read: (groups) => ({ message: (groups['message'] ?? '').replace(/\s+-\s*(?:\{.*)?$/, '') }),
  },
  {
    client: 'dotnet',
    pattern: new RegExp(
      `Amazon\\.(?<service>\\w{1,60})\\.(?:Model\\.)?(?<code>\\w{1,80}Exception)\\b[^:\\r\\n]{0,80}: (?<message>${line}{0,2000})`,
      'g',
    ),
    read: (groups) => ({
      code: /^Amazon/.test(groups['code'] ?? '') ? '' : (groups['code'] ?? ''),
      message: (groups['message'] ?? '').replace(/ --->.*$/, ''),
    }),
  },
  {
    client: 'rust',
    pattern:
      /code: Some\(\s{0,80}"(?<code>[\w.]{1,120})",?\s{0,80}\),\s{0,80}message: Some\(\s{0,80}"(?<message>[^"]{0,2000})"/g,
  },
  {
    client: 'rust',
    pattern:
      /message: Some\(\s{0,80}"(?<message>[^"]{0,2000})",?\s{0,80}\),\s{0,80}code: Some\(\s{0,80}"(?<code>[\w.]{1,120})"/g,
  },
  {
    client: 'xml',
    pattern:
      /<Code>\s*(?<code>[\w.]{1,120})\s*<\/Code>[^<]{0,80}<Message>(?<message>(?:[^<]|<(?!\/?Message>)){0,20000})(?:<\/Message>|$)/g,
    read: (groups) => ({ message: unescapeXml(groups['message'] ?? '') }),
  },
  {
    client: 'json',
    pattern:
      /"(?:__type|code|Code)"\s*:\s*"(?:[\w.]{0,120}#)?(?<code>[\w.]{1,120})(?::[^"]{0,200})?"(?:\s*,\s*"(?:Type|type)"\s*:\s*"\w*")?\s*,\s*"(?:[mM]essage|errorMessage)"\s*:\s*"(?<message>(?:[^"\\]|\\.){0,8000})(?:"|$)/g,
    read: (groups) => ({ message: unquoteJson(groups['message'] ?? '') }),
  },
  {
    client: 'json',
    pattern:
      /"(?:[mM]essage|errorMessage)"\s*:\s*"(?<message>(?:[^"\\]|\\.){0,8000})"\s*,\s*(?:"(?:Type|type)"\s*:\s*"\w*"\s*,\s*)?"(?:__type|code|Code)"\s*:\s*"(?:[\w.]{0,120}#)?(?<code>[\w.]{1,120})(?::[^"]{0,200})?"/g,
    read: (groups) => ({ message: unquoteJson(groups['message'] ?? '') }),
  },
  {
    client: 'json',
    pattern:
      /x-amzn-error-?type["']?\s*:\s*["']?(?<code>[\w.]{1,120})(?:(?!x-amzn-error)[\s\S]){0,8000}?"[mM]essage"\s*:\s*"(?<message>(?:[^"\\]|\\.){0,8000})(?:"|$)/gi,
    read: (groups) => ({ message: unquoteJson(groups['message'] ?? '') }),
  },
  {
    // An error of JavaScript v3 as JSON; any other program's error has a name, too.
    client: 'js',
    pattern:
      /"(?:name|errorType)"\s*:\s*"(?<code>[A-Z]\w{3,119})"\s*,\s*"(?:message|errorMessage)"\s*:\s*"(?<message>(?:[^"\\]|\\.){0,8000})(?:"|$)/g,
    read: (groups) => ({ message: unquoteJson(groups['message'] ?? '') }),
  },
  {
    // botocore's `response['Error']` and every other language's way to print the two fields.
    client: 'fields',
    pattern:
      /(?<![\w-])["':]?(?:(?:[eE]rror_?)?[cC]ode|[eE]rror(?:_?[tT]ype)?)["']?\s*(?::|=>?)?\s*(?:chr )?(["'])(?<code>[A-Za-z][\w.]{1,119})\1[\s,;$]{0,80}["':]?(?:[eE]rror_?)?[mM]essage["']?\s*(?::|=>?)?\s*(?:chr )?(?<quote>["'])(?<message>(?:\\.|(?!\k<quote>)[^\\]){0,8000})\k<quote>/g,
  },
  {
    client: 'fields',
    pattern:
      /(?<![\w-])["':]?(?:[eE]rror_?)?[mM]essage["']?\s*(?::|=>?)?\s*(?<quote>["'])(?<message>(?:\\.|(?!\k<quote>)[^\\]){0,8000})\k<quote>[\s,;]{0,80}["':]?(?:[eE]rror_?)?[cC]ode["']?\s*(?::|=>?)?\s*(["'])(?<code>[A-Za-z][\w.]{1,119})\3/g,
  },
  {
    client: 'fields',
    pattern: new RegExp(
      `\\b(?:[eE]rror)?[cC]ode[=:] ?(?<code>[A-Z][\\w.]{2,119}), ?(?:[eE]rror)?[mM]essage[=:] ?(?<message>${line}{1,2000})`,
      'g',
    ),
  },
  {
    // An object of JavaScript as trackers print it: one member a line, without quotes.
    client: 'fields',
    pattern: new RegExp(
      `\\bcode: (?<code>[A-Z][\\w.]{2,119}),?\\s{1,20}(?:\\w{1,30}: [^,\\r\\n]{0,200},\\s{1,20}){0,4}message: (?<message>${line}{1,2000}?),? *$`,
      'gm',
    ),
  },
  {
    // s3cmd
    client: 'fields',
    pattern: new RegExp(`\\bS3 error: (?<status>\\d{3}) \\((?<code>\\w{1,120})\\): (?<message>${line}{1,2000})`, 'g'),
  },
  {
    // Arrow writes the names of aws-sdk-cpp's enumeration.
    client: 'fields',
    pattern: new RegExp(
      `AWS Error (?<code>[A-Z][A-Z_]{3,60})(?: \\(HTTP status (?<status>\\d{3})\\))? during (?<operation>\\w{1,120}) operation: (?<message>${line}{0,2000})`,
      'g',
    ),
    read: (groups) => ({ code: fromEnumeration(groups['code'] ?? '') }),
  },
  {
    // aws-sdk-cpp, and JavaScript in browsers.
    client: 'fields',
    pattern: new RegExp(`\\b(?<code>[A-Z][\\w.]{2,119}),? [mM]essage: ?(?<message>${line}{1,2000})`, 'g'),
  },
  {
    client: 'java',
    pattern: new RegExp(
      `\\.services\\.(?<service>\\w{2,60})\\.model\\.(?<code>\\w{2,80}Exception): (?<message>${line}{1,2000})`,
      'g',
    ),
    read: (groups) => ({ code: modelledCode(groups['code'], groups['service']) }),
  },
  {
    // JavaScript, C++ and many wrappers: the code, a colon, the message.
    client: 'js',
    pattern: new RegExp(
      `(?:^|[\\s"'(:[])(?<code>[A-Z][A-Za-z]{2,60}(?:\\.[A-Z]\\w{2,60})?)(?: \\[[\\w.]{1,80}\\])?(?:: | => | --? )(?<message>${line}{1,2000})`,
      'gm',
    ),
    read: (groups) => ({ message: (groups['message'] ?? '').replace(/\]$/, '') }),
  },
]

/** `INVALID_ACCESS_KEY_ID` is `InvalidAccessKeyId`. */
function fromEnumeration(name: string): string {
  return name.toLowerCase().replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

/** The code that a modelled exception is named by; none when it is the exception of the whole service. */
function modelledCode(name: string | undefined, service: string | undefined): string {
  const bare = (name ?? '').toLowerCase().replace(/^(amazon|aws)/, '')
  return bare === `${(service ?? '').toLowerCase()}exception` ? '' : (name ?? '')
}

/** Java prints its class name before the message. */
function withoutClass(head: string): string {
  const line = lastLine(head)
  const named = /(?<![\w$.])[\w$]{1,200}(?:\.[\w$]{1,200}){1,20}: /.exec(line)
  return named === null ? line : line.slice(named.index + named[0].length)
}

/** `Code: message`, the first pair of the line. */
function codeAndMessage(head: string): Found {
  const line = lastLine(head)
  const found = /(?<![\w.])([A-Z][\w.]{2,119}): /.exec(line)
  return found === null ? { code: '' } : { code: found[1]!, message: line.slice(found.index + found[0].length) }
}

/** The operation and the address of the last command that went wrong before it. */
function phpCommand(head: string): Found {
  const at = head.lastIndexOf('Error executing ')
  const found = /^Error executing \\*"(\w{1,120})\\*" on \\*"((?:https?:\/\/)?[\w.-]{1,200})/.exec(
    at < 0 ? '' : head.slice(at),
  )
  return { operation: found?.[1] ?? null, service: serviceOfHost(found?.[2]) }
}

/** How much before a pattern belongs to it: a canonical request with a session token in it takes some kilobytes. */
const headLength = 20_000
const canonical = 'The Canonical String for this request should have been'

function lastLine(head: string): string {
  const cut = head.lastIndexOf(canonical)
  // A line end may stand as `\n` in a log of JSON.
  const text = (cut < 0 ? head : head.slice(0, cut)).trimEnd().replace(/(?:\\[nt]){1,4}$/, '')
  return text.slice(Math.max(text.lastIndexOf('\n') + 1, text.length - 4000))
}

/** Applies one row to a text; each match with the position where it stands. */
export function readRendering(row: Rendering, text: string): readonly { readonly at: number; readonly seen: Found }[] {
  const found: { at: number; seen: Found }[] = []
  let last = 0
  for (const match of text.matchAll(row.pattern)) {
    const behind = row.behind?.(text.slice(Math.max(last, match.index - headLength), match.index)) ?? {}
    last = match.index + match[0].length
    const groups: Record<string, string | undefined> = { ...match.groups }
    if (typeof behind.code === 'string') groups['code'] = behind.code
    const read = { ...behind, ...row.read?.(groups, match[0]) }
    found.push({
      at: match.index,
      seen: {
        code: read.code ?? groups['code'] ?? '',
        message: (read.message ?? groups['message'] ?? '').trim(),
        service:
          'service' in read ? read.service! : serviceName(groups['service'] === 'null' ? null : groups['service']),
        operation: read.operation ?? groups['operation'] ?? null,
        status: groups['status'] === undefined ? null : Number(groups['status']),
        client: row.client === 'fields' ? null : row.client,
      },
    })
    if (found.length >= 50) break
  }
  return found
}
