import type { CauseId } from '../../../cause-ids.ts'
import { everywhere, sequence, unsetVariables } from '../shells.ts'
import { pasteToken, promptFor, storeSession } from '../words.ts'
import { clearCaches, clearCredentials, exportProfile, findExports, fix, logIn } from './commands.ts'
import { cure, cureWhen, type Entry, hint, probe, proves, strong, unlike } from './entry.ts'
import { docs, from, thread } from './sources.ts'
import {
  authFailure,
  badTokenHeader,
  invalidAccessKeyId,
  invalidClientTokenId,
  sessionOver,
  sessionRefused,
  signatureDoesNotMatch,
  symptom,
  unrecognizedClient,
} from './symptoms.ts'

const threeValues = promptFor(['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'])

/** Sessions: how they are held, and how they end. Making them is in `sessions-made.ts`. */
export const temporaryEntries = {
  'session-expired': {
    title: 'The session has expired',
    story:
      'Temporary keys (ASIA) end: after one hour for most roles, twelve for a console-like login, 36 at the very most. For some time AWS says “expired”; weeks later it may only say that the token is invalid. Renewing one of the three values is not enough, because they are made together.',
    fits: 'Temporary keys (ASIA) end after 15 minutes to 36 hours; long after their end this is the answer',
    symptoms: [
      ...sessionOver,
      invalidClientTokenId,
      symptom(
        'AWS CLI and boto3, before anything is sent',
        null,
        'Credentials were refreshed, but the refreshed credentials are still expired.',
      ),
      symptom(
        'AWS CLI and boto3, before anything is sent',
        'LoginRefreshRequired',
        "Your session has expired or credentials have changed. Please reauthenticate using 'aws login'.",
      ),
    ],
    signs: [
      proves(
        'An end is noted beside the values (`aws_expiration`, `x_security_token_expires`, `AWS_CREDENTIAL_EXPIRATION`, a cache file) and is past.',
      ),
      proves(
        'The token was issued more than 36 hours ago: no session lasts longer. The time stands in the token itself.',
      ),
      strong('The token was issued more than 12 hours ago and is of a role.'),
      hint('The token was issued more than an hour ago.'),
    ],
    probes: [probe('P1', 'sts-as-it-is', 'STS answers `ExpiredToken`: the values were genuine once.')],
    excludedBy: ['The key begins with `AKIA`: long-term keys do not expire.', 'The token was issued minutes ago.'],
    lookAlikes: [
      unlike('stale-process', 'the file holds a fresh session, and a running program still uses the old one.'),
      unlike('stale-session-token', 'the key is long-term (AKIA), and only the token beside it is old.'),
      unlike('sso-session-expired', 'the login to the SSO portal ended, and no session can be fetched.'),
      unlike('clock-skew', 'EC2 says `RequestExpired` for a wrong clock too; STS tells the two apart.'),
      unlike('oidc-token-invalid', 'the text has two numbers in it: it is the web identity token that expired.'),
    ],
    fixes: [
      cure('Get a new session the way you got the old one, and replace all three values', threeValues),
      cureWhen('It comes from IAM Identity Center', 'Log in again', logIn),
      cureWhen(
        'It comes from GetSessionToken',
        'Log in with the profile of your long-term key and a fresh code',
        logIn,
      ),
      cureWhen('It stands in a profile', 'Store all three values there', storeSession('NAME')),
    ],
    prevention: [
      'Use a profile that fetches sessions by itself (SSO, `role_arn`, `credential_process`) instead of pasted values.',
      'For long jobs, ask for a longer session or let the SDK refresh it.',
    ],
    sources: [
      docs.temporary,
      docs.getSessionToken,
      thread('aws/aws-sdk-ruby#143'),
      thread('aws/aws-sdk-java#1443'),
      thread('aws/aws-sdk-go-v2#1674'),
      thread('mmorris1975/aws-runas#22'),
    ],
    threads: 35,
  },
  'stale-process': {
    title: 'A running program still uses the old credentials',
    story:
      'You renewed the session, and the program goes on failing: it read the values at its start and keeps them. Variables are copied into a process when it starts and never change after that; some SDK clients also keep what they read from a file.',
    fits: 'A long-running program keeps what it read at its start',
    symptoms: [...sessionOver],
    signs: [
      strong('The program started before the file was last written.'),
      strong('`aws sts get-caller-identity` works in a new shell at the same time.'),
      hint('It fails after exactly one hour, or twelve.'),
    ],
    probes: [probe('P1', 'sts-as-it-is', 'The credentials on disk are accepted.')],
    excludedBy: ['The credentials on disk are expired as well.', 'A fresh start of the program does not help.'],
    lookAlikes: [
      unlike('session-expired', 'what is stored has expired too.'),
      unlike('old-environment', 'the new values were never in the shell from which the program was started.'),
      unlike('frozen-in-app', 'a restart does not help: the values are in a cache, an image or a connection.'),
      unlike('role-cache-stale', 'each new AWS CLI call fails: its cache on disk is stale.'),
    ],
    fixes: [cure('Restart the program')],
    prevention: [
      'Give programs a profile or a role, not copied values: then the SDK fetches a new session before the old one ends.',
      'Make the SDK client once with its default provider; do not pass it values that were read once.',
    ],
    sources: [docs.sdkChain],
    threads: 10,
  },
  'stale-session-token': {
    title: 'A leftover session token is sent with a long-term key',
    story:
      'A key that begins with `AKIA` works only alone. If `AWS_SESSION_TOKEN` is still set from an earlier session, or an old `aws_session_token` line is left in the profile, the client sends it along, and AWS refuses the pair although both halves of it are right. It typically happens when you paste a new long-term key over a temporary one.',
    fits: 'A key that begins with AKIA works only without a session token',
    symptoms: [...sessionRefused, ...sessionOver.slice(0, 2)],
    signs: [
      proves('The key id begins with `AKIA`, and the same source holds a session token that is not empty.'),
      strong('The token is older than the key: the time at which it was issued stands in it.'),
    ],
    probes: [
      probe(
        'P4',
        'sts-without-token',
        'Without the token the same key is accepted. Nothing else gives that pair of answers. If it is refused without the token too, the token has to go all the same, and there is a second cause.',
      ),
    ],
    excludedBy: ['The key begins with `ASIA`.', 'The token is empty: all AWS SDKs but Ruby’s then send none.'],
    lookAlikes: [
      unlike(
        'legacy-security-token',
        'the same, with the token under its old name, `AWS_SECURITY_TOKEN`: only some tools send it.',
      ),
      unlike('mixed-sessions', 'the key is a temporary one and the token is of another session.'),
      unlike('session-expired', 'the key is a temporary one as well, and all three values are old.'),
      unlike('key-inactive', 'there is no token, or the key is refused without it.'),
      unlike('reserved-variables', 'it happens in Lambda only: the token is the function’s own.'),
    ],
    fixes: [
      cure('Take the session token away', unsetVariables(['AWS_SESSION_TOKEN', 'AWS_SECURITY_TOKEN'])),
      cureWhen(
        'It stands in the credentials file, or comes back in every new shell',
        'Let it be deleted there: the line of a start-up file becomes a comment',
        fix('stale-session-token'),
      ),
      cureWhen('You want to look for yourself', 'See which start-up files set variables', findExports),
    ],
    prevention: [
      'Replace credentials as a set: clear all of them, then set the new ones.',
      'AWS CLI 2.30.3 and later drop the old token by themselves when `aws configure` is given an AKIA key.',
    ],
    sources: [thread('aws/aws-cli#1341'), thread('aws/aws-cli#2444'), docs.cliVariables, docs.temporary],
    threads: 14,
  },
  'session-token-missing': {
    title: 'The session token is missing',
    story:
      'A key that begins with `ASIA` is one of three values, and the third, the session token, was left behind. Forms with only two fields, tools that have no setting for it, and copying just the first two lines of three are the usual ways. AWS gives the same answer as for an unknown key.',
    fits: 'A key that begins with ASIA works only together with its session token',
    symptoms: [invalidClientTokenId, unrecognizedClient, invalidAccessKeyId, authFailure],
    signs: [
      proves('The key id begins with `ASIA`, and the source that holds it has no session token.'),
      strong('A token stands beside it under a name that the client does not read, such as `session_token`.'),
    ],
    probes: [],
    excludedBy: ['The key begins with `AKIA`.', 'S3 answers `InvalidToken`: then a token was sent.'],
    lookAlikes: [
      unlike('token-property-name', 'the token is there, under a name that the tool does not read.'),
      unlike('session-token-empty', 'the token is there and empty.'),
      unlike('session-expired', 'all three values are there, and too old.'),
      unlike('key-unknown', 'the key is a long-term one.'),
    ],
    fixes: [
      cure(
        'Add the third value from where you got the other two (three values belong together: id, secret, token)',
        promptFor(['AWS_SESSION_TOKEN']),
      ),
      cureWhen('The pair stands in a profile', 'Store the token beside it', pasteToken('NAME')),
      cureWhen(
        'The token is there under another name, or in another profile',
        'Let it be put where it belongs',
        fix('session-token-missing'),
      ),
      cureWhen(
        'The tool has no field for a token',
        'Let it use a profile, or an access key of a user that may do only this',
      ),
    ],
    prevention: ['Hand on sessions with `aws configure export-credentials`, which prints all of it.'],
    sources: [thread('awslabs/aws-sdk-swift#513'), docs.temporary, docs.cliVariables],
    threads: 26,
  },
  'mixed-sessions': {
    title: 'Key, secret and token come from different sessions',
    story:
      'The three values are made together and work only together. When one is pasted anew and the others stay, or when the token is read from the environment and the pair from a file, AWS sees a set that never existed. Depending on which of the three is the odd one, it complains about the token or about the signature.',
    fits: 'All three values belong together',
    symptoms: [...sessionRefused, signatureDoesNotMatch],
    signs: [
      proves('The account in the token is not the account in the key id.'),
      strong('The same token stands beside another key id elsewhere on this machine.'),
      hint('Key and token are read from different places.'),
    ],
    probes: [probe('P1', 'sts-with-other-token', 'With the token from the other place the same pair is accepted.')],
    excludedBy: ['All three were pasted together from one output.'],
    lookAlikes: [
      unlike('stale-session-token', 'the key is long-term (AKIA) and needs no token at all.'),
      unlike('legacy-security-token', 'two tokens are there under two names, and the older one wins.'),
      unlike('session-expired', 'the set belongs together and is old.'),
      unlike('session-token-cut', 'the token is the right one and not whole.'),
    ],
    fixes: [
      cure('Clear all of them, then set all three values from one session', sequence(clearCredentials, threeValues)),
      cureWhen('The session is of a profile', 'Let all of them be set', exportProfile),
      cureWhen('It stands in a profile', 'Store all three values again', storeSession('NAME')),
    ],
    prevention: ['Never set one of the three alone.', 'Use a profile instead of variables.'],
    sources: [docs.temporary],
    threads: 5,
  },
  'session-without-mfa': {
    title: 'A session that was made without a one-time code is used for IAM or STS',
    story:
      'A session of GetSessionToken that was made without a code works for S3 and EC2, but IAM refuses it, and STS too except for AssumeRole and GetCallerIdentity. The refusal is the plain “token is invalid”, so the keys look broken while they are not. Tools that make sessions in the background, such as aws-vault, lead many people here.',
    fits: 'IAM refuses such sessions with this answer, while other services accept them',
    symptoms: [invalidClientTokenId],
    signs: [
      strong('The failing call is to IAM or STS, and the session came from GetSessionToken without `--token-code`.'),
      strong('Other services accept the same session.'),
    ],
    probes: [
      probe(
        'P1',
        'sts-as-it-is',
        'GetCallerIdentity succeeds, `aws s3 ls` succeeds, `aws iam get-user` fails: only this cause gives all three.',
      ),
    ],
    excludedBy: ['Another service than IAM or STS refuses it too.', 'The session is of a role: roles may call IAM.'],
    lookAlikes: [
      unlike('session-expired', 'every service refuses the session.'),
      unlike('permission-missing', 'the answer is `AccessDenied` and names you.'),
      unlike('mfa-required', 'the answer is `AccessDenied` with an explicit deny.'),
    ],
    fixes: [
      cure(
        'Log in with a one-time code, by the profile of your long-term key, and use the session that is kept for it',
        logIn,
      ),
      cureWhen(
        'You use aws-vault',
        'Call without a session',
        everywhere('aws-vault exec NAME --no-session -- aws iam get-user'),
      ),
      cureWhen('You may assume a role', 'Use a profile with `role_arn`: sessions of roles may call IAM'),
    ],
    prevention: ['Set `mfa_serial` in the profile, so that a session is always made with a code.'],
    sources: [
      docs.getSessionToken,
      thread('99designs/aws-vault#15'),
      thread('99designs/aws-vault#172'),
      thread('99designs/aws-vault#260'),
      thread('99designs/aws-vault#455'),
    ],
    threads: 9,
  },
  'session-parent-gone': {
    title: 'The key, user or role behind the session is gone',
    story:
      'A session dies before its time when the key that made it is deleted or switched off, or when its user or role is deleted. After a key rotation, sessions in the caches of tools are suddenly refused although they look fresh. Revoking sessions is something else: that gives `AccessDenied`.',
    fits: 'A session dies with the key or user that it was made with',
    symptoms: [...sessionRefused],
    signs: [
      strong('The cached session is older than the long-term key in the file: the key was replaced after it was made.'),
      hint('The session has not reached its end, and everything about it is well formed.'),
    ],
    probes: [probe('P1', 'sts-as-neighbour', 'The long-term key behind the session is refused too, or is a new one.')],
    excludedBy: ['The session is past its end.', 'A new session made just now is refused as well.'],
    lookAlikes: [
      unlike('session-expired', 'its time is over.'),
      unlike('mixed-sessions', 'the values do not belong together.'),
      unlike(
        'explicitly-denied',
        'the sessions of a role were revoked: `AccessDenied` names a policy about the time of the token.',
      ),
      unlike('role-cache-stale', 'the cache belongs to another role or account.'),
    ],
    fixes: [
      cure(
        'Throw the cached sessions away and get a new one; if that is refused too, look at the key that makes it',
        clearCaches,
      ),
      cureWhen('You use aws-vault', 'Clear its sessions', everywhere('aws-vault clear')),
    ],
    prevention: ['After rotating a key, clear the caches of the tools that use it.'],
    sources: [
      docs.temporary,
      thread('common-fate/granted#505'),
      thread('99designs/aws-vault#132'),
      thread('mmorris1975/aws-runas#53'),
    ],
    threads: 5,
  },
  'session-token-cut': {
    title: 'The session token is not whole, or was changed on the way',
    story:
      'Session tokens are long, several hundred to over a thousand characters. A terminal that wraps lines, a database column or form of 255 characters, `setx` with its limit of 1,024, or URL encoding leaves a token that AWS cannot read.',
    fits: 'A token that lost its end, or has a line end inside, is not accepted',
    symptoms: [...sessionRefused, badTokenHeader],
    signs: [
      proves('The token contains a blank, a line end, `%2B` or `%2F`.'),
      proves('The token announces more bytes than it has, or is no base64.'),
      strong('It is exactly 255, 256, 512, 1,023 or 1,024 characters long.'),
    ],
    probes: [probe('P1', 'sts-with-cleaned-values', 'Without the line ends the same session is accepted.')],
    excludedBy: ['The same token works elsewhere.'],
    lookAlikes: [
      unlike('mixed-sessions', 'the token is whole and of another session.'),
      unlike('session-expired', 'the token is whole and old.'),
      unlike('file-syntax', 'the token goes on in an indented line of the file, and tools differ about it.'),
    ],
    fixes: [
      cure('Copy all three values again, from JSON output rather than from a wrapped window', threeValues),
      cureWhen('The session is of a profile', 'Let all three be set', exportProfile),
      cureWhen('`setx` cut it', 'Do not keep session tokens in the user environment; use a profile'),
    ],
    prevention: ['AWS promises no length for tokens: give fields and columns 4,096 characters or more.'],
    sources: [docs.temporary, from('Microsoft: setx')],
    threads: 6,
  },
  'session-token-empty': {
    title: 'An empty session token is sent with the key',
    story:
      'A program passes `sessionToken: ""` where it should pass nothing, and a header without a value goes out. AWS takes the header as a token and refuses the key. Of the AWS SDKs only Ruby’s takes an empty variable for a token; hand-written clients and framework settings often do.',
    fits: 'Some clients send an empty token, which AWS takes for a wrong one',
    symptoms: [invalidClientTokenId, unrecognizedClient],
    signs: [
      proves('The debug log shows an `X-Amz-Security-Token` header without a value.'),
      strong('The program reads a variable for the token that is not set, and the key begins with `AKIA`.'),
      hint('The same key works in the AWS CLI.'),
    ],
    probes: [probe('P1', 'sts-as-it-is', 'Asked with the same key and no token, AWS accepts it.')],
    excludedBy: ['The client leaves the header out.'],
    lookAlikes: [
      unlike('stale-session-token', 'the token is not empty, and the AWS CLI fails too.'),
      unlike('legacy-security-token', 'an empty `aws_security_token` line hides a good token in boto3.'),
      unlike('session-token-missing', 'the key begins with ASIA and needs a token.'),
    ],
    fixes: [
      cure(
        'Leave the field out when it is empty, in code or in the settings: for example `sessionToken: token || undefined`',
      ),
      cureWhen(
        'You did not mean to pass credentials at all',
        'Delete them from the settings; the SDK finds them by itself',
      ),
    ],
    prevention: ['Treat empty variables as not set, everywhere.'],
    sources: [thread('serverless/serverless#6391'), thread('laravel/framework#48297'), thread('vercel/ai#4163')],
    threads: 6,
  },
  'legacy-security-token': {
    title: 'An old AWS_SECURITY_TOKEN wins over the right session token',
    story:
      '`AWS_SECURITY_TOKEN` and `aws_security_token` are the old names of the session token. The AWS CLI and boto3 look at the old name first; other SDKs ignore it (in files, PHP reads it too). A value that some tool left there years ago is therefore sent instead of the right one, and only by some of your tools. Even an empty `aws_security_token` line hides a good token from boto3.',
    fits: 'The AWS CLI and boto3 read the old name of the token first',
    symptoms: [...sessionRefused],
    signs: [
      proves('Both names are set, to different values, and the client is the AWS CLI or boto3.'),
      proves('An empty `aws_security_token` stands in the section beside a good `aws_session_token`.'),
      strong('The AWS CLI fails, and the JavaScript SDK works with the same credentials.'),
    ],
    probes: [probe('P1', 'sts-with-other-token', 'With the token under the new name AWS accepts the same key.')],
    excludedBy: ['Only one of the names is set.', 'Both hold the same token.'],
    lookAlikes: [
      unlike('stale-session-token', 'the leftover token has the new name, and every tool sends it.'),
      unlike('mixed-sessions', 'there is one token, and it is of another session.'),
    ],
    fixes: [
      cure('Take the old name away', unsetVariables(['AWS_SECURITY_TOKEN'])),
      cureWhen(
        'It stands in the credentials file',
        'Let the line `aws_security_token` be deleted',
        fix('legacy-security-token'),
      ),
    ],
    prevention: ['Unset both names whenever you unset one.'],
    sources: [
      from('botocore, credentials.py: the names of the token in the order in which they are read'),
      docs.cliVariables,
    ],
    threads: 4,
  },
} as const satisfies Partial<Record<CauseId, Entry>>
