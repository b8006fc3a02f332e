import { isSecretAccessKey } from '../../../anatomy/secret-access-key.ts'
import { readSessionToken } from '../../../anatomy/session-token.ts'
import type { FileEdit } from '../../files/edit.ts'
import type { Credential } from '../../sources/credential.ts'
import { type Scene, sectionAt } from '../scene.ts'
import type { Fix } from '../verdict.ts'
import { keysInFiles, placeWords } from '../words.ts'
import { automaticCure } from './cause.ts'
import { hiddenSet } from './hidden.ts'

/** The same key id in another place of this machine, with a secret and a token that may belong to it, and others than here. */
export function sameKey(scene: Scene): Credential | null {
  const { id, secret, token } = scene
  return (
    scene.others.find((other) => {
      if (other.accessKeyId.value.trim() !== id?.clean) return false
      const ownSecret = other.secretAccessKey.value.reveal().trim()
      const ownToken = other.sessionToken?.value.reveal().trim() ?? null
      const isWhole =
        ownToken === null ? id.clean.startsWith('AKIA') : readSessionToken(ownToken).form === 'well-formed'
      const isOther = ownSecret !== secret?.clean || ownToken !== (token?.clean ?? null)
      return isSecretAccessKey(ownSecret) && isWhole && isOther
    }) ?? null
  )
}

/**
 * Takes secret and token of the same key from another place where they stand, into the section where the examined ones do; null
 * where there is none, or where the examined key stands in no AWS file.
 */
export function wholeElsewhere(scene: Scene): Fix | null {
  const place = scene.credential === null ? null : sectionAt(scene.files, scene.credential.accessKeyId.at)
  const other = place === null ? null : sameKey(scene)
  if (place === null || other === null) return null
  const at = { file: place.file, section: place.section.name }
  const put = (key: string, value: string): FileEdit => hiddenSet({ ...at, key, value })
  const token = other.sessionToken?.value.reveal().trim()
  const edits = [
    put(keysInFiles.secretAccessKey, other.secretAccessKey.value.reveal().trim()),
    ...(token === undefined ? [] : [put(keysInFiles.sessionToken, token)]),
  ]
  const what = token === undefined ? 'the secret' : 'secret and token'
  return automaticCure(`Take ${what} of the same key from ${placeWords(scene, other.accessKeyId.at)}`, { edits })
}
