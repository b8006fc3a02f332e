import { describe, expect, test } from 'vitest'
import type { SdkName } from '../../../src/holder/chains/trace.ts'
import { diagnose } from '../../../src/holder/diagnosis/index.ts'
import { machineOf } from '../../truth/agreement.ts'
import { recorders } from '../../truth/record/recorders.ts'
import { readRecording, readStates } from '../../truth/record/store.ts'

/*
 * The first cause against what the real SDK answered about the recorded machine states (`test/truth`): where it stopped, the cause
 * must be one that its error means; where it found credentials, nothing may be said to be missing.
 */

/** What an error of an SDK means. Others are about settings that the catalogue has no cause for. */
const meanings: readonly (readonly [error: RegExp, causes: RegExp])[] = [
  [
    /^(ProfileNotFound|SharedConfigProfileNotExistError: failed to get)/,
    /^(profile-not-found|section-prefix|unexpected-file)$/,
  ],
  [/^ConfigParseError|could not parse profile file/, /^file-syntax$/],
  [/^PartialCredentialsError: .*missing: source_profile/, /^source-profile-broken$/],
  [/^PartialCredentialsError|partial credentials found for profile/, /^partial-credentials$/],
  [/^(SSOTokenLoadError|UnauthorizedSSOTokenError|TokenRetrievalError)/, /^sso-session-expired$/],
  [/^InfiniteLoopConfigError|source[ _]profile .* (does not exist|must have credentials)/, /^source-profile-broken$/],
  [
    /missing required config|sso-session does not exist|SSO session section/,
    /^(sso-session-expired|source-profile-broken)$/,
  ],
  [/MFA enabled, but|requires multi-factor authentication/, /^(mfa-required|source-profile-broken)$/],
]

/** What can only be so when there is nothing to sign with. */
const ofNothing =
  /^(no-credentials|partial-credentials|profile-not-found|section-prefix|unexpected-file|wrong-profile|file-syntax|docker-environment)$/

const stride = 11

describe('the first cause of what a real SDK answered', () => {
  test.each(['boto3', 'aws-cli-v1', 'js-v3', 'go-v2', 'rust', 'java-v2'] as const)('%s', async (sdk: SdkName) => {
    const recorder = recorders.find((row) => row.sdk === sdk)!
    const recording = readRecording(sdk)
    const now = new Date(recording.recordedOn)
    const wrong: unknown[] = []
    let judged = 0
    for (const [index, state] of readStates().entries()) {
      if (index % stride !== 0 || index >= recording.answers.length) continue
      const [accessKeyId, , , error] = recording.answers[index]!
      const machine = machineOf(state, now, recorder.ownsUserHome)
      const profile = state.profile ?? undefined
      const { status, causes } = await diagnose(machine, { sdk, profile, offline: true })
      const [first] = causes
      const isNone = error !== null && recorder.none.test(error)
      const meaning = meanings.find(([pattern]) => error !== null && pattern.test(error))?.[1]
      const isRight = isNone
        ? // A process or a container is only asked later, and here by nobody.
          status === 'unverified' || (status === 'absent' && first !== undefined)
        : error === null
          ? accessKeyId === null || !causes.some(({ id }) => ofNothing.test(id))
          : meaning === undefined || meaning.test(first?.id ?? '')
      if (isNone || error === null || meaning !== undefined) judged += 1
      if (!isRight) wrong.push({ index, name: state.name, error, status, causes: causes.map(({ id }) => id) })
    }
    expect(judged).toBeGreaterThan(400)
    expect(wrong).toEqual([])
  })
})
