package hostiletest

import (
	"html"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// payloads run a script or ask another site for something, or would, in as many
// ways as we know. The corpus has those that others know.
var payloads = []string{
	`<script>alert(1)</script>`, `<img src=x onerror=alert(1)>`, `<svg onload=alert(1)>`, `<svg><script>alert(1)</script></svg>`,
	`<body onload=alert(1)>`, `<details open ontoggle=alert(1)>x</details>`, `<input autofocus onfocus=alert(1)>`, `<audio src=x onerror=alert(1)>`,
	`<video><source src=x onerror=alert(1)></video>`, `<iframe srcdoc="<script>parent.alert(1)</script>"></iframe>`, `<iframe src="javascript:parent.alert(1)"></iframe>`,
	`<object data="javascript:parent.alert(1)"></object>`, `<embed src="javascript:parent.alert(1)">`, `<a href="javascript:alert(1)">x</a>`, `[x](javascript:alert(1))`,
	`[x](JaVaScRiPt&#58;alert(1))`, `<a href="java&#10;script:alert(1)">x</a>`, `<a href=" &#1;javascript:alert(1)">x</a>`, `[x]: <javascript:alert(1)>` + "\n\n[x]",
	`<javascript:alert(1)>`, `<svg><a xlink:href="javascript:alert(1)"><text y="20">x</text></a></svg>`, `<svg><animate onbegin=alert(1) attributeName=x dur=1s>`,
	`<math href="javascript:alert(1)">x</math>`, `<form><button formaction="javascript:alert(1)">x</button></form>`, `<marquee onstart=alert(1)>x</marquee>`,
	`<style onload=alert(1)></style>`, `<link rel=stylesheet href=//evil.invalid/x.css onerror=alert(1)>`, `<base href="//evil.invalid/">`, `<img src="//evil.invalid/p.gif?alert(1)">`,
	`![x](https://evil.invalid/p.gif?alert(1))`, `<p style="background:url(//evil.invalid/s.png)">x</p>`, `<style>@import "//evil.invalid/i.css";</style>`,
	`<meta http-equiv=refresh content="9;url=//evil.invalid/">`, `<img srcset="//evil.invalid/1 1x, //evil.invalid/2 2x">`, `<picture><source srcset=//evil.invalid/p><img src=x></picture>`,
	`<table background=//evil.invalid/t><tr><td background=//evil.invalid/d>x</table>`, `<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>`,
	`<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">`, `<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">`,
	`<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>`, `<textarea></textarea><img src=x onerror=alert(1)>`, `<title></title><img src=x onerror=alert(1)>`,
	`<template><img src=x onerror=alert(1)></template>`, `<xmp><p title="</xmp><img src=x onerror=alert(1)>">`, `<!--><img src=x onerror=alert(1)>-->`,
	`<![CDATA[<img src=x onerror=alert(1)>]]>`, `<?x <img src=x onerror=alert(1)> ?>`, `<img src="x` + "` `" + `<script>alert(1)</script>"` + "` `>", `<img/src=x/onerror=alert(1)>`,
	"<img \nsrc=x\nonerror\n=\nalert(1)>", "| a |\n|---|\n| <img src=x onerror=alert(1)> |", "> [!NOTE]\n> <img src=x onerror=alert(1)>", "- [ ] <img src=x onerror=alert(1)>",
	"x[^1]\n\n[^1]: <img src=x onerror=alert(1)>", "# x {#\"onmouseover=alert(1)}", "```\"><img src=x onerror=alert(1)>\ncode\n```", `:::image source="x" alt-text="><img src=x onerror=alert(1)>":::`,
	`:::image source="javascript:alert(1)" alt-text="x":::`, `![" onerror="alert(1)](x)`, `[x](x '" autofocus onfocus="alert(1)')`, `https://x.invalid/"onmouseover="alert(1)`,
}

// hostile tells what is an attack from what is only odd.
var hostile = regexp.MustCompile(`(?i)alert|prompt|confirm|script:|<script|on[a-z]+\s*=|<svg|<math|<iframe|srcdoc|\.invalid|evil\.|tracker\.`)

// Inputs returns n inputs, always the same: our payloads and the attacks in the
// corpus, a sample of the rest of it, and mutations of the attacks. An n too
// small for that gets a part of each. It skips the test without test data.
func Inputs(tb testing.TB, n int) []string {
	tb.Helper()
	r := rand.New(rand.NewPCG(7, 2026))
	attacks, rest := slices.Clone(payloads), []string(nil)
	for _, text := range Corpus(tb) {
		switch {
		case len(text) > 4000: // what is only long is tested for cost
		case hostile.MatchString(text):
			attacks = append(attacks, text)
		default:
			rest = append(rest, text)
		}
	}
	inputs := append(sample(r, attacks, n/2), sample(r, rest, n/8)...)
	for len(inputs) < n {
		inputs = append(inputs, mutate(r, attacks))
	}
	return inputs
}

// sample returns up to n of the list.
func sample(r *rand.Rand, list []string, n int) []string {
	if len(list) <= n {
		return slices.Clone(list)
	}
	var some []string
	for _, i := range r.Perm(len(list))[:n] {
		some = append(some, list[i])
	}
	return some
}

// mutate returns an attack after up to four changes of the kinds that have got
// attacks past filters.
func mutate(r *rand.Rand, attacks []string) string {
	s := attacks[r.IntN(len(attacks))]
	for range 1 + r.IntN(4) {
		s = mutations[r.IntN(len(mutations))](r, s, attacks[r.IntN(len(attacks))])
	}
	return s
}

var mutations = []func(r *rand.Rand, s, other string) string{
	func(r *rand.Rand, s, other string) string { i := r.IntN(len(s) + 1); return s[:i] + other + s[i:] },
	func(r *rand.Rand, s, _ string) string { return insert(r, s, pick(r, odd)) },
	func(r *rand.Rand, s, _ string) string { return remove(r, s) },
	func(r *rand.Rand, s, _ string) string { return pick(r, prefixes) + s },
	func(r *rand.Rand, s, other string) string { return s + "\n\n" + other },
	func(r *rand.Rand, s, _ string) string { return strings.Repeat(pick(r, openers), 1+r.IntN(5)) + s },
	func(r *rand.Rand, s, _ string) string { return strings.ReplaceAll(s, "<", "<"+pick(r, gaps)) },
	func(r *rand.Rand, s, _ string) string { return strings.ToUpper(s[:len(s)/2]) + s[len(s)/2:] },
	func(_ *rand.Rand, s, _ string) string { return html.EscapeString(s) },
	func(_ *rand.Rand, s, _ string) string { return html.UnescapeString(s) },
	func(r *rand.Rand, s, _ string) string { return pick(r, wrappers) + s + "\n" },
	func(_ *rand.Rand, s, other string) string { return "[" + s + "](" + other + ")" },
}

var (
	odd      = []string{"\x00", "\x01", "\t", "\n", "\r", "\"", "'", "`", "<", ">", "/", "\\", " ", "&", ";", "#", "\u200b", "\u2028", "\ufeff", "<!--", "-->", "]]>", "{%", "{{", "|"}
	prefixes = []string{"> ", "- ", "1. ", "# ", "    ", "\t", "> [!NOTE]\n> ", "- [ ] ", "|", ":::image ", "[^1]: "}
	openers  = []string{"<b>", "*", "[", "<div>", "<svg>", "<math>", "<table>", "<p>", "<a>", "<form>", "<noscript>", "<style>", "<select>", "<title>", "<template>"}
	gaps     = []string{"", "\u200b", "/", "!", "<", "\x00", " "}
	wrappers = []string{"```html\n", "~~~\n", "<pre>", "<details><summary>", "<table><tr><td>", "<!-- ", "<a href=\"", "<img alt=\"", "<p title='"}
)

func pick(r *rand.Rand, list []string) string { return list[r.IntN(len(list))] }

func insert(r *rand.Rand, s, what string) string {
	i := r.IntN(len(s) + 1)
	return s[:i] + what + s[i:]
}

func remove(r *rand.Rand, s string) string {
	if len(s) < 2 {
		return s
	}
	i := r.IntN(len(s))
	return s[:i] + s[i+1:]
}
