// Package i18n makes a portal speak the reader's language: it chooses the
// language, finds the texts, and writes numbers, money, dates and lists as the
// reader does.
//
// A [Catalog] is the front type. It holds the texts of every language, loaded
// once from JSON files, and hands out a [Printer] for each locale:
//
//	catalog, err := i18n.New(&i18n.Options{Layers: []fs.FS{texts}})
//	locale, _ := negotiator.Pick(i18n.Request{Path: r.URL.Path, AcceptLanguage: r.Header.Get("Accept-Language")})
//	p := catalog.In(locale).InZone(zone)
//	p.T("case.opened", "number", "C-1024", "when", opened)
//
// # Locales
//
// A [Locale] is a canonical BCP 47 tag in a string. Text from outside becomes
// one through [ParseLocale] alone. Parents follow CLDR: "zh-TW" falls back to
// "zh-Hant" and never to "zh", whose characters are others; "en-AU" falls back
// to the English of the world, "en-001", which writes as en-GB does. "pt" is
// the Portuguese of Brazil, as in CLDR; that of Portugal is "pt-PT".
//
// # Choosing a language
//
// A [Negotiator] asks the path (/de/articles/...), the reader's saved
// preference, the Accept-Language header, the country, and takes the default in
// the end. The header is cut to a kilobyte and sixteen entries before it is
// parsed. The languages on offer are its parameter: a portal with languages in
// preparation makes a second one, for those who may see them.
//
// # Texts
//
// A catalog is a file LANG.json per language with flat keys. The library has
// its own, for errors and relative times, in English, German, Spanish, Japanese
// and Arabic; [Options.Layers] adds the portal's and, after it, the host's, in
// which a phrase replaces the one before it with the same key. A text is ICU
// MessageFormat in the parts that translators use:
//
//	{name}  {n, number}  {n, number, percent}  {bytes, size}  {d, duration}
//	{t, date, short|medium|long|full}  {t, time}  {t, datetime}  {t, relative}
//	{sum, money, EUR}  {names, list}  {names, list, or}
//	{n, plural, =0 {no files} one {# file} other {# files}}
//	{n, selectordinal, one {#st} two {#nd} few {#rd} other {#th}}
//	{who, select, agent {you} empty {nobody} other {{who}}}
//
// An apostrophe quotes: '{' is a brace, and two of them are one. In a text for
// [Printer.HTML], <b>, <em>, <strong>, <code> and <a href={url}> are markup;
// all else is escaped, arguments always.
//
// An argument without a type shows by its Go type: numbers get separators, a
// time.Time its date and time, a [Money] its sum, a Locale the name of the
// language, a slice a list. Numbers that are names (years, case numbers) are
// handed over as strings.
//
// A text that a locale lacks comes from its parents, from [Options.Fallback],
// from the source language, in this order, and keeps the plurals, dates and
// direction of its own language. What is missing is reported once, through
// [Options.Report]. Package i18ntest fails a build for it before that.
//
// # Direction
//
// Where an argument could turn the sentence around it, and always in Arabic,
// Hebrew and their like, it is wrapped in Unicode's isolate marks, and marks in
// it that reach further are dropped. [Printer.WithIsolation] switches that off
// for file names, logs and exports.
//
// # Formats
//
// Thirty-six locales come with the library; [Options.Locales] adds others or
// changes them. Figures are CLDR's, dates are Gregorian, Arabic has Western
// digits and Persian its own. Languages without words for relative times show
// the date instead; a catalog that has the keys relative.* gives them words.
//
// # Errors
//
// What is no locale, time zone or catalog matches [ErrInvalid]. Faults in
// catalog files are [SyntaxError] values with file, line, key and column.
// Showing texts has no errors: whatever the arguments, a page appears.
//
// # Stores
//
// There are none. Translations of content belong to the content.
package i18n
