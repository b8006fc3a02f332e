import type { CauseId } from '../../../cause-ids.ts'
import { everywhere } from '../shells.ts'
import { clearCredentials, findExports, showVariables, whoAmI } from './commands.ts'
import { cure, cureWhen, type Entry, probe, proves, strong, unlike } from './entry.ts'
import { docs, from, thread } from './sources.ts'
import {
  invalidClientTokenId,
  keyRefused,
  profileMissing,
  s3EmptyKey,
  sessionOver,
  symptom,
  unableToLocate,
} from './symptoms.ts'

/** What never reached the process. */
export const reachEntries = {
  'dotenv-overrides': {
    title: 'The values in the .env file are not the ones that are used',
    story:
      'dotenv does not replace a variable that is already set: an old key in the shell wins over the new one in `.env`. It also works only from the moment at which it is loaded, so a client made earlier does not see it. And the packages of npm and PyPI read quotes, # and line ends differently from a shell.',
    fits: 'dotenv leaves variables alone that are set already',
    symptoms: [...keyRefused, unableToLocate],
    signs: [
      proves('The `.env` file and the environment hold different key ids.'),
      strong('The SDK client is made before the file is loaded.'),
    ],
    probes: [probe('P1', 'sts-as-it-is', 'The values of the file, asked for by themselves, are accepted.')],
    excludedBy: ['File and environment hold the same values.', 'No `.env` file is read.'],
    lookAlikes: [
      unlike('environment-shadows-profile', 'the value in the environment hides an AWS profile, not a `.env` file.'),
      unlike('quoted-value', 'the right line is read, and its quotes are kept.'),
      unlike('docker-environment', 'the file is an `--env-file` of Docker, which has rules of its own.'),
      unlike('frozen-in-app', 'the file is not read at all: its values were baked in.'),
    ],
    fixes: [
      cure('Take the old values out of the environment and start the program again', clearCredentials),
      cureWhen('You use npm’s dotenv and the file should win', 'Load it with `config({ override: true })`'),
      cureWhen('You use python-dotenv and the file should win', 'Load it with `load_dotenv(override=True)`'),
    ],
    prevention: [
      'Load `.env` in the very first line of the program, before any SDK client is made.',
      'Put a profile name into `.env` rather than keys.',
    ],
    sources: [from('npm: dotenv, option override'), from('PyPI: python-dotenv, override')],
    threads: 6,
  },
  'old-environment': {
    title: 'The new value is stored, and this window or program still has the old one',
    story:
      'A variable set with `setx`, in the Windows settings or in `~/.bashrc` reaches only programs that are started afterwards. The open terminal, the IDE, the service and everything that they start keep what they had. `setx NAME=VALUE`, as some articles show it, is wrong besides: it is `setx NAME VALUE`.',
    fits: 'Programs that are running keep the environment of their start',
    symptoms: [...sessionOver.slice(0, 1), invalidClientTokenId, unableToLocate],
    signs: [
      proves('The value in the registry or in the start-up file is another than the one in this process.'),
      strong('It works in a new window and fails in the old one.'),
    ],
    probes: [],
    excludedBy: ['A new window behaves in the same way.'],
    lookAlikes: [
      unlike('stale-process', 'the program started with the right values, which have expired meanwhile.'),
      unlike('environment-dropped', 'the program is started by sudo, cron or a service, which pass other variables.'),
      unlike('environment-shadows-profile', 'new windows have the old value too: it is in a start-up file.'),
    ],
    fixes: [
      cure('Open a new window; restart the IDE, agent or service that starts your program'),
      cureWhen('You are not sure what is stored', 'Look at the stored values', findExports),
      cureWhen('The value should change for good', 'Store it: NAME is the variable, VALUE what it should be', {
        bash: ['printf "export NAME=\'VALUE\'\\n" >> ~/.bashrc'],
        fish: ['set -Ux NAME VALUE'],
        powershell: ["[Environment]::SetEnvironmentVariable('NAME', 'VALUE', 'User')"],
        cmd: ['setx NAME VALUE'],
      }),
    ],
    prevention: [
      'Keep changing values in the AWS files, which are read anew, and only the name of the profile in the environment.',
    ],
    sources: [docs.sdkVariables, from('Microsoft: setx')],
    threads: 6,
  },
  'environment-dropped': {
    title: 'sudo, cron, systemd or launchd dropped your environment',
    story:
      'It works in your shell and fails as a job. `sudo` starts with a clean environment and root’s home, cron and systemd never see your `~/.bashrc`, and launchd has an environment of its own. So neither your variables nor your `~/.aws` are there, or root’s old ones are.',
    fits: 'sudo, cron and services do not see what your shell has',
    symptoms: [unableToLocate, profileMissing, invalidClientTokenId],
    signs: [
      strong('`SUDO_USER` is set, and `HOME` is that of root.'),
      strong('The process has only a handful of variables.'),
      strong('The command works in your shell, as you.'),
    ],
    probes: [],
    excludedBy: ['It fails in your own shell as well.'],
    lookAlikes: [
      unlike('old-environment', 'the process has your environment, only an old copy of it.'),
      unlike('docker-environment', 'the wall is a container.'),
      unlike(
        'container-uri-not-inherited',
        'in ECS: cron or sshd inside a task lost the address of the role’s credentials.',
      ),
    ],
    fixes: [
      cure('Hand over the profile and say whose files are meant', {
        bash: [
          'sudo AWS_PROFILE=NAME AWS_SHARED_CREDENTIALS_FILE="$HOME/.aws/credentials" AWS_CONFIG_FILE="$HOME/.aws/config" aws sts get-caller-identity',
        ],
        fish: [
          'sudo AWS_PROFILE=NAME AWS_SHARED_CREDENTIALS_FILE=$HOME/.aws/credentials AWS_CONFIG_FILE=$HOME/.aws/config aws sts get-caller-identity',
        ],
        powershell: [],
        cmd: [],
      }),
      cureWhen(
        'It is a cron job',
        'Put the variables above its line in the crontab, with full paths: AWS_SHARED_CREDENTIALS_FILE=/home/NAME/.aws/credentials',
        {
          bash: ['crontab -e'],
          fish: ['crontab -e'],
          powershell: [],
          cmd: [],
        },
      ),
      cureWhen(
        'It is a systemd service',
        'Add Environment=AWS_PROFILE=NAME and Environment=AWS_SHARED_CREDENTIALS_FILE=/home/NAME/.aws/credentials to the unit, or set User=',
        {
          bash: ['sudo systemctl edit UNIT'],
          fish: ['sudo systemctl edit UNIT'],
          powershell: [],
          cmd: [],
        },
      ),
    ],
    prevention: ['Give services a role, or files of their own that only their user can read.'],
    sources: [
      thread('aws/aws-cli#2212'),
      thread('aws/aws-cli#3121'),
      thread('aws/aws-cli#5526'),
      thread('elastic/beats#14157'),
      thread('k3s-io/k3s#11814'),
    ],
    threads: 11,
  },
  'docker-environment': {
    title: 'The credentials did not get into the container',
    story:
      'A container has neither your variables nor your `~/.aws`. `-e NAME` passes a variable only if it is set on the host, `--env-file` keeps quotes as part of values, and a mounted `~/.aws` must lie in the home of the user inside. Build arguments and `ENV` lines freeze old values in the image.',
    fits: 'A container sees only what is passed into it',
    symptoms: [unableToLocate, invalidClientTokenId],
    signs: [
      proves('Inside the container no `AWS_…` variable is set and no `.aws` directory lies in the home.'),
      proves('A value inside begins with a quotation mark: it came through `--env-file`.'),
      strong('It works on the host.'),
    ],
    probes: [],
    excludedBy: ['The same values are there inside and outside.'],
    lookAlikes: [
      unlike('quoted-value', 'the values arrive, with their quotes.'),
      unlike('imds-hop-limit', 'the container should use the role of its EC2 host.'),
      unlike('frozen-in-app', 'old values are baked into the image.'),
    ],
    fixes: [
      cure(
        'Pass all three variables; they must be set in your shell',
        everywhere(
          'docker run --rm -e AWS_ACCESS_KEY_ID -e AWS_SECRET_ACCESS_KEY -e AWS_SESSION_TOKEN -e AWS_REGION IMAGE',
        ),
      ),
      cureWhen('You use a profile', 'Mount the files, read-only, and say where they are', {
        bash: [
          'docker run --rm -v "$HOME/.aws:/aws:ro" -e AWS_SHARED_CREDENTIALS_FILE=/aws/credentials -e AWS_CONFIG_FILE=/aws/config -e AWS_PROFILE=NAME IMAGE',
        ],
        fish: [
          'docker run --rm -v "$HOME/.aws:/aws:ro" -e AWS_SHARED_CREDENTIALS_FILE=/aws/credentials -e AWS_CONFIG_FILE=/aws/config -e AWS_PROFILE=NAME IMAGE',
        ],
        powershell: [
          'docker run --rm -v "$HOME/.aws:/aws:ro" -e AWS_SHARED_CREDENTIALS_FILE=/aws/credentials -e AWS_CONFIG_FILE=/aws/config -e AWS_PROFILE=NAME IMAGE',
        ],
        cmd: [
          'docker run --rm -v "%USERPROFILE%\\.aws:/aws:ro" -e AWS_SHARED_CREDENTIALS_FILE=/aws/credentials -e AWS_CONFIG_FILE=/aws/config -e AWS_PROFILE=NAME IMAGE',
        ],
      }),
    ],
    prevention: [
      'In production give the container a role (ECS task role, EKS Pod Identity).',
      'Never pass keys with `ARG` or `ENV` in a Dockerfile.',
    ],
    sources: [from('Docker: docker run, options -e and --env-file'), docs.sdkVariables],
    threads: 7,
  },
  'ci-secret-missing': {
    title: 'The CI secret is missing, empty or not given to this build',
    story:
      'The secret has another name, belongs to another repository or environment, is protected and the branch is not, or the build comes from a fork, which gets no secrets. The CI then sets an empty variable or leaves the literal text, and the job signs with nothing. The AWS key itself may be fine.',
    fits: 'CI systems put nothing where a secret does not exist for the build',
    symptoms: [
      s3EmptyKey,
      unableToLocate,
      symptom(
        'GitHub action configure-aws-credentials',
        null,
        'Credentials could not be loaded, please check your action inputs: Could not load credentials from any providers',
      ),
      invalidClientTokenId,
    ],
    signs: [
      proves('In the job the variable is empty, or holds a literal text such as `$(NAME)`, `{{ … }}` or `***`.'),
      strong('The build is of a pull request from a fork.'),
      strong('It works on the main branch and fails on others.'),
    ],
    probes: [],
    excludedBy: ['The variable has the right length in the job.'],
    lookAlikes: [
      unlike(
        'oidc-trust-mismatch',
        'the job uses OIDC and no secret; its own message is the same when `id-token: write` is missing.',
      ),
      unlike('placeholder-value', 'the literal text stands everywhere, not only in CI.'),
      unlike('surrounding-whitespace', 'the secret is there, with a line end behind it.'),
    ],
    fixes: [
      cure(
        'Add the secret to that repository or environment under the name that the job uses, and allow the branch. See in the job how many characters arrive (20 are right)',
        {
          bash: ['printf %s "$AWS_ACCESS_KEY_ID" | wc -c'],
          fish: ['printf %s "$AWS_ACCESS_KEY_ID" | wc -c'],
          powershell: ['"$Env:AWS_ACCESS_KEY_ID".Length'],
          cmd: ['powershell -NoProfile -Command "(\'\'+$Env:AWS_ACCESS_KEY_ID).Length"'],
        },
      ),
      cureWhen('You use GitHub', 'List the names of the secrets', everywhere('gh secret list')),
      cureWhen('You use GitLab', 'Make the variable unprotected, or the branch protected'),
    ],
    prevention: [
      'Use OIDC with a role instead of stored keys.',
      'Let the job fail early with a clear word when a variable is empty.',
    ],
    sources: [
      thread('aws-actions/configure-aws-credentials#58'),
      thread('aws-actions/configure-aws-credentials#131'),
      thread('aws-actions/configure-aws-credentials#188'),
      thread('aws-actions/configure-aws-credentials#383'),
    ],
    threads: 9,
  },
  'two-homes': {
    title: 'Two homes with two sets of AWS files',
    story:
      'Windows and WSL, Git Bash, a snap or flatpak, a container: each has a home directory of its own and so a `~/.aws` of its own. You edit one, and the tool reads the other, which is empty or old.',
    fits: 'The tool may read the files of another home than the one that you edit',
    symptoms: [unableToLocate, profileMissing, invalidClientTokenId],
    signs: [
      strong(
        'A second `.aws` directory lies in the other home (`/mnt/c/Users/…/.aws` seen from WSL) and holds other keys.',
      ),
      strong('It works in one window and fails in the other, with the same command.'),
    ],
    probes: [],
    excludedBy: ['Both homes hold the same files, or there is one only.'],
    lookAlikes: [
      unlike('unexpected-file', 'one home, and a file with a wrong name or place in it.'),
      unlike('environment-dropped', 'sudo changed the home.'),
      unlike('docker-environment', 'the other home is inside a container.'),
    ],
    fixes: [
      cure('Let both use the same files: in WSL, link the directory of Windows (move your own away first)', {
        bash: ['mv ~/.aws ~/.aws.old; ln -s "/mnt/c/Users/NAME/.aws" ~/.aws'],
        fish: ['mv ~/.aws ~/.aws.old; ln -s "/mnt/c/Users/NAME/.aws" ~/.aws'],
        powershell: [],
        cmd: [],
      }),
      cureWhen('You want to see which one is read', 'See what this shell has', showVariables),
      cureWhen('You want to see who you are there', 'Ask', whoAmI),
    ],
    prevention: ['Pick one home for AWS files and link the others to it.'],
    sources: [docs.cliFiles],
    threads: 4,
  },
} as const satisfies Partial<Record<CauseId, Entry>>
