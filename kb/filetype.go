package kb

import (
	"archive/zip"
	"bytes"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
)

// A fileType is what a file may be whose name ends in some way.
type fileType struct {
	mime  string
	is    func(c content) bool // the content is what the name says
	small bool                 // it is kept in the store
	words bool                 // there are words to be found in it
}

// A content is what was sent, while it is being looked at.
type content struct {
	head []byte // the first bytes
	r    io.ReaderAt
	size int64
}

const office = "application/vnd.openxmlformats-officedocument."

// fileTypes are what media can be, by the ends of their names. Nothing among them
// is served as a page: see [ServeMedia].
var fileTypes = map[string]fileType{
	".png": picture, ".jpg": picture, ".jpeg": picture, ".gif": picture, ".webp": picture, ".svg": picture,
	".vtt": {mime: "text/vtt", is: isText, small: true, words: true}, ".srt": {mime: "text/vtt", is: isText, small: true, words: true},
	".mp4": {mime: "video/mp4", is: at(4, "ftyp"), words: true}, ".m4v": {mime: "video/mp4", is: at(4, "ftyp"), words: true}, ".webm": {mime: "video/webm", is: at(0, "\x1a\x45\xdf\xa3"), words: true},
	".mp3": {mime: "audio/mpeg", is: isMP3, words: true}, ".m4a": {mime: "audio/mp4", is: at(4, "ftyp"), words: true}, ".ogg": {mime: "audio/ogg", is: at(0, "OggS"), words: true},
	".wav":  {mime: "audio/wav", is: at(8, "WAVE"), words: true},
	".pdf":  {mime: "application/pdf", is: at(0, "%PDF-"), words: true},
	".docx": {mime: office + "wordprocessingml.document", is: zipped("word/document.xml"), words: true},
	".xlsx": {mime: office + "spreadsheetml.sheet", is: zipped("xl/workbook.xml")},
	".pptx": {mime: office + "presentationml.presentation", is: zipped("ppt/presentation.xml")},
	".odt":  {mime: "application/vnd.oasis.opendocument.text", is: zipped("content.xml"), words: true},
	".ods":  {mime: "application/vnd.oasis.opendocument.spreadsheet", is: zipped("content.xml")},
	".odp":  {mime: "application/vnd.oasis.opendocument.presentation", is: zipped("content.xml")},
	".rtf":  {mime: "application/rtf", is: at(0, `{\rtf`)},
	".zip":  {mime: "application/zip", is: zipped("")},
	".gz":   {mime: "application/gzip", is: at(0, "\x1f\x8b")},
	".txt":  textFile("text/plain"), ".log": textFile("text/plain"), ".md": textFile("text/markdown"), ".csv": textFile("text/csv"),
	".json": textFile("application/json"), ".xml": textFile("application/xml"), ".yaml": textFile("application/yaml"), ".yml": textFile("application/yaml"),
	".html": textFile("text/html"), ".htm": textFile("text/html"),
}

// FileTypes returns the ends of the names of all files that media can be, such as
// ".pdf".
func FileTypes() []string { return slices.Sorted(maps.Keys(fileTypes)) }

func ending(name string) string { return strings.ToLower(path.Ext(name)) }

// picture is every kind of picture; which one it is is found from the content.
var picture = fileType{mime: "image/", small: true, is: func(content) bool { return true }}

func textFile(mime string) fileType { return fileType{mime: mime, is: isText, words: true} }

// at returns a check that a content has a sign in a place.
func at(place int, sign string) func(content) bool {
	return func(c content) bool {
		return len(c.head) >= place+len(sign) && string(c.head[place:place+len(sign)]) == sign
	}
}

// isDrawing takes drawings (SVG) by their first element; they are only ever
// served in a sandbox, where nothing in them can run.
func isDrawing(c content) bool {
	head := strings.ToLower(string(c.head[:min(len(c.head), 1024)]))
	return strings.Contains(head, "<svg") && !strings.Contains(head, "<html")
}

func isMP3(c content) bool {
	return bytes.HasPrefix(c.head, []byte("ID3")) || len(c.head) > 1 && c.head[0] == 0xff && c.head[1]&0xe0 == 0xe0
}

// isText takes what has no signs that no text has. Which letters they are does
// not matter: many logs have some that are none.
func isText(c content) bool {
	if bytes.HasPrefix(c.head, []byte("\xff\xfe")) || bytes.HasPrefix(c.head, []byte("\xfe\xff")) {
		return true // two bytes for each letter
	}
	return !bytes.ContainsFunc(c.head, func(r rune) bool {
		return r < ' ' && !strings.ContainsRune("\t\n\v\f\r\x1b\b", r)
	})
}

// zipped returns a check for an archive with a file in it.
func zipped(file string) func(content) bool {
	return func(c content) bool {
		if !at(0, "PK")(c) {
			return false
		}
		z, err := zip.NewReader(c.r, c.size)
		return err == nil && (file == "" || slices.ContainsFunc(z.File, func(f *zip.File) bool { return f.Name == file }))
	}
}
