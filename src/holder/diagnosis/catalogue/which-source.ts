import type { CauseId } from '../../../cause-ids.ts'
import { command, everywhere, noCommands, setVariable, unsetVariables } from '../shells.ts'
import { useProfile } from '../words.ts'
import {
  chain,
  clearCaches,
  clearCredentials,
  configureSet,
  editConfig,
  findExports,
  fix,
  listProfiles,
  logIn,
} from './commands.ts'
import { cure, cureWhen, type Entry, hint, probe, proves, strong, unlike } from './entry.ts'
import { docs, from, thread } from './sources.ts'
import {
  cannotParse,
  deniedNoPolicy,
  expiredToken,
  invalidClientTokenId,
  keyRefused,
  profileMissing,
  retrievalFailed,
  signatureDoesNotMatch,
  symptom,
  unableToLocate,
  unrecognizedClient,
} from './symptoms.ts'

/** A different source won than was meant. */
export const sourceEntries = {
  'environment-shadows-profile': {
    title: 'Old keys in the environment hide your profile',
    story:
      'Variables such as `AWS_ACCESS_KEY_ID` come before every profile, even before the one that `AWS_PROFILE` names. A key that was once exported in `~/.bashrc`, or set by a tool in this window, is used and the fresh one in the file is not looked at. Two exceptions make tools disagree in the same shell: `--profile` on the command line of the AWS CLI wins over the variables, and the JavaScript SDK v3 alone prefers `AWS_PROFILE`.',
    fits: 'Keys in the environment are used before those of any profile',
    symptoms: [invalidClientTokenId, expiredToken, signatureDoesNotMatch, deniedNoPolicy],
    signs: [
      proves('The id in `AWS_ACCESS_KEY_ID` is not the one in your profile, and the AWS CLI takes the variable.'),
      strong('The command works with `--profile NAME` and fails without.'),
    ],
    probes: [probe('P1', 'sts-with-shadowed-profile', 'The hidden profile’s own key is accepted.')],
    excludedBy: ['No `AWS_ACCESS_KEY_ID` is set.', 'The variable and the profile hold the same id.'],
    lookAlikes: [
      unlike('wrong-profile', 'no variable is set; another profile than you think is used.'),
      unlike('dotenv-overrides', 'the variable comes from a `.env` file of the project.'),
      unlike('stale-session-token', 'only the token comes from the environment.'),
      unlike('sdk-store-shadows', 'PowerShell and .NET have a store of their own that comes before the file.'),
    ],
    fixes: [
      cure(
        'Take the keys out of the environment (and out of the file that sets them, for example ~/.bashrc)',
        clearCredentials,
      ),
      cureWhen(
        'They come back in every new shell',
        'Let the lines of the file that sets them become comments',
        fix('environment-shadows-profile'),
      ),
      cureWhen('You want to look for yourself', 'See which start-up files set variables', findExports),
      cureWhen(
        'It is needed just once',
        'Name the profile in the call',
        command('aws', 'sts', 'get-caller-identity', '--profile', 'NAME'),
      ),
    ],
    prevention: ['Set `AWS_PROFILE` in start-up files, never keys.'],
    sources: [docs.cliVariables, docs.sdkChain, from('The order of sources in each SDK, recorded by running them')],
    threads: 15,
  },
  'wrong-profile': {
    title: 'No profile was named, and the default one is not the one that you mean',
    story:
      'Without `--profile` and `AWS_PROFILE` every tool takes the profile `default`. It may be empty, old, or of another account, while the keys that you just stored are in a profile with a name. `aws configure --profile work` does not make “work” the one that is used.',
    fits: 'Without a name the profile default is used',
    symptoms: [unableToLocate, invalidClientTokenId, deniedNoPolicy, expiredToken],
    signs: [
      hint('Only profiles with names hold complete keys.'),
      hint('The caller in an `AccessDenied` message is somebody else than you expect.'),
    ],
    probes: [
      probe(
        'P1',
        'sts-as-it-is',
        'GetCallerIdentity says who the default profile is; with `--profile NAME` it says who the other one is.',
      ),
    ],
    excludedBy: ['`AWS_PROFILE` or `--profile` names the profile.', 'Keys in the environment are used.'],
    lookAlikes: [
      unlike('environment-shadows-profile', 'variables win, whatever profile is named.'),
      unlike('profile-not-found', 'a profile is named, and there is none of that name.'),
    ],
    fixes: [
      cure('Name the profile that is meant', useProfile('NAME')),
      cureWhen('You want to see which there are', 'List them', listProfiles),
    ],
    prevention: [
      'Leave the default profile empty: then a forgotten name fails at once instead of acting in the wrong account.',
    ],
    sources: [docs.cliFiles],
    threads: 8,
  },
  'profile-not-found': {
    title: 'The profile that is named does not exist',
    story:
      '`AWS_PROFILE` or `--profile` names a profile that is in neither file: mistyped, with another capital letter, with a blank at its end, or from another computer. The AWS CLI, boto3, Go 2, Terraform and .NET stop there; other SDKs go on in silence, at last to the role of the machine. For the AWS CLI and boto3 an empty `AWS_PROFILE` is a name, too.',
    fits: 'The client finds no profile of that name',
    symptoms: [
      profileMissing,
      symptom(
        'JavaScript SDK v3',
        'CredentialsProviderError',
        'Could not resolve credentials using profile: [‹name›] in configuration/credentials file(s).',
      ),
      symptom('Go SDK v2', null, 'failed to get shared config profile, ‹name›'),
    ],
    signs: [
      proves('Neither file has a section of that name.'),
      proves('The name in the variable has a blank at an end, or other capital letters than the section.'),
    ],
    probes: [],
    excludedBy: ['The profile is listed by `aws configure list-profiles` and the same files are read.'],
    lookAlikes: [
      unlike('section-prefix', 'the profile is there, and its header is spelled for the other file.'),
      unlike('unexpected-file', 'the profile is in a file that this process does not read.'),
      unlike('environment-dropped', 'it exists for you and not for root, cron or the service.'),
      unlike('two-homes', 'it exists in Windows and not in WSL, or the other way round.'),
    ],
    fixes: [
      cure(
        'Take the variable away, so that the default profile is used, or set it to a profile that exists',
        unsetVariables(['AWS_PROFILE', 'AWS_DEFAULT_PROFILE']),
      ),
      cureWhen('You want to see which there are', 'List them', listProfiles),
      cureWhen('It should exist', 'Create it', command('countersign', 'configure', '--profile', 'NAME')),
    ],
    prevention: [
      'Let projects name their profile in a README or a start script, with the same spelling for everybody.',
    ],
    sources: [docs.cliFiles, docs.cliVariables],
    threads: 7,
  },
  'section-prefix': {
    title: 'The header of the profile is spelled for the other file',
    story:
      'The two files have two spellings: `[profile work]` in the config file and plain `[work]` in the credentials file. A header copied from one to the other makes another profile than it seems to, and the real one is not found or keeps its old keys. Ruby and .NET forgive the word in the credentials file, so that it may work in one tool only.',
    fits: 'In the config file a header needs the word profile, in the credentials file it must not have it',
    symptoms: [profileMissing, unableToLocate, invalidClientTokenId],
    signs: [
      proves(
        'The credentials file has a section `[profile NAME]`, or the config file has a section `[NAME]` that is not `default`.',
      ),
      proves(
        'The header has blanks inside the brackets: `[ default ]` is not the default profile for the AWS CLI, boto3, JavaScript and PHP.',
      ),
    ],
    probes: [],
    excludedBy: ['The headers are spelled as each file wants them.'],
    lookAlikes: [
      unlike('profile-not-found', 'no section has that name in any spelling.'),
      unlike('file-syntax', 'the file cannot be read.'),
    ],
    fixes: [
      cure(
        'Correct the header: [work] in the credentials file, [profile work] in the config file',
        fix('section-prefix'),
      ),
      cureWhen('Both headers stand there', 'Move the settings below the right one', editConfig),
    ],
    prevention: ['Write profiles with `aws configure --profile NAME`, which knows the difference.'],
    sources: [docs.cliFiles, docs.sdkFiles],
    threads: 4,
  },
  'unexpected-file': {
    title: 'AWS tools look for the file in another place',
    story:
      'The file has an ending that Windows hides (`credentials.txt`), lies in `~/aws` instead of `~/.aws`, belongs to another user, or may not be read. Or `AWS_SHARED_CREDENTIALS_FILE` or `AWS_CONFIG_FILE` points somewhere else; a `~` inside quotes stays a `~` there. Most tools say nothing about a file that is not there.',
    fits: 'The client looks for the file in another place than it lies',
    symptoms: [unableToLocate, profileMissing, cannotParse],
    signs: [
      proves('One of the two variables names a file that does not exist.'),
      proves('The usual file is there and may not be read by this user.'),
      strong('`~/.aws/credentials` is not there, and a file with almost that name is.'),
    ],
    probes: [],
    excludedBy: ['The file that you look at is the one that the client reads.'],
    lookAlikes: [
      unlike('two-homes', 'two whole sets of files exist, one in each home.'),
      unlike('environment-dropped', 'sudo or cron changed the home directory.'),
      unlike('file-syntax', 'the right file is read and cannot be understood.'),
    ],
    fixes: [
      cure(
        'Take the variables away, so that the usual files in ~/.aws are used, or set them to the right path',
        unsetVariables(['AWS_SHARED_CREDENTIALS_FILE', 'AWS_CONFIG_FILE']),
      ),
      cureWhen('The file has another name', 'Let it be renamed', fix('unexpected-file')),
      cureWhen('You do not know which file is read', 'See where each source looks', chain),
    ],
    prevention: ['Let `aws configure` make the files.'],
    sources: [docs.cliFiles, docs.cliVariables],
    threads: 6,
  },
  'sdk-store-shadows': {
    title: 'PowerShell and .NET use keys of their own store before those of the file',
    story:
      'On Windows the AWS Tools for PowerShell, the .NET SDK and the Visual Studio toolkit keep an encrypted store (`RegisteredAccounts.json`). A profile of the same name there comes before the one in the credentials file, so a new key in the file changes nothing for these tools.',
    fits: 'On Windows the .NET SDK and PowerShell look into their own store first',
    symptoms: [...keyRefused],
    signs: [
      proves(
        'The file `%LOCALAPPDATA%\\AWSToolkit\\RegisteredAccounts.json` has a profile of that name, and the tool is PowerShell or .NET.',
      ),
      strong('The AWS CLI works with the same profile name, and PowerShell does not.'),
    ],
    probes: [],
    excludedBy: ['The tool is neither .NET nor PowerShell.', 'The store has no profile of that name.'],
    lookAlikes: [
      unlike('environment-shadows-profile', 'variables win.'),
      unlike('old-environment', 'the tool was started before the value was set.'),
    ],
    fixes: [
      cure('Take the profile out of the store (in PowerShell), or store the new key there', {
        ...noCommands,
        powershell: ['Remove-AWSCredentialProfile -ProfileName NAME'],
      }),
      cureWhen('You want to see what is in it', 'List its profiles (in PowerShell)', {
        ...noCommands,
        powershell: ['Get-AWSCredential -ListProfileDetail'],
      }),
    ],
    prevention: ['Use one place for profiles: the shared file.'],
    sources: [from('AWS Tools for PowerShell: credentials'), thread('aws/aws-tools-for-powershell#278')],
    threads: 9,
  },
  'source-profile-broken': {
    title: 'The keys with which the role would be assumed do not work',
    story:
      'A profile with `role_arn` has no keys of its own: it takes those of `source_profile`. When these are dead, missing or point in a circle, the call to AssumeRole fails, and the message does not say whose key it was. The profile that you look at is fine; the one behind it is not.',
    fits: 'A profile with a role is only as good as its source_profile',
    symptoms: [
      symptom(
        'AWS CLI and boto3',
        'InvalidClientTokenId',
        'An error occurred (InvalidClientTokenId) when calling the AssumeRole operation: The security token included in the request is invalid.',
      ),
      symptom(
        'AWS CLI and boto3, before anything is sent',
        'InvalidConfigError',
        'The source profile "‹name›" must have credentials.',
      ),
      symptom(
        'AWS CLI and boto3, before anything is sent',
        'InfiniteLoopConfigError',
        'Infinite loop in credential configuration detected. Attempting to load from profile ‹name› which has already been visited.',
      ),
    ],
    signs: [
      proves('`source_profile` names a profile that does not exist, or one that leads back to itself.'),
      strong('The failing operation is AssumeRole.'),
    ],
    probes: [probe('P1', 'sts-as-it-is', 'The key at the end of the chain of profiles is refused.')],
    excludedBy: ['`aws sts get-caller-identity --profile SOURCE` works.'],
    lookAlikes: [
      unlike(
        'explicitly-denied',
        'the answer to AssumeRole is `AccessDenied`: the key works, and the role does not trust you.',
      ),
      unlike('role-cache-stale', 'the source works, and an old session of the role is used from the cache.'),
      unlike('mfa-code-wrong', 'the answer speaks of a one-time code.'),
    ],
    fixes: [
      cure('Repair the source profile first', command('aws', 'sts', 'get-caller-identity', '--profile', 'SOURCE')),
      cureWhen('`source_profile` names the wrong profile', 'Correct it', configureSet('source_profile', 'SOURCE')),
    ],
    prevention: ['Keep one source profile for all roles, and test that one first.'],
    sources: [docs.cliRole, from('botocore, credentials.py')],
    threads: 5,
  },
  'process-failed': {
    title: 'The command of credential_process fails or prints something else',
    story:
      'A profile with `credential_process` runs a command and reads JSON from it. The command is not found (a service has another PATH), asks for a login that it cannot show, prints a warning before the JSON, or returns keys that have expired. The client says only that it could not retrieve credentials.',
    fits: 'The client ran the command of credential_process and got no credentials',
    symptoms: [
      retrievalFailed,
      symptom(
        'AWS CLI and boto3, before anything is sent',
        'CredentialRetrievalError',
        'Error when retrieving credentials from custom-process: ‹what the command printed›',
      ),
    ],
    signs: [
      proves(
        'Run by hand, the command ends with an error, or prints no JSON object with `Version` 1, `AccessKeyId` and `SecretAccessKey`.',
      ),
      proves('`Expiration` in its output is past.'),
    ],
    probes: [],
    excludedBy: ['Run by hand in the same environment, it prints a good object.'],
    lookAlikes: [
      unlike('environment-dropped', 'it works in your shell and fails in a service: its PATH or HOME is another.'),
      unlike('sso-session-expired', 'the command is a login tool whose login ended.'),
      unlike('key-unknown', 'the command works, and the keys that it prints are refused.'),
    ],
    fixes: [
      cure(
        'Run the command of `credential_process` by hand and cure what it says: it must print one JSON object of Version 1',
        command('countersign', 'configure', 'get', 'credential_process', '--profile', 'NAME'),
      ),
      cureWhen(
        'It is not found',
        'Write its absolute path in the config file, and double quotes around a path with blanks',
        editConfig,
      ),
    ],
    prevention: ['Let the command print nothing but JSON on stdout; messages belong on stderr.'],
    sources: [docs.sdkProcess],
    threads: 6,
  },
  'role-cache-stale': {
    title: 'The AWS CLI uses an old session of the role from its cache',
    story:
      'For profiles with `role_arn` the AWS CLI keeps the session in `~/.aws/cli/cache` until it ends. When the key behind it was replaced, or the role was deleted and made anew, the kept session is refused though everything in the files is right.',
    fits: 'The AWS CLI keeps sessions of roles on disk until they end',
    symptoms: [expiredToken, invalidClientTokenId],
    signs: [
      proves('The cache file is of another account or role than the profile now names.'),
      proves('Its `Expiration` is past and it is used all the same.'),
      strong('Only the AWS CLI fails; other SDKs, which do not read this cache, work with the same profile.'),
    ],
    probes: [probe('P1', 'sts-as-neighbour', 'The source profile is accepted.')],
    excludedBy: ['The profile has no `role_arn`.', 'The cache directory is empty.'],
    lookAlikes: [
      unlike('session-parent-gone', 'the reason why a cached session dies early.'),
      unlike('sso-session-expired', 'the cache of SSO is another one, `~/.aws/sso/cache`.'),
      unlike('source-profile-broken', 'the key that would make a new session is refused.'),
    ],
    fixes: [
      cure('Throw the cached session away; the next call makes a new one', fix('role-cache-stale')),
      cureWhen('You want all of them gone', 'Delete them', clearCaches),
      cureWhen('You use IAM Identity Center', 'Log in again as well', logIn),
    ],
    prevention: ['Clear the cache after rotating keys or re-creating roles.'],
    sources: [docs.cliRole],
    threads: 5,
  },
  'terraform-backend': {
    title: 'Terraform’s S3 backend uses other credentials than the provider',
    story:
      'The `backend "s3"` block authenticates by itself: it does not see the `profile`, keys or token of `provider "aws"`. So `plan` may work with the provider and `init` fail, or the other way round. Terraform also remembers backend settings, old keys included, in `.terraform/terraform.tfstate`.',
    fits: 'The error comes from the backend, which has settings of its own',
    symptoms: [
      symptom(
        'Terraform',
        null,
        'Error: error configuring S3 Backend: error validating provider credentials: error calling sts:GetCallerIdentity: InvalidClientTokenId: The security token included in the request is invalid.',
      ),
      symptom('Terraform', null, 'Error: No valid credential sources found'),
    ],
    signs: [
      strong('The message speaks of the backend, or the command was `terraform init`.'),
      strong('The backend block has no profile, or another one than the provider block.'),
      strong('`.terraform/terraform.tfstate` holds an `access_key` or `profile` of earlier.'),
    ],
    probes: [probe('P1', 'sts-as-it-is', 'The credentials of the shell, which the AWS CLI uses, are accepted.')],
    excludedBy: [
      '`init` works, and `plan` fails: then it is the provider.',
      'The AWS CLI fails with the same profile.',
    ],
    lookAlikes: [
      unlike('profile-not-found', 'the profile named in the block does not exist on this computer.'),
      unlike('environment-shadows-profile', 'variables win over the profile of the block.'),
      unlike('token-property-name', 'the block has the token under a wrong name; it is called `token`.'),
    ],
    fixes: [
      cure(
        'Give the backend the profile too, and let it forget the old settings',
        everywhere('terraform init -reconfigure -backend-config=profile=NAME'),
      ),
      cureWhen(
        'All of Terraform should use one profile',
        'Take profile and keys out of both blocks and set the variable',
        useProfile('NAME'),
      ),
    ],
    prevention: ['Keep keys out of both blocks; they end up in the state directory.'],
    sources: [
      thread('hashicorp/terraform#13589'),
      thread('hashicorp/terraform#18698'),
      thread('hashicorp/terraform#25758'),
      thread('hashicorp/terraform#38759'),
      from('Terraform: backend type s3'),
    ],
    threads: 10,
  },
  'frozen-in-app': {
    title: 'An application has old credentials baked in',
    story:
      'The key on disk is new, and the application still sends the old one: it sits in a cached configuration, in an image layer, in a build that replaced variables by values, or in a connection that Jenkins or Airflow stores. Restarting does not help, because it is not read again.',
    fits: 'Caches, images and stored connections keep the values of the day they were made',
    symptoms: [invalidClientTokenId, unrecognizedClient, expiredToken],
    signs: [
      strong('The id in the debug log of the application is none of those in your files and variables.'),
      strong('Its first characters are found in files of the project, the image or the configuration cache.'),
    ],
    probes: [probe('P1', 'sts-as-it-is', 'The credentials of the shell are accepted.')],
    excludedBy: ['The application sends the id that stands in your files.'],
    lookAlikes: [
      unlike('stale-process', 'a restart helps.'),
      unlike('key-deleted', 'the id in the files is the refused one.'),
      unlike('dotenv-overrides', 'the value comes from a `.env` file that is read at each start.'),
    ],
    fixes: [
      cure('Clear the cache, rebuild the image or edit the stored connection'),
      cureWhen('You use Laravel', 'Throw away the cached configuration', everywhere('php artisan config:clear')),
      cureWhen('You look for the place', 'Search for the first part of the old id', {
        bash: ["grep -rIl --exclude-dir=node_modules 'AKIA_FIRST_12' ."],
        fish: ["grep -rIl --exclude-dir=node_modules 'AKIA_FIRST_12' ."],
        powershell: ["Get-ChildItem -Recurse -File . | Select-String -List 'AKIA_FIRST_12' | ForEach-Object Path"],
        cmd: ['findstr /s /m "AKIA_FIRST_12" *.*'],
      }),
    ],
    prevention: ['Give applications a role or a profile at run time; never put keys into builds.'],
    sources: [from('Laravel: configuration caching'), from('Public threads on Jenkins, Airflow and image builds')],
    threads: 10,
  },
  'fell-through-to-role': {
    title: 'The client fell through to the role of the instance or container',
    story:
      'The source that you meant was not found, and the chain went on to the last one: the role of the EC2 instance or of the container. It works, but as somebody else, so permissions are missing or the account is another. Where that role is switched off (`AWS_EC2_METADATA_DISABLED=true`), the same mistake ends in “unable to locate credentials”.',
    fits: 'When the intended source is not found, the role of the machine is used',
    symptoms: [deniedNoPolicy, unableToLocate],
    signs: [
      proves(
        'No variable and no file holds credentials, and the caller in the message is an assumed role whose session is called after an instance (`i-…`).',
      ),
      proves('`AWS_EC2_METADATA_DISABLED=true` is set and nothing else holds credentials.'),
    ],
    probes: [
      probe('P9', null, 'The metadata service names the role of the instance.'),
      probe('P1', 'sts-as-it-is', 'GetCallerIdentity says who you are: the role.'),
    ],
    excludedBy: ['The caller in the message is the one that you meant.'],
    lookAlikes: [
      unlike('node-role-instead', 'the same in Kubernetes: the pod acts as its node.'),
      unlike('permission-missing', 'the right identity lacks a permission.'),
      unlike('profile-not-found', 'a profile was named, and some clients stop there.'),
    ],
    fixes: [
      cure('Configure the source that you mean, or name its profile', useProfile('NAME')),
      cureWhen(
        'You want the role after all',
        'Let the metadata service be asked',
        unsetVariables(['AWS_EC2_METADATA_DISABLED']),
      ),
      cureWhen(
        'You want this never to happen',
        'Switch the metadata service off for the program',
        setVariable('AWS_EC2_METADATA_DISABLED', 'true'),
      ),
    ],
    prevention: [
      'Name the profile in scripts: the AWS CLI, boto3, Go 2 and .NET stop at a named profile that is missing, instead of falling through.',
    ],
    sources: [docs.sdkChain, docs.sdkInstance],
    threads: 4,
  },
} as const satisfies Partial<Record<CauseId, Entry>>
