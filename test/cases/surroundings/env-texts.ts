/* Texts of `NAME=value` lines, made from a number. */

function dice(seed: number): (count: number) => number {
  let state = (seed * 2654435761 + 12345) >>> 0
  return (count) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * count)
  }
}

const names = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE', 'AWS_REGION', 'A.b-c', '', '1X']
const pieces = ['AKIA', "'", '"', '`', ' ', '#', ' #', '=', '\\', "\\'", '\\"', '\\n', '$', '${A}', '$A', 'x', 'é', '\t', '/+', ':', ',', ';']

function value(roll: (count: number) => number): string {
  const body = Array.from({ length: roll(6) }, () => pieces[roll(pieces.length)]).join('')
  const quote = ['', '', '', '"', "'", '`'][roll(6)]!
  return `${quote}${body}${quote}`
}

export function dotenvText(seed: number): string {
  const roll = dice(seed)
  const ending = ['\n', '\n', '\r\n'][roll(3)]!
  const lines = Array.from({ length: 1 + roll(5) }, () => {
    const name = names[roll(names.length)]!
    const equals = ['=', '=', '=', ' = ', '= ', ': ', ''][roll(7)]!
    const before = ['', '', '', 'export ', '  ', '# ', 'export\t'][roll(7)]!
    const after = ['', '', '', ' # note', ' ', '#tight', ' "x"'][roll(7)]!
    return `${before}${name}${equals}${value(roll)}${after}`
  })
  return lines.join(ending) + (roll(2) === 0 ? ending : '')
}

export function environmentDText(seed: number): string {
  const roll = dice(seed + 7000)
  const lines = Array.from({ length: 1 + roll(4) }, () => {
    const before = ['', '', '', ' ', '# ', '; '][roll(6)]!
    const equals = ['=', '=', '= ', ' ='][roll(4)]!
    const after = ['', '', ' ', ' # note', '\\\nmore', '\\'][roll(6)]!
    return `${before}${names[roll(4)]}${equals}${value(roll)}${after}`
  })
  return `${lines.join('\n')}\n`
}
