import type { FileEdit } from '../files/edit.ts'
import type { Setting } from '../surroundings/settings.ts'
import { evidence, withCommands } from './causes/cause.ts'
import { inNewShell, settingsOf } from './causes/in-environment.ts'
import type { Scene } from './scene.ts'
import { settingEdit } from './setting-lines.ts'
import { type Commands, editFile, homePath, noCommands, sequence } from './shells.ts'
import type { Finding, Fix } from './verdict.ts'
import { placeWords } from './words.ts'

/**
 * Findings about a variable, with the file that sets it: a value that is only taken out of this shell comes back with the next
 * one. Where the file's own line can be changed alone, the cure changes it. Findings about anything else stay as they are.
 */
export function withOrigins(findings: readonly Finding[], scene: Scene): readonly Finding[] {
  return scene.surroundings == null ? findings : findings.map((finding) => withOrigin(finding, scene))
}

function withOrigin(finding: Finding, scene: Scene): Finding {
  const { fix } = finding
  const names = new Set(finding.evidence.flatMap(({ at }) => (at !== null && 'variable' in at ? [at.variable] : [])))
  const known = new Set(finding.evidence.map(({ at }) => JSON.stringify(at)))
  const wanted = new Map((fix.variables ?? []).map(({ name, value }) => [name, value]))
  // A variable that is well as it is needs no other file changed.
  const cured = JSON.stringify([fix.says, fix.commands])
  const origins = [...new Set([...names, ...wanted.keys()])]
    .filter((name) => wanted.has(name) || cured.includes(name))
    .flatMap((name) => originsOf(scene, name))
    .filter(({ setting }) => !known.has(JSON.stringify(setting.at)))
  const told = origins.filter(({ setting }) => names.has(setting.name)).slice(0, 3)
  if (told.length === 0) return finding
  const evidenceOf = ({ setting, when }: Origin) =>
    evidence(`${placeWords(scene, setting.at)} sets ${setting.name} again ${when}`, setting.at)
  const more = { ...finding, evidence: [...finding.evidence, ...told.map(evidenceOf)] }
  const mended = scene.refusal?.from === 'text' ? null : editsOf(scene, origins, wanted)
  if (mended !== null) return withCommands({ ...more, fix: { ...fix, ...mended(fix) } }, scene, true)
  const places = [...new Set(told.map(({ setting }) => placeWords(scene, setting.at)))]
  return {
    ...more,
    fix: {
      ...fix,
      says: `${fix.says}. Change ${places.join(' and ')} as well, or it comes back`,
      commands: sequence(fix.commands, ...distinct(told.map(({ setting }) => openOrigin(scene, setting)))),
    },
  }
}

/** What the cure becomes when all of those lines are changed; null when one of them cannot be changed alone. */
function editsOf(
  scene: Scene,
  origins: readonly Origin[],
  wanted: ReadonlyMap<string, string | null>,
): ((fix: Fix) => Partial<Fix>) | null {
  const byPlace = new Map(origins.map(({ setting }) => [JSON.stringify(setting.at), setting]))
  const edits: FileEdit[] = []
  for (const setting of byPlace.values()) {
    const edit = settingEdit(scene, setting, wanted)
    if (edit === null) return null
    if (!edits.some((each) => JSON.stringify(each) === JSON.stringify(edit))) edits.push(edit)
  }
  const isGone = [...wanted.values()].every((value) => value === null)
  const lines = new Map<string, number[]>()
  for (const edit of edits) {
    if (edit.kind === 'replace-lines') lines.set(edit.file, [...(lines.get(edit.file) ?? []), edit.line])
  }
  const places = [...lines].map(
    ([file, numbers]) =>
      `${numbers.length === 1 ? 'line' : 'lines'} ${numbers.sort((a, b) => a - b).join(', ')} of ${homePath(file, scene.home).shown}`,
  )
  const as = isGone ? `make a comment of ${places.join(' and ')}` : `change ${places.join(' and ')} as well`
  return ({ says }) => ({ says: `${says}, and ${as}, or it comes back`, edits })
}

interface Origin {
  readonly setting: Setting
  readonly when: string
}

/** What has set a variable of this process, the last first: the same value, or one that is computed there. */
function originsOf(scene: Scene, name: string): readonly Origin[] {
  const last = originOf(scene, name)
  if (last === null) return []
  const { carrier, reader } = last.setting
  const value = scene.machine.env(name)
  // Without the last of them an earlier one would count.
  const earlier = settingsOf(scene, name).filter(
    (setting) =>
      setting !== last.setting &&
      setting.carrier === carrier &&
      setting.reader === reader &&
      setting.effect === 'sets' &&
      setting.isExported &&
      setting.value?.reveal() === value,
  )
  return [last, ...earlier.map((setting) => ({ setting, when: last.when }))]
}

function originOf(scene: Scene, name: string): Origin | null {
  const value = scene.machine.env(name)
  if (value === undefined) return null
  const isFrom = ({ effect, value: given, isConditional, isExported }: Setting): boolean =>
    effect === 'sets' && isExported && (given === null ? !isConditional : given.reveal() === value)
  const direnv = settingsOf(scene, name).findLast((setting) => setting.carrier === 'direnv')
  if (direnv !== undefined && isFrom(direnv)) return { setting: direnv, when: 'whenever you enter that directory' }
  const unit = settingsOf(scene, name).findLast((setting) => setting.carrier === 'systemd')
  if (unit !== undefined && isFrom(unit)) return { setting: unit, when: 'whenever the service is started' }
  const effect = inNewShell(scene, name)
  if (effect.kind !== 'sets' && effect.kind !== 'unknown') return null
  return isFrom(effect.by) ? { setting: effect.by, when: 'in each new shell' } : null
}

/** Opens the file, or takes the stored value away where it stands in no file that a person edits. */
function openOrigin(scene: Scene, { name, at, carrier }: Setting): Commands {
  if (carrier === 'windows-user' || carrier === 'windows-machine') {
    const [store, key] =
      carrier === 'windows-user'
        ? ['User', 'HKCU\\Environment']
        : ['Machine', '"HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment"']
    return {
      ...noCommands,
      powershell: [`[Environment]::SetEnvironmentVariable('${name}', $null, '${store}')`],
      cmd: [`reg delete ${key} /f /v ${name}`],
    }
  }
  if (!('file' in at)) return noCommands
  if (/[\\/]fish_variables$/.test(at.file)) {
    const erase = `set -eU ${name}`
    return { ...noCommands, bash: [`fish -c '${erase}'`], fish: [erase] }
  }
  return editFile(homePath(at.file, scene.home))
}

function distinct(commands: readonly Commands[]): readonly Commands[] {
  const texts = commands.map((each) => JSON.stringify(each))
  return commands.filter((_, index) => texts.indexOf(texts[index]!) === index)
}
