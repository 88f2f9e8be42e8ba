// Package markdown turns Markdown, and the HTML that people mix into it, into
// HTML that is safe to put on a page whoever wrote it.
//
// Text goes through four steps, always in this order: goldmark parses
// CommonMark with tables, task lists, strikethrough, footnotes, definition
// lists and bare links; a tree builder with a small allow-list of elements
// closes what is open and drops what is unknown; links, images, headings and
// anchors are rewritten on that tree; and bluemonday has the last word with a
// policy of its own. A mistake in one of the last three is caught by another.
//
// No element of the result makes the browser parse text in another way
// (script, style, svg, math, textarea, noscript and their like never appear),
// so nothing can be smuggled through a second parse, and cleaning clean HTML
// changes nothing.
//
// # Dialects
//
// Help centres move house with their syntax. Understood besides CommonMark:
// GitHub and Microsoft Learn notes (> [!WARNING]), ":::image" and "[!VIDEO]",
// heading ids ({#id}) and attribute lists ({: .class}) of kramdown, its tables
// without a delimiter row, and what Jekyll leaves behind: Liquid tags vanish,
// Liquid output in addresses too, and Liquid output in prose stays as text.
//
// # Costs
//
// Work grows linearly with the input: nesting, delimiters in one block, padded
// table cells and footnotes are bounded, and what is beyond a bound becomes
// plain text. Only an input that is too long, or one whose references multiply
// into far more HTML than was written, is refused.
package markdown
