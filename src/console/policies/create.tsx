import Container from '@cloudscape-design/components/container'
import ExpandableSection from '@cloudscape-design/components/expandable-section'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import Input from '@cloudscape-design/components/input'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useState } from 'react'
import { aws } from '../api/call.ts'
import { useSignedIn } from '../api/session.ts'
import { useNotices } from '../frame/notices.tsx'
import { usePage } from '../frame/title.ts'
import { CreationForm } from '../parts/creation-form.tsx'
import { Failure } from '../parts/failure.tsx'
import { filledTags, type Tag, TagFields } from '../parts/tag-fields.tsx'
import type { Policy } from './data.ts'
import { PolicyEditor } from './editor.tsx'
import { blank, templatesFor, textOf } from './templates.ts'

export function CreatePolicyPage() {
  usePage({ text: 'Policies', to: '/policies' }, { text: 'Create policy', to: '/policies/create' })
  const router = useRouter()
  const queryClient = useQueryClient()
  const notices = useNotices()
  const [text, setText] = useState(() => textOf(blank))
  const [name, setName] = useState('')
  const [description, setDescription] = useState('')
  const [path, setPath] = useState('/')
  const [tags, setTags] = useState<readonly Tag[]>([])
  const creating = useMutation({
    mutationFn: async () => {
      const { Policy: made } = await aws<{ readonly Policy: Policy }>('iam', 'CreatePolicy', {
        PolicyName: name,
        PolicyDocument: text,
        ...(path === '/' || path === '' ? {} : { Path: path }),
        ...(description === '' ? {} : { Description: description }),
        ...(filledTags(tags).length === 0 ? {} : { Tags: filledTags(tags) }),
      })
      return made
    },
    onSuccess: async ({ Arn, PolicyName }) => {
      notices.done(`The policy ${PolicyName} is created. Attach it to whom it is meant for.`)
      await queryClient.invalidateQueries({ queryKey: ['table'] })
      await router.navigate({ to: '/policies/$policyArn', params: { policyArn: Arn } })
    },
  })
  return (
    <CreationForm title="Create policy" verb="Create policy" ready={name !== ''} creating={creating} list="/policies">
      <Container header={<Header variant="h2">Specify permissions</Header>}>
        <SpaceBetween size="m">
          <Begin replace={setText} />
          <PolicyEditor kind="identity" label="Policy document" value={text} onChange={setText} />
        </SpaceBetween>
      </Container>
      <Container header={<Header variant="h2">Policy details</Header>}>
        <SpaceBetween size="m">
          <FormField label="Policy name" constraintText="Up to 128 letters, digits and + = , . @ - _">
            <Input
              value={name}
              onChange={({ detail }) => setName(detail.value)}
              autoComplete={false}
              spellcheck={false}
            />
          </FormField>
          <FormField
            label="Description - optional"
            constraintText="Up to 1,000 characters; it cannot be changed later."
          >
            <Input value={description} onChange={({ detail }) => setDescription(detail.value)} autoComplete={false} />
          </FormField>
          <ExpandableSection headerText="Path and tags - optional">
            <SpaceBetween size="m">
              <FormField label="Path" constraintText="Begins and ends with a slash, such as /teams/blue/.">
                <Input
                  value={path}
                  onChange={({ detail }) => setPath(detail.value)}
                  autoComplete={false}
                  spellcheck={false}
                />
              </FormField>
              <TagFields tags={tags} onChange={setTags} />
            </SpaceBetween>
          </ExpandableSection>
        </SpaceBetween>
      </Container>
      <Failure error={creating.error} title="The policy is not created" />
    </CreationForm>
  )
}

/** Puts one of the templates in the place of what is written. */
function Begin({ replace }: { readonly replace: (text: string) => void }) {
  const { account } = useSignedIn()
  const templates = templatesFor(account)
  const [chosen, setChosen] = useState(templates[0]!)
  const optionOf = ({ id, title, description }: (typeof templates)[number]) => ({
    value: id,
    label: title,
    description,
  })
  return (
    <FormField label="Begin with" description="What is in the editor is replaced; Ctrl+Z in the editor brings it back.">
      <Select
        selectedOption={optionOf(chosen)}
        options={templates.map(optionOf)}
        onChange={({ detail }) => {
          const template = templates.find(({ id }) => id === detail.selectedOption.value) ?? chosen
          setChosen(template)
          replace(textOf(template.document))
        }}
      />
    </FormField>
  )
}
