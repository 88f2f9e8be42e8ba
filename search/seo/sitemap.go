package seo

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"iter"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/stoa-go/stoa/internal/errs"
)

// ErrNotFound is what is said of a file that a sitemap does not have.
var ErrNotFound = errs.NotFound

// What the protocol allows.
const (
	MaxURLs   = 50_000   // addresses in one file, and files in one index
	MaxBytes  = 50 << 20 // of one file, before it is compressed
	MaxLoc    = 2047     // letters of an address
	MaxImages = 1000     // of one address
)

// A URL is an address in a sitemap.
type URL struct {
	Loc        string      // absolute
	Modified   time.Time   // zero means that nothing is said
	Alternates []Alternate // the same page in every language, itself among them
	Images     []string    // addresses of pictures on the page
	Videos     []Video     // to watch on the page
}

// An Alternate is a page in a language, or for readers of all others.
type Alternate struct {
	Lang string // a language tag, or [Default]
	Href string // absolute
}

// Default is the Lang of the page for readers of languages that there is none in.
const Default = "x-default"

// A Video is something to watch on a page. Those without a picture, a title, a
// description and a file or a player are left out of sitemaps, as they require
// these.
type Video struct {
	Thumbnail   string // address of a picture
	Title       string
	Description string
	Content     string        // address of the file, or empty
	Player      string        // address of a page that plays it, or empty
	Duration    time.Duration // zero means that nothing is said
	Published   time.Time     // zero means that nothing is said
}

// A Splitter cuts addresses into files. The zero value keeps to the protocol.
type Splitter struct {
	URLs  int // in one file; zero means MaxURLs
	Bytes int // of one file; zero means MaxBytes
}

// A File is one of the files that a [Splitter] makes.
type File struct {
	Number   int       // from 1
	URLs     int       //
	Skipped  int       // addresses that the protocol does not allow: relative ones, too long ones
	Bytes    int       //
	Modified time.Time // the newest in it, zero if none says
}

const (
	urlsetStart = xml.Header + `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"` +
		` xmlns:image="http://www.google.com/schemas/sitemap-image/1.1" xmlns:video="http://www.google.com/schemas/sitemap-video/1.1">` + "\n"
	urlsetEnd  = "</urlset>\n"
	indexStart = xml.Header + `<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">` + "\n"
	indexEnd   = "</sitemapindex>\n"
)

// Files says which files the addresses make. Nothing but one address is held at a
// time. There is always a first file, if an empty one.
func (s Splitter) Files(urls iter.Seq2[URL, error]) iter.Seq2[File, error] {
	return func(yield func(File, error) bool) {
		now := File{Number: 1, Bytes: len(urlsetStart) + len(urlsetEnd)}
		for e, err := range s.entries(urls) {
			if err != nil {
				yield(File{}, err)
				return
			}
			if e.file != now.Number {
				if !yield(now, nil) {
					return
				}
				now = File{Number: e.file, Bytes: len(urlsetStart) + len(urlsetEnd)}
			}
			now.add(e)
		}
		yield(now, nil)
	}
}

func (f *File) add(e entry) {
	if len(e.xml) == 0 {
		f.Skipped++
		return
	}
	f.URLs, f.Bytes = f.URLs+1, f.Bytes+len(e.xml)
	if e.modified.After(f.Modified) {
		f.Modified = e.modified
	}
}

// Write writes one of the files. The addresses must come in the order in which
// Files saw them. Nothing is written where there is no such file, and nothing more
// where an error occurs: what is there then is no XML.
func (s Splitter) Write(w io.Writer, urls iter.Seq2[URL, error], number int) error {
	begun := number == 1
	if begun {
		if _, err := io.WriteString(w, urlsetStart); err != nil {
			return err
		}
	}
	for e, err := range s.entries(urls) {
		if err != nil {
			return err
		}
		if e.file > number {
			break
		}
		if e.file < number {
			continue
		}
		if !begun {
			e.xml, begun = append([]byte(urlsetStart), e.xml...), true
		}
		if _, err := w.Write(e.xml); err != nil {
			return err
		}
	}
	if !begun {
		return fmt.Errorf("sitemap %d: %w", number, ErrNotFound)
	}
	_, err := io.WriteString(w, urlsetEnd)
	return err
}

// An entry is an address as a file has it.
type entry struct {
	file     int
	xml      []byte // empty if the protocol does not allow it; it is used again for the next
	modified time.Time
}

