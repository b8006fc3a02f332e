import { profileOfHeader } from '../../files/aws-files.ts'
import { isEmptyHanded, type Scene } from '../scene.ts'
import { editDistance } from '../values.ts'

/** Profiles of both files, by the names under which the AWS CLI knows them. */
export function profileNames(scene: Scene): readonly string[] {
  const names = new Set<string>()
  for (const section of scene.files.config.reading.sections) {
    const name = profileOfHeader(section.name)
    if (name !== null) names.add(name)
  }
  for (const section of scene.files.credentials.reading.sections) names.add(section.name)
  return [...names]
}

/** The client stops for it, or it goes on without a word and finds nothing. */
export function isProfileMissing(scene: Scene): boolean {
  const { error, profile } = scene.trace
  if (error?.reason === 'profile-not-found') return true
  return isEmptyHanded(scene) && profile.from !== 'default' && !profileNames(scene).includes(profile.name)
}

/** The name that was probably meant: a slip of the finger away, or another case; null when there is none. */
export function nearestName(name: string, names: readonly string[]): string | null {
  const folded = name.trim().toLowerCase()
  const ranked = names
    .map((candidate) => ({ candidate, distance: editDistance(folded, candidate.trim().toLowerCase()) }))
    .filter(
      ({ candidate, distance }) => distance <= (candidate.length <= 4 ? 1 : 2) && candidate !== name && folded !== '',
    )
    .sort((a, b) => a.distance - b.distance)
  return ranked[0]?.candidate ?? null
}
