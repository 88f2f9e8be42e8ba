package search

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/stoa-go/stoa/internal/words"
)

// How much is quoted, in characters and entries. Lists may be longer: they are
// read at a glance.
const (
	longestText = 320
	longestList = 700
	mostLines   = 8
)

// quote returns the best passage of a hit. If the hit is not sure to be the right
// one, the passage must be below a heading that is the question.
func (w wanted) quote(d Hit, passages []Passage, sure bool) *Answer {
	best, most, meant := -1, 0.0, w.meant(d, passages)
	for i, p := range passages {
		if len(p.Blocks) == 0 || !sure && !w.is(p.Heading) {
			continue
		}
		worth := w.worth(p)
		if i == meant {
			worth += 2 * w.share(d.Title)
		}
		if worth > most || best < 0 {
			best, most = i, worth
		}
	}
	if best < 0 {
		return nil
	}
	p := passages[best]
	a := &Answer{Hit: d, Heading: p.Heading, Fragment: p.Fragment}
	if !w.fill(a, p, best == meant) || !w.covers(a) {
		return nil
	}
	return a
}

// meant returns the passage that a title asks for, -1 if none: the steps, if there
// is one way to go only, and of a question what its answer begins with.
func (w wanted) meant(d Hit, passages []Passage) int {
	first, steps, ways := -1, -1, 0
	for i, p := range passages {
		if first < 0 && len(p.Blocks) > 0 {
			first = i
		}
		if slices.ContainsFunc(p.Blocks, Block.steps) {
			steps, ways = i, ways+1
		}
	}
	switch {
	case d.Kind == kindQuestion:
		return first
	case ways == 1:
		return steps
	case w.is(d.Title):
		return first
	}
	return -1
}

// kindQuestion is the kind of documents whose titles are questions.
const kindQuestion = "faq"

func (b Block) steps() bool { return b.Kind == BlockSteps }

// worth says how well a passage answers: by what it has of the question, the
// most in its heading and within one line of it.
func (w wanted) worth(p Passage) float64 {
	line := 0.0
	for _, text := range p.lines() {
		line = max(line, w.share(text))
	}
	return w.share(append(p.lines(), p.Heading)...) + w.share(p.Heading)/2 + line/2
}

func (p Passage) lines() (out []string) {
	for _, b := range p.Blocks {
		out = append(out, b.Lines...)
	}
	return out
}

// fill quotes the best block of a passage: the one with the line that has most of
// the question or, in a passage that is meant as a whole, the steps or what it
// begins with. It reports whether there is anything that can be quoted whole.
func (w wanted) fill(a *Answer, p Passage, meant bool) bool {
	best, line := w.block(p, meant)
	if next := best + 1; next < len(p.Blocks) && p.Blocks[best].leads() && p.Blocks[next].Kind != BlockText {
		best, line = next, 0
	}
	b := p.Blocks[best]
	a.Kind, a.More = b.Kind, best+1 < len(p.Blocks)
	all := b.Lines
	if b.Kind == BlockText {
		all = words.Sentences(b.Lines[line])
		a.Lines = w.sentences(all)
		a.More = a.More || len(a.Lines) > 0 && a.Lines[len(a.Lines)-1] != all[len(all)-1]
		return len(a.Lines) > 0
	}
	if best > 0 && p.Blocks[best-1].leads() {
		before := words.Sentences(p.Blocks[best-1].Lines[0])
		a.Intro = before[len(before)-1]
	}
	a.Lines = upTo(all, longestList)
	a.More = a.More || len(a.Lines) < len(all)
	return len(a.Lines) > 0
}

func (w wanted) block(p Passage, meant bool) (best, line int) {
	if meant {
		return max(0, slices.IndexFunc(p.Blocks, Block.steps)), 0
	}
	most := 0.0
	for i, b := range p.Blocks {
		for j, text := range b.Lines {
			if share := w.share(text); share > most {
				best, line, most = i, j, share
			}
		}
	}
	return best, line
}

// leads reports whether a paragraph leads to what follows it.
func (b Block) leads() bool { return b.Kind == BlockText && leads(b.Lines[0]) }

// leads reports whether a paragraph leads to what follows it.
func leads(text string) bool { return strings.HasSuffix(text, ":") || strings.HasSuffix(text, "：") }

// sentences returns those of a paragraph from the one on that has most of the
// question, all of them if that is little.
func (w wanted) sentences(all []string) []string {
	from, most := 0, 0.0
	for i, s := range all {
		if share := w.share(s); share > most {
			from, most = i, share
		}
	}
	if length(strings.Join(all, " ")) <= longestText {
		from = 0
	}
	return upTo(all[from:], longestText)
}

// upTo returns the first lines that have so many characters in all, none if the
// first is longer. Of lines that are left out, none is announced.
func upTo(lines []string, longest int) []string {
	n := 0
	for i, text := range lines {
		if n += length(text); n > longest || i >= mostLines {
			lines = lines[:i]
			break
		}
	}
	for len(lines) > 0 && leads(lines[len(lines)-1]) {
		lines = lines[:len(lines)-1]
	}
	return lines
}

func length(text string) int { return utf8.RuneCountInString(text) }
