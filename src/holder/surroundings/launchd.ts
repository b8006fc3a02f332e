import { type Assignment, mostSteps } from './assignment.ts'

/** `EnvironmentVariables` of a job of launchd, written as XML (launchd.plist(5)). A binary property list gives nothing. */
export function readPropertyList(text: string): readonly Assignment[] {
  const begin = /<key>\s*EnvironmentVariables\s*<\/key>\s*<dict>/.exec(text)
  if (begin === null) return []
  const from = begin.index + begin[0].length
  const end = text.indexOf('</dict>', from)
  const body = text.slice(from, end === -1 ? text.length : end)
  return [...body.matchAll(/<key>([^<]*)<\/key>\s*(?:<string>([^<]*)<\/string>|<string\s*\/>)/g)]
    .slice(0, mostSteps)
    .map((match) => ({
      name: unescaped(match[1]!),
      effect: 'sets',
      value: unescaped(match[2] ?? ''),
      offset: from + match.index + '<key>'.length,
      isConditional: false,
      isExported: true,
    }))
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function unescaped(text: string): string {
  return text.replaceAll(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return entities[String(name).toLowerCase()] ?? whole
    const code = hex === undefined ? Number(decimal) : Number.parseInt(String(hex), 16)
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
}
