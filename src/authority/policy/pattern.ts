/**
 * One piece of a pattern. `run` is `*` over any characters, `segment-run` is `*` that stops before a colon, `one` is `?`.
 */
export type PatternToken =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'one' }
  | { readonly kind: 'run' }
  | { readonly kind: 'segment-run' }

/** Splits a pattern text into literal pieces, `*` and `?`. There is no escape character (AWS has none but `${*}`, `${?}`). */
export function parsePattern(pattern: string): PatternToken[] {
  const tokens: PatternToken[] = []
  for (const piece of pattern.split(/([*?])/)) {
    if (piece === '*') tokens.push({ kind: 'run' })
    else if (piece === '?') tokens.push({ kind: 'one' })
    else if (piece !== '') tokens.push({ kind: 'text', text: piece })
  }
  return tokens
}

/**
 * Does the whole of `text` match? The time is at most (pattern length × text length), whatever the pattern: there is no
 * backtracking that a long row of `*` could blow up.
 */
export function matchesPattern(tokens: readonly PatternToken[], text: string): boolean {
  if (tokens.length === 0) return text === ''
  const first = tokens[0]!
  if (tokens.length === 1) {
    if (first.kind === 'text') return first.text === text
    if (first.kind === 'run') return true
  }
  if (first.kind === 'text' && !text.startsWith(first.text)) return false
  const last = tokens.at(-1)!
  if (last.kind === 'text' && !text.endsWith(last.text)) return false
  return tokens.some((token) => token.kind === 'segment-run') ? byStates(tokens, text) : byLastRun(tokens, text)
}

/** Without `segment-run` it is enough to come back to the last `*` seen. */
function byLastRun(tokens: readonly PatternToken[], text: string): boolean {
  let token = 0
  let at = 0
  let runToken = -1
  let runAt = 0
  for (;;) {
    const current = tokens[token]
    if (current === undefined) {
      if (at === text.length) return true
    } else if (current.kind === 'run') {
      runToken = token++
      runAt = at
      continue
    } else if (current.kind === 'one') {
      if (at < text.length) {
        token++
        at++
        continue
      }
    } else if (current.kind === 'text' && text.startsWith(current.text, at)) {
      token++
      at += current.text.length
      continue
    }
    if (runToken < 0 || runAt >= text.length) return false
    runAt++
    at = runAt
    token = runToken + 1
  }
}

/** Keeps, token by token, every place in the text where the pattern so far can end. */
function byStates(tokens: readonly PatternToken[], text: string): boolean {
  let ends = new Uint8Array(text.length + 1)
  ends[0] = 1
  for (const token of tokens) {
    const next = new Uint8Array(text.length + 1)
    let running = false
    for (let at = 0; at <= text.length; at++) {
      switch (token.kind) {
        case 'text':
          if (ends[at] === 1 && text.startsWith(token.text, at)) next[at + token.text.length] = 1
          break
        case 'one':
          if (ends[at] === 1 && at < text.length) next[at + 1] = 1
          break
        case 'run':
          running ||= ends[at] === 1
          if (running) next[at] = 1
          break
        case 'segment-run':
          running = (running && text[at - 1] !== ':') || ends[at] === 1
          if (running) next[at] = 1
          break
      }
    }
    ends = next
  }
  return ends[text.length] === 1
}
