package importkb

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/stoa-go/stoa/kb"
)

// maxManifest bounds the manifest of an export, in bytes.
const maxManifest = 16 << 20

// manifestOf returns the manifest of an export, if it is one.
func manifestOf(fsys fs.FS) (m kb.Manifest, ok bool, err error) {
	data, err := readWhole(fsys, kb.ManifestFile, maxManifest)
	if errors.Is(err, fs.ErrNotExist) {
		return m, false, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &m)
	}
	switch {
	case err != nil:
		return m, false, fmt.Errorf("%s: %w", kb.ManifestFile, err)
	case m.Format > kb.ManifestFormat:
		return m, false, faulty("newer", nil, "the export is of a newer version (format %d)", m.Format)
	}
	return m, m.Installation != "", nil
}

// know notes from which installation a bundle comes.
func know(b *kb.Bundle, fsys fs.FS, name string) {
	m, ok, err := manifestOf(fsys)
	if err != nil {
		b.Problems = append(b.Problems, kb.NewProblem(kb.ManifestFile, 0, err))
	}
	if ok {
		b.Origin = m.Installation
		b.Name = cmp.Or(name, "stoa "+m.Installation)
	}
}

// contentName returns a name for what is in a bundle that says nothing of where it
// is from: the same for the same articles, whatever the file is called and whatever
// their texts are.
func contentName(b kb.Bundle) string {
	var names []string
	for _, item := range b.Items {
		names = append(names, item.External)
	}
	slices.Sort(names)
	sum := sha256.New()
	for _, name := range slices.Compact(names) {
		fmt.Fprintf(sum, "%d %s", len(name), name)
	}
	return "articles " + hex.EncodeToString(sum.Sum(nil)[:8])
}
