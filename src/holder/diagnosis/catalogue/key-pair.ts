import type { CauseId } from '../../../cause-ids.ts'
import { command, sequence } from '../shells.ts'
import { configure, fix, showVariables, whoAmI } from './commands.ts'
import { cure, cureWhen, type Entry, hint, probe, proves, strong, unlike } from './entry.ts'
import { docs, from, thread } from './sources.ts'
import {
  deniedExplicitly,
  invalidClientTokenId,
  keyRefused,
  likeness,
  notFiveParts,
  s3EmptyKey,
  s3Malformed,
  signatureWrong,
  symptom,
} from './symptoms.ts'

const activate = command(
  'aws',
  'iam',
  'update-access-key',
  '--user-name',
  'NAME',
  '--access-key-id',
  'KEY_ID',
  '--status',
  'Active',
)
const listKeys = command('aws', 'iam', 'list-access-keys', '--user-name', 'NAME', '--profile', 'ADMIN')
const createKey = command('aws', 'iam', 'create-access-key', '--user-name', 'NAME', '--profile', 'ADMIN')

/** The key pair itself. */
export const keyPairEntries = {
  'key-unknown': {
    title: 'The key id is unknown to AWS: mistyped, or of another account',
    story:
      'AWS looked the key id up and found nothing. One wrong character is enough, and so is a key of a colleague, of an emulator, or of an account that you do not mean. The secret was not looked at: AWS stops at the id.',
    fits: 'AWS gives this answer for a key id that it does not know',
    symptoms: [...keyRefused],
    signs: [
      proves(
        'The id does not have the shape of one: `AKIA` or `ASIA` and 16 more characters out of `A`–`Z` and `2`–`7`. Lower case, `0`, `1`, `8` and `9` do not occur.',
      ),
      strong('The account that is written into the id (newer ids carry it) is not the account that you expect.'),
      strong('Another id on this machine differs from it by one or two characters.'),
    ],
    probes: [
      probe('P1', 'sts-as-it-is', 'GetCallerIdentity is refused in the same way as the other call.'),
      probe(
        'P3',
        'sts-with-wrong-signature',
        'With a signature that is wrong on purpose the answer stays the same: the id is not known there, or is switched off. A known long-term id would get `SignatureDoesNotMatch`.',
      ),
      probe(
        'P6',
        'sts-access-key-info',
        'A working identity can ask GetAccessKeyInfo which account an id belongs to. It answers for any well-formed id and tells nothing about its state.',
      ),
      probe(
        'P1',
        'sts-with-similar-id',
        'The similar id from another place on this machine, with this secret, is accepted.',
      ),
    ],
    excludedBy: [
      'The answer is `SignatureDoesNotMatch` with “we calculated”: then the id is known.',
      'The answer is `AccessDenied` or `ExpiredToken`: then the key was accepted.',
    ],
    lookAlikes: [
      unlike('key-inactive', 'same text; IAM still lists the key, as Inactive.'),
      unlike('key-deleted', 'same text; the key worked before, and IAM does not list it any more.'),
      unlike('stale-session-token', 'a long-term key (AKIA) is sent with a session token; take the token away first.'),
      unlike('session-token-missing', 'the id begins with ASIA and there is no session token.'),
      unlike(
        'other-partition',
        'the key works in China, GovCloud or the European Sovereign Cloud, and you ask elsewhere.',
      ),
      unlike('key-not-propagated', 'the key is seconds old and works a minute later.'),
      unlike('look-alike', 'same code, and the message is “No account found for the given parameters”.'),
    ],
    fixes: [
      cure(
        'Compare the key id with the one in IAM (your user, Security credentials), and copy it again',
        showVariables,
      ),
      cureWhen(
        'You have no copy of the secret',
        'Make a new key; the secret of an old one is never shown again',
        sequence(createKey, configure),
      ),
    ],
    prevention: ['Copy keys from the downloaded file or by the copy button, never from a screenshot or by hand.'],
    sources: [docs.accessKeys, docs.identifiers, docs.accessKeyInfo, docs.commonErrors],
    threads: 20,
  },
  'key-inactive': {
    title: 'The access key is switched off (Inactive)',
    story:
      'Somebody, or a rotation job, set the key to Inactive in IAM. AWS then treats it as a key that it does not know and gives the same text, so the message alone cannot tell the two apart. Switching it on again takes effect within seconds to minutes.',
    fits: 'A key that is switched off gives the same answer as an unknown one',
    symptoms: [...keyRefused],
    signs: [
      hint('The key worked until a certain day, and your company has a rule about old keys.'),
      hint(
        'Another key of the same user is in use elsewhere: rotation makes the second key and switches the first one off.',
      ),
    ],
    probes: [
      probe(
        'P7',
        'iam-list-access-keys',
        'ListAccessKeys of the user, asked by an identity that may, shows the status Inactive. That is proof.',
      ),
      probe('P7', 'iam-access-key-last-used', 'GetAccessKeyLastUsed names the user that the key belongs to.'),
    ],
    excludedBy: ['IAM lists the key as Active.', 'The answer is a signature error or `AccessDenied`.'],
    lookAlikes: [
      unlike('key-deleted', 'IAM does not list the key any more; it cannot be switched on again.'),
      unlike('key-unknown', 'no user of the account has such a key.'),
      unlike('key-quarantined', 'the key is Active, and an explicit deny names a quarantine policy.'),
      unlike('stale-session-token', 'the key is Active and works once the leftover session token is gone.'),
    ],
    fixes: [
      cure(
        'In the IAM console open your user, Security credentials: an Inactive key can be activated there, or by an administrator',
        activate,
      ),
      cureWhen(
        'A profile here may administer IAM',
        'Let it be found, and switched on with that profile',
        command('countersign', 'fix', 'key-inactive', '--with-profile', 'ADMIN'),
      ),
      cureWhen(
        'It was switched off on purpose',
        'Make a new key and store it wherever the old one stands',
        sequence(createKey, configure),
      ),
      cureWhen('You want to see it first', 'List the keys of the user with their status', listKeys),
    ],
    prevention: ['When you rotate: create, store everywhere, test, switch the old one off, and only later delete it.'],
    sources: [
      docs.accessKeys,
      from('Leapp blog on the meanings of InvalidClientTokenId'),
      from('fakecloud pull request 1576'),
    ],
    threads: 7,
  },
  'key-deleted': {
    title: 'The access key was deleted, or its user was',
    story:
      'The key existed once and is gone: rotated away, deleted with its user, or removed after it leaked. A deleted key cannot be brought back. Old copies live on in variables, dotfiles, CI secrets and images, and each of them fails in the same way.',
    fits: 'A deleted key gives the same answer as an unknown one',
    symptoms: [
      ...keyRefused,
      likeness('IAM, when the key is named in a call', 'NoSuchEntity', 'The Access Key with id ‹id› cannot be found.'),
    ],
    signs: [
      strong('Two places on this machine hold different ids of the same account: one of them is the older one.'),
      hint('The file is older than the last rotation.'),
    ],
    probes: [
      probe(
        'P7',
        'iam-list-access-keys',
        'IAM knew the key as one of a user’s, and ListAccessKeys of that user does not list it any more.',
      ),
      probe(
        'P6',
        'sts-access-key-info',
        'GetAccessKeyInfo still names the account of a deleted key; it says nothing about whether the key exists.',
      ),
    ],
    excludedBy: ['IAM lists the key, whatever its status.'],
    lookAlikes: [
      unlike('key-inactive', 'the key is still listed and can be switched on again.'),
      unlike('key-unknown', 'the key never was one of yours.'),
      unlike(
        'environment-shadows-profile',
        'the file holds the new key, and an old copy in the environment is used instead.',
      ),
      unlike('frozen-in-app', 'everything on disk is new, and the application still sends the old key.'),
      unlike('session-parent-gone', 'the refused key begins with ASIA: the key that made the session is gone.'),
    ],
    fixes: [
      cure(
        'Make a new key (IAM, Users, your user, Security credentials, Create access key) and store it wherever the old one stands',
        configure,
      ),
      cureWhen('You are looking for the other copies', 'Search your files for the first part of the old id', {
        bash: [
          "grep -rlI --exclude-dir=node_modules 'AKIA_FIRST_12' . ~/.aws ~/.bashrc ~/.zshrc ~/.profile 2>/dev/null",
        ],
        fish: ["grep -rlI --exclude-dir=node_modules 'AKIA_FIRST_12' . ~/.aws ~/.config/fish 2>/dev/null"],
        powershell: ["Get-ChildItem -Recurse -File . | Select-String -List 'AKIA_FIRST_12' | ForEach-Object Path"],
        cmd: ['findstr /s /m "AKIA_FIRST_12" *.*'],
      }),
    ],
    prevention: [
      'Keep long-term keys in one place only and refer to it by profile; every copy is one more to forget.',
      'Delete a key only after it has been Inactive for a while and nothing complained.',
    ],
    sources: [docs.accessKeys, docs.accessKeyInfo],
    threads: 7,
  },
  'secret-wrong': {
    title: 'The secret key does not belong to the key id',
    story:
      'AWS knows the key id, calculated the signature with the secret that it has for it, and got another result. The secret is of another key, or one character of it is missing. Several articles list this under `InvalidClientTokenId`; that is wrong: a right id with a wrong secret gives a signature error.',
    fits: 'AWS knows the key id, but calculates another signature',
    symptoms: [...signatureWrong],
    signs: [
      proves('The secret has not exactly 40 characters out of letters, digits, `+` and `/`.'),
      strong('The same secret stands beside another key id in another place on this machine.'),
      proves('The canonical request in the answer equals the one that was signed: nothing changed it on the way.'),
    ],
    probes: [
      probe(
        'P1',
        'sts-as-it-is',
        'GetCallerIdentity gets the same signature error, and the canonical request in its answer equals ours.',
      ),
    ],
    excludedBy: [
      'The answer is `InvalidClientTokenId`, `UnrecognizedClientException` or `InvalidAccessKeyId`: AWS stopped at the id.',
      'The canonical request in the answer differs from the one that was signed.',
      'The text says “Signature expired” or “not yet current”: that is the clock.',
    ],
    lookAlikes: [
      unlike(
        'secret-mangled',
        'the secret was right once and was changed by a shell, a URL or a template; its length betrays it.',
      ),
      unlike(
        'request-altered',
        'the secret is right, and a proxy or a middleware changes the request: other tools work with the same key.',
      ),
      unlike('clock-skew', 'same code at many services, but the text speaks of times.'),
      unlike('mixed-sessions', 'the key is a temporary one (ASIA), and its three values are of two sessions.'),
      unlike('surrounding-whitespace', 'a blank or line end hangs on the secret.'),
    ],
    fixes: [
      cure(
        'Enter id and secret again from the same creation. The secret of an existing key is never shown again: without a copy of it, make a new key',
        configure,
      ),
      cureWhen('There is no copy of the secret', 'Make a new key', createKey),
    ],
    prevention: ['Store id and secret in one step, from the same file; do not mix halves of two downloads.'],
    sources: [docs.signatureTrouble, docs.accessKeys],
    threads: 10,
  },
  'key-not-propagated': {
    title: 'The key is only seconds old, and AWS does not know it everywhere yet',
    story:
      'IAM copies new keys and users to all places that check them, and that takes some seconds, rarely a minute. A script that creates a key and uses it at once is refused, and works when it is run again. SDK retries do not help, because they do not repeat a 403.',
    fits: 'A new key needs up to a minute until all of AWS knows it',
    symptoms: [...keyRefused],
    signs: [
      hint('The key was created in the same run: Terraform, Vault, a rotation job, a test.'),
      hint('The file with the key was written less than a minute ago.'),
    ],
    probes: [
      probe('P1', 'sts-as-it-is', 'Asked again some seconds later, GetCallerIdentity succeeds. That is proof.'),
      probe('P7', 'iam-list-access-keys', 'IAM lists the key as Active while STS refuses it.'),
    ],
    excludedBy: ['The key is older than some minutes.', 'It worked before.'],
    lookAlikes: [
      unlike('key-unknown', 'waiting does not help.'),
      unlike('key-inactive', 'IAM lists the key as Inactive.'),
      unlike('region-not-enabled', 'the key works in us-east-1 at once and in this region never.'),
    ],
    fixes: [cure('Wait some seconds and try again', whoAmI)],
    prevention: [
      'In automation, ask GetCallerIdentity with growing pauses for up to a minute before the new key is handed on.',
      'Keep the old key working until the new one has been seen to work.',
    ],
    sources: [
      docs.generalTrouble,
      thread('aws/aws-sdk-js#559'),
      thread('boto/botocore#3600'),
      thread('cert-manager/aws-privateca-issuer#408'),
      from('HashiCorp Vault: AWS secrets engine'),
    ],
    threads: 12,
  },
  'id-secret-swapped': {
    title: 'Key id and secret key are exchanged, or the same value stands twice',
    story:
      'The secret was pasted where the key id belongs, or one value went into both fields. Most secrets contain a slash, and a slash in the key id makes the header unreadable for AWS. The key id travels in the clear and is logged, so a secret that was sent in its place must be treated as known to others.',
    fits: 'A secret has slashes, and AWS then cannot read the key id',
    symptoms: [notFiveParts, s3Malformed, invalidClientTokenId],
    signs: [
      proves('The key id has 40 characters, or the secret begins with `AKIA` or `ASIA`.'),
      proves('Key id and secret are equal.'),
      strong('The part that the error quotes has the length and the slashes of a secret.'),
    ],
    probes: [
      probe('P1', 'sts-with-swapped-values', 'Exchanged, the same two values are accepted.'),
      probe('P3', 'sts-with-wrong-signature', 'Where an id stands in both fields: whether AWS knows that id.'),
    ],
    excludedBy: ['The id has the shape of an id and the secret has 40 characters.'],
    lookAlikes: [
      unlike(
        'signing-scope-wrong',
        'the same sentence, and the quoted text shows two slashes in a row: the region is empty.',
      ),
      unlike('surrounding-whitespace', 'the quoted text begins with the date or is the id itself.'),
      unlike('secret-wrong', 'the values are in their places, and the secret is of another key.'),
      unlike('key-unknown', 'a secret without a slash in the place of the id gives the plain refusal.'),
    ],
    fixes: [
      cure(
        'Exchange the two values; then replace the key, because its secret was sent in the clear',
        fix('id-secret-swapped'),
      ),
      cureWhen('The values are right now', 'Make a new key, store it, and delete the exposed one', createKey),
    ],
    prevention: [
      'Paste by name, not by order: `aws configure` asks for the id first. Many web forms ask in the other order.',
    ],
    sources: [
      thread('boto/boto3#1752'),
      thread('boto/boto3#1081'),
      thread('mhart/aws4#97'),
      thread('aws/aws-sdk-go#1042'),
      thread('aws/aws-sdk-go#3888'),
      thread('kubernetes-sigs/aws-iam-authenticator#374'),
    ],
    threads: 11,
  },
  'placeholder-value': {
    title: 'An example, a placeholder or nothing stands where a real value belongs',
    story:
      'The key is the one from AWS’s documentation, a word like `test` or `changeme`, or a template that nobody filled in: `{{ key }}`, `%AWS_KEY%`, `<your key>`. Programs write `undefined`, `null` or `None` when the variable that they read was not set. For AWS each of these is just an unknown key id.',
    fits: 'An unset variable or template leaves an empty or literal text',
    symptoms: [...keyRefused, s3EmptyKey],
    signs: [
      proves(
        'The id or secret ends in `EXAMPLE`, or is `test`, `dummy`, `changeme`, `minioadmin`, `undefined`, `null`, `None`.',
      ),
      proves('It contains an unfilled `$(…)`, `%…%`, `{{…}}`, `<…>` or `***`.'),
    ],
    probes: [],
    excludedBy: ['The id has the shape of a real one and occurs in no documentation.'],
    lookAlikes: [
      unlike(
        'endpoint-override',
        'words like `test` are right for an emulator; then the endpoint is missing, not the key.',
      ),
      unlike('ci-secret-missing', 'the text is literal only in CI: the secret does not exist there.'),
      unlike('not-an-access-key', 'it is a real identifier, only of another kind.'),
    ],
    fixes: [
      cure(
        'Put in the real key id and secret (IAM, Users, your user, Security credentials, Create access key)',
        configure,
      ),
      cureWhen(
        'It says `undefined`, `null` or `None`',
        'Find the variable that the program reads and that is not set, and leave the option out when it is empty',
        showVariables,
      ),
    ],
    prevention: [
      'Let programs refuse to start when the variable is empty, instead of making text of it.',
      'Leave credentials out of examples altogether; the SDK finds them by itself.',
    ],
    sources: [docs.accessKeys, thread('localstack/localstack#948'), thread('localstack/localstack#1659')],
    threads: 8,
  },
  'not-an-access-key': {
    title: 'What stands as key id is no access key at all',
    story:
      'AWS has many identifiers, and only those that begin with `AKIA` or `ASIA` sign requests. People paste the unique id of a user (`AIDA…`) or role (`AROA…`), the account number, a console user name, an SMTP password, or the key of another provider. AWS then knows no such key.',
    fits: 'Only ids that begin with AKIA or ASIA are access keys',
    symptoms: [...keyRefused],
    signs: [
      proves(
        'The id begins with `AIDA` (user), `AROA` (role), `AIPA` (instance profile), `ANPA` (policy), `APKA` (public key), `ASCA` (certificate) or `AGPA` (group).',
      ),
      proves('The id has 12 digits (an account number) or an @ (an e-mail address).'),
      proves(
        'The secret has 44 characters and begins with `B`: that is an SMTP password of SES, which cannot be turned back into a secret.',
      ),
      hint('The form looks like that of another provider: 32 hexadecimal characters, or `GOOG…`.'),
    ],
    probes: [],
    excludedBy: ['The id begins with `AKIA` or `ASIA` and has 20 characters.'],
    lookAlikes: [
      unlike('s3-compatible-mismatch', 'the key is good at another provider, and the request goes to AWS.'),
      unlike('smtp-password', 'the other way round: a secret key is used where the SMTP password belongs.'),
      unlike('id-secret-swapped', 'the other field holds the real id.'),
      unlike('placeholder-value', 'it is a text to be replaced.'),
    ],
    fixes: [cure('Use an access key: IAM, Users, your user, Security credentials, Create access key', configure)],
    prevention: ['Look at the first four characters before pasting: AKIA for a user’s key, ASIA for a session.'],
    sources: [docs.identifiers, docs.accessKeys, docs.smtp],
    threads: 6,
  },
  'account-suspended': {
    title: 'The AWS account is suspended or closed',
    story:
      'An unpaid bill, an unanswered abuse report or a closure stops all keys of the account at once. Some services answer as if the keys were unknown, others name the state of the account. No new key helps.',
    fits: 'AWS speaks of the state of the account, or refuses all of its keys alike',
    symptoms: [
      invalidClientTokenId,
      symptom(
        'S3',
        'NotSignedUp',
        'Your account is not signed up for the S3 service. You must sign up before you can use S3.',
      ),
      symptom(
        'S3',
        'AccountProblem',
        'There is a problem with your AWS account that prevents the operation from completing successfully.',
      ),
      symptom('S3', 'AllAccessDisabled', 'All access to this object has been disabled'),
      likeness('EC2', 'Blocked', 'Your account is currently blocked. Contact aws-verification@amazon.com'),
    ],
    signs: [
      strong('All keys of the account fail from the same moment on, for everybody.'),
      hint('An e-mail about payment or abuse went to the address of the root user.'),
    ],
    probes: [probe('P1', 'sts-as-neighbour', 'Another key of the same account fails alike.')],
    excludedBy: ['Another key of the same account works.'],
    lookAlikes: [
      unlike('account-not-activated', 'the account is new, and its sign-up is not finished.'),
      unlike('key-inactive', 'one key fails, others of the account work.'),
      unlike('key-quarantined', 'an explicit deny names a quarantine policy; the account as a whole works.'),
    ],
    fixes: [
      cure(
        'Sign in to the console as the root user, read the notice, settle the bill or answer the case; then write to AWS Support',
      ),
    ],
    prevention: ['Keep the e-mail address and the payment method of the root user current.'],
    sources: [docs.s3Errors, docs.ec2Errors],
    threads: 2,
  },
  'key-quarantined': {
    title: 'AWS found this key in public and put its user in quarantine',
    story:
      'AWS scans public repositories. When it finds a key, it attaches a policy named `AWSCompromisedKeyQuarantine` (with a version number) to the user: the key still authenticates, but many actions are denied. It means that others can read the key, so it must be replaced, not just un-quarantined.',
    fits: 'The policy that denies the action is AWS’s quarantine policy',
    symptoms: [deniedExplicitly],
    signs: [
      proves('The message names the policy `AWSCompromisedKeyQuarantine…`.'),
      strong('AWS opened a support case about an exposed key.'),
    ],
    probes: [],
    excludedBy: ['The deny names another policy.', 'The key is not accepted at all.'],
    lookAlikes: [
      unlike('explicitly-denied', 'another policy denies.'),
      unlike('mfa-required', 'the deny goes away with a one-time code.'),
      unlike('key-inactive', 'the key itself is refused.'),
    ],
    fixes: [
      cure(
        'Make a new key, delete the exposed one, look through CloudTrail for calls that are not yours, then detach the policy',
        createKey,
      ),
    ],
    prevention: [
      'Keep keys out of repositories: profiles or roles instead of values in code, and a secret scanner before each commit.',
      'Removing the commit does not help: others may have copied the key already.',
    ],
    sources: [docs.accessKeys, docs.accessDenied],
    threads: 4,
  },
} as const satisfies Partial<Record<CauseId, Entry>>
