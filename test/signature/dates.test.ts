import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatBasicInstant, parseBasicInstant, parseHttpDate } from '../../src/signature/index.ts'

const seed = 20_260_806

describe('an instant', () => {
  test(`comes back from its basic form and from that of HTTP (seed ${seed})`, () => {
    const instant = fc.date({
      min: new Date('0000-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59Z'),
      noInvalidDate: true,
    })
    fc.assert(
      fc.property(instant, (at) => {
        const whole = new Date(Math.floor(at.getTime() / 1000) * 1000)
        expect(parseBasicInstant(formatBasicInstant(at))).toEqual(whole)
        expect(parseHttpDate(at.toUTCString())).toEqual(whole)
      }),
      { seed },
    )
  })

  test.each([
    '',
    '20150830T123600',
    '20150830t123600Z',
    '20150830T123600z',
    '2015-08-30T12:36:00Z',
    '20150830T123660Z',
    '20150830T126000Z',
    '20150830T243600Z',
    '20150832T123600Z',
    '20151330T123600Z',
    '20150030T123600Z',
    '20150230T123600Z',
    '20150229T123600Z',
    '20150830T123600Z ',
    '2015083aT123600Z',
    '20150830T12:600Z',
    '٢٠١٥٠٨٣٠T123600Z',
  ])('is not %j', (text) => {
    expect(parseBasicInstant(text)).toBeNull()
  })

  test('may be the 29th of February of a leap year', () => {
    expect(parseBasicInstant('20160229T000000Z')).toEqual(new Date('2016-02-29T00:00:00Z'))
  })

  test.each([
    ['Sun, 06 Nov 1994 08:49:37 GMT', '1994-11-06T08:49:37Z'],
    ['6 Nov 1994 08:49:37 UTC', '1994-11-06T08:49:37Z'],
    ['Sun, 06 Nov 1994 10:49:37 +0200', '1994-11-06T08:49:37Z'],
    ['Sun, 06 Nov 1994 03:19:37 -0530', '1994-11-06T08:49:37Z'],
    ['Sun Nov  6 08:49:37 1994', null],
    ['Sun, 06 Foo 1994 08:49:37 GMT', null],
    ['Sun, 31 Nov 1994 08:49:37 GMT', null],
    ['Sun, 06 Nov 1994 08:49:37', null],
    ['Sun, 06 Nov 1994 08:49:37 CET', null],
  ])('of HTTP %j is %s', (text, iso) => {
    expect(parseHttpDate(text)).toEqual(iso === null ? null : new Date(iso))
  })
})
