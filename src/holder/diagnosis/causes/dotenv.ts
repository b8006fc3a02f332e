import type { Setting } from '../../surroundings/settings.ts'
import { isEmptyHanded, type Scene } from '../scene.ts'
import type { Commands } from '../shells.ts'
import type { Evidence } from '../verdict.ts'
import { credentialVariables, placeWords, setVariables, shownId, shownIdText } from '../words.ts'
import { type Cause, evidence, type Found, found, mayBeLocal, shellCure, unsetCure } from './cause.ts'
import { isFailingInEnvironment, isKeyId, settingsOf } from './in-environment.ts'

/** `.env` files: read by those programs only that ask for it, and never over what is set already. */
export const dotenvCauses: readonly Cause[] = [
  {
    id: 'dotenv-overrides',
    failsAt: ['not-accepted', 'expired', 'signature', 'malformed', 'missing', 'nothing-sent'],
    look: (scene) => (scene.surroundings == null ? null : (otherKey(scene) ?? tokenBeside(scene) ?? notLoaded(scene))),
  },
]

function idInDotenv(scene: Scene): Setting | null {
  return inDotenv(scene, 'AWS_ACCESS_KEY_ID').find(({ value }) => isKeyId(value?.reveal().trim() ?? null)) ?? null
}

function inDotenv(scene: Scene, name: string): readonly Setting[] {
  return settingsOf(scene, name).filter(({ carrier }) => carrier === 'dotenv')
}

/** The environment has another key than the file: dotenv leaves it there. */
function otherKey(scene: Scene): Found | null {
  const setting = idInDotenv(scene)
  const id = setting?.value?.reveal().trim()
  if (!isFailingInEnvironment(scene) || setting === null || id === undefined || id === scene.id?.clean) return null
  return found(
    'likely',
    'The keys in your .env file are not used: other ones stand in the environment already',
    [
      evidence(`${placeWords(scene, setting.at)} has ${shownIdText(id)}`, setting.at),
      evidence(`The environment has ${shownId(scene.id)}, and dotenv does not replace what is set`, {
        variable: 'AWS_ACCESS_KEY_ID',
      }),
      ...differences(scene),
    ],
    unsetCure(
      'Take the old keys out of the environment, and start the program again (or let dotenv win: override: true in JavaScript, override=True in Python)',
      setVariables(scene, credentialVariables),
    ),
  )
}

/** A session token of the environment is sent with a long-term key of the file. */
function tokenBeside(scene: Scene): Found | null {
  const setting = idInDotenv(scene)
  const [name] = setVariables(scene, ['AWS_SESSION_TOKEN', 'AWS_SECURITY_TOKEN'])
  if (scene.refusal?.from !== 'text' || !scene.refusal.families.includes('not-accepted')) return null
  if (setting === null || name === undefined || scene.machine.env('AWS_ACCESS_KEY_ID') !== undefined) return null
  const id = setting.value!.reveal().trim()
  if (!id.startsWith('AKIA') || inDotenv(scene, 'AWS_SESSION_TOKEN').length > 0) return null
  return found(
    'likely',
    'The program takes the key from .env and a session token from the environment, which do not belong together',
    [
      evidence(
        `${placeWords(scene, setting.at)} has the long-term key ${shownIdText(id)} and no session token`,
        setting.at,
      ),
      evidence(`${name} is set, and is sent with it`, { variable: name }),
    ],
    unsetCure('Take the session token out of the environment', [name]),
  )
}

/** The keys stand there, and nobody has read them. */
function notLoaded(scene: Scene): Found | null {
  const id = idInDotenv(scene)
  const secret = inDotenv(scene, 'AWS_SECRET_ACCESS_KEY').find(({ value }) => (value?.length ?? 0) > 0)
  if (!isEmptyHanded(scene) || !mayBeLocal(scene) || id === null || secret === undefined) return null
  return found(
    'likely',
    'The keys stand in a .env file, which AWS tools do not read by themselves',
    [
      evidence(
        `${placeWords(scene, id.at)} has ${shownIdText(id.value!.reveal().trim())}; only programs that load the file see it`,
        id.at,
      ),
      ...differences(scene),
    ],
    shellCure(
      'Load the file into this shell, or in the first line of your program',
      Object.fromEntries(valuesIn(scene, id)),
      loadFile(id),
    ),
  )
}

/** What the shell will have of that file: the variables of credentials whose value every reader reads alike. */
function valuesIn(scene: Scene, { at }: Setting): readonly (readonly [string, string])[] {
  return credentialVariables.flatMap((name) => {
    const setting = inDotenv(scene, name).findLast(
      (each) => 'file' in at && 'file' in each.at && each.at.file === at.file,
    )
    const value = setting?.value?.reveal()
    return value === undefined || setting?.inPython !== undefined ? [] : [[name, value] as const]
  })
}

/** Where the two usual readers disagree about a line of the file, one of them is wrong about it. */
function differences(scene: Scene): readonly Evidence[] {
  return credentialVariables
    .flatMap((name) => inDotenv(scene, name))
    .filter((setting) => setting.inPython !== undefined)
    .slice(0, 2)
    .map((setting) =>
      evidence(
        `${placeWords(scene, setting.at)}: Node.js and Python read the quotes or the # of that line differently`,
        setting.at,
      ),
    )
}

function loadFile({ at }: Setting): Commands {
  const name = 'file' in at ? (at.file.split(/[\\/]/).at(-1) ?? '.env') : '.env'
  const read = `if ($_ -match '^\\s*(?:export\\s+)?(\\w+)\\s*=\\s*(.*?)\\s*$') { Set-Item "Env:$($Matches[1])" $Matches[2].Trim('"''') }`
  return {
    bash: [`set -a; . ./${name}; set +a`],
    fish: [
      `for line in (string match -r '^\\s*(?:export\\s+)?\\w+=.*' < ${name}); export (string trim -- $line | string replace -r '^export\\s+' ''); end`,
    ],
    powershell: [`Get-Content ${name} | ForEach-Object { ${read} }`],
    cmd: [`for /f "usebackq eol=# tokens=1,* delims==" %i in ("${name}") do @set "%i=%j"`],
  }
}
