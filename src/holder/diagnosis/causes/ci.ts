import type { Machine } from '../../machine/machine.ts'
import type { Place } from '../../sources/credential.ts'
import { isEmptyHanded, type Scene } from '../scene.ts'
import { everywhere, noCommands } from '../shells.ts'
import type { Evidence } from '../verdict.ts'
import { type Cause, cure, evidence, type Found, found, mayBeLocal } from './cause.ts'

/** Build servers put nothing, or the text itself, where a secret does not exist for the build. */
export const ciCauses: readonly Cause[] = [
  {
    id: 'ci-secret-missing',
    failsAt: ['not-accepted', 'malformed', 'missing', 'nothing-sent'],
    insteadOf: ['partial-credentials', 'placeholder-value'],
    look: ciSecretMissing,
  },
]

/** Variables by which build servers say that they are one. */
const servers: readonly (readonly [name: string, server: string])[] = [
  ['GITHUB_ACTIONS', 'GitHub Actions'],
  ['GITLAB_CI', 'GitLab CI'],
  ['CIRCLECI', 'CircleCI'],
  ['TRAVIS', 'Travis CI'],
  ['JENKINS_URL', 'Jenkins'],
  ['BUILDKITE', 'Buildkite'],
  ['TF_BUILD', 'Azure Pipelines'],
  ['BITBUCKET_BUILD_NUMBER', 'Bitbucket Pipelines'],
  ['DRONE', 'Drone'],
  ['TEAMCITY_VERSION', 'TeamCity'],
  ['APPVEYOR', 'AppVeyor'],
  ['CI', 'a build server'],
]

function serverOf(machine: Machine): { readonly server: string; readonly at: Place } | null {
  const told = servers.find(([name]) => !/^(|0|false)$/i.test(machine.env(name) ?? ''))
  return told === undefined ? null : { server: told[1], at: { variable: told[0] } }
}

const names = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'] as const

/** A text that stands for a secret: of GitHub, GitLab, Azure, Jenkins, CircleCI; or the mask of a log. */
const unfilled =
  /^(\$?\$\{\{.*\}\}|\$\([\w.]+\)|\$\{?\w+\}?|%env\.\w+%|<<.*>>|\{\{.*\}\}|\*{3,}|\[(?:MASKED|secure)\])$/is

function ciSecretMissing(scene: Scene): Found | null {
  const { machine } = scene
  const ci = serverOf(machine)
  if (ci === null || scene.surroundings == null) return null
  const text = names.find((name) => unfilled.test((machine.env(name) ?? '').trim()))
  const empty = names.slice(0, 2).find((name) => machine.env(name)?.trim() === '')
  const isUsed = isEmptyHanded(scene) || scene.credential?.provider === 'env' || isPartial(scene)
  if (!isUsed || (text === undefined && !((isEmptyHanded(scene) || isPartial(scene)) && mayBeLocal(scene)))) return null
  // With a role for the build there are no stored secrets; its own causes tell more.
  const asksForRole = ['AWS_WEB_IDENTITY_TOKEN_FILE', 'ACTIONS_ID_TOKEN_REQUEST_URL'].some((name) => machine.env(name))
  if (text === undefined && empty === undefined && asksForRole) return null
  const facts: Evidence[] = [
    text !== undefined
      ? evidence(`${text} holds a text in which the secret should have been put`, { variable: text })
      : empty !== undefined
        ? evidence(`${empty} is set, but to nothing: there is no such secret for this build`, { variable: empty })
        : evidence('No AWS_ACCESS_KEY_ID is set in this build', { variable: 'AWS_ACCESS_KEY_ID' }),
    evidence(`This runs on ${ci.server}`, ci.at),
    ...whyWithheld(machine),
  ]
  return found(
    text !== undefined && scene.atAws ? 'proven' : text !== undefined || empty !== undefined ? 'likely' : 'possible',
    'The secret of the build server did not get into this build',
    facts,
    cure(
      'Add the secret to that repository or environment under the name that the job uses, pass it on in the job, and allow it for this branch',
      ci.server === 'GitHub Actions' ? everywhere('gh secret list') : noCommands,
    ),
  )
}

function isPartial({ trace }: Scene): boolean {
  return trace.error?.reason === 'partial-credentials' && trace.error.at !== null && 'variable' in trace.error.at
}

/** Builds that are given no secrets: those of forks, and of branches that are not protected. */
function whyWithheld(machine: Machine): readonly Evidence[] {
  if (machine.env('CI_COMMIT_REF_PROTECTED') === 'false')
    return [
      evidence('The branch is not protected: protected variables are kept from it', {
        variable: 'CI_COMMIT_REF_PROTECTED',
      }),
    ]
  const event = machine.env('GITHUB_EVENT_NAME')
  if (event !== 'pull_request') return []
  const isFork = isOfFork(machine)
  if (isFork === false) return []
  return [
    evidence(
      isFork === true
        ? 'The build is of a pull request from a fork, which gets no secrets'
        : 'The build is of a pull request: from a fork it gets no secrets',
      { variable: 'GITHUB_EVENT_NAME' },
    ),
  ]
}

/** Whether GitHub's description of the event says that the branch lies in a fork; null when it does not tell. */
function isOfFork(machine: Machine): boolean | null {
  const path = machine.env('GITHUB_EVENT_PATH')
  const reading = path ? machine.readFile(path) : null
  if (reading?.kind !== 'found' || reading.bytes.length > 4 * 1024 * 1024) return null
  try {
    const event: { pull_request?: { head?: { repo?: { fork?: unknown } } } } = JSON.parse(
      new TextDecoder().decode(reading.bytes),
    )
    const fork = event.pull_request?.head?.repo?.fork
    return typeof fork === 'boolean' ? fork : null
  } catch {
    return null
  }
}