// entries puts addresses into files.
func (s Splitter) entries(urls iter.Seq2[URL, error]) iter.Seq2[entry, error] {
	most, bytesMost := min(cmp.Or(s.URLs, MaxURLs), MaxURLs), min(cmp.Or(s.Bytes, MaxBytes), MaxBytes)
	return func(yield func(entry, error) bool) {
		var b bytes.Buffer
		file, count, size := 1, 0, len(urlsetStart)+len(urlsetEnd)
		for u, err := range urls {
			b.Reset()
			if err == nil {
				err = u.write(&b)
			}
			if err != nil {
				yield(entry{}, err)
				return
			}
			if count > 0 && b.Len() > 0 && (count >= most || size+b.Len() > bytesMost) {
				file, count, size = file+1, 0, len(urlsetStart)+len(urlsetEnd)
			}
			if b.Len() > 0 {
				count, size = count+1, size+b.Len()
			}
			if !yield(entry{file, b.Bytes(), u.Modified}, nil) {
				return
			}
		}
	}
}

// WriteIndex writes the index of files: their addresses, and when they changed.
func WriteIndex(w io.Writer, files iter.Seq2[URL, error]) error {
	if _, err := io.WriteString(w, indexStart); err != nil {
		return err
	}
	n := 0
	for f, err := range files {
		if err != nil {
			return err
		}
		if n++; n > MaxURLs {
			return fmt.Errorf("sitemap index: %w: more than %d files", errs.Invalid, MaxURLs)
		}
		if err := encode(w, "sitemap", indexXML{Loc: f.Loc, LastMod: stamp(f.Modified)}); err != nil {
			return err
		}
	}
	_, err := io.WriteString(w, indexEnd)
	return err
}

type indexXML struct {
	Loc     string `xml:"loc"`
	LastMod string `xml:"lastmod,omitempty"`
}

type urlXML struct {
	Loc     string     `xml:"loc"`
	LastMod string     `xml:"lastmod,omitempty"`
	Links   []linkXML  `xml:"xhtml:link"`
	Images  []imageXML `xml:"image:image"`
	Videos  []videoXML `xml:"video:video"`
}

type linkXML struct {
	Rel  string `xml:"rel,attr"`
	Lang string `xml:"hreflang,attr"`
	Href string `xml:"href,attr"`
}

type imageXML struct {
	Loc string `xml:"image:loc"`
}

type videoXML struct {
	Thumbnail   string `xml:"video:thumbnail_loc"`
	Title       string `xml:"video:title"`
	Description string `xml:"video:description"`
	Content     string `xml:"video:content_loc,omitempty"`
	Player      string `xml:"video:player_loc,omitempty"`
	Duration    int    `xml:"video:duration,omitempty"`
	Published   string `xml:"video:publication_date,omitempty"`
}

// write writes an address, and nothing if the protocol does not allow it.
func (u URL) write(w io.Writer) error {
	if !allowed(u.Loc) {
		return nil
	}
	x := urlXML{Loc: u.Loc, LastMod: stamp(u.Modified)}
	for _, a := range u.Alternates {
		if allowed(a.Href) {
			x.Links = append(x.Links, linkXML{"alternate", a.Lang, a.Href})
		}
	}
	for _, i := range u.Images {
		if allowed(i) && len(x.Images) < MaxImages {
			x.Images = append(x.Images, imageXML{i})
		}
	}
	for _, v := range u.Videos {
		if one, ok := v.xml(); ok {
			x.Videos = append(x.Videos, one)
		}
	}
	return encode(w, "url", x)
}

// longestVideo is the longest that a sitemap may name.
const longestVideo = 8 * time.Hour

func (v Video) xml() (videoXML, bool) {
	x := videoXML{Thumbnail: v.Thumbnail, Title: cut(v.Title, 100), Description: cut(v.Description, 2048), Published: stamp(v.Published)}
	if allowed(v.Content) {
		x.Content = v.Content
	}
	if allowed(v.Player) {
		x.Player = v.Player
	}
	if v.Duration >= time.Second && v.Duration <= longestVideo {
		x.Duration = int(v.Duration / time.Second)
	}
	return x, allowed(v.Thumbnail) && x.Title != "" && x.Description != "" && (x.Content != "" || x.Player != "")
}

func encode(w io.Writer, name string, v any) error {
	e := xml.NewEncoder(w)
	if err := e.EncodeElement(v, xml.StartElement{Name: xml.Name{Local: name}}); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// allowed reports whether an address may stand in a sitemap: an absolute one of
// the web, not too long.
func allowed(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.Fragment == "" && utf8.RuneCountInString(address) <= MaxLoc
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// cut returns the start of a text of at most so many letters, whole words of it
// where there are spaces.
func cut(text string, most int) string {
	text = strings.Join(strings.Fields(text), " ")
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	text = string([]rune(text)[:most-1])
	if i := strings.LastIndexByte(text, ' '); i > len(text)*3/4 {
		text = text[:i]
	}
	return text + "…"
}
