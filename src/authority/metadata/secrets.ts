import { hkdfSync } from 'node:crypto'

/** What a container has to show, and the ids that its sessions bear. */
export interface ContainerSecrets {
  /** Stands in `/v2/credentials/‹id›` and is as good as a password. */
  readonly credentialsId: string
  /** Sent as `Authorization`. */
  readonly token: string
  /** 32 hexadecimal digits. */
  readonly taskId: string
  readonly podId: string
}

/**
 * Derives them from the master key (RFC 5869), so that they are the same on every start and every node and need to be kept
 * nowhere, and end with the key. `masterKey`: 32 bytes.
 */
export function containerSecrets(masterKey: Uint8Array): ContainerSecrets {
  const derive = (what: string, size: number) =>
    Buffer.from(hkdfSync('sha256', masterKey, '', `countersign container ${what} 1`, size))
  return {
    credentialsId: uuidOf(derive('credentials id', 16)),
    token: derive('token', 32).toString('base64url'),
    taskId: derive('task id', 16).toString('hex'),
    podId: uuidOf(derive('pod id', 16)),
  }
}

/** Version 4 of RFC 9562. */
function uuidOf(bytes: Buffer): string {
  bytes[6] = (bytes[6]! & 0x0f) | 0x40
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
