import { isJavaBlank, trimJava } from '../../files/dialects/java-text.ts'
import type { JvmKeyRules } from './environment.ts'

const names = { accessKeyId: 'AWS_ACCESS_KEY_ID', secretAccessKey: 'AWS_SECRET_ACCESS_KEY' } as const

/** Source: aws-sdk-java-v2 auth `SystemSettingsCredentialsProvider`, `EnvironmentVariableCredentialsProvider`. */
export const javaV2Keys: JvmKeyRules = {
  accessKeyId: [names.accessKeyId],
  secretAccessKey: [names.secretAccessKey],
  used: trimJava,
  isUnset: isJavaBlank,
  words: (missing) => {
    const [key, property] =
      missing === 'accessKeyId' ? ['Access', 'aws.accessKeyId'] : ['Secret', 'aws.secretAccessKey']
    return (
      `SdkClientException: Unable to load credentials from system settings. ${key} key must be specified either via ` +
      `environment variable (${names[missing]}) or system property (${property}).`
    )
  },
}
