import { redactWords } from '../../anatomy/redact.ts'
import { cure, evidence } from '../../holder/diagnosis/causes/cause.ts'
import { type Commands, command, noCommands } from '../../holder/diagnosis/shells.ts'
import type { Finding } from '../../holder/diagnosis/verdict.ts'
import { readAwsFiles } from '../../holder/files/aws-files.ts'
import type { Machine } from '../../holder/machine/machine.ts'
import { pathRules } from '../../holder/machine/paths.ts'
import type { Recognised } from './recognise.ts'

/** Variables by which credentials are found, the strongest first. */
const telling = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_PROFILE',
  'AWS_DEFAULT_PROFILE',
  'AWS_SHARED_CREDENTIALS_FILE',
  'AWS_CONFIG_FILE',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_ROLE_ARN',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
] as const

interface Way {
  readonly id: Finding['id']
  readonly title: string
  readonly says: (names: string) => string
  readonly cure: string
  /** The same command, passing them on. */
  readonly repaired: (words: readonly string[], names: readonly string[]) => readonly string[] | null
}

const ways: Readonly<Record<NonNullable<Recognised['through']>, Way>> = {
  sudo: {
    id: 'environment-dropped',
    title: 'Your AWS variables do not get through sudo',
    says: (names) => `${names}, set here, does not get through sudo`,
    cure: 'Tell sudo which variables to keep, or run the command without sudo',
    repaired: ([first, ...rest], names) =>
      first === 'sudo' ? ['sudo', `--preserve-env=${names.join(',')}`, ...rest] : null,
  },
  env: {
    id: 'environment-dropped',
    title: 'env starts the command without your AWS variables',
    says: (names) => `${names}, set here, is taken away by env`,
    cure: 'Leave those variables in the environment of the command',
    repaired: () => null,
  },
  container: {
    id: 'docker-environment',
    title: 'Your AWS variables do not get into the container',
    says: (names) => `${names}, set here, is not given to the container`,
    cure: 'Pass the variables on, by their names alone',
    repaired: (words, names) =>
      withRunOptions(
        words,
        names.flatMap((name) => ['-e', name]),
      ),
  },
}

/**
 * What the command line itself shows: variables that are set here and that what stands in front of the program does not pass on.
 * Only for a program that found no credentials at all. Null when nothing is lost.
 */
export function droppedOnTheWay(here: Machine, words: readonly string[], recognised: Recognised): Finding | null {
  const { through, machine } = recognised
  if (through === null) return null
  const names = telling.filter((name) => (here.env(name) ?? '') !== '' && machine.env(name) === undefined)
  if (names.length === 0) return through === 'container' ? notMounted(here, words, recognised) : null
  const way = ways[through]
  const pair = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] as const
  return {
    id: way.id,
    // A whole pair would have been used before everything else.
    certainty: pair.every((name) => names.includes(name)) ? 'proven' : 'likely',
    title: way.title,
    evidence: names.map((name) => evidence(way.says(name), { variable: name })),
    fix: cure(way.cure, repairedCommand(way.repaired(words, names))),
  }
}

/** `docker run` with some more options; null for Compose, whose file says what a service gets. */
function withRunOptions(words: readonly string[], options: readonly string[]): readonly string[] | null {
  const at = words.indexOf('run')
  if (at < 1 || words.slice(0, at).some((word) => word.endsWith('compose'))) return null
  return [...words.slice(0, at + 1), ...options, ...words.slice(at + 1)]
}

/** The host has AWS files, and they stand nowhere that the program in the container looks. */
function notMounted(here: Machine, words: readonly string[], { machine, mounted }: Recognised): Finding | null {
  const { config, credentials } = readAwsFiles(here)
  const file = [credentials, config].find(({ profiles }) => profiles.size > 0)
  const home = machine.env('HOME')
  if (file === undefined || home === undefined || machine.list(`${home}/.aws`).length > 0) return null
  const { dirname } = pathRules(here)
  const wrong = mounted.filter((target) => target.replace(/\/+$/, '') !== `${home}/.aws`)
  return {
    id: 'docker-environment',
    certainty: 'likely',
    title:
      wrong.length > 0
        ? 'Your AWS files are mounted where the program in the container does not look'
        : 'Your AWS files do not get into the container',
    evidence: [
      evidence('Your profiles stand here, outside of the container', { file: file.path }),
      evidence(
        wrong.length > 0
          ? `They are mounted at ${wrong[0]}, and the home of the user in the container is ${home}`
          : `Nothing is mounted at ${home}/.aws, and no variable of AWS is given to it`,
      ),
    ],
    fix: cure(
      `Mount your AWS files at ${home}/.aws`,
      repairedCommand(withRunOptions(words, ['-v', `${dirname(file.path)}:${home}/.aws:ro`])),
    ),
  }
}

/** Not where a word of it might be a secret. */
function repairedCommand(words: readonly string[] | null): Commands {
  if (words === null || words.length > 40) return noCommands
  const isPlain = (word: string) =>
    /^[\w@%+:,./~-]{1,80}$|^--preserve-env=[\w,]+$/.test(word) && redactWords(word) === word
  return words.every(isPlain) ? command(...words) : noCommands
}
