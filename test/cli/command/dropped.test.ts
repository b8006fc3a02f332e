import { describe, expect, test } from 'vitest'
import { droppedOnTheWay } from '../../../src/cli/command/dropped.ts'
import { recognise } from '../../../src/cli/command/recognise.ts'
import { type Recording, recordedMachine } from '../../../src/holder/machine/recorded.ts'

const home = '/u/ada'
const root = '/root'
/** AWS's documented example pair. */
const pair = {
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
}

async function dropped(line: string, env: Record<string, string> = pair, files: Recording['files'] = {}) {
  const words = line.split(' ')
  const machine = recordedMachine({
    env: { HOME: home, USER: 'ada', PATH: '/bin', ...env },
    cwd: `${home}/app`,
    userHome: home,
    files,
  })
  const found = droppedOnTheWay(machine, words, await recognise(machine, words, null, false))
  return found === null ? null : { ...found, command: found.fix.commands.bash[0] ?? null }
}

describe('variables that do not arrive', () => {
  test.each([
    ['sudo aws s3 ls', 'environment-dropped', 'sudo --preserve-env=AWS_ACCESS_KEY_ID,AWS_SECRET_ACCESS_KEY aws s3 ls'],
    ['env -i aws s3 ls', 'environment-dropped', null],
    [
      'docker run --rm amazon/aws-cli s3 ls',
      'docker-environment',
      'docker run -e AWS_ACCESS_KEY_ID -e AWS_SECRET_ACCESS_KEY --rm amazon/aws-cli s3 ls',
    ],
    [
      'docker run -e AWS_PROFILE image python app.py',
      'docker-environment',
      'docker run -e AWS_ACCESS_KEY_ID -e AWS_SECRET_ACCESS_KEY -e AWS_PROFILE image python app.py',
    ],
  ])('%s: a whole pair lost proves it', async (line, id, command) => {
    const found = await dropped(line)
    expect(found).toMatchObject({ id, certainty: 'proven', command })
    expect(found?.evidence.map(({ at }) => at)).toEqual([
      { variable: 'AWS_ACCESS_KEY_ID' },
      { variable: 'AWS_SECRET_ACCESS_KEY' },
    ])
  })

  test('a lost profile makes it likely', async () => {
    expect(await dropped('sudo aws s3 ls', { AWS_PROFILE: 'dev' })).toMatchObject({
      certainty: 'likely',
      command: 'sudo --preserve-env=AWS_PROFILE aws s3 ls',
    })
  })

  test.each([
    'aws s3 ls',
    'sudo -E aws s3 ls',
    'env AWS_REGION=x aws s3 ls',
    'nohup aws s3 ls',
    'docker run -e AWS_ACCESS_KEY_ID -e AWS_SECRET_ACCESS_KEY amazon/aws-cli s3 ls',
  ])('%s: nothing is lost', async (line) => {
    expect(await dropped(line)).toBeNull()
  })

  test('a command line with a secret in it is not written out again', async () => {
    const found = await dropped(`sudo AWS_SESSION_TOKEN=${'x'.repeat(300)} aws s3 ls`)
    expect(found).toMatchObject({ certainty: 'proven', command: null })
    const spoken = await dropped(`docker run image login ${pair.AWS_SECRET_ACCESS_KEY}`)
    expect(JSON.stringify(spoken)).not.toContain(pair.AWS_SECRET_ACCESS_KEY)
  })
})

describe('files that do not arrive', () => {
  const files = { [`${home}/.aws/credentials`]: '[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n' }

  test('not mounted at all', async () => {
    const found = await dropped('docker run amazon/aws-cli s3 ls', {}, files)
    expect(found).toMatchObject({
      id: 'docker-environment',
      certainty: 'likely',
      title: 'Your AWS files do not get into the container',
      command: `docker run -v ${home}/.aws:${root}/.aws:ro amazon/aws-cli s3 ls`,
    })
  })

  test('mounted for another user', async () => {
    const found = await dropped(`docker run -u node -v ${home}/.aws:${root}/.aws image node app.js`, {}, files)
    expect(found?.title).toBe('Your AWS files are mounted where the program in the container does not look')
    expect(found?.evidence[1]?.says).toBe(
      `They are mounted at ${root}/.aws, and the home of the user in the container is /home/node`,
    )
  })

  test('mounted where they belong, or nowhere to be had: nothing is said', async () => {
    expect(await dropped(`docker run -v ${home}/.aws:${root}/.aws amazon/aws-cli s3 ls`, {}, files)).toBeNull()
    expect(await dropped('docker run amazon/aws-cli s3 ls', {})).toBeNull()
  })
})
