import { describe, expect, test } from 'vitest'
import { chain, check, knownSdks, recordedMachine, resolve } from '../src/index.ts'

/** The names that a program imports. `test/package.mjs` runs the README's example from the packed package. */
const machine = recordedMachine({
  env: { HOME: '/u/alice', AWS_EC2_METADATA_DISABLED: 'true' },
  userHome: '/u/alice',
  files: {
    '/u/alice/.aws/config': '[profile dev]\ncredential_process = print-keys\n',
    '/u/alice/.aws/credentials': '[default]\naws_access_key_id = AKIDDEFAULT\naws_secret_access_key = secret\n',
  },
  run: {
    'print-keys': {
      kind: 'ended',
      exitCode: 0,
      signal: null,
      stdout:
        '{"Version":1,"AccessKeyId":"AKIA2OGYBAH6RSTUVWX2","SecretAccessKey":"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"}',
      stderr: '',
    },
  },
})

describe('the front door', () => {
  test('chain tells which credential each SDK would use, the AWS CLI unless another is named', () => {
    expect(chain({ machine })).toMatchObject({ sdk: 'aws-cli-v2', winner: { provider: 'shared-credentials-file' } })
    for (const sdk of knownSdks) expect(chain({ machine, sdk })).toMatchObject({ sdk })
    expect(chain({ machine, profile: 'dev' }).winner).toMatchObject({
      provider: 'custom-process',
      credential: null,
      plan: { kind: 'process', command: 'print-keys' },
    })
  })

  test('resolve gets it', async () => {
    const resolution = await resolve({ machine, profile: 'dev' })
    expect(resolution).toMatchObject({
      kind: 'resolved',
      credential: { accessKeyId: { value: 'AKIA2OGYBAH6RSTUVWX2' } },
      trail: [{ kind: 'process', program: 'print-keys', exitCode: 0 }],
    })
    expect(await resolve({ machine, profile: 'nobody' })).toBeNull()
  })

  test('check judges it', async () => {
    expect(await check({ machine, profile: 'dev', offline: true })).toMatchObject({
      status: 'unverified',
      credential: { source: { provider: 'custom-process' } },
    })
    expect(await check({ machine, profile: 'nobody', offline: true })).toMatchObject({
      status: 'absent',
      causes: [{ id: 'profile-not-found', certainty: 'proven' }],
    })
  })

  test('keeps secrets hidden in what it gives, however it is printed', async () => {
    const resolution = await resolve({ machine, profile: 'dev' })
    expect(JSON.stringify(resolution)).not.toContain('kTz8Qv')
    expect(String((resolution as { credential?: object }).credential)).not.toContain('kTz8Qv')
  })
})
