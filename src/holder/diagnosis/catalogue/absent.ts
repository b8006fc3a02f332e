import type { CauseId } from '../../../cause-ids.ts'
import { command, unsetVariables } from '../shells.ts'
import { promptFor } from '../words.ts'
import { chain, configure, fix, logIn } from './commands.ts'
import { cure, cureWhen, type Entry, hint, probe, proves, unlike } from './entry.ts'
import { docs } from './sources.ts'
import { credentialsMissingEc2, missingToken, missingTokenJson, s3Denied, symptom, unableToLocate } from './symptoms.ts'

/** Nothing, or only half of a pair. */
export const absentEntries = {
  'no-credentials': {
    title: 'No source on this machine holds AWS credentials',
    story:
      'The client asked every place that it knows (variables, files, SSO, container, instance) and none had a key. Usually nothing was ever set up for this user, or what was set up is somewhere this process cannot see: another home directory, another shell, another profile. Most clients stop there and send nothing; some send the request unsigned instead, and then it is AWS that complains.',
    fits: 'A client that finds no credentials stops, or sends its request unsigned',
    symptoms: [
      unableToLocate,
      symptom('JavaScript SDK v3', 'CredentialsProviderError', 'Could not load credentials from any providers'),
      missingToken,
      missingTokenJson,
      credentialsMissingEc2,
      s3Denied,
    ],
    signs: [
      proves('Every source of the chain is empty: `countersign chain` lists them, with what each one was missing.'),
      hint('`AWS_EC2_METADATA_DISABLED=true` is set, so that the role of an instance is not asked for either.'),
    ],
    probes: [probe('P9', null, 'On an EC2 instance the metadata service tells whether a role is attached at all.')],
    excludedBy: [
      'AWS answered with a key error such as `InvalidClientTokenId`: then something was sent.',
      'The same command works for the same user in the same shell.',
    ],
    lookAlikes: [
      unlike('partial-credentials', 'names one missing variable: half of a pair is there.'),
      unlike('profile-not-found', 'names the profile that does not exist.'),
      unlike('environment-dropped', 'it works in your shell and fails under sudo, cron or systemd.'),
      unlike('docker-environment', 'it works on the host and fails inside the container.'),
      unlike('imds-hop-limit', 'it works on the EC2 host and fails in its containers.'),
      unlike('authorization-missing', 'the client did sign; something took the header away.'),
    ],
    fixes: [
      cure(
        'Store a key (IAM, Users, your user, Security credentials, Create access key), or log in with `aws configure sso` if your company uses IAM Identity Center',
        configure,
      ),
      cureWhen('You have set something up before', 'See which sources were asked and why each is empty', chain),
      cureWhen('You use IAM Identity Center and have a profile for it', 'Log in', logIn),
    ],
    prevention: [
      'Name the profile in the project (`AWS_PROFILE` in its start script), so that it does not depend on the shell.',
      'Let programs fail when no credentials are found, rather than send requests unsigned.',
    ],
    sources: [docs.sdkChain, docs.cliFiles],
    threads: 20,
  },
  'partial-credentials': {
    title: 'Only half of a key pair is there',
    story:
      'A key id stands without its secret, or a secret without its key id. The AWS CLI and boto3 stop at a key id without its secret, even when a complete profile would come next; other SDKs pass over the half pair in silence. It happens when one variable was exported and the other mistyped, when a CI secret is missing, or when the two halves were split over the config and the credentials file.',
    fits: 'The AWS CLI and boto3 stop at half a pair, before anything is sent',
    symptoms: [
      symptom(
        'AWS CLI and boto3, before anything is sent',
        'PartialCredentialsError',
        'Partial credentials found in ‹provider›, missing: ‹name›',
      ),
      unableToLocate,
    ],
    signs: [
      proves('The message names the source and the half that is missing.'),
      proves('One of `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` is set and the other is not.'),
      proves('A section has `aws_access_key_id` and no `aws_secret_access_key` beside it, or the other way round.'),
    ],
    probes: [],
    excludedBy: ['Key id and secret are both there; a missing third value is another matter.'],
    lookAlikes: [
      unlike('session-token-missing', 'id and secret are both there, and only the session token is not.'),
      unlike('no-credentials', 'no source holds anything at all.'),
      unlike('ci-secret-missing', 'the missing half comes from a CI secret that is empty in this build.'),
    ],
    fixes: [
      cure(
        'Set both halves from the same key. The secret of an existing key is never shown again: without a copy of it, make a new key',
        promptFor(['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']),
      ),
      cureWhen(
        'The half pair is in the environment and your profile is complete',
        'Take the half pair away, so that the profile is used again',
        unsetVariables(['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_SECURITY_TOKEN']),
      ),
      cureWhen(
        'The half pair is in a file',
        'Store both halves of one key',
        command('countersign', 'configure', '--profile', 'NAME'),
      ),
      cureWhen('The other half is in the other AWS file', 'Let it be moved to the first', fix('partial-credentials')),
    ],
    prevention: ['Set and unset the variables together; `aws configure export-credentials` prints complete sets.'],
    sources: [docs.cliFiles, docs.cliVariables],
    threads: 5,
  },
} as const satisfies Partial<Record<CauseId, Entry>>
