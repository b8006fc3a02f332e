import Autosuggest from '@cloudscape-design/components/autosuggest'
import FormField from '@cloudscape-design/components/form-field'
import SpaceBetween from '@cloudscape-design/components/space-between'
import TokenGroup from '@cloudscape-design/components/token-group'
import { useRef, useState } from 'react'
import { knownActions } from './known-actions.ts'

const options = knownActions.map((value) => ({ value }))

/** Actions to be asked about; what is typed counts as well as what is picked, several at once when pasted. */
export function ActionsField(props: {
  readonly actions: readonly string[]
  readonly onChange: (actions: readonly string[]) => void
}) {
  const { actions, onChange } = props
  const [text, setText] = useState('')
  const picked = useRef(false)
  const add = (typed: string): void => {
    const found = typed.split(/[\s,"'[\]]+/).filter((word) => word !== '')
    if (found.length > 0) onChange([...new Set([...actions, ...found])])
    setText('')
  }
  return (
    <SpaceBetween size="xs">
      <FormField
        label="Actions"
        constraintText="Such as iam:ListUsers. Press Enter after each, or paste several. Wildcards cannot be asked about."
      >
        <Autosuggest
          value={text}
          placeholder="service:Action"
          enteredTextLabel={(value) => `Use: ${value}`}
          // A list that stays open when an action was added would lie over what comes next.
          options={text === '' ? [] : options}
          onChange={({ detail }) => {
            picked.current = false
            if (/[\s,]/.test(detail.value)) add(detail.value)
            else setText(detail.value)
          }}
          onSelect={({ detail }) => {
            picked.current = true
            add(detail.value)
          }}
          onKeyDown={({ detail }) => {
            // Whether Enter picks from the list is known after it.
            if (detail.key === 'Enter' && text !== '') queueMicrotask(() => picked.current || add(text))
          }}
        />
      </FormField>
      <TokenGroup
        items={actions.map((label) => ({ label, dismissLabel: `Take ${label} away` }))}
        onDismiss={({ detail }) => onChange(actions.filter((_, index) => index !== detail.itemIndex))}
        limit={20}
        i18nStrings={{ limitShowMore: 'Show more', limitShowFewer: 'Show fewer' }}
      />
    </SpaceBetween>
  )
}
