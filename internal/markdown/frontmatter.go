package markdown

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/stoa-go/stoa/internal/errs"
)

// A SyntaxError is an Invalid error about a line of a source.
type SyntaxError struct {
	Line   int // counted from 1
	Reason string
}

// Error names the line and the reason.
func (e *SyntaxError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Reason) }

// Unwrap makes a SyntaxError match Invalid.
func (e *SyntaxError) Unwrap() error { return errs.Invalid }

var (
	yamlKey  = regexp.MustCompile(`^["']?[\pL_][^:]*:(\s|$)`)
	yamlLine = regexp.MustCompile(`line (\d+)`)
	// What the parser says of its grammar, unlike of its tokens, has lines
	// counted from 0.
	yamlGrammar = regexp.MustCompile(`did not find expected (?:<|',' or|key|'-'|node)`)
)

// SplitFrontMatter separates the YAML between the "---" that opens a source and
// the "---" or "..." after it from the text. It returns the YAML, the text and
// the line that the text begins on, counted from 1. YAML is nil for a source
// without front matter.
//
// A source whose front matter is never closed is a SyntaxError. One that opens
// with a rule and goes on with text has no front matter.
func SplitFrontMatter(source string) (front []byte, body string, line int, err error) {
	source = strings.TrimPrefix(source, "\uFEFF")
	first, rest, _ := strings.Cut(source, "\n")
	if strings.TrimRight(first, " \t\r") != "---" {
		return nil, source, 1, nil
	}
	start := rest
	for line = 2; rest != ""; line++ {
		var text string
		text, rest, _ = strings.Cut(rest, "\n")
		if text = strings.TrimRight(text, " \t\r"); text == "---" || text == "..." {
			front = []byte(start[:len(start)-len(rest)])
			return trimFence(front), rest, line + 1, nil
		}
	}
	second, _, _ := strings.Cut(start, "\n")
	if yamlKey.MatchString(second) {
		return nil, source, 1, &SyntaxError{Line: 1, Reason: "front matter is not closed by a line ---"}
	}
	return nil, source, 1, nil
}

// trimFence removes the closing line. What is left is never nil.
func trimFence(front []byte) []byte {
	s := strings.TrimRight(string(front), "\n")
	return []byte(s[:strings.LastIndex(s, "\n")+1])
}

// FrontMatter decodes the front matter of a source into a struct or map, as
// yaml.Unmarshal does, and returns the text and the line it begins on. Without
// front matter into is left alone. What cannot be decoded is a SyntaxError.
func FrontMatter(source string, into any) (body string, line int, err error) {
	front, body, line, err := SplitFrontMatter(source)
	if err != nil {
		return body, line, err
	}
	if err := yaml.Unmarshal(front, into); err != nil {
		return body, line, yamlError(err)
	}
	return body, line, nil
}

// yamlError translates an error of the YAML parser, whose first line is the
// second of the source.
func yamlError(err error) error {
	reason, at := strings.TrimPrefix(err.Error(), "yaml: "), 1
	if m := yamlLine.FindStringSubmatchIndex(reason); m != nil {
		at, _ = strconv.Atoi(reason[m[2]:m[3]])
		if yamlGrammar.MatchString(reason) {
			at++
		}
		reason = strings.TrimPrefix(reason, reason[m[0]:m[1]]+": ")
	}
	return &SyntaxError{Line: at + 1, Reason: strings.ReplaceAll(reason, "\n", " ")}
}
