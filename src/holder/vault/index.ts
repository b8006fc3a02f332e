/*
 * The front door of `vault`: keys and seeds away from plain files, sessions kept encrypted until they end, and one prompt for two
 * processes. docs/decisions/0014-vault.md.
 */
export { openEncryptedFile, type Unlocking, vaultFile } from './encrypted-file.ts'
export { openKeychain } from './keychain.ts'
export { forgetAllSessions, forgetSession, isFresh, readSession, type Session, writeSession } from './session.ts'
export { inTurn, type TurnMeans } from './turn.ts'
export type { Vault, VaultItem } from './vault.ts'
