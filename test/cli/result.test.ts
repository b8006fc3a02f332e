import { describe, expect, test } from 'vitest'
import { jsonText } from '../../src/cli/result.ts'

describe('JSON on a terminal', () => {
  // why: a name in somebody else's repository may hold CSI (U+009B) and overrides of the writing direction.
  const name = 'dev\u009b2J\u007f\u202e\u2066\u2028\u{e0001}é𝄞\u001b]0;x\u0007'

  test.each([0, 2])('holds no sign that steers it or hides (indent %i)', (indent) => {
    expect(jsonText({ [name]: [name] }, indent)).not.toMatch(
      /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/u,
    )
  })

  test('is read as the very same texts', () => {
    expect(JSON.parse(jsonText({ [name]: [name] }))).toEqual({ [name]: [name] })
    expect(jsonText({ name: 'é𝄞' })).toBe('{"name":"é𝄞"}')
  })
})
