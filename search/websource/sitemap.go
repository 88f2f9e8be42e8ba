package websource

import (
	"bytes"
	"compress/gzip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// Limits of sitemaps, of which those of one are the protocol's.
const (
	mostMapBytes = 50 << 20
	mostMapRows  = 50_000
	mostMaps     = 500      // of a site
	eachRowBytes = 10 << 10 // for each page that may be asked for, in all of them
)

// A sitemap is a list of pages, or of further sitemaps.
type sitemap struct {
	index bool
	rows  []mapRow
}

type mapRow struct {
	Loc     string `xml:"loc"`
	LastMod string `xml:"lastmod"`
}

var (
	errNoMap    = errors.New("it is no sitemap")
	errMapLarge = errors.New("the sitemap is too large")
)

// parseMap reads a sitemap of at most so many bytes, packed or not, and returns
// how many it has. What is no sitemap is errNoMap.
func parseMap(data []byte, most int64) (sitemap, int64, error) {
	var in io.Reader = bytes.NewReader(data)
	if bytes.HasPrefix(data, []byte("\x1f\x8b")) {
		packed, err := gzip.NewReader(in)
		if err != nil {
			return sitemap{}, 0, fmt.Errorf("%w: %w", errNoMap, err)
		}
		in = packed
	}
	left := &io.LimitedReader{R: in, N: most + 1}
	m, err := rowsOf(left)
	if left.N <= 0 {
		return m, most, errMapLarge
	}
	return m, most - left.N, err
}

func rowsOf(in io.Reader) (m sitemap, err error) {
	d := xml.NewDecoder(in)
	d.CharsetReader = func(string, io.Reader) (io.Reader, error) { return nil, errors.New("sitemaps are in UTF-8") }
	known := false
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) && known {
			return m, nil
		}
		if err != nil {
			return m, fmt.Errorf("%w: %w", errNoMap, err)
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		switch name := start.Name.Local; {
		case !known && (name == "urlset" || name == "sitemapindex"):
			known, m.index = true, name == "sitemapindex"
		case !known:
			return m, errNoMap
		case name == "url" || name == "sitemap":
			var row mapRow
			if err := d.DecodeElement(&row, &start); err != nil {
				return m, fmt.Errorf("%w: %w", errNoMap, err)
			}
			if m.rows = append(m.rows, row); len(m.rows) > mostMapRows {
				return m, errMapLarge
			}
		default:
			if err := d.Skip(); err != nil {
				return m, fmt.Errorf("%w: %w", errNoMap, err)
			}
		}
	}
}

// changed returns when a page was changed as its sitemap says, or the zero time.
func (r mapRow) changed() time.Time {
	text := strings.TrimSpace(r.LastMod)
	for _, form := range []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00", "2006-01-02"} {
		if t, err := time.Parse(form, text); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}
