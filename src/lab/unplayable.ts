import type { CauseId } from '../cause-ids.ts'

/** Causes that the lab cannot make happen, each with the reason as the rest of a sentence that begins with "it". */
export const unplayable: Readonly<Partial<Record<CauseId, string>>> = {
  'account-suspended': 'needs an AWS account that AWS has closed or suspended',
  'node-role-instead': 'needs a node of a cluster with a metadata proxy on it',
  'saml-failed': 'needs a SAML identity provider and AssumeRoleWithSAML',
  'cognito-pool': 'needs a Cognito identity pool',
  'managed-credentials': 'needs a Cloud9 environment, or a lab of AWS Academy',
  's3-compatible-mismatch': 'needs S3, or a store that speaks its protocol',
  'wrong-url': 'needs API Gateway',
  'smtp-password': 'needs the SMTP server of Amazon SES',
  'registry-login-expired': 'needs a container registry of ECR',
  'bearer-token-left': 'needs Bedrock, which takes bearer tokens',
}
