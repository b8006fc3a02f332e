import type { Place } from './credential.ts'
import { profileSettings } from './settings.ts'
import { absent, deferred, type Source } from './source.ts'

const disabled = 'AWS_EC2_METADATA_DISABLED'
const endpoint = 'AWS_EC2_METADATA_SERVICE_ENDPOINT'

/**
 * The role of an EC2 instance (botocore `InstanceMetadataProvider`). Every machine would ask the link-local address and nearly
 * none has an answer, so that only a configured endpoint counts as evidence that there is one.
 */
export const iamRole: Source = {
  provider: 'iam-role',
  ask({ machine, files, profile }) {
    if (machine.env(disabled)?.toLowerCase() === 'true') {
      return absent(`${disabled} forbids to ask the instance metadata`, { variable: disabled })
    }
    const setting = profileSettings(files, profile)?.get('ec2_metadata_service_endpoint')
    const named = machine.env(endpoint) ?? setting?.value
    if (named === undefined || named === '') return absent('nothing here says that this is an EC2 instance')
    const at: Place | undefined = machine.env(endpoint) === undefined ? setting?.at : { variable: endpoint }
    return deferred(`${named} would be asked for the role of the instance`, at)
  },
}
