import { goV2Chain } from './go/v2.ts'

/**
 * The AWS provider of Terraform: aws-sdk-go-base, which loads the configuration of the SDK for Go as that does; its `profile`
 * argument is a profile in the program. Source: hashicorp/aws-sdk-go-base `GetAwsConfig`, `getCredentialsProvider`.
 */
export const terraform = goV2Chain({
  sdk: 'terraform',
  version: 'aws-sdk-go-base 2.0.0-beta.74',
  evidence: 'observed',
  isConfig: false,
  attempts: 25,
  // The older variable is copied to the newer one where that is not set.
  metadataVariables: ['AWS_EC2_METADATA_SERVICE_ENDPOINT', 'AWS_METADATA_URL'],
  firstCall: (words) => `validating provider credentials: retrieving caller identity from STS: ${words}`,
})
