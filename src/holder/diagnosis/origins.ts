import type { Setting } from '../surroundings/settings.ts'
import { evidence } from './causes/cause.ts'
import { inNewShell, settingsOf } from './causes/in-environment.ts'
import type { Scene } from './scene.ts'
import { type Commands, editFile, homePath, noCommands, sequence } from './shells.ts'
import type { Finding } from './verdict.ts'
import { placeWords } from './words.ts'

/**
 * Findings about a variable, with the file that sets it: a value that is only taken out of this shell comes back with the next
 * one. Findings about anything else stay as they are.
 */
export function withOrigins(findings: readonly Finding[], scene: Scene): readonly Finding[] {
  return scene.surroundings == null ? findings : findings.map((finding) => withOrigin(finding, scene))
}

function withOrigin(finding: Finding, scene: Scene): Finding {
  const names = new Set(finding.evidence.flatMap(({ at }) => (at !== null && 'variable' in at ? [at.variable] : [])))
  const known = new Set(finding.evidence.map(({ at }) => JSON.stringify(at)))
  // A variable that is well as it is needs no other file changed.
  const cured = JSON.stringify([finding.fix.says, finding.fix.commands])
  const origins = [...names]
    .filter((name) => cured.includes(name))
    .flatMap((name) => originOf(scene, name) ?? [])
    .filter(({ setting }) => !known.has(JSON.stringify(setting.at)))
    .slice(0, 3)
  const [first] = origins
  if (first === undefined) return finding
  const places = [...new Set(origins.map(({ setting }) => placeWords(scene, setting.at)))]
  const { fix } = finding
  return {
    ...finding,
    evidence: [
      ...finding.evidence,
      ...origins.map(({ setting, when }) =>
        evidence(`${placeWords(scene, setting.at)} sets ${setting.name} again ${when}`, setting.at),
      ),
    ],
    fix: {
      ...fix,
      says: `${fix.says}. Change ${places.join(' and ')} as well, or it comes back`,
      commands: sequence(fix.commands, ...distinct(origins.map(({ setting }) => openOrigin(scene, setting)))),
    },
  }
}

interface Origin {
  readonly setting: Setting
  readonly when: string
}

/** What has set a variable of this process: the same value, or one that is computed there. */
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
