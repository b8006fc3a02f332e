import { randomBytes } from 'node:crypto'
import { unattended } from '../credential.ts'
import { type Obtained, type Obtaining, obtainCredentials } from '../obtain.ts'
import type { Question } from '../question.ts'
import { usageText } from '../say/trouble.ts'
import { type SessionEnvironment, servedEnvironment } from '../session-environment.ts'
import type { Call } from '../terminal.ts'
import { type Answering, containerAnswers, credentialsPath, metadataAnswers } from './answers.ts'
import { createKeeper } from './keeper.ts'
import { listen } from './listener.ts'
import { createMetadataTokens } from './metadata-tokens.ts'

/**
 * Hands a credential out by a local server, renewed, for as long as `run` lasts. `run` is given the environment that leads SDKs to
 * the server.
 */
export async function withServer(
  call: Call,
  question: Question,
  wanted: Obtaining,
  kind: 'ecs' | 'imds',
  first: Obtained,
  run: (environment: SessionEnvironment) => Promise<number>,
): Promise<number> {
  const { machine } = call
  const keep = createKeeper(first.credential, machine.now, async () => {
    // The terminal belongs to the command.
    const got = await obtainCredentials(unattended(call), question, wanted)
    return got.kind === 'held' ? got : { kind: 'not-renewed', because: got.because }
  })
  const ground = { machine, keep: tellingOnce(call, keep), region: first.trace.region?.name ?? null }
  const token = randomBytes(32).toString('base64url')
  const answer: Answering =
    kind === 'ecs' ? containerAnswers(ground, token) : metadataAnswers(ground, createMetadataTokens(machine))
  const { url, close } = await listen(answer)
  const address =
    kind === 'ecs'
      ? ([
          ['AWS_CONTAINER_CREDENTIALS_FULL_URI', `${url}${credentialsPath}`],
          ['AWS_CONTAINER_AUTHORIZATION_TOKEN', token],
        ] as const)
      : ([
          // Older botocore (the AWS CLI v2 before 2.28.5) puts the path right behind it, without a slash of its own.
          ['AWS_EC2_METADATA_SERVICE_ENDPOINT', `${url}/`],
          ['AWS_EC2_METADATA_DISABLED', 'false'],
        ] as const)
  try {
    return await run(servedEnvironment(machine, first.files, first.trace, address))
  } finally {
    close()
  }
}

/** That credentials are over is said once on stderr: what the command makes of it may be hard to read. */
function tellingOnce({ terminal }: Call, keep: ReturnType<typeof createKeeper>): typeof keep {
  let told = false
  return async () => {
    const kept = await keep()
    if (kept.kind === 'over' && !told) {
      told = true
      const hint = 'Start the command again to go on.'
      terminal.err(usageText(terminal.look, `The credentials of this command are over: ${kept.because}.`, hint))
    }
    return kept
  }
}
