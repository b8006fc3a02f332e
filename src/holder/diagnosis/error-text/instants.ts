import { unescapeXml } from '../../machine/reply-members.ts'
import { parseInstant } from '../answers.ts'

/** Server clock minus request clock as S3 writes it (`RequestTime`, `ServerTime`), in seconds; null when the text has not both. */
export function skewInText(
  text: string,
): { readonly seconds: number; readonly request: Date; readonly server: Date } | null {
  const request = instantOf(text, 'RequestTime')
  const server = instantOf(text, 'ServerTime')
  if (request === null || server === null) return null
  return { seconds: Math.round((server.getTime() - request.getTime()) / 1000), request, server }
}

function instantOf(text: string, name: string): Date | null {
  const xml = new RegExp(`<${name}>([^<]{1,40})</${name}>`).exec(text)?.[1]
  const other = new RegExp(`\\b${name}['"]?\\s*[:=]\\s*['"]?([\\dTZ:.+-]{8,30})`).exec(text)?.[1]
  const found = xml === undefined ? other : unescapeXml(xml)
  return found === undefined ? null : parseInstant(found)
}
