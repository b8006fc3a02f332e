import { createHmac, randomBytes } from 'node:crypto'
import type { Machine } from '../../holder/machine/machine.ts'
import { sameText } from '../../signature/index.ts'

/** Tokens of instance metadata, version 2. None is kept: each carries its end and a proof of where it comes from. */
export interface MetadataTokens {
  /** A token for that many seconds, `1` to `21600` as text; null for any other. */
  make(seconds: string): string | null
  isGood(token: string): boolean
}

/** EC2 User Guide, "Retrieve instance metadata": at most six hours. */
const mostSeconds = 21_600

/** Tokens by a key of its own, by the machine's clock. */
export function createMetadataTokens(machine: Pick<Machine, 'now'>): MetadataTokens {
  const key = randomBytes(32)
  const proofOf = (end: string) => createHmac('sha256', key).update(end).digest('base64url')
  return {
    make(seconds) {
      if (!/^\d{1,5}$/.test(seconds) || Number(seconds) < 1 || Number(seconds) > mostSeconds) return null
      const end = (machine.now().getTime() + Number(seconds) * 1000).toString(36)
      return `${end}.${proofOf(end)}`
    },
    isGood(token) {
      const [end = '', proof = ''] = token.slice(0, 200).split('.')
      return sameText(proof, proofOf(end)) && Number.parseInt(end, 36) > machine.now().getTime()
    },
  }
}
