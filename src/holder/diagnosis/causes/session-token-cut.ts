import { readSessionToken } from '../../../anatomy/session-token.ts'
import { isLongTerm, isTemporary, type Scene } from '../scene.ts'
import { isUnambiguous } from '../values.ts'
import type { Evidence, Fix } from '../verdict.ts'
import { counted } from '../words.ts'
import { automaticCure, evidence, type Found, found } from './cause.ts'
import { wholeElsewhere } from './elsewhere.ts'
import { rewritten } from './mangled.ts'
import { renew } from './new-session.ts'

/** A token that lost a part, or was altered, on its way. */
export function sessionTokenCut(scene: Scene): Found | null {
  const { token, session } = scene
  if (token === null || isLongTerm(scene)) return null
  const broken = session?.form === 'cut' || session?.form === 'altered'
  const wrapped = /\S\s+\S/.test(token.value) && token.defects.includes('surrounding-whitespace')
  const encoded = /%(2b|2f|3d)/i.test(token.value)
  const edge = [255, 256, 512, 1023, 1024, 2048].includes(token.value.length)
  // What AWS gives out is filled up with = to whole groups of four.
  const unfilled = session?.form === 'well-formed' && token.clean.length % 4 !== 0 && scene.refusal !== null
  if (!broken && !wrapped && !encoded && !unfilled && !(edge && scene.refusal !== null && session?.form === 'unknown'))
    return null
  if (!isTemporary(scene) && !broken) return null
  const facts: Evidence[] = []
  if (wrapped)
    facts.push(
      evidence(
        `There is a line end or a blank inside of the token: it was copied from a wrapped window or wrapped in the file`,
        token.at,
      ),
    )
  if (encoded)
    facts.push(evidence('The token contains %2B, %2F or %3D: it was encoded as part of a web address', token.at))
  if (session?.form === 'cut')
    facts.push(
      evidence(
        `The token announces more than it holds: it ends after ${counted(token.clean.length, 'character')}, too early`,
        token.at,
      ),
    )
  if (session?.form === 'altered')
    facts.push(evidence('The token is not what it was: something in it cannot be', token.at))
  if (unfilled)
    facts.push(
      evidence(
        `It has ${counted(token.clean.length, 'character')}, which is no multiple of four: its end is missing`,
        token.at,
      ),
    )
  if (edge)
    facts.push(
      evidence(
        `It is exactly ${token.value.length} characters long, which is a usual limit of form fields and of setx`,
        token.at,
      ),
    )
  return found(
    broken || wrapped || encoded ? 'proven' : 'likely',
    session?.form === 'altered' && !wrapped && !encoded
      ? 'The session token was altered on its way'
      : 'The session token is not whole',
    facts,
    mendedToken(scene) ??
      wholeElsewhere(scene) ??
      renew(scene, 'Copy all three values again, from JSON output rather than from a wrapped window'),
  )
}

/** A token that only has to be joined or decoded. */
function mendedToken(scene: Scene): Fix | null {
  const { token } = scene
  if (token === null) return null
  const text = token.clean.replace(/%2f/gi, '/').replace(/%2b/gi, '+').replace(/%3d/gi, '=')
  if (text === token.value || !isUnambiguous('sessionToken', text) || readSessionToken(text).form !== 'well-formed')
    return null
  const edits = rewritten(scene, token, text)
  return edits.length === 0 ? null : automaticCure('Write the token as it was, on one line', { edits })
}
