import type { Scene } from './scene.ts'
import { type KeyPair, type Session, type Stage, sessionIn, type UserMade } from './stage.ts'
import type { Chosen } from './variation.ts'

/** What somebody signs with: a pair, with its token where it is a session's. */
export type Holding = KeyPair | Session

/** A section of the credentials file with a pair, and a session token where there is one. */
export function section(name: string, pair: Holding): string {
  const token = 'sessionToken' in pair ? `aws_session_token = ${pair.sessionToken}\n` : ''
  return `[${name}]\naws_access_key_id = ${pair.accessKeyId}\naws_secret_access_key = ${pair.secretAccessKey}\n${token}`
}

export function variables(pair: Holding): Record<string, string> {
  return {
    AWS_ACCESS_KEY_ID: pair.accessKeyId,
    AWS_SECRET_ACCESS_KEY: pair.secretAccessKey,
    ...('sessionToken' in pair ? { AWS_SESSION_TOKEN: pair.sessionToken } : {}),
  }
}

/** A good holding of a new user, in the shape that was chosen: the user's own key, or a session made with it. */
export async function holdingOf(
  stage: Stage,
  { shape, choose }: Chosen,
  allow: readonly string[] = [],
): Promise<{ readonly user: UserMade; readonly holding: Holding }> {
  const user = await stage.user(choose.user(), allow)
  if (shape === 'long-term') return { user, holding: user }
  return { user, holding: await stage.session(user) }
}

/** A session of a new role, assumed by that user. */
export async function roleSession(stage: Stage, user: UserMade, name: string, allow: readonly string[] = []) {
  const arn = await stage.role(name, { allow })
  await stage.policy(user.name, { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: arn })
  const made = await stage.ask('sts', 'AssumeRole', { RoleArn: arn, RoleSessionName: 'lab' }, user)
  return { arn, session: sessionIn(made) }
}

/** The holding where it was chosen to stand; a named profile is asked for by a variable or by `--profile`. */
export function standing({ place, choose }: Chosen, holding: Holding, more: Scene = {}): Scene {
  if (place === 'environment') return { ...more, env: { ...more.env, ...variables(holding) } }
  const name = place === 'default-profile' ? 'default' : choose.profile()
  const scene: Scene = { ...more, credentials: section(name, holding) + (more.credentials ?? '') }
  if (name === 'default') return scene
  return choose.number(2) === 0 ? { ...scene, profile: name } : { ...scene, env: { ...more.env, AWS_PROFILE: name } }
}

/** A profile of the account's administrator beside it, who may be asked about the refused key. */
export function withAdministrator(stage: Stage, scene: Scene = {}): Scene {
  return {
    ...scene,
    credentials: (scene.credentials ?? '') + section('admin', stage.authority.root),
    withProfile: 'admin',
  }
}

export const everyShape = ['long-term', 'temporary'] as const
export const everyPlace = ['default-profile', 'environment', 'named-profile'] as const
export const everyProfile = ['default-profile', 'named-profile'] as const
