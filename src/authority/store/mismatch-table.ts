import type { DatabaseSync } from 'node:sqlite'
import type { Decision, SignatureMismatch, SignedTexts } from '../model/store.ts'

/**
 * The texts of signatures that did not match, by the number of their decision. They are long and few, so they stand beside the
 * blocks, and there are never more than some thousand: whoever floods the authority with wrong signatures must not fill the disk.
 */
export interface MismatchTable {
  /** The mismatches among these decisions, the first of which has the number `begin`. */
  append(decisions: readonly Decision[], begin: number): void
  /** The decision with its mismatch, if that is (still) there. */
  complete(n: number, decision: Decision): Decision
}

const mostMismatches = 4_096
/** They are removed in portions. */
const portion = 256
const longestCanonicalRequest = 4_096
const longestLine = 1_024

export function createMismatchTable(database: DatabaseSync): MismatchTable {
  const insert = database.prepare('INSERT OR REPLACE INTO decision_mismatch (n, texts) VALUES (?, ?)')
  const read = database.prepare('SELECT texts FROM decision_mismatch WHERE n = ?')
  const trim = database.prepare(
    `DELETE FROM decision_mismatch
     WHERE n <= (SELECT n FROM decision_mismatch ORDER BY n DESC LIMIT 1 OFFSET ${mostMismatches})`,
  )
  let added = 0

  return {
    append(decisions, begin) {
      for (const [index, { mismatch }] of decisions.entries()) {
        if (!mismatch) continue
        insert.run(begin + index, JSON.stringify(bounded(mismatch)))
        added += 1
      }
      if (added < portion) return
      added = 0
      trim.run()
    },
    complete(n, decision) {
      if (decision.reason !== 'signature-mismatch') return decision
      const texts = read.get(n)?.['texts']
      return texts === undefined ? decision : { ...decision, mismatch: JSON.parse(String(texts)) as SignatureMismatch }
    },
  }
}

function bounded({ computed, implied, says }: SignatureMismatch): SignatureMismatch {
  return {
    computed: boundedTexts(computed),
    implied: implied === null ? null : boundedTexts(implied),
    says: cutTo(says, longestLine),
  }
}

function boundedTexts({ canonicalRequest, stringToSign }: SignedTexts): SignedTexts {
  return {
    canonicalRequest: cutTo(canonicalRequest, longestCanonicalRequest),
    stringToSign: cutTo(stringToSign, longestLine),
  }
}

function cutTo(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`
}
