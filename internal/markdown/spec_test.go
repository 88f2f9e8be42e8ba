package markdown_test

import (
	"strings"
	"testing"

	"github.com/stoa-go/stoa/internal/markdown"
	"github.com/stoa-go/stoa/internal/markdown/hostiletest"
)

type example struct {
	Example        int
	Section        string
	Markdown, HTML string
}

func TestLab(t *testing.T) {
	r := markdown.New(nil)
	for _, f := range []string{"commonmark-spec/spec", "gfm-spec/spec", "gfm-spec/extensions", "gfm-spec/cmark-regression"} {
		n, bad := 0, 0
		for _, e := range hostiletest.Lines[example](t, "attacks/"+f+".jsonl") {
			n++
			got, err := r.Convert(e.Markdown)
			norm := func(s string) string { return strings.ReplaceAll(strings.TrimSpace(s), " />", ">") }
			if err != nil || norm(got) != norm(e.HTML) {
				bad++
				if strings.HasPrefix(f, "comm") {
					t.Logf("%d %s\n%s\nWANT %s\nGOT  %s", e.Example, e.Section, e.Markdown, e.HTML, got)
				} else {
					t.Logf("%d %s", e.Example, e.Section)
				}
			}
		}
		t.Log(f, n-bad, n)
	}
}
