import FileUpload from '@cloudscape-design/components/file-upload'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Textarea from '@cloudscape-design/components/textarea'
import { useState } from 'react'

export interface Saml {
  readonly name: string
  readonly metadata: string
}

export const emptySaml: Saml = { name: '', metadata: '' }

/** IAM model, `SAMLProviderNameType` and `SAMLMetadataDocumentType`. */
const nameForm = /^[\w._-]{1,128}$/
const shortestMetadata = 1000
const longestMetadata = 10_000_000

export function areSamlFieldsGood({ name, metadata }: Saml): boolean {
  return nameForm.test(name) && isMetadataGood(metadata)
}

export function isMetadataGood(metadata: string): boolean {
  return metadata !== '' && metadataFault(metadata) === null
}

function metadataFault(metadata: string): string | null {
  if (metadata === '' || (metadata.length >= shortestMetadata && metadata.length <= longestMetadata)) return null
  return metadata.length < shortestMetadata
    ? 'IAM takes no document of less than 1,000 characters.'
    : 'IAM takes 10 MB at most.'
}

export function SamlFields({ fields, change }: { readonly fields: Saml; readonly change: (fields: Saml) => void }) {
  return (
    <SpaceBetween size="m">
      <FormField
        label="Provider name"
        errorText={fields.name === '' || nameForm.test(fields.name) ? '' : 'Letters, digits, and . _ - only.'}
      >
        <Input
          value={fields.name}
          autoComplete={false}
          onChange={({ detail }) => change({ ...fields, name: detail.value })}
        />
      </FormField>
      <MetadataField metadata={fields.metadata} change={(metadata) => change({ ...fields, metadata })} />
    </SpaceBetween>
  )
}

export function MetadataField(props: { readonly metadata: string; readonly change: (metadata: string) => void }) {
  const { metadata, change } = props
  const [files, setFiles] = useState<readonly File[]>([])
  return (
    <SpaceBetween size="m">
      <FormField label="Metadata document" description="The XML that the identity provider gives out about itself.">
        <FileUpload
          value={files}
          accept="application/xml,text/xml,.xml"
          showFileSize
          fileErrors={files.map(({ size }) =>
            size > longestMetadata ? 'Larger than the 10 MB that IAM takes.' : null,
          )}
          onChange={({ detail }) => {
            setFiles(detail.value)
            const [file] = detail.value
            if (file === undefined) change('')
            else if (file.size <= longestMetadata) void file.text().then(change)
            else change('')
          }}
          i18nStrings={{
            uploadButtonText: () => 'Choose file',
            dropzoneText: () => 'Drop the file here',
            removeFileAriaLabel: () => 'Remove the file',
            limitShowFewer: 'Show fewer',
            limitShowMore: 'Show more',
            errorIconAriaLabel: 'Error',
          }}
        />
      </FormField>
      <FormField label="Or paste it" errorText={metadataFault(metadata) ?? ''}>
        <Textarea value={metadata} rows={8} spellcheck={false} onChange={({ detail }) => change(detail.value)} />
      </FormField>
    </SpaceBetween>
  )
}
