/**
 * `json.dumps` of Python with its defaults: a blank after `,` and `:`, and ASCII alone. The names of cache files are hashes of
 * such texts, and cache files are written in that form. `compact` is `separators=(',', ':')`.
 */
export function pythonJson(value: unknown, form: 'usual' | 'compact' = 'usual'): string {
  const [comma, colon] = form === 'usual' ? [', ', ': '] : [',', ':']
  const text = (part: unknown): string => {
    if (Array.isArray(part)) return `[${part.map(text).join(comma)}]`
    if (typeof part === 'object' && part !== null) {
      const members = Object.entries(part).filter(([, member]) => member !== undefined)
      return `{${members.map(([name, member]) => `${text(name)}${colon}${text(member)}`).join(comma)}}`
    }
    return JSON.stringify(part ?? null).replace(/[\x7f-\uffff]/g, escaped)
  }
  return text(value)
}

function escaped(character: string): string {
  // DEL is ASCII, and stays.
  if (character === '\x7f') return character
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
