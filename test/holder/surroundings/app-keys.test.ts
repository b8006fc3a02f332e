// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of Spring are written like this
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { recordedMachine } from '../../../src/holder/machine/recorded.ts'
import { readAppKeys } from '../../../src/holder/surroundings/app-keys.ts'
import { phpArrays } from '../../../src/holder/surroundings/php-arrays.ts'

const id = 'AKIAIOSFODNN7EXAMPLE'
const read = (files: Record<string, string | Uint8Array>) =>
  readAppKeys(
    recordedMachine({
      cwd: '/w',
      files: Object.fromEntries(Object.entries(files).map(([name, text]) => [`/w/${name}`, text])),
    }),
  )

describe('keys in files of programs', () => {
  test('of Laravel are read from its cached configuration', async () => {
    const cached = `<?php return array (\n  'filesystems' => \n  array (\n    'disks' => \n    array (\n      's3' => \n      array (\n        'driver' => 's3',\n        'key' => '${id}',\n        'secret' => 'it\\'s',\n        'token' => NULL,\n      ),\n    ),\n  ),\n  'mail' => array ('key' => 'x', 'secret' => 'y'),\n);\n`
    const [keys, ...rest] = await read({ 'bootstrap/cache/config.php': cached })
    expect(rest).toEqual([])
    expect(keys).toMatchObject({
      app: 'laravel',
      isCache: true,
      accessKeyId: { value: id, at: { file: '/w/bootstrap/cache/config.php', line: 9, column: 9 } },
      sessionToken: null,
    })
    expect(keys!.secretAccessKey!.value.reveal()).toBe("it's")
    expect(JSON.stringify(keys)).not.toContain("it's")
  })

  test('of Laravel are told apart from what comes from the environment', async () => {
    const [keys] = await read({
      'config/services.php':
        "<?php\nreturn [\n  // 'key' => 'no',\n  'ses' => [\n    'key' => env('AWS_ACCESS_KEY_ID'),\n    'secret' => env(\"AWS_SECRET_ACCESS_KEY\", ''),\n    'token' => env('AWS_SESSION_TOKEN'),\n  ],\n  'stripe' => ['key' => 'pk', 'secret' => 'sk'],\n];\n",
    })
    expect(keys).toMatchObject({
      accessKeyId: null,
      idVariable: { value: 'AWS_ACCESS_KEY_ID', at: { line: 5 } },
      takesToken: true,
      misnamedToken: null,
    })
  })

  test.each<[string, string, string, object]>([
    [
      'Spring in properties',
      'src/main/resources/application.properties',
      `# cloud.aws.credentials.access-key=no\ncloud.aws.credentials.access-key=${id}\ncloud.aws.credentials.secretKey: x\n`,
      { app: 'spring', accessKeyId: { value: id, at: { line: 2, column: 1 } } },
    ],
    [
      'Spring in YAML',
      'application.yml',
      `spring:\n  cloud:\n    aws:\n      credentials:\n        access-key: ${id}\n        profile:\n          name: dev\n`,
      { app: 'spring', accessKeyId: { value: id, at: { line: 5, column: 9 } }, profile: { value: 'dev' } },
    ],
    [
      'Spring from a variable',
      'application.properties',
      'spring.cloud.aws.credentials.access-key=${AWS_KEY:none}\n',
      { accessKeyId: null, idVariable: { value: 'AWS_KEY' } },
    ],
    [
      'Rails',
      'config/storage.yml',
      `local:\n  service: Disk\namazon:\n  service: S3\n  access_key_id: <%= ENV.fetch("KEY") %>\n  token: x\n`,
      {
        app: 'rails',
        idVariable: { value: 'KEY' },
        misnamedToken: { shouldBe: 'session_token', at: { line: 6, column: 3 } },
      },
    ],
    [
      '.NET',
      'appsettings.json',
      '\ufeff{\n  // mine\n  "AWS": {\n    "Profile": "dev"\n  }\n}\n',
      { app: 'dotnet', profile: { value: 'dev', at: { line: 4, column: 5 } } },
    ],
  ])('of %s are read with their places', async (_what, name, text, expected) => {
    expect((await read({ [name]: text }))[0]).toMatchObject(expected)
  })

  test('are found in no other files', async () => {
    expect(
      await read({
        'config/services.php': "<?php return ['stripe' => ['key' => 'pk', 'secret' => 'sk']];",
        'config/storage.yml': 'local:\n  service: Disk\n',
        'appsettings.json': '{"Logging": {}}',
        'application.yml': 'server:\n  port: 80\n',
      }),
    ).toEqual([])
  })

  test('of hostile files are no danger', async () => {
    for (const text of ['[', "'", '"', "'key' =>", '/*', 'array(', '&a [*a]', 'a: &a [*a, *a]', '<<: *x', '{', '\0'])
      for (const name of [
        'config/services.php',
        'application.yml',
        'config/storage.yml',
        'appsettings.json',
        'application.properties',
      ])
        await read({ [name]: text.repeat(5000), 'config/queue.php': new Uint8Array([255, 0, 1]) })
  })
})

test('PHP of any shape is read to its end (seed 5)', () => {
  const piece = fc.constantFrom(
    "'",
    '"',
    '[',
    ']',
    'array(',
    ')',
    '=>',
    ',',
    'key',
    "'a'",
    "env('X')",
    '//',
    '/*',
    '*/',
    '\n',
    '\\',
    ' ',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      phpArrays(pieces.join(''))
    }),
    { seed: 5, numRuns: 2000 },
  )
})
