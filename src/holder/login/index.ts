/*
 * The front door of `login`: gets a profile what it needs to work, and takes exactly that away again. docs/decisions/0016-login.md.
 */
export type { LoggedIn, LoginQuestion } from './logged-in.ts'
export { logIn } from './login.ts'
export { type LogoutPlan, planLogout, recordsFor, runLogout } from './logout.ts'
export type { Doors, KeptKeys, LoginMeans, Person, RedirectDoor, Refused, SignInPage } from './means.ts'
export { plainCode } from './one-time-code.ts'
export { type LoginRecord, readRecords, sessionRecordOf } from './record.ts'
export { sessionProfileOf } from './session-profile.ts'
export { ssoSettings } from './sso-settings.ts'
