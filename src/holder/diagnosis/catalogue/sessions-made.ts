import type { CauseId } from '../../../cause-ids.ts'
import { command, everywhere, sequence } from '../shells.ts'
import { aws } from '../words.ts'
import { clearCredentials, configureSet } from './commands.ts'
import { cure, cureWhen, type Entry, probe, proves, strong, unlike } from './entry.ts'
import { docs, from } from './sources.ts'
import { keyRefused, s3Expired, symptom } from './symptoms.ts'

/** Sessions: asking for them, and handing them on. */
export const sessionsMadeEntries = {
  'token-property-name': {
    title: 'The session token stands under a name that the tool does not read',
    story:
      'Tools call the third value differently: `token` (PHP, Laravel, Terraform), `sessionToken` (JavaScript), `aws_session_token` (AWS files, Concourse), `session_token` elsewhere. Under the wrong name it is ignored without a word, and the request goes out as if there were none.',
    fits: 'A token under a name that the tool does not know is ignored',
    symptoms: [...keyRefused],
    signs: [
      strong('The configuration of the tool has a token under a name that its manual does not know.'),
      strong('The key begins with `ASIA`, and the request in the debug log has no `X-Amz-Security-Token` header.'),
    ],
    probes: [probe('P1', 'sts-as-it-is', 'The same three values in the environment are accepted.')],
    excludedBy: ['The header is sent.'],
    lookAlikes: [
      unlike('session-token-missing', 'no token is there under any name.'),
      unlike('frozen-in-app', 'the name is right, and an old configuration is cached.'),
    ],
    fixes: [
      cure(
        'Rename it: `token` in Laravel, PHP and Terraform, `sessionToken` in JavaScript, `aws_session_token` in AWS files',
      ),
      cureWhen(
        'You use Laravel',
        'Throw away the cached configuration afterwards',
        everywhere('php artisan config:clear'),
      ),
    ],
    prevention: ['Let the SDK find credentials by itself instead of passing them by name.'],
    sources: [from('Manuals of Laravel, the AWS SDK for PHP, Terraform and Concourse'), docs.cliFiles],
    threads: 8,
  },
  'session-from-session': {
    title: 'A session cannot be made from a session',
    story:
      'GetSessionToken and GetFederationToken need a long-term key. They are refused when the shell is already inside a session, typically the one that an earlier `get-session-token` exported. The next call then runs with the old session instead of the long-term key.',
    fits: 'These calls need a long-term key and were signed with a session',
    symptoms: [
      symptom('STS', 'AccessDenied', 'Cannot call GetSessionToken with session credentials'),
      symptom('STS', 'AccessDenied', 'Cannot call GetFederationToken with session credentials'),
    ],
    signs: [
      proves('The text says it.'),
      proves('The credential in use begins with `ASIA` while GetSessionToken is called.'),
    ],
    probes: [],
    excludedBy: ['The key in use begins with `AKIA`.'],
    lookAlikes: [
      unlike('session-without-mfa', 'IAM refuses an existing session.'),
      unlike('permission-missing', 'a policy is missing; the text names an action.'),
      unlike('environment-shadows-profile', 'the reason why the session is used: variables win over your profile.'),
    ],
    fixes: [
      cure('Take the session out of the environment and make the call with the long-term key', clearCredentials),
      cureWhen(
        'The long-term key is in a profile',
        'Make the session from there',
        sequence(clearCredentials, command('aws', 'sts', 'get-session-token', '--profile', 'NAME')),
      ),
      cureWhen('You need a role from a session', 'Use AssumeRole: it works from a session'),
    ],
    prevention: [
      'Keep long-term key and session in two profiles, and name the long-term one in the call that makes sessions.',
    ],
    sources: [docs.getSessionToken, docs.getFederationToken],
    threads: 9,
  },
  'duration-too-long': {
    title: 'The session was asked for longer than is allowed',
    story:
      'A role has a maximum of its own (one hour unless it was raised, twelve at most). A role that is assumed from another session gets one hour and no more, whatever its maximum says; that is called role chaining. GetSessionToken gives up to 36 hours, and one hour to the root user.',
    fits: 'STS refuses a duration above the limit of the role or of the call',
    symptoms: [
      symptom(
        'STS',
        'ValidationError',
        'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
      ),
      symptom(
        'STS',
        'ValidationError',
        'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
      ),
    ],
    signs: [
      proves('The text says it.'),
      proves(
        '`duration_seconds` in the profile is above 3,600, and the credentials that assume the role are a session themselves.',
      ),
      proves('It is above 43,200 for a role, or above 129,600 for GetSessionToken.'),
    ],
    probes: [],
    excludedBy: ['The duration is 3,600 seconds or less.'],
    lookAlikes: [
      unlike('session-from-session', 'the call is refused for the session itself, not for its length.'),
      unlike('explicitly-denied', 'a policy denies the call.'),
    ],
    fixes: [
      cure('Ask for an hour', configureSet('duration_seconds', '3600')),
      cureWhen(
        'The role is not assumed from a session',
        'Raise the maximum of the role, or have it raised',
        command('aws', 'iam', 'update-role', '--role-name', 'ROLE', '--max-session-duration', '43200'),
      ),
      cureWhen(
        'You need longer from a session',
        'Assume the role with a long-term key or with IAM Identity Center directly',
      ),
    ],
    prevention: ['Let the SDK renew the role by itself: then an hour is enough.'],
    sources: [docs.assumeRole, docs.getSessionToken, docs.quotas],
    threads: 10,
  },
  'presigned-outlives-session': {
    title: 'A presigned URL dies before its time, because the session that signed it ended',
    story:
      'A presigned URL is good until its own end or until the session that signed it ends, whichever comes first. Signed with the role of an instance, a function or SSO, a “seven day” URL lives some hours. It works when you test it, and fails the next day.',
    fits: 'A URL is over when its own time is, or that of the session which signed it',
    symptoms: [s3Expired, symptom('S3', 'AccessDenied', 'Request has expired')],
    signs: [
      proves(
        'The answer is “The provided token has expired” for a URL whose `X-Amz-Date` plus `X-Amz-Expires` is still to come.',
      ),
      strong('The URL has an `X-Amz-Security-Token` in it: it was signed by a session.'),
    ],
    probes: [],
    excludedBy: ['The URL has no `X-Amz-Security-Token`: then only its own time counts.'],
    lookAlikes: [
      unlike('presigned-altered', 'the answer speaks of the signature, or of two kinds of authentication.'),
      unlike('session-expired', 'no URL is involved: the caller’s own session is over.'),
      unlike('clock-skew', 'the URL fails at once.'),
    ],
    fixes: [
      cure(
        'Make a new URL, on demand and shortly before it is used',
        everywhere('aws s3 presign s3://BUCKET/KEY --expires-in 3600'),
      ),
      cureWhen(
        'It must live for days',
        'Sign it with a long-term key of a user that may read only these objects (at most seven days)',
        aws('NAME', 's3', 'presign', 's3://BUCKET/KEY', '--expires-in', '604800'),
      ),
    ],
    prevention: [
      'Hand out a link of your own that makes the presigned URL when it is followed.',
      'For permanent links use CloudFront signed URLs, which have keys of their own.',
    ],
    sources: [docs.presigned, docs.s3Errors],
    threads: 11,
  },
} as const satisfies Partial<Record<CauseId, Entry>>
