import type { CauseId } from '../../../cause-ids.ts'
import { command } from '../shells.ts'
import { configureSet, logIn } from './commands.ts'
import { cure, cureWhen, type Entry, hint, probe, proves, strong, unlike } from './entry.ts'
import { docs, thread } from './sources.ts'
import { deniedExplicitly, deniedNoPolicy, symptom } from './symptoms.ts'

const listDevices = command('aws', 'iam', 'list-mfa-devices')

/** One-time codes (MFA). */
export const mfaEntries = {
  'mfa-required': {
    title: 'A policy asks for a one-time code (MFA), and the session was made without one',
    story:
      'Many companies deny nearly everything until a one-time code was given. The long-term key authenticates and may do nothing but look after its own password and devices. The answer is `AccessDenied` with an explicit deny, not an invalid token; articles mix the two up.',
    fits: 'Without a session made with a one-time code such policies deny everything else',
    symptoms: [
      deniedExplicitly,
      deniedNoPolicy,
      symptom(
        'IAM, for devices of one’s own',
        'AccessDenied',
        'To complete this action, please ensure that you are authenticated with an MFA device that is enabled for this user.',
      ),
    ],
    signs: [
      strong('A long-term key (AKIA) is used, and the profile has an `mfa_serial` that this call did not use.'),
      hint('Everything is denied except calls about the own user.'),
    ],
    probes: [
      probe('P7', null, 'ListMFADevices shows a device for the user.'),
      probe('P10', null, 'For EC2, DecodeAuthorizationMessage shows the condition `aws:MultiFactorAuthPresent`.'),
    ],
    excludedBy: [
      'The session was made with a code (its role or GetSessionToken call had `--token-code`).',
      'The key itself is refused.',
    ],
    lookAlikes: [
      unlike('permission-missing', 'a single action is refused, and no deny is mentioned.'),
      unlike('explicitly-denied', 'the deny is of another kind: organisation, boundary, session.'),
      unlike('session-without-mfa', 'only IAM and STS refuse, with an invalid token.'),
      unlike('key-quarantined', 'the deny names a quarantine policy.'),
    ],
    fixes: [
      cure('Log in with a code of your device, and use the profile that keeps the session', logIn),
      cureWhen(
        'You use roles',
        'Set the device in the profile; the AWS CLI then asks for the code',
        configureSet('mfa_serial', 'arn:aws:iam::ACCOUNT:mfa/DEVICE'),
      ),
      cureWhen(
        'You wrote the policy',
        'Use BoolIfExists with care: with a Deny it also hits calls that carry no such key, for example those of long-term keys',
      ),
    ],
    prevention: [
      'Use IAM Identity Center or role profiles with `mfa_serial`, so that the code is asked for at the right moment.',
    ],
    sources: [docs.mfaApi, docs.accessDenied, thread('aws/aws-cli#5592')],
    threads: 4,
  },
  'mfa-serial-wrong': {
    title: 'The serial of the MFA device is wrong',
    story:
      '`--serial-number` or `mfa_serial` must name the device: `arn:aws:iam::ACCOUNT:mfa/NAME`, or the printed number of a hardware device. The ARN of the user is not it, nor is a device of another account or partition. After a device was replaced its name is usually another.',
    fits: 'STS does not find this device for this user',
    symptoms: [
      symptom(
        'STS',
        'AccessDenied',
        'MultiFactorAuthentication failed, unable to validate MFA code. Please verify your MFA serial number is valid and associated with this user.',
      ),
    ],
    signs: [
      proves(
        'The serial has not the form `arn:‹partition›:iam::‹12 digits›:mfa/‹name›` or that of a hardware number; `:user/` is the wrong ARN.',
      ),
      proves('Its account is not that of the key.'),
    ],
    probes: [probe('P7', null, 'ListMFADevices shows other serials.')],
    excludedBy: ['The serial is one that ListMFADevices shows.'],
    lookAlikes: [
      unlike('mfa-code-wrong', 'the text says “invalid MFA one time pass code”: the device was found.'),
      unlike('mfa-device-unusable', 'the device is a security key or passkey.'),
      unlike('source-profile-broken', 'another profile’s key is used than the one that the device belongs to.'),
    ],
    fixes: [
      cure('Look up the serial of your device, and use that', listDevices),
      cureWhen('It stands in a profile', 'Correct it', configureSet('mfa_serial', 'arn:aws:iam::ACCOUNT:mfa/DEVICE')),
    ],
    prevention: ['Copy the identifier from the console (Security credentials, MFA).'],
    sources: [
      docs.mfaApi,
      docs.getSessionToken,
      thread('aws/aws-cli#6325'),
      thread('broamski/aws-mfa#25'),
      thread('broamski/aws-mfa#46'),
    ],
    threads: 12,
  },
  'mfa-code-wrong': {
    title: 'The one-time code is wrong, too late or already used',
    story:
      'A code has six digits, is good for about half a minute and is taken only once: a second call with the same code fails even within its time. Scripts that assume several roles in a row, each with the same code, run into this.',
    fits: 'Each code is taken once, and only for a short time',
    symptoms: [
      symptom('STS', 'AccessDenied', 'MultiFactorAuthentication failed with invalid MFA one time pass code.'),
      symptom(
        'STS',
        'ValidationError',
        "1 validation error detected: Value '‹text›' at 'tokenCode' failed to satisfy constraint: Member must have length greater than or equal to 6",
      ),
    ],
    signs: [
      proves('The code has not six digits.'),
      strong('The same code was used for another call less than a minute ago.'),
    ],
    probes: [],
    excludedBy: ['The text speaks of the serial number.'],
    lookAlikes: [
      unlike('mfa-serial-wrong', '“unable to validate MFA code … serial number”.'),
      unlike('mfa-device-unusable', 'every code fails: the device is out of step.'),
    ],
    fixes: [
      cure('Wait for the next code and try again', logIn),
      cureWhen(
        'You need several roles',
        'Make one session with the code and assume the roles from it: the code counts for all of them',
      ),
    ],
    prevention: ['Give the code to one GetSessionToken call and work from its session.'],
    sources: [
      docs.getSessionToken,
      docs.assumeRole,
      thread('1Password/shell-plugins#180'),
      thread('aws/aws-cli#2279'),
      thread('aws/aws-cli#4648'),
    ],
    threads: 12,
  },
  'mfa-device-unusable': {
    title: 'The MFA device is out of step, or of a kind that the API does not take',
    story:
      'The clock of a hardware device or phone drifts until its codes are none that AWS expects; it can be brought back into step with two codes in a row. Security keys and passkeys (FIDO) work in the console and not with STS, which takes six digits only.',
    fits: 'Security keys do not work with STS, and a device can drift out of step',
    symptoms: [
      symptom('STS', 'AccessDenied', 'MultiFactorAuthentication failed with invalid MFA one time pass code.'),
      symptom('IAM', 'InvalidAuthenticationCode', 'Authentication code for device is not valid.'),
    ],
    signs: [
      strong('The serial is of the form `arn:aws:iam::…:u2f/…`.'),
      hint('Every code fails, also fresh ones.'),
      hint('The clock of the phone is wrong.'),
    ],
    probes: [probe('P7', null, 'ListMFADevices shows only `u2f` devices, or the device and its codes are refused.')],
    excludedBy: ['Some codes are taken.'],
    lookAlikes: [
      unlike('mfa-code-wrong', 'the next code works.'),
      unlike('mfa-serial-wrong', 'the text speaks of the serial number.'),
    ],
    fixes: [
      cure(
        'Bring the device back into step with two codes in a row',
        command(
          'aws',
          'iam',
          'resync-mfa-device',
          '--user-name',
          'NAME',
          '--serial-number',
          'arn:aws:iam::ACCOUNT:mfa/DEVICE',
          '--authentication-code1',
          '111111',
          '--authentication-code2',
          '222222',
        ),
      ),
      cureWhen(
        'It is a security key or passkey',
        'Add an authenticator app as a second device (a user may have eight) and use its serial',
      ),
    ],
    prevention: ['Keep the clock of the phone automatic.', 'Register two devices.'],
    sources: [docs.mfaSync, docs.mfaApi, thread('boto/botocore#1567')],
    threads: 4,
  },
  'quota-or-conflict': {
    title: 'A limit or a leftover stands in the way of the repair',
    story:
      'A user can have two access keys, switched-off ones included, so a third is refused. A cancelled MFA set-up leaves a device that blocks its name. A user cannot be deleted before its keys and devices are. These errors mean that your credentials work; something has to be cleared away first.',
    fits: 'IAM says which limit or leftover it is',
    symptoms: [
      symptom('IAM', 'LimitExceeded', 'Cannot exceed quota for AccessKeysPerUser: 2'),
      symptom('IAM', 'EntityAlreadyExists', 'MFADevice entity at the same path and name already exists.'),
      symptom('IAM', 'DeleteConflict', 'Cannot delete entity, must delete access keys first.'),
      symptom('IAM', 'InvalidAuthenticationCode', 'Authentication code for device is not valid.'),
    ],
    signs: [proves('The text says it.')],
    probes: [],
    excludedBy: ['The call is not one to IAM.'],
    lookAlikes: [
      unlike('permission-missing', 'the answer is `AccessDenied`.'),
      unlike('mfa-device-unusable', 'the codes of a working device are refused.'),
    ],
    fixes: [
      cure(
        'Delete a key that is not needed any more; switching it off does not free its place',
        command('aws', 'iam', 'delete-access-key', '--user-name', 'NAME', '--access-key-id', 'OLD_KEY_ID'),
      ),
      cureWhen(
        'A device of that name exists',
        'Delete the leftover, as an administrator',
        command('aws', 'iam', 'delete-virtual-mfa-device', '--serial-number', 'arn:aws:iam::ACCOUNT:mfa/DEVICE'),
      ),
      cureWhen('Two codes are asked for', 'Type two different codes, one after the other', listDevices),
    ],
    prevention: ['Finish each rotation by deleting the old key.'],
    sources: [docs.quotas, thread('simonw/s3-credentials#64'), thread('hashicorp/terraform-provider-aws#39693')],
    threads: 8,
  },
} as const satisfies Partial<Record<CauseId, Entry>>
