import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { realMachine } from '../../src/holder/machine/real.ts'
import { callAws } from '../../src/lab/caller.ts'
import { countersign, makeHome, startCountersign } from './program.ts'

describe('tour', () => {
  test('goes through all six steps, ends with 0 and leaves nothing behind', async () => {
    const home = makeHome()
    const { code, stdout, stderr } = await countersign(['tour', '--once', '--port', '0'], {
      home,
      env: { TMPDIR: home },
    })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.match(/^\d\/6 /gm)).toEqual(['1/6 ', '2/6 ', '3/6 ', '4/6 ', '5/6 ', '6/6 '])
    const [before, after] = stdout.split('5/6 ')
    expect(before).toContain('403 InvalidClientTokenId\n     “The security token included in the request is invalid”\n')
    expect(after).toContain('Why we are sure:')
    expect(after!.trimEnd()).toMatch(/200 OK\n {3}✓ The caller is arn:aws:iam::\d{12}:user\/alice\.$/)
    expect(readdirSync(home)).toEqual([])
  })

  test('goes on serving until Ctrl-C', async () => {
    const home = makeHome()
    const { child, outcome } = startCountersign(['tour', '--port', '0'], { home, env: { TMPDIR: home } })
    const url = await new Promise<string>((accept) => {
      let text = ''
      child.stdout.on('data', (piece: string) => {
        text += piece
        const found = /goes on serving on (http:\S+?)\. [\s\S]*Ctrl-C/.exec(text)?.[1]
        if (found !== undefined) accept(found)
      })
    })
    const nobody = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' }
    const answer = await callAws(realMachine({}), url, nobody, 'sts', 'GetCallerIdentity')
    expect(answer.refusal?.code).toBe('InvalidClientTokenId')
    child.kill('SIGINT')
    expect(await outcome).toMatchObject({ code: 0, signal: null, stderr: '' })
    expect(readdirSync(home)).toEqual([])
  })
})

describe('lab', () => {
  test('lists what it can make happen', async () => {
    const { code, stdout } = await countersign(['lab', '--list'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^ {2}C20 {2}stale-session-token /m)
    const json = await countersign(['lab', '--list', '--json'])
    expect(JSON.parse(json.stdout).causes).toContainEqual({ id: 'stale-session-token', why: expect.any(String) })
  })

  test('makes one happen, by its id or number, and shows both sides', async () => {
    const { code, stdout, stderr } = await countersign(['lab', 'c20'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('The doctor found it: stale-session-token, proven.')
    expect(stdout).not.toMatch(/A[KS]IA[A-Z2-7]{16}/)
  })

  test('gives the score as JSON', async () => {
    const { code, stdout } = await countersign(['lab', '--all', '--json'])
    const { schema, results } = JSON.parse(stdout)
    expect(schema).toBe('countersign.lab/1')
    expect(results.length).toBeGreaterThanOrEqual(30)
    for (const result of results) {
      expect(result).toMatchObject({ cause: expect.any(String), found: expect.any(Array), agrees: true })
    }
    expect(code).toBe(0)
  })

  test('knows what it cannot make happen: exit code 2', async () => {
    const { code, stdout, stderr } = await countersign(['lab', 'stale-sesion-token'])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('Did you mean: countersign lab stale-session-token?')
  })
})

test('tour and lab speak with their own authority without any proxy of the environment', async () => {
  const env = { HTTP_PROXY: 'http://127.0.0.1:9', http_proxy: 'http://127.0.0.1:9' }
  expect(await countersign(['lab', 'C20'], { env })).toMatchObject({ code: 0 })
  expect(await countersign(['tour', '--once', '--port', '0'], { env })).toMatchObject({ code: 0 })
})
