import { goV2Chain } from './go/v2.ts'

/** The SDK for Go, version 2: `config.LoadDefaultConfig`, with `WithSharedConfigProfile` for a profile in the program. */
export const goV2 = goV2Chain({
  sdk: 'go-v2',
  version: 'aws-sdk-go-v2/config 1.33.18',
  evidence: 'observed',
  isConfig: true,
  attempts: 3,
  metadataVariables: ['AWS_EC2_METADATA_SERVICE_ENDPOINT'],
  firstCall: (words) => words,
})
