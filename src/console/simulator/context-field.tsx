import AttributeEditor from '@cloudscape-design/components/attribute-editor'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Input from '@cloudscape-design/components/input'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { type ContextEntry, contextTypes } from './question.ts'

/** The keys that policies ask for most, with a value to begin with. */
const shortcuts: readonly { readonly text: string; readonly entry: ContextEntry }[] = [
  { text: 'With MFA', entry: { key: 'aws:MultiFactorAuthPresent', type: 'boolean', values: 'true' } },
  { text: 'Without MFA', entry: { key: 'aws:MultiFactorAuthPresent', type: 'boolean', values: 'false' } },
  { text: 'MFA age', entry: { key: 'aws:MultiFactorAuthAge', type: 'numeric', values: '300' } },
  { text: 'Source IP', entry: { key: 'aws:SourceIp', type: 'ip', values: '203.0.113.1' } },
]

/** What is known of the request besides action and resource. */
export function ContextField(props: {
  readonly context: readonly ContextEntry[]
  readonly onChange: (context: readonly ContextEntry[]) => void
}) {
  const { context, onChange } = props
  const change = (place: number, part: Partial<ContextEntry>): void =>
    onChange(context.map((entry, index) => (index === place ? { ...entry, ...part } : entry)))
  return (
    <SpaceBetween size="s">
      <Box variant="awsui-key-label">Context values</Box>
      <SpaceBetween direction="horizontal" size="xs">
        {shortcuts.map(({ text, entry }) => (
          <Button
            key={text}
            formAction="none"
            iconName="add-plus"
            onClick={() => onChange([...context.filter(({ key }) => !isSame(key, entry.key)), entry])}
          >
            {text}
          </Button>
        ))}
      </SpaceBetween>
      <AttributeEditor<ContextEntry>
        items={context}
        addButtonText="Add context value"
        removeButtonText="Remove"
        removeButtonAriaLabel={({ key }) => `Remove ${key}`}
        empty="Only the action, the resource and who asks are known. Add what else the conditions of the policies ask for."
        onAddButtonClick={() => onChange([...context, { key: '', type: 'string', values: '' }])}
        onRemoveButtonClick={({ detail }) => onChange(context.filter((_, index) => index !== detail.itemIndex))}
        definition={[
          {
            label: 'Condition key',
            control: ({ key }, place) => (
              <Input
                value={key}
                ariaLabel={`Condition key ${place + 1}`}
                placeholder="aws:RequestTag/team"
                onChange={({ detail }) => change(place, { key: detail.value.trim() })}
                autoComplete={false}
                spellcheck={false}
              />
            ),
          },
          {
            label: 'Type',
            control: ({ type }, place) => (
              <Select
                ariaLabel={`Type of value ${place + 1}`}
                selectedOption={{ value: type, label: type }}
                options={contextTypes.map((value) => ({ value, label: value }))}
                onChange={({ detail }) => change(place, { type: detail.selectedOption.value as ContextEntry['type'] })}
              />
            ),
          },
          {
            label: 'Value',
            constraintText: ({ type }) => (type.endsWith('List') ? 'Several, with commas between.' : null),
            control: ({ key, values }, place) => (
              <Input
                value={values}
                ariaLabel={`Value of ${key === '' ? place + 1 : key}`}
                onChange={({ detail }) => change(place, { values: detail.value })}
                autoComplete={false}
                spellcheck={false}
              />
            ),
          },
        ]}
      />
    </SpaceBetween>
  )
}

/** Names of condition keys are the same in upper and lower case. */
export function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}
