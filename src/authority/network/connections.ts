/** A connection as Node's servers give it; only what is used of it. */
interface Connection {
  readonly remoteAddress?: string | undefined
  readonly remotePort?: number | undefined
  /** Node's own: the answer that is under way on the connection. */
  readonly _httpMessage?: object | null
  on(event: 'close', listener: () => void): unknown
  destroy(): unknown
}

interface Listener {
  on(event: 'connection' | 'secureConnection', listener: (connection: Connection) => void): unknown
}

/**
 * Gives the way to close all connections on which no request is being answered. Node's own lists count a head that never ends
 * as a request, and do not know a TLS connection before its handshake is done. `isAnswering` knows those that Node's server does not.
 */
export function followConnections(listener: Listener, isAnswering: (connection: object) => boolean): () => void {
  const open = new Map<string, Connection>()
  const follow = (connection: Connection): void => {
    // One name for both: a TLS connection takes the place of the bare one that carries it.
    const name = `${connection.remoteAddress} ${connection.remotePort}`
    open.set(name, connection)
    connection.on('close', () => {
      if (open.get(name) === connection) open.delete(name)
    })
  }
  listener.on('connection', follow)
  listener.on('secureConnection', follow)
  return () => {
    for (const connection of open.values())
      if (!connection._httpMessage && !isAnswering(connection)) connection.destroy()
  }
}
