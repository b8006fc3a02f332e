import { describe, expect, test } from 'vitest'
import { allow, allows, ask, policy, refusal } from './asking.ts'

const at = (date: string) => policy(allow({ Condition: { DateEquals: { 'aws:CurrentTime': date } } }))

describe('dates in conditions', () => {
  // ISO 8601: ordinal and week dates, fractions of the smallest element, zones with and without colons.
  test.each([
    ['2020-366', '2020-12-31T00:00:00Z'],
    ['2004-W01-1', '2003-12-29T00:00:00Z'],
    ['2020-W53-7', '2021-01-03T00:00:00Z'],
    ['2021-W01', '2021-01-04T00:00:00Z'],
    ['2021-03-04T10.5Z', '2021-03-04T10:30:00Z'],
    ['2021-03-04T10:30,5Z', '2021-03-04T10:30:30Z'],
    ['2021-03-04T', '2021-03-04T00:00:00Z'],
    ['2021-03-04TZ', '2021-03-04T00:00:00Z'],
    ['2021-03-04T10:00+0530', '2021-03-04T04:30:00Z'],
    ['2021-03-04T10:00-05', '2021-03-04T15:00:00Z'],
    ['-1', '1969-12-31T23:59:59Z'],
  ])('%s is %s', (date, now) => {
    expect(allows(at(date), ask({ keys: { 'aws:CurrentTime': now } }))).toBe(true)
    const later = now.replace('Z', '.001Z')
    expect(allows(at(date), ask({ keys: { 'aws:CurrentTime': later } }))).toBe(false)
  })

  test.each([
    '2021-02-29',
    '2021-366',
    '2021-W53',
    '2021-W00',
    '2021-W01-8',
    '2021-13',
    '2021-03-04T24:00',
    '2021-03-04T10:60',
    '2021-03-04T10:00+24',
    '2021-03-04T10:00+1:00',
    '2021-03-04T10T11',
    '2021-03-04 10:00',
    '292278994-01-01',
    '-9223372036854775808',
    'T10:00',
    '',
  ])('%s is none', (date) => {
    expect(refusal(at(date))).toBe('The policy failed legacy parsing')
  })
})
