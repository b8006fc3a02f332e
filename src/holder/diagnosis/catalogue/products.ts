import type { CauseId } from '../../../cause-ids.ts'
import { everywhere, unsetVariables } from '../shells.ts'
import { showVariables, whoAmI } from './commands.ts'
import { cure, cureWhen, type Entry, hint, probe, proves, strong, unlike } from './entry.ts'
import { docs, from, thread } from './sources.ts'
import { symptom, unrecognizedClient } from './symptoms.ts'

/** Products with credentials of their own, and errors that only look like it. */
export const productEntries = {
  'smtp-password': {
    title: 'The SMTP password of SES is not a secret key',
    story:
      'The mail server of SES wants a password that is calculated from the secret key, for one region: 44 characters that begin with B. The secret key itself (40 characters), or a password made for another region, gets 535. The user name is the key id.',
    fits: 'SES SMTP needs a password that is made from the secret key, for one region',
    symptoms: [symptom('SES SMTP', null, '535 Authentication Credentials Invalid')],
    signs: [
      proves('The password has 40 characters and does not begin with B: it is a secret key.'),
      strong('The password was made for another region than that of the server.'),
    ],
    probes: [],
    excludedBy: ['The password has 44 characters and was made for this region.'],
    lookAlikes: [
      unlike('not-an-access-key', 'the other way round: the SMTP password is used where the secret key belongs.'),
      unlike('key-inactive', 'the password is right, and its key is switched off.'),
    ],
    fixes: [
      cure('Create SMTP credentials in the SES console of that region (SMTP settings)'),
      cureWhen(
        'You make them by script',
        'Calculate the password as the manual describes; each region gives another one',
      ),
    ],
    prevention: ['Name the region in the name of the stored password.'],
    sources: [docs.smtp],
    threads: 10,
  },
  'registry-login-expired': {
    title: 'The login at the container registry (ECR) is over, missing or for another registry',
    story:
      'Docker does not use AWS keys. It needs a login at each registry, made from them, and that lasts twelve hours. Another account, another region or another host name is another registry. A credential helper in `~/.docker/config.json` can hide the new login.',
    fits: 'Logins at ECR last 12 hours, for one registry',
    symptoms: [
      symptom('Docker', null, 'denied: Your authorization token has expired. Reauthenticate and try again.'),
      symptom('Docker', null, 'no basic auth credentials'),
    ],
    signs: [
      strong(
        '`~/.docker/config.json` has no entry for the host that you push to, or one for another account or region.',
      ),
      strong('The login is older than twelve hours.'),
    ],
    probes: [probe('P1', 'sts-as-it-is', 'GetCallerIdentity succeeds: the AWS credentials are fine.')],
    excludedBy: ['`aws ecr get-login-password` itself fails: then it is the AWS credentials.'],
    lookAlikes: [
      unlike('permission-missing', 'the login works, and pushing is denied with an action name.'),
      unlike('session-expired', 'the call that makes the login fails.'),
    ],
    fixes: [
      cure(
        'Log in again, with your account and region',
        everywhere(
          'aws ecr get-login-password --region REGION | docker login --username AWS --password-stdin ACCOUNT.dkr.ecr.REGION.amazonaws.com',
        ),
      ),
      cureWhen(
        'It says “no basic auth” right after',
        'Look for a credsStore or credHelpers entry that answers instead',
        {
          bash: ['grep -nE "credsStore|credHelpers" ~/.docker/config.json'],
          fish: ['grep -nE "credsStore|credHelpers" ~/.docker/config.json'],
          powershell: ['Select-String -Path "$HOME/.docker/config.json" -Pattern "credsStore|credHelpers"'],
          cmd: ['findstr "credsStore credHelpers" "%USERPROFILE%\\.docker\\config.json"'],
        },
      ),
    ],
    prevention: ['Use the ECR credential helper: it logs in by itself.'],
    sources: [docs.registry],
    threads: 9,
  },
  'bearer-token-left': {
    title: 'The AI tool uses other credentials than your shell, or an old bearer token (Bedrock)',
    story:
      'Editors and desktop programs do not see what you export in a shell, so they find other credentials or none. And `AWS_BEARER_TOKEN_BEDROCK`, when it is set, goes before keys and profiles in newer SDKs: an old one makes Bedrock fail while every other service works.',
    fits: 'Programs with windows do not see what the shell sets; AWS_BEARER_TOKEN_BEDROCK goes before keys',
    symptoms: [
      unrecognizedClient,
      symptom(
        'Tools on top of Bedrock',
        null,
        'API Error: 403 {"message":"The security token included in the request is invalid."}',
      ),
      symptom(
        'LiteLLM',
        null,
        'BedrockException Invalid Authentication - {"message":"The security token included in the request is invalid."}',
      ),
    ],
    signs: [
      strong('The environment of the program lacks the variables of the shell.'),
      hint('`AWS_BEARER_TOKEN_BEDROCK` is set.'),
    ],
    probes: [probe('P1', 'sts-as-it-is', 'The credentials of the shell are accepted by STS.')],
    excludedBy: ['The AWS CLI fails in the same environment.'],
    lookAlikes: [
      unlike('session-token-empty', 'the tool’s settings have an empty session token.'),
      unlike('old-environment', 'the tool has the variables, of an earlier day.'),
      unlike('permission-missing', 'the answer is `AccessDenied` for a model.'),
      unlike('region-not-enabled', 'the tool asks another region than you think.'),
    ],
    fixes: [
      cure('Start the tool from the shell in which this works', whoAmI),
      cureWhen('The bearer token is old', 'Take it away', unsetVariables(['AWS_BEARER_TOKEN_BEDROCK'])),
      cureWhen('You are not sure what is set', 'Look', showVariables),
    ],
    prevention: ['Set a profile name in the tool’s own settings, and let SSO keep it fresh.'],
    sources: [
      thread('anthropics/claude-code#2260'),
      thread('anthropics/claude-code#4229'),
      thread('anthropics/claude-code#5418'),
      thread('vercel/ai#4163'),
      thread('BerriAI/litellm#6260'),
      thread('Aider-AI/aider#1986'),
    ],
    threads: 8,
  },
  'look-alike': {
    title: 'Your credentials are fine: the error is about something in the request',
    story:
      'Several errors use the words of credential errors for other things: an account that does not exist in an ARN, a token for paging or for idempotency, a task token, the signature of a payload. Changing keys does not help; the argument of the call is wrong.',
    fits: 'The words only look like those of a credential error',
    symptoms: [
      symptom('SNS, SQS, KMS, Glacier and others', 'InvalidClientTokenId', 'No account found for the given parameters'),
      symptom('JSON services', 'UnrecognizedClientException', 'No account found for the given parameters'),
      symptom(
        'Several services',
        'InvalidNextToken, InvalidPaginationToken',
        '‹a token for the next page is not valid›',
      ),
      symptom('CodePipeline, RAM and others', 'InvalidClientTokenException', '‹a token of the request is not valid›'),
    ],
    signs: [
      proves(
        'The message is “No account found for the given parameters”: an ARN or account id in the call is unknown.',
      ),
      proves('The code is one for paging, idempotency or task tokens.'),
    ],
    probes: [probe('P1', 'sts-as-it-is', 'GetCallerIdentity succeeds with the same credentials.')],
    excludedBy: ['GetCallerIdentity fails too.'],
    lookAlikes: [
      unlike('key-unknown', 'same code, and the message speaks of the security token.'),
      unlike('wrong-url', 'API Gateway asks for a token because the route does not exist.'),
    ],
    fixes: [
      cure('Correct the ARN, account id or token in the call; leave the credentials as they are'),
      cureWhen('You want to be sure', 'See that the credentials work', whoAmI),
    ],
    prevention: ['Read the message before the code.'],
    sources: [from('The service models of SNS, KMS, CloudTrail, CodePipeline, RAM and others')],
    threads: 8,
  },
} as const satisfies Partial<Record<CauseId, Entry>>
