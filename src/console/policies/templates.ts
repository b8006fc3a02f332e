export interface Template {
  readonly id: string
  readonly title: string
  readonly description: string
  readonly document: object
}

/** To be filled in. */
export const blank = {
  Version: '2012-10-17',
  Statement: [{ Sid: 'Statement1', Effect: 'Allow', Action: [], Resource: [] }],
}

/**
 * Where one begins from, for this account. Those marked as AWS's are its documented examples (IAM User Guide, "Example IAM identity-based
 * policies").
 */
export function templatesFor(account: { readonly id: string; readonly partition: string }): readonly Template[] {
  const { id, partition } = account
  return [
    { id: 'blank', title: 'Empty', description: 'One statement to be filled in.', document: blank },
    {
      id: 'look-at-oneself',
      title: 'Look at oneself',
      description: 'Users see who they are, and their own keys, MFA devices, groups and policies.',
      document: {
        Version: '2012-10-17',
        Statement: [
          { Sid: 'WhoAmI', Effect: 'Allow', Action: 'sts:GetCallerIdentity', Resource: '*' },
          {
            Sid: 'LookAtOneself',
            Effect: 'Allow',
            Action: [
              'iam:GetUser',
              'iam:ListAccessKeys',
              'iam:ListAttachedUserPolicies',
              'iam:ListGroupsForUser',
              'iam:ListMFADevices',
              'iam:ListUserPolicies',
            ],
            Resource: ownUser(partition),
          },
        ],
      },
    },
    {
      id: 'manage-own-credentials',
      title: 'Manage one’s own credentials, with MFA',
      description:
        'AWS’s example “Allows MFA-authenticated IAM users to manage their own credentials on the Security credentials page”. Everything else is denied without MFA.',
      document: ownCredentials(partition),
    },
    {
      id: 'deny-without-mfa',
      title: 'Deny without MFA',
      description: 'Whoever has not signed in with MFA can do no more than set it up. Allows nothing by itself.',
      document: { Version: '2012-10-17', Statement: [unlessMfa] },
    },
    {
      id: 'assume-role',
      title: 'Assume a role',
      description: 'The role’s trust policy has to name who assumes it, too. Write the role’s name in.',
      document: {
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'AssumeRole',
            Effect: 'Allow',
            Action: 'sts:AssumeRole',
            Resource: `arn:${partition}:iam::${id}:role/ROLE-NAME`,
          },
        ],
      },
    },
    {
      id: 'source-ip',
      title: 'Deny from elsewhere',
      description:
        'AWS’s example “Denies access to AWS based on the source IP”. Allows nothing by itself. Write your own networks in.',
      document: {
        Version: '2012-10-17',
        Statement: {
          Effect: 'Deny',
          Action: '*',
          Resource: '*',
          Condition: {
            NotIpAddress: { 'aws:SourceIp': ['192.0.2.0/24', '203.0.113.0/24'] },
            Bool: { 'aws:ViaAWSService': 'false' },
          },
        },
      },
    },
    {
      id: 's3-bucket',
      title: 'Read and write the objects of one bucket',
      description:
        'AWS’s example “Allows read and write access to objects in an S3 Bucket”. Write the bucket’s name in.',
      document: {
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'ListObjectsInBucket',
            Effect: 'Allow',
            Action: ['s3:ListBucket'],
            Resource: [`arn:${partition}:s3:::bucket-name`],
          },
          {
            Sid: 'AllObjectActions',
            Effect: 'Allow',
            Action: 's3:*Object',
            Resource: [`arn:${partition}:s3:::bucket-name/*`],
          },
        ],
      },
    },
  ]
}

/** As it stands in the editor. */
export function textOf(document: object): string {
  return JSON.stringify(document, null, 4)
}

const ownUser = (partition: string): string => `arn:${partition}:iam::*:user/\${aws:username}`

// Of a long-term key the condition is absent, which `BoolIfExists` takes for "false" as well.
const unlessMfa = {
  Sid: 'DenyAllExceptListedIfNoMFA',
  Effect: 'Deny',
  NotAction: [
    'iam:CreateVirtualMFADevice',
    'iam:EnableMFADevice',
    'iam:GetUser',
    'iam:ListMFADevices',
    'iam:ListVirtualMFADevices',
    'iam:ResyncMFADevice',
    'sts:GetSessionToken',
  ],
  Resource: '*',
  Condition: { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } },
}

function ownCredentials(partition: string): object {
  const own = (Sid: string, ...names: readonly string[]): object => ({
    Sid,
    Effect: 'Allow',
    Action: names.map((name) => `iam:${name}`),
    Resource: ownUser(partition),
  })
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'AllowViewAccountInfo',
        Effect: 'Allow',
        Action: ['iam:GetAccountPasswordPolicy', 'iam:ListVirtualMFADevices'],
        Resource: '*',
      },
      own('AllowManageOwnPasswords', 'ChangePassword', 'GetUser'),
      own(
        'AllowManageOwnAccessKeys',
        'CreateAccessKey',
        'DeleteAccessKey',
        'GetAccessKeyLastUsed',
        'ListAccessKeys',
        'UpdateAccessKey',
      ),
      own(
        'AllowManageOwnSigningCertificates',
        'DeleteSigningCertificate',
        'ListSigningCertificates',
        'UpdateSigningCertificate',
        'UploadSigningCertificate',
      ),
      own(
        'AllowManageOwnSSHPublicKeys',
        'DeleteSSHPublicKey',
        'GetSSHPublicKey',
        'ListSSHPublicKeys',
        'UpdateSSHPublicKey',
        'UploadSSHPublicKey',
      ),
      own(
        'AllowManageOwnGitCredentials',
        'CreateServiceSpecificCredential',
        'DeleteServiceSpecificCredential',
        'ListServiceSpecificCredentials',
        'ResetServiceSpecificCredential',
        'UpdateServiceSpecificCredential',
      ),
      {
        Sid: 'AllowManageOwnVirtualMFADevice',
        Effect: 'Allow',
        Action: ['iam:CreateVirtualMFADevice'],
        Resource: `arn:${partition}:iam::*:mfa/*`,
      },
      own('AllowManageOwnUserMFA', 'DeactivateMFADevice', 'EnableMFADevice', 'ListMFADevices', 'ResyncMFADevice'),
      unlessMfa,
    ],
  }
}
