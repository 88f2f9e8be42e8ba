package kb

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/stoa-go/stoa/internal/errs"
)

// captionsType is the type of WebVTT.
const captionsType = "text/vtt"

var cueTimes = regexp.MustCompile(`^\s*((?:\d{1,4}:)?\d{1,2}:\d{2}[.,]\d{3})\s+-->\s+((?:\d{1,4}:)?\d{1,2}:\d{2}[.,]\d{3})(.*)$`)

// captions checks captions and returns them as WebVTT. Those in the form of
// SubRip become that. The error says in which line something is wrong.
func captions(data []byte) ([]byte, error) {
	text := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))))
	if !utf8.ValidString(text) {
		return nil, badCaptions(1)
	}
	head := "WEBVTT\n\n"
	if strings.HasPrefix(text, "WEBVTT") {
		head = ""
	}
	lines := strings.Split(text, "\n")
	cues := 0
	for i, line := range lines {
		if !strings.Contains(line, "-->") {
			continue
		}
		m := cueTimes.FindStringSubmatch(line)
		if m == nil || milliseconds(m[2]) <= milliseconds(m[1]) || head == "" && strings.Contains(m[1]+m[2], ",") {
			return nil, badCaptions(i + 1)
		}
		if head != "" {
			lines[i] = strings.ReplaceAll(m[1], ",", ".") + " --> " + strings.ReplaceAll(m[2], ",", ".")
		}
		cues++
	}
	if cues == 0 {
		return nil, badCaptions(1)
	}
	return []byte(head + strings.TrimLeft(strings.Join(lines, "\n"), "\n")), nil
}

func badCaptions(line int) error {
	return errs.Field("data", "error.media.captions", map[string]any{"line": line})
}

// milliseconds returns how long "1:02:03.500" or "02:03,500" is.
func milliseconds(s string) int {
	total := 0
	for part := range strings.SplitSeq(strings.NewReplacer(".", "", ",", "").Replace(s), ":") {
		n, _ := strconv.Atoi(part)
		if len(part) == 5 { // seconds and thousandths
			return total*60_000 + n
		}
		total = total*60 + n
	}
	return total
}
