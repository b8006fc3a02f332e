/** The room's front door: is this request from whom it says? */
export { type Authenticated, type Authenticator, checkNames, createAuthenticator } from './authenticate.ts'
export { bearerOf } from './checks-of-credentials.ts'
export { type ClockSetting, createClock } from './clock.ts'
export type { Call, Knowledge } from './examination.ts'
export { type FirstSettings, firstEntities } from './first-entities.ts'
export { type FetchedDocument, type IssuerDocuments, isLoopbackIssuer } from './issuer-keys.ts'
export { asPropagated } from './propagation.ts'
export { createWebIdentities, type WebIdentities, type WebIdentity } from './web-identity.ts'
