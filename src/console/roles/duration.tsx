import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useState } from 'react'

const hour = 3600
const hours = [1, 2, 4, 8, 12]
const custom = { value: 'custom', label: 'Custom duration' }

/** `MaxSessionDuration` in IAM's model, in seconds. */
export function isDuration(seconds: number): boolean {
  return Number.isInteger(seconds) && seconds >= hour && seconds <= 12 * hour
}

export function durationText(seconds: number): string {
  if (seconds % hour === 0) return seconds === hour ? '1 hour' : `${seconds / hour} hours`
  return seconds % 60 === 0 ? `${seconds / 60} minutes` : `${seconds} seconds`
}

/** How long a session of a role may last, as AWS's console asks for it. */
export function DurationField(props: { readonly seconds: number; readonly onChange: (seconds: number) => void }) {
  const { seconds, onChange } = props
  const [isCustom, setIsCustom] = useState(!hours.includes(seconds / hour))
  const [text, setText] = useState(String(seconds))
  const choice = isCustom ? custom : { value: String(seconds), label: durationText(seconds) }
  return (
    <SpaceBetween size="s">
      <FormField
        label="Maximum session duration"
        description="The longest that a session may be asked for with AssumeRole. Without asking it lasts one hour."
      >
        <Select
          selectedOption={choice}
          options={[...hours.map((many) => ({ value: String(many * hour), label: durationText(many * hour) })), custom]}
          onChange={({ detail }) => {
            const chosen = detail.selectedOption.value ?? custom.value
            setIsCustom(chosen === custom.value)
            if (chosen === custom.value) return
            setText(chosen)
            onChange(Number(chosen))
          }}
        />
      </FormField>
      {isCustom ? (
        <FormField
          label="Seconds"
          constraintText="From 3600 (1 hour) to 43200 (12 hours)."
          errorText={isDuration(Number(text)) ? '' : 'Write a whole number from 3600 to 43200.'}
        >
          <Input
            type="number"
            value={text}
            onChange={({ detail }) => {
              setText(detail.value)
              onChange(detail.value === '' ? Number.NaN : Number(detail.value))
            }}
          />
        </FormField>
      ) : null}
    </SpaceBetween>
  )
}
