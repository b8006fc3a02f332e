import { expect, test } from 'vitest'
import { diagnose } from '../../../src/holder/diagnosis/index.ts'
import { home, machine } from './stand-in.ts'

const path = `${home}/.aws/credentials`

/** The credentials file of the stand-in's home, in a state that no file should have. */
function withFile(unreadable: 'permission' | 'loop' | 'directory' | 'too-large') {
  const { machine: laid } = machine({ files: { [path]: { unreadable, detail: 'so' } } })
  return diagnose(laid, { offline: true })
}

test.each(['permission', 'loop', 'directory'] as const)(
  'a file that the client passes over in silence is named instead of "nothing found": %s',
  async (unreadable) => {
    const { status, causes } = await withFile(unreadable)
    expect(status).toBe('absent')
    expect(causes[0]).toMatchObject({ id: 'unexpected-file', certainty: 'proven' })
    expect(causes[0]?.evidence[0]?.at).toEqual({ file: path })
  },
)

test('a file without permission is opened by one command', async () => {
  const { causes } = await withFile('permission')
  expect(causes[0]?.fix.commands.bash).toEqual(['chmod 600 ~/.aws/credentials'])
})

test('a file above our own bound proves nothing: the client reads on', async () => {
  const { status, causes, because } = await withFile('too-large')
  expect(status).toBe('unverified')
  expect(because).toContain('too large')
  expect(causes.filter(({ certainty }) => certainty === 'proven')).toEqual([])
  expect(causes[0]?.evidence[0]?.at).toEqual({ file: path, line: 1, column: 1 })
})
