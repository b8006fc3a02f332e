/** The public door of the authority. */
export type { Decision, DecisionQuery } from './model/store.ts'
export { type Authority, type AuthorityOptions, type ContainerAccess, type LogLine, startAuthority } from './server.ts'
export type { InjectedFault, Limits, TestControls } from './wire/index.ts'
