import { randomBytes } from 'node:crypto'
import { sameText } from '../../signature/index.ts'
import type { LoginProfile, User } from '../model/entities.ts'
import { headerOf } from '../sign-in/ground.ts'
import { passwordMark } from '../sign-in/people.ts'
import type { Received } from '../wire/index.ts'
import type { Ground } from './ground.ts'

/** Who has the page open, as their cookie says; it is sealed, so nothing of it is kept here. */
export interface Visitor {
  /** Known to this browser alone; the forms' tokens hang on it. */
  readonly nonce: string
  /** Null while nobody has signed in. */
  readonly person: Person | null
}

interface Person {
  readonly user: User
  readonly profile: LoginProfile
  readonly mfa: boolean
  /** Another password has to be chosen before anything else. */
  readonly resetRequired: boolean
}

/** Seconds; every sign-in of a program needs a click, but not the password each time. */
const lifetime = 3600
const cookieName = 'countersign-sign-in'

interface Held {
  readonly n: string
  readonly a: number
  readonly u?: string
  readonly c?: string
  readonly m?: boolean
  readonly r?: boolean
}

export function newVisitor(): Visitor {
  return { nonce: randomBytes(16).toString('base64url'), person: null }
}

/** The visitor of a request; null when the cookie is none of ours, or over. */
export function visitorOf(call: Received, ground: Ground): Visitor | null {
  const text = (headerOf(call, 'cookie') ?? '').split(/;\s*/).find((part) => part.startsWith(`${cookieName}=`))
  const held =
    text === undefined ? null : (ground.state.open('sign-in', text.slice(cookieName.length + 1)) as Held | null)
  if (held === null) return null
  const now = ground.now() / 1000
  if (held.a + lifetime <= now || held.a > now + 60) return null
  return { nonce: held.n, person: personOf(held, ground) }
}

/** Nobody any more, once the password has been set anew, the user is gone, or a device has been registered that was not asked for. */
function personOf({ u, c, m, r }: Held, ground: Ground): Person | null {
  if (u === undefined) return null
  const directory = ground.directory()
  const user = directory.user(u)
  const profile = directory.loginProfile(u)
  if (user === undefined || profile === undefined || passwordMark(profile, ground) !== c) return null
  const mfa = m === true
  if (!mfa && directory.mfaDevicesOf(u).length > 0) return null
  return { user, profile, mfa, resetRequired: r === true }
}

/** The `Set-Cookie` line of a visitor. `Strict`: no other site's link or form brings it along. */
export function cookieFor({ nonce, person }: Visitor, call: Received, ground: Ground): readonly string[] {
  const held: Held = {
    n: nonce,
    a: Math.floor(ground.now() / 1000),
    ...(person === null
      ? {}
      : { u: person.user.id, c: passwordMark(person.profile, ground), m: person.mfa, r: person.resetRequired }),
  }
  return ['Set-Cookie', `${cookieName}=${ground.state.seal('sign-in', held)}; Max-Age=${lifetime}; ${attributes(call)}`]
}

export function noCookie(call: Received): readonly string[] {
  return ['Set-Cookie', `${cookieName}=; Max-Age=0; ${attributes(call)}`]
}

function attributes({ secure }: Received): string {
  return `Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`
}

/** The text by which a form proves that this browser was given it. */
export function formToken({ nonce }: Visitor, ground: Ground): string {
  return ground.state.vouch('form', nonce)
}

export function isFormToken(text: string, visitor: Visitor, ground: Ground): boolean {
  return sameText(text, formToken(visitor, ground))
}
