package importkb

import (
	"io/fs"
	"net/url"
	"path"
	"regexp"
	"strings"

	"github.com/stoa-go/stoa/kb"
)

// maxPictures bounds the pictures of one bundle, in bytes.
const maxPictures = 512 << 20

var shown = regexp.MustCompile(`(?:\]\(\s*<?|(?m:^[ ]{0,3}\[[^\]\n]+\]:[ \t]*<?))([^\s()<>]+)`)

// addPictures adds the pictures that items show from beside their files.
func addPictures(b *kb.Bundle, fsys fs.FS) {
	have := map[string]bool{}
	total := 0
	for _, m := range b.Media {
		have[m.Path] = true
		total += len(m.Data)
	}
	for _, item := range b.Items {
		for _, m := range shown.FindAllStringSubmatch(item.Body, -1) {
			file := beside(item.Path, m[1])
			if file == "" || have[file] {
				continue
			}
			have[file] = true
			if _, err := fs.Stat(fsys, file); err != nil {
				continue
			}
			data, err := readWhole(fsys, file, kb.MaxMedia)
			if total += len(data); err == nil && total > maxPictures {
				err = faulty("too_long_together", map[string]any{"max": maxPictures}, "the pictures are longer than %d bytes together", maxPictures)
			}
			if err != nil {
				b.Problems = append(b.Problems, kb.NewProblem(file, 0, err))
				continue
			}
			b.Media = append(b.Media, kb.MediaItem{Name: mediaName(file), Path: file, Data: data})
		}
	}
}

// beside returns the picture that a link in a file leads to, or "".
func beside(file, link string) string {
	u, err := url.Parse(link)
	if err != nil || u.Scheme != "" || u.Host != "" || strings.HasPrefix(u.Path, "/") || !pictureEnding(u.Path) {
		return ""
	}
	if p := path.Join(path.Dir(file), u.Path); fs.ValidPath(p) {
		return p
	}
	return ""
}

var notInNames = regexp.MustCompile(`[^\p{L}\p{M}\p{N}._-]+`)

// mediaName makes a name for a picture from that of its file.
func mediaName(file string) string {
	ext := strings.ToLower(path.Ext(file))
	base := strings.TrimSuffix(path.Base(file), path.Ext(file))
	base = strings.TrimLeft(strings.ReplaceAll(notInNames.ReplaceAllString(base, "-"), "..", "-"), "._-")
	if r := []rune(base); len(r) > 80 {
		base = string(r[:80])
	}
	return first(strings.TrimRight(base, "."), "picture") + ext
}
