import { durationFlag } from './flags.ts'
import type { VerbRow } from './row.ts'

export const consoleRow: VerbRow = {
  name: 'console',
  operands: '[PROFILE]',
  maxOperands: 1,
  says: 'a link that signs in to the AWS web console as a profile',
  more: [
    'Gets the credentials of the profile and trades them for a sign-in link at the federation endpoint of AWS. Whoever has the ' +
      'link within 15 minutes is signed in: it is a secret. A session is needed: a role or SSO. For the key of an IAM user a ' +
      'federation token is made, which may do only what --policy-arn (and the user) allow.',
  ],
  flags: [
    { name: 'open', says: 'open it in the browser instead of printing it' },
    { name: 'service', value: 'NAME', says: 'the page to start on, e.g. s3, ec2, iam' },
    { name: 'policy-arn', value: 'ARN', says: 'for the key of an IAM user: what the link may be used for' },
    durationFlag,
  ],
  examples: [
    ['countersign console dev --open', 'the console in the browser, as dev'],
    ['countersign console prod --service cloudwatch --region eu-west-1', 'a link to one page'],
  ],
}
