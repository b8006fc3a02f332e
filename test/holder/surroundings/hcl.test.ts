// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates of HCL are written like this
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type HclBody, parseHcl } from '../../../src/holder/surroundings/hcl.ts'

/** Blocks and attributes as plain data. */
function plain(body: HclBody): unknown {
  return {
    ...Object.fromEntries([...body.attributes.values()].map(({ name, value }) => [name, plainValue(value)])),
    ...(body.blocks.length === 0
      ? {}
      : { blocks: body.blocks.map(({ type, labels, body: inner }) => [[type, ...labels].join(' '), plain(inner)]) }),
  }
}

function plainValue(
  value: ReturnType<typeof parseHcl>['attributes'] extends ReadonlyMap<string, infer A>
    ? A extends { value: infer V }
      ? V
      : never
    : never,
): unknown {
  switch (value.kind) {
    case 'text':
      return value.text
    case 'list':
      return value.items.map(plainValue)
    case 'object':
      return plain(value.body)
    case 'expression':
      return { expression: value.source }
  }
}

describe('HCL files', () => {
  test.each<[string, string, unknown]>([
    [
      'reads blocks with labels and attributes',
      'provider "aws" {\n  profile = "dev"\n  region="eu-west-1"\n}\n',
      {
        blocks: [['provider aws', { profile: 'dev', region: 'eu-west-1' }]],
      },
    ],
    [
      'reads a block on one line',
      'provider "aws" { profile = "dev" }',
      { blocks: [['provider aws', { profile: 'dev' }]] },
    ],
    ['reads labels without quotes', 'provider aws {\n}', { blocks: [['provider aws', {}]] }],
    [
      'reads nested blocks',
      'terraform {\n backend "s3" {\n  bucket = "b"\n }\n}',
      {
        blocks: [['terraform', { blocks: [['backend s3', { bucket: 'b' }]] }]],
      },
    ],
    [
      'passes over comments of all three kinds',
      '# a = "1"\n// b = "2"\n/* c = "3"\n} */ d = "4" # e\nf = "5" // g\n',
      { d: '4', f: '5' },
    ],
    ['keeps comment signs in strings', 'a = "x # y // z /* q"\nb = "2"', { a: 'x # y // z /* q', b: '2' }],
    ['reads escapes', 'a = "q\\"\\\\\\n\\u0041\\U0001F600$${x}%%{y}$$"', { a: 'q"\\\nA😀${x}%{y}$$' }],
    [
      'keeps references as their source',
      'a = var.profile\nb = "${var.profile}"\nc = "x-${var.y}"\n',
      {
        a: { expression: 'var.profile' },
        b: { expression: 'var.profile' },
        c: { expression: '"x-${var.y}"' },
      },
    ],
    ['reads lists over several lines', 'a = [\n  "x", # one\n  "y",\n]\nb = "2"', { a: ['x', 'y'], b: '2' }],
    [
      'reads objects with = and :',
      'a = { b = "1", c : "2"\n "d" = "3" }\ne = "4"',
      { a: { b: '1', c: '2', d: '3' }, e: '4' },
    ],
    [
      'reads heredocs',
      'a = <<EOT\n}\n b = "x"\nEOT\nc = <<-EOT\n  y\n  EOT\nd = "1"',
      { a: '}\n b = "x"\n', c: '  y\n', d: '1' },
    ],
    [
      'keeps functions and conditions as expressions',
      'a = coalesce(var.x, {\n b = "}"\n})\nc = var.z ? "1" : "2"\nd = "3"',
      {
        a: { expression: 'coalesce(var.x, {\n b = "}"\n})' },
        c: { expression: 'var.z ? "1" : "2"' },
        d: '3',
      },
    ],
    [
      'reads files with CRLF',
      'provider "aws" {\r\n  profile = "dev"\r\n  token   = "t"\r\n}\r\n',
      {
        blocks: [['provider aws', { profile: 'dev', token: 't' }]],
      },
    ],
    [
      'goes on behind a brace too many',
      '}\n}\nprovider "aws" {\n profile = "dev"\n}',
      {
        blocks: [['provider aws', { profile: 'dev' }]],
      },
    ],
    ['goes on behind a line that is none', '= = =\n<<<<<<< HEAD\na = "1"', { a: '1' }],
    [
      'keeps what stands before a brace that is missing',
      'provider "aws" {\n profile = "dev"\n',
      {
        blocks: [['provider aws', { profile: 'dev' }]],
      },
    ],
  ])('%s', (_title, text, expected) => {
    expect(plain(parseHcl(text))).toEqual(expected)
  })

  test('says where each attribute begins', () => {
    const text = 'provider "aws" {\n  profile = "dev"\n}'
    const [block] = parseHcl(text).blocks
    expect([block!.offset, block!.body.attributes.get('profile')!.offset]).toEqual([0, text.indexOf('profile')])
  })

  test('ends on any text (seed 4171)', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '(',
      ')',
      '"',
      '${',
      '<<A\n',
      'A\n',
      '=',
      ':',
      ',',
      '\n',
      ' ',
      'a',
      '#',
      '/*',
      '*/',
      '\\',
      '\0',
      'é',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        parseHcl(pieces.join(''))
      }),
      { seed: 4171, numRuns: 3000 },
    )
  })

  test.each([
    ['braces that never close', 'a {'],
    ['objects that never close', 'a={'],
    ['lists that never close', 'a=['],
    ['templates that never close', 'a="${'],
    ['brackets that never close', 'a=f('],
    ['heredocs that never end', 'a=<<X\n'],
    ['quotes', '"'],
    ['closing brackets', ']}'],
    ['comments that never end', '/*'],
  ])('takes time in proportion to the length of %s', (_what, piece) => {
    const time = (count: number) => {
      const text = piece.repeat(count)
      const start = performance.now()
      parseHcl(text)
      return performance.now() - start
    }
    time(20_000)
    // Ten times the text in far less than a hundred times the time.
    expect(time(200_000)).toBeLessThan(Math.max(400, 40 * time(20_000)))
  })
})
