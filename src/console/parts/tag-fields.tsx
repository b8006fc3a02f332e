import AttributeEditor from '@cloudscape-design/components/attribute-editor'
import Input from '@cloudscape-design/components/input'

/** As AWS has it. */
export type Tag = { readonly Key: string; readonly Value: string }

/** AWS's limit for one entity. */
const mostTags = 50

/** Tags to be filled in. Rows without a key count as none: `filledTags`. */
export function TagFields(props: { readonly tags: readonly Tag[]; readonly onChange: (tags: readonly Tag[]) => void }) {
  const { tags, onChange } = props
  const change = (place: number, part: Partial<Tag>): void =>
    onChange(tags.map((tag, index) => (index === place ? { ...tag, ...part } : tag)))
  return (
    <AttributeEditor<Tag>
      items={tags}
      addButtonText="Add new tag"
      removeButtonText="Remove"
      removeButtonAriaLabel={({ Key }) => `Remove the tag ${Key}`}
      disableAddButton={tags.length >= mostTags}
      additionalInfo={`Up to ${mostTags} tags.`}
      empty="No tags."
      onAddButtonClick={() => onChange([...tags, { Key: '', Value: '' }])}
      onRemoveButtonClick={({ detail }) => onChange(tags.filter((_, index) => index !== detail.itemIndex))}
      definition={[
        {
          label: 'Key',
          control: ({ Key }, place) => (
            <Input
              value={Key}
              ariaLabel={`Key of tag ${place + 1}`}
              onChange={({ detail }) => change(place, { Key: detail.value })}
              autoComplete={false}
            />
          ),
          errorText: ({ Key }) =>
            Key !== '' && tags.filter((tag) => tag.Key === Key).length > 1 ? 'This key stands twice.' : null,
        },
        {
          label: 'Value',
          control: ({ Value, Key }, place) => (
            <Input
              value={Value}
              ariaLabel={`Value of tag ${Key === '' ? place + 1 : Key}`}
              onChange={({ detail }) => change(place, { Value: detail.value })}
              autoComplete={false}
            />
          ),
        },
      ]}
    />
  )
}

export function filledTags(tags: readonly Tag[]): readonly Tag[] {
  return tags.filter(({ Key, Value }) => Key !== '' || Value !== '')
}
