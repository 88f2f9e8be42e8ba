package importkb_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/importkb"
	"github.com/stoa-go/stoa/kb/memkb"
)

// zipped returns an archive of names and contents, in that order.
func zipped(t *testing.T, pairs ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for i := 0; i < len(pairs); i += 2 {
		w, err := z.Create(pairs[i])
		require.NoError(t, err)
		_, err = w.Write([]byte(pairs[i+1]))
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return out.Bytes()
}

func archive(t *testing.T, data []byte) kb.Bundle {
	t.Helper()
	b, err := importkb.Archive(bytes.NewReader(data), int64(len(data)), "x")
	require.NoError(t, err)
	return b
}

// TestArchive: Markdown with pictures beside it, in a folder of its own.
func TestArchive(t *testing.T) {
	data := zipped(t, "export/setup/hub.md", "---\ntitle: Hub\n---\n![Hub](../img/hub%20one.png) ![none](no.png)\n", "export/img/hub one.png", string(dot), "export/img/other.png", string(dot))
	b := archive(t, data)
	require.Empty(t, b.Problems)
	require.Equal(t, []string{"setup/hub", "setup"}, []string{b.Items[0].External, b.Items[0].Category})
	require.Len(t, b.Media, 1)
	s := memkb.New()
	l := kb.NewLibrary(s, nil)
	run(t, l, b)
	rev, err := s.Revision(t.Context(), byExternal(t, s)["setup/hub"].ID, "en", 1)
	require.NoError(t, err)
	require.Equal(t, []string{"hub-one.png"}, rev.Media)
	require.Equal(t, 1, run(t, l, archive(t, data)).Unchanged)

	file := filepath.Join(t.TempDir(), "guide.zip")
	require.NoError(t, os.WriteFile(file, data, 0o600))
	b, err = importkb.Path(file)
	require.NoError(t, err)
	require.Equal(t, "export", b.Name)
	page := filepath.Join(filepath.Dir(file), "upload-1")
	require.NoError(t, os.WriteFile(page, []byte("<h1>A</h1>b"), 0o600))
	b, err = importkb.File(page, "one.html", "n")
	require.NoError(t, err)
	require.Equal(t, []string{"one", "A", "b\n"}, []string{b.Items[0].External, b.Items[0].Title, b.Items[0].Body})
}

// TestHostileArchives: names that lead out, doubles and lies are reported; what is
// in order is read.
func TestHostileArchives(t *testing.T) {
	b := archive(t, zipped(t, "../../etc/evil.md", "x", "/abs.md", "x", "a\\..\\b.md", "x", "good.md", "Text", "good.md", "Other", "deep/../x.md", "x"))
	require.Len(t, b.Items, 1)
	require.Equal(t, "Text", b.Items[0].Body)
	require.Len(t, b.Problems, 5)
	for _, p := range b.Problems {
		require.NotEmpty(t, p.File)
		require.NotEmpty(t, p.Reason)
	}

	bomb := zipped(t, "bomb.md", strings.Repeat("a", 20<<20), "fine.md", "Text")
	b = archive(t, bomb)
	require.Len(t, b.Items, 1)
	require.Contains(t, b.Problems[0].Error(), "bomb.md: the file is longer than")

	lying := zipped(t, "lie.md", strings.Repeat("a", 100_000))
	at := bytes.Index(lying, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(lying[at+24:], 10) // it says ten bytes
	b = archive(t, lying)
	require.Empty(t, b.Items)
	require.Len(t, b.Problems, 1)

	huge := zipped(t, "huge.md", "x")
	at = bytes.Index(huge, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(huge[at+24:], 0xfffffff0)
	_, err := importkb.Archive(bytes.NewReader(huge), int64(len(huge)), "x")
	require.ErrorContains(t, err, "bytes together")
	_, err = importkb.Archive(strings.NewReader("no zip"), 6, "x")
	require.ErrorContains(t, err, "not a ZIP file")
}

// word returns a document of Word with a body.
func word(t *testing.T, body string, more ...string) []byte {
	return zipped(t, append([]string{
		"word/document.xml", `<?xml version="1.0"?><w:document xmlns:w="w" xmlns:r="r" xmlns:a="a"><w:body>` + body + `</w:body></w:document>`,
		"word/_rels/document.xml.rels", `<Relationships><Relationship Id="r1" Target="https://example.org/a"/><Relationship Id="r2" Target="media/image1.png"/><Relationship Id="r3" Target="../../../etc/x.png"/></Relationships>`,
		"word/styles.xml", `<w:styles xmlns:w="w"><w:style w:styleId="T"><w:name w:val="Title"/></w:style><w:style w:styleId="H2"><w:name w:val="heading 2"/></w:style><w:style w:styleId="C"><w:name w:val="HTML Preformatted"/></w:style></w:styles>`,
		"word/numbering.xml", `<w:numbering xmlns:w="w"><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/></w:lvl><w:lvl w:ilvl="1"><w:numFmt w:val="bullet"/></w:lvl></w:abstractNum><w:num w:numId="5"><w:abstractNumId w:val="0"/></w:num></w:numbering>`,
		"docProps/core.xml", `<c xmlns:dc="d"><dc:title>In the file</dc:title><dc:description>Short</dc:description><modified>2026-01-02T03:04:05Z</modified></c>`,
		"word/media/image1.png", string(dot),
	}, more...)...)
}

func paragraphs(text ...string) string {
	var out strings.Builder
	for _, p := range text {
		style, rest, _ := strings.Cut(p, "|")
		fmt.Fprintf(&out, `<w:p><w:pPr>%s</w:pPr>%s</w:p>`, style, rest)
	}
	return out.String()
}

const r0 = `<w:r><w:t xml:space="preserve">`

// TestWord: a document with all that is read of one.
func TestWord(t *testing.T) {
	num := func(level string) string {
		return `<w:numPr><w:ilvl w:val="` + level + `"/><w:numId w:val="5"/></w:numPr>`
	}
	body := paragraphs(
		`<w:pStyle w:val="T"/>|`+r0+`The hub</w:t></w:r>`, `<w:pStyle w:val="H2"/>|`+r0+`Steps</w:t></w:r>`,
		`|<w:r><w:rPr><w:b/></w:rPr><w:t>bo</w:t></w:r><w:r><w:rPr><w:b w:val="1"/></w:rPr><w:t>ld</w:t></w:r>`+r0+` and </w:t></w:r><w:r><w:rPr><w:i/><w:b w:val="0"/></w:rPr><w:t>it*</w:t></w:r>`+
			`<w:del><w:r><w:delText>gone</w:delText></w:r></w:del><w:r><w:rPr><w:vanish/></w:rPr><w:t>secret</w:t></w:r><w:r><w:rPr><w:rFonts w:ascii="Consolas"/></w:rPr><w:t>x_y</w:t></w:r>`,
		num("0")+`|`+r0+`one</w:t></w:r>`, num("1")+`|`+r0+`inner</w:t></w:r>`, num("0")+`|`+r0+`two</w:t></w:r>`,
		`<w:pStyle w:val="C"/>|`+r0+`a</w:t></w:r>`, `<w:pStyle w:val="C"/>|`+r0+`  b</w:t></w:r>`,
		`|<w:hyperlink r:id="r1">`+r0+`link</w:t></w:r></w:hyperlink><w:r><w:drawing><docPr descr="A dot"/><a:blip r:embed="r2"/></w:drawing></w:r><w:r><w:drawing><a:blip r:embed="r3"/></w:drawing></w:r>`,
	) + `<w:tbl><w:tr><w:tc>` + paragraphs(`|`+r0+`A</w:t></w:r>`) + `</w:tc><w:tc>` + paragraphs(`|`+r0+`B</w:t></w:r>`) + `</w:tc></w:tr></w:tbl>`
	b, err := importkb.Folder(fstest.MapFS{"setup/The Hub.de.docx": {Data: word(t, body)}}, "x")
	require.NoError(t, err)
	require.Empty(t, b.Problems)
	item := b.Items[0]
	require.Equal(t, []string{"setup/The Hub", "de", "The hub", "Short", "setup"}, []string{item.External, item.Locale, item.Title, item.Summary, item.Category})
	require.Equal(t, strings.Join([]string{
		"## Steps", "**bold** and *it\\**`x_y`", "1. one\n   - inner\n2. two", "```\na\n  b\n```",
		"[link](https://example.org/a)![A dot](The%20Hub.de.docx/image1.png)", "| A | B |\n| --- | --- |",
	}, "\n\n")+"\n", item.Body)
	require.Len(t, b.Media, 1)
	s := memkb.New()
	run(t, kb.NewLibrary(s, nil), b)
	rev, err := s.Revision(t.Context(), byExternal(t, s)["setup/The Hub"].ID, "de", 1)
	require.NoError(t, err)
	require.Equal(t, []string{"The-Hub-image1.png"}, rev.Media)
}

// TestHostileWord: documents that are none, are too deep, define words of their
// own or are longer than they should be.
func TestHostileWord(t *testing.T) {
	entities := `<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><d>&b;</d>`
	for _, data := range [][]byte{
		[]byte("no document"), zipped(t, "other.xml", "<a/>"), zipped(t, "word/document.xml", entities), zipped(t, "word/document.xml", "<a><b></a>"),
		word(t, strings.Repeat("<w:sdt>", 5000)+strings.Repeat("</w:sdt>", 5000)), zipped(t, "word/document.xml", "<a>"+strings.Repeat(" ", 40<<20)+"</a>"),
		word(t, "<w:p/>")[:200],
	} {
		b, err := importkb.Folder(fstest.MapFS{"a.docx": {Data: data}, "b.md": {Data: []byte("Text")}}, "x")
		require.NoError(t, err)
		require.Len(t, b.Items, 1)
		require.Len(t, b.Problems, 1)
		require.Equal(t, "a.docx", b.Problems[0].File)
	}
}

// TestZendesk: articles with their places, languages, segments and addresses.
func TestZendesk(t *testing.T) {
	data := zipped(t,
		"export/articles.json", `{"articles":[
{"id":360001,"html_url":"https://help.example.org/hc/en-us/articles/360001-Reset","locale":"en-us","source_locale":"en-us","title":"Reset","body":"<p>Press <a href=\"https://help.example.org/hc/en-us/articles/360002-Old-name#p\">power</a>.</p><img src=\"https://help.example.org/hc/article_attachments/77/led.png\">","section_id":11,"position":2,"label_names":["hub"],"created_at":"2025-01-01T00:00:00Z","updated_at":"2025-02-01T00:00:00Z"},
{"id":360002,"html_url":"https://help.example.org/hc/en-us/articles/360002-Power","locale":"en-us","title":"Power","body":"<h1>Power</h1>x","section_id":11,"draft":true},
{"id":360003,"locale":"en-us","title":"Staff","body":"x","section_id":11,"user_segment_id":5},
{"id":360004,"locale":"en-us","title":"Unknown","body":"x","section_id":11,"user_segment_id":6}]}`,
		"export/sections.json", `{"sections":[{"id":11,"name":"Hub","locale":"en-us","category_id":1,"position":1}]}`,
		"export/categories.json", `{"categories":[{"id":1,"name":"Devices","locale":"en-us"}]}`,
		"export/translations.json", `{"translations":[{"source_id":360001,"source_type":"Article","html_url":"https://help.example.org/hc/de/articles/360001-Zur","locale":"de","title":"Zurücksetzen","body":"Taste","outdated":true,"created_at":"2025-01-02T00:00:00Z","updated_at":"2025-01-03T00:00:00Z"},{"source_id":11,"source_type":"Section","locale":"de","title":"Der Hub"}]}`,
		"export/user_segments.json", `{"user_segments":[{"id":5,"user_type":"staff"},{"id":6,"user_type":"signed_in_users","tags":["vip"]}]}`,
		"export/article_attachments/77/led.png", string(dot),
	)
	b := archive(t, data)
	require.Len(t, b.Problems, 1)
	require.Contains(t, b.Problems[0].Error(), "articles.json: article 360004: it is for the user segment 6")
	s := memkb.New()
	l := kb.NewLibrary(s, &kb.Options{Locales: []string{"en", "de"}})
	r, err := l.Import(t.Context(), admin, b, nil)
	require.NoError(t, err)
	require.Len(t, r.Problems, 1)
	all := byExternal(t, s)
	require.Len(t, all, 3)
	a := all["360001"]
	require.Equal(t, []string{"de", "en"}, a.Live())
	tr, _ := a.In("de")
	require.True(t, a.Stale(tr))
	require.Equal(t, "staff", all["360003"].Audience.String())
	require.Equal(t, kb.StatusDraft, all["360002"].Translations[0].Status)
	rev, err := s.Revision(t.Context(), a.ID, "en", 1)
	require.NoError(t, err)
	require.Equal(t, "Press [power](article:"+all["360002"].ID+"#p).\n\n![](media:led.png)\n", rev.Body)
	for _, path := range []string{"/hc/en-us/articles/360001", "/hc/en-us/articles/360001-Reset", "/hc/de/articles/360001-Zur"} {
		ref, err := l.Redirect(t.Context(), admin, path, "en")
		require.NoError(t, err, path)
		require.Equal(t, a.ID, ref.ID)
	}
	tree, err := l.Places(t.Context(), admin, "de")
	require.NoError(t, err)
	require.Equal(t, []string{"Devices", "Der Hub"}, []string{tree[0].Title, tree[0].Children[0].Title})
	r, err = l.Import(t.Context(), admin, archive(t, data), nil)
	require.NoError(t, err)
	require.Equal(t, []int{3, 0, 0}, []int{r.Unchanged, r.Created, r.Updated})

	b = archive(t, zipped(t, "articles.json", "{\n\n x"))
	require.Contains(t, b.Problems[0].Error(), "line 3")
}
