import type { CauseId } from '../../../cause-ids.ts'
import { command } from '../shells.ts'
import { showTrust, whoAmI } from './commands.ts'
import { cure, cureWhen, type Entry, hint, probe, proves, unlike } from './entry.ts'
import { docs, thread } from './sources.ts'
import { deniedExplicitly, deniedNoPolicy, likeness, s3Denied, symptom, webIdentityDenied } from './symptoms.ts'

const unauthorized = symptom(
  'EC2',
  'UnauthorizedOperation',
  'You are not authorized to perform this operation. Encoded authorization failure message: ‹text›',
)
const decode = command(
  'aws',
  'sts',
  'decode-authorization-message',
  '--encoded-message',
  'MESSAGE',
  '--query',
  'DecodedMessage',
  '--output',
  'text',
)

/** The credentials are fine, and the answer is still no. */
export const permissionEntries = {
  'permission-missing': {
    title: 'The credentials are fine; a permission is missing',
    story:
      'AWS knows who you are, and nothing allows what you asked for. The message names you, the action and usually the kind of policy in which the permission is missing. New keys do not help; a policy does.',
    fits: 'AWS knows who you are and does not allow the action',
    symptoms: [deniedNoPolicy, unauthorized, s3Denied],
    signs: [
      proves('The text says “because no identity-based policy allows” or “because no resource-based policy allows”.'),
      hint('The caller in the text is somebody else than you expect: then the wrong credentials are used.'),
    ],
    probes: [
      probe('P1', 'sts-as-it-is', 'GetCallerIdentity succeeds: it needs no permission.'),
      probe('P10', null, 'For EC2, DecodeAuthorizationMessage tells the details.'),
    ],
    excludedBy: ['The text speaks of an explicit deny.', 'The key is not accepted.'],
    lookAlikes: [
      unlike(
        'explicitly-denied',
        '“with an explicit deny”, or a kind of policy above yours: your own policy cannot help.',
      ),
      unlike('mfa-required', 'everything is denied until a one-time code was given.'),
      unlike('fell-through-to-role', 'the caller is the role of the machine, not you.'),
      unlike('wrong-profile', 'the caller is the identity of another profile.'),
    ],
    fixes: [
      cure('See who you are, then have a policy allow the action', whoAmI),
      cureWhen('The message is encoded (EC2)', 'Decode it', decode),
      cureWhen(
        'It is S3 and says only Access Denied',
        'Look at the bucket policy, the owner of the object and the key in KMS as well',
      ),
    ],
    prevention: ['Write the action from the message into the policy, not a wildcard.'],
    sources: [docs.accessDenied, docs.decodeMessage, docs.callerIdentity],
    threads: 30,
  },
  'explicitly-denied': {
    title: 'A policy above yours denies the action, or the role does not trust you',
    story:
      'A deny outweighs every permission. It can stand in your own policies, in one of the organisation (SCP, RCP), in a permissions boundary, in the policy of a session or of a VPC endpoint; the message names the kind. For AssumeRole it is mostly the trust policy of the role. The root user may not assume roles at all.',
    fits: 'Organisation policies, boundaries, session and endpoint policies can deny what yours allows',
    symptoms: [
      deniedExplicitly,
      symptom(
        'STS',
        'AccessDenied',
        'User: ‹arn› is not authorized to perform: sts:AssumeRole on resource: ‹role arn›',
      ),
      symptom('STS', 'AccessDenied', 'Roles may not be assumed by root accounts.'),
      webIdentityDenied,
      s3Denied,
    ],
    signs: [
      proves('The text says “with an explicit deny in a … policy”.'),
      proves(
        'The text says that no session policy, permissions boundary, VPC endpoint policy, service control policy or role trust policy allows the action.',
      ),
    ],
    probes: [probe('P1', 'sts-as-it-is', 'GetCallerIdentity succeeds even under an explicit deny.')],
    excludedBy: ['The text says “no identity-based policy allows”.'],
    lookAlikes: [
      unlike('permission-missing', 'nothing denies; an allow is missing.'),
      unlike('mfa-required', 'the deny has a condition on one-time codes and goes away with one.'),
      unlike('key-quarantined', 'the policy is AWS’s quarantine policy.'),
      unlike('oidc-trust-mismatch', 'the role is asked for with a web identity token.'),
    ],
    fixes: [
      cure('Have the policy changed whose kind the message names', whoAmI),
      cureWhen('It is AssumeRole', 'Look at the trust policy of the role: it must name you', showTrust),
      cureWhen('The key is the root user’s', 'Use the key of an IAM user, or a role of IAM Identity Center'),
    ],
    prevention: ['Do not use root keys for anything.', 'Give denies a condition that names whom they are for.'],
    sources: [docs.accessDenied, docs.assumeRole, thread('kubernetes/kubectl#1243')],
    threads: 20,
  },
  'account-not-activated': {
    title: 'The account or the service is not activated yet',
    story:
      'The key authenticates, and the account is not ready: its sign-up, phone check or payment is not finished, or the service or Marketplace product has not been subscribed to. For a new account it can take up to a day until everything works.',
    fits: 'Sign-up, payment or the subscription is not finished',
    symptoms: [
      symptom('Query services', 'OptInRequired', 'The AWS Access Key Id needs a subscription for the service'),
      symptom(
        'JSON services',
        'SubscriptionRequiredException',
        'The AWS Access Key Id needs a subscription for the service',
      ),
      symptom(
        'EC2',
        'OptInRequired',
        'You are not subscribed to this service. Please go to http://aws.amazon.com to subscribe.',
      ),
      symptom(
        'S3',
        'NotSignedUp',
        'Your account is not signed up for the S3 service. You must sign up before you can use S3.',
      ),
      likeness(
        'EC2',
        'PendingVerification',
        'Your request for accessing resources in this region is being validated, and you will not be able to launch additional resources in this region until the validation is complete.',
      ),
    ],
    signs: [proves('The code says it.')],
    probes: [probe('P1', 'sts-as-it-is', 'GetCallerIdentity succeeds.')],
    excludedBy: ['The account has used the service before.'],
    lookAlikes: [
      unlike('account-suspended', 'the account worked before and was stopped.'),
      unlike('region-not-enabled', 'other regions work.'),
      unlike('permission-missing', 'the answer is `AccessDenied`.'),
    ],
    fixes: [
      cure(
        'Finish the sign-up in the console (payment method, phone check, support plan) as the root user, then wait up to 24 hours',
      ),
    ],
    prevention: ['Try each service once in a new account before you build on it.'],
    sources: [docs.commonErrors, docs.ec2Errors, docs.s3Errors],
    threads: 8,
  },
} as const satisfies Partial<Record<CauseId, Entry>>
